"""Rules are declared strictly and stake what the law lets them."""

from __future__ import annotations

import pytest

from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, run_audit
from yiheng.supervision import RULES


def test_an_unknown_rule_names_the_nearest(county):
    with pytest.raises(Refusal, match="did you mean 'split_stay'"):
        run_audit(county, ["split_stays"])


def test_without_its_code_list_a_rule_stays_unknown_and_says_what_to_do(tmp_path):
    audited = run_audit(Workspace.new(tmp_path / "ws"))
    unknown = {one["rule"]: one for one in audited["unknown"]}
    assert set(unknown) == {name for name, rule in RULES.items() if rule.codes}
    assert unknown["duplicate_charge"]["to_do"] == "yiheng codes load FILE --list knowledge_point"


def test_official_codes_are_those_of_the_published_list():
    import csv

    from tests.conftest import shared_file

    with shared_file("national/rules_2025.csv").open(encoding="utf-8") as file:
        published = {row["name"]: row["official_code"] for row in csv.DictReader(file)}
    for rule in RULES.values():
        if rule.official_code:
            assert published[rule.zh] == rule.official_code, rule.name
