"""Settlements of the years that a settlement rests on, which loads refused and nobody has corrected since."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa
from ibis import _

from yiheng.measures import TOTALS
from yiheng.policy import PolicyFile

from .engine import Engine
from .loading import LOAD, QUARANTINE
from .results import checked
from .workspace import Workspace

# The table whose rows are counted.
PAID = "settlement"
REFUSED = ibis.schema(
    {
        "table_name": "string", "file": "string", "row_number": "int64", "row_key": "string", "occurred_on": "date",
        "fen": "int64", "visit_id": "string",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Quarantined:
    """What of one year is quarantined.

    Attributes:
        rows: how many settlements.
        fen: the sum of the amounts that can be read.
        unreadable: of how many the amount cannot be read.
    """

    rows: int = 0
    fen: int = 0
    unreadable: int = 0

    def as_json(self) -> dict[str, int]:
        """As manifests and results keep it."""
        return {"rows": self.rows, "fen": self.fen, "unreadable": self.unreadable}


def years_read(sources: Iterable[PolicyFile], year: int) -> set[int]:
    """The years whose settlements a settlement rests on: its own, and each that a fact of the policies reads."""
    read = {
        year + fact.year
        for source in sources
        for fact in source.policy.facts.values()
        if fact.total in TOTALS and TOTALS[fact.total].table == PAID
    }
    return {year, *read}


def quarantined_settlements(workspace: Workspace, engine: Engine, years: Collection[int]) -> dict[str, Any]:
    """The quarantined settlements of some years.

    Those whose number the lake has since taken are corrected.

    A settlement refused again by a later load counts once, as it came last; one whose number cannot be read or shown,
    once for each row of a file, however often and under whatever name the file came. It belongs to the year in which
    its visit ended, or in which it was settled where the visit is unknown.

    Returns:
        The sums of all the years, ``years`` with the same of each that has any, and ``year_unknown``, the rows that
        may be of any year.
    """
    runs = [noted["run"] for noted in workspace.runs("load")]
    files = {run: checked(workspace.find_run(run), QUARANTINE) for run in runs}
    rows = engine.read(files, REFUSED, "load")
    age = {run: number for number, run in enumerate(reversed(runs))}
    known = engine.tables[PAID].select(row_key=_.settlement_id)
    visits = engine.tables["visit"].select("visit_id", visit_day=ibis.coalesce(_.ended_on, _.began_on))
    refused = rows.filter(_.table_name == PAID).anti_join(known, "row_key")
    # A row has a line for each of its faults; one without a number is known by its place in what was handed in.
    placed = refused.left_join(engine.given("file_contents", _contents(workspace, runs)), ["load", "file"])
    bar = ibis.literal("|")
    handed_in = ibis.coalesce(_.content, _.load + bar + _.file)
    own = ibis.coalesce(_.row_key, handed_in + bar + _.row_number.cast("string"))
    aged = placed.mutate(own=own, age=_.load.cases(*age.items(), else_=len(age)) if age else ibis.literal(0))
    nth = ibis.row_number().over(group_by="own", order_by=["age", _.fen.asc(nulls_first=False), "row_number"])
    once = aged.mutate(nth=nth).filter(_.nth == 0).left_join(visits, "visit_id")
    dated = once.mutate(year=ibis.coalesce(_.visit_day, _.occurred_on).year().cast("int64"))
    counted = (
        dated.filter(_.year.isin(sorted(years)) | _.year.isnull())
        .group_by("year")
        .agg(rows=_.count(), fen=_.fen.sum(), unreadable=_.fen.isnull().sum())
    )
    found = {
        row["year"]: Quarantined(*(int(row[name] or 0) for name in ("rows", "fen", "unreadable")))
        for row in engine.rows(counted)
    }
    dateless = found.pop(None, Quarantined())
    whole = Quarantined(
        sum(one.rows for one in found.values()),
        sum(one.fen for one in found.values()),
        sum(one.unreadable for one in found.values()),
    )
    by_year = [{"year": year, **one.as_json()} for year, one in sorted(found.items())]
    return {**whole.as_json(), "year_unknown": dateless.rows, "years": by_year}


def _contents(workspace: Workspace, runs: Iterable[str]) -> pa.Table:
    """What each file of the loads holds, whatever it was called: its SHA-256, and which of its sheets or tables."""
    rows: dict[str, list[str]] = {"load": [], "file": [], "content": []}
    for run in runs:
        loaded = json.loads(checked(workspace.find_run(run), LOAD).read_text("utf-8"))
        seen: Counter[str] = Counter()
        for file, hashed in sorted(loaded["files"].items()):
            for column, value in zip(rows.values(), (run, file, f"{hashed}|{seen[hashed]}"), strict=True):
                column.append(value)
            seen[hashed] += 1
    return pa.table(rows, pa.schema([(column, pa.string()) for column in rows]))


def quarantine_pins(
    workspace: Workspace, pins: dict[str, Any], year: int | None, sources: Iterable[PolicyFile]
) -> dict[str, Any]:
    """What a run of a year of the lake notes of the settlements in quarantine; nothing where it reads a file."""
    if year is None or pins.get("data") is None:
        return {}
    with closing(Engine(workspace, workspace.at(pins))) as engine:
        return {"quarantined": quarantined_settlements(workspace, engine, years_read(sources, year))}
