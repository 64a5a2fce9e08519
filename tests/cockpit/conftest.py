"""Fixtures of the web doors: a served county, a transaction a test, people as roles."""

from __future__ import annotations

import pytest

from .doors import client_of, county_behind_doors, roles


@pytest.fixture(scope="session")
def served():
    """The folder of the workspace that is served."""
    folder = county_behind_doors()
    from django.conf import settings

    # Strong hashes cost half a second a user; the browser test uses them in a process of its own.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return folder


@pytest.fixture
def database(served):
    """The casework database; what a test writes is undone."""
    from django.db import transaction

    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def people(database):
    """Users by role."""
    return roles()


@pytest.fixture
def as_(people):
    """``as_("clerk")`` is a browser in which the clerk is signed in."""
    return lambda role, **more: client_of(people[role], **more)
