"""Point 8: the rows of a facts file are one party each; a sum, a party in two spellings or another scale is refused."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.payment.test_domains import settled_by_command
from yiheng.basis.refusals import Refusal
from yiheng.policy import read_policy
from yiheng.runs import parties_of_file

HEADER = ["party", "year", "last_total", "target", "spend"]
ROW = ["2018", "60000000", "80000000", "79000000"]


def settled(tmp_path, *parties, header=HEADER, policy="merged-hospital", row=ROW):
    _, answer = settled_by_command(tmp_path, policy, header, [[one, *row] for one in parties])
    return {one["party"] for one in answer["statements"]}, {one["party"]: one["why"] for one in answer["refused"]}


@pytest.mark.parametrize("other", ["A", "ａ", " a ", "Ａ", "a\u200b"])
def test_point_8_one_party_in_two_spellings_is_refused_with_both_lines(tmp_path, other):
    good, why = settled(tmp_path, "b", "a", other)
    assert good == {"b"} and all("lines 3, 4" in one for one in why.values()) and why


def test_point_8_blanks_inside_a_chinese_name_tell_no_parties_apart_and_numbers_do(tmp_path):
    good, why = settled(tmp_path, "东河医共体", "东河 医共体", "unit 1 1", "unit 11")
    assert good == {"unit 1 1", "unit 11"}
    assert "'东河 医共体' and '东河医共体' of 2018 are one party in 2 spellings (lines 2, 3)" in why["东河医共体"]


@pytest.mark.parametrize(
    "name",
    ["合计", "总 计", "小计", "合计（元）", "全县合计", "东河小计", "平均", "TOTAL", "Grand Total", "subtotal", "Sum"],
)
def test_point_8_a_sum_is_not_settled_as_a_party(tmp_path, name):
    good, why = settled(tmp_path, "a", "b", name)
    (told,) = why.values()
    assert good == {"a", "b"} and told.startswith("facts.csv:4:party: ") and "is a sum of the rows, not a party" in told


def test_point_8_a_sum_takes_no_part_of_a_pool(tmp_path):
    """100,000,000 by 100 and 300 points: 25 and 75 million; with the sum as a third party they were halved."""
    done, answer = settled_by_command(
        tmp_path, "zhejiang", ["party", "year", "points", "spend"],
        [["a", "2020", "100", "25000000"], ["b", "2020", "300", "70000000"], ["合计", "", "400", "95000000"]],
    )  # fmt: skip
    budgets = {one["party"]: one["figures"]["budget"] for one in answer["statements"]}
    assert budgets == {"a": "25000000.00", "b": "75000000.00"} and done.exit_code == 1


SCORES = {
    "policy": "consortium-agreement",
    "header": [
        "party",
        "year",
        "base_spend",
        "spend",
        "service_quality",
        "assessment",
        "uncontrollable",
        "justified",
        "mismanagement",
    ],
}


def scored(tmp_path, *scores):
    rows = [[f"p{i}", "2025", "100000000", "95000000", one, "85", "0", "0", "0"] for i, one in enumerate(scores)]
    _, answer = settled_by_command(tmp_path, SCORES["policy"], SCORES["header"], rows)
    return {one["party"] for one in answer["statements"]}, {one["party"]: one["why"] for one in answer["refused"]}


@pytest.mark.parametrize("one", ["1", "1.0", "1.00", "１"])
def test_point_8_a_column_of_scores_that_says_nothing_above_one_is_refused(tmp_path, one):
    """1 of 100 takes 19.8 % of a surplus; where no other score is above 1, it is 100 on the other scale."""
    good, why = scored(tmp_path, one, "0", "0.9")
    assert good == {"p1"}
    assert why["p0"].startswith("facts.csv:2:service_quality: ") and "is on the scale from 0 to 1" in why["p0"]
    assert "write 100, or " in why["p0"] and "0.9 is on the scale from 0 to 1" in why["p2"]


@pytest.mark.parametrize("scores", [("1", "90"), ("1分", "0"), ("0", "0"), ("1", "95分")])
def test_point_8_one_of_a_hundred_is_taken_where_the_scale_is_plain(tmp_path, scores):
    assert scored(tmp_path, *scores) == ({"p0", "p1"}, {})


def test_point_8_a_misspelt_column_is_not_passed_over(tmp_path):
    """Passed over, the fact would be empty, and empty means here that the money is settled apart."""
    source = read_policy(ROOT / "policies" / "qingdao" / "2022.yaml", shown_as="qingdao/2022.yaml")
    file = tmp_path / "f.csv"
    head = "party,year,spend,base_spend,pubic_health,public_health_spend,注"
    file.write_text(f"{head}\na,2025,1000000.00,1000000.00,50000.00,40000.00,x\n", "utf-8")
    with pytest.raises(Refusal, match="the column 'pubic_health' is no fact of policy 'qingdao'(.|\n)*'public_health'"):
        parties_of_file(source, file)
    file.write_text(file.read_text("utf-8").replace("pubic", "public"), "utf-8")
    assert [one.party for one in parties_of_file(source, file)[2025]] == ["a"]
