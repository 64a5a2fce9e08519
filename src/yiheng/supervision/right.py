"""What would be right, for each thing that a rule can find wrong before payment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yiheng.basis.evidence import Words

from .declare import in_english, shown

OF_MEASURE: dict[str, Words] = {
    "sex": Words("只用于{allowed}", "use it for {allowed} persons only"),
    "max_age": Words("只用于 {allowed} 岁及以下", "use it up to {allowed} years of age"),
    "min_age": Words("只用于 {allowed} 岁及以上", "use it from {allowed} years of age"),
    "max_age_days": Words("只用于出生 {allowed} 天以内的新生儿", "use it up to {allowed} days of age"),
    "level": Words("由{allowed}及以上医疗机构使用", "use it at institutions of level {allowed} and above"),
    "visit_kind": Words("只在{allowed}使用", "use it for {allowed} only"),
    "department": Words("由科别 {allowed} 使用", "use it in department {allowed}"),
    "insurance": Words("支付范围：{allowed}", "payable by: {allowed}"),
    "diagnosis": Words(
        "只用于诊断 {allowed}；诊断漏写的先补诊断", "use it for {allowed}; add a diagnosis that is missing"
    ),
    "not_diagnosis": Words("有诊断 {allowed} 的不用", "do not use it with {allowed}"),
    "most_per_day": Words("每天至多 {allowed}", "at most {allowed} a day"),
    "most_units": Words("每次就诊至多 {allowed}", "at most {allowed} in a visit"),
    "most_grams_a_day": Words("每天合计至多 {allowed} 克", "at most {allowed} grams a day together"),
    "most_daily_units": Words("每天至多 {allowed}，按使用天数开药", "at most {allowed} a day for the days of supply"),
    "most_days_supplied": Words("一次至多 {allowed} 天用量", "at most {allowed} days at once"),
    "most_days": Words("至多支付 {allowed} 天", "at most {allowed} days are paid"),
    "most_fen": Words("范围内金额至多 {limit_fen} 元", "at most {limit_fen} yuan are covered"),
    "most_price_fen": Words("单价至多 {limit_fen} 元", "at most {limit_fen} yuan each"),
    "least_gap_days": Words("自 {last_on} 起满 {allowed} 天再用", "use it {allowed} days after {last_on}"),
    "not_alone": Words("与其他饮片配成复方，或由个人支付", "prescribe it with other herbs, or the person pays"),
    "not_with": Words("“{with_name}”与“{item_name}”只收一项", "charge one of “{with_name}” and “{item_name}”"),
    "contains": Words("只收“{with_name}”", "charge “{with_name}” alone"),
    "needs": Words("与配套项目（{allowed}）同次使用", "use it together with what it needs ({allowed})"),
    "group": Words("按全价 {full_price} 元的一半收取", "charge half of {full_price} yuan"),
}

OF_RULE: dict[str, Words] = {
    "charged_outside_stay": Words("更正收费日期，或退费", "correct the day of the charge, or take it back"),
    "diagnosis_for_other_sex": Words("更正诊断，或更正参保人性别", "correct the diagnosis, or the person's sex"),
    "diagnosis_for_other_age": Words("更正诊断，或更正出生日期", "correct the diagnosis, or the day of birth"),
    "operation_for_other_sex": Words("更正手术操作，或更正参保人性别", "correct the operation, or the person's sex"),
    "operation_without_diagnosis": Words(
        "补上与手术操作相符的诊断，或更正手术操作", "add the diagnosis that the operation belongs to, or correct it"
    ),
}


def right_of(finding: Mapping[str, Any]) -> Words | None:
    """What would be right instead of a finding, none where the rule does not tell."""
    words = OF_RULE.get(finding["rule"]) or OF_MEASURE.get(finding["evidence"].get("measure", ""))
    if words is None:
        return None
    parts = {name: shown(name, value) for name, value in finding["evidence"].items()}
    return Words(
        words.zh.format(**parts), words.en.format(**{name: in_english(name, text) for name, text in parts.items()})
    )
