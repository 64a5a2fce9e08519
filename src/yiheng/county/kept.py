"""The tables of a county as they lie on disk: read in part, changed in place, added to, and written once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from yiheng.records import TABLES

from .columns import Columns
from .write import arrow_schema

# Letters before the number of a row, and how many digits it has.
NUMBERS = {
    "visit": ("V", 9),
    "settlement": ("S", 9),
    "fee_line": ("F", 10),
    "stock_move": ("K", 10),
    "person": ("P", 7),
}


class Kept:
    """The tables of a folder, with what is to be changed and added; nothing is written before :meth:`write`.

    Positions count the rows of a table as they lie on disk, so a visit and its settlement have the same.
    """

    def __init__(self, data: Path) -> None:
        self._data = data
        self._added: dict[str, list[pa.Table]] = {}
        self._changed: dict[str, dict[str, tuple[np.ndarray, pa.Array]]] = {}
        self._next: dict[str, int] = {}

    def size(self, table: str) -> int:
        """Rows on disk."""
        return int(pq.read_metadata(self._file(table)).num_rows)

    def columns(self, table: str, *names: str) -> pa.Table:
        """Some columns of all rows."""
        return pq.read_table(self._file(table), columns=list(names))

    def rows(self, table: str, positions: np.ndarray) -> pa.Table:
        """The rows at these positions, in this order."""
        order = np.argsort(positions, kind="stable")
        parts, rising = [], positions[order]
        for start, group in self._groups(table):
            inside = rising[(rising >= start) & (rising < start + len(group))]
            parts.append(group.take(pa.array(inside - start)))
        back = np.empty(len(order), np.int64)
        back[order] = np.arange(len(order))
        return pa.concat_tables(parts).combine_chunks().take(pa.array(back))

    def where(self, table: str, column: str, values: pa.Array) -> pa.Table:
        """The rows whose value is one of these."""
        wanted = [group.filter(pc.is_in(group[column], values)) for _, group in self._groups(table)]
        return pa.concat_tables(wanted).combine_chunks()

    def ids(self, table: str, count: int) -> pa.Array:
        """The next free numbers of a table."""
        first = self._next.setdefault(table, self.size(table))
        self._next[table] = first + count
        letters, digits = NUMBERS[table]
        return pa.array([f"{letters}{first + 1 + n:0{digits}d}" for n in range(count)], pa.string())

    def add(self, table: str, rows: pa.Table, **columns: pa.Array) -> pa.Table:
        """Add rows, with some of their columns given anew; columns that nobody gives stay empty."""
        schema = arrow_schema(TABLES[table])
        size = len(rows) if len(rows) or not columns else len(next(iter(columns.values())))
        have = {**{name: rows[name].combine_chunks() for name in rows.column_names}, **columns}
        filled = [_plain(have[f.name]).cast(f.type) if f.name in have else pa.nulls(size, f.type) for f in schema]
        new = pa.Table.from_arrays(filled, schema=schema)
        self._added.setdefault(table, []).append(new)
        return new

    def change(self, table: str, column: str, positions: np.ndarray, values: pa.Array) -> None:
        """Give rows on disk another value of a column; a row may be changed once in each."""
        changed = self._changed.setdefault(table, {})
        if column in changed:
            before = changed[column]
            positions = np.concatenate([before[0], positions])
            values = pa.concat_arrays([before[1], values])
        changed[column] = (positions, values)

    def added(self, table: str) -> int:
        """Rows that are to be added."""
        return sum(len(rows) for rows in self._added.get(table, []))

    def write(self) -> dict[str, int]:
        """Write all changed tables; gives back how many rows each of them has now."""
        sizes = {}
        for table in sorted({*self._added, *self._changed}):
            kept, new = self._file(table), self._file(table).with_suffix(".new")
            with pq.ParquetWriter(new, arrow_schema(TABLES[table]), compression="zstd") as writer:
                for start, group in self._groups(table):
                    writer.write_table(self._with_changes(table, start, group))
                for rows in self._added.get(table, []):
                    writer.write_table(rows)
            sizes[table] = self.size(table) + self.added(table)
            new.replace(kept)
        return sizes

    def _with_changes(self, table: str, start: int, group: pa.Table) -> pa.Table:
        for column, (positions, values) in self._changed.get(table, {}).items():
            inside = (positions >= start) & (positions < start + len(group))
            if not inside.any():
                continue
            order = np.argsort(positions[inside])
            mask = np.zeros(len(group), bool)
            mask[positions[inside] - start] = True
            new = values.filter(pa.array(inside)).take(pa.array(order))
            whole = pc.replace_with_mask(group[column].combine_chunks(), pa.array(mask), new)
            group = group.set_column(group.column_names.index(column), group.schema.field(column), whole)
        return group

    def _groups(self, table: str) -> Iterator[tuple[int, pa.Table]]:
        with pq.ParquetFile(self._file(table)) as file:
            start = 0
            for number in range(file.num_row_groups):
                group = file.read_row_group(number)
                yield start, group
                start += len(group)

    def _file(self, table: str) -> Path:
        return self._data / f"{table}.parquet"


def _plain(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def whole(rows: pa.Table, *names: str) -> Columns:
    """Columns of days, instants or fen as whole numbers: days, microseconds, fen; an empty value is -1."""
    found = {}
    for name in names:
        column = rows[name].combine_chunks()
        kind = pa.int32() if pa.types.is_date(column.type) else pa.int64()
        found[name] = pc.fill_null(column.cast(kind).cast(pa.int64()), -1).to_numpy(zero_copy_only=False)
    return found


def numbers_of(ids: pa.Array | pa.ChunkedArray) -> np.ndarray:
    """The positions that ids such as V000000042 name: 41; an empty one is -1."""
    digits = pc.utf8_slice_codeunits(ids, 1).cast(pa.int64())
    return np.asarray(pc.fill_null(digits, 0).to_numpy()) - 1
