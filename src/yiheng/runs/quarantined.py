"""Settlements of a year that loads refused and nobody has corrected since."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import Any

import ibis
from ibis import _

from .engine import Engine
from .loading import QUARANTINE
from .workspace import Workspace

REFUSED = ibis.schema(
    {
        "table_name": "string", "file": "string", "row_number": "int64", "row_key": "string", "occurred_on": "date",
        "fen": "int64", "visit_id": "string",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Quarantined:
    """How many, how much, of how many the amount cannot be read, and how many rows of an unknown year lie beside them.

    Attributes:
        fen: the sum of the amounts that can be read.
    """

    rows: int
    fen: int
    unreadable: int
    year_unknown: int

    def as_json(self) -> dict[str, Any]:
        """As manifests and results keep it."""
        return {
            "rows": self.rows, "fen": self.fen, "unreadable": self.unreadable, "year_unknown": self.year_unknown,
        }  # fmt: skip


def quarantined_settlements(workspace: Workspace, engine: Engine, year: int) -> Quarantined:
    """The settlements of a year that stand in quarantine: those whose number the lake has since taken are corrected.

    A settlement refused again by a later load counts once, as it came last. It belongs to the year in which its visit
    ended, or in which it was settled where the visit is unknown.
    """
    runs = [noted["run"] for noted in workspace.runs("load")]
    files = {run: workspace.find_run(run) / QUARANTINE for run in runs}
    rows = engine.read({run: file for run, file in files.items() if file.exists()}, REFUSED, "load")
    age = {run: number for number, run in enumerate(reversed(runs))}
    known = engine.tables["settlement"].select(row_key=_.settlement_id)
    visits = engine.tables["visit"].select("visit_id", visit_day=ibis.coalesce(_.ended_on, _.began_on))
    refused = rows.filter(_.table_name == "settlement").anti_join(known, "row_key")
    # A row has a line for each of its faults; one without a number is known by its place.
    own = ibis.coalesce(
        _.row_key, _.load + ibis.literal("|") + _.file + ibis.literal("|") + _.row_number.cast("string")
    )
    aged = refused.mutate(own=own, age=_.load.cases(*age.items(), else_=len(age)) if age else ibis.literal(0))
    nth = ibis.row_number().over(group_by="own", order_by=["age", _.fen.asc(nulls_first=False), "row_number"])
    once = aged.mutate(nth=nth).filter(_.nth == 0).left_join(visits, "visit_id")
    dated = once.mutate(year=ibis.coalesce(_.visit_day, _.occurred_on).year().cast("int64"))
    counted = dated.filter((_.year == year) | _.year.isnull()).agg(
        rows=_.year.notnull().sum(),
        fen=_.fen.sum(where=_.year.notnull()),
        unreadable=(_.year.notnull() & _.fen.isnull()).sum(),
        year_unknown=_.year.isnull().sum(),
    )
    (row,) = engine.rows(counted)
    return Quarantined(*(int(row[name] or 0) for name in ("rows", "fen", "unreadable", "year_unknown")))


def quarantine_pins(workspace: Workspace, pins: dict[str, Any], year: int | None) -> dict[str, Any]:
    """What a run of a year of the lake notes of the settlements in quarantine; nothing where it reads a file."""
    if year is None or pins.get("data") is None:
        return {}
    with closing(Engine(workspace, workspace.at(pins))) as engine:
        return {"quarantined": quarantined_settlements(workspace, engine, year).as_json()}
