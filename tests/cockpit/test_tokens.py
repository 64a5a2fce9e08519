"""Point 7 of issue 13: no address takes a form of another site, whoever adds the address."""

from __future__ import annotations

import re

import pytest

from .doors import PASSWORD

NOT_ALLOWED, NO_TOKEN = 405, 403


def addresses(patterns=None, before="/"):
    """Every address of the cockpit; what stands for a part of it is filled in."""
    from django.urls import get_resolver

    for one in get_resolver().url_patterns if patterns is None else patterns:
        here = before + re.sub(r"<[^>]+>", "0123456789abcdef", str(one.pattern))
        if hasattr(one, "url_patterns"):
            yield from addresses(one.url_patterns, here)
        else:
            yield here


@pytest.mark.parametrize("role", ["clerk", "judge", "stranger"])
def test_point_7_every_address_that_takes_a_form_refuses_one_without_its_token(as_, role):
    from yiheng.casework.models import JournalLine

    lines = {role: JournalLine.objects.count() for role in [role]}
    # Without enforcement an address that takes no form says so; the others are those that change something.
    takes = [one for one in addresses() if as_(role).post(one).status_code != NOT_ALLOWED]
    if role == "clerk":
        assert {"/login/", "/logout/", "/language/", "/findings/judge/", "/settlements/act/"} <= set(takes)
    lines[role] = JournalLine.objects.count()
    form = {"language": "en", "username": "clerk", "password": PASSWORD, "act": "adopt", "why": "x"}
    for one in addresses():
        client = as_(role, enforce_csrf_checks=True)
        before = JournalLine.objects.count()
        answer = client.post(one, form)
        assert answer.status_code == NO_TOKEN, one
        # Nor does a token that somebody made up, or one sent by another site over https.
        client.cookies["csrftoken"] = "a" * 32
        assert client.post(one, {**form, "csrfmiddlewaretoken": "b" * 32}).status_code == NO_TOKEN, one
        far = client.post(one, form, secure=True, headers={"origin": "https://evil.example"})
        assert far.status_code == NO_TOKEN, one
        assert JournalLine.objects.count() == before
    assert takes
