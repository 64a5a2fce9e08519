"""What the overview shows: parties with budget, spending and drivers, from the newest runs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from yiheng.basis.money import Fen
from yiheng.casework.models import User
from yiheng.casework.selectors import parties_seen_by
from yiheng.runs import claims_of_driver

from .. import names, results, show
from ..results import Run, Settled

DRIVERS = "drivers.json"
# So many drivers are named beside a party.
NAMED = 3
ON_A_PAGE = 50


@dataclass(frozen=True)
class Driver:
    """One institution and kind of care, or one kind of institution, against what was expected."""

    label: str
    kind: str
    fen: Fen
    before: Fen | None
    expected: Fen | None
    more: Fen | None
    raw: dict[str, Any]


@dataclass(frozen=True)
class Party:
    """One party and year: the statement that counts, its spending against last year, its drivers."""

    name: str
    settled: Settled | None
    fen: Fen
    growth: str | None
    drivers: list[Driver]

    @property
    def budget(self) -> Fen | None:
        return self._figure("budget")

    @property
    def over(self) -> Fen | None:
        """Spending less budget."""
        budget, spend = self._figure("budget"), self._figure("spend")
        return None if budget is None or spend is None else spend - budget

    @property
    def used(self) -> str | None:
        budget, spend = self._figure("budget"), self._figure("spend")
        return None if budget is None or spend is None or not budget.n else show.percent(Fraction(spend.n, budget.n))

    def _figure(self, name: str) -> Fen | None:
        statement = self.settled.statement if self.settled else None
        return Fen.from_yuan(statement["figures"][name]) if statement else None


def runs_by_year() -> dict[int, Run]:
    """The newest breakdown of each year, newest year first."""
    return dict(sorted(results.newest_by(DRIVERS, "drivers", "year").items(), reverse=True))


def parties(run: Run, user: User) -> list[Party]:
    """The parties in the user's scope, the largest overrun first; without a statement last."""
    told = run.result["parties"]
    seen = parties_seen_by(user=user, parties=[one["party"] for one in told])
    made = [_party(run, one) for one in told if one["party"] in seen]
    return sorted(made, key=lambda one: (one.over is None, -(one.over.n if one.over else 0), one.name))


def party(run: Run, name: str) -> Party:
    """One party of a run."""
    return next(_party(run, one) for one in run.result["parties"] if one["party"] == name)


def institutions(run: Run, name: str) -> list[Driver]:
    """The institutions of a party, the largest difference to last year first."""
    return [
        _driver(row, names.institution(row["institution"]))
        for row in run.result["institutions"]
        if row["party"] == name
    ]


def kinds(run: Run, name: str) -> list[Driver]:
    """Kinds of institution and care of a party, the largest difference to the others first."""
    return [
        _driver(row, show.coded("institution", "kind", row["place"] or ""))
        for row in run.result["kinds"]
        if row["party"] == name
    ]


def claims(run: Run, name: str, raw: dict[str, Any], *, back: int = 0, page: int = 1) -> tuple[list[Any], bool]:
    """A page of the settlements behind one driver, of its year or of some years back, and whether more follow."""
    found = claims_of_driver(
        results.workspace(), run.pins, name, run.result["year"] - back, raw["institution"], raw["kind"],
        skip=(page - 1) * ON_A_PAGE, most=ON_A_PAGE + 1,
    )  # fmt: skip
    return found[:ON_A_PAGE], len(found) > ON_A_PAGE


def _party(run: Run, told: dict[str, Any]) -> Party:
    year = run.result["year"]
    before, days, days_before = told["fen_before"], told["person_days"], told["person_days_before"]
    growth = None
    if before and days and days_before:
        # A party with more people spends more: spending a person-day is compared.
        growth = show.percent(Fraction(told["fen"] * days_before, before * days) - 1)
    settled = results.settled().get((told["party"], year))
    return Party(told["party"], settled, Fen(told["fen"]), growth, institutions(run, told["party"])[:NAMED])


def _driver(row: dict[str, Any], label: str) -> Driver:
    kind = show.coded("visit", "kind", row["kind"])
    before = row.get("fen_before")
    return Driver(label, kind, Fen(row["fen"]), _fen(before), _fen(row["expected_fen"]), _fen(row["more_fen"]), row)


def _fen(value: int | None) -> Fen | None:
    return None if value is None else Fen(value)
