"""Facts by risk cell from the lake: what each cell of a party cost, and for how many person-days."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from yiheng.basis.evidence import Because, Place, Words
from yiheng.basis.money import Fen
from yiheng.measures import TOTALS, by_cell
from yiheng.payment import CellSum, Fact, PartyFacts
from yiheng.policy import PolicyFile

from .engine import Engine


def with_cells(
    engine: Engine, source: PolicyFile, year: int, parties: dict[str, PartyFacts], queries: dict[str, str]
) -> dict[str, PartyFacts]:
    """The parties with the policy's facts by risk cell; a year in which a party answered for nobody is unknown.

    The queries are noted under ``TOTAL_by_cell_YEAR``.
    """
    asked = {name: fact for name, fact in source.policy.facts.items() if fact.kind == "cells" and fact.total}
    made: dict[str, dict[str, Fact]] = {party: {} for party in parties}
    for name, fact in asked.items():
        total, of_year = TOTALS[fact.total or ""], year + fact.year
        query = f"{fact.total}_by_cell_{of_year}"
        queries[query] = engine.sql(by_cell(total, engine.as_defined(), of_year))
        cells = _cells(engine, fact.total or "", of_year, parties)
        zh, en = fact.says.words
        for party in parties:
            place = Place(engine.place("settlement"), f"{query}(consortium={party})")
            if party not in cells:
                words = Words(f"{zh}：{of_year} 年没有 {party} 的参保归属，未知", f"{en}: nobody in {of_year}, unknown")
                made[party][name] = Fact(None, Because(words, source=place))
                continue
            sums, persons, unknown = cells[party]
            if unknown:
                words = Words(
                    f"{zh}：{unknown:,} 笔结算没有这项金额，未知", f"{en}: {unknown:,} settlements lack it, unknown"
                )
                made[party][name] = Fact(None, Because(words, source=place))
                continue
            words = Words(
                f"{zh}：{of_year} 年 {persons:,} 人，{len(sums)} 个风险单元",
                f"{en}: {persons:,} people of {of_year} in {len(sums)} risk cells",
            )
            made[party][name] = Fact(None, Because(words, source=place), cells=sums)
    return {party: replace(one, facts={**one.facts, **made[party]}) for party, one in parties.items()}


def _cells(
    engine: Engine, total: str, year: int, parties: Collection[str]
) -> dict[str, tuple[dict[str, CellSum], int, int]]:
    """The cells of each party, with the number of its people, and of settlements that lack the amount."""
    found: dict[str, tuple[dict[str, CellSum], int, int]] = {}
    for row in engine.rows(by_cell(TOTALS[total], engine.as_computed(), year), ("consortium", "cell")):
        if row["consortium"] not in parties:
            continue
        sums, persons, unknown = found.get(row["consortium"], ({}, 0, 0))
        sums[row["cell"]] = CellSum(row["person_days"], Fen(row["fen"] or 0))
        found[row["consortium"]] = sums, persons + row["persons"], unknown + row["unknown"]
    return found
