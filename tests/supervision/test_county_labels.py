"""Every planted fault of the synthetic county is found, every near-miss spared."""

from __future__ import annotations

import pytest

from yiheng.runs import run_audit
from yiheng.runs.precision import LABELS
from yiheng.supervision import RULES
from yiheng.testkit import judge_rule, read_labels

# Rules about institutions, which stand out in a year among enough cases only.
PLACES = (
    "clinic_without_service",
    "dissatisfied_patients",
    "disease_drug_share",
    "early_discharge",
    "few_services",
    "key_drug_money",
    "key_drug_quantity",
    "low_positive_rate",
    "outflow_of_people",
    "pharmacy_growth",
    "self_pay_shift",
    "severe_sent_away",
    "shifted_around_stay",
    "upcoded_illness",
)
SURE = sorted(set(RULES) - set(PLACES))


@pytest.fixture(scope="module")
def labels(county):
    return read_labels(county.folder.parent / LABELS)


@pytest.fixture(scope="module")
def audited(county):
    return run_audit(county)


@pytest.fixture(scope="module")
def at_places(district):
    return run_audit(district, list(PLACES))["findings"]


def spared_by(rule, labels):
    return sum(one.rule == rule and one.expect == "spare" for one in labels)


@pytest.mark.parametrize("rule", SURE)
def test_a_rule_finds_all_that_was_planted_and_nothing_else(rule, labels, audited):
    judged = judge_rule(rule, audited["findings"], labels)
    assert judged.caught, f"nothing was planted for {rule}"
    assert (judged.missed, judged.wrong, judged.unlabelled, judged.other_amount) == (0, 0, 0, 0)
    assert judged.right == judged.caught


@pytest.mark.parametrize("rule", SURE)
def test_a_rule_spares_every_near_miss(rule, labels, audited):
    judged = judge_rule(rule, audited["findings"], labels)
    assert judged.spared, f"no near-miss was planted for {rule}"
    assert judged.spared == spared_by(rule, labels)


@pytest.mark.parametrize("rule", PLACES)
def test_an_institution_that_withholds_or_overdoes_is_found_and_its_like_are_spared(rule, district, at_places):
    labels = read_labels(district.folder.parent / LABELS)
    judged = judge_rule(rule, at_places, labels)
    assert judged.caught and judged.spared
    assert (judged.missed, judged.wrong, judged.unlabelled, judged.other_amount) == (0, 0, 0, 0)
    assert judged.spared == spared_by(rule, labels)


def test_no_rule_is_left_unjudged_when_its_lists_are_loaded(audited):
    # So small a county has too few cases to hold its institutions beside each other.
    assert {one["rule"] for one in audited["unknown"]} <= set(PLACES)
    assert all("至少需要" in one["missing"][0] for one in audited["unknown"])
    assert {one["rule"] for one in (*audited["rules"], *audited["unknown"])} == set(RULES)


def test_a_window_keeps_only_what_occurred_in_it(county, audited):
    import datetime as dt

    narrow = run_audit(county, since=dt.date(2025, 1, 1), until=dt.date(2025, 6, 30))
    wanted = [f for f in audited["findings"] if "2025-01-01" <= f["occurred_on"] <= "2025-06-30"]
    assert narrow["findings"] == wanted
