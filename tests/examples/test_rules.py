"""Every rule catches what its examples say and spares the rest; one test a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from yiheng.supervision import RULES
from yiheng.testkit import trials

TRIALS = trials(Path(__file__).parent / "rules")


@pytest.mark.parametrize("trial", TRIALS, ids=str)
def test_a_rule_does_as_its_examples_say(trial):
    assert trial.differs() == []


def test_every_rule_has_examples():
    assert {trial.rule for trial in TRIALS} == set(RULES)
