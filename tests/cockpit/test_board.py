"""What the cockpit picks from the runs of a workspace, worked out by hand."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from yiheng.runs.list_file import add_line

from .by_hand import add_measure, add_run, add_settle, figures, made

TODAY = dt.date(2026, 6, 15)


@pytest.fixture
def folder(served, tmp_path):
    from django.test import override_settings

    with override_settings(WORKSPACE=made(tmp_path / "by-hand")) as _:
        yield tmp_path / "by-hand"


def board():
    from yiheng.cockpit import board

    return board


def results():
    from yiheng.cockpit import results

    return results


def test_an_empty_workspace_has_no_parties(folder):
    assert board().parties_and_years() == {}
    assert board().state(None).runs == []


def test_a_run_of_some_indicators_does_not_hide_the_others(folder):
    add_measure(folder, "measure-all", "year", [("drug_share", "xihai", 2025, 1, 4)], at="2026-01-01")
    add_measure(
        folder, "measure-one", "year", [("drug_share", "xihai", 2025, 9, 9)], at="2026-01-02", names=("drug_share",)
    )
    add_measure(folder, "measure-old", "year", [("drug_share", "xihai", 2025, 8, 9)], at="2025-01-01")
    # Written last, noted last: the newest line of the list is the newest run.
    assert results().measured(["consortium", "year"]).pins["called"] == "measure-old"
    add_measure(folder, "measure-new", "year", [("drug_share", "xihai", 2025, 1, 2)], at="2026-01-03")
    assert results().measured(["consortium", "year"]).pins["called"] == "measure-new"


def test_a_settlement_from_the_lake_stands_before_one_from_a_file(folder):
    add_settle(folder, "settle-1", {("xihai", 2025): figures("1.00", "1.00")}, at="2026-01-01")
    add_settle(folder, "settle-2", {("xihai", 2025): figures("2.00", "1.00")}, at="2026-01-02")
    both = {("xihai", 2025): figures("3.00", "1.00"), ("x", 2024): figures("4.00", "1.00")}
    add_settle(folder, "settle-3", both, at="2026-01-03", facts="file")
    budgets = {key: one.statement["figures"]["budget"] for key, one in results().settled().items()}
    assert budgets == {("xihai", 2025): "2.00", ("x", 2024): "4.00"}
    assert board().parties_and_years() == {"x": [2024], "xihai": [2025]}


def test_a_run_whose_folder_is_gone_is_passed_over(folder):
    add_settle(folder, "settle-1", {("xihai", 2025): figures("1.00", "1.00")}, at="2026-01-01")
    line = {"at": "2026-01-02T00:00:00+00:00", "run": "settle-gone", "verb": "settle", "manifest_sha256": "0" * 64}
    add_line(folder / "runs", line)
    assert results().settled()[("xihai", 2025)].run.pins["called"] == "settle-1"


def test_budget_against_time(folder):
    # Data until the end of June 2025: 181 of 365 days; 60 of 100 yuan spent.
    rows = [("drug_share", "xihai", f"2025-{month:02d}", 1, 2) for month in range(1, 7)]
    rows += [("admission_rate", "xihai", "2025-12", 0, 31)]
    add_measure(folder, "measure-m", "month", rows, at="2026-01-01")
    add_settle(folder, "settle-1", {("xihai", 2025): figures("100.00", "60.00")}, at="2026-01-01")
    progress = board().progress("xihai", 2025, results().settled()[("xihai", 2025)], TODAY)
    assert (progress.used, progress.passed) == (Fraction(3, 5), Fraction(181, 365))
    assert progress.until == dt.date(2025, 6, 30)
    assert progress.ahead and not progress.over
    # The bar is 1.05 budgets long: 0.6 / 1.05 of 1000 units.
    assert (progress.used_units, progress.budget_units) == (571, 952)


def test_time_does_not_run_ahead_of_today(folder):
    add_measure(folder, "measure-m", "month", [("drug_share", "xihai", "2026-06", 1, 2)], at="2026-06-15")
    assert board().data_until("xihai", 2026, TODAY) == TODAY
    assert board().data_until("xihai", 2025, TODAY) is None


def test_without_budget_or_data_there_is_no_progress(folder):
    add_settle(
        folder, "settle-1", {("a", 2025): figures("0.00", "1.00"), ("b", 2025): "spend is unknown"}, at="2026-01-01"
    )
    settled = results().settled()
    for party in ("a", "b", "c"):
        assert board().progress(party, 2025, settled.get((party, 2025)), TODAY) is None


def test_a_card_shows_the_year_and_the_change(folder):
    rows = [
        # 30.0 % after 25.0 %: five points up, and lower is better.
        ("drug_share", "xihai", 2025, 30, 100),
        ("drug_share", "xihai", 2024, 25, 100),
        # 1000.00 yuan after 800.00: a quarter more.
        ("cost_per_stay", "xihai", 2025, 300_000, 3),
        ("cost_per_stay", "xihai", 2024, 80_000, 1),
        ("budget_use", "xihai", 2025, 30, 0),
    ]
    add_measure(folder, "measure-y", "year", rows, at="2026-01-01")
    cards = {card.indicator.name: card for card in board().cards("xihai", 2025)}
    drug, cost = cards["drug_share"], cards["cost_per_stay"]
    assert (drug.shown, drug.unit, drug.change.arrow, drug.change.text) == ("30.0", "%", "↑", "5.0 个百分点")
    assert (drug.change.judged, drug.change.verdict) == ("worse", "变差")
    assert (cost.shown, cost.unit, cost.change.text) == ("1,000.00", "元", "25.0 %")
    # Over nothing is unknown, not zero; absent is unknown too.
    assert cards["budget_use"].shown is None
    assert cards["admission_rate"].shown is None and cards["admission_rate"].change is None
    assert [card.shown for card in board().cards("donghe", 2025)] == [None] * len(cards)


def test_data_loaded_after_the_results_are_told(folder):
    add_measure(folder, "measure-y", "year", [("drug_share", "xihai", 2025, 1, 2)], at="2026-01-02")
    add_run(folder, "load-1", "load.json", {}, at="2026-01-01")
    assert not board().state(None).stale
    add_run(folder, "load-2", "load.json", {}, at="2026-01-03")
    assert board().state(None).stale


def test_a_small_line_needs_two_points(folder):
    rows = [("drug_share", "xihai", "2025-01", 1, 4), ("drug_share", "xihai", "2025-12", 3, 4)]
    add_measure(folder, "measure-m", "month", rows[:1], at="2026-01-01")
    assert {card.spark for card in board().cards("xihai", 2025)} == {""}
    add_measure(folder, "measure-n", "month", rows, at="2026-01-02")
    spark = {card.indicator.name: card.spark for card in board().cards("xihai", 2025)}
    # From the lower left to the upper right of a box of 480 by 80 with a margin of 8.
    assert spark["drug_share"] == "0,72 480,8"


def test_a_month_is_exported_with_both_sums(folder):
    from yiheng.cockpit.trends import export_rows, trend_of
    from yiheng.measures import INDICATORS

    rows = [("drug_share", "xihai", "2024-12", 2, 3), ("drug_share", "xihai", "2025-01", 5, 0)]
    add_measure(folder, "measure-m", "month", rows, at="2026-01-01")
    trend = trend_of(INDICATORS["drug_share"], "xihai", 2025)
    assert export_rows(trend) == [["2024-12", "2", "3", "0.666667"], ["2025-01", "5", "0", ""]]
    assert trend.drawn["lines"] == [{"name": "2024", "values": [""] * 11 + ["66.7"]}]


def test_point_1_a_partial_audit_replaces_no_whole_one(folder):
    from yiheng.supervision import RULES

    every = sorted(RULES)

    def audit(run, rules, *, at, since=None):
        result = {"findings": [], "rules": [], "unknown": []}
        add_run(folder, run, "findings.json", result, at=at, inputs={"rules": rules, "since": since, "until": None})

    # Before the first whole audit the widest is shown, as what it is.
    audit("audit-two", every[:2], at="2026-01-01")
    audit("audit-one", every[:1], at="2026-01-02")
    audit("audit-year", every, at="2026-01-03", since="2025-01-01")
    assert results().audited().pins["called"] == "audit-two"
    assert len(results().rules_not_asked(results().audited().inputs)) == len(every) - 2
    audit("audit-all", every, at="2026-01-04")
    audit("audit-later", every[:1], at="2026-01-05")
    audit("audit-later-year", every, at="2026-01-06", since="2025-01-01")
    assert results().audited().pins["called"] == "audit-all"
    assert results().whole_audit(results().audited().inputs)


def test_point_1_a_comparison_with_a_what_if_replaces_none_without(folder):
    for day, (run, inputs) in enumerate(
        {"compare-file": {"facts": "f.csv"}, "compare-lake": {}, "compare-if": {"assume": {"a": "b"}}}.items(), start=1
    ):
        add_run(folder, run, "comparison.json", {}, at=f"2026-01-0{day}", inputs=inputs)
    assert results().compared().pins["called"] == "compare-lake"


def test_point_1_a_settlement_that_was_refused_leaves_the_statement_before_it(folder):
    add_settle(folder, "settle-1", {("xihai", 2025): figures("1.00", "1.00")}, at="2026-01-01")
    add_settle(folder, "settle-2", {("xihai", 2025): "no claims of March"}, at="2026-01-02")
    one = results().settled()[("xihai", 2025)]
    assert (one.run.pins["called"], one.stand.state, one.stand.official) == ("settle-1", "trial", False)
