"""Tables of a few rows for examples, typed by the contracts; what an example does not say is unknown."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from yiheng.codes import HOLDS, LISTS
from yiheng.measures import VIEWS
from yiheng.policy.plain_yaml import read_document
from yiheng.records import RESULTS, TABLES
from yiheng.supervision import VIEWS as SUPERVISION_VIEWS

SCHEMAS = {
    **{name: t.schema for name, t in {**TABLES, **RESULTS}.items()},
    **{name: ibis.schema({**one.schema, **HOLDS}) for name, one in LISTS.items()},
}
READ = {
    "string": str,
    "int64": int,
    "date": dt.date.fromisoformat,
    "boolean": lambda text: {"yes": True, "no": False}[text],
}


def read_examples(file: Path) -> list[dict[str, Any]]:
    return read_document(file).content


def tables(given: dict[str, list[dict[str, str]]], folder: Path) -> dict[str, ibis.Table]:
    """The given rows as tables of an engine; tables that are not given are empty."""
    con = ibis.duckdb.connect()
    made = {}
    for name, schema in SCHEMAS.items():
        rows = [{c: _read(row[c], t) if c in row else None for c, t in schema.items()} for row in given.get(name, [])]
        for row in given.get(name, []):
            assert set(row) <= set(schema), f"{name} has no column {set(row) - set(schema)}"
        file = folder / f"{name}.parquet"
        pq.write_table(pa.Table.from_pylist(rows, schema=schema.to_pyarrow()), file)
        made[name] = con.read_parquet(str(file), table_name=name)
    return _WithViews(made)


class _WithViews(dict):
    """Tables with the wide ones made where they are first asked for."""

    def __missing__(self, name: str) -> ibis.Table:
        self[name] = (VIEWS | SUPERVISION_VIEWS)[name](self)
        return self[name]


def _read(text: str, kind: Any) -> Any:
    if kind.is_timestamp():
        return dt.datetime.fromisoformat(text)
    return Decimal(text) if kind.is_decimal() else READ[str(kind)](text)
