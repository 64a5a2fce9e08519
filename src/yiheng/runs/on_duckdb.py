"""DuckDB, embedded: what an engine stands on where nothing else is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
import pyarrow as pa
from ibis import _

from yiheng.basis.engine_paths import duckdb_copy, duckdb_pattern

# What DuckDB holds in memory at most; beyond it it writes to a scratch folder, which it removes.
MEMORY = "1300MiB"


class DuckDB:
    """A database in memory."""

    dialect = "duckdb"

    def __init__(self, scratch: Path) -> None:
        # No result depends on the order in which files are read: what is asked for in order says so.
        self._con = ibis.duckdb.connect(
            memory_limit=MEMORY, temp_directory=str(scratch), preserve_insertion_order=False
        )
        self._empty: dict[str, ibis.Table] = {}

    def read(self, name: str, schema: ibis.Schema, files: list[str]) -> ibis.Table:
        """Parquet files as one table of this schema."""
        named = [duckdb_pattern(file) for file in files]
        read = self._con.read_parquet(named, table_name=name, union_by_name=True, hive_partitioning=False)
        # A file written before a column existed lacks it: unknown, not absent.
        columns = {c: read[c] if c in read.columns else ibis.null(t) for c, t in schema.items()}
        return read.select(**columns)

    def empty(self, name: str, schema: ibis.Schema) -> ibis.Table:
        """A table without rows."""
        if name not in self._empty:
            self._empty[name] = self._con.create_table(name, schema=schema, temp=True)
        return self._empty[name]

    def given(self, name: str, rows: pa.Table) -> ibis.Table:
        """A few rows as a table; another one of the name is replaced."""
        self._con.con.register(name, rows)
        return self._con.table(name)

    def keep(self, name: str, expression: ibis.Table) -> ibis.Table:
        """Compute an expression into a table."""
        return self._con.create_table(name, expression, temp=True)

    def forget(self, name: str) -> None:
        """Drop what was kept."""
        self._con.raw_sql(f'drop table "{name}"')

    def arrow(self, expression: ibis.Table, order: tuple[str, ...]) -> pa.Table:
        """Execute an expression in the order asked for."""
        result: pa.Table = _ordered(expression, order).to_pyarrow()
        return result

    def write(self, expression: ibis.Table, order: tuple[str, ...], file: Path) -> None:
        """Execute an expression into one Parquet file."""
        # Ibis itself writes a path with quotes as a word of Python.
        self._con.raw_sql(duckdb_copy(self._con.compile(_ordered(expression, order)), file, "format parquet"))

    @contextmanager
    def plain_joins(self) -> Iterator[None]:
        """Joins that do not first filter by each other's keys: where nearly every row finds its match, filtering costs
        a fifth of the time and saves nothing."""
        self._con.raw_sql("set disabled_optimizers = 'join_filter_pushdown'")
        try:
            yield
        finally:
            self._con.raw_sql("set disabled_optimizers = ''")

    def close(self) -> None:
        """Close the database."""
        self._con.disconnect()


def _ordered(expression: ibis.Table, order: tuple[str, ...]) -> ibis.Table:
    return expression.order_by([_[name].asc(nulls_first=True) for name in order]) if order else expression
