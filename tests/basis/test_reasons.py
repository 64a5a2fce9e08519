"""Point 10: a reason that is kept and printed holds no sign that nobody sees."""

from __future__ import annotations

import pytest

from yiheng.basis.reasons import refuse_unseen
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, adopt, propose, withdraw
from yiheng.runs.completeness import refuse_empty_act

UNSEEN = ["\x00", "\x1b", "\x07", "\n", "\r", "\x7f", "\x9b", "\u200b", "\u202e", "\u2066", "\u2028", "\ufeff"]


@pytest.mark.parametrize("sign", UNSEEN, ids=[f"U+{ord(sign):04X}" for sign in UNSEEN])
def test_point_10_an_unseen_sign_in_a_reason_is_refused_by_its_number(sign):
    with pytest.raises(Refusal, match=f"invisible sign U\\+{ord(sign):04X}"):
        refuse_unseen(f"合计{sign}相符")
    with pytest.raises(Refusal, match="invisible sign"):
        refuse_empty_act(None, f"July{sign} is late")


@pytest.mark.parametrize(
    "reason", ["合计与台账相符（2025年）", "totals agree: 1,530.00 — see minute 12", " blanks around \n"]
)
def test_point_10_an_ordinary_reason_passes(reason):
    refuse_unseen(reason)


def test_point_10_every_act_on_a_settlement_looks_at_its_reasons(tmp_path):
    workspace = Workspace.new(tmp_path / "space")
    for act in (propose, adopt, withdraw):
        with pytest.raises(Refusal, match=r"invisible sign U\+001B"):
            act(workspace, "settle-1", by="li", why="\x1b[2Jok")
    for more in ("refused_because", "marks_because"):
        with pytest.raises(Refusal, match=r"invisible sign U\+202E"):
            propose(workspace, "settle-1", by="li", why="ok", **{more: "a\u202eb"})
