"""Examples of rules run on an engine: what each must catch is found, everything else is spared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa

from yiheng.basis.refusals import Refusal, nearest
from yiheng.codes import HOLDS, LISTS
from yiheng.records import RESULTS, TABLES
from yiheng.supervision import VIEWS, Rule
from yiheng.supervision.examples import Given, RuleExample, examples_of

Rows = Sequence[Mapping[str, str]]
Views = Mapping[str, Callable[[Mapping[str, ibis.Table]], ibis.Table]]

SCHEMAS = {
    **{name: t.schema for name, t in {**TABLES, **RESULTS}.items()},
    **{name: ibis.schema({**one.schema, **HOLDS}) for name, one in LISTS.items()},
}
READ: dict[str, Callable[[str], Any]] = {
    "string": str,
    "int64": int,
    "date": dt.date.fromisoformat,
    "boolean": {"yes": True, "no": False}.__getitem__,
}
ORDER = ("visit", "line", "about")
BOTH = "it has rows to catch and rows to spare"


@dataclass(frozen=True)
class Trial:
    """One test of a rule: an example of its own, or that its examples hold both kinds.

    Attributes:
        place: file and line of the example.
        differs: runs it; gives what is otherwise than it should be, nothing when it holds.
    """

    rule: str
    name: str
    place: str
    differs: Callable[[], list[str]]

    def __str__(self) -> str:
        return f"{self.rule}: {self.name}"


def trials(rules: Iterable[Rule], folder: Path) -> list[Trial]:
    """Everything to be tried of rules whose examples stand in a folder.

    Raises:
        Refusal: when a rule has no examples, or a file of them cannot be read.
    """
    made = []
    for rule in rules:
        examples = examples_of(rule, folder)
        made += [Trial(rule.name, one.name, one.place, _trying(rule, one)) for one in examples]
        made.append(Trial(rule.name, BOTH, examples[0].place if examples else folder.name, _counting(examples)))
    return made


def few_rows(
    given: Given, place: str = "", views: Views = VIEWS, without: tuple[str, ...] = ()
) -> Mapping[str, ibis.Table]:
    """The given rows as tables of an engine of their own; what is not given is unknown, other tables are empty.

    Args:
        place: where the rows stand, for refusals.
        views: wide tables, made where they are first asked for.
        without: tables that are not there at all, such as code lists that were never loaded.

    Raises:
        Refusal: for a table or column that no contract knows, or a value of another kind.
    """
    for name in given:
        if name not in SCHEMAS:
            raise Refusal(f"there is no table '{name}'", where=place, cure=nearest(name, SCHEMAS))
    return _FewRows({name: _table(name, rows, place) for name, rows in given.items()}, views, without)


class _FewRows(dict[str, ibis.Table]):
    """Tables of an engine, each made where it is first asked for."""

    def __init__(self, given: Mapping[str, pa.Table], views: Views, without: tuple[str, ...]) -> None:
        super().__init__()
        self._given, self._views, self._without = given, views, without
        self._engine = ibis.duckdb.connect()

    def __contains__(self, name: object) -> bool:
        return (name in SCHEMAS or name in self._views) and name not in self._without

    def __missing__(self, name: str) -> ibis.Table:
        if name not in self:
            raise LookupError(f"there is no table '{name}', {nearest(name, [*SCHEMAS, *self._views])}")
        if name in self._views:
            self[name] = self._engine.create_table(name, self._views[name](self), temp=True)
        else:
            rows = self._given[name] if name in self._given else SCHEMAS[name].to_pyarrow().empty_table()
            self._engine.con.register(name, rows)
            self[name] = self._engine.table(name)
        return self[name]


def _table(name: str, rows: Rows, place: str) -> pa.Table:
    schema = SCHEMAS[name]
    for column in (column for row in rows for column in row if column not in schema):
        raise Refusal(f"{name} has no column '{column}'", where=place, cure=nearest(column, schema))
    read = [
        {c: _read(row[c], kind, f"{place} {name}.{c}") if c in row else None for c, kind in schema.items()}
        for row in rows
    ]
    return pa.Table.from_pylist(read, schema=schema.to_pyarrow())


def _read(text: str, kind: Any, place: str) -> Any:
    try:
        if kind.is_timestamp():
            return dt.datetime.fromisoformat(text)
        return Decimal(text) if kind.is_decimal() else READ[str(kind)](text)
    except (ValueError, ArithmeticError, KeyError):
        raise Refusal(
            f"'{text}' is no {kind}", where=place, cure="write it as the contract of the table says"
        ) from None


def _trying(rule: Rule, example: RuleExample) -> Callable[[], list[str]]:
    return lambda: _differs(rule, example)


def _counting(examples: list[RuleExample]) -> Callable[[], list[str]]:
    def lacks() -> list[str]:
        some = [] if any(one.catches for one in examples) else ["no example catches anything"]
        return some + ([] if any(not one.catches for one in examples) else ["no example spares everything"])

    return lacks


def _differs(rule: Rule, example: RuleExample) -> list[str]:
    """Findings that are missing, too many or otherwise; sentences with a hole in them."""
    rows = rule.rows(few_rows(example.given, example.place)).to_pyarrow().to_pylist()
    found = sorted(map(rule.finding, rows), key=lambda f: [f[key] or "" for key in ORDER])
    wrong = []
    if len(found) != len(example.catches):
        says = "; ".join(f["says"] for f in found) or "nothing"
        wrong.append(f"{len(found)} findings, not {len(example.catches)}: {says}")
    for one, want in zip(found, example.catches, strict=False):
        for key, expected in want.items():
            if key not in one:
                wrong.append(f"a finding has no '{key}', {nearest(key, one)}")
            elif (told := "" if one[key] is None else str(one[key])) != expected:
                wrong.append(f"{key} is '{told}', not '{expected}'")
    for says in (f[language] for f in found for language in ("says", "says_en")):
        if "{" in says or "None" in says:
            wrong.append(f"a sentence has a hole: {says}")
    return wrong
