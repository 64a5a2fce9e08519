"""One broken policy for each message: what, where, what was expected, what to do."""

from __future__ import annotations

import pytest

from tests.policy.test_terms import HEAD, VALUES
from yiheng.basis.refusals import Refusal
from yiheng.payment import check_steps
from yiheng.policy import read_policy

GOOD = HEAD + VALUES

# What is broken: the text replaced, its replacement, the line of the message, the words it must hold.
BROKEN = {
    "an unknown key": ("rounding: {mode: half_up}", "roundng: {mode: half_up}", 9, ["'roundng' is not known", "did you mean 'rounding'?"]),
    "an unknown key deep inside": ("article: 第九条}", "artcle: 第九条}", 18, ["'artcle' is not known", "did you mean 'article'?"]),
    "a missing key": ("policy: small\n", "", 1, ["'policy' is missing", "add it"]),
    "a key written twice": ("rounding: {mode: half_up}", "rounding: {mode: half_up}\nplace: {zh: 二, en: two}", 10, ["'place' is written twice (first on line 3)"]),
    "a unit that does not exist": ("unit: per_mille", "unit: per_thousand", 15, ["'values.held_back.unit'", "per_mille"]),
    "a rounding that does not exist": ("mode: half_up", "mode: up", 9, ["'rounding.mode'", "half_up"]),
    "a day that does not exist": ("from: 2025-07-01", "from: 2025-07-32", 19, ["'values.held_back.history.1.from'"]),
    "a history out of order": ("from: 2025-07-01", "from: 2024-07-01", 13, ["rising order of dates"]),
    "a policy that ends before it starts": ("until: 2025-12-31", "until: 2024-12-31", 4, ["before it starts"]),
    "a fact from nowhere": (", total: fund_spend}", "}", 8, ["needs 'total'"]),
    "a step that does not exist": ("step: pay_for_care", "step: pay_for_car", 11, ["there is no step 'pay_for_car'", "did you mean 'pay_for_care'?"]),
    "a step without what it needs": ("takes: {spend: spend}", "takes: {}", 11, ["needs 'spend'", "add 'spend'"]),
    "a step with too much": ("takes: {spend: spend}", "takes: {spend: spend, spent: spend}", 11, ["takes no 'spent'", "did you mean 'spend'?"]),
    "a step with an unknown fact": ("takes: {spend: spend}", "takes: {spend: spent}", 11, ["'spent' is not a fact of this file", "did you mean 'spend'?"]),
    "a list where one name belongs": ("takes: {spend: spend}", "takes: {spend: [spend]}", 11, ["takes one name"]),
    "no step": ("  - {step: pay_for_care, takes: {spend: spend}}\n", "  []\n", 10, ["'steps'"]),
    "an assumption that says other than the value": (
        "rounding:",
        "assumptions:\n  x: {is: {zh: 甲, en: a}, chosen: '60', alternatives: ['50'], sets: held_back}\nrounding:",
        1,
        ["says that '60' was chosen", "'held_back' is '50'"],
    ),
    "an assumption that sets nothing": ("rounding:", "assumptions:\n  x: {is: {zh: 甲, en: a}, chosen: a, alternatives: [b], sets: nothing}\nrounding:", 1, ["sets 'nothing'", "not among the values"]),
}  # fmt: skip


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_policy_says_what_where_and_what_to_do(what, tmp_path):
    before, after, line, words = BROKEN[what]
    assert before in GOOD, f"the example no longer holds {before!r}"
    file = tmp_path / "p.yaml"
    file.write_text(GOOD.replace(before, after, 1), "utf-8")
    with pytest.raises(Refusal) as refusal:
        check_steps(read_policy(file, shown_as="small/2025.yaml"))
    message = str(refusal.value)
    assert f"small/2025.yaml:{line}:" in message, message
    for word in words:
        assert word in message, message


def test_all_faults_of_a_file_are_told_together(tmp_path):
    file = tmp_path / "p.yaml"
    text = GOOD.replace("mode: half_up", "mode: up").replace("unit: per_mille", "unit: many")
    file.write_text(text, "utf-8")
    with pytest.raises(Refusal) as refusal:
        read_policy(file)
    assert "rounding.mode" in str(refusal.value) and "held_back.unit" in str(refusal.value)


def test_the_good_policy_is_good(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_text(GOOD, "utf-8")
    check_steps(read_policy(file))
