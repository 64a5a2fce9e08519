"""Verdicts that need more than one row: orphans, doubled keys, repeats of what the lake holds."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from yiheng.basis.evidence import Words
from yiheng.records import TABLES, Table

from . import sql
from .parse import Fault
from .stage import staged_name

KEY_USED_TWICE = "key_used_twice"


@dataclass(frozen=True)
class Verdicts:
    """The side tables of one judged table; each lists ``rowid`` of the staged table.

    ``orphans`` and ``clashes`` carry the number of a fault in ``faults``.
    """

    table: str
    faults: list[Fault]
    corrections: int

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
    def accepted(self) -> str:
        """A query of the accepted rows, each with its ``_id``: no fault, not a repeat."""
        return (
            f"(select rowid as _id, * from {staged_name(self.table)} where _mask = 0"
            f" and rowid not in (select id from {self.late}) and rowid not in (select id from {self.repeats}))"
        )


def judge(con: duckdb.DuckDBPyConnection, name: str, lake_files: dict[str, list[str]], fed: list[str]) -> Verdicts:
    """Judge a staged table against itself, the tables it refers to, and the lake.

    Args:
        lake_files: the Parquet files of every table in the lake now.
        fed: tables of this load that were judged before.
    """
    table = TABLES[name]
    faults = late_faults(table)
    verdicts = Verdicts(name, faults, 0)
    con.execute(f"create table {verdicts.late} (id BIGINT, fault INTEGER)")
    con.execute(f"create table {verdicts.repeats} (id BIGINT)")
    con.execute(f"create table {verdicts.corrected} (id BIGINT)")
    for number, fault in enumerate(faults):
        if fault.name != KEY_USED_TWICE:
            _orphans(con, table, verdicts, number, fault.column, lake_files, fed)
    _clashes_and_repeats(con, table, verdicts, faults)
    if lake_files[name]:
        _against_lake(con, table, verdicts, lake_files[name])
    count = con.execute(f"select count(*) from {verdicts.corrected}").fetchone()
    return Verdicts(name, faults, count[0] if count else 0)


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


def _orphans(
    con: duckdb.DuckDBPyConnection,
    table: Table,
    verdicts: Verdicts,
    number: int,
    column: str,
    lake_files: dict[str, list[str]],
    fed: list[str],
) -> None:
    parent = TABLES[table[column].refers_to or ""]
    key = sql.name(parent.key[0])
    known = []
    if lake_files[parent.name]:
        known.append(f"select {key} as k from read_parquet([{sql.texts(lake_files[parent.name])}])")
    if parent.name in fed:
        late = Verdicts(parent.name, [], 0).late
        known.append(
            f"select {key} as k from {staged_name(parent.name)}"
            f" where _mask = 0 and rowid not in (select id from {late})"
        )
    parents = " union all ".join(known) or "select null::VARCHAR as k where false"
    con.execute(
        f"insert into {verdicts.late} select r.rowid, {number} from {staged_name(table.name)} r"
        f" anti join ({parents}) p on r.{sql.name(column)} = p.k"
        f" where r._mask = 0 and r.{sql.name(column)} is not null"
    )


def _clashes_and_repeats(con: duckdb.DuckDBPyConnection, table: Table, verdicts: Verdicts, faults: list[Fault]) -> None:
    """Rows of one load that share a key: equal ones are repeats of the first, others clash."""
    key, columns = sql.names(table.key), sql.names([c.name for c in table])
    good = f"{staged_name(table.name)} r where _mask = 0 and r.rowid not in (select id from {verdicts.late})"
    con.execute(f"create or replace temp table doubled as select {key} from {good} group by {key} having count(*) > 1")
    if con.execute("select count(*) from doubled").fetchone() == (0,):
        return
    rows = f"select r.rowid as id, r.* from {staged_name(table.name)} r semi join doubled using ({key})"
    con.execute(
        f"create or replace temp table siblings as select id, min(id) over (partition by {key}) as first,"
        f" dense_rank() over (partition by {key} order by {columns}) as content"
        f" from ({rows}) where _mask = 0 and id not in (select id from {verdicts.late})"
    )
    clash = "select first from siblings group by first having max(content) > 1"
    con.execute(f"insert into {verdicts.late} select id, {len(faults) - 1} from siblings where first in ({clash})")
    con.execute(f"insert into {verdicts.repeats} select id from siblings where id <> first and first not in ({clash})")


def _against_lake(con: duckdb.DuckDBPyConnection, table: Table, verdicts: Verdicts, files: list[str]) -> None:
    """Rows whose key the lake holds: equal content is a repeat, other content a correction."""
    same = " and ".join(f"r.{sql.name(c.name)} is not distinct from l.{sql.name(c.name)}" for c in table)
    con.execute(
        f"create or replace temp table met as select r._id as id, ({same}) as same from {verdicts.accepted} r"
        f" join read_parquet([{sql.texts(files)}]) l using ({sql.names(table.key)})"
    )
    con.execute(f"insert into {verdicts.repeats} select id from met where same")
    con.execute(f"insert into {verdicts.corrected} select id from met where not same")
