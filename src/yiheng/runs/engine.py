"""The engine: tables of a pinned snapshot set, and the only place where expressions are executed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from uuid import uuid4

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.operations import PhysicalTable

from yiheng.codes import HOLDS, LISTS, STANDARD, CodeList, tables_of
from yiheng.lake import SnapshotSet
from yiheng.measures import READ_ONCE, VIEWS
from yiheng.records import FEW_VIEWS, RESULTS, TABLES, Table

from .editions import InUse, edition_file
from .machines import machine
from .manifest import DEFAULT_ENGINE, ID_SIGNS
from .workspace import Workspace

# So many rows of a result stand as rows of Python at a time.
ROWS_AT_ONCE = 10_000


class Engine:
    """DuckDB or Spark over one snapshot set, with the code lists and statements that the run pins.

    Args:
        codes: the editions of each list; a list that is not named is absent.
        statements: the lines of the statements that count, one of each party, year and figure.
        on: what it stands on, ``duckdb`` or ``spark``.
    """

    def __init__(
        self,
        workspace: Workspace,
        at: SnapshotSet,
        *,
        codes: dict[str, list[InUse]] | None = None,
        statements: pa.Table | None = None,
        on: str = DEFAULT_ENGINE,
    ) -> None:
        self._machine = machine(on, workspace.folder.resolve() / f".scratch-{uuid4().hex}")
        self.at = at
        self.tables: dict[str, ibis.Table] = {}
        files: dict[str, list[str]] = {}
        for name, table in TABLES.items():
            files[name] = workspace.lake.files(name, at)
            self.tables[name] = self._from_files(name, table.kept, files[name])
        for name, table in TABLES.items():
            if table.copies and files[name] and not self._have_copies(table, files[name]):
                self.tables[name] = self._with_copies(table)
        self._workspace = workspace
        self._computed: set[str] = set()
        self._codes: dict[str, list[InUse]] | None = None
        self._lists: dict[str, ibis.Table] = {}
        self._shared: dict[str, ibis.Table] = {}
        self._kept_over: dict[str, set[str]] = {}
        self.use_codes(codes or {})
        schema = RESULTS["statement_line"].schema
        self.tables["statement_line"] = (
            self._machine.empty("statement_line", schema)
            if statements is None or not statements.num_rows
            else self._machine.given("statement_line", statements)
        )

    def use_codes(self, codes: dict[str, list[InUse]]) -> None:
        """Give the tables of code lists in these editions; each row knows the days for which its edition holds.

        A list without editions is empty. What was kept over other editions is forgotten.
        """
        if codes == self._codes:
            return
        self._codes = codes
        before = self._lists
        self._lists = {name: self._no_rows(LISTS[name]) for name in STANDARD}
        for name, editions in codes.items():
            for table in tables_of(name):
                self._lists[table.name] = (
                    ibis.union(*(self._edition(name, table, one) for one in editions))
                    if editions
                    else self._no_rows(table)
                )
        self.tables |= self._lists
        changed = _named(rows for name, rows in before.items() if not rows.equals(self._lists.get(name, rows)))
        for name in [name for name, rests_on in self._kept_over.items() if rests_on & changed]:
            self._machine.forget(name)
            del self._shared[name], self._kept_over[name]

    def shared(self, views: Mapping[str, Callable[[Mapping[str, ibis.Table]], ibis.Table]]) -> Mapping[str, ibis.Table]:
        """The tables, with views that are computed where they are first asked for and kept for all that ask again."""
        return _Shared(self, views)

    def keep(self, name: str, build: Callable[[], ibis.Table]) -> ibis.Table:
        """Build and compute an expression once; it is forgotten when a code list changes that it rests on."""
        if name not in self._shared:
            expression = build()
            rests_on = _named([expression])
            # What rests on a kept table rests on all that this one was made of.
            self._kept_over[name] = rests_on.union(*(self._kept_over.get(one, ()) for one in rests_on))
            self._shared[name] = self._machine.keep(name, expression)
        return self._shared[name]

    def named(self, column: str, names: set[str]) -> ibis.Table:
        """Names as a table of one column, to be joined where they are too many to be listed in a query."""
        rows = pa.table({column: pa.array(sorted(names), pa.string())})
        return self.given(f"named_{column}", rows)

    def given(self, name: str, rows: pa.Table) -> ibis.Table:
        """A few rows as a table, to be joined."""
        return self._machine.given(name, rows)

    def place(self, table: str) -> str:
        """How a reason names the data it rests on: a table and the start of its hash."""
        held = self._workspace.lake.content(self.at).get(table, "empty")
        return f"{table}@{held[:ID_SIGNS]}"

    def views(self, *names: str) -> None:
        """Compute the wide tables once, and what was taken back; what is asked of them afterwards reads the result."""
        for name, build in VIEWS.items():
            if name not in self._computed and (not names or name in names or name in FEW_VIEWS):
                self._computed.add(name)
                self.tables[name] = self._machine.keep(name, build(self.as_computed()))

    def rows(self, expression: ibis.Table, order: tuple[str, ...] = ()) -> list[dict[str, Any]]:
        """Execute an expression; rows come in the order asked for, so that the same data gives the same bytes."""
        return list(self.each(expression, order))

    def each(self, expression: ibis.Table, order: tuple[str, ...] = ()) -> Iterator[dict[str, Any]]:
        """Execute an expression and give its rows one by one: as rows of Python they need ten times the room."""
        for batch in self._machine.arrow(expression, order).to_batches(max_chunksize=ROWS_AT_ONCE):
            yield from batch.to_pylist()

    def write(self, expression: ibis.Table, order: tuple[str, ...], file: Path) -> None:
        """Execute an expression into a Parquet file, in the order asked for."""
        self._machine.write(expression, order, file)

    def read(self, files: dict[str, Path], schema: ibis.Schema, named: str) -> ibis.Table:
        """Parquet files of other runs as one table; ``named`` is the column that tells from which each row came."""
        tables = [
            self._from_files(f"{named}_{i}", schema, [str(file)]).mutate(**{named: ibis.literal(key)})
            for i, (key, file) in enumerate(files.items())
        ]
        return ibis.union(*tables) if tables else self._machine.empty(named, ibis.schema({**schema, named: "string"}))

    def as_defined(self) -> dict[str, ibis.Table]:
        """The tables with every wide one as its definition over the lake's tables, not as it was computed."""
        return _Defined({name: table for name, table in self.tables.items() if name not in VIEWS})

    def as_computed(self) -> dict[str, ibis.Table]:
        """The tables, with every wide one that was not computed as its definition."""
        return _Defined(self.tables)

    def plain_joins(self) -> AbstractContextManager[None]:
        """Joins that do not first filter by each other's keys, where the engine lets that be chosen."""
        return self._machine.plain_joins()

    def sql(self, expression: ibis.Table) -> str:
        """The SQL of an expression, for people who check by hand."""
        return str(ibis.to_sql(expression, dialect=self._machine.dialect))

    def close(self) -> None:
        """Free the engine; what it wrote to its scratch folder is gone."""
        self._machine.close()

    def _from_files(self, name: str, schema: ibis.Schema, files: list[str]) -> ibis.Table:
        return self._machine.read(name, schema, files) if files else self._machine.empty(name, schema)

    def _have_copies(self, table: Table, files: list[str]) -> bool:
        """Whether all files were written since the lake keeps copies with the table."""
        names = {copied.name for copied in table.copies}
        return all(names <= set(pq.read_schema(file).names) for file in files)

    def _with_copies(self, table: Table) -> ibis.Table:
        """A table's rows with the copies that they lack."""
        rows = self.tables[table.name]
        for copied in table.copies:
            parent = TABLES[table[copied.by].refers_to or ""]
            of = {f"of_{column}": column for column in (*parent.key, *copied.first_of)}
            others = self.tables[parent.name].select(**of)
            joined = rows.left_join(others, rows[copied.by] == others[f"of_{parent.key[0]}"])
            known = ibis.coalesce(joined[copied.name], *(joined[f"of_{column}"] for column in copied.first_of))
            rows = joined.mutate(**{copied.name: known}).select(*table.kept)
        return rows

    def _no_rows(self, table: CodeList) -> ibis.Table:
        return self._machine.empty(f"{table.name}_none", ibis.schema({**table.schema, **HOLDS}))

    def _edition(self, name: str, table: CodeList, one: InUse) -> ibis.Table:
        file = edition_file(self._workspace, name, one.edition, table)
        rows = self._from_files(f"{table.name}_{one.edition}", table.schema, [str(file)])
        days = zip(HOLDS.items(), (one.first, one.last), strict=True)
        return rows.mutate(**{column: ibis.literal(day, kind) for (column, kind), day in days})


def _named(expressions: Iterable[ibis.Table]) -> set[str]:
    """The names of all tables that expressions read."""
    return {table.name for one in expressions for table in one.op().find(PhysicalTable)}


class _Shared(Mapping[str, ibis.Table]):
    """Tables of an engine with shared views over them."""

    def __init__(self, engine: Engine, views: Mapping[str, Callable[[Mapping[str, ibis.Table]], ibis.Table]]) -> None:
        self._engine, self._views = engine, views

    def __getitem__(self, name: str) -> ibis.Table:
        if name in self._views:
            return self._engine.keep(name, lambda: self._views[name](self))
        return self._engine.tables[name]

    def __iter__(self) -> Iterator[str]:
        return iter((*self._engine.tables, *self._views))

    def __len__(self) -> int:
        return len(self._engine.tables) + len(self._views)


class _Defined(dict[str, ibis.Table]):
    """Tables; a wide one that is not among them is its definition over them, made when it is asked for."""

    def __missing__(self, name: str) -> ibis.Table:
        self[name] = (VIEWS | READ_ONCE)[name](self)
        return self[name]
