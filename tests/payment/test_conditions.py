"""When a step is taken: words, least numbers, years of dates."""

from __future__ import annotations

import pytest

from yiheng.basis.evidence import Place
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.payment import PartyFacts, check_steps, fact_read, settle
from yiheng.policy import read_policy
from yiheng.policy.schema import Fact

POLICY = """\
policy: small
title: {zh: 小例, en: small}
place: {zh: 某县, en: a county}
in_force: {from: 2025-01-01, until: 2025-12-31}
issued: {by: 某县, number: "1", on: 2024-12-18}
is: {zh: 例, en: example}
facts:
  agreed: {is: {zh: 约定, en: agreed}, column: agreed}
  spend: {is: {zh: 支出, en: spending}, column: spend}
  level: {is: {zh: 等级, en: level}, kind: word, column: level}
  people: {is: {zh: 人数, en: people}, kind: number, column: people}
  start: {is: {zh: 开始, en: start}, kind: year, dates: {forms: [YYYY-M-D, M/D/YYYY]}, column: start}
values:
  half: {is: {zh: 一半, en: half}, unit: percent, mark: example, history: [{from: 2025-01-01, value: 50, article: "1"}]}
rounding: {mode: half_up}
steps:
  - {step: budget_stated, takes: {amount: agreed}}
  - {step: pay_for_care, takes: {spend: spend}}
  - {step: surplus_due}
  - {step: share_due, CONDITIONS, takes: {share: half}}
  - {step: pay_due}
"""


def policy(tmp_path, conditions):
    file = tmp_path / "2025.yaml"
    file.write_text(POLICY.replace("CONDITIONS", conditions), "utf-8")
    return read_policy(file, shown_as="small/2025.yaml")


def kept(source, **given):
    cells = {"agreed": "100", "spend": "0", **given}
    facts = {n: fact_read(source.policy.facts[n], text, n, Place("f.csv", "2")) for n, text in cells.items()}
    return settle(source, 2025, PartyFacts("p", facts)).figures["kept"].yuan


# The surplus is 100; where the step is taken, half of it is kept.
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"level": "a", "people": "5000"}, "50.00"),
        ({"level": "b", "people": "5000"}, "50.00"),
        ({"level": "a", "people": "4999.5"}, "100.00"),
        ({"level": "c", "people": "5000"}, "100.00"),
        ({"level": "c", "people": ""}, "100.00"),
    ],
)
def test_all_of_when_must_hold_in_their_order(tmp_path, given, expected):
    source = policy(tmp_path, 'when: {level: [a, b], people: {at_least: "5000"}}')
    assert kept(source, **given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"level": "a", "start": "07/01/2024"}, "100.00"),
        ({"level": "a", "start": "01/01/2023 12:00:00 AM"}, "50.00"),
        ({"level": "b", "start": "2024-01-01"}, "50.00"),
    ],
)
def test_a_step_is_left_out_where_all_of_unless_hold(tmp_path, given, expected):
    assert kept(policy(tmp_path, 'unless: {level: [a], start: {at_least: "2024"}}'), **given) == expected


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        ("when: {levle: [a]}", "not a fact of this file"),
        ('when: {level: {at_least: "5"}}', "of kind word"),
        ("unless: {people: [a]}", "of kind number"),
    ],
)
def test_a_condition_that_no_fact_can_meet_is_refused_with_its_line(tmp_path, conditions, words):
    with pytest.raises(Refusals, match=words) as refused:
        check_steps(policy(tmp_path, conditions))
    assert "small/2025.yaml:20" in str(refused.value)


def test_a_least_number_that_is_none_is_refused(tmp_path):
    with pytest.raises(Refusals, match="'many' is not a number"):
        policy(tmp_path, "when: {people: {at_least: many}}")


@pytest.mark.parametrize("text", ["soon", "24-07-01", "2023 or 2024"])
def test_a_date_without_one_year_is_refused(text):
    declared = Fact.model_validate({"is": {"zh": "开始", "en": "start"}, "kind": "year", "column": "start"})
    with pytest.raises(Refusal, match="not a date in a form of this policy"):
        fact_read(declared, text, "start", Place("f.csv", "2"))
