"""Which claims of a party came to another amount between two settlements: corrected, arrived later, or taken out."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
from ibis import _

from yiheng.basis.money import Fen
from yiheng.lake import told

from .claims import CLAIM, facts_of
from .engine import Engine
from .totals import Asked
from .workspace import Workspace

Row = dict[str, Any]
ROWS = ibis.schema({**dict.fromkeys(CLAIM, "string"), "fen": "int64"})


@told()
def corrected_claims(
    workspace: Workspace, newer: Row, older: Row, statements: list[tuple[Row, Row]]
) -> list[list[Row]]:
    """The claims behind the facts of each statement whose amount is not what it was, the largest change first.

    Args:
        newer, older: results of two settlements; of files of facts they rest on no claims.
        statements: the newer and the older statement of a party and year.

    Returns:
        for each pair rows of ``{"total", "year", "settlement_id", "visit_id", "old", "new", "difference"}`` in yuan;
        ``old`` is None for a claim that came later, ``new`` for one that is no longer there.

    Raises:
        Refusal: when the workspace does not hold the data of one of the two.
    """
    held = [result["manifest"]["pins"].get("data") for result in (older, newer)]
    if held[0] == held[1] or not all(held):
        return [[] for _pair in statements]
    before, after = (workspace.at(result["manifest"]["pins"]) for result in (older, newer))
    with (
        closing(Engine(workspace, before)) as then,
        closing(Engine(workspace, after)) as now,
        TemporaryDirectory() as folder,
    ):
        return [_changed(then, now, Path(folder), new, old) for new, old in statements]


def _changed(then: Engine, now: Engine, folder: Path, new: Row, old: Row) -> list[Row]:
    asked = {fact for one in (old, new) for because in one["because"].values() for fact, _yuan in facts_of(because)}
    found: list[Row] = []
    for fact, party in sorted(asked, key=str):
        files = {"old": folder / "old.parquet", "new": folder / "new.parquet"}
        for engine, file in zip((then, now), files.values(), strict=True):
            engine.write(_claims(engine, fact, party), (), file)
        sides = now.read(files, ROWS, "side")
        both = sides.group_by(*CLAIM).agg(
            old=_.fen.sum(where=_.side == "old").cast("int64"), new=_.fen.sum(where=_.side == "new").cast("int64")
        )
        rows = now.rows(both.filter(~_.old.identical_to(_.new)))
        found += [{"total": fact.total, "year": fact.year, **_in_yuan(row)} for row in rows]
    return sorted(found, key=lambda row: (-abs(Fen.from_yuan(row["difference"]).n), row["settlement_id"], row["total"]))


def _claims(engine: Engine, asked: Asked, party: str) -> ibis.Table:
    of_fund = {"insurance": asked.insurance} if asked.insurance else {}
    rows = asked.by(engine.as_defined(), (*CLAIM, *asked.keys))
    return rows.filter(
        _.consortium == party, _.year == asked.year, *(_[key] == value for key, value in of_fund.items())
    ).select(*CLAIM, fen=_.fen.cast("int64"))


def _in_yuan(row: Row) -> Row:
    gap = (row["new"] or 0) - (row["old"] or 0)
    sides = {side: None if row[side] is None else Fen(row[side]).yuan for side in ("old", "new")}
    return {**{key: row[key] for key in CLAIM}, **sides, "difference": Fen(gap).yuan}
