"""One bill before it is paid: the same rules as an audit, asked only where the bill holds what they speak of, and what
should be known of each line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.expr.operations import UnboundTable

from yiheng.basis.catalogue import refusal_in
from yiheng.codes import CATALOGUE, EXCEPTION, HOLDS, LISTS
from yiheng.records import FEW_VIEWS, REDUCED, TABLES, AsItStands, Standing
from yiheng.supervision import LIMITS, RULES, VIEWS, Rule, advice, own_fen, right_of, told

from .auditing import LISTED
from .bill_rows import BillReader, Rows
from .editions import edition_file, editions_in_use, overlay_on
from .excepted import Exceptions
from .place_limits import limit_pins
from .row_file import plain
from .workspace import Workspace

ASKED: tuple[str, ...] = ("before", "during")
# The table of limits depends on code lists alone and stands for all bills.
LIMITS_TABLE = "limit_of_item"
# What decides of a bill, the strictest first; of what is told alone the bill passes.
DECISIONS = ("stop", "hint")
DUCKDB = {
    "string": "VARCHAR", "date": "DATE", "timestamp(6)": "TIMESTAMP", "int64": "BIGINT", "boolean": "BOOLEAN",
    "decimal(16, 4)": "DECIMAL(16,4)", "decimal(16, 6)": "DECIMAL(16,6)",
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """A rule as it is asked of a bill: the columns of its answer, the views it reads, the items of which one must
    occur."""

    rule: Rule
    columns: tuple[str, ...]
    views: frozenset[str]
    items: frozenset[str] | None


class Desk:
    """Checks bills one by one; rules are compiled once.

    Args:
        on: the day for which code lists hold.

    Attributes:
        unknown: rules of the stages before payment that lack a code list, with what to do.
    """

    def __init__(self, workspace: Workspace, on: dt.date) -> None:
        # A bill is small: a second core costs more to wake than it brings.
        self._limits = LIMITS.with_values(limit_pins(workspace)["limits"])
        self._con = duckdb.connect(config={"threads": 1})
        # Nor is there anything to gain by planning: a plan costs more than a bill's few rows in any order.
        self._con.execute("pragma disable_optimizer")
        self._tables = _Tables(self._view)
        asked = [rule for rule in RULES.values() if set(rule.stages) & set(ASKED)]
        self._needed = sorted({name for rule in asked for name in (*rule.reads, *rule.beside)})
        for name in self._needed:
            self._tables[name] = self._filled(name, TABLES[name].kept)
        lists = {*LISTED, CATALOGUE.name, *(name for rule in asked for name in rule.codes)}
        held = self._lists(workspace, on, sorted(lists))
        self._exceptions = Exceptions(workspace, editions_in_use(workspace, [EXCEPTION.name]).get(EXCEPTION.name, []))
        # Each view with all that it reads in turn, in the order in which they build on each other.
        self._computed: dict[str, frozenset[str]] = {}
        self._tables[LIMITS_TABLE] = self._view(LIMITS_TABLE)
        self._leaving = list(self._leave_what_stands())
        self._reader = BillReader(self._con, self._needed, overlay_on(workspace, on)[1])
        self.unknown: list[dict[str, Any]] = []
        self._questions = [question for rule in asked if (question := self._question(rule, held))]
        self._advice = advice(self._tables)
        self._con.execute(f"prepare advise as {ibis.to_sql(self._advice, dialect='duckdb')}")

    def check(self, bill: Mapping[str, Any], shown_as: str = "bill") -> dict[str, Any]:
        """The findings about the visits that a bill names, what is decided by them, and advice about each line.

        Args:
            bill: rows by table under our names or national ones; ``visits`` names the visits that are asked about,
                all when it is left out. Other visits are the person's history. Orders of a visit that was charged
                nothing are its lines: a prescription is checked before anything is dispensed.

        Raises:
            Refusals: rows that a load would not accept either, tables that do not exist, rows that refer to nothing.
        """
        # What is taken back as a whole need not be deleted table by table.
        self._con.begin()
        try:
            rows, about, questions = self._reader.read(bill, shown_as)
            items = {row["item_code"] for row in rows["fee_line"]}
            asked = [one for one in self._questions if one.items is None or one.items & items]
            self._fill(rows, frozenset().union(*(one.views for one in asked)))
            found = [finding for question in asked for finding in self._ask(question) if finding["visit"] in about]
            lines = list(self._advise(about))
        finally:
            self._con.rollback()
        found.sort(key=lambda one: (one["rule"], one["visit"], one["line"] or "", one["about"] or ""))
        judged = [(one, self._exceptions.of(one)) for one in found]
        findings = [plain(one) for one, grounds in judged if not grounds]
        return {
            "visits": list(about),
            "decision": _decision(findings),
            "findings": findings,
            "at_stake_fen": sum(one["at_stake_fen"] for one in findings),
            "excepted": [plain({**one, "exception": grounds}) for one, grounds in judged if grounds],
            "lines": lines,
            "asked": [one.rule.name for one in asked],
            "unknown": self.unknown,
            "questions": [str(one) for one in questions],
            "questions_zh": [refusal_in(one, "zh") for one in questions],
        }

    def _fill(self, rows: Rows, views: frozenset[str]) -> None:
        if any((row["quantity"] or 0) < 0 for row in rows["fee_line"]) or any(map(_takes_back, rows["settlement"])):
            for statement in self._leaving:
                self._con.execute(statement)
        for name in self._computed:
            if name in views:
                self._con.execute(f"execute fill_{name}")

    def _ask(self, question: Question) -> Iterator[dict[str, Any]]:
        answer = self._con.execute(f'execute "ask_{question.rule.name}"').fetchall()
        for row in answer:
            finding = question.rule.finding(dict(zip(question.columns, row, strict=True)))
            right = right_of(finding)
            yield {**finding, "right": right and right.zh, "right_en": right and right.en}

    def _advise(self, about: Collection[str]) -> Iterator[dict[str, Any]]:
        for values in self._con.execute("execute advise").fetchall():
            row = dict(zip(self._advice.columns, values, strict=True))
            named = {"visit": row.pop("visit_id"), "line": row.pop("line_id")}
            if named["visit"] not in about:
                continue
            says = told(row)
            yield plain({**named, **row, "own_fen": own_fen(row), "says": says.zh, "says_en": says.en})

    def _view(self, name: str) -> ibis.Table:
        """A table for what a view gives of a bill, and how it is filled."""
        expression = VIEWS[name](self._tables)
        sql = str(ibis.to_sql(expression, dialect="duckdb"))
        self._con.execute(f"create temp table {name} as {sql}")
        if name != LIMITS_TABLE:
            self._con.execute(f"prepare fill_{name} as insert into {name} {sql}")
            self._computed[name] = self._views_of(expression)
        return ibis.table(expression.schema(), name=name)

    def _leave_what_stands(self) -> Iterator[str]:
        """The statements after which the tables hold what stands of a bill's rows; few bills need them."""
        stands = Standing(self._tables)
        reduced = {name: str(ibis.to_sql(stands[name], dialect="duckdb")) for name in REDUCED}
        for name in FEW_VIEWS:
            yield f"execute fill_{name}"
        for name, sql in reduced.items():
            self._con.execute(f"create temp table {name}_left as {sql}")
            self._con.execute(f"prepare leave_{name} as insert into {name}_left {sql}")
            yield f"execute leave_{name}"
        for name in reduced:
            yield f"delete from {name}"
            yield f"insert into {name} by name select * from {name}_left"

    def _views_of(self, expression: ibis.Table) -> frozenset[str]:
        read = {table.name for table in expression.op().find(UnboundTable)} & self._computed.keys()
        return frozenset(read).union(*(self._computed[name] for name in read))

    def close(self) -> None:
        """Free the desk."""
        self._con.close()

    def _lists(self, workspace: Workspace, on: dt.date, names: list[str]) -> set[str]:
        """Take the editions that hold on a day; gives the lists that have one."""
        held = set()
        editions = editions_in_use(workspace, names)
        for name in names:
            schema = ibis.schema({**LISTS[name].schema, **HOLDS})
            self._tables[name] = ibis.table(schema, name=name)
            one = next((one for one in editions.get(name, []) if one.holds_on(on)), None)
            rows = pq.read_table(edition_file(workspace, name, one.edition, LISTS[name])).to_pylist() if one else []
            self._con.register(name, pa.Table.from_pylist(rows, schema=schema.to_pyarrow()))
            held |= {name} if one else set()
        return held

    def _question(self, rule: Rule, held: set[str]) -> Question | None:
        lacks = [name for name in rule.codes if name not in held]
        if lacks and (not rule.any_list or len(lacks) == len(rule.codes)):
            to_do = f"yiheng codes load FILE --list {lacks[0]}"
            self.unknown.append({"rule": rule.name, "zh": rule.zh, "missing": lacks, "to_do": to_do})
            return None
        items = None
        if rule.limits_of:
            codes = f"select distinct item_code from {LIMITS_TABLE} where rule_class = ?"
            items = frozenset(code for (code,) in self._con.execute(codes, [rule.limits_of]).fetchall())
            if not items:
                return None
        rows = rule.rows(self._tables, None if rule.package else self._limits)
        # Sums come wider than the whole numbers they are declared as.
        shown = ", ".join(f'"{name}"::{DUCKDB.get(str(kind), "BIGINT")}' for name, kind in rows.schema().items())
        self._con.execute(f'prepare "ask_{rule.name}" as select {shown} from ({ibis.to_sql(rows, dialect="duckdb")})')
        return Question(rule, rows.columns, self._views_of(rows), items)

    def _filled(self, name: str, schema: ibis.Schema) -> ibis.Table:
        """An empty table that the rows of each bill fill, so that a plan is made once for all bills."""
        shown = ", ".join(f'"{column}" {DUCKDB[str(kind)]}' for column, kind in schema.items())
        self._con.execute(f"create temp table {name} ({shown})")
        return ibis.table(schema, name=name)


class _Tables(dict[str, ibis.Table], AsItStands):
    """Tables by name; a bill's rows hold only what stands, and a view is built where it is first asked for."""

    def __init__(self, build: Callable[[str], ibis.Table]) -> None:
        super().__init__()
        self._build = build

    def __missing__(self, name: str) -> ibis.Table:
        if name not in VIEWS:
            raise KeyError(name)
        self[name] = self._build(name)
        return self[name]


def _takes_back(paid: Mapping[str, Any]) -> bool:
    amounts = (paid["total_fen"], paid["fund_fen"])
    return bool(paid["refund"] or paid["reversal_of"]) or any(one is not None and one < 0 for one in amounts)


def _decision(findings: list[dict[str, Any]]) -> str:
    answers = {one["answer"] for one in findings}
    return next((one for one in DECISIONS if one in answers), "pass")
