"""Rules are declared strictly and stake what the law lets them."""

from __future__ import annotations

import pytest

from tests.tiny import FILES, written
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, load_codes, run_audit, run_load
from yiheng.supervision import RULES


def test_an_unknown_rule_names_the_nearest(county):
    with pytest.raises(Refusal, match="did you mean 'split_stay'"):
        run_audit(county, ["split_stays"])


def test_without_its_code_list_a_rule_stays_unknown_and_says_what_to_do(tmp_path):
    audited = run_audit(Workspace.new(tmp_path / "ws"))
    unknown = {one["rule"]: one for one in audited["unknown"]}
    assert set(unknown) == set(RULES)
    assert unknown["duplicate_charge"]["to_do"] == "yiheng codes load FILE --list knowledge_point"
    assert unknown["split_stay"]["missing"] == ["visit", "diagnosis", "settlement"]


def test_without_fee_lines_a_rule_about_them_is_unknown_and_the_others_judge(tmp_path):
    files = {name: text for name, text in FILES.items() if name != "fee_line.csv"}
    workspace = Workspace.new(tmp_path / "ws")
    run_load(workspace, [written(tmp_path / "source", files)])
    audited = run_audit(workspace, ["charged_outside_stay", "overlapping_stays"])
    assert [(u["rule"], u["missing"]) for u in audited["unknown"]] == [("charged_outside_stay", ["fee_line"])]
    assert [one["rule"] for one in audited["rules"]] == ["overlapping_stays"]


LIMITS_OF_CHILDREN = {
    "item_limit": "rule_class,official_code,item_code,item_name,measure,value\n药品儿童专用,,IA,某药,max_age,14\n",
    "knowledge_point": "point_id,rule_class,official_code,item_codes,item_name,constraint\n1,药品儿童专用,,IA,某药,限儿童\n",
}


@pytest.mark.parametrize("name", LIMITS_OF_CHILDREN)
def test_a_limited_rule_judges_by_either_of_its_lists(name, tmp_path):
    workspace = Workspace.new(tmp_path / "ws")
    run_load(workspace, [written(tmp_path / "source")])
    file = tmp_path / "list.csv"
    file.write_text(LIMITS_OF_CHILDREN[name], "utf-8")
    load_codes(workspace, file, name)
    audited = run_audit(workspace, ["drug_for_children", "drug_for_other_sex"])
    assert [one["rule"] for one in audited["rules"]] == ["drug_for_children"]
    # No list holds a limit of the other class.
    assert audited["unknown"] == [
        {
            "rule": "drug_for_other_sex",
            "zh": "药品区分性别使用",
            "missing": ["knowledge_point: 药品区分性别使用"],
            "to_do": "yiheng codes load FILE --list item_limit",
        }
    ]


def test_official_codes_are_those_of_the_published_list():
    import csv

    from tests.conftest import shared_file

    with shared_file("national/rules_2025.csv").open(encoding="utf-8") as file:
        published = {row["name"]: row["official_code"] for row in csv.DictReader(file)}
    for rule in RULES.values():
        if rule.official_code:
            assert published[rule.zh] == rule.official_code, rule.name
