"""A day after an option is one day, written in one way, or refused before anything is opened."""

from __future__ import annotations

import datetime as dt

import click
import pytest

from yiheng.cli.numbers import DAY


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("２０２５-01-01", "is not a day"),
        ("2025-1-1", "is not a day"),
        ("20250101", "is not a day"),
        ("2025-01-01 ", "is not a day"),
        ("2025-02-29", "is in no calendar"),
        ("0001-01-01", "is outside the years"),
        ("9999-12-31", "is outside the years"),
    ],
)
def test_point_8_what_is_no_day_is_refused(written, why):
    with pytest.raises(click.BadParameter, match=why):
        DAY.convert(written, None, None)


def test_a_day_is_a_date():
    assert DAY.convert("2024-02-29", None, None) == dt.date(2024, 2, 29)
