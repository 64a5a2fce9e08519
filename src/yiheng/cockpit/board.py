"""What the cockpit page shows of one party and year: cards, budget against time, statement, state of the data."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language

from yiheng.basis.money import Fen
from yiheng.basis.periods import months_of, year_span
from yiheng.measures import INDICATORS, Indicator
from yiheng.payment import FIGURES
from yiheng.statements import exact, written

from . import results, show
from .results import MONTHLY, YEARLY, Run, Settled, Value

# A sparkline is drawn in a box of these units.
SPARK_WIDTH, SPARK_HEIGHT, SPARK_MARGIN = 480, 80, 8
# The scale of the budget bar ends a little behind the longer of budget and spending.
BAR_UNITS = 1000
BAR_ROOM = Fraction(1, 20)


@dataclass(frozen=True)
class Month:
    """One month of an indicator; None is unknown."""

    number: int
    value: Value | None

    def exact(self, unit: str) -> Fraction | None:
        return exact(self.value.top, self.value.bottom, unit) if self.value else None


@dataclass(frozen=True)
class Card:
    """A key figure."""

    indicator: Indicator
    label: str
    value: Value | None
    change: show.Change | None
    spark: str

    @property
    def shown(self) -> str | None:
        unit = self.indicator.unit
        stands = exact(self.value.top, self.value.bottom, unit) if self.value else None
        return None if stands is None else written(stands, unit)

    @property
    def unit(self) -> str:
        return str(show.UNITS[self.indicator.unit])

    @property
    def says(self) -> str:
        return self.indicator.says_zh if show.in_chinese() else self.indicator.says_en


@dataclass(frozen=True)
class Progress:
    """Budget used against time passed; lengths in units of the bar."""

    used: Fraction
    passed: Fraction
    until: dt.date
    scale: Fraction

    @property
    def ahead(self) -> bool:
        return self.used > self.passed

    @property
    def over(self) -> bool:
        return self.used > 1

    def _units(self, share: Fraction) -> int:
        return round(share / self.scale * BAR_UNITS)

    @property
    def used_units(self) -> int:
        return self._units(self.used)

    @property
    def passed_units(self) -> int:
        return self._units(self.passed)

    @property
    def budget_units(self) -> int:
        return self._units(Fraction(1))


@dataclass(frozen=True)
class Figure:
    """One figure of a statement."""

    name: str
    label: str
    yuan: str


@dataclass(frozen=True)
class State:
    """Which runs the page rests on, and whether data came after them."""

    runs: list[tuple[str, Run]]
    stale: bool


def parties_and_years() -> dict[str, list[int]]:
    """All parties that results speak of, each with its years, newest first."""
    known: dict[str, set[int]] = {}
    for _indicator, party, year in results.values_of(results.measured(YEARLY), "year"):
        known.setdefault(party, set()).add(int(year))
    for party, settled_year in results.settled():
        known.setdefault(party, set()).add(settled_year)
    for party, lapsed_year in results.register()[0].lapsed:
        known.setdefault(party, set()).add(lapsed_year)
    return {party: sorted(known[party], reverse=True) for party in sorted(known)}


def months(indicator: Indicator, party: str, year: int) -> list[Month]:
    """The twelve months of an indicator."""
    values = results.values_of(results.measured(MONTHLY), "month")
    keys = [f"{span.first:%Y-%m}" for span in months_of(year)]
    return [Month(n, values.get((indicator.name, party, key))) for n, key in enumerate(keys, start=1)]


def monthly_indicators(party: str, year: int) -> list[Indicator]:
    """The indicators that can be followed by month."""
    values = results.values_of(results.measured(MONTHLY), "month")
    known = {name for name, who, month in values if who == party and month.startswith(f"{year}-")}
    return [indicator for name, indicator in INDICATORS.items() if name in known]


def followed(party: str, year: int) -> list[tuple[str, str]]:
    """Name and label of what can be followed by month."""
    return [(one.name, show.declared(one.zh, one.name)) for one in monthly_indicators(party, year)]


def cards(party: str, year: int) -> list[Card]:
    """Every declared indicator that can be cut by party, in the order of its declaration."""
    yearly = results.measured(YEARLY)
    values = results.values_of(yearly, "year")
    left_out = yearly.result.get("left_out", {}) if yearly else {}
    made = []
    for name, indicator in INDICATORS.items():
        if name in left_out:
            continue
        now, before = (values.get((name, party, str(y))) for y in (year, year - 1))
        points = [month.exact(indicator.unit) for month in months(indicator, party, year)]
        label = show.declared(indicator.zh, name)
        made.append(Card(indicator, label, now, show.change(indicator, now, before), _spark(points)))
    return made


def progress(party: str, year: int, settled: Settled | None, today: dt.date) -> Progress | None:
    """Spending and time as shares of budget and year; None before a budget was settled or without data."""
    until = data_until(party, year, today)
    if settled is None or settled.statement is None or until is None:
        return None
    figures = settled.statement["figures"]
    budget, spend = (Fen.from_yuan(figures[name]).n for name in ("budget", "spend"))
    if budget <= 0:
        return None
    used = Fraction(spend, budget)
    passed = Fraction((until - year_span(year).first).days + 1, year_span(year).days)
    return Progress(used, passed, until, max(used, Fraction(1)) + BAR_ROOM)


def data_until(party: str, year: int, today: dt.date) -> dt.date | None:
    """The last day the data speak of: the end of the last month in which anything happened, today at most."""
    values = results.values_of(results.measured(MONTHLY), "month")
    seen = {month for (_name, who, month), value in values.items() if who == party and value.top > 0}
    ends = [span.last for span in months_of(year) if f"{span.first:%Y-%m}" in seen]
    return min(ends[-1], today) if ends else None


def figures(statement: dict[str, Any]) -> list[Figure]:
    """The seven figures in their order."""
    language = get_language() or "zh"
    return [Figure(name, words.in_language(language), statement["figures"][name]) for name, words in FIGURES.items()]


def state(settled: Settled | None) -> State:
    """The runs behind the page."""
    runs = [
        ("settle", settled.run if settled else None),
        ("measure", results.measured(YEARLY)),
        ("measure", results.measured(MONTHLY)),
        ("audit", results.audited()),
    ]
    known = [(verb, run) for verb, run in runs if run]
    return State(known, any(results.loaded_after(run) for _verb, run in known))


def _spark(points: list[Fraction | None]) -> str:
    """The points of a small line, as an SVG attribute; empty with fewer than two."""
    known = [(i, p) for i, p in enumerate(points) if p is not None]
    if len(known) < 2:
        return ""
    low, high = min(p for _, p in known), max(p for _, p in known)
    room, span, steps = SPARK_HEIGHT - 2 * SPARK_MARGIN, (high - low) or 1, len(points) - 1
    return " ".join(
        f"{round(Fraction(i * SPARK_WIDTH, steps))},{round(SPARK_HEIGHT - SPARK_MARGIN - (p - low) / span * room)}"
        for i, p in known
    )
