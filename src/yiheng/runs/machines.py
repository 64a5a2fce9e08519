"""What an engine stands on: the few things that differ between DuckDB and Spark."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

import ibis
import pyarrow as pa

from yiheng.basis.refusals import Refusal, nearest

from .on_duckdb import DuckDB


class Machine(Protocol):
    """Executes expressions over Parquet files; writes nowhere but into its scratch folder."""

    dialect: str

    def read(self, name: str, schema: ibis.Schema, files: list[str]) -> ibis.Table:
        """Parquet files as one table of this schema; a column that a file lacks is null in its rows."""

    def empty(self, name: str, schema: ibis.Schema) -> ibis.Table:
        """A table without rows."""

    def given(self, name: str, rows: pa.Table) -> ibis.Table:
        """A few rows as a table; another one of the name is replaced."""

    def keep(self, name: str, expression: ibis.Table) -> ibis.Table:
        """Compute an expression once; what is asked of the table reads the result."""

    def forget(self, name: str) -> None:
        """Free what was kept."""

    def arrow(self, expression: ibis.Table, order: tuple[str, ...]) -> pa.Table:
        """Execute an expression; rows come in the order asked for, unknown values first."""

    def write(self, expression: ibis.Table, order: tuple[str, ...], file: Path) -> None:
        """Execute an expression into one Parquet file, in the order asked for."""

    def plain_joins(self) -> AbstractContextManager[None]:
        """Joins that do not first filter by each other's keys, where that can be chosen."""

    def close(self) -> None:
        """Free everything, and leave nothing in the scratch folder."""


def _spark(scratch: Path) -> Machine:
    # Spark is an extra: it is looked for only where it was chosen.
    from .on_spark import Spark

    return Spark(scratch)


MACHINES: dict[str, Callable[[Path], Machine]] = {"duckdb": DuckDB, "spark": _spark}


def machine(name: str, scratch: Path) -> Machine:
    """Start what an engine stands on.

    Raises:
        Refusal: when there is none of this name, or what it needs is not installed.
    """
    if name not in MACHINES:
        raise Refusal(f"there is no engine '{name}'", expected=", ".join(MACHINES), cure=nearest(name, MACHINES))
    return MACHINES[name](scratch)
