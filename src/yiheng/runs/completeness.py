"""The gate before a settlement: are the claims of the year and of its base years there, and the fund's own totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import ibis

from yiheng.basis.evidence import Words
from yiheng.basis.reasons import refuse_unfit
from yiheng.basis.refusals import Refusal, nearest
from yiheng.measures import completeness as judge
from yiheng.policy import PolicyFile

from .engine import Engine

CURE = 'load what is missing, or settle all the same and say why: --although "REASON"'
# A claim that does not say which fund paid, and the totals of any fund.
ANY_FUND = ""
MONTHS = tuple(range(1, judge.MONTHS_A_YEAR + 1))


@dataclass(frozen=True)
class Missing:
    """What is not there, or too little: of one table, of one party or of the whole fund, in one year.

    Attributes:
        party: None for the whole fund.
        months: the months in question; empty where the year as a whole is.
        claims: what was found, ``expected`` what was to be expected; None where claims are not what is missing.
    """

    table: str
    party: str | None
    year: int
    months: tuple[int, ...] = ()
    claims: int | None = None
    expected: int | None = None
    fund: str = ANY_FUND

    @property
    def says(self) -> Words:
        """What was found, in a sentence."""
        some = "" if self.months in ((), MONTHS) else spans(self.months)
        when_zh, when = (
            f"{self.year} 年" + (f" {some} 月" if some else ""),
            f"{self.year}" + (some and f" months {some}"),
        )
        if self.claims is None:
            fund = f"（{self.fund}）" if self.fund else ""
            return Words(
                f"基金收支 fund_flow：{when_zh}没有基金{fund}自己的支出数",
                f"fund_flow: no spending of the fund{f' {self.fund}' if self.fund else ''} itself in {when}",
            )
        who_zh, who = (self.party, self.party) if self.party else ("全部参保人", "all parties together")
        return Words(
            f"结算 {self.table}：{who_zh} {when_zh}只有 {self.claims:,} 笔结算",
            f"{self.table}: {who} {when}: {self.claims:,} claims",
        )

    @property
    def should(self) -> Words:
        """What was expected, in a sentence."""
        if self.claims is None:
            return Words("每个月一行支出", "a row of spending for every month")
        return Words(
            f"按其他月份和参保人数应有约 {self.expected:,} 笔",
            f"about {self.expected:,} claims, by the other months and the people covered",
        )

    @property
    def refusal(self) -> Refusal:
        """Why the year cannot be cleared."""
        what = Words(f"数据不完整：{self.says.zh}", f"incomplete: {self.says.en}")
        return Refusal(what, expected=self.should, cure=CURE)

    def as_json(self) -> dict[str, Any]:
        """With both languages, as results keep it."""
        return {
            "table": self.table, "party": self.party, "year": self.year, "months": list(self.months),
            "fund": self.fund or None, "found": self.claims, "expected": self.expected,
            "says": self.says.zh, "says_en": self.says.en,
            "expected_zh": self.should.zh, "expected_en": self.should.en,
        }  # fmt: skip


@dataclass(frozen=True)
class Completeness:
    """What a settlement found missing, with the act that lets it go on."""

    found: tuple[Missing, ...] = ()
    although: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The act and everything found."""
        return {"although": self.although, "found": [one.as_json() for one in self.found]}

    def stated(self, party: str) -> dict[str, Any] | None:
        """What a party's statement says of it; None where nothing had to be stated."""
        if self.although is None:
            return None
        concern = [one for one in self.found if one.party in (None, party)]
        return {"although": self.although, "found": [one.as_json() for one in concern]}


def spans(numbers: Sequence[int]) -> str:
    """Rising numbers as people write them, such as ``1–3, 7``."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][-1] + 1:
            parts[-1].append(number)
        else:
            parts.append([number])
    return ", ".join(f"{part[0]}–{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)


@dataclass
class _Found:
    """Months in question of one party and year."""

    months: list[int] = field(default_factory=list)
    claims: int = 0
    expected: int = 0


def refuse_empty_act(facts: Path | None, although: str | None) -> None:
    """Check that the act that lets an incomplete year be settled has a reason, and a lake to speak of.

    Raises:
        Refusal: an empty reason, or one for a file of facts, whose completeness nobody judges.
    """
    if although is not None and not although.strip():
        raise Refusal("--although has no reason", expected="a sentence that is printed on every statement")
    refuse_unfit(although or "")
    if although is not None and facts is not None:
        raise Refusal("--although is for a year of the lake", cure="leave it out: a facts file is taken as it is")


def refuse_unknown_limits(source: PolicyFile) -> None:
    """Check that a policy sets only limits of completeness that exist.

    Raises:
        Refusal: the first that does not, with its line.
    """
    for name in source.policy.completeness:
        if name not in judge.COMPLETENESS:
            raise Refusal(
                f"unknown limit of completeness '{name}'",
                where=source.document.place(("completeness", name)),
                cure=nearest(name, judge.COMPLETENESS),
            )


def missing(
    engine: Engine, source: PolicyFile, year: int, years: Sequence[int], claims: ibis.Table
) -> tuple[Missing, ...]:
    """What is missing of the year that is settled and of its base years.

    Args:
        claims: of each consortium, year and month.
    """
    limits = judge.asked({name: one.value for name, one in source.policy.completeness.items()})
    people = judge.people_by_month(engine.as_computed(), years)
    months = engine.keep(f"months_judged_{'_'.join(map(str, years))}", lambda: judge.months_judged(claims, people))
    found = [
        Missing("settlement", row["consortium"], row["year"], (), row["claims"], _of_year(row, limits))
        for row in engine.rows(judge.incomplete_years(months, year, limits), ("consortium", "year"))
    ]
    whole_years = {one.year for one in found if one.party is None}
    # What is missing of all is missing of each: it is said once.
    found = [one for one in found if one.party is None or one.year not in whole_years]
    found += _months(
        engine, months, limits, {(one.party, one.year) for one in found} | {(None, y) for y in whole_years}
    )
    found += _small(engine, claims, people, months, limits, {(one.party, one.year) for one in found})
    found += _totals(engine, months, year, years, limits)
    return tuple(sorted(found, key=lambda one: (one.table, one.party or "", one.year, one.fund)))


def _of_year(row: dict[str, Any], limits: judge.Asked) -> int:
    """The claims that the people of a year let expect: as many as in the other years, or the least that people have."""
    least = row["person_months"] * limits["complete_claims_per_thousand"] // (judge.PER_THOUSAND * judge.MONTHS_A_YEAR)
    by_others = row["other_claims"] * row["person_months"] // max(row["other_months"], 1)
    return int(max(least, by_others))


def _months(
    engine: Engine, months: ibis.Table, limits: judge.Asked, told: set[tuple[str | None, int]]
) -> Iterator[Missing]:
    """The months in question, of a party without those of the whole fund."""
    order = ("consortium", "year", "month_of_year")
    of_all: set[tuple[int, int]] = set()
    by_year: dict[tuple[str | None, int], _Found] = {}
    # The rows of the whole fund come first: they have no consortium.
    for row in engine.rows(judge.incomplete_months(months, limits), order):
        party, year, month = (row[name] for name in order)
        if party is None:
            of_all.add((year, month))
        if (party, year) in told or (None, year) in told or (party is not None and (year, month) in of_all):
            continue
        one = by_year.setdefault((party, year), _Found())
        one.months.append(month)
        one.claims += row["claims"]
        one.expected += row["usual"] * row["people"] // row["usual_people"]
    for (party, year), one in by_year.items():
        yield Missing("settlement", party, year, tuple(one.months), one.claims, one.expected)


def _small(
    engine: Engine,
    claims: ibis.Table,
    people: ibis.Table,
    months: ibis.Table,
    limits: judge.Asked,
    told: set[tuple[str | None, int]],
) -> Iterator[Missing]:
    """Months in question of the parties whose single months have too few claims to be judged: some months together."""
    span = limits["complete_months_together"]
    spans_judged = judge.months_judged(*judge.together(claims, people, span)).semi_join(
        judge.too_small(months, limits), "consortium"
    )
    for one in _months(engine, spans_judged, limits, told):
        every = tuple(month for first in one.months for month in range(first, first + span))
        yield replace(one, months=every)


def _totals(
    engine: Engine, months: ibis.Table, year: int, years: Sequence[int], limits: judge.Asked
) -> Iterator[Missing]:
    """Funds that paid claims in a year, and do not say for every month what they spent."""
    if not limits["complete_totals_due"]:
        return
    covered = engine.rows(months.filter(months.consortium.isnull(), months.year == year))
    if max((row["people"] for row in covered), default=0) < limits["complete_totals_people"]:
        return
    known: dict[tuple[str, int], set[int]] = {}
    for row in engine.rows(judge.totals_by_year(engine.as_computed(), years)):
        for fund in (row["fund"], ANY_FUND):
            known.setdefault((fund, row["year"]), set()).add(row["month_of_year"])
    paid: dict[int, set[str]] = {one: set() for one in years}
    for row in engine.rows(judge.funds_by_year(engine.as_computed(), years)):
        if row["fund"] is not None and row["claims"] >= limits["complete_month_claims"]:
            paid[row["year"]].add(row["fund"])
    for one, funds in paid.items():
        for fund in sorted(funds) or [ANY_FUND]:
            there = known.get((fund, one), set())
            if gaps := tuple(month for month in MONTHS if month not in there):
                yield Missing("fund_flow", None, one, gaps, fund=fund)
