"""One broken policy for each message: what, where, what was expected, what to do; and the page that lists them."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.errors.mistakes import GOOD, MISTAKES
from tests.errors.page import SHOWN_AS, errors_page, message
from yiheng.basis.refusals import Refusal
from yiheng.payment import check_policy
from yiheng.policy import read_policy

ALL = [pytest.param(one, id=f"{section}: {what}") for section, some in MISTAKES.items() for what, one in some.items()]
AT_LEAST = 40


@pytest.mark.parametrize("mistake", ALL)
def test_a_mistake_is_told_with_line_and_cure(mistake):
    told = message(mistake)
    assert f"{SHOWN_AS}:{mistake.line}:" in told, told
    for words in mistake.words:
        assert words in told, told


def test_there_are_enough_mistakes_and_no_two_are_the_same():
    broken = {(one.before, one.after) for some in MISTAKES.values() for one in some.values()}
    assert len(broken) == len(ALL) >= AT_LEAST


def test_the_file_that_is_broken_is_right(tmp_path):
    file = tmp_path / "2025.yaml"
    file.write_text(GOOD, "utf-8")
    check_policy(read_policy(file))


def test_the_page_of_mistakes_is_the_one_that_the_program_answers():
    page = (ROOT / "docs" / "reference" / "errors.md").read_text("utf-8")
    assert page == errors_page(), "run: python -m tests.errors.page > docs/reference/errors.md"


def test_all_faults_of_a_file_are_told_together(tmp_path):
    file = tmp_path / "2025.yaml"
    file.write_text(GOOD.replace("mode: half_up", "mode: up").replace("mark: said_by_source", "mark: many"), "utf-8")
    with pytest.raises(Refusal) as refusal:
        read_policy(file)
    assert "rounding.mode" in str(refusal.value) and "values.kept.mark" in str(refusal.value)


def test_faults_of_values_and_of_steps_are_told_together(tmp_path):
    file = tmp_path / "2025.yaml"
    file.write_text(GOOD.replace("b: 40}", "b: 30}").replace("step: pay_due", "step: pay_du"), "utf-8")
    with pytest.raises(Refusal) as refusal:
        check_policy(read_policy(file))
    assert "do not add up to 100 %" in str(refusal.value) and "did you mean 'pay_due'?" in str(refusal.value)
