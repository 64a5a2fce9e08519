"""Each rule of the national list is computed by something of ours, or says why not."""

from __future__ import annotations

import csv

from tests.conftest import ROOT, shared_file
from yiheng.measures import CHECKS, INDICATORS
from yiheng.runs import Workspace, run_audit
from yiheng.supervision import RULES, national_rules
from yiheng.supervision.national import FILE
from yiheng.supervision.page import rules_page


def test_the_page_of_rules_is_the_one_the_declarations_make():
    page = (ROOT / "docs" / "reference" / "rules.md").read_text("utf-8")
    assert page == rules_page(), "run: python -m yiheng.supervision.page > docs/reference/rules.md"


def test_the_list_is_the_published_one():
    with shared_file("national/rules_2025.csv").open(encoding="utf-8") as file:
        published = [(int(row["seq"]), row["name"], row["official_code"] or None) for row in csv.DictReader(file)]
    assert [(one.seq, one.zh, one.official_code) for one in national_rules()] == published
    assert len(published) == 88


def test_a_rule_is_computed_in_one_way_or_says_why_not():
    for one in national_rules():
        ways = [one.rule is not None, bool(one.measured_by), one.why is not None]
        assert sum(ways) == 1, f"{one.seq} {one.zh}: rule, measured_by or why, one of them"
        assert one.why is None or (one.why.zh and one.why.en), one.zh


def test_an_audit_lists_the_rules_that_nothing_computes_whatever_was_asked(tmp_path):
    result = run_audit(Workspace.new(tmp_path / "ws"), ["split_stay"])
    # The published rules less those that our files compute, each found by its name.
    with shared_file("national/rules_2025.csv").open(encoding="utf-8") as file:
        published = {row["name"]: row["official_code"] or None for row in csv.DictReader(file)}
    with FILE.open(encoding="utf-8", newline="") as file:
        measured = {row["zh"] for row in csv.DictReader(file) if row["measured_by"]}
    left = published.keys() - measured - {rule.zh for rule in RULES.values()}
    assert {one["zh"]: one["official_code"] for one in result["not_computed"]} == {zh: published[zh] for zh in left}
    assert len(left) == 7
    assert all(one["why"] and one["why_en"] for one in result["not_computed"])
    seqs = [one["seq"] for one in result["not_computed"]]
    assert seqs == sorted(seqs)
    # 药品限二线使用 stands fifth in the published list.
    assert (result["not_computed"][0]["seq"], result["not_computed"][0]["zh"]) == (5, "药品限二线使用")


def test_what_measures_a_rule_is_declared():
    for one in national_rules():
        assert set(one.measured_by) <= {*CHECKS, *INDICATORS}, one.zh


def test_a_rule_of_ours_bears_the_code_of_the_list():
    for one in national_rules():
        if one.rule:
            assert RULES[one.rule].official_code == one.official_code, one.rule


def test_an_indicator_names_the_code_it_measures():
    measured = {name: one for one in national_rules() for name in one.measured_by if name in INDICATORS}
    statistics = (
        "drug_share",
        "exam_share",
        "consumable_share",
        "treatment_share",
        "ct_share",
        "mri_share",
        "readmission_31d",
    )
    assert set(statistics) <= set(measured)
    for name in statistics:
        assert measured[name].official_code in INDICATORS[name].source
