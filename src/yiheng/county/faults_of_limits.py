"""Planted charges of items that a person, a place, a diagnosis or an insurance must not have, and their near misses."""

from __future__ import annotations

from typing import NamedTuple

from .outpatient import CHRONIC_CARE, OUTPATIENT
from .places import HOSPITAL, TOWNSHIP
from .script import Script


class Case(NamedTuple):
    """A visit as far as a limit looks at it."""

    code: str = "J20.9"
    who: str = ""
    where: int = TOWNSHIP
    nights: int = 0
    kind: int = OUTPATIENT


class Limit(NamedTuple):
    """One limited item: a visit that must not have it, and one that may; where none may, it is taken back.

    Rule class, measure and values are those of the shipped list of item limits.
    """

    rule: str
    rule_class: str
    item: str
    measure: str
    values: tuple[str, ...]
    wrong: Case = Case()
    right: Case | None = None


_STAY = Case(nights=5, where=HOSPITAL)
_CHILD, _NEWBORN, _WOMAN, _MAN = Case(who="child"), Case(who="newborn"), Case(who="female"), Case(who="male")
_OLD, _YOUNG = Case(who="old"), Case(who="young")
_PNEUMONIA, _STROKE = Case("J18.9", nights=6, where=HOSPITAL), Case("I63.9", nights=6, where=HOSPITAL)
_CHILDREN, _NEWBORNS = ("14",), ("28",)

LIMITS = (
    Limit("drug_for_children", "药品儿童专用", "child_syrup", "max_age", _CHILDREN, right=_CHILD),
    Limit("drug_limited_to_children", "药品限儿童使用", "child_growth", "max_age", _CHILDREN, right=_CHILD),
    Limit("drug_limited_to_newborns", "药品限新生儿使用", "newborn_drops", "max_age_days", _NEWBORNS, right=_NEWBORN),
    Limit("drug_forbidden_for_children", "药品儿童禁用", "quinolone", "min_age", ("18",), _CHILD, Case()),
    Limit("drug_risky_for_old", "老年人用药安全", "sedative", "max_age", ("64",), _OLD, _YOUNG),
    Limit(
        "drug_in_pregnancy",
        "妊娠期及哺乳期用药安全",
        "retinoid",
        "not_diagnosis",
        ("O",),
        Case("O80.0", "mother"),
        Case("L30.9"),
    ),
    Limit("drug_contraindicated", "药品禁忌症", "strong_pain", "not_diagnosis", ("K29",), Case("K29.5"), Case()),
    Limit(
        "drug_limited_to_diagnosis", "药品限适应症", "thrombolytic", "diagnosis", ("I63", "I21"), _PNEUMONIA, _STROKE
    ),
    Limit(
        "drug_off_label",
        "超说明书适应症用药",
        "antispasm",
        "diagnosis",
        ("J44", "J20"),
        Case("K52.9"),
        Case("J44.9"),
    ),
    Limit(
        "drug_beyond_disease_list",
        "药品超限定病种目录范围使用",
        "insulin",
        "diagnosis",
        ("E11",),
        Case("I10", kind=CHRONIC_CARE),
        Case("E11.9", kind=CHRONIC_CARE),
    ),
    Limit(
        "drug_limited_to_level",
        "药品限医疗机构级别",
        "strong_injection",
        "level",
        ("二级",),
        right=Case(where=HOSPITAL),
    ),
    Limit("drug_limited_to_visit_kind", "药品限就医方式", "feeding", "visit_kind", ("inpatient",), right=_STAY),
    Limit("drug_limited_to_work_injury", "药品限工伤保险", "scar_cream", "insurance", ("work_injury",)),
    Limit("drug_limited_to_maternity", "药品限生育保险", "labour_drug", "insurance", ("maternity",)),
    Limit("herb_never_paid", "中药饮片单复方均不予支付", "donkey_glue", "insurance", ("none",)),
    Limit("service_limited_to_work_injury", "医疗服务项目限工伤保险", "work_assessment", "insurance", ("work_injury",)),
    Limit("service_limited_to_maternity", "医疗服务项目限生育保险", "birth_course", "insurance", ("maternity",)),
    Limit(
        "service_limited_to_newborns",
        "医疗服务项目限新生儿使用",
        "newborn_screen",
        "max_age_days",
        _NEWBORNS,
        right=_NEWBORN,
    ),
    Limit(
        "service_limited_to_children",
        "医疗服务项目限儿童使用",
        "child_growth_test",
        "max_age",
        _CHILDREN,
        right=_CHILD,
    ),
    Limit("service_for_children", "医疗服务项目儿童专用", "child_infusion", "max_age", _CHILDREN, right=_CHILD),
    Limit(
        "service_limited_to_diagnosis",
        "医疗服务项目限适应症",
        "hyperbaric",
        "diagnosis",
        ("I63",),
        _PNEUMONIA,
        _STROKE,
    ),
    Limit(
        "service_limited_to_department",
        "医疗服务项目限科室使用",
        "skin_light",
        "department",
        ("13",),
        Case("J20.9"),
        Case("L30.9"),
    ),
    Limit(
        "service_limited_to_visit_kind",
        "医疗服务项目限就医方式",
        "ward_nutrition",
        "visit_kind",
        ("inpatient",),
        right=_STAY,
    ),
    Limit(
        "service_limited_to_level",
        "医疗服务项目限医疗机构级别",
        "gene_test",
        "level",
        ("二级",),
        right=Case(where=HOSPITAL),
    ),
    Limit("service_limited_to_age", "医疗服务项目限年龄", "job_training", "max_age", ("60",), _OLD, _YOUNG),
    Limit("service_for_other_sex", "医疗服务项目区分性别使用", "womb_scope", "sex", ("female",), _MAN, _WOMAN),
    Limit(
        "service_contraindicated",
        "医疗服务项目禁忌症",
        "stress_test",
        "not_diagnosis",
        ("I20", "I21"),
        Case("I20.0"),
        Case("I10"),
    ),
    Limit(
        "service_off_indication",
        "医疗服务项目超适应症使用",
        "sleep_study",
        "diagnosis",
        ("J44",),
        Case("K52.9"),
        Case("J44.9"),
    ),
    Limit(
        "exam_without_indication",
        "无指征检验检查",
        "tumour_markers",
        "diagnosis",
        ("C",),
        _PNEUMONIA,
        Case("C34.9", nights=6, where=HOSPITAL),
    ),
    Limit("treatment_without_indication", "无指征治疗", "traction", "diagnosis", ("M",), Case(), Case("M51.2")),
    Limit(
        "consumable_limited_to_newborns",
        "耗材限新生儿使用",
        "newborn_tube",
        "max_age_days",
        _NEWBORNS,
        right=_NEWBORN,
    ),
    Limit("consumable_limited_to_children", "耗材限儿童使用", "child_mask", "max_age", _CHILDREN, right=_CHILD),
    Limit(
        "consumable_in_other_department",
        "医用耗材与科室不符",
        "eye_gel",
        "department",
        ("10",),
        Case("J20.9"),
        Case("H25.9", "old"),
    ),
    Limit("consumable_for_other_sex", "医用耗材与性别不符", "womb_ring", "sex", ("female",), _MAN, _WOMAN),
    Limit(
        "consumable_limited_to_diagnosis",
        "医用耗材限疾病使用",
        "glucose_strip",
        "diagnosis",
        ("E11",),
        Case("I10"),
        Case("E11.9"),
    ),
)
_GRAMS = 50


def _units(item: str, n: int) -> int:
    return _GRAMS if item == "donkey_glue" else 1 + n % 3


def _visit(script: Script, case: Case) -> int | None:
    return script.part(case.code, nights=case.nights, who=case.who, where=case.where, kind=case.kind)


def beyond_limits(script: Script, faults: int, spares: int) -> None:
    for limit in LIMITS:
        for n in range(faults):
            visit = _visit(script, limit.wrong)
            if visit is not None:
                script.charge(visit, limit.item, _units(limit.item, n))
                script.claim(limit.rule, True, visit, f"{limit.item} beyond {limit.measure}", limit.item)
        for n in range(2 * spares):
            visit = _visit(script, limit.right) if limit.right and n % 2 else None
            if visit is not None:
                script.charge(visit, limit.item, _units(limit.item, n))
                script.claim(limit.rule, False, visit, f"{limit.item} within {limit.measure}")
                continue
            visit = _visit(script, limit.wrong)
            if visit is not None:
                script.charge(visit, limit.item, _units(limit.item, n))
                script.charge(visit, limit.item, -_units(limit.item, n), 0, 15 * 3600)
                script.claim(limit.rule, False, visit, f"{limit.item} was taken back whole")


ALL = (beyond_limits,)
