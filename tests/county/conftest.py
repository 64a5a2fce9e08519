"""A small county and a larger one, each made once."""

import pytest

from tests.county.county_on_disk import open_county


@pytest.fixture(scope="session")
def county(tmp_path_factory):
    return open_county(tmp_path_factory.mktemp("county"), people=400)


@pytest.fixture(scope="session")
def town(tmp_path_factory):
    """Large enough for shares and means to settle."""
    return open_county(tmp_path_factory.mktemp("town"), people=4000, seed=7)
