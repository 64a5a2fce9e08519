"""Accepted rows become data files of the lake; small files of earlier loads are folded together on the way."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import duckdb

from yiheng.basis.engine_paths import duckdb_copy, duckdb_footer, duckdb_parquet
from yiheng.records import TABLES, Table

from . import sql
from .judge import Verdicts, lake_rows
from .stage import FEED, PARQUET, Staging

if TYPE_CHECKING:
    from yiheng.lake import Writing

# A staged file of this size becomes a data file as it is; smaller ones are written together.
WHOLE_ROWS = 1_000_000
# So many small data files of a table are folded into one by the next load that touches the table.
MOST_SMALL_FILES = 16


def land(
    con: duckdb.DuckDBPyConnection,
    staging: Staging,
    name: str,
    judged: Mapping[str, Verdicts],
    writing: Writing,
    lake_files: Mapping[str, list[str]],
) -> None:
    """Write the accepted rows of a table; data files with superseded rows or copies are written anew without them.

    Tables with copies are landed before those they copy from: landing may move staged rows away.

    Args:
        judged: the tables of this load.
        lake_files: data files of every table in the lake now. They stay where they are for the sets that name them.
    """
    table, verdicts, old = TABLES[name], judged.get(name), lake_files[name]
    columns, superseded = sql.names([c.name for c in table]), ""
    anew = stale(con, table, judged, lake_files) | _without_copies(con, table, old)
    if verdicts and verdicts.corrections:
        superseded = _superseded(table, verdicts)
        anew |= _files_with(con, table.key, superseded, old)
    small = _small(con, old)
    if len(small) >= MOST_SMALL_FILES:
        anew |= small
    whole, rest = _split(con, staging, verdicts, alone=not anew) if verdicts else ([], [])
    parts = []
    if verdicts and rest:
        parts.append(f"select {columns} from {verdicts.accepted} where _id // {FEED} in ({', '.join(map(str, rest))})")
    if anew:
        gone = f" anti join {superseded} using ({sql.names(table.key)})" if superseded else ""
        parts.append(f"select {columns} from {lake_rows(table, sorted(anew))}{gone}")
    if parts:
        rows = _with_copies(table, " union all ".join(parts), judged, lake_files)
        con.execute(duckdb_copy(rows, writing.new_file(name), PARQUET))
    for number in whole:
        staging.feeds[name][number].good.replace(writing.new_file(name))
    for file in sorted(anew):
        writing.drop_file(name, file)


def stale(
    con: duckdb.DuckDBPyConnection, table: Table, judged: Mapping[str, Verdicts], lake_files: Mapping[str, list[str]]
) -> set[str]:
    """The data files of a table that hold copies of a row that this load corrects."""
    found: set[str] = set()
    for by, parent in _copied_from(table):
        verdicts = judged.get(parent.name)
        if verdicts and verdicts.corrections and lake_files[table.name]:
            keys = f"(select {sql.name(parent.key[0])} as {sql.name(by)} from {_superseded(parent, verdicts)})"
            found |= _files_with(con, (by,), keys, lake_files[table.name])
    return found


def _copied_from(table: Table) -> list[tuple[str, Table]]:
    """The columns by which a table copies, each with the table it refers to."""
    return [(by, TABLES[table[by].refers_to or ""]) for by in dict.fromkeys(copied.by for copied in table.copies)]


def _with_copies(table: Table, rows: str, judged: Mapping[str, Verdicts], lake_files: Mapping[str, list[str]]) -> str:
    """A query of a table's rows with their copies, as the rows they are copied from stand after this load."""
    if not table.copies:
        return rows
    columns, joins = ["r.*"], ""
    for by, parent in _copied_from(table):
        other, key = sql.name(f"of_{by}"), sql.name(parent.key[0])
        joins += f" left join {_after(parent, judged, lake_files)} {other} on r.{sql.name(by)} = {other}.{key}"
        for copied in table.copies:
            if copied.by == by:
                known = ", ".join(f"{other}.{sql.name(c)}" for c in copied.first_of)
                columns.append(f"coalesce({known}) as {sql.name(copied.name)}")
    return f"select {', '.join(columns)} from ({rows}) r{joins}"


def _after(table: Table, judged: Mapping[str, Verdicts], lake_files: Mapping[str, list[str]]) -> str:
    """A relation of a table's rows as they stand after this load."""
    columns, verdicts, files = sql.names([c.name for c in table]), judged.get(table.name), lake_files[table.name]
    parts = []
    if files:
        gone = f" anti join {_superseded(table, verdicts)} using ({sql.names(table.key)})" if verdicts else ""
        parts.append(f"select {columns} from {lake_rows(table, files)}{gone}")
    if verdicts:
        parts.append(f"select {columns} from {verdicts.accepted}")
    return f"({' union all '.join(parts)})"


def _superseded(table: Table, verdicts: Verdicts) -> str:
    """A relation of the keys of which the lake holds other content than this load brings."""
    return f"(select {sql.names(table.key)} from {verdicts.good} semi join {verdicts.corrected} using (_id))"


def _without_copies(con: duckdb.DuckDBPyConnection, table: Table, files: list[str]) -> set[str]:
    """The data files that were written before the lake kept copies with the table."""
    if not table.copies or not files:
        return set()
    has = " and ".join(f"bool_or(name = {sql.text(copied.name)})" for copied in table.copies)
    found = con.execute(
        f"select file_name from {duckdb_footer('parquet_schema', *files)} group by file_name having not ({has})"
    )
    return {file for (file,) in found.fetchall()}


def _files_with(con: duckdb.DuckDBPyConnection, key: tuple[str, ...], keys: str, files: list[str]) -> set[str]:
    """The data files that hold a row with one of the keys."""
    columns = sql.names(key)
    found = con.execute(
        f"select distinct filename from {duckdb_parquet(*files, by_name=True, named=True)}"
        f" semi join {keys} using ({columns})"
    )
    return {file for (file,) in found.fetchall()}


def _small(con: duckdb.DuckDBPyConnection, files: list[str]) -> set[str]:
    if len(files) < MOST_SMALL_FILES:
        return set()
    query = f"select file_name from {duckdb_footer('parquet_file_metadata', *files)} where num_rows < {WHOLE_ROWS}"
    return {file for (file,) in con.execute(query).fetchall()}


def _split(
    con: duckdb.DuckDBPyConnection, staging: Staging, verdicts: Verdicts, *, alone: bool
) -> tuple[list[int], list[int]]:
    """Feeds whose staged file lands as it is, and feeds whose accepted rows are written together.

    Args:
        alone: nothing else is written for the table, so that a single small feed may land as it is.
    """
    feeds = staging.feeds[verdicts.table]
    left_out = f"(select _id from {verdicts.late} union all select _id from {verdicts.repeats})"
    touched = {n for (n,) in con.execute(f"select distinct _id // {FEED} from {left_out}").fetchall()}
    filled = [n for n, feed in enumerate(feeds) if feed.good_rows]
    least = 0 if alone and len(filled) == 1 else WHOLE_ROWS
    if TABLES[verdicts.table].copies:
        # Staged rows have none.
        return [], filled
    whole = [n for n in filled if n not in touched and feeds[n].good_rows >= least]
    return whole, [n for n in filled if n not in whole]
