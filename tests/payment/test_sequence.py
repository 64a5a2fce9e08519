"""Point 8: what a policy's steps leave undone, do twice or do too early is refused before a single fact is there."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.payment import check_policy
from yiheng.policy import read_policy

CARE = "  - step: pay_for_care\n    takes: {spend: spend}\n"
CLEARED = "  - step: overrun_owed\n  - step: share_owed\n    takes: {share: overrun_borne}\n  - step: charge_owed\n"


def changed(tmp_path, policy: str, *edits: tuple[str, str]):
    """A shipped policy with parts of its text changed."""
    (file,) = sorted((ROOT / "policies" / policy).glob("*.yaml"))
    text = file.read_text("utf-8")
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    again = tmp_path / file.name
    again.write_text(text, "utf-8")
    return again


def refused(file) -> str:
    with pytest.raises(Refusal) as found:
        check_policy(read_policy(file))
    return str(found.value)


@pytest.mark.parametrize(
    ("policy", "old", "new", "words"),
    [
        ("zero-base", CARE, "", "the year's care is charged by no step"),
        ("zero-base", CARE, CARE + CARE, "the year's care is charged 2 times (lines "),
        # Both insurances reach the second step: the first of them is charged twice.
        ("guangyuan", CARE, CARE.replace("care\n", "care\n    when: {insurance: [职工]}\n"), "by no step where insurance is 居民"),
        ("guangyuan", CARE, CARE + CARE.replace("care\n", "care\n    when: {insurance: [职工]}\n"), "2 times (lines "),
        ("zero-base", "  - step: keep_surplus\n    takes: {share: surplus_kept}\n", "", "a surplus is cleared by no step"),
        ("zero-base", CLEARED, "", "an overrun is cleared by no step"),
        ("zero-base", "  - step: charge_owed\n", "", "what is owed is charged by no step"),
        ("zero-base", "  - step: overrun_owed\n", "", "an overrun becomes owed by no step"),
        ("zero-base", CARE, CARE + "  - step: surplus_due\n  - step: pay_due\n", "a surplus is cleared 2 times"),
        ("zero-base", "  - step: budget_from_projects\n    takes: {projects: projects, kept: approved}\n", "", "a budget is granted by no step"),
        (
            "zero-base", CARE, "  - step: budget_from_projects\n    takes: {projects: projects, kept: approved}\n" + CARE,
            "step 'budget_from_projects' takes the same as in line ",
        ),
        ("consortium-agreement", "  - step: settle_prepaid\n", "", "the advance is counted by no step"),
        ("consortium-agreement", "  - step: prepay_monthly\n", "  - step: prepay_monthly\n  - step: prepay_at_start\n", "the budget is paid in advance 2 times"),
        ("consortium-agreement", "  - step: pay_due\n", "  - step: pay_due\n  - step: distribute_kept\n    takes: {shares: use_of_kept}\n", "'distribute_kept' is taken 2 times"),
        ("consortium-agreement", "causes: [uncontrollable, justified,", "causes: [uncontrollable, uncontrollable,", "'causes' names 'uncontrollable' 2 times"),
        ("ningxia", "  - step: release_deposit\n    takes: {score: score, release: release}\n", "", "the deposit is released by no step"),
        ("four-layer-benefit", "  - step: person_pays\n", "", "the person bears what is left by no step"),
        ("four-layer-benefit", "  - step: cost_to_bear\n    takes: {cost: cost}\n", "", "the cost of the visit is to be borne by no step"),
        ("four-layer-benefit", "    when: {setting: [inpatient], low_income: [\"no\"]}\n", "    when: {low_income: [\"no\"]}\n", "'deductible_to_person' is taken 2 times"),
        ("diabetes-outcome", "  - step: deduct_complications\n", "  - step: pay_by_outcome\n    takes: {}\n  - step: deduct_complications\n", "step 'pay_by_outcome' needs"),
    ],
)  # fmt: skip
def test_point_8_what_must_happen_once_is_refused_when_it_does_not(tmp_path, policy, old, new, words):
    assert words in refused(changed(tmp_path, policy, (old, new)))


def test_point_8_care_charged_by_two_steps_for_different_parties_is_charged_once(tmp_path):
    each = "".join(CARE.replace("care\n", f"care\n    when: {{insurance: [{one}]}}\n") for one in ("职工", "居民"))
    check_policy(read_policy(changed(tmp_path, "guangyuan", (CARE, each))))


def test_point_8_the_same_money_is_not_charged_and_left_out(tmp_path):
    file = changed(tmp_path, "zero-base", (CARE, CARE.replace("spend: spend", "spend: spend, apart: [spend]")))
    assert "'spend' is charged as care twice" in refused(file)
    file = changed(tmp_path, "qingdao", ("takes: {spend: public_health_spend", "takes: {spend: spend"))
    assert "'spend' is charged as care twice" in refused(file)


def test_point_8_money_is_cleared_when_all_of_it_has_moved(tmp_path):
    clear = "  - step: keep_surplus\n    takes: {share: surplus_kept}\n"
    file = changed(tmp_path, "zero-base", (CARE + clear, clear + CARE))
    told = refused(file)
    assert "step 'pay_for_care' comes after 'keep_surplus'" in told and "to do: move it before 'keep_surplus'" in told


def test_point_8_a_policy_without_care_kept_its_whole_budget_and_is_refused_by_check_and_settle(tmp_path):
    """99,800,000 were kept whole; now both commands name the line and the step."""
    file, facts = changed(tmp_path, "zero-base", (CARE, "")), tmp_path / "facts.csv"
    facts.write_text("party,year,spend\na,2025,99000000\n", "utf-8")
    run = CliRunner().invoke
    assert run(main, ["new", str(tmp_path / "ws")]).exit_code == 0
    for command in (
        ["policy", "check", str(file)],
        ["-w", str(tmp_path / "ws"), "settle", str(file), "--facts", str(facts)],
    ):
        done = run(main, command)
        assert done.exit_code != 0 and "the year's care is charged by no step" in " ".join(
            (done.output + done.stderr).split()
        )


@pytest.mark.parametrize(
    ("year", "words"),
    [("0", "is the year that is settled, and a base year is earlier"), ("1", "is after the year that is settled")],
)
@pytest.mark.parametrize("policy", ["luohu", "consortium-agreement"])
def test_point_8_a_base_year_is_over_before_the_year_that_is_settled(tmp_path, policy, year, words):
    told = refused(changed(tmp_path, policy, ('year: "-1"', f'year: "{year}"')))
    assert f"the year {year} of the fact " in told and words in told and re.search(r"\.yaml:\d+: ", told)


def test_point_8_a_base_year_counts_once_and_a_norm_has_earlier_ones(tmp_path):
    (file,) = sorted((ROOT / "policies" / "risk-example").glob("*.yaml"))
    text = file.read_text("utf-8")
    for old, new, words in (
        ('year: "-2"\n    column: spend_2', 'year: "-1"\n    column: spend_2', "'spend_2' and 'spend_1' are the same total of the same year (-1)"),
        ('year: "-1"\n    column: cells_1', 'year: "0"\n    column: cells_1', "the year 0 of the fact 'cells_1'"),
    ):  # fmt: skip
        assert old in text
        again = tmp_path / "again.yaml"
        again.write_text(text.replace(old, new), "utf-8")
        assert words in refused(again)


def test_point_8_conditions_that_cannot_be_gone_through_are_refused_at_once(tmp_path):
    facts = "".join(
        f"  w{i}: {{is: {{zh: 例, en: example}}, kind: word, words: [a, b], without_step: [b], column: w{i}}}\n"
        for i in range(40)
    )
    when = ", ".join(f"w{i}: [a]" for i in range(40))
    file = changed(
        tmp_path, "zero-base", ("\nvalues:\n", f"{facts}\nvalues:\n"),
        (CARE, CARE.replace("care\n", f"care\n    when: {{{when}}}\n")),
    )  # fmt: skip
    assert "make too many cases to check" in refused(file)


@pytest.mark.parametrize(("value", "note"), [("1", True), ("0.85", True), ("0", False), ("85", False)])
def test_point_8_a_percentage_of_one_or_less_is_told_by_check(tmp_path, value, note):
    """A share of 1 or 0.85 per cent is possible, and 100 or 85 more likely: it is settled, and said."""
    old = "{from: 2025-01-01, value: 100, article: 来源未载，示例值}"
    (file,) = sorted((ROOT / "policies" / "zero-base").glob("*.yaml"))
    again = tmp_path / "2025.yaml"
    again.write_text(
        file.read_text("utf-8").replace(old, old.replace("100", value)).replace('chosen: "100"', f'chosen: "{value}"'),
        "utf-8",
    )
    done = CliRunner().invoke(main, ["policy", "check", str(again), "--format", "json"])
    assert done.exit_code == 0, done.output
    assert (f"'surplus_kept' is {value} %: if a part of one was meant, write " in done.output) == note
