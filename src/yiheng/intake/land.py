"""Accepted rows become data files of the lake; small files of earlier loads are folded together on the way."""

from __future__ import annotations

import duckdb

from yiheng.lake import Writing
from yiheng.records import TABLES, Table

from . import sql
from .judge import Verdicts, lake_rows
from .stage import FEED, PARQUET, Staging

# A staged file of this size becomes a data file as it is; smaller ones are written together.
WHOLE_ROWS = 1_000_000
# So many small data files of a table are folded into one by the next load that touches the table.
MOST_SMALL_FILES = 16


def land(
    con: duckdb.DuckDBPyConnection, staging: Staging, verdicts: Verdicts, writing: Writing, old: list[str]
) -> None:
    """Write the accepted rows of a table; data files with superseded rows are written anew without them.

    Args:
        old: the table's data files in the lake now. They stay where they are for the sets that name them.
    """
    table = TABLES[verdicts.table]
    columns = sql.names([c.name for c in table])
    superseded = f"(select {sql.names(table.key)} from {verdicts.good} semi join {verdicts.corrected} using (_id))"
    anew = _files_with(con, table, superseded, old) if verdicts.corrections else set()
    small = _small(con, old)
    if len(small) >= MOST_SMALL_FILES:
        anew |= small
    whole, rest = _split(con, staging, verdicts, alone=not anew)
    parts = []
    if rest:
        parts.append(f"select {columns} from {verdicts.accepted} where _id // {FEED} in ({', '.join(map(str, rest))})")
    if anew:
        gone = f" anti join {superseded} using ({sql.names(table.key)})" if verdicts.corrections else ""
        parts.append(f"select {columns} from {lake_rows(table, sorted(anew))}{gone}")
    if parts:
        into = sql.text(str(writing.new_file(table.name)))
        con.execute(f"copy ({' union all '.join(parts)}) to {into} {PARQUET}")
    for number in whole:
        staging.feeds[table.name][number].good.replace(writing.new_file(table.name))
    for file in sorted(anew):
        writing.drop_file(table.name, file)


def _files_with(con: duckdb.DuckDBPyConnection, table: Table, keys: str, files: list[str]) -> set[str]:
    """The data files that hold a row with one of the keys."""
    columns = sql.names(table.key)
    found = con.execute(
        f"select distinct filename from read_parquet([{sql.texts(files)}], filename=true, union_by_name=true)"
        f" semi join {keys} using ({columns})"
    )
    return {file for (file,) in found.fetchall()}


def _small(con: duckdb.DuckDBPyConnection, files: list[str]) -> set[str]:
    if len(files) < MOST_SMALL_FILES:
        return set()
    query = f"select file_name from parquet_file_metadata([{sql.texts(files)}]) where num_rows < {WHOLE_ROWS}"
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
    whole = [n for n in filled if n not in touched and feeds[n].good_rows >= least]
    return whole, [n for n in filled if n not in whole]
