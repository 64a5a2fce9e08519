"""Rows to Parquet: columns of numbers become Arrow columns of the contract's types."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from yiheng.records import TABLES, Table

ArrowColumns = dict[str, pa.Array]

ARROW_TYPES = {
    "text": pa.string(),
    "day": pa.date32(),
    "instant": pa.timestamp("us"),
    "fen": pa.int64(),
    "count": pa.int64(),
    "quantity": pa.decimal128(16, 4),
    "price": pa.decimal128(16, 6),
    "yes": pa.bool_(),
}
_MICROSECONDS = 1_000_000
_SECONDS_A_DAY = 86_400


def arrow_schema(table: Table) -> pa.Schema:
    return pa.schema([(column.name, ARROW_TYPES[column.kind]) for column in table])


def numbered(prefix: str, numbers: np.ndarray, width: int) -> pa.Array:
    """Texts such as V000000042, made from bytes because there are millions of them."""
    size, length = len(numbers), len(prefix) + width
    letters = np.empty((size, length), np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode(), np.uint8)
    rest = np.asarray(numbers, np.int64)
    for place in range(length - 1, len(prefix) - 1, -1):
        rest, digit = np.divmod(rest, 10)
        letters[:, place] = digit + ord("0")
    offsets = np.arange(size + 1, dtype=np.int32) * np.int32(length)
    return pa.StringArray.from_buffers(size, pa.py_buffer(offsets), pa.py_buffer(letters))


def words(known: list[str] | tuple[str, ...], at: np.ndarray) -> pa.Array:
    """The known words at these positions; a negative position is empty."""
    place = np.asarray(at, np.int32)
    return pa.array(known, pa.string()).take(pa.array(place, mask=place < 0))


def days(numbers: np.ndarray) -> pa.Array:
    return pa.array(np.asarray(numbers, np.int32)).cast(pa.date32())


def instants(day: np.ndarray, second: np.ndarray | int) -> pa.Array:
    moments = (np.asarray(day, np.int64) * _SECONDS_A_DAY + second) * _MICROSECONDS
    return pa.array(moments).cast(pa.timestamp("us"))


def decimals(units: np.ndarray, kind: str) -> pa.Array:
    """Whole units of the last decimal place as decimals of 128 bits."""
    halves = np.empty((len(units), 2), np.int64)
    halves[:, 0] = units
    halves[:, 1] = units >> 63
    return pa.Array.from_buffers(ARROW_TYPES[kind], len(units), [None, pa.py_buffer(halves)])


# The tables that the county fills.
MADE = tuple(TABLES)


class Folder:
    """One Parquet file per table, written part by part.

    Attributes:
        rows: how many rows each table has so far.
    """

    def __init__(self, data: Path) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.rows = dict.fromkeys(MADE, 0)
        self._writers = {
            name: pq.ParquetWriter(data / f"{name}.parquet", arrow_schema(TABLES[name]), compression="zstd")
            for name in MADE
        }

    def add(self, name: str, columns: ArrowColumns) -> None:
        """Append rows; a column of the contract that is not given stays empty."""
        size = len(next(iter(columns.values())))
        schema = arrow_schema(TABLES[name])
        filled = [columns.get(f.name, pa.nulls(size, f.type)) for f in schema]
        self._writers[name].write_table(pa.Table.from_arrays(filled, schema=schema))
        self.rows[name] += size

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        for writer in self._writers.values():
            writer.close()
