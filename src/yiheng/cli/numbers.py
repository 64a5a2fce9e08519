"""Numbers and days after an option: digits as they are on the keyboard, within what has a meaning."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import click

WRITTEN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
DIGITS = re.compile(r"-?[0-9]+", re.ASCII)
# SQLite, the lake and the engine hold no larger one.
MOST = 2**63 - 1
# Claims before and policies after these have no meaning; 20255 is a slip of the finger.
FIRST_YEAR, LAST_YEAR = 1900, 2199


class Whole(click.IntRange):
    """A whole number. Python also reads ``1_0`` and full-width digits, of which nobody can say what was meant."""

    def __init__(self, least: int = 0, most: int = MOST) -> None:
        super().__init__(least, most)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Refuse what is not digits only, and what is out of range."""
        if isinstance(value, str) and not DIGITS.fullmatch(value):
            self.fail(f"{value!r} is not a whole number", param, ctx)
        return super().convert(value, param, ctx)


class Day(click.ParamType[dt.date]):
    """A day as ``2025-12-31``, given as a date."""

    name = "yyyy-mm-dd"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Refuse another notation, a day that no calendar has, and a year that has no meaning."""
        if isinstance(value, dt.date):
            return value
        if not WRITTEN.fullmatch(value):
            self.fail(f"{value!r} is not a day; write it as 2025-12-31", param, ctx)
        try:
            day = dt.date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is in no calendar", param, ctx)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail(f"{value!r} is outside the years {FIRST_YEAR} to {LAST_YEAR}", param, ctx)
        return day


DAY = Day()
YEAR = Whole(FIRST_YEAR, LAST_YEAR)
