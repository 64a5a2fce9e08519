"""Quality of settlement lists and of totals: checks named by their fault, their verdicts, their indicators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import ibis
from ibis import _

from yiheng.basis.evidence import Words

from .declare import Part, Ratio, Tables, indicator

# Is it there, does it contradict itself, is it in time, does it look like a hospital: four questions, kept apart.
Kind = Literal["structural", "logical", "timely", "analytical"]
KINDS: dict[Kind, Words] = {
    "structural": Words("完整性", "Completeness"),
    "logical": Words("逻辑性", "Consistency"),
    "timely": Words("及时性", "Timeliness"),
    "analytical": Words("合理性", "Plausibility"),
}
VERDICTS = ("valid", "invalid", "unknown")
Judge = Callable[[ibis.Table], ibis.expr.types.BooleanValue]

CHECKS: dict[str, QualityCheck] = {}
# What a value in question is called where no column of a contract has its name.
FIELDS: dict[str, Words] = {}

LISTS, MONTHS = "listed", "hospital_month"
UNIT_KEYS = ("institution", "institution_kind", "level", "year", "month")
BETWEEN_VALUES, NOTHING_THERE = " / ", "—"


@dataclass(frozen=True)
class QualityCheck:
    """One check.

    Attributes:
        fields: the columns in question, of the view that is judged.
        fault: true where the row has the fault, null where that cannot be told.
        applies: false where the check has nothing to judge; null where even that cannot be told.
        of: the view whose rows are judged: settlement lists, or months of an institution.
    """

    name: str
    kind: Kind
    says: Words
    expected: Words
    fields: tuple[str, ...]
    fault: Judge
    applies: Judge | None = None
    of: str = LISTS

    def judged(self, rows: ibis.Table) -> tuple[ibis.expr.types.BooleanValue, ...]:
        """Whether a row is valid, invalid, unknown; it is neither where the check does not apply."""
        fault = self.fault(rows)
        if self.applies is None:
            return ~fault, fault, fault.isnull()
        applies = self.applies(rows)
        return applies & ~fault, applies & fault, applies.isnull() | (applies & fault.isnull())


def check(made: QualityCheck) -> None:
    """Declare a check.

    Raises:
        TypeError: when the name is taken.
    """
    if made.name in CHECKS:
        raise TypeError(f"check {made.name} is declared twice")
    CHECKS[made.name] = made


def counted(t: Tables, of: str, keys: tuple[str, ...]) -> ibis.Table:
    """One row a check and group of keys: rows judged valid, invalid, and not judged."""
    rows, checks = t[of], [one for one in CHECKS.values() if one.of == of]
    sums = {
        f"{one.name} {verdict}": judged.sum().fill_null(0).cast("int64")
        for one in checks
        for verdict, judged in zip(VERDICTS, one.judged(rows), strict=True)
    }
    grouped = rows.group_by(*keys).agg(**sums)
    return _a_row_a_check(
        grouped,
        keys,
        [
            {"check_kind": one.kind, "check": one.name, **{v: grouped[f"{one.name} {v}"] for v in VERDICTS}}
            for one in checks
        ],
    ).filter(_.valid + _.invalid + _.unknown > 0)


def questioned(t: Tables) -> ibis.Table:
    """One row a check and settlement list, or month of an institution, that is invalid or unknown; the rest is valid.

    ``found`` holds the values of the check's fields, in their order.
    """
    none = ibis.null("string")
    lists = t[LISTS].mutate(visit=_.visit_id, settlement=_.settlement_id)
    months = t[MONTHS].mutate(visit=none, settlement=none)
    return ibis.union(*(_in_question(rows, of) for rows, of in ((lists, LISTS), (months, MONTHS))))


def _in_question(rows: ibis.Table, of: str) -> ibis.Table:
    made = []
    for one in (one for one in CHECKS.values() if one.of == of):
        _valid, invalid, unknown = one.judged(rows)
        verdict = ibis.cases((invalid, "invalid"), (unknown, "unknown"))
        found = [rows[field].cast("string").fill_null(NOTHING_THERE) for field in one.fields]
        made.append({"check": one.name, "verdict": verdict, "found": ibis.literal(BETWEEN_VALUES).join(found)})
    return _a_row_a_check(rows, ("institution", "month", "visit", "settlement"), made).filter(_.verdict.notnull())


def _a_row_a_check(rows: ibis.Table, keys: tuple[str, ...], of_checks: list[dict[str, Any]]) -> ibis.Table:
    """The keys of each row with the columns of every check, one below the other."""
    each = rows.select(*keys, one=ibis.array([ibis.struct(columns) for columns in of_checks]).unnest())
    return each.select(*keys, **{name: each.one[name] for name in of_checks[0]})


def list_checked(t: Tables) -> ibis.Table:
    """One row a check and unit of lists: how many are valid, invalid, unknown."""
    return counted(t, LISTS, ("consortium", *UNIT_KEYS))


def totals_checked(t: Tables) -> ibis.Table:
    """One row a check and month of an institution: whether its totals are valid, invalid, unknown."""
    return counted(t, MONTHS, UNIT_KEYS)


def _passed(checked: ibis.Table) -> Ratio:
    judged = checked.mutate(judged=_.valid + _.invalid)
    return Ratio(Part(judged, judged.valid.sum()), Part(judged, judged.judged.sum()))


@indicator(
    zh="结算清单质量",
    says="结算清单与病案首页各项校验中通过的比例；无法判断的不计入。",
    unit="share",
    better="higher",
    source="医疗保障基金结算清单质量审核：及时性、完整性、准确性",
    not_for="未上报清单的机构",
)
def list_quality(t: Tables) -> Ratio:
    """Of all checks that could be judged on settlement lists, the share that passed."""
    return _passed(t["list_checked"])


@indicator(
    zh="机构汇总合理性",
    says="机构每月住院汇总数据各项校验中通过的比例；住院太少而无法判断的不计入。",
    unit="share",
    better="higher",
    source="GZ10000201001000 医保结算清单信息异常：合理性",
    not_for="每月住院很少的机构",
)
def totals_quality(t: Tables) -> Ratio:
    """Of all checks that could be judged on the monthly totals of institutions, the share that passed."""
    return _passed(t["totals_checked"])


@indicator(
    zh="清单上报天数",
    says="从出院到结算清单上报的平均天数；没有上报时间的清单不计入。",
    unit="days",
    better="lower",
    source="医疗保障基金结算清单质量审核：及时性",
    not_for="清单不带上报时间的机构",
)
def listing_days(t: Tables) -> Ratio:
    """Mean days from discharge to the day the settlement list came in; lists without that day are left out."""
    known = t["listed"].filter(_.days_to_listing.notnull())
    return Ratio(Part(known, known.days_to_listing.sum()), Part(known, known.count()))
