"""Verdicts that need more than one row: orphans, doubled keys, repeats of what the lake holds."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import ibis

from yiheng.basis.engine_paths import duckdb_parquet
from yiheng.basis.evidence import Words
from yiheng.records import TABLES, Table

from . import sql
from .parse import Fault
from .stage import DUCK_TYPES, Staging
from .taking_back import BELOW, FAULTS, corrected_below, taken_back

KEY_USED_TWICE, NOT_KNOWN = "key_used_twice", "_not_known"


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
    for column in dict.fromkeys(fault.column for fault in verdicts.faults if fault.name.endswith(NOT_KNOWN)):
        _orphans(con, table, verdicts, column, lake_files, judged)
    _count(con, verdicts)
    _clashes_and_repeats(con, table, verdicts)
    _count(con, verdicts)
    held = lake_rows(table, lake_files[name]) if lake_files[name] else None
    if held is not None and corrected_below(con, table, verdicts, held):
        _count(con, verdicts)
    if taken_back(con, table, verdicts, held):
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
            f"{c.refers_to}{NOT_KNOWN}",
            c.name,
            Words(
                f"{c.zh}在{TABLES[c.refers_to].zh}表中不存在，或该{TABLES[c.refers_to].zh}校验未通过",
                f"no accepted {c.refers_to} has this {c.name}",
            ),
            Words(f"已入库的{TABLES[c.refers_to].zh}", f"a {c.refers_to} that is loaded with it or before"),
        )
        for c in table
        if c.refers_to is not None
    ]
    early = [
        Fault(
            f"{c.name}_before_{c.not_before[1]}",
            c.name,
            Words(f"{c.zh}早于{told.zh}", f"{c.name} lies before {told.name} of its {of.name}"),
            Words(f"不早于{told.zh}", f"a day on or after {told.name}"),
        )
        for c in table
        if c.not_before is not None
        for of in (TABLES[table[c.not_before[0]].refers_to or ""],)
        for told in (of[c.not_before[1]],)
    ]
    key = "、".join(table[k].zh for k in table.key)
    return [
        *orphans,
        *early,
        *([*FAULTS, BELOW] if table.takes_back is not None else []),
        Fault(
            KEY_USED_TWICE,
            table.key[0],
            Words(f"同一{key}出现多次且内容不同", f"the same {', '.join(table.key)} appears twice with other content"),
            Words("每个主键一行；更正请分次导入", "one row for each key; load a correction by itself, afterwards"),
        ),
    ]


def lake_rows(table: Table, files: list[str]) -> str:
    """A relation of a table's rows in data files; a column that a file was written without is null there."""
    empty = ", ".join(f"null::{DUCK_TYPES[c.kind]} as {sql.name(c.name)}" for c in table)
    rows = f"select {empty} where false union all by name from {duckdb_parquet(*files, by_name=True)}"
    # Rows that were written before there was the column.
    told = [f"coalesce({sql.name(c.name)}, '{c.default}') as {sql.name(c.name)}" for c in table if c.default]
    return f"(select * replace ({', '.join(told)}) from ({rows}))" if told else f"({rows})"


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
    column: str,
    lake_files: dict[str, list[str]],
    judged: dict[str, Verdicts],
) -> None:
    """Rows that refer to nothing, and rows with a day that lies before one of the row they refer to."""
    parent, mine = TABLES[table[column].refers_to or ""], sql.name(column)
    key = sql.name(parent.key[0])
    early = [(c.name, c.not_before[1]) for c in table if c.not_before is not None and c.not_before[0] == column]
    days = "".join(f", {sql.name(theirs)}" for _, theirs in early)
    known = []
    if lake_files[parent.name]:
        # A day is asked of the row as it stands after this load.
        gone = f" anti join {judged[parent.name].faultless} using ({key})" if early and parent.name in judged else ""
        known.append(f"select {key} as k{days} from {lake_rows(parent, lake_files[parent.name])}{gone}")
    if parent.name in judged:
        known.append(f"select {key} as k{days} from {judged[parent.name].faultless}")
    nothing = "".join(f", null::DATE as {sql.name(theirs)}" for _, theirs in early)
    parents = " union all ".join(known) or f"select null::VARCHAR as k{nothing} where false"
    tests = ["p.k is null", *(f"r.{sql.name(ours)} < p.{sql.name(theirs)}" for ours, theirs in early)]
    names = [fault.name for fault in verdicts.faults]
    orphan = next(n for n, f in enumerate(verdicts.faults) if f.column == column and f.name.endswith(NOT_KNOWN))
    numbers = [orphan, *(names.index(f"{ours}_before_{theirs}") for ours, theirs in early)]
    listed = ", ".join(f"case when {test} then {n} end" for test, n in zip(tests, numbers, strict=True))
    con.execute(
        f"insert into {verdicts.late} select _id, fault from (select _id, unnest([{listed}]) as fault"
        f" from {verdicts.good} r left join ({parents}) p on r.{mine} = p.k"
        f" where r.{mine} is not null and ({' or '.join(tests)})) where fault is not null"
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
