"""The lake's tables for people who ask by SQL or take rows with them, under our names and the national ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb

from yiheng.basis.engine_paths import duckdb_allowed, duckdb_copy, duckdb_parquet, duckdb_text
from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.basis.signs import AMOUNT, APOSTROPHE, FORMULA
from yiheng.lake import SnapshotSet
from yiheng.records import IBIS_TYPES, TABLES
from yiheng.records.national import Spelling, select_sql, table_name, views

from .workspace import Workspace

Form = Literal["parquet", "csv"]
WRITTEN: dict[Form, str] = {"parquet": "format parquet, compression zstd", "csv": "format csv, header true"}


@dataclass(frozen=True)
class Answer:
    """What a query gave: columns, rows, and whether there were more."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    cut: bool


def query(workspace: Workspace, text: str, *, at: int | None = None, most: int | None = None) -> Answer:
    """Answer one SELECT over the tables of a snapshot set; nothing can be changed and no other file read.

    Args:
        at: number of a snapshot set; the last one by default.
        most: give at most so many rows.

    Raises:
        Refusal: when it is no single SELECT, or the engine cannot answer it.
    """
    return queries(workspace, {"": text}, at=at, most=most)[""]


def queries(
    workspace: Workspace,
    texts: Mapping[str, str],
    *,
    at: int | None = None,
    most: int | None = None,
    of: Sequence[str] = (),
) -> dict[str, Answer]:
    """Answer several SELECTs over the same snapshot set; see :func:`query`.

    Args:
        of: the tables that they name, under our names; none means that they may name any, at the cost of looking at
            the files of all.
    """
    with _opened(workspace, at, of=of) as con:
        return {name: _answer(con, text, most) for name, text in texts.items()}


def _answer(con: duckdb.DuckDBPyConnection, text: str, most: int | None) -> Answer:
    try:
        statements = con.extract_statements(text)
        if [s.type for s in statements] != [duckdb.StatementType.SELECT]:
            raise Refusal("only one query that reads is answered", expected="one SELECT", cure="see --help")
        asked = con.execute(statements[0])
        rows = asked.fetchall() if most is None else asked.fetchmany(most + 1)
    except duckdb.Error as wrong:
        raise Refusal(
            f"the query cannot be answered: {wrong}",
            expected="SQL of DuckDB over the tables that yiheng tables lists",
            cure="correct the query",
        ) from None
    return Answer([column[0] for column in con.description or ()], rows[:most], most is not None and len(rows) > most)


def row_counts(workspace: Workspace, at: int | None = None) -> dict[str, int]:
    """Rows of every table in a snapshot set."""
    counts = ", ".join(f"(select count(*) from {name})" for name in TABLES)
    return dict(zip(TABLES, query(workspace, f"select {counts}", at=at).rows[0], strict=True))


def export(
    workspace: Workspace,
    into: Path,
    names: Sequence[str] = (),
    *,
    spelling: Spelling = "ours",
    form: Form = "parquet",
    at: int | None = None,
) -> dict[str, tuple[Path, int]]:
    """Write tables of a snapshot set as files that load again; gives file and rows of each.

    Args:
        names: tables under our names or national ones; none means all that hold rows.

    Raises:
        Refusal: an unknown table, a file that is there already, a folder that cannot be written.
    """
    wanted = chosen(names) or [name for name, rows in row_counts(workspace, at).items() if rows]
    files = {name: into / f"{table_name(TABLES[name], spelling)}.{form}" for name in wanted}
    if there := [str(file) for file in files.values() if file.exists()]:
        raise Refusal("the file is there already", where=there[0], cure="export into an empty folder")
    written = {}
    with _opened(workspace, at, writes_to=into) as con:
        for name, file in files.items():
            rows = f"{select_sql(TABLES[name], spelling)} order by {', '.join(TABLES[name].key)}"
            try:
                into.mkdir(parents=True, exist_ok=True)
                with new_file(file) as part:
                    if form == "csv":
                        rows = _no_formulas(con, rows)
                    count = con.execute(duckdb_copy(rows, part, WRITTEN[form])).fetchone()
            except (duckdb.IOException, OSError) as wrong:
                raise Refusal(
                    f"the file cannot be written: {wrong}", where=str(file), cure="name another folder"
                ) from None
            written[name] = (file, count[0] if count else 0)
    return written


def _no_formulas(con: duckdb.DuckDBPyConnection, rows: str) -> str:
    """The rows, texts that a spreadsheet would take for formulas with an apostrophe, which a load takes off again."""
    described = con.execute(f"describe {rows}").fetchall()
    texts = [f'"{name}"' for name, kind, *_ in described if kind == "VARCHAR"]
    apart = ", ".join(
        f"case when regexp_matches({text}, '{FORMULA}') and not regexp_full_match({text}, '{AMOUNT}')"
        f" then chr({ord(APOSTROPHE)}) || {text} else {text} end as {text}"
        for text in texts
    )
    return f"select * replace ({apart}) from ({rows})" if apart else rows


def chosen(names: Sequence[str]) -> list[str]:
    """Our names of tables that are named by ours or by a national one.

    Raises:
        Refusals: unknown names.
    """
    known = {known: table.name for table in TABLES.values() for known in (table.name, *table.aliases)}
    if unknown := [name for name in names if name not in known]:
        raise Refusals(Refusal(f"there is no table '{name}'", cure=nearest(name, known)) for name in unknown)
    return list(dict.fromkeys(known[name] for name in names))


@contextmanager
def _opened(
    workspace: Workspace, number: int | None, writes_to: Path | None = None, of: Sequence[str] = ()
) -> Iterator[duckdb.DuckDBPyConnection]:
    """An engine that knows the tables and national views of a set, and can read nothing but their files."""
    at = workspace.lake.latest() if number is None else workspace.lake.at(number)
    with duckdb.connect() as con:
        files = _views(con, workspace, at, of)
        con.execute(f"set allowed_paths = {duckdb_allowed(files)}")
        if writes_to is not None:
            con.execute(f"set allowed_directories = [{duckdb_text(writes_to)}]")
        con.execute("set enable_external_access = false")
        con.execute("set lock_configuration = true")
        yield con


def _views(con: duckdb.DuckDBPyConnection, workspace: Workspace, at: SnapshotSet, of: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in of or TABLES:
        table = TABLES[name]
        kinds = {c.name: c.kind for c in table} | {c.name: c.kind for c in table.copies}
        columns = ", ".join(f'cast(null as {IBIS_TYPES[kind]}) as "{column}"' for column, kind in kinds.items())
        rows = f"select {columns} where false"
        if files := workspace.lake.files(name, at):
            # By name: a file written before a column existed lacks it.
            rows += f" union all by name select * from {duckdb_parquet(*files, by_name=True)}"
        con.execute(f'create view "{name}" as {rows}')
        found += files
    for name, rows in ({} if of else views()).items():
        con.execute(f'create view "{name}" as {rows}')
    return found
