"""Verdicts that need more than one row: orphans, doubled keys, repeats of what the lake holds."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import ibis

from yiheng.basis.evidence import Words
from yiheng.records import TABLES, Table

from . import sql
from .parse import Fault
from .stage import DUCK_TYPES, Staging

KEY_USED_TWICE = "key_used_twice"


@dataclass
class Verdicts:
    """The side tables of one judged table; each lists the ``_id`` of good rows.

    ``late`` carries the number of a fault in ``faults``; the counts are rows.
    """

    table: str
    good: str
    faults: list[Fault]
    late_rows: int = 0
    repeated_rows: int = 0
    corrections: int = 0
    unknown: dict[str, int] = field(default_factory=dict)

    @property
    def late(self) -> str:
        return sql.name("late_" + self.table)

    @property
    def repeats(self) -> str:
        return sql.name("repeats_" + self.table)

    @property
    def corrected(self) -> str:
        return sql.name("corrected_" + self.table)

    @property
    def faultless(self) -> str:
        """A query of the rows without a fault, each with its ``_id``."""
        return f"(select * from {self.good} anti join {self.late} using (_id))" if self.late_rows else self.good

    @property
    def accepted(self) -> str:
        """A query of the accepted rows, each with its ``_id``: no fault, not a repeat."""
        rows = self.faultless
        return f"(select * from {rows} anti join {self.repeats} using (_id))" if self.repeated_rows else rows


def judge(
    con: duckdb.DuckDBPyConnection,
    staging: Staging,
    name: str,
    lake_files: dict[str, list[str]],
    judged: dict[str, Verdicts],
) -> Verdicts:
    """Judge the good rows of a staged table against each other, the tables they refer to, and the lake.

    Args:
        lake_files: the Parquet files of every table in the lake now.
        judged: tables of this load that were judged before.
    """
    table = TABLES[name]
    verdicts = Verdicts(name, staging.good(name), late_faults(table))
    con.execute(f"create table {verdicts.late} (_id BIGINT, fault INTEGER)")
    con.execute(f"create table {verdicts.repeats} (_id BIGINT)")
    con.execute(f"create table {verdicts.corrected} (_id BIGINT, fen_before BIGINT, fen_after BIGINT)")
    for number, fault in enumerate(verdicts.faults):
        if fault.name != KEY_USED_TWICE:
            _orphans(con, table, verdicts, number, fault.column, lake_files, judged)
    _count(con, verdicts)
    _clashes_and_repeats(con, table, verdicts)
    _count(con, verdicts)
    if lake_files[name]:
        _against_lake(con, table, verdicts, lake_files[name])
        _count(con, verdicts)
    verdicts.unknown = _unknown(con, table, verdicts)
    return verdicts


def late_faults(table: Table) -> list[Fault]:
    """The faults that only show beside other rows."""
    orphans = [
        Fault(
            f"{c.refers_to}_not_known",
            c.name,
            Words(
                f"{c.zh}在{TABLES[c.refers_to].zh}表中不存在或已被隔离", f"no accepted {c.refers_to} has this {c.name}"
            ),
            Words(f"已入库的{TABLES[c.refers_to].zh}", f"a {c.refers_to} that is loaded with it or before"),
        )
        for c in table
        if c.refers_to is not None
    ]
    key = "、".join(table[k].zh for k in table.key)
    return [
        *orphans,
        Fault(
            KEY_USED_TWICE,
            table.key[0],
            Words(f"同一{key}出现多次且内容不同", f"the same {', '.join(table.key)} stands twice with other content"),
            Words("每个主键一行；更正请分次导入", "one row for each key; load a correction by itself, afterwards"),
        ),
    ]


def lake_rows(table: Table, files: list[str]) -> str:
    """A relation of a table's rows in data files; a column that a file was written without is null there."""
    empty = ", ".join(f"null::{DUCK_TYPES[c.kind]} as {sql.name(c.name)}" for c in table)
    return f"(select {empty} where false union all by name from read_parquet([{sql.texts(files)}], union_by_name=true))"


def _count(con: duckdb.DuckDBPyConnection, verdicts: Verdicts) -> None:
    row = con.execute(
        f"select (select count(distinct _id) from {verdicts.late}), (select count(*) from {verdicts.repeats}),"
        f" (select count(*) from {verdicts.corrected})"
    ).fetchone()
    verdicts.late_rows, verdicts.repeated_rows, verdicts.corrections = row or (0, 0, 0)


def _unknown(con: duckdb.DuckDBPyConnection, table: Table, verdicts: Verdicts) -> dict[str, int]:
    """For each check, the accepted rows that it could not judge because a value is absent."""
    if not table.checks:
        return {}
    rows = ibis.table(table.schema, name="rows_to_judge")
    undecided = {check.name: check.fault(rows).isnull().sum() for check in table.checks}
    query = ibis.to_sql(rows.aggregate(**undecided), dialect="duckdb")
    counted = con.execute(f"with rows_to_judge as {verdicts.accepted} {query}").fetchone() or ()
    return {check.name: int(n or 0) for check, n in zip(table.checks, counted, strict=True)}


def _orphans(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    verdicts: Verdicts,
    number: int,
    column: str,
    lake_files: dict[str, list[str]],
    judged: dict[str, Verdicts],
) -> None:
    parent = TABLES[table[column].refers_to or ""]
    key = sql.name(parent.key[0])
    known = []
    if lake_files[parent.name]:
        known.append(f"select {key} as k from read_parquet([{sql.texts(lake_files[parent.name])}])")
    if parent.name in judged:
        known.append(f"select {key} as k from {judged[parent.name].faultless}")
    parents = " union all ".join(known) or "select null::VARCHAR as k where false"
    con.execute(
        f"insert into {verdicts.late} select r._id, {number} from {verdicts.good} r"
        f" anti join ({parents}) p on r.{sql.name(column)} = p.k where r.{sql.name(column)} is not null"
    )


def _clashes_and_repeats(con: duckdb.DuckDBPyConnection, table: Table, verdicts: Verdicts) -> None:
    """Rows of one load that share a key: equal ones are repeats of the first, others clash."""
    key, columns = sql.names(table.key), sql.names([c.name for c in table])
    good = verdicts.faultless
    con.execute(f"create or replace temp table doubled as select {key} from {good} group by {key} having count(*) > 1")
    if con.execute("select count(*) from doubled").fetchone() == (0,):
        return
    con.execute(
        f"create or replace temp table siblings as select _id, min(_id) over (partition by {key}) as first,"
        f" dense_rank() over (partition by {key} order by {columns}) as content"
        f" from (select * from {good} semi join doubled using ({key}))"
    )
    clash = "select first from siblings group by first having max(content) > 1"
    number = len(verdicts.faults) - 1
    con.execute(f"insert into {verdicts.late} select _id, {number} from siblings where first in ({clash})")
    con.execute(
        f"insert into {verdicts.repeats} select _id from siblings where _id <> first and first not in ({clash})"
    )


def _against_lake(con: duckdb.DuckDBPyConnection, table: Table, verdicts: Verdicts, files: list[str]) -> None:
    """Rows whose key the lake holds: equal content is a repeat, other content a correction."""
    same = " and ".join(f"r.{sql.name(c.name)} is not distinct from l.{sql.name(c.name)}" for c in table)
    before, after = (f"{row}.{sql.name(table.money)}" if table.money else "null" for row in "lr")
    con.execute(
        f"create or replace temp table met as select r._id, ({same}) as same, {before} as fen_before,"
        f" {after} as fen_after from {verdicts.accepted} r"
        f" join {lake_rows(table, files)} l using ({sql.names(table.key)})"
    )
    con.execute(f"insert into {verdicts.repeats} select _id from met where same")
    con.execute(f"insert into {verdicts.corrected} select _id, fen_before, fen_after from met where not same")
