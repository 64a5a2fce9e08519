"""What a table holds, as one hash of its rows: whatever the order, the files and the loads by which they came.

Each row is written as one text of its columns, in the order of the contract, and hashed with SHA-256. The hashes are
added up modulo 2^256: a sum does not depend on order, and that of a table is the sum of those of its files, so that a
load adds what its own files add. Where a row stood (file, line, load) is not a column, and copies follow from others.

A keyed hash of a personal value differs from workspace to workspace. What counts of such a column is which rows share
a value, not the value.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import duckdb
import numpy as np
import pyarrow.parquet as pq

from yiheng.basis.engine_paths import duckdb_parquet
from yiheng.records import Column, Table

BITS = 256
ROWS_AT_ONCE = 200_000
# Between values stands a sign that no text of them has alone: where one has it, another follows.
ENDS, MEANT, ABSENT = (f"chr(31) || '{sign}'" for sign in ".un")
FORMAT = "rows-1"


class Content(NamedTuple):
    """Rows, and the sum of their hashes modulo 2^256."""

    rows: int
    hashes: int

    def __add__(self, other: tuple[object, ...]) -> Content:
        if not isinstance(other, Content):
            return NotImplemented
        return Content(self.rows + other.rows, (self.hashes + other.hashes) % (1 << BITS))


NOTHING = Content(0, 0)


def keyed(table: Table) -> list[Column]:
    """The columns of a table that hold keyed hashes of personal values; a person's number is plain unless asked."""
    return [column for column in table if column.personal not in (None, "person")]


def contract(table: Table) -> str:
    """The hash of what decides how rows are written as text: columns, kinds and their order."""
    told = [FORMAT, table.name, *(f"{column.name} {column.kind} {column.personal or ''}" for column in table)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def digest(table: Table, content: Content, shared: str) -> str:
    """The hash of a table: of its contract, its rows, and of who shares personal values."""
    told = f"{contract(table)} {content.rows} {content.hashes:064x} {shared}"
    return hashlib.sha256(told.encode()).hexdigest()


def content_of(table: Table, file: Path) -> Content:
    """Rows and hashes of a data file; memory stays flat, however many they are."""
    sums, rows = np.zeros(BITS // 32, dtype=np.uint64), 0
    with duckdb.connect() as con:
        con.sql("set preserve_insertion_order = false")
        hashed = con.sql(f"select unhex(sha256({_text(table, file)})) as hash from {_read([file])}")
        for batch in hashed.to_arrow_reader(ROWS_AT_ONCE):
            column = batch.column(0).cast("binary")
            ends = np.frombuffer(column.buffers()[1], dtype=np.int32)[column.offset :]
            signs = np.frombuffer(column.buffers()[2], dtype=np.uint8)[ends[0] : ends[len(column)]]
            sums += signs.view(">u4").reshape(len(column), -1).sum(axis=0, dtype=np.uint64)
            rows += len(column)
    total = 0
    for part in sums:
        total = (total << 32) + int(part)
    return Content(rows, total % (1 << BITS))


def sharing(table: Table, files: Sequence[Path]) -> str:
    """Which rows share a personal value, as one hash: empty for a table without keyed hashes."""
    found = []
    with duckdb.connect() as con:
        for column in keyed(table):
            parts = [
                f"select {_name(column)} as who, sha256({_text(table, file)}) as hash from {_read([file])}"
                for file in files
                if column.name in pq.read_schema(file).names
            ]
            if not parts:
                continue
            groups = f"select sha256(string_agg(hash, ' ' order by hash)) as hash from ({' union all '.join(parts)})"
            every = f"select string_agg(hash, ' ' order by hash) from ({groups} where who is not null group by who)"
            if (told := con.sql(every).fetchall()[0][0]) is not None:
                found.append(f"{column.name} {hashlib.sha256(told.encode()).hexdigest()}")
    return " ".join(found)


def _text(table: Table, file: Path) -> str:
    """SQL of a row as text; a column that the file lacks is unknown."""
    there = set(pq.read_schema(file).names)
    hidden = {column.name for column in keyed(table)}
    told = [column for column in table if column.name not in hidden]
    values = [_value(column) if column.name in there else _absent(column) for column in told]
    return f"concat({', '.join(f'{value}, {ENDS}' for value in values)})"


def _value(column: Column) -> str:
    """SQL of a value that means the same on every machine: an instant is its microseconds."""
    name = _name(column)
    if column.kind == "text":
        escaped = f"replace({name}, chr(31), {MEANT})"
        return f"case when {name} is null then {ABSENT} when contains({name}, chr(31)) then {escaped} else {name} end"
    if column.kind == "instant":
        return f"epoch_us({name})"
    return name


def _absent(column: Column) -> str:
    return ABSENT if column.kind == "text" else "''"


def _name(column: Column) -> str:
    return f'"{column.name}"'


def _read(files: Sequence[Path]) -> str:
    return duckdb_parquet(*files)
