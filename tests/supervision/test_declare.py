"""Rules are declared strictly and stake what the law lets them."""

from __future__ import annotations

import pytest

from tests.tiny import FILES, written
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, run_audit, run_load
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


def test_official_codes_are_those_of_the_published_list():
    import csv

    from tests.conftest import shared_file

    with shared_file("national/rules_2025.csv").open(encoding="utf-8") as file:
        published = {row["name"]: row["official_code"] for row in csv.DictReader(file)}
    for rule in RULES.values():
        if rule.official_code:
            assert published[rule.zh] == rule.official_code, rule.name
