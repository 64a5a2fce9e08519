"""What a rule must be like, whoever declares it; judged from its expression, with nothing executed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

import ibis
import ibis.expr.operations as ops

from yiheng.basis.refusals import nearest
from yiheng.codes import HOLDS, LISTS
from yiheng.records import TABLES, AsItStands

from .declare import EXPECTED, SUBJECT, WEIGHTS, Rule, Stage, named_in
from .views import VIEWS

NAME = re.compile("[a-z][a-z0-9_]*")
CHINESE = re.compile("[一-鿿]")
# What verdicts of a rule are kept under has this many letters.
LONGEST_NAME = 80
# Whole fen stay whole, and an expression runs on every engine as it is.
NOT_IN_A_RULE = {
    ops.Divide: "divides",
    ops.FloorDivide: "divides",
    ops.Modulus: "divides",
    ops.ScalarUDF: "calls a function of its own for each row",
    ops.AggUDF: "calls a function of its own for each group",
}
KINDS = {"occurred_on": "date", "scope_fen": "int64"}
# A sum and a literal null come wider or typeless; the run narrows them.
AS_GOOD = {"int64": {"int64", "int32", "int16", "int8", "decimal(38, 0)", "null"}}


class _Defined(dict[str, ibis.Table], AsItStands):
    """The contracts as tables without rows, the shared views as their definitions."""

    def __init__(self) -> None:
        schemas = {name: table.schema for name, table in TABLES.items()}
        schemas |= {name: ibis.schema({**one.schema, **HOLDS}) for name, one in LISTS.items()}
        super().__init__({name: ibis.table(schema, name=name) for name, schema in schemas.items()})

    def __missing__(self, name: str) -> ibis.Table:
        if name not in VIEWS:
            raise LookupError(f"there is no table '{name}', {nearest(name, [*self, *VIEWS])}")
        self[name] = VIEWS[name](self)
        return self[name]


def shape_faults(rule: Rule) -> list[str]:
    """What is wrong with a rule's declaration and expression, each as a clause about the rule."""
    return [*_declared(rule), *_expressed(rule)]


def _declared(rule: Rule) -> Iterator[str]:
    short = rule.name.rpartition(".")[2]
    if not NAME.fullmatch(short):
        yield "its name is not of small letters, digits and _"
    if len(rule.name) > LONGEST_NAME:
        yield f"its name is longer than {LONGEST_NAME} letters"
    if not CHINESE.search(rule.zh) or not CHINESE.search(rule.says.zh):
        yield "name or sentence of a finding is not Chinese"
    if not rule.sentence.endswith("."):
        yield "its docstring does not begin with a sentence that ends with a full stop"
    if not rule.source or not rule.not_for:
        yield "it does not say its source and what it is not for"
    if rule.weight not in WEIGHTS:
        yield f"there is no weight '{rule.weight}', {nearest(rule.weight, WEIGHTS)}"
    if not rule.stages or set(rule.stages) - set(get_args(Stage)):
        yield f"its stages are not of {', '.join(get_args(Stage))}"
    for name in (one for one in (*rule.reads, *rule.beside) if one not in TABLES):
        yield f"it reads '{name}', which is no table, {nearest(name, TABLES)}"
    for name in (one for one in rule.codes if one not in LISTS):
        yield f"it needs '{name}', which is no code list, {nearest(name, LISTS)}"


def _expressed(rule: Rule) -> Iterator[str]:
    try:
        rows = rule.find(_Defined(), rule.limits)
    except Exception as wrong:  # whatever a rule of others throws is said, and is no fault of ours
        yield f"its expression cannot be made: {type(wrong).__name__}: {wrong}"
        return
    if not isinstance(rows, ibis.Table):
        yield f"it gives a {type(rows).__name__}, not a table"
        return
    schema = rows.schema()
    if missing := [column for column in SUBJECT if column not in schema]:
        yield f"it does not select {', '.join(missing)}"
    for column, kind in schema.items():
        wanted = KINDS.get(column, "string" if column in SUBJECT else "")
        if wanted and str(kind).lstrip("!") not in {wanted, "null", *AS_GOOD.get(wanted, ())}:
            yield f"its column {column} is {kind}, not {wanted}"
        if kind.is_floating():
            yield f"its column {column} is floating point"
    yield from _built(rule, rows)
    yield from _said(rule, set(schema))


def _built(rule: Rule, rows: ibis.Table) -> Iterator[str]:
    operation = rows.op()
    for what in sorted({NOT_IN_A_RULE[kind] for kind in NOT_IN_A_RULE if operation.find(kind)}):
        yield f"it {what}"
    read = {one.name for one in operation.find(ops.UnboundTable)}
    if unsaid := sorted(read & set(TABLES) - {*rule.reads, *rule.beside}):
        yield f"it reads {', '.join(unsaid)} without saying so in reads"
    if unsaid := sorted(read & set(LISTS) - set(rule.codes)):
        yield f"it reads {', '.join(unsaid)} without saying so in codes"


def _said(rule: Rule, columns: set[str]) -> Iterator[str]:
    if set(EXPECTED) <= columns:
        columns = {*columns, "expected_per_mille"}
    if rule.doubt and rule.doubt.column not in columns:
        yield f"it is in doubt by {rule.doubt.column}, which it does not select"
    for says in (rule.says, *rule.says_of.values(), *([rule.doubt.says] if rule.doubt else [])):
        if unknown := sorted(named_in(says) - columns):
            yield f"its sentence names {', '.join(unknown)}, which it does not select"
