"""Every planted fault of the synthetic county is found, every near-miss spared."""

from __future__ import annotations

import csv
from collections import Counter

import pytest

from yiheng.runs import run_audit
from yiheng.supervision import RULES

# Rules about institutions, which stand out in a year among enough cases only; they need judgement.
WITHHELD = (
    "clinic_without_service",
    "dissatisfied_patients",
    "early_discharge",
    "few_services",
    "outflow_of_people",
    "self_pay_shift",
    "severe_sent_away",
    "shifted_around_stay",
    "upcoded_illness",
)
SURE = sorted(set(RULES) - set(WITHHELD))


def labels_of(workspace):
    with (workspace.folder.parent / "labels.csv").open(encoding="utf-8") as file:
        return [one | subject(one) for one in csv.DictReader(file)]


def subject(label):
    """A label names a line or an ordinal in one column; a finding names an ordinal in what it is about."""
    ordinal = label["line"] if label["line"].isdecimal() else ""
    return {"line": "" if ordinal else label["line"], "about": label["about"] or ordinal}


@pytest.fixture(scope="module")
def labels(county):
    return labels_of(county)


@pytest.fixture(scope="module")
def audited(county):
    return run_audit(county)


@pytest.fixture(scope="module")
def withheld(district):
    return run_audit(district, list(WITHHELD))["findings"]


def found_by(audited, rule: str, names: tuple[str, ...]) -> Counter:
    """What a rule found, as far as its labels name it."""
    return Counter(
        (*(f[key] or "" for key in names), f["at_stake_fen"]) for f in audited["findings"] if f["rule"] == rule
    )


@pytest.mark.parametrize("rule", SURE)
def test_a_rule_finds_all_that_was_planted_and_nothing_else(rule, labels, audited):
    caught = [row for row in labels if row["rule"] == rule and row["expect"] == "catch"]
    assert caught, f"nothing was planted for {rule}"
    # A pair of items on a line is about the second of them, which no label names.
    names = ("visit", "line", "about") if any(row["about"] for row in caught) else ("visit", "line")
    planted = Counter((*(row[key] for key in names), int(row["at_stake_fen"])) for row in caught)
    assert found_by(audited, rule, names) == planted


@pytest.mark.parametrize("rule", SURE)
def test_a_rule_spares_every_near_miss(rule, labels, audited):
    spared = {(row["visit"], row["about"]) for row in labels if row["rule"] == rule and row["expect"] == "spare"}
    found = [f for f in audited["findings"] if f["rule"] == rule]
    assert spared, f"no near-miss was planted for {rule}"
    assert not {visit for visit, _ in spared if visit} & {f["visit"] for f in found}
    assert not {about for visit, about in spared if not visit} & {f["about"] for f in found}


@pytest.mark.parametrize("rule", WITHHELD)
def test_an_institution_that_withholds_service_is_found_and_its_like_are_spared(rule, district, withheld):
    told = {
        expect: {
            (one["institution"], one["about"])
            for one in labels_of(district)
            if one["rule"] == rule and one["expect"] == expect
        }
        for expect in ("catch", "spare")
    }
    found = {(one["institution"], one["about"]) for one in withheld if one["rule"] == rule}
    assert told["catch"] and told["spare"]
    assert found == told["catch"]
    assert not found & told["spare"]


def test_no_rule_is_left_unjudged_when_its_lists_are_loaded(audited):
    assert audited["unknown"] == []
    assert {one["rule"] for one in audited["rules"]} == set(RULES)


def test_a_window_keeps_only_what_occurred_in_it(county, audited):
    import datetime as dt

    narrow = run_audit(county, since=dt.date(2025, 1, 1), until=dt.date(2025, 6, 30))
    wanted = [f for f in audited["findings"] if "2025-01-01" <= f["occurred_on"] <= "2025-06-30"]
    assert narrow["findings"] == wanted
