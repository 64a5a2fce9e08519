"""A finding's sentence says amounts in yuan, quantities as they were charged, and pairs by their names."""

from __future__ import annotations

from pathlib import Path

import pytest

from yiheng.supervision import RULES
from yiheng.supervision.declare import ENGLISH
from yiheng.supervision.examples import examples_of
from yiheng.supervision.rules.beyond import LEVELS, ZH
from yiheng.testkit import few_rows

EXAMPLES = Path(__file__).parents[1] / "examples" / "rules"


def sentences(rule, measure, **names):
    of_measure = (one for one in examples_of(RULES[rule], EXAMPLES) if one.place.startswith(f"{measure}.yaml:"))
    given = next(one.given for one in of_measure if one.catches)
    for row in given["fee_line"]:
        row["item_name"] = names.get(row["item_code"], row["item_name"])
        if not row["item_name"]:
            del row["item_name"]
    found = RULES[rule].rows(few_rows(given)).to_pyarrow().to_pylist()
    return [(finding["says"], finding["says_en"]) for finding in map(RULES[rule].finding, found)]


@pytest.mark.parametrize(
    ("rule", "measure", "zh", "en"),
    [
        # 1,500 + 1,000 fen where 2,000 are the most.
        ("service_over_total", "most_fen", "范围内金额 25.00 元，超过限定总额 20.00 元", "25.00 yuan"),
        ("service_over_price", "most_price_fen", "单价 200.00 元，超过限定单价 150.00 元", "at 200.00 yuan"),
        ("drug_over_label_dose", "most_units", "数量共 7，超过每次就诊上限 6", "7 units, more than 6"),
        ("drug_over_label_dose", "most_daily_units", "一次开药 60，超过按使用天数每天 6", "more than 6 for each day"),
        ("herb_oversized", "most_grams_a_day", "合计 1,000 克，超过 800 克", "1,000 grams together, more than 800"),
        ("drug_over_days", "most_days_supplied", "一次开药 100 天用量，超过 84 天", "100 days at once, more than 84"),
        ("drug_for_other_sex", "sex", "限女性使用，参保人 B 为男性", "for female persons only; B is male"),
        ("drug_limited_to_visit_kind", "visit_kind", "限住院、急诊使用，本次为门诊", "in-patients, emergencies"),
    ],
)
def test_a_sentence_says_what_was_had_and_what_is_allowed(rule, measure, zh, en):
    ((says, says_en),) = sentences(rule, measure)
    assert zh in says
    assert en in says_en


def test_a_pair_is_told_by_both_names():
    ((says, says_en),) = sentences("duplicate_charge", "contains", IA="甲", IB="乙")
    assert "“甲”（IA）与“乙”（IB），后者已包含在前者之内" in says
    assert "“甲” (IA) and “乙” (IB)" in says_en


def test_without_a_name_an_item_is_told_by_its_code():
    ((says, _),) = sentences("duplicate_charge", "contains", IA="甲", IB="")
    assert "“甲”（IA）与“IB”（IB）" in says


def test_every_word_of_a_limit_has_its_english():
    assert {*ZH.values(), *LEVELS} <= set(ENGLISH)


def test_point_21_an_open_stay_that_overlaps_is_a_suspicion_and_says_what_is_not_known():
    """V2 and V4 overlap the open V1 alone; V3 began two days before V2 ended, which is certain."""
    given = next(
        one.given for one in examples_of(RULES["overlapping_stays"], EXAMPLES) if "hides no overlap" in one.name
    )
    rows = RULES["overlapping_stays"].rows(few_rows(given)).to_pyarrow().to_pylist()
    found = {one["visit"]: one for one in map(RULES["overlapping_stays"].finding, rows)}
    told = {visit: (one["weight"], one["answer"], one["evidence"]["other_visit"]) for visit, one in found.items()}
    assert told == {
        "V2": ("suspicion", "hint", "V1"),
        "V3": ("breach", "stop", "V2"),
        "V4": ("suspicion", "hint", "V1"),
    }
    assert "另一次住院（V1）未见出院日期，是否重叠须核实" in found["V2"]["says"]
    assert "has no discharge date" in found["V4"]["says_en"]
    assert "另一次住院（V2）尚未结束" in found["V3"]["says"]
