"""A county on disk, with its tables as views of an in-memory database."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from yiheng.county import CountyMade, make_county
from yiheng.county.write import MADE

SHIPPED = Path(__file__).parents[2] / "src" / "yiheng" / "codes" / "shipped"


@dataclass(frozen=True)
class Made:
    data: Path
    labels: Path
    county: CountyMade
    db: duckdb.DuckDBPyConnection

    def rows(self, sql):
        return self.db.execute(sql).fetchall()

    def one(self, sql):
        return self.rows(sql)[0][0]


def open_county(folder, **arguments):
    data, labels = folder / "data", folder / "labels.csv"
    made = make_county(data, labels, **arguments)
    db = duckdb.connect()
    for table in MADE:
        db.execute(f"create table {table} as from '{data / table}.parquet'")
    db.execute(f"create view label as from read_csv('{labels}', all_varchar = true)")
    for name in ("knowledge_points", "sex_conflict", "item_limits", "code_limits", "bundled_charges"):
        db.execute(f"create view {name} as from read_csv('{SHIPPED / name}.csv', all_varchar = true)")
    return Made(data, labels, made, db)
