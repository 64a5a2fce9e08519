"""Stocktaking: pharmacies count at the end of the year what lies on their shelves, and nothing moves."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .columns import day_number
from .events import Scene

_BATCH = ("institution_id", "item_code", "batch")
_COUNTED_AT, _DAY = 23 * 3600, 86_400


def stocktaking(scene: Scene) -> None:
    """One row a batch of which something is there; of what was sold without having been bought, as many are counted."""
    places = scene.kept.columns("institution", "institution_id", "kind")
    shops = places.filter(pc.equal(places["kind"], "pharmacy"))["institution_id"]
    moves = scene.kept.columns("stock_move", *_BATCH, "quantity", "moved_at")
    moves = moves.filter(pc.is_in(moves["institution_id"], shops))
    moves = moves.append_column("year", pc.year(moves["moved_at"]))
    sums = moves.group_by([*_BATCH, "year"]).aggregate([("quantity", "sum")])
    sums = sums.filter(pc.not_equal(sums["quantity_sum"], pa.scalar(0)))
    sums = sums.sort_by([(name, "ascending") for name in ("year", *_BATCH)])
    size = len(sums)
    day = np.array([day_number(dt.date(year, 12, 31)) for year in sums["year"].to_pylist()], np.int64)
    rows = scene.kept.add(
        "stock_move",
        sums.select(list(_BATCH)),
        move_id=scene.kept.ids("stock_move", size),
        kind=pa.array(["stocktaking"] * size),
        quantity=pc.abs(sums["quantity_sum"].combine_chunks()).cast(pa.decimal128(16, 4)),
        moved_at=pa.array((day * _DAY + _COUNTED_AT) * 1_000_000).cast(pa.timestamp("us")),
    )
    scene.tell("stocktaking", "stock_move", rows, day, "counted at the end of the year", {})


ALL = (stocktaking,)
