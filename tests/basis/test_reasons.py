"""Points 9 and 10: a reason that is kept and printed holds no sign that nobody sees and no number of a person."""

from __future__ import annotations

import pytest

from yiheng.basis.reasons import refuse_unfit
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, adopt, propose, withdraw
from yiheng.runs.completeness import refuse_empty_act

UNSEEN = ["\x00", "\x1b", "\x07", "\n", "\r", "\x7f", "\x9b", "\u200b", "\u202e", "\u2066", "\u2028", "\ufeff"]


@pytest.mark.parametrize("sign", UNSEEN, ids=[f"U+{ord(sign):04X}" for sign in UNSEEN])
def test_point_10_an_unseen_sign_in_a_reason_is_refused_by_its_number(sign):
    with pytest.raises(Refusal, match=f"invisible sign U\\+{ord(sign):04X}"):
        refuse_unfit(f"合计{sign}相符")
    with pytest.raises(Refusal, match="invisible sign"):
        refuse_empty_act(None, f"July{sign} is late")


@pytest.mark.parametrize(
    "reason", ["合计与台账相符（2025年）", "totals agree: 1,530.00 — see minute 12", " blanks around \n"]
)
def test_point_10_an_ordinary_reason_passes(reason):
    refuse_unfit(reason)


def test_point_10_every_act_on_a_settlement_looks_at_its_reasons(tmp_path):
    workspace = Workspace.new(tmp_path / "space")
    for act in (propose, adopt, withdraw):
        with pytest.raises(Refusal, match=r"invisible sign U\+001B"):
            act(workspace, "settle-1", by="li", why="\x1b[2Jok")
    for more in ("refused_because", "marks_because"):
        with pytest.raises(Refusal, match=r"invisible sign U\+202E"):
            propose(workspace, "settle-1", by="li", why="ok", **{more: "a\u202eb"})


# Of 37021219900101123?: 3*7 7*9 0*10 2*5 1*8 2*4 1*2 9*1 9*6 0*3 0*7 1*9 0*10 1*5 1*8 2*4 3*2 = 21+63+10+8+8+2+9+54+9+5
# +8+8+6 = 211 = 19*11 + 2, so the check sign is X. With 4 it is a certificate by its groups only.
NUMBERS = [
    "370212199001011234", "37021219900101123X", "370212 19900101 1234", "370212-19900101-1234",
    "３７０２１２１９９００１０１１２３４", "３７０２１２ １９９００１０１ １２３４", "370212900101123", "13812345678", "138-1234-5678",
    "１３８１２３４５６７８", "１３８－１２３４－５６７８", "+86 138 1234 5678", "6222020000000000000",
]  # fmt: skip


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("around", ["{}", "已电话{}核实", "see {}, checked", "张三（{}）"])
def test_point_9_a_reason_with_the_number_of_a_person_is_refused(number, around):
    for refused_by in (refuse_unfit, lambda typed: refuse_empty_act(None, typed)):
        with pytest.raises(Refusal, match="certificate, a mobile telephone or a bank card") as refused:
            refused_by(around.format(number))
        assert number not in str(refused.value)


@pytest.mark.parametrize(
    "reason",
    [
        "合计 1,530,000,123.45 元", "settle-0f3a1b2c3d4e5f60 of 2025-03-01", "文号 2025-03-01 第 0012 号", "visit V20250301-000123",
        "370212 20250301 1235", "会议纪要〔2025〕12号，2025年3月1日10时30分",
    ],
)  # fmt: skip
def test_point_9_a_reason_with_days_amounts_and_runs_passes(reason):
    refuse_unfit(reason)


def test_point_9_no_act_keeps_the_number_of_a_person(tmp_path):
    workspace = Workspace.new(tmp_path / "space")
    for act in (propose, adopt, withdraw):
        with pytest.raises(Refusal, match="bank card"):
            act(workspace, "settle-1", by="li", why="asked 370212199001011234")
    for more in ("refused_because", "marks_because"):
        with pytest.raises(Refusal, match="bank card"):
            propose(workspace, "settle-1", by="li", why="ok", **{more: "138-1234-5678"})
    assert not [file for file in workspace.folder.rglob("*") if file.name in ("standing.jsonl", "casework.sqlite3")]
