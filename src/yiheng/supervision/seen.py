"""What the fields of a finding's evidence are called, in Chinese and in English."""

from __future__ import annotations

from typing import Any

from yiheng.basis.evidence import Words
from yiheng.records import TABLES

_LABELS = {
    "admitted_on": ("入院日期", "admitted on"),
    "age": ("年龄（周岁）", "age in full years"),
    "age_limit": ("年龄限定（周岁）", "limit of age in full years"),
    "allowed": ("限定", "limit"),
    "amount_fen": ("费用总额（元）", "charged (yuan)"),
    "before_fen": ("上年范围内金额（元）", "covered the year before (yuan)"),
    "bundle": ("清单条目", "entry of the list"),
    "carer": ("护理人员编号", "carer"),
    "code_prefix": ("编码范围", "range of codes"),
    "covered_fen": ("政策范围内金额（元）", "covered (yuan)"),
    "dark_from": ("录像中断起", "camera dark from"),
    "dark_until": ("录像中断止", "camera dark until"),
    "days": ("天数", "days"),
    "diagnosis": ("诊断编码", "diagnosis code"),
    "diagnosis_code": ("诊断编码", "diagnosis code"),
    "died_on": ("死亡日期", "died on"),
    "discharged_on": ("出院日期", "discharged on"),
    "disease": ("慢特病病种", "chronic disease"),
    "doctor": ("医师编码", "doctor"),
    "domain": ("领域", "field of care"),
    "drug_fen": ("药品费（元）", "drugs (yuan)"),
    "drug_units": ("药品数量", "drugs (pieces)"),
    "drugs": ("药品种数", "different drugs"),
    "earlier_visit": ("前次就诊", "earlier visit"),
    "ended_on": ("结束日期", "last day"),
    "exam_kind": ("检查类别", "kind of examination"),
    "exams": ("检查人次", "examinations"),
    "expected_per_mille": ("同类人比例", "share among like people"),
    "expected_weight": ("同类人折算例数（加权）", "cases expected of like people (weighted)"),
    "fault_type": ("问题类型", "kind of violation"),
    "first_signed": ("首次签名的服务", "service that was signed first"),
    "full_price": ("全价（元）", "full price (yuan)"),
    "gap_days": ("间隔天数", "days between"),
    "had": ("实际", "found"),
    "had_fen": ("实际金额（元）", "charged (yuan)"),
    "had_price": ("实际单价（元）", "unit price (yuan)"),
    "had_units": ("实际数量", "quantity"),
    "held_days": ("存药可用天数", "days of supply held"),
    "home": ("同日另一接诊机构", "other institution of the day"),
    "illness": ("病种（诊断编码前几位）", "illness (first signs of the diagnosis)"),
    "key_fen": ("重点监控药品费（元）", "watched drugs (yuan)"),
    "key_units": ("重点监控药品数量", "watched drugs (pieces)"),
    "last_on": ("上次日期", "last time on"),
    "last_stay": ("末次住院", "last stay"),
    "least": ("下限", "least"),
    "least_per_mille": ("阳性率下限", "least share of positives"),
    "left_institution": ("前次出院机构", "institution left"),
    "left_on": ("前次出院日期", "left on"),
    "limit": ("限定次数", "limit"),
    "limit_fen": ("限定金额（元）", "limit (yuan)"),
    "lines": ("明细条数", "lines"),
    "measure": ("限定类别", "kind of limit"),
    "month": ("月份", "month"),
    "month_from": ("月份（首日）", "month from"),
    "most": ("上限", "most"),
    "most_days": ("天数上限", "most days"),
    "most_per_mille": ("比例上限", "largest share"),
    "most_units": ("数量上限", "largest quantity"),
    "observed": ("本机构例数", "cases here"),
    "observed_weight": ("本机构例数（加权）", "cases here (weighted)"),
    "of": ("本机构总例数", "all cases here"),
    "operation_code": ("手术操作编码", "operation code"),
    "other_from": ("另一次住院起", "other stay from"),
    "other_settlement": ("另一结算", "other settlement"),
    "other_until": ("另一次住院止", "other stay until"),
    "other_visit": ("另一次就诊", "other visit"),
    "others": ("同行人数", "people in company"),
    "others_before_fen": ("其他药店上年金额（元）", "other pharmacies the year before (yuan)"),
    "others_fen": ("其他药店金额（元）", "other pharmacies (yuan)"),
    "over_part": ("超出部分（折算单位）", "part beyond the limit (in its unit)"),
    "peer": ("同类机构", "kind of institution"),
    "peers": ("同类机构家数", "institutions compared"),
    "peers_observed": ("同类机构例数", "cases at the others"),
    "peers_of": ("同类机构总例数", "all cases at the others"),
    "person_is": ("参保人性别", "sex of the person"),
    "persons": ("人数", "people"),
    "purchases": ("购药次数", "purchases"),
    "purchases_before": ("上年购药次数", "purchases the year before"),
    "quarter_from": ("季度（首日）", "quarter from"),
    "stay": ("住院", "stay"),
    "stay_from": ("入院日期", "stay from"),
    "stay_until": ("出院日期", "stay until"),
    "stays": ("住院次数", "stays"),
    "suspended_until": ("暂停支付资格至", "suspended until"),
    "together": ("同日住院人数", "admitted together"),
    "total_fen": ("医疗费总额（元）", "total cost (yuan)"),
    "until": ("结束日期", "until"),
    "visits": ("就诊次数", "visits"),
    "visits_staked": ("超出次数的就诊", "visits beyond the limit"),
    "weight": ("总例数（加权）", "all cases (weighted)"),
    "whole_part": ("总量（折算单位）", "whole (in its unit)"),
    "with_item": ("对照项目编码", "code of the other item"),
    "with_name": ("对照项目名称", "name of the other item"),
    "within": ("时限（天）", "within days"),
    "year": ("年度", "year"),
}
# What of an item or a code is limited.
_MEASURES = {
    "sex": ("性别", "sex"),
    "max_age": ("年龄上限", "largest age"),
    "min_age": ("年龄下限", "least age"),
    "max_age_days": ("日龄上限", "largest age in days"),
    "level": ("机构等级", "level of the institution"),
    "visit_kind": ("就诊类别", "kind of visit"),
    "department": ("科别", "department"),
    "insurance": ("险种", "insurance"),
    "diagnosis": ("限定诊断", "diagnosis"),
    "not_diagnosis": ("禁用诊断", "diagnosis that excludes it"),
    "most_per_day": ("每日数量上限", "most a day"),
    "most_units": ("每次就诊数量上限", "most in a visit"),
    "most_grams_a_day": ("每日克数上限", "most grams a day"),
    "most_daily_units": ("每日用量上限", "largest daily dose"),
    "most_days_supplied": ("一次配药天数上限", "most days of supply"),
    "most_days": ("支付天数上限", "most days paid"),
    "most_fen": ("总金额上限", "largest amount"),
    "most_price_fen": ("单价上限", "largest unit price"),
    "least_gap_days": ("最短间隔天数", "least days between"),
    "not_alone": ("不得单方使用", "not alone"),
    "not_with": ("不得同时收费", "not together"),
    "contains": ("包含在另一项目内", "part of another item"),
    "needs": ("须有配套项目", "needs another item"),
    "group": ("同组项目", "items of one group"),
}
# Evidence that joins rows, and that says nothing to a reader: the id of an entry of a list.
UNREAD = frozenset({"bundle"})
# The same in words of the other language; the page shows the one that is read.
ONLY_IN = {"person_is_zh": "zh", "person_is": "en"}
LABELS: dict[str, Words] = (
    {column.name: Words(column.zh, column.en) for table in TABLES.values() for column in table}
    | {name: Words(*words) for name, words in _LABELS.items()}
    | {"person_is_zh": Words(*_LABELS["person_is"])}
)


def label(name: str) -> Words:
    """What a field is called; one that a rule of others made up keeps its name."""
    return LABELS.get(name, Words(name, name))


def is_read(name: str, value: Any, language: str) -> bool:
    """Whether a reader of ``zh`` or ``en`` is shown the field: it holds something, and in that language."""
    return name not in UNREAD and value is not None and ONLY_IN.get(name, language) == language


def measured(name: str) -> Words:
    """What kind of limit a measure is; one that a rule of others made up keeps its name."""
    return Words(*_MEASURES.get(name, (name, name)))
