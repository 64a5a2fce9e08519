"""Rows handed over as JSON objects: typed and judged by the same contracts, and the same SQL, as those of a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.records import EXPECTED, Column, Table

from . import sql
from .parse import CERTIFICATE_NUMBER, Fault, Incoming, Overlay, faults_of, typed
from .recognise import Arm
from .stage import DUCK_TYPES, MOST_FAULTS, judged
from .tidy import prepare

# A refusal that quotes a value quotes no more of it than this.
MOST_SHOWN = 40
# Where a national name brings an amount in yuan.
IN_YUAN = " yuan"
# What of a row may be unknown before anything is paid.
UNPRICED = ("fen", "price")
# The mark of a row whose codes must be looked at closely.
ODD = 1 << MOST_FAULTS


class ObjectReader:
    """Reads objects of any table, under our names or national ones.

    A statement is prepared once for the columns that a source names, for its objects name the same ones every time.
    What is read stays in the engine as well, as ``kept(table)``, until the transaction is rolled back.

    Args:
        tables: the tables that are read.
        overlay: codes that the province adds to the national dictionaries.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, tables: Iterable[Table], overlay: Overlay) -> None:
        self._con, self._overlay = con, overlay
        prepare(con)
        self._prepared: dict[tuple[str, tuple[str, ...], bool], str] = {}
        self._faults: dict[str, list[Fault]] = {}
        for table in tables:
            columns = ", ".join(f"{sql.name(c.name)} {DUCK_TYPES[c.kind]}" for c in table)
            con.execute(f"create temp table {self.kept(table.name)} ({columns}, _mask BIGINT)")
            self._faults[table.name] = faults_of(table)

    @staticmethod
    def kept(table: str) -> str:
        """The engine's table of the rows that were read: their columns, and what is wrong with them."""
        return sql.name(f"read_{table}")

    def read(self, table: Table, given: Any, where: str) -> tuple[list[dict[str, Any]], list[Refusal]]:
        """Rows with typed values, and what is missing of them without making them useless.

        A column that a row does not name is unknown. Of tables that belong to no visit nothing but the key must be
        there, and of none a price.

        Raises:
            Refusals: unknown or doubled names, values of another kind, values that are missing; all together.
        """
        faults: list[Refusal] = []
        texts, names = [], []
        for number, row in enumerate(_listed(given, f"{where} {table.name}"), start=1):
            text, named, wrong = _as_text(table, row, f"{where} {table.name}[{number}]")
            texts.append(text)
            names.append(named)
            faults += wrong
        if not texts:
            return [], []
        values = self._values(table, texts, where)
        columns = [column.name for column in table]
        rows = [dict(zip(columns, row, strict=False)) for row in values]
        questions: list[Refusal] = []
        known = self._faults[table.name]
        for number, (*_row, mask) in enumerate(values):
            # Nearly all rows have no fault.
            for bit, fault in enumerate(known) if mask else ():
                if mask >> bit & 1 and not fault.name.endswith(CERTIFICATE_NUMBER):
                    place = f"{where} {table.name}[{number + 1}]"
                    told = _told(fault, names[number].get(fault.column), place)
                    (questions if _may_lack(table, fault) else faults).append(told)
        if faults:
            raise Refusals(faults)
        return rows, questions

    def _values(self, table: Table, texts: list[dict[str, str | None]], where: str) -> list[Any]:
        fields = tuple(sorted({name for text in texts for name in text}))
        # A prepared statement takes its argument as text only; a quote inside is written twice.
        given = json.dumps(texts, ensure_ascii=False).replace("'", "''")
        try:
            given.encode()
        except UnicodeEncodeError:
            raise Refusal(
                "a value is no text", where=f"{where} {table.name}", expected="whole characters", cure="export it again"
            ) from None
        rows = self._judge(table, fields, given, closely=False)
        # Odd codes are few; the first look tells whether there are any.
        if any(row[-1] & ODD for row in rows):
            self._con.execute(f"delete from {self.kept(table.name)}")
            rows = self._judge(table, fields, given, closely=True)
        return rows

    def _judge(self, table: Table, fields: tuple[str, ...], given: str, *, closely: bool) -> list[Any]:
        statement = self._prepared.get((table.name, fields, closely)) or self._prepare(table, fields, closely)
        return self._con.execute(f"execute {statement}('{given}')").fetchall()

    def _prepare(self, table: Table, fields: tuple[str, ...], closely: bool) -> str:
        row = json.dumps([dict.fromkeys(fields, "VARCHAR") or {table.key[0]: "VARCHAR"}])
        relation = f"(select unnest(from_json(?::VARCHAR, {sql.text(row)}), recursive := true))"
        query = judged(table, _arm(table, fields, self._overlay), relation, self._overlay, None, closely)
        statement = f"read_{table.name}_{len(self._prepared)}"
        shown = sql.names([*(c.name for c in table), "_mask"])
        into = f"insert into {self.kept(table.name)} ({shown})"
        self._con.execute(f"prepare {statement} as {into} {query} select {shown} from checked returning {shown}")
        self._prepared[(table.name, fields, closely)] = statement
        return statement


def _arm(table: Table, fields: tuple[str, ...], overlay: Overlay) -> Arm:
    """How each column is read out of the fields of an object: amounts in fen, in yuan, or some in each."""
    arm: Arm = {}
    for column in table:
        fen, yuan = column.name, column.name + IN_YUAN
        if fen in fields and yuan in fields:
            parts, broken = [], []
            for name, money in ((fen, "fen"), (yuan, "yuan")):
                raw = f"nullif(trim({sql.name(name)}), '')"
                parts.append(typed(column, Incoming(sql.name(name), money=money), raw, overlay))
                broken.append(f"({raw} is not null and ({parts[-1]}) is null)")
            both = f"coalesce({', '.join(parts)})"
            arm[column.name] = Incoming(both, "BIGINT", "fen", unreadable=" or ".join(broken))
        elif yuan in fields:
            arm[column.name] = Incoming(sql.name(yuan), money="yuan")
        elif fen in fields:
            arm[column.name] = Incoming(sql.name(fen))
    return arm


def _listed(given: Any, where: str) -> list[Any]:
    """The objects of a node: a list, one alone, or nothing."""
    if given is None or given == "":
        return []
    if isinstance(given, dict):
        return [given]
    if not isinstance(given, list):
        raise Refusal("this is no list of rows", where=where, expected="[{…}, …]")
    return given


def _as_text(
    table: Table, row: Any, place: str
) -> tuple[dict[str, str | None], dict[str, tuple[str, str]], list[Refusal]]:
    """An object's values as text by our columns, how each was named and written, and what is wrong with the names."""
    if not isinstance(row, Mapping):
        return {}, {}, [Refusal("this is no row", where=place, expected=f'{{"{table.key[0]}": …}}')]
    texts: dict[str, str | None] = {}
    named: dict[str, tuple[str, str]] = {}
    faults = []
    for name, raw in row.items():
        column = table.column_under(name)
        if column is None:
            known = [one for c in table.columns for one in (c.name, *c.aliases)]
            faults.append(Refusal(f"{table.name} has no column '{name}'", where=place, cure=nearest(name, known)))
        elif raw is None or raw == "":
            texts.setdefault(column.name, None)
        else:
            if column.name in named:
                faults.append(Refusal(f"'{name}' is given twice, under another name", where=place, cure="keep one"))
            elif isinstance(raw, (float, list, dict)) or (isinstance(raw, bool) and column.kind != "yes"):
                # A float may have lost its last fen already.
                faults.append(_unread(column, name, raw, place))
            text = ("1" if raw else "0") if isinstance(raw, bool) else str(raw)
            if "\0" in text:
                # The engine would end the value there.
                faults.append(Refusal(f"{name} contains a NUL", where=place, cure="remove it, or export again"))
            named[column.name] = (name, text)
            yuan = column.kind == "fen" and name.strip().lower() != column.name
            texts[column.name + (IN_YUAN if yuan else "")] = text
    return texts, named, faults


def _told(fault: Fault, named: tuple[str, str] | None, place: str) -> Refusal:
    if named is None or fault.check is not None or fault.name.endswith("_out_of_range"):
        return Refusal(fault.says, where=place, expected=fault.expected)
    name, raw = named
    return Refusal(f"'{raw[:MOST_SHOWN]}' is not what {name} takes", where=place, expected=fault.expected.en)


def _unread(column: Column, name: str, raw: Any, place: str) -> Refusal:
    what = f"'{str(raw)[:MOST_SHOWN]}' is not what {name} takes"
    return Refusal(what, where=place, expected=f"{EXPECTED[column.kind].en}, as text")


def _may_lack(table: Table, fault: Fault) -> bool:
    """Whether a row without this value is still of use."""
    if not fault.name.endswith("_missing") or fault.column in table.key:
        return False
    return "visit_id" not in table.schema or table[fault.column].kind in UNPRICED
