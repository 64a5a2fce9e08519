"""What moves between the fund, the party and others at clearing: one line for each account of the book."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from yiheng.basis.evidence import Words
from yiheng.basis.money import Fen, total
from yiheng.payment import FIGURES, PURPOSES, STEPS, called

Row = dict[str, Any]
# ``pay``: the fund pays the party; ``collect``: the party pays the fund; ``others``: others pay the party; ``borne``: a
# payer bears it. The rest is stated and moves nothing now: counted in another line, paid in advance, or withheld.
Way = Literal["pay", "collect", "others", "counted", "advanced", "held", "borne"]
WAYS: dict[Way, Words] = {
    "pay": Words("医保基金应拨付医共体", "the fund pays the party"),
    "collect": Words("医共体应缴回医保基金", "the party pays the fund"),
    "others": Words("其他资金应拨付医共体", "others pay the party"),
    "counted": Words("已计入其他各行，不另收付", "counted in another line, not paid again"),
    "advanced": Words("已预付", "paid in advance"),
    "held": Words("预留，尚未拨付", "withheld, not yet paid"),
    "borne": Words("由该方承担并支付", "this payer bears and pays it"),
}
MOVES: tuple[Way, ...] = ("pay", "collect", "others", "borne")
MONTH = re.compile(r"\d{4}-\d{2}")
# The step that counts an advance: what the party keeps or bears is then part of what is still to be paid.
COUNTS_ADVANCE = "settle_prepaid"


@dataclass(frozen=True, slots=True)
class Due:
    """One account: its name, what it comes to, and what happens with it."""

    says: Words
    amount: Fen
    way: Way


@dataclass(frozen=True, slots=True)
class Move:
    """A transfer of the book, its accounts taken apart."""

    giver: str
    taker: str
    purpose_of_giver: str
    purpose_of_taker: str
    amount: Fen
    step: str

    @property
    def stage(self) -> str:
        declared = STEPS.get(self.step)
        return declared.stage if declared else ""


def dues(statement: Row) -> list[Due]:
    """Every account of a statement that is due, withheld, deducted, prepaid, reserved, rewarded, payable or borne."""
    moves = [_move(statement["party"], t) for t in statement["transfers"]]
    counted = any(m.step == COUNTS_ADVANCE for m in moves)
    found = [
        *_kept(moves, "counted" if counted else "pay"),
        *_borne(moves, "counted" if counted else "collect"),
        *_deducted(moves),
        *_rewards(moves),
        *_advances(moves, counted),
        *_by_purpose(moves, "reserve", "held"),
        *_by_purpose(moves, "payer", "borne"),
    ]
    return _by_span(found)


def _by_span(found: list[Due]) -> list[Due]:
    """Accounts that differ in their month alone as one line from the first month to the last: what is signed is one
    sheet, and the transfers list each month."""
    made: dict[tuple[str, Way], list[Due]] = {}
    for at, one in enumerate(found):
        own = "" if MONTH.search(one.says.zh) else str(at)
        made.setdefault((MONTH.sub("", one.says.zh) + own, one.way), []).append(one)
    return [_spanned(group) if len(group) > 1 else group[0] for group in made.values()]


def _spanned(group: list[Due]) -> Due:
    first, last = (MONTH.findall(group[at].says.zh)[0] for at in (0, -1))
    zh, en = group[0].says
    says = Words(
        zh.replace(first, f"{first} 至 {last}（{len(group)} 期）"),
        en.replace(first, f"{first} to {last} ({len(group)})"),
    )
    return Due(says, total(one.amount for one in group), group[0].way)


def sums(found: Iterable[Due]) -> dict[Way, Fen]:
    """What the fund pays, what the party pays back, what others pay, and what payers bear, in all."""
    known = list(found)
    return {way: total(one.amount for one in known if one.way == way) for way in MOVES}


def _move(party: str, t: Row) -> Move:
    (giver, of_giver), (taker, of_taker) = (_account(party, t[side]) for side in ("from", "to"))
    return Move(giver, taker, of_giver, of_taker, Fen.from_yuan(t["yuan"]), t["step"])


def _account(party: str, written: str) -> tuple[str, str]:
    """Kind and purpose of an account as the book writes it; a party's name may hold a slash."""
    kind = written.partition("/")[0]
    return kind, written.removeprefix(kind).removeprefix(f"/{party}").removeprefix("/")


def _left(moves: list[Move], kind: str, purpose: str) -> Fen:
    taken = total(m.amount for m in moves if (m.taker, m.purpose_of_taker) == (kind, purpose))
    return taken - total(m.amount for m in moves if (m.giver, m.purpose_of_giver) == (kind, purpose))


def _purposes(moves: list[Move], kind: str) -> list[str]:
    used = {m.purpose_of_taker for m in moves if m.taker == kind}
    return sorted(used | {m.purpose_of_giver for m in moves if m.giver == kind})


def _kept(moves: list[Move], way: Way) -> Iterator[Due]:
    inside = ("kept", "use")
    if any(m.taker == "kept" for m in moves):
        taken = total(m.amount for m in moves if m.taker in inside and m.giver not in inside)
        given = total(m.amount for m in moves if m.giver in inside and m.taker not in inside)
        yield Due(FIGURES["kept"], taken - given, way)


def _borne(moves: list[Move], way: Way) -> Iterator[Due]:
    overrun = [m.amount for m in moves if m.giver == "own" and m.taker in ("budget", "owed")]
    if overrun:
        yield Due(FIGURES["party_bears"], total(overrun), way)
    for m in moves:
        if m.giver == "own" and m.taker not in ("budget", "owed", "deducted"):
            declared = STEPS.get(m.step)
            zh, en = (declared.zh.rstrip("。"), declared.en.rstrip(".")) if declared else (m.step, m.step)
            yield Due(Words(f"扣减：{zh}", f"taken: {en}"), m.amount, "collect")


def _deducted(moves: list[Move]) -> Iterator[Due]:
    for purpose in _purposes(moves, "deducted"):
        ahead = any(m.purpose_of_taker == purpose and m.taker == "deducted" and m.stage == "prepayment" for m in moves)
        says = called("deducted", purpose)
        if ahead:
            says = Words(f"{says.zh}（已从当月预付款抵扣）", f"{says.en} (taken off the month's advance)")
        yield Due(says, _left(moves, "deducted", purpose), "counted" if ahead else "collect")


def _rewards(moves: list[Move]) -> Iterator[Due]:
    for purpose in _purposes(moves, "reward"):
        giver = next(m.giver for m in moves if (m.taker, m.purpose_of_taker) == ("reward", purpose))
        yield Due(called("reward", purpose), _left(moves, "reward", purpose), "pay" if giver == "fund" else "others")


def _advances(moves: list[Move], counted: bool) -> Iterator[Due]:
    for purpose in _purposes(moves, "prepaid"):
        paid = total(m.amount for m in moves if (m.taker, m.purpose_of_taker) == ("prepaid", purpose))
        yield Due(called("prepaid", purpose), paid, "advanced")
        left = _left(moves, "prepaid", purpose)
        if counted and left:
            yield Due(Words(f"多拨部分待收回·{purpose}", f"advance to be returned: {purpose}"), left, "collect")
    for purpose in _purposes(moves, "payable"):
        yield Due(called("payable", purpose), -_left(moves, "payable", purpose), "pay")


def _by_purpose(moves: list[Move], kind: str, way: Way) -> Iterator[Due]:
    for purpose in _purposes(moves, kind):
        yield Due(PURPOSES.get(purpose) or called(kind, purpose), _left(moves, kind, purpose), way)
