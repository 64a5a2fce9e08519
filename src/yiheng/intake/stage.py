"""Rows of source files into one staged table for each contract, typed and judged row by row."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb
import ibis

from yiheng.basis.refusals import Refusal
from yiheng.records import TABLES, Table

from . import sql
from .mapping import ROW_NUMBER, MappingFile, TableMapping
from .parse import fault_conditions, raw_value, typed
from .recognise import Arm, by_mapping, by_name, recognised
from .sources import SourceFile

DUCK_TYPES = {
    "text": "VARCHAR",
    "day": "DATE",
    "instant": "TIMESTAMP",
    "fen": "BIGINT",
    "count": "BIGINT",
    "quantity": "DECIMAL(16,4)",
    "price": "DECIMAL(16,6)",
    "yes": "BOOLEAN",
}
# Where a row stood, its verdict as bits (0: no fault), and its raw values when it has one.
PLACES = {"_file": "VARCHAR", "_row": "BIGINT", "_mask": "BIGINT", "_raw": "VARCHAR"}
MOST_FAULTS = 62


def staged_name(table: str) -> str:
    """The staged table of a contract, quoted."""
    return sql.name("staged_" + table)


@dataclass
class Staging:
    """The staging area of one load.

    Attributes:
        tables: names of the contracts that were fed, in the order of the contracts.
        broken: rows that are no rows (too few or too many fields ...): table, file, line, kind of damage.
        aside: columns of a file that no contract knows, by file.
        sources: the files by the name shown.
    """

    con: duckdb.DuckDBPyConnection
    broken: list[tuple[str, str, int, str]] = field(default_factory=list)
    aside: dict[str, list[str]] = field(default_factory=dict)
    sources: dict[str, SourceFile] = field(default_factory=dict)
    _fed: set[str] = field(default_factory=set)
    _relations: int = 0

    @property
    def tables(self) -> list[str]:
        return [name for name in TABLES if name in self._fed]

    def stage(self, source: SourceFile, mapping: MappingFile | None) -> None:
        """Stage a file into the tables it feeds.

        Raises:
            Refusal: when it feeds none, or columns are missing: nothing of it is staged.
        """
        fed: list[tuple[Table, list[Arm], TableMapping | None]] = []
        if mapping is None:
            table = recognised(source)
            arm, aside = by_name(table, source)
            fed.append((table, [arm], None))
            if aside:
                self.aside[source.shown] = aside
        else:
            for i, taken, words in mapping.for_file((*source.names, source.shown)):
                table, numbers = TABLES[taken.table], range(1, taken.repeat + 1)
                arms = [by_mapping(table, source, mapping, i, {**words, ROW_NUMBER: str(n)}) for n in numbers]
                fed.append((table, arms, taken))
        if not fed:
            raise Refusal(
                "the mapping takes no such file", where=source.shown, cure="mend the 'files' patterns of the mapping"
            )
        self.sources[source.shown] = source
        for table, arms, entry in fed:
            self._insert(table, source, arms, entry)

    def _insert(self, table: Table, source: SourceFile, arms: list[Arm], entry: TableMapping | None) -> None:
        if table.name not in self._fed:
            columns = {**{c.name: DUCK_TYPES[c.kind] for c in table}, **PLACES}
            listed = ", ".join(f"{sql.name(c)} {t}" for c, t in columns.items())
            self.con.execute(f"create table {staged_name(table.name)} ({listed})")
            self._fed.add(table.name)
        self._relations += 1
        rejects = f"rejects_{self._relations}"
        relation = source.relation(rejects)
        if len(arms) > 1:
            # Several rows out of one: the file is read once.
            self.con.execute(f"create or replace temp table incoming as select * from {relation}")
            relation = "incoming"
        for n, arm in enumerate(arms, start=1):
            where = ""
            if entry is not None and entry.only_if is not None:
                where = f" where nullif(trim({sql.name(entry.only_if.replace('{n}', str(n)))}), '') is not null"
            self.con.execute(_staging_sql(table, source, relation + where, arm))
        if source.form == "csv":
            damage = self.con.execute(f"select line, min(error_type) from {rejects} group by line order by line")
            self.broken += [(table.name, source.shown, line, kind) for line, kind in damage.fetchall()]


def _staging_sql(table: Table, source: SourceFile, relation: str, arm: Arm) -> str:
    """Raw values, then typed values, then the verdict: columns first, contradictions in the row last."""
    raws, values = ["_row", f"{source.place} as _file"], []
    for column in table:
        raw, mark = sql.name("raw_" + column.name), sql.name("unreadable_" + column.name)
        incoming = arm.get(column.name)
        value = typed(column, incoming, raw) if incoming else "NULL"
        raws.append(f"{raw_value(incoming) if incoming else 'NULL'} as {raw}")
        raws.append(f"coalesce({(incoming and incoming.unreadable) or 'false'}, false) as {mark}")
        values.append(f"cast({value} as {DUCK_TYPES[column.kind]}) as {sql.name(column.name)}")
    conditions = fault_conditions(table)
    mask = " + ".join(f"(case when {c} then {1 << bit} else 0 end)" for bit, c in enumerate(conditions)) or "0"
    all_raw = ", ".join(f"{sql.text(c.name)}: cast({sql.name('raw_' + c.name)} as VARCHAR)" for c in table)
    kept = sql.names([c.name for c in table])
    return (
        f"insert into {staged_name(table.name)}"
        f" with raws as (select {', '.join(raws)} from {relation}),"
        f" vals as (select *, {', '.join(values)} from raws),"
        f" contract_rows as (select {kept}, _file, _row,"
        f" cast({mask} as BIGINT) as _mask, {{{all_raw}}} as _all from vals),"
        f" checked as ({_checked_sql(table, len(conditions))})"
        f" select {kept}, _file, _row, _mask, case when _mask <> 0 then to_json(_all) end from checked"
    )


def _checked_sql(table: Table, first_bit: int) -> str:
    """SQL over ``contract_rows`` that adds the bits of the contract's checks, which are Ibis expressions."""
    if first_bit + len(table.checks) > MOST_FAULTS:
        raise ValueError(f"table {table.name} has more faults than bits")
    raw = "struct<" + ", ".join(f"{c.name}: string" for c in table) + ">"
    places = {"_file": "string", "_row": "int64", "_mask": "int64", "_all": raw}
    rows = ibis.table({**dict(table.schema.items()), **places}, name="contract_rows")
    mask = rows._mask
    for i, check in enumerate(table.checks):
        mask = mask + ibis.ifelse(check.fault(rows).fill_null(False), 1 << (first_bit + i), 0)
    return str(ibis.to_sql(rows.mutate(_mask=mask), dialect="duckdb"))
