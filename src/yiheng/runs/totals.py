"""Declared totals as facts ask for them: of which year, of one fund, of the people answered for or of those signed."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import ibis
from ibis import _

from yiheng.basis.evidence import Because, Place, Words
from yiheng.basis.money import Fen
from yiheng.basis.periods import year_span
from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.measures import (
    TOTALS,
    Total,
    claims_by_month,
    income_of_year,
    paid_by_fund,
    paid_of_signed,
    people_of_year,
    signed_and_covered,
)
from yiheng.payment import Fact
from yiheng.policy import PolicyFile
from yiheng.policy.schema import Fact as DeclaredFact
from yiheng.records import TABLES

from .engine import Engine

FILL = "load the data, or give the figure with --with, then settle again"
# How a fact from the lake names where it comes from.
PLACE = re.compile(
    r"(?P<total>\w+)\(consortium=(?P<party>.*), year=(?P<year>\d+)"
    r"(?:, insurance=(?P<insurance>\w+))?(?:, signed=(?P<signed>\d+))?\)"
)


@dataclass(frozen=True, order=True)
class Asked:
    """A total of one year.

    Attributes:
        insurance: the fund whose part it is; empty for all.
        signed: the year at whose end the people are signed; 0 for those who were answered for when it was paid.
    """

    total: str
    year: int
    insurance: str = ""
    signed: int = 0

    @classmethod
    def of(cls, fact: DeclaredFact, settled: int) -> Asked:
        """What a fact of a settled year asks for."""
        signed = settled if fact.people == "signed" else 0
        return cls(fact.total or "", settled + fact.year, fact.insurance or "", signed)

    @classmethod
    def read(cls, place: str) -> tuple[Asked, str] | None:
        """What a fact from the lake was asked as, and its party; None where the place is of no such fact."""
        found = PLACE.fullmatch(place)
        if found is None:
            return None
        asked = cls(found["total"], int(found["year"]), found["insurance"] or "", int(found["signed"] or 0))
        return asked, found["party"]

    def place(self, party: str) -> str:
        """As :meth:`read` reads it."""
        insurance = f", insurance={self.insurance}" if self.insurance else ""
        signed = f", signed={self.signed}" if self.signed else ""
        return f"{self.total}(consortium={party}, year={self.year}{insurance}{signed})"

    @property
    def declared(self) -> Total:
        """The total."""
        return TOTALS[self.total]

    @property
    def plain(self) -> bool:
        """Whether it is of all claims, of all funds, by the consortium that answered."""
        return self.declared.table == "settlement" and not self.insurance and not self.signed

    @property
    def query(self) -> str:
        """The name under which its query is kept: one query for all years where it reads settlements."""
        name = self.total if self.declared.table == "settlement" else f"{self.total}_{self.year}"
        return name + ("_by_insurance" if self.insurance else "") + (f"_of_signed_{self.signed}" if self.signed else "")

    @property
    def keys(self) -> tuple[str, ...]:
        """What its query groups by."""
        return ("consortium", "year", *(("insurance",) if self.insurance else ()))

    def by(self, tables: Mapping[str, ibis.Table], keys: tuple[str, ...]) -> ibis.Table:
        """The total by some keys, over the rows that it is of."""
        over: dict[str, ibis.Table] = {}
        at = ChainMap(over, tables)  # type: ignore[arg-type]
        if self.declared.table == "enrolment":
            over["people"] = people_of_year(tables, self.year)
        elif self.declared.table == "fund_flow":
            over["income"] = income_of_year(tables, self.year)
        else:
            if self.signed:
                over["paid"] = paid_of_signed(tables, self.signed)
            if self.insurance:
                over["paid"] = paid_by_fund(at)
        return self.declared.by(at, keys)


@dataclass(frozen=True)
class Sum:
    """What a query gave for one party, year and fund; ``unknown`` is how many of its rows lack the amount."""

    amount: int
    rows: int
    unknown: int


Key = tuple[str, str | None, int, str | None]


@dataclass
class Sums:
    """All sums that the facts of a settlement ask for, with the queries that made them."""

    year: int
    by: dict[Key, Sum]
    queries: dict[str, str]
    answered: set[tuple[str, int]]
    signed: dict[int, dict[str, tuple[int, int]]]

    def of(self, asked: Asked, party: str | None) -> Sum | None:
        """The sum of one party."""
        return self.by.get((asked.query, party, asked.year, asked.insurance or None))

    def without_fund(self, asked: Asked, party: str) -> int:
        """How many rows do not tell which fund they are of."""
        found = self.by.get((asked.query, party, asked.year, None)) if asked.insurance else None
        return found.rows if found else 0

    def unattributed(self, asked: Asked) -> dict[str, int]:
        """Rows and fen of claims that belong to no party."""
        nobody = [one for key, one in self.by.items() if key[:3] == (asked.query, None, asked.year)]
        return {"rows": sum(one.rows for one in nobody), "fen": sum(one.amount for one in nobody)} if nobody else {}


def summed(engine: Engine, every: Sequence[Asked], year: int, answered: set[tuple[str, int]]) -> Sums:
    """Each query once, for all parties and years."""
    sums = Sums(year, {}, {}, answered, {})
    by_query: dict[str, list[Asked]] = {}
    for asked in every:
        by_query.setdefault(asked.query, []).append(asked)
    for name, group in sorted(by_query.items()):
        first, years = group[0], sorted({one.year for one in group})
        defined = first.by(engine.as_defined(), first.keys).filter(_.year.isin(years))
        sums.queries[name] = engine.sql(defined)
        for row in engine.rows(_computed(engine, first, years)):
            amount = row["fen"] if first.declared.unit == "fen" else row["number"]
            key = (name, row["consortium"], row["year"], row.get("insurance"))
            sums.by[key] = Sum(amount or 0, row["rows"], row["unknown"])
    for then in sorted({asked.year for asked in every if asked.signed}):
        counted = engine.rows(signed_and_covered(engine.as_computed(), year, then))
        sums.signed[then] = {row["consortium"]: (row["signed"], row["covered"]) for row in counted}
    return sums


def _computed(engine: Engine, asked: Asked, years: list[int]) -> ibis.Table:
    if not asked.plain:
        with engine.plain_joins():
            return engine.keep(
                f"{asked.query}_{'_'.join(map(str, years))}",
                lambda: asked.by(engine.as_computed(), asked.keys).filter(_.year.isin(years)),
            )
    # The sums of the months are those of the year: the claims are read once for both.
    by_year = by_month(engine, asked.total, years).group_by("consortium", "year")
    return by_year.agg(fen=_.fen.sum().cast("int64"), rows=_.rows.sum(), unknown=_.unknown.sum())


def by_month(engine: Engine, total: str, years: list[int]) -> ibis.Table:
    """A plain total by consortium, year and month, computed once; its rows are all claims, whichever total it is."""
    with engine.plain_joins():
        return engine.keep(
            f"{total}_by_month_{'_'.join(map(str, years))}",
            lambda: claims_by_month(engine.as_computed(), total, years),
        )


def lake_fact(engine: Engine, party: str, name: str, asked: Asked, fact: DeclaredFact, sums: Sums) -> Fact:
    """One fact of one party, under its name: what the lake knows, or why it does not."""
    place = Place(engine.place(asked.declared.table), asked.place(party))
    known = Words("", "")
    if asked.signed:
        known = _of_signed(party, asked, sums)
    unknown = _unknown(party, asked, sums)
    if unknown is not None:
        because = _because(fact, unknown, known, place)
        what = f"the fact '{name}' of '{party}' is unknown, and unknown is not zero: {because.says.en}"
        fault = Refusal(what, where=str(place), cure=FILL)
        return Fact(None, because, fault=fault, judged="where_used")
    found = sums.of(asked, party) or Sum(0, 0, 0)
    unit = asked.declared.unit
    if unit == "fen":
        zh, en = asked.declared.rows
        words = Words(f"{asked.year} 年 {found.rows:,} {zh}之和", f"the sum of {found.rows:,} {en} of {asked.year}")
        return Fact(Fen(found.amount), _because(fact, words, known, place))
    if unit == "people":
        words = Words(
            f"{asked.year} 年末 {found.amount:,} 人", f"{found.amount:,} people on the last day of {asked.year}"
        )
        return Fact(None, _because(fact, words, known, place), number=Fraction(found.amount))
    year = year_span(asked.year)
    days = (year.last - year.first).days + 1
    words = Words(
        f"{asked.year} 年归属 {found.amount:,} 天 ÷ {days} 天", f"{found.amount:,} days of {asked.year} ÷ {days} days"
    )
    return Fact(None, _because(fact, words, known, place), number=Fraction(found.amount, days))


def _unknown(party: str, asked: Asked, sums: Sums) -> Words | None:
    """Why a sum is not known; None where it is."""
    found, year = sums.of(asked, party), asked.year
    if asked.signed:
        signed, covered = sums.signed.get(year, {}).get(party, (0, 0))
        if not signed:
            return Words(
                f"{asked.signed} 年末没有签约的参保人，未知", f"nobody is signed at the end of {asked.signed}, unknown"
            )
        if not covered and found is None:
            return Words(f"签约的人 {year} 年都不在册，未知", f"nobody of the signed was covered in {year}, unknown")
    elif found is None and asked.declared.table == "fund_flow":
        return Words(
            f"{year} 年没有基金收入，或有几个医共体而收入不分到各方，未知",
            f"no fund income of {year}, or several consortia and income is not told by consortium, unknown",
        )
    elif found is None and (party, year) not in sums.answered:
        return Words(f"{year} 年没有 {party} 的参保归属，未知", f"{party} had no enrolment in {year}, unknown")
    if asked.total == "signed_people" and not (found and found.amount):
        return Words(
            f"{year} 年末的参保归属都没有写签约，未知", f"no enrolment at the end of {year} names a signing, unknown"
        )
    if unnamed := sums.without_fund(asked, party):
        return Words(f"{unnamed:,} 行没有写险种，未知", f"{unnamed:,} rows do not name the fund, unknown")
    if found and found.unknown:
        zh, en = asked.declared.rows
        lacking = Words(f"{found.unknown:,} {zh}没有这项金额，未知", f"{found.unknown:,} {en} lack the amount, unknown")
        return (
            lacking
            if asked.declared.table == "settlement"
            else Words(
                f"{year} 年的收入不满十二个月，未知", f"the income of {year} is not there for twelve months, unknown"
            )
        )
    return None


def _of_signed(party: str, asked: Asked, sums: Sums) -> Words:
    signed, covered = sums.signed.get(asked.year, {}).get(party, (0, 0))
    return Words(
        f"（{asked.signed} 年末签约的 {signed:,} 人，其中 {asked.year} 年在册 {covered:,} 人，不论当时归属何方）",
        f" (of the {signed:,} people signed at the end of {asked.signed}, {covered:,} of them covered in {asked.year}, "
        "whoever answered for them)",
    )


def _because(fact: DeclaredFact, words: Words, more: Words, place: Place) -> Because:
    zh, en = fact.says.words
    return Because(Words(f"{zh}：{words.zh}{more.zh}", f"{en}: {words.en}{more.en}"), source=place)


def refuse_unknown_totals(source: PolicyFile) -> None:
    """Check that every fact from the lake is a total that is declared, of its kind and of a fund that there is.

    Raises:
        Refusals: all that are not, with line and nearest known name.
    """
    if wrong := [fault for name, fact in source.policy.facts.items() for fault in _faults(source, name, fact)]:
        raise Refusals(wrong)


def _faults(source: PolicyFile, name: str, fact: DeclaredFact) -> Iterator[Refusal]:
    if fact.total is None:
        return
    where = source.document.place(("facts", name, "total"))
    if fact.total not in TOTALS:
        yield Refusal(f"there is no total '{fact.total}'", where=where, cure=nearest(fact.total, TOTALS))
        return
    total = TOTALS[fact.total]
    if (total.unit == "fen") == (fact.kind == "number"):
        kind = "amount" if total.unit == "fen" else "number"
        yield Refusal(f"the total '{fact.total}' is no {fact.kind}", where=where, expected=f"kind {kind}")
    if total.table != "settlement" and (fact.kind == "cells" or fact.people == "signed"):
        yield Refusal(
            f"'{fact.total}' is not of settlements", where=where, expected="a total such as fund_spend or pooled_spend"
        )
    codes = TABLES["settlement"]["insurance"].codes
    if fact.insurance is not None and codes is not None and fact.insurance not in codes.words:
        yield Refusal(
            f"there is no insurance '{fact.insurance}'", where=where, cure=nearest(fact.insurance, codes.words)
        )
