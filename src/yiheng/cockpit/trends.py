"""The monthly line of an indicator: what the chart draws, what the table shows, what the file holds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext

from yiheng.measures import Indicator
from yiheng.statements import rounded, written

from . import board, show
from .results import Value

# Digits of a value in an export; its two whole numbers stand beside it and are exact.
EXPORTED_DIGITS = 6


@dataclass(frozen=True)
class Trend:
    """An indicator of a party by month, in a year and the year before."""

    indicator: Indicator
    year: int
    now: list[board.Month]
    before: list[board.Month]

    @property
    def label(self) -> str:
        return show.declared(self.indicator.zh, self.indicator.name)

    @property
    def unit(self) -> str:
        return str(show.UNITS[self.indicator.unit])

    @property
    def rows(self) -> list[tuple[str, str, str]]:
        """Month, this year, the year before, as text."""
        pairs = zip(self.now, self.before, strict=True)
        return [(_month(now.number), self._text(now), self._text(before)) for now, before in pairs]

    @property
    def drawn(self) -> dict[str, Any]:
        """What the chart needs; figures as text, so that no figure passes through a float on its way."""
        lines = [(self.year - 1, self.before), (self.year, self.now)]
        return {
            "months": [_month(month.number) for month in self.now],
            "unit": self.unit,
            "lines": [
                {"name": str(year), "values": [self._text(month, plain=True) for month in line]}
                for year, line in lines
                if any(month.exact(self.indicator.unit) is not None for month in line)
            ],
        }

    def _text(self, month: board.Month, *, plain: bool = False) -> str:
        stands = month.exact(self.indicator.unit)
        text = "" if stands is None else written(stands, self.indicator.unit)
        return text.replace(",", "") if plain else text


def trend_of(indicator: Indicator, party: str, year: int) -> Trend:
    """The monthly line of an indicator."""
    return Trend(indicator, year, board.months(indicator, party, year), board.months(indicator, party, year - 1))


def export_rows(trend: Trend) -> list[list[str]]:
    """Month, both sums and their quotient, the year before first."""
    rows = []
    for year, line in ((trend.year - 1, trend.before), (trend.year, trend.now)):
        for month in line:
            value = month.value
            if value is not None:
                rows.append([f"{year}-{month.number:02d}", str(value.top), str(value.bottom), _quotient(value)])
    return rows


def _quotient(value: Value) -> str:
    if value.bottom == 0:
        return ""
    return f"{rounded(Fraction(value.top, value.bottom), EXPORTED_DIGITS):f}"


def _month(number: int) -> str:
    return gettext("%(month)s月") % {"month": number}
