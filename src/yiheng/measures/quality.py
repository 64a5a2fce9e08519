"""Quality of settlement lists and front pages: checks named by their fault, and the indicator made of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import ibis
from ibis import _

from yiheng.basis.evidence import Words

from .declare import Part, Ratio, Tables, indicator
from .views import LIMITS

# Is it there, does it contradict itself, is it in time: three questions, kept apart.
Question = Literal["structural", "logical", "timely"]
QUESTIONS: dict[Question, str] = {"structural": "完整性", "logical": "逻辑性", "timely": "及时性"}

CHECKS: dict[str, QualityCheck] = {}
# The code lists that the checks read, where they were loaded.
CODES = ("gray_code",)

PLANNED, NOT_PLANNED = "2", "1"
TRANSFERS = ("transferred", "transferred_down")
ORGANISMS = ("B95", "B96", "B97")
UNSPECIFIED_HEART_FAILURE = "I50.9"


@dataclass(frozen=True)
class QualityCheck:
    """One check: true where the list has the fault, null where it cannot be judged."""

    name: str
    question: Question
    says: Words
    fault: Callable[[ibis.Table], ibis.expr.types.BooleanValue]


def _check(
    name: str, question: Question, zh: str, en: str, fault: Callable[[ibis.Table], ibis.expr.types.BooleanValue]
) -> None:
    CHECKS[name] = QualityCheck(name, question, Words(zh, en), fault)


def listed(t: Tables) -> ibis.Table:
    """One row a settlement list, with its visit, person and what is coded of it."""
    codes = (
        t["diagnosis"]
        .group_by("visit_id")
        .agg(
            diagnoses=_.count(),
            different_diagnoses=_.code.nunique(),
            mains=_.is_main.sum(),
            main_code=_.code.min(where=_.is_main),
            main_condition=_.admission_condition.min(where=_.is_main),
        )
    )
    operations = (
        t["operation"]
        .group_by("visit_id")
        .agg(operations=_.count(), first_operation=_.operated_on.min(), last_operation=_.operated_on.max())
    )
    born = t["person"].select(person=_.person_id, born_on=_.born_on)
    rows = (
        t["front_page"]
        .join(t["visited"], "visit_id")
        .join(born, "person")
        .left_join(codes, "visit_id", rname="coded_{name}")
        .left_join(operations, "visit_id", rname="operated_{name}")
        .mutate(
            diagnoses=_.diagnoses.fill_null(0),
            mains=_.mains.fill_null(0),
            operations=_.operations.fill_null(0),
            list_admitted_on=_.admitted_at.date(),
            list_discharged_on=_.discharged_at.date(),
        )
    )
    return _with_gray(rows, t)


def _with_gray(rows: ibis.Table, t: Tables) -> ibis.Table:
    """Adds whether the main code is a gray one; unknown where no edition of the list holds on the day of discharge."""
    if "gray_code" not in t:
        return rows.mutate(main_is_gray=ibis.null("boolean"))
    gray = t["gray_code"].select(gray="code", gray_from="holds_from", gray_until="holds_until").distinct()
    spans = gray.select(span_from="gray_from", span_until="gray_until", held=True).distinct()
    day = rows.list_discharged_on
    dated = rows.left_join(
        spans,
        [
            spans.span_from.isnull() | (spans.span_from <= day),
            spans.span_until.isnull() | (spans.span_until >= day),
        ],
    )
    found = dated.left_join(
        gray,
        [
            dated.main_code == gray.gray,
            dated.span_from.identical_to(gray.gray_from),
            dated.span_until.identical_to(gray.gray_until),
        ],
    )
    is_gray = ibis.ifelse(found.held & found.main_code.notnull(), found.gray.notnull(), ibis.null("boolean"))
    return found.mutate(main_is_gray=is_gray)


def list_checked(t: Tables) -> ibis.Table:
    """One row a check, list dimension and verdict count: judged lists and faulty lists."""
    rows = listed(t)
    keys = ["consortium", "institution", "institution_kind", "level", "year", "month"]
    counted = [
        rows.select(*keys, fault=check.fault(rows))
        .group_by(*keys)
        .agg(
            check=ibis.literal(name),
            judged=_.fault.count(),
            faulty=_.fault.sum().fill_null(0).cast("int64"),
        )
        for name, check in CHECKS.items()
    ]
    return ibis.union(*counted)


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
    checked = t["list_checked"].mutate(passed=_.judged - _.faulty)
    return Ratio(Part(checked, checked.passed.sum()), Part(checked, checked.judged.sum()))


REQUIRED = {
    "nationality": "国籍",
    "occupation": "职业",
    "contact_relation": "与患者关系",
    "inpatient_kind": "住院医疗类型",
    "admission_department": "入院科别",
    "discharge_department": "出院科别",
    "payment_method": "医保支付方式",
    "doctor": "主诊医师代码",
    "discharge_way": "离院方式",
    "admitted_at": "入院时间",
    "discharged_at": "出院时间",
}


def _missing(column: str) -> Callable[[ibis.Table], ibis.expr.types.BooleanValue]:
    return lambda t: t[column].isnull()


for _column, _zh in REQUIRED.items():
    _check(f"{_column}_missing_on_list", "structural", f"清单缺少{_zh}", f"the list lacks {_column}", _missing(_column))

_check("main_diagnosis_missing", "structural", "没有主要诊断", "no main diagnosis is coded", lambda t: t.mains == 0)
_check(
    "several_main_diagnoses",
    "logical",
    "主要诊断多于一个",
    "more than one main diagnosis is coded",
    lambda t: t.mains > 1,
)
_check(
    "diagnosis_listed_twice",
    "logical",
    "同一诊断编码重复填写",
    "one diagnosis code stands twice",
    lambda t: t.diagnoses != t.different_diagnoses,
)
_check(
    "list_discharged_before_admitted",
    "logical",
    "清单出院时间早于入院时间",
    "the list's discharge is before its admission",
    lambda t: t.discharged_at < t.admitted_at,
)
_check(
    "list_admission_differs_from_visit",
    "logical",
    "清单入院日期与就诊记录不符",
    "the list's admission differs from the visit's",
    lambda t: t.list_admitted_on != t.began_on,
)
_check(
    "list_discharge_differs_from_visit",
    "logical",
    "清单出院日期与就诊记录不符",
    "the list's discharge differs from the visit's",
    lambda t: t.list_discharged_on != t.ended_on,
)
_check(
    "stay_days_differ_from_dates",
    "logical",
    "实际住院天数与入出院日期不符",
    "the days of the stay differ from its dates",
    lambda t: t.stay_days != ibis.greatest(t.list_discharged_on.delta(t.list_admitted_on, unit="day"), 1),
)
_check(
    "born_after_admission",
    "logical",
    "出生日期晚于入院日期",
    "born after the admission",
    lambda t: t.born_on > t.list_admitted_on,
)
_check(
    "diagnosis_count_differs",
    "logical",
    "诊断代码计数与诊断条数不符",
    "the count of diagnosis codes differs from the codes",
    lambda t: t.diagnosis_count != t.diagnoses,
)
_check(
    "operation_count_differs",
    "logical",
    "手术操作代码计数与手术条数不符",
    "the count of procedure codes differs from the codes",
    lambda t: t.operation_count != t.operations,
)
_check(
    "operated_outside_stay",
    "logical",
    "手术日期不在住院期间",
    "an operation is dated outside the stay",
    lambda t: (t.first_operation < t.list_admitted_on) | (t.last_operation > t.list_discharged_on),
)
_check(
    "main_condition_absent",
    "logical",
    "主要诊断的入院病情为“无”",
    "the main diagnosis was absent on admission",
    lambda t: t.main_condition == "absent",
)
_check(
    "main_diagnosis_is_organism",
    "logical",
    "以病原体编码（B95-B97）为主要诊断",
    "the main diagnosis is an organism code (B95-B97)",
    lambda t: (
        t.main_code.startswith(ORGANISMS[0])
        | t.main_code.startswith(ORGANISMS[1])
        | t.main_code.startswith(ORGANISMS[2])
    ),
)
_check(
    "main_diagnosis_is_unspecified",
    "logical",
    "以未特指的心力衰竭（I50.9）为主要诊断",
    "the main diagnosis is heart failure, unspecified (I50.9)",
    lambda t: t.main_code.startswith(UNSPECIFIED_HEART_FAILURE),
)
_check(
    "main_diagnosis_is_gray",
    "logical",
    "主要诊断使用灰码",
    "the main diagnosis is a gray code, which has finer ones",
    lambda t: t.main_is_gray,
)
_check(
    "newborn_admission_missing",
    "logical",
    "新生儿未填新生儿入院类型",
    "a newborn without a kind of newborn admission",
    lambda t: ibis.ifelse(
        t.age_days <= LIMITS["newborn_days"].value, t.newborn_admission.isnull(), ibis.null("boolean")
    ),
)
_check(
    "newborn_weight_out_of_range",
    "logical",
    "新生儿出生体重不在 100-9999 克之间",
    "a newborn's birth weight is not between 100 and 9,999 g",
    lambda t: ~t.birth_weight_g.between(LIMITS["least_newborn_weight"].value, LIMITS["most_newborn_weight"].value),
)
_check(
    "receiving_institution_missing",
    "logical",
    "转院未填拟接收机构",
    "transferred without naming who takes over",
    lambda t: ibis.ifelse(t.discharge_way.isin(TRANSFERS), t.receiving_institution.isnull(), ibis.null("boolean")),
)
_check(
    "readmission_purpose_missing",
    "logical",
    "有 31 天内再住院计划而未填目的",
    "another stay is planned without a purpose",
    lambda t: ibis.ifelse(t.readmission_plan == PLANNED, t.readmission_purpose.isnull(), ibis.null("boolean")),
)
_check(
    "readmission_purpose_without_plan",
    "logical",
    "无 31 天内再住院计划而填了目的",
    "a purpose is given though no other stay is planned",
    lambda t: ibis.ifelse(t.readmission_plan == NOT_PLANNED, t.readmission_purpose.notnull(), ibis.null("boolean")),
)
_check(
    "listed_late",
    "timely",
    "结算清单未在出院后 7 日内上报",
    "the list came later than 7 days after discharge",
    lambda t: t.declared_at.date().delta(t.list_discharged_on, unit="day") > LIMITS["listed_within_days"].value,
)
