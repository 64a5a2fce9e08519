"""Every shipped policy pays as its examples say; one test a sentence."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from yiheng.payment import check_steps, examples_file, run_examples
from yiheng.policy import read_policy

POLICIES = sorted((ROOT / "policies").glob("*/*.yaml"))
# Rules that no shipped place has yet, each with its examples.
PACKS = sorted((ROOT / "tests" / "payment" / "packs").glob("*/*.yaml"))


def shipped(file):
    return read_policy(file, shown_as=f"{file.parent.name}/{file.name}")


def outcomes():
    for file in (*POLICIES, *PACKS):
        for outcome in run_examples(shipped(file), examples_file(file)):
            yield pytest.param(outcome, id=f"{file.parent.name}: {outcome.name}")


@pytest.mark.parametrize("outcome", list(outcomes()))
def test_a_policy_pays_as_its_example_says(outcome):
    assert outcome.holds, "\n".join((outcome.place, *outcome.differs))


def test_every_shipped_policy_has_examples_and_known_steps():
    assert {file.parent.name for file in POLICIES} >= {"qingdao", "guangdong", "us-desynpuf"}
    for file in POLICIES:
        assert examples_file(file).exists(), file
        check_steps(shipped(file))


def test_an_example_that_expects_another_figure_fails_with_the_reasons(tmp_path):
    file = ROOT / "policies" / "us-desynpuf" / "2010.yaml"
    examples = tmp_path / "place" / "examples" / "2010.yaml"
    examples.parent.mkdir(parents=True)
    examples.write_text(
        "- name: wrong on purpose\n  year: 2010\n"
        '  given: {spend_two_years_ago: "1.00", spend_last_year: "1.00", spend: "1.00"}\n'
        '  expect: {budget: "1.03"}\n  because: [no such article]\n',
        "utf-8",
    )
    (outcome,) = run_examples(shipped(file), examples)
    assert not outcome.holds
    # (1.00 + 1.00) / 2 x 1.02 = 1.02
    assert "budget: expected 1.03, got 1.02" in outcome.differs[0]
    assert "预算增长率：2 %" in outcome.differs[0]
    assert "the reasons do not use: no such article" in outcome.differs[1]
