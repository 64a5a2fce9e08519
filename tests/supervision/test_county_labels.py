"""Every planted fault of the synthetic county is found, every near-miss spared."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from yiheng.runs import run_audit
from yiheng.supervision import RULES


@pytest.fixture(scope="module")
def labels(county):
    with (county.folder.parent / "labels.csv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def audited(county):
    return run_audit(county)


def found_by(audited, rule: str) -> Counter:
    """What a rule found, as the labels name it: a diagnosis is named by its ordinal."""
    return Counter(
        (f["visit"], f["line"] or str(f["evidence"].get("ordinal", "")), f["at_stake_fen"])
        for f in audited["findings"]
        if f["rule"] == rule
    )


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_finds_all_that_was_planted_and_nothing_else(rule, labels, audited):
    planted = Counter(
        (row["visit"], row["line"], int(row["at_stake_fen"]))
        for row in labels
        if row["rule"] == rule and row["expect"] == "catch"
    )
    assert planted, f"nothing was planted for {rule}"
    assert found_by(audited, rule) == planted


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_spares_every_near_miss(rule, labels, audited):
    spared = {row["visit"] for row in labels if row["rule"] == rule and row["expect"] == "spare"}
    assert spared, f"no near-miss was planted for {rule}"
    assert not spared & {f["visit"] for f in audited["findings"] if f["rule"] == rule}


def test_no_rule_is_left_unjudged_when_its_lists_are_loaded(audited):
    assert audited["unknown"] == []
    assert {one["rule"] for one in audited["rules"]} == set(RULES)


def test_a_window_keeps_only_what_occurred_in_it(county, audited):
    import datetime as dt

    narrow = run_audit(county, since=dt.date(2025, 1, 1), until=dt.date(2025, 6, 30))
    wanted = [f for f in audited["findings"] if "2025-01-01" <= f["occurred_on"] <= "2025-06-30"]
    assert narrow["findings"] == wanted
