"""The checks of settlement lists and front pages."""

from __future__ import annotations

from functools import partial

import ibis

from yiheng.basis.evidence import Words
from yiheng.records import TABLES

from .quality import FIELDS, Judge, Kind, QualityCheck, check
from .views import LIMITS

PLANNED, NOT_PLANNED = "2", "1"
TRANSFERS = ("transferred", "transferred_down")
ORGANISMS = ("B95", "B96", "B97")
UNSPECIFIED_HEART_FAILURE = "I50.9"
# Codes that count vessels, stents or implants, and say nothing of what was done.
COUNTING = (
    "00.40", "00.41", "00.42", "00.43", "00.44", "00.45", "00.46", "00.47", "00.48",
    "00.74", "00.75", "00.76", "00.77", "00.9",
)  # fmt: skip
LEAST, MOST = LIMITS["least_newborn_weight"].value, LIMITS["most_newborn_weight"].value
REQUIRED = (
    "nationality", "occupation", "contact_relation", "inpatient_kind", "admission_department", "discharge_department",
    "payment_method", "doctor", "discharge_way", "admitted_at", "discharged_at", "stay_days", "diagnosis_count",
)  # fmt: skip

FIELDS.update(
    began_on=Words("就诊开始日期", "first day of the visit"),
    ended_on=Words("就诊结束日期", "last day of the visit"),
    born_on=Words("出生日期", "birthday"),
    sex=Words("性别", "sex"),
    diagnoses=Words("诊断条数", "diagnoses coded"),
    different_diagnoses=Words("不同诊断编码数", "different diagnosis codes"),
    mains=Words("主要诊断数", "main diagnoses"),
    main_code=Words("主要诊断代码", "main diagnosis code"),
    main_condition=Words("主要诊断入院病情", "admission condition of the main diagnosis"),
    operations=Words("手术条数", "operations coded"),
    main_operation=Words("主要手术代码", "main procedure code"),
    first_operation=Words("最早手术日期", "first operation"),
    last_operation=Words("最晚手术日期", "last operation"),
    outpatient_for_other_sex=Words("门（急）诊诊断代码", "out-patient diagnosis code"),
    diagnosis_for_other_sex=Words("诊断代码", "diagnosis code"),
    operation_for_other_sex=Words("手术操作代码", "procedure code"),
    age_by_birth=Words("按出生日期计算的年龄", "age by the birthday"),
    total_fen=Words("结算总额（分）", "settled total, fen"),
    lines_fen=Words("明细合计（分）", "sum of the lines, fen"),
    services=Words("服务项目明细条数", "lines of services"),
    visit_days=Words("就诊天数", "days of the visit"),
)  # fmt: skip


def _no_weight(column: str, t: ibis.Table) -> ibis.expr.types.BooleanValue:
    # Not written as NOT BETWEEN: asked whether that is null, the SQL negates the answer instead.
    return (t[column] < LEAST) | (t[column] > MOST)


def _there(column: str, t: ibis.Table) -> ibis.expr.types.BooleanValue:
    return t[column].notnull()


def _on_list(
    name: str, kind: Kind, says: Words, expected: Words, fields: tuple[str, ...], fault: Judge, *also: Judge
) -> None:
    """A check that has nothing to judge where there is no list, nor where one of ``also`` is false."""

    def applies(t: ibis.Table) -> ibis.expr.types.BooleanValue:
        return ibis.and_(t.has_list, *(one(t) for one in also))

    check(QualityCheck(name, kind, says, expected, fields, fault, applies))


def _on_stay(name: str, says: Words, expected: Words, fields: tuple[str, ...], fault: Judge, applies: Judge) -> None:
    check(QualityCheck(name, "analytical", says, expected, fields, fault, applies))


def _missing(column: str) -> Judge:
    return lambda t: t[column].isnull()


def _starts_with_any(code: ibis.expr.types.StringValue, prefixes: tuple[str, ...]) -> ibis.expr.types.BooleanValue:
    return ibis.or_(*(code.startswith(prefix) for prefix in prefixes))


def _where_dates_are_in_order(t: ibis.Table, fault: ibis.expr.types.BooleanValue) -> ibis.expr.types.BooleanValue:
    """Dates that lack or contradict each other are faults of their own and give nothing to compare with."""
    return ibis.ifelse(t.discharged_at >= t.admitted_at, fault, ibis.null("boolean"))


def _for_other_sex(t: ibis.Table, codes: str) -> ibis.expr.types.BooleanValue:
    """Without a known sex or the list of conflicting codes nobody can say."""
    return ibis.ifelse(t.sex_is_judged, t[f"{codes}_for_other_sex"].notnull(), ibis.null("boolean"))


def _is_newborn(t: ibis.Table) -> ibis.expr.types.BooleanValue:
    return t.newborn


check(
    QualityCheck(
        "list_missing",
        "structural",
        Words("已出院而没有结算清单", "the stay ended and has no settlement list"),
        Words("每次住院一份结算清单", "a settlement list for every stay"),
        ("began_on", "ended_on"),
        lambda t: t.lacks_list,
    )
)

for _column in REQUIRED:
    _declared = TABLES["front_page"][_column]
    _on_list(
        f"{_column}_missing_on_list",
        "structural",
        Words(f"清单缺少{_declared.zh}", f"the list lacks: {_declared.en}"),
        Words("必填", "required"),
        (_column,),
        _missing(_column),
    )

_on_list(
    "main_diagnosis_missing",
    "structural",
    Words("没有主要诊断", "no main diagnosis is coded"),
    Words("有且只有一个主要诊断", "one main diagnosis"),
    ("mains",),
    lambda t: t.mains == 0,
)
_on_list(
    "newborn_admission_missing",
    "structural",
    Words("新生儿未填新生儿入院类型", "a newborn without a kind of newborn admission"),
    Words("出生 28 天以内必填", "required up to 28 days of age"),
    ("age_days", "newborn_admission"),
    _missing("newborn_admission"),
    _is_newborn,
)
_on_list(
    "newborn_admission_weight_missing",
    "structural",
    Words("新生儿未填入院体重", "a newborn without a weight on admission"),
    Words("出生 28 天以内必填", "required up to 28 days of age"),
    ("age_days", "admission_weight_g"),
    _missing("admission_weight_g"),
    _is_newborn,
)
for _column, _zh, _en in (
    ("birth_weight_g", "出生", "birth weight"),
    ("admission_weight_g", "入院", "admission weight"),
):
    _on_list(
        f"newborn_{_column.removesuffix('_g')}_out_of_range",
        "logical",
        Words(f"新生儿{_zh}体重不在 100-9999 克之间", f"a newborn's {_en} is not between 100 and 9,999 g"),
        Words("100 至 9999 克", "100 to 9,999 g"),
        (_column,),
        partial(_no_weight, _column),
        partial(_there, _column),
    )
_on_list(
    "several_main_diagnoses",
    "logical",
    Words("主要诊断多于一个", "more than one main diagnosis is coded"),
    Words("有且只有一个主要诊断", "one main diagnosis"),
    ("mains",),
    lambda t: t.mains > 1,
)
_on_list(
    "diagnosis_listed_twice",
    "logical",
    Words("同一诊断编码重复填写", "one diagnosis code appears twice"),
    Words("每个诊断编码只填一次", "each diagnosis code once"),
    ("diagnoses", "different_diagnoses"),
    lambda t: t.diagnoses != t.different_diagnoses,
)
_on_list(
    "list_discharged_before_admitted",
    "logical",
    Words("清单出院时间早于入院时间", "the list's discharge is before its admission"),
    Words("出院时间不早于入院时间", "a discharge after the admission"),
    ("admitted_at", "discharged_at"),
    lambda t: t.discharged_at < t.admitted_at,
)
_on_list(
    "list_admission_differs_from_visit",
    "logical",
    Words("清单入院日期与就诊记录不符", "the list's admission differs from the visit's"),
    Words("与就诊开始日期相同", "the first day of the visit"),
    ("admitted_at", "began_on"),
    lambda t: t.list_admitted_on != t.began_on,
)
_on_list(
    "list_discharge_differs_from_visit",
    "logical",
    Words("清单出院日期与就诊记录不符", "the list's discharge differs from the visit's"),
    Words("与就诊结束日期相同", "the last day of the visit"),
    ("discharged_at", "ended_on"),
    lambda t: t.list_discharged_on != t.ended_on,
)
_on_list(
    "stay_days_differ_from_dates",
    "logical",
    Words("实际住院天数与入出院日期不符", "the days of the stay differ from its dates"),
    Words("出院日期减入院日期，不足一天算一天", "discharge less admission, at least 1"),
    ("stay_days", "admitted_at", "discharged_at"),
    lambda t: _where_dates_are_in_order(
        t, t.stay_days != ibis.greatest(t.list_discharged_on.delta(t.list_admitted_on, unit="day"), 1)
    ),
)
_on_list(
    "born_after_admission",
    "logical",
    Words("出生日期晚于入院日期", "born after the admission"),
    Words("出生日期不晚于入院日期", "a birthday up to the day of admission"),
    ("born_on", "admitted_at"),
    lambda t: t.born_on > t.list_admitted_on,
)
_on_list(
    "age_differs_from_birth",
    "logical",
    Words("年龄与出生日期不符", "the age differs from the birthday"),
    Words("入院时的周岁", "completed years on admission"),
    ("age_years", "age_by_birth"),
    lambda t: t.age_years != t.age_by_birth,
)
_on_list(
    "diagnosis_count_differs",
    "logical",
    Words("诊断代码计数与诊断条数不符", "the count of diagnosis codes differs from the codes"),
    Words("等于诊断条数", "the number of diagnoses coded"),
    ("diagnosis_count", "diagnoses"),
    lambda t: t.diagnosis_count != t.diagnoses,
)
_on_list(
    "operation_count_differs",
    "logical",
    Words("手术操作代码计数与手术条数不符", "the count of procedure codes differs from the codes"),
    Words("等于手术条数", "the number of operations coded"),
    ("operation_count", "operations"),
    lambda t: t.operation_count != t.operations,
)
_on_list(
    "operated_outside_stay",
    "logical",
    Words("手术日期不在住院期间", "an operation is dated outside the stay"),
    Words("入院日期至出院日期之间", "from admission to discharge"),
    ("first_operation", "last_operation", "admitted_at", "discharged_at"),
    lambda t: _where_dates_are_in_order(
        t, (t.first_operation < t.list_admitted_on) | (t.last_operation > t.list_discharged_on)
    ),
    lambda t: t.operations > 0,
)
_on_list(
    "main_condition_absent",
    "logical",
    Words("主要诊断的入院病情为“无”", "the main diagnosis was absent on admission"),
    Words("主要诊断在入院时已有", "a main diagnosis present on admission"),
    ("main_code", "main_condition"),
    lambda t: t.main_condition == "absent",
)
_on_list(
    "main_diagnosis_is_organism",
    "logical",
    Words("以病原体编码（B95-B97）为主要诊断", "the main diagnosis is an organism code (B95-B97)"),
    Words("以所致疾病为主要诊断", "the disease that it causes"),
    ("main_code",),
    lambda t: _starts_with_any(t.main_code, ORGANISMS),
)
_on_list(
    "main_diagnosis_is_unspecified",
    "logical",
    Words("以未特指的心力衰竭（I50.9）为主要诊断", "the main diagnosis is heart failure, unspecified (I50.9)"),
    Words("以病因或分型明确的编码为主要诊断", "a code that names its cause or form"),
    ("main_code",),
    lambda t: t.main_code.startswith(UNSPECIFIED_HEART_FAILURE),
)
_on_list(
    "main_diagnosis_is_gray",
    "logical",
    Words("主要诊断使用灰码", "the main diagnosis is a gray code, which has finer ones"),
    Words("使用更细的编码", "one of its finer codes"),
    ("main_code",),
    lambda t: t.main_is_gray,
)
_on_list(
    "combination_coded_apart",
    "logical",
    Words("应使用合并编码而分开编码（I10 与 I50 或 N18）", "two codes for one combination code (I10 with I50 or N18)"),
    Words("使用合并编码 I11 或 I12", "the combination code I11 or I12"),
    ("main_code", "diagnoses"),
    lambda t: t.combined_apart,
)
_on_list(
    "main_operation_only_counts",
    "logical",
    Words("以计数编码（00.4、00.7、00.9）为主要手术", "the main procedure is a code that only counts"),
    Words("以实际手术操作为主要手术", "the procedure that was done"),
    ("main_operation",),
    lambda t: _starts_with_any(t.main_operation, COUNTING),
    lambda t: t.operations > 0,
)
_SEX_AGREES = Words("与参保人性别相符的编码", "a code that the person's sex can have")
_on_list(
    "list_diagnosis_for_other_sex",
    "logical",
    Words("清单门（急）诊诊断与性别不符", "the list's out-patient diagnosis contradicts the person's sex"),
    _SEX_AGREES,
    ("outpatient_for_other_sex", "sex"),
    lambda t: ibis.ifelse(t.outpatient_diagnosis.notnull(), _for_other_sex(t, "outpatient"), ibis.null("boolean")),
)
_on_list(
    "coded_diagnosis_for_other_sex",
    "logical",
    Words("诊断与性别不符", "a diagnosis contradicts the person's sex"),
    _SEX_AGREES,
    ("diagnosis_for_other_sex", "sex"),
    lambda t: ibis.ifelse(t.diagnoses > 0, _for_other_sex(t, "diagnosis"), ibis.null("boolean")),
)
_on_list(
    "coded_operation_for_other_sex",
    "logical",
    Words("手术操作与性别不符", "an operation contradicts the person's sex"),
    _SEX_AGREES,
    ("operation_for_other_sex", "sex"),
    lambda t: _for_other_sex(t, "operation"),
    lambda t: t.operations > 0,
)
_on_list(
    "receiving_institution_missing",
    "logical",
    Words("转院未填拟接收机构", "transferred without naming who takes over"),
    Words("离院方式为转院时必填", "required for a transfer"),
    ("discharge_way", "receiving_institution"),
    _missing("receiving_institution"),
    lambda t: t.discharge_way.isin(TRANSFERS),
)
_on_list(
    "readmission_purpose_missing",
    "logical",
    Words("有 31 天内再住院计划而未填目的", "another stay is planned without a purpose"),
    Words("有计划时必填", "required where one is planned"),
    ("readmission_plan", "readmission_purpose"),
    _missing("readmission_purpose"),
    lambda t: t.readmission_plan == PLANNED,
)
_on_list(
    "readmission_purpose_without_plan",
    "logical",
    Words("无 31 天内再住院计划而填了目的", "a purpose is given though no other stay is planned"),
    Words("无计划时不填", "empty where none is planned"),
    ("readmission_plan", "readmission_purpose"),
    lambda t: t.readmission_purpose.notnull(),
    lambda t: t.readmission_plan == NOT_PLANNED,
)
_on_list(
    "listed_late",
    "timely",
    Words("结算清单未在出院后 7 日内上报", "the list came later than 7 days after discharge"),
    Words("出院后 7 日内上报", "within 7 days of discharge"),
    ("discharged_at", "declared_at"),
    lambda t: t.days_to_listing > LIMITS["listed_within_days"].value,
)
_on_stay(
    "stay_costs_nothing",
    Words("住院总费用为零或为负", "the stay costs nothing or less"),
    Words("总费用大于零", "a total above zero"),
    ("total_fen",),
    lambda t: t.total_fen <= 0,
    lambda t: t.visit_kind == "inpatient",
)
_on_stay(
    "total_differs_from_lines",
    Words("结算总额与明细合计不符", "the settled total differs from the sum of its lines"),
    Words("等于费用明细合计", "the sum of the fee lines"),
    ("total_fen", "lines_fen"),
    lambda t: t.total_fen != t.lines_fen,
    lambda t: t.visit_kind == "inpatient",
)
_on_stay(
    "no_service_charged",
    Words("住院一天以上而没有任何服务项目费用", "a stay of more than a day without any service charged"),
    Words("有诊查、护理等服务费用", "services such as nursing"),
    ("visit_days", "services"),
    lambda t: t.services == 0,
    lambda t: (t.visit_kind == "inpatient") & (t.visit_days > 1),
)
