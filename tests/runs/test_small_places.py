"""A place's own limits, lists of the demo county among other items, and rules with too few cases."""

from __future__ import annotations

import pytest

from tests.tiny import loaded
from yiheng.basis.refusals import Refusals
from yiheng.runs import load_shipped_codes, replay, run_audit
from yiheng.supervision import RULES, too_few
from yiheng.supervision.few import Least

OWN = """\
edition: 示例医保发〔2025〕8号
limits:
  admissions_per_year: {value: 1, source: 第三条}
"""


@pytest.fixture
def workspace(tmp_path):
    return loaded(tmp_path)[0]


def test_point_12_a_place_sets_its_own_limit_and_a_run_keeps_it(workspace):
    assert list(run_audit(workspace, ["frequent_stays"])["findings"]) == []
    file = workspace.folder / "limits.yaml"
    file.write_text(OWN, "utf-8")
    audited = run_audit(workspace, ["frequent_stays"])
    # A was in hospital twice, once more than the place allows.
    (found,) = audited["findings"]
    assert (found["visit"], found["evidence"]["place_limits"]) == (
        "V2",
        [{"limit": "admissions_per_year", "value": 1, "source": "第三条", "edition": "示例医保发〔2025〕8号"}],
    )
    file.unlink()
    assert replay(workspace, audited["run"]).same


def test_point_12_a_limit_that_no_rule_has_is_refused_with_its_line(workspace):
    (workspace.folder / "limits.yaml").write_text(OWN.replace("admissions_per_year", "admissions_a_year"), "utf-8")
    with pytest.raises(Refusals, match="limits.yaml:3") as refused:
        run_audit(workspace, ["frequent_stays"])
    assert "admissions_per_year" in str(refused.value)


def test_point_12_lists_of_the_demo_judge_no_place_that_charges_other_items(workspace):
    load_shipped_codes(workspace)
    asked = ["drug_for_other_sex", "low_standard_stay", "diagnosis_for_other_age"]
    audited = run_audit(workspace, asked)
    assert {one["rule"] for one in audited["unknown"]} == {"drug_for_other_sex", "low_standard_stay"}
    (judged,) = audited["rules"]
    assert (judged["rule"], judged["demo"]) == ("diagnosis_for_other_age", ["code_limit", "sex_conflict"])


def test_point_12_a_rule_with_too_few_cases_says_how_many_there_are(workspace):
    audited = run_audit(workspace, ["pharmacy_growth"])
    # Nobody bought at a pharmacy; two hundred purchases in a year are asked for, at two pharmacies.
    assert audited["unknown"] == [
        {
            "rule": "pharmacy_growth",
            "zh": "药店费用增长偏高",
            "missing": ["0 家机构有购药，全年达到 200 例的 0 家（最多 0 例），至少需要 2 家"],
            "missing_en": ["0 institutions have purchases, 0 of them 200 in a year (the most is 0), needs 2"],
            "to_do": "",
        }
    ]


def test_point_12_enough_is_said_of_what_is_counted():
    least = Least("stays", "withheld_least_cases")
    assert too_few(least, 20, {"institutions": 12, "enough": 2, "most": 31}) is None
    assert too_few(least, 20, {"institutions": 12, "enough": 1, "most": 31}).en == (
        "12 institutions have stays, 1 of them 20 in a year (the most is 31), needs 2"
    )


def test_point_12_every_rule_about_institutions_of_a_year_says_when_it_has_too_few_cases():
    by_year = {
        name for name, rule in RULES.items() if rule.package is None and "{institution} {year} 年" in rule.says.zh
    }
    assert {name for name in by_year if RULES[name].least is None} == set()


def test_point_12_a_least_sum_of_money_is_told_in_yuan():
    # 10,000,000 fen are 100,000.00 yuan; the largest institution has 812.50.
    told = too_few(
        Least("drug_fen", "key_drug_least_fen", 1), 10_000_000, {"institutions": 3, "enough": 0, "most": 81_250}
    )
    assert told.zh == "3 家机构有药品费用，全年达到 100,000.00 元的 0 家（最多 812.50 元），至少需要 1 家"
    assert told.en == (
        "3 institutions have charges for drugs, 0 of them 100,000.00 yuan in a year (the most is 812.50 yuan), needs 1"
    )
