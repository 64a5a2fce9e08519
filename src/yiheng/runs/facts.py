"""Facts of a settlement: from the lake as declared totals, or from a file of one row a party."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from ibis import _

from yiheng.basis.evidence import Because, Place, Words
from yiheng.basis.refusals import Refusal, is_near, nearest
from yiheng.measures import TOTALS
from yiheng.payment import Fact, PartyFacts, fact_or_fault, judged, scale_in_doubt
from yiheng.policy import PolicyFile
from yiheng.policy.schema import Fact as DeclaredFact

from .cells import with_cells
from .completeness import Missing, missing
from .engine import Engine
from .fact_rows import FactsRow
from .totals import Asked, by_month, lake_fact, refuse_unknown_totals, summed

# The table of what is paid, and the total that counts its rows where no fact is of all claims.
PAID, CLAIMS = "settlement", "fund_spend"
# One or two letters of a name are wrong.
NEARLY = 0.9


@dataclass
class Gathered:
    """Facts by party for one year, the queries behind them, money that belongs to no party, and what is not there."""

    year: int
    parties: dict[str, PartyFacts] = field(default_factory=dict)
    queries: dict[str, str] = field(default_factory=dict)
    unattributed: dict[str, int] = field(default_factory=dict)
    missing: tuple[Missing, ...] = ()


def facts_from_lake(engine: Engine, source: PolicyFile, year: int, over: bool = True) -> Gathered:
    """The policy's facts from the lake: each total once, for all parties and years.

    A party that answered for people in a year without any payment spent nothing; a year in which
    it answered for nobody is unknown.

    Args:
        over: whether the year is over; if not, what is paid in it is unknown.

    Raises:
        Refusals: facts that no total gives, or a year in which no party answered for anybody.
    """
    # Whether people are covered and what was paid for them both ask it.
    engine.views("cut_enrolment")
    refuse_unknown_totals(source)
    lake_facts = {name: fact for name, fact in source.policy.facts.items() if fact.total and fact.kind != "cells"}
    if not over:
        paid = [name for name, fact in lake_facts.items() if TOTALS[fact.total or ""].table == PAID]
        lake_facts = {name: fact for name, fact in lake_facts.items() if fact.year < 0 or name not in paid}
    every = {name: Asked.of(fact, year) for name, fact in lake_facts.items()}
    years = sorted({asked.year for asked in every.values()})
    rows = engine.rows(engine.as_computed()["answered"].filter(_.year.isin([*years, year])))
    answered = {(row["consortium"], row["year"]) for row in rows}
    sums = summed(engine, sorted(set(every.values())), year, answered)
    gathered = Gathered(year, queries=sums.queries)
    claimed = sorted({one.year for one in every.values() if one.declared.table == PAID})
    for asked in sorted(set(every.values())):
        if asked.declared.table == PAID and asked.year == year:
            gathered.unattributed = gathered.unattributed or sums.unattributed(asked)
    if claimed:
        total = next((one.total for one in sorted(every.values()) if one.plain), CLAIMS)
        gathered.missing = missing(engine, source, year, claimed, by_month(engine, total, claimed))
    parties = sorted(party for party, when in answered if when == year and party is not None)
    if not parties:
        raise Refusal(
            f"no consortium answered for anybody in {year}",
            where="enrolment",
            expected=f"years with enrolments: {', '.join(sorted({str(y) for _, y in answered})) or 'none'}",
            cure="load the enrolments of that year or choose another --year",
        )
    for party in parties:
        facts = {name: lake_fact(engine, party, name, every[name], fact, sums) for name, fact in lake_facts.items()}
        gathered.parties[party] = PartyFacts(party, {n: judged(lake_facts[n], fact) for n, fact in facts.items()})
    gathered.parties = with_cells(engine, source, year, gathered.parties, gathered.queries)
    return gathered


def facts_of_rows(source: PolicyFile, file: str, rows: Sequence[FactsRow]) -> list[PartyFacts]:
    """The policy's facts from rows of one year; a column of percentages that says nothing but 0 and 1 is refused."""
    _refuse_misspelt(source, file, rows)
    doubted = columns_in_doubt(source, rows)
    return [facts_of_row(source, file, row, doubted) for row in rows]


def _refuse_misspelt(source: PolicyFile, file: str, rows: Sequence[FactsRow]) -> None:
    """A column that is nearly called like a fact that the file lacks: passed over, the fact would be empty."""
    header = rows[0].cells if rows else {}
    lacking = {fact.column for fact in source.policy.facts.values() if fact.column} - set(header)
    read = {fact.column for fact in source.policy.facts.values()}
    for column in header:
        near = difflib.get_close_matches(column, lacking, n=1, cutoff=NEARLY) if column not in read else []
        if near:
            raise Refusal(
                f"the column '{column}' is no fact of policy '{source.policy.policy}'",
                where=f"{file}:1",
                cure=f"did you mean '{near[0]}'?",
            )


def columns_in_doubt(source: PolicyFile, rows: Sequence[FactsRow]) -> frozenset[str]:
    """The columns whose scale the rows together leave open."""
    columns = {fact.column: fact for fact in source.policy.facts.values() if fact.column}
    return frozenset(c for c, fact in columns.items() if scale_in_doubt(fact, (row.cells.get(c, "") for row in rows)))


def facts_of_row(source: PolicyFile, file: str, row: FactsRow, doubted: Collection[str] = ()) -> PartyFacts:
    """The policy's facts from one row; an empty cell is unknown, a wrong one has its fault.

    A column that the file lacks is unknown too, with the nearest name that it has; where an empty cell means something,
    so does the lack of the column, unless one of nearly that name is there.

    Args:
        doubted: columns in which 1 may mean 100.
    """
    facts = {}
    for name, declared in source.policy.facts.items():
        if declared.column is None:
            continue
        text = row.cells.get(declared.column)
        place = Place(file, str(row.line))
        if text is None and (declared.empty is None or is_near(declared.column, row.cells)):
            facts[name] = _without_column(declared, declared.column, file, row)
        else:
            facts[name] = fact_or_fault(declared, text or "", declared.column, place, declared.column in doubted)
    return PartyFacts(row.party, facts)


def _without_column(declared: DeclaredFact, column: str, file: str, row: FactsRow) -> Fact:
    zh, en = declared.says.words
    words = Words(f"{zh}：没有列 {column}，未知", f"{en}: there is no column {column}, unknown")
    cure = nearest(column, row.cells)
    fault = Refusal(f"the column '{column}' is missing", where=f"{file}:1", cure=cure)
    return Fact(None, Because(words, source=Place(file, "1")), fault=fault, judged="where_used")
