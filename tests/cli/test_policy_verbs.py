"""Policy files at the command line: what changed between two editions, what a policy says, what check finds."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from yiheng.cli.main import main
from yiheng.runs import Workspace

WRONG_USE = 2
POLICIES = ROOT / "policies"
MSSP = POLICIES / "us-mssp"


def run(*arguments: object):
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def draft(tmp_path):
    """Qingdao with a growth of 4 % for 9 %, without the distribution, with an assumption less."""
    folder = tmp_path / "draft"
    folder.mkdir()
    text = (POLICIES / "qingdao" / "2022.yaml").read_text("utf-8")
    text = text.replace("value: 9, article: 报道未载，示例值", "value: 4, article: 新通知第三条")
    text = text.replace('chosen: "9"', 'chosen: "4"')
    text = text.replace("  - step: distribute_kept\n    takes: {shares: use_of_kept}\n", "")
    file = folder / "2026.yaml"
    file.write_text(text, "utf-8")
    return file


def compared(old, new, *more):
    result = run("policy", "compare", old, new, *more, "--format", "json")
    return result.exit_code, json.loads(result.stdout)


def test_what_changed_is_told_in_words_with_both_lines(draft):
    _, found = compared(POLICIES / "qingdao" / "2022.yaml", draft)
    changes = {(one["kind"], one["name"]): one for one in found["changes"]}
    assert set(changes) == {
        ("value", "budget_growth"), ("assumption", "budget_growth"), ("step", "distribute_kept"),
    }  # fmt: skip
    growth = changes["value", "budget_growth"]
    assert growth["old"].startswith("9 %") and "新通知第三条" in growth["new"]
    assert growth["old_place"].startswith("qingdao/2022.yaml:") and growth["new_place"].startswith("draft/2026.yaml:")
    gone = changes["step", "distribute_kept"]
    assert gone["new"] is None and "use_of_kept" in gone["old"]


def test_what_changed_is_told_in_money_of_a_facts_file(draft, tmp_path):
    facts = tmp_path / "facts.csv"
    facts.write_text("party,year,spend,base_spend,public_health\n东河,2025,1050000.00,1000000.00,\n", "utf-8")
    code, found = compared(POLICIES / "qingdao" / "2022.yaml", draft, "--facts", facts)
    assert code == 0
    (one,) = found["money"]
    # 1,090,000 - 1,050,000 = 40,000 kept; 1,040,000 - 1,050,000 = 10,000 over, below 5 % of 1,040,000: the fund's.
    assert (one["old"]["net"], one["new"]["net"], one["change"]) == ("40000.00", "0.00", "-40000.00")
    told = run("policy", "compare", POLICIES / "qingdao" / "2022.yaml", draft, "--facts", facts)
    assert "1 less" in told.stderr and "-40,000.00" in told.stdout


def test_without_facts_the_examples_of_both_editions_are_settled_under_both():
    code, found = compared(MSSP / "2021.yaml", MSSP / "2023.yaml")
    changes = {one["name"]: one["change"] for one in found["money"]}
    # 5,500,000 x 50 % x 0.8 x 98 %: only the edition of 2023 knows the alternative standard.
    assert changes["Where only the alternative standard is met the share is multiplied by the score"] == "2156000.00"
    assert changes["A saving that only the guardrail makes is not shared"] == "-2695000.00"
    # The edition of 2023 asks for the revenue before the start of the agreement; 2021 knows neither.
    assert code == 1 and any("'revenue'" in (one["refused"] or "") for one in found["money"])
    kinds = {(one["kind"], one["name"]) for one in found["changes"]}
    assert ("value", "below_minimum") in kinds and ("value", "enhanced_share") not in kinds


def test_an_edition_against_itself_has_no_change():
    code, found = compared(MSSP / "2021.yaml", MSSP / "2021.yaml")
    assert code == 0 and found["changes"] == [] and {one["change"] for one in found["money"]} == {"0.00"}


def test_a_folder_is_no_edition():
    told = run("policy", "compare", MSSP, MSSP / "2023.yaml")
    assert told.exit_code == 2 and "an edition is one file" in told.stderr and "us-mssp/2021.yaml" in told.stderr


def test_show_reads_as_a_document():
    told = run("policy", "show", POLICIES / "qingdao", "--lang", "zh").stdout
    for words in (
        "二、清算步骤", "按假设：当年预算", "预算在基数上的增长率：9 %（2022-01-01 起", "【来源所述】",
        "基金分担额“不超过平均增长率”未说明以何为基数：当年预算（另可：基期支出）", "四舍五入到分",
    ):  # fmt: skip
        assert words in told
    guangyuan = run("policy", "show", POLICIES / "guangyuan", "--lang", "zh").stdout
    assert "（险种为职工）待清算结余按比例支付" in guangyuan
    assert "其他口径暂无法测算" in run("policy", "show", POLICIES / "us-hcc-capitation", "--lang", "zh").stdout


@pytest.mark.parametrize("pack", sorted(one.name for one in POLICIES.iterdir()))
def test_point_13_show_reads_in_english_but_for_what_the_document_itself_says(pack):
    told = run("policy", "show", POLICIES / pack, "--lang", "en").stdout
    files = "".join(one.read_text("utf-8") for one in (POLICIES / pack).glob("*.yaml"))
    assert "1. Facts needed" in told and "5. Rounding" in told
    # What is Chinese here is cited from the file: an article, who issued it, a word of a fact.
    unsaid = [one for one in re.findall("[一-鿿]+", told) if one not in files]
    assert not unsaid
    first = told.split("1. Facts needed")[0].splitlines()
    assert not re.search("[一-鿿]", first[0] + first[2] + first[3])


def test_check_finds_a_total_that_is_none(tmp_path):
    text = (POLICIES / "qingdao" / "2022.yaml").read_text("utf-8").replace("total: fund_spend", "total: fund_spent")
    (tmp_path / "2022.yaml").write_text(text, "utf-8")
    told = run("policy", "check", tmp_path / "2022.yaml", "--format", "json")
    assert told.exit_code == 1 and "there is no total 'fund_spent'" in told.stdout
    assert "did you mean 'fund_spend'?" in told.stdout


def test_sql_reads_a_query_from_a_file_or_says_why_not(tmp_path):
    run("new", tmp_path / "ws")
    told = run("sql", f"@{tmp_path / 'none.sql'}", "-w", tmp_path / "ws")
    assert told.exit_code == 2 and "the query cannot be read" in told.stderr


def test_point_13_policies_are_listed_with_those_of_the_workspace(tmp_path):
    space = Workspace.new(tmp_path / "xihai")
    mine = space.folder / "policies" / "xihai-town" / "2025.yaml"
    mine.parent.mkdir()
    text = (ROOT / "policies" / "qingdao" / "2022.yaml").read_text("utf-8")
    mine.write_text(text.replace("policy: qingdao", "policy: xihai-town"), "utf-8")
    told = json.loads(run("policy", "list", "--format", "json", "-w", space.folder).stdout)
    assert next(one["policy"] for one in told) == "xihai-town"
    shipped = {file.parent.name for file in (ROOT / "policies").glob("*/*.yaml")}
    assert {one["policy"] for one in told} == shipped | {"xihai-town"}
    assert {"policy": "qingdao", "from": "2022-01-01", "until": "2029-12-31"}.items() <= next(
        one for one in told if one["policy"] == "qingdao"
    ).items()


@pytest.mark.parametrize(("wrong", "right"), [("qingdo", "qingdao"), ("policies/gungdong", "guangdong")])
def test_point_13_a_misspelt_policy_gets_a_suggestion(wrong, right):
    refused = run("policy", "check", wrong)
    assert refused.exit_code == WRONG_USE and f"did you mean '{right}'?" in refused.output
