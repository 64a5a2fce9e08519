"""How an indicator is declared: two sums that add up, kept apart, divided last and once."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.operations as ops

from yiheng.basis.evidence import Words
from yiheng.basis.refusals import Refusal, nearest

INDICATORS: dict[str, Indicator] = {}
TOTALS: dict[str, Total] = {}

# What a figure can be cut by, wherever its table has the column.
DIMENSIONS: dict[str, str] = {
    "consortium": "医共体",
    "institution": "机构",
    "institution_kind": "机构类别",
    "level": "医院等级",
    "visit_kind": "就诊类别",
    "insurance": "险种",
    "sex": "性别",
    "year": "年度",
    "month": "月份",
    "check": "校验",
    "check_kind": "校验类别",
}

# A distinct count or a mean of a group cannot be added to another group's.
ADDS_UP = (ops.Sum, ops.Count, ops.CountStar)

Better = Literal["higher", "lower", "neither"]
Unit = Literal["share", "fen", "days", "per_person_year"]
TotalUnit = Literal["fen", "people", "person_days"]
SETTLEMENTS = Words("笔结算", "settlements")

Tables = Mapping[str, ibis.Table]


@dataclass(frozen=True)
class Part:
    """One sum over one table."""

    table: ibis.Table
    amount: ibis.expr.types.Scalar

    def __post_init__(self) -> None:
        if not isinstance(self.amount.op(), ADDS_UP):
            raise TypeError(f"{type(self.amount.op()).__name__} does not add up across groups")


@dataclass(frozen=True)
class Ratio:
    """What an indicator divides: top by bottom."""

    top: Part
    bottom: Part


@dataclass(frozen=True)
class Indicator:
    """A declared indicator; its first sentence is what officials read."""

    name: str
    zh: str
    says_zh: str
    says_en: str
    unit: Unit
    better: Better
    source: str
    not_for: str
    define: Callable[[Tables], Ratio]

    def by(self, tables: Tables, keys: tuple[str, ...]) -> ibis.Table:
        """Both sums for each group of keys. Nothing is executed and nothing is divided.

        Raises:
            Refusal: when a key is no dimension, or the indicator cannot be cut by it.
        """
        ratio = self.define(tables)
        sides = []
        for part, top, bottom in ((ratio.top, 1, 0), (ratio.bottom, 0, 1)):
            for key in keys:
                _refuse_key(self.name, key, ratio)
            summed = part.table.group_by(*keys).agg(_sum=part.amount) if keys else part.table.agg(_sum=part.amount)
            summed = summed.mutate(_sum=summed._sum.cast("int64"))
            nothing = ibis.literal(0, "int64")
            sides.append(
                summed.select(*keys, top=summed._sum if top else nothing, bottom=summed._sum if bottom else nothing)
            )
        both = ibis.union(*sides)
        return (
            both.group_by(*keys).agg(top=both.top.sum(), bottom=both.bottom.sum())
            if keys
            else both.agg(top=both.top.sum(), bottom=both.bottom.sum())
        )


@dataclass(frozen=True)
class Total:
    """A declared sum that a settlement starts from, with the rows behind it.

    Attributes:
        unit: of the sum; person-days become people by the days of their year.
        table: of the lake, whose rows are behind it.
        rows: what such a row is called.
    """

    name: str
    zh: str
    en: str
    unit: TotalUnit
    table: str
    rows: Words
    define: Callable[[Tables], Part]

    def by(self, tables: Tables, keys: tuple[str, ...]) -> ibis.Table:
        """For each group of keys the sum, as ``fen`` or ``number``, how many rows, and how many of them lack it."""
        part = self.define(tables)
        summed = part.amount.op()
        unknown = summed.arg.to_expr().isnull().sum() if isinstance(summed, ops.Sum) else ibis.literal(0)
        return part.table.group_by(*keys).agg(
            **{"fen" if self.unit == "fen" else "number": part.amount.cast("int64")},
            rows=part.table.count(),
            unknown=unknown.cast("int64"),
        )


# What an indicator of claims adds to its sentence: it reads what is left after refunds and reversals.
NET = Words("全额退费或冲销的就诊不计。", "Visits that were refunded or reversed in full count nowhere.")


def indicator(
    *, zh: str, says: str, unit: Unit, better: Better, source: str, not_for: str, of_claims: bool = True
) -> Callable[[Callable[[Tables], Ratio]], Indicator]:
    """Declare an indicator: ``says`` is its Chinese sentence, the docstring its English one.

    Args:
        of_claims: whether it counts visits or what they cost; then its sentences say what refunds do.
    """

    def declare(define: Callable[[Tables], Ratio]) -> Indicator:
        says_zh, says_en = (says + NET.zh, f"{_sentence(define)} {NET.en}") if of_claims else (says, _sentence(define))
        made = Indicator(define.__name__, zh, says_zh, says_en, unit, better, source, not_for, define)
        if made.name in INDICATORS:
            raise TypeError(f"indicator {made.name} is declared twice")
        INDICATORS[made.name] = made
        return made

    return declare


def total(
    *, zh: str, unit: TotalUnit = "fen", table: str = "settlement", rows: Words = SETTLEMENTS
) -> Callable[[Callable[[Tables], Part]], Total]:
    """Declare a total: by default money, of settlements."""

    def declare(define: Callable[[Tables], Part]) -> Total:
        if define.__name__ in TOTALS:
            raise TypeError(f"total {define.__name__} is declared twice")
        made = Total(define.__name__, zh, _sentence(define), unit, table, rows, define)
        TOTALS[made.name] = made
        return made

    return declare


def keys_of(ratio: Ratio) -> Iterator[str]:
    """The dimensions that both tables of a ratio have."""
    return (key for key in DIMENSIONS if key in ratio.top.table.columns and key in ratio.bottom.table.columns)


def _sentence(define: Callable[..., object]) -> str:
    sentence = (inspect.getdoc(define) or "").split("\n\n")[0].replace("\n", " ")
    if not sentence.endswith("."):
        raise TypeError(f"{define.__name__} needs a docstring whose first sentence says what it means")
    return sentence


def _refuse_key(name: str, key: str, ratio: Ratio) -> None:
    if key not in DIMENSIONS:
        raise Refusal(f"unknown dimension '{key}'", expected=", ".join(DIMENSIONS), cure=nearest(key, DIMENSIONS))
    usable = list(keys_of(ratio))
    if key not in usable:
        raise Refusal(f"{name} cannot be cut by {key}", expected=f"any of {', '.join(usable)}")
