"""The rows of one bill: read by the contracts of a load, held against each other, and put before the rules."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb

from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.codes import CATALOGUE
from yiheng.documents import read_json
from yiheng.intake import ObjectReader, Overlay
from yiheng.records import TABLES, Table

Row = dict[str, Any]
Rows = dict[str, list[Row]]
# The bill of a long stay with all of the person's history has some megabytes.
MOST_BYTES = 64 * 1024 * 1024
# Of a bill, in a sentence.
VISITS_NAMED = 10
LINES = "fee_line"
# A prescription that was not charged yet is judged by its lines as they would be charged.
ORDERS = "order_line"
# What the visits of a bill refer to and the rules look up: without it they would pass in silence.
NEEDED_BY_VISITS = ("person", "institution")


class BillReader:
    """Reads bills into the tables of an engine's connection, which lie there empty under the names of their contracts.

    Args:
        tables: what the rules read; of other contracts rows are ignored.
        overlay: codes that the province adds to the national dictionaries.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, tables: Collection[str], overlay: Overlay) -> None:
        self._con, self._tables = con, tables
        self._names = tuple(dict.fromkeys((*tables, LINES, ORDERS)))
        self._reader = ObjectReader(con, [TABLES[name] for name in self._names], overlay)
        for name in tables:
            con.execute(f"prepare fill_{name} as {self._filled(name)}")
        own = {"line_id", "kind", "occurred_at"}
        same = ", ".join(c.name for c in TABLES[LINES] if c.name in TABLES[ORDERS].schema and c.name not in own)
        kind = f"(select any_value(c.kind) from {CATALOGUE.name} c where c.item_code = o.item_code)"
        con.execute(
            f"prepare prescribe as insert into {LINES} (line_id, kind, occurred_at, {same})"
            f" select distinct order_id, coalesce({kind}, 'drug'), ordered_at, {same}"
            f" from {self._reader.kept(ORDERS)} o"
            f" where visit_id not in (select visit_id from {LINES}) returning *"
        )

    def read(self, bill: Mapping[str, Any], shown_as: str) -> tuple[Rows, list[str], list[Refusal]]:
        """Read a bill inside an open transaction; the tables then hold its rows.

        Orders of visits without lines become lines; what they cost is unknown.

        Returns:
            The rows by table, the visits that are asked about, and what is missing of the rows.

        Raises:
            Refusals: rows that a load would not accept either, tables that do not exist, rows that refer to nothing.
        """
        rows, questions = self._typed(bill, shown_as)
        about = _about(bill.get("visits"), rows, shown_as)
        faults = [*_strangers(rows, shown_as), *_orphans(rows, about, shown_as), *_of_others(rows, about, shown_as)]
        if faults := [*faults, *_astray(rows, shown_as)]:
            raise Refusals(faults)
        for name in self._tables:
            if not rows[name]:
                continue
            if len(once := _once(TABLES[name], rows[name])) == len(rows[name]):
                self._con.execute(f"execute fill_{name}")
            else:
                self._con.execute(self._filled(name, "distinct "))
                rows[name] = once
        if rows[ORDERS]:
            lines = self._con.execute("execute prescribe")
            columns = [column for column, *_ in lines.description]
            rows[LINES] += [dict(zip(columns, row, strict=True)) for row in lines.fetchall()]
        return rows, about, questions

    def _filled(self, name: str, distinct: str = "") -> str:
        columns = ", ".join(f'"{column.name}"' for column in TABLES[name])
        return f"insert into {name} ({columns}) select {distinct}{columns} from {self._reader.kept(name)}"

    def _typed(self, bill: Mapping[str, Any], shown_as: str) -> tuple[Rows, list[Refusal]]:
        """The rows of a bill by table, judged as a load would, and what is missing of them."""
        rows: Rows = {name: [] for name in self._names}
        faults: list[Refusal] = []
        questions: list[Refusal] = []
        given: dict[str, str] = {}
        for name, objects in bill.items():
            if name == "visits":
                continue
            table = next((one for one in TABLES.values() if name in (one.name, *one.aliases)), None)
            if table is None:
                faults.append(Refusal(f"'{name}' is no table of rows", where=shown_as, cure=nearest(name, TABLES)))
            elif other := given.get(table.name):
                what = f"'{name}' and '{other}' are one table under two names"
                faults.append(Refusal(what, where=shown_as, expected=f"one list of {table.name} rows"))
            elif table.name in rows:
                given[table.name] = name
                try:
                    rows[table.name], missing = self._reader.read(table, objects, shown_as)
                    questions += missing
                    faults += _clashes(table, rows[table.name], shown_as)
                except Refusals as refused:
                    faults += refused.found
                except Refusal as refused:
                    faults.append(refused)
        if not faults and not rows["visit"]:
            faults.append(Refusal("the bill names no visit", where=shown_as, expected='"visit": [{"visit_id": …}]'))
        if faults:
            raise Refusals(faults)
        return rows, questions


def _about(visits: Any, rows: Rows, shown_as: str) -> list[str]:
    """The visits that are asked about.

    Raises:
        Refusals: visits that the bill does not hold.
    """
    known = list(dict.fromkeys(row["visit_id"] for row in rows["visit"]))
    if visits is not None and (not visits or not isinstance(visits, (str, list))):
        raise Refusal(
            "'visits' names no visit", where=shown_as, expected='"visits": ["V1", …], or nothing to ask about all',
            cure="name the visits that are asked about, or leave it out",
        )  # fmt: skip
    asked = known if visits is None else list(visits) if isinstance(visits, list) else [visits]
    if strange := [one for one in asked if one not in known]:
        raise Refusals(
            Refusal(
                f"the visit asked about, '{one}', is not in the bill; visits of the bill: {_some(known)}",
                where=shown_as,
            )
            for one in strange
        )
    return list(dict.fromkeys(asked))


def _some(known: Collection[str]) -> str:
    more = f", and {len(known) - VISITS_NAMED} more" if len(known) > VISITS_NAMED else ""
    return ", ".join(list(known)[:VISITS_NAMED]) + more


def _strangers(rows: Rows, shown_as: str) -> Iterator[Refusal]:
    """Rows of a visit that the bill does not hold: no rule would look at them."""
    known = {row["visit_id"] for row in rows["visit"]}
    for name, given in rows.items():
        for number, row in enumerate(given, start=1):
            if name != "visit" and row.get("visit_id") is not None and row["visit_id"] not in known:
                what, where = f"no visit of the bill is '{row['visit_id']}'", f"{shown_as} {name}[{number}]"
                yield Refusal(what, where=where, cure=nearest(row["visit_id"], known))


def _orphans(rows: Rows, about: Collection[str], shown_as: str) -> Iterator[Refusal]:
    """Visits asked about whose person or institution the bill does not hold: rules of age or level would not see it."""
    for parent in NEEDED_BY_VISITS:
        key = TABLES[parent].key[0]
        known = {row[key] for row in rows[parent]}
        for number, row in enumerate(rows["visit"], start=1):
            if row["visit_id"] in about and row[key] not in known:
                yield Refusal(
                    f"the bill holds no {parent} '{row[key]}'",
                    where=f"{shown_as} visit[{number}]",
                    expected=f'"{parent}": [{{"{key}": "{row[key]}", …}}], written the same in both',
                    cure=nearest(row[key], known),
                )


def _of_others(rows: Rows, about: Collection[str], shown_as: str) -> Iterator[Refusal]:
    """Visits of persons of whom none is asked about: they are nobody's history, and may be another's bill."""
    persons = {row["person_id"] for row in rows["visit"] if row["visit_id"] in about}
    for number, row in enumerate(rows["visit"], start=1):
        if row["person_id"] not in persons:
            yield Refusal(
                f"the visit '{row['visit_id']}' is of a person of whom no visit is asked about",
                where=f"{shown_as} visit[{number}]",
                expected="the visits asked about, and the history of the same persons",
                cure="take it out, or ask about it in a bill of its own",
            )


def _astray(rows: Rows, shown_as: str) -> Iterator[Refusal]:
    """Rows that refer to a row which the bill does not hold, or which is of another visit.

    Of a table that the bill does not bring at all nothing can be missing: before payment there is no settlement.
    """
    for name, given in rows.items():
        table = TABLES[name]
        links = [(column.name, column.refers_to) for column in table if column.refers_to in rows]
        links += [(table.takes_back.link, name)] if table.takes_back else []
        for column, parent in links:
            others = {row[TABLES[parent].key[0]]: row for row in rows[parent]}
            # Persons, institutions and visits are looked for by themselves.
            if not others or parent == "visit" or "visit_id" not in TABLES[parent].schema:
                continue
            for number, row in enumerate(given, start=1):
                if row[column] is None:
                    continue
                where = f"{shown_as} {name}[{number}]"
                if (other := others.get(row[column])) is None:
                    what = f"no {parent} of the bill is '{row[column]}', which {column} names"
                    yield Refusal(what, where=where, cure=nearest(row[column], others))
                elif row.get("visit_id") != other.get("visit_id"):
                    yield Refusal(
                        f"the {parent} '{row[column]}' is of the visit '{other.get('visit_id')}',"
                        f" this row of '{row.get('visit_id')}'",
                        where=where, expected="both of one visit", cure="correct the one that is wrong",
                    )  # fmt: skip


def _once(table: Table, rows: list[Row]) -> list[Row]:
    """The rows without those that repeat one before."""
    return list({tuple(row[name] for name in table.key): row for row in rows}.values())


def _clashes(table: Table, rows: list[Row], shown_as: str) -> Iterator[Refusal]:
    """Rows with the key of one before and other content: nobody can say which of them holds."""
    first: dict[tuple[Any, ...], tuple[int, Row]] = {}
    for number, row in enumerate(rows, start=1):
        before, known = first.setdefault(tuple(row[name] for name in table.key), (number, row))
        if known is not row and known != row:
            yield Refusal(
                f"the same {', '.join(table.key)} as in {table.name}[{before}], with other content",
                where=f"{shown_as} {table.name}[{number}]",
                expected="one row for each key",
                cure="keep the right one",
            )


def read_bill(path: Path) -> dict[str, Any]:
    """A bill of a JSON file.

    Raises:
        Refusal: no such file, no JSON, no object, a key that appears twice. Numbers are kept as text.
    """
    bill = read_json(path, most=MOST_BYTES)
    if not isinstance(bill, dict):
        raise Refusal("a bill is one object", where=path.name, expected='{"visit": [...], "fee_line": [...]}')
    return bill
