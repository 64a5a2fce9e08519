"""Spans of days and years; both ends are always included."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

MONTHS_IN_A_YEAR = 12


@dataclass(frozen=True, order=True, slots=True)
class Span:
    """Days from one to another, both included."""

    first: dt.date
    last: dt.date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a span cannot end on {self.last} before it starts on {self.first}")

    @property
    def days(self) -> int:
        """How many days, both ends counted."""
        return (self.last - self.first).days + 1

    def __contains__(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    def overlap(self, other: Span) -> int:
        """How many days the two spans share."""
        return max(0, (min(self.last, other.last) - max(self.first, other.first)).days + 1)

    def nearest(self, day: dt.date) -> dt.date:
        """The day itself, or the first or last one where it lies outside."""
        return min(max(day, self.first), self.last)

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


def year_span(year: int) -> Span:
    """The calendar year, 1 January to 31 December."""
    return Span(dt.date(year, 1, 1), dt.date(year, MONTHS_IN_A_YEAR, 31))


def months_of(year: int) -> Iterator[Span]:
    """The twelve months of a year, in order."""
    for month in range(1, MONTHS_IN_A_YEAR + 1):
        first = dt.date(year, month, 1)
        after = dt.date(year + month // MONTHS_IN_A_YEAR, month % MONTHS_IN_A_YEAR + 1, 1)
        yield Span(first, after - dt.timedelta(days=1))
