"""Reversals that came before what they take back: kept in the lake beside their table, staged again when it comes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from yiheng.basis.engine_paths import duckdb_copy, duckdb_parquet
from yiheng.records import TABLES, WAITING

from . import sql
from .judge import Verdicts, lake_rows
from .sources import SourceFile, parquet_source
from .stage import PARQUET, Staging
from .taking_back import ORIGINAL_NOT_KNOWN

if TYPE_CHECKING:
    from yiheng.lake import Writing

SHOWN = "waiting"


def come_of_age(
    con: duckdb.DuckDBPyConnection, staging: Staging, files: dict[str, list[str]], scratch: Path
) -> list[SourceFile]:
    """Waiting rows whose original this load may bring, as sources of their own.

    Args:
        files: data files of the waiting rows, by the table they wait for.
    """
    found = []
    for name, mine in files.items():
        table = TABLES[name]
        how = table.takes_back
        if how is None or not mine or name not in staging.feeds:
            continue
        good, link, parent = staging.good(name), sql.name(how.link), sql.name(how.within)
        keys = f"select {sql.name(table.key[0])} from {good}"
        parents = f"select {parent} from {good}"
        rows = f"select * from {lake_rows(WAITING[name], mine)}"
        called = f"{link} in ({keys}) or ({link} is null and {parent} in ({parents}))"
        path = scratch / f"{SHOWN}_{name}.parquet"
        con.execute(duckdb_copy(f"{rows} where {called}", path, PARQUET))
        if con.execute(f"select count(*) from {duckdb_parquet(path)}").fetchone() != (0,):
            found.append(parquet_source(path, name, f"{SHOWN}/{name}", con))
    return found


def keep_waiting(con: duckdb.DuckDBPyConnection, verdicts: Verdicts, files: list[str], writing: Writing) -> bool:
    """Write the rows that wait after this load; gives back whether they are others than before."""
    table = TABLES[verdicts.table]
    if table.takes_back is None:
        return False
    name, keys, columns = WAITING[table.name].name, sql.names(table.key), sql.names([c.name for c in table])
    number = next(n for n, fault in enumerate(verdicts.faults) if fault.name == ORIGINAL_NOT_KNOWN)
    late = f"(select _id from {verdicts.late} where fault = {number})"
    new = f"select {columns} from {verdicts.good} semi join {late} using (_id)"
    none = f"(select {columns} from {verdicts.good} where false)"
    old = lake_rows(WAITING[table.name], files) if files else none
    # What this load read was judged anew: it waits again, or no longer.
    still = f"select {columns} from {old} anti join {verdicts.good} using ({keys})"
    counted = con.execute(
        f"select (select count(*) from ({new})), (select count(*) from {old}), (select count(*) from ({still}))"
    ).fetchone()
    if counted is None or (counted[0] == 0 and counted[1] == counted[2]):
        return False
    rows = f"select distinct on ({keys}) {columns} from ({new} union all {still})"
    con.execute(duckdb_copy(rows, writing.new_file(name), PARQUET))
    for file in files:
        writing.drop_file(name, file)
    return True
