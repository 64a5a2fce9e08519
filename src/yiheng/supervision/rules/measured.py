"""What is measured of a limited item: what goes beyond it, and the sentence of a finding."""

from __future__ import annotations

from yiheng.basis.evidence import Words

from ..limited import Beyond
from .beyond import BEYOND


def _says(zh: str, en: str) -> Words:
    return Words(f"就诊 {{visit}} 收取“{{item_name}}”{zh}", f"visit {{visit}} was charged “{{item_name}}”{en}")


MEASURED: dict[str, tuple[Beyond, Words]] = {
    "sex": (
        BEYOND["sex"],
        _says(
            "，该项目限{allowed}使用，参保人 {person} 为{had}",
            ", which is for {allowed} persons only; {person} is {had}",
        ),
    ),
    "max_age": (
        BEYOND["max_age"],
        _says(
            "，该项目限 {allowed} 岁及以下使用，参保人 {person} 当时 {had} 岁",
            ", which is for at most {allowed} years; {person} was {had}",
        ),
    ),
    "min_age": (
        BEYOND["min_age"],
        _says(
            "，该项目限 {allowed} 岁及以上使用，参保人 {person} 当时 {had} 岁",
            ", which is for at least {allowed} years; {person} was {had}",
        ),
    ),
    "max_age_days": (
        BEYOND["max_age_days"],
        _says(
            "，该项目限出生 {allowed} 天以内的新生儿，参保人 {person} 当时 {had} 天",
            ", which is for at most {allowed} days of age; {person} was {had} days old",
        ),
    ),
    "level": (
        BEYOND["level"],
        _says(
            "，该项目限{allowed}及以上医疗机构，{institution} 为{had}",
            ", which needs an institution of level {allowed}; {institution} has {had}",
        ),
    ),
    "visit_kind": (
        BEYOND["visit_kind"],
        _says(
            "，该项目限{allowed}使用，本次为{had}", ", which is paid for {allowed} only; this visit counts under {had}"
        ),
    ),
    "department": (
        BEYOND["department"],
        _says(
            "，该项目限科别 {allowed} 使用，本次科别为 {had}",
            ", which is for department {allowed} only; this was {had}",
        ),
    ),
    "insurance": (
        BEYOND["insurance"],
        _says("由{had}支付，该项目的支付范围为：{allowed}", ", paid by {had}; it is payable by {allowed}"),
    ),
    "diagnosis": (
        BEYOND["diagnosis"],
        _says("，该项目限诊断 {allowed}，本次诊断为 {had}", ", which is for diagnoses {allowed}; this visit has {had}"),
    ),
    "not_diagnosis": (
        BEYOND["not_diagnosis"],
        _says(
            "，该项目在诊断 {allowed} 时禁用，本次诊断为 {had}",
            ", which diagnoses {allowed} forbid; this visit has {had}",
        ),
    ),
    "most_per_day": (
        BEYOND["most_per_day"],
        _says(
            "，数量共 {had_units}，超过就诊天数所能容纳的上限（每天 {allowed}）",
            " {had_units} times, more than its days can hold ({allowed} a day)",
        ),
    ),
    "most_units": (
        BEYOND["most_units"],
        _says(
            "，数量共 {had_units}，超过每次就诊上限 {allowed}", ": {had_units} units, more than {allowed} in a visit"
        ),
    ),
    "most_grams_a_day": (
        BEYOND["most_grams_a_day"],
        _says(
            "等中药饮片，{occurred_on} 当日合计 {had_units} 克，超过 {allowed} 克",
            " and other herbs, on {occurred_on} {had_units} grams together, more than {allowed}",
        ),
    ),
    "most_daily_units": (
        BEYOND["most_daily_units"],
        _says(
            "，一次开药 {had_units}，超过按使用天数每天 {allowed} 的用量",
            ": {had_units} units at once, more than {allowed} for each day that they are to last",
        ),
    ),
    "most_days_supplied": (
        BEYOND["most_days_supplied"],
        _says("，一次开药 {had} 天用量，超过 {allowed} 天", " for {had} days at once, more than {allowed}"),
    ),
    "most_days": (
        BEYOND["most_days"],
        _says("{had} 天，超过支付疗程 {allowed} 天", " on {had} days, more than the {allowed} that are paid"),
    ),
    "most_fen": (
        BEYOND["most_fen"],
        _says(
            "，范围内金额 {had_fen} 元，超过限定总额 {limit_fen} 元",
            ", covered with {had_fen} yuan, beyond its limit of {limit_fen} yuan",
        ),
    ),
    "most_price_fen": (
        BEYOND["most_price_fen"],
        _says(
            "，单价 {had_price} 元，超过限定单价 {limit_fen} 元",
            " at {had_price} yuan, dearer than its limit of {limit_fen} yuan",
        ),
    ),
    "least_gap_days": (
        BEYOND["least_gap_days"],
        _says(
            "，距上次（{last_on}）仅 {had} 天，少于规定的 {allowed} 天",
            " {had} days after {last_on}, sooner than {allowed} days",
        ),
    ),
    "not_alone": (
        BEYOND["not_alone"],
        _says(
            "，处方全部由单方不予支付的饮片组成", "; the prescription holds nothing but herbs that are not paid alone"
        ),
    ),
    "not_with": (
        BEYOND["not_with"],
        Words(
            "就诊 {visit} 于 {occurred_on} 收取“{with_name}”（{with_item}）与“{item_name}”（{item_code}），"
            "两者不得同时收取",
            "visit {visit} was charged “{with_name}” ({with_item}) and “{item_name}” ({item_code}) on {occurred_on}; "
            "the two may not be charged together",
        ),
    ),
    "contains": (
        BEYOND["contains"],
        Words(
            "就诊 {visit} 于 {occurred_on} 收取“{with_name}”（{with_item}）与“{item_name}”（{item_code}），"
            "后者已包含在前者之内",
            "visit {visit} was charged “{with_name}” ({with_item}) and “{item_name}” ({item_code}) on {occurred_on}; "
            "the first contains the second",
        ),
    ),
    "needs": (
        BEYOND["needs"],
        _says(
            "，但同次就诊没有与之配套的项目（{allowed}）", ", but nothing that it needs ({allowed}) in the same visit"
        ),
    ),
    "group": (
        BEYOND["group"],
        _says(
            "，系同一切口的另一台手术，单价 {had_price} 元，超过全价 {full_price} 元的一半",
            " at {had_price} yuan, another operation through one incision, above half of {full_price} yuan",
        ),
    ),
}
