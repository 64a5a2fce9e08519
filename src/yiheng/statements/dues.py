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
# payer bears it. The rest is stated and moves nothing now: counted in what is payable, included in the advance, taken
# off what the party is entitled to, paid in advance, or withheld.
Way = Literal["pay", "collect", "others", "counted", "included", "taken_off", "advanced", "held", "borne"]
WAYS: dict[Way, Words] = {
    "pay": Words("医保基金应拨付医共体", "the fund pays the party"),
    "collect": Words("医共体应缴回医保基金", "the party pays the fund"),
    "others": Words("其他资金应拨付医共体", "others pay the party"),
    "counted": Words("已计入清算应付，不另拨付", "counted in what is still to be paid, not paid again"),
    "included": Words("已含在预付款中，不另拨付", "included in the advance, not paid again"),
    "taken_off": Words("已扣除，不另收取", "already taken off, not collected again"),
    "advanced": Words("已预付", "paid in advance"),
    "held": Words("预留，尚未拨付", "withheld, not yet paid"),
    "borne": Words("由该方承担并支付", "this payer bears and pays it"),
}
MOVES: tuple[Way, ...] = ("pay", "collect", "others", "borne")
MONTH = re.compile(r"\d{4}-\d{2}")
# The step that counts an advance: what the party keeps or bears is then part of what is still to be paid.
COUNTS_ADVANCE = "settle_prepaid"
UNSAID = Words("", "")
# What is kept stays kept while it is shared inside.
KEPT = ("kept", "use")


@dataclass(frozen=True, slots=True)
class Due:
    """One account: its name, what it comes to, what happens with it, and why where something is withheld."""

    says: Words
    amount: Fen
    way: Way
    why: Words = UNSAID


@dataclass(frozen=True, slots=True)
class Move:
    """A transfer of the book, its accounts taken apart."""

    giver: str
    taker: str
    purpose_of_giver: str
    purpose_of_taker: str
    amount: Fen
    step: str
    because: Words

    @property
    def stage(self) -> str:
        declared = STEPS.get(self.step)
        return declared.stage if declared else ""

    @property
    def why(self) -> Words:
        """The sentence of the step, then its own with the figures."""
        declared = STEPS.get(self.step)
        if declared is None:
            return self.because
        return Words(
            f"{declared.zh.rstrip('。')}（{self.because.zh}）", f"{declared.en.rstrip('.')} ({self.because.en})"
        )


def account_words(kind: str, purpose: str) -> Words:
    """What a paper calls an account: a reserve or a payer by what it is for, all others with their kind."""
    return (PURPOSES.get(purpose) if kind in ("reserve", "payer") else None) or called(kind, purpose)


def counts_advance(statement: Row) -> bool:
    """Whether the advance was counted against the year: what is left on it has to be returned."""
    return any(t["step"] == COUNTS_ADVANCE for t in statement["transfers"])


def further_words(name: str, statements: Iterable[Row]) -> Words:
    """The head of an amount beyond the figures, ``kind/purpose``: what the account holds in these statements.

    What is left of an advance that was counted has to be returned; before that it is what was paid in advance.
    """
    kind, _, purpose = name.partition("/")
    counted = {counts_advance(s) for s in statements if name in s["further"]} if kind == "prepaid" else set()
    if counted == {True}:
        return _returned(purpose)
    if counted == {True, False}:
        return Words(f"预付款余额·{purpose}", f"left of the advance: {purpose}")
    return account_words(kind, purpose)


def account_name(statement: Row, written: str) -> str:
    """An account of a transfer as people call it: without the party, with what it is for."""
    return account_words(*account_of(statement["party"], written)).zh


def _returned(purpose: str) -> Words:
    return Words(f"多拨部分待收回·{purpose}", f"advance to be returned: {purpose}")


def dues(statement: Row) -> list[Due]:
    """Every account of a statement that is due, withheld, deducted, prepaid, reserved, rewarded, payable or borne."""
    moves = [_move(statement["party"], t) for t in statement["transfers"]]
    counted = counts_advance(statement)
    # What the party keeps is part of what it is entitled to; beyond the advance that is still to be paid.
    kept: Way = "counted" if _purposes(moves, "payable") else "included"
    found = [
        *_kept(moves, kept if counted else "pay"),
        *_borne(moves, "taken_off" if counted else "collect"),
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
    return Due(says, total(one.amount for one in group), group[0].way, group[0].why)


def sums(found: Iterable[Due]) -> dict[Way, Fen]:
    """What the fund pays, what the party pays back, what others pay, and what payers bear, in all."""
    known = list(found)
    return {way: total(one.amount for one in known if one.way == way) for way in MOVES}


def _move(party: str, t: Row) -> Move:
    (giver, of_giver), (taker, of_taker) = (account_of(party, t[side]) for side in ("from", "to"))
    because = Words(_with_figures(t["because"], "says"), _with_figures(t["because"], "says_en"))
    return Move(giver, taker, of_giver, of_taker, Fen.from_yuan(t["yuan"]), t["step"], because)


def _with_figures(because: Row, says: str) -> str:
    """A sentence with the figures it rests on."""
    parts = [str(because.get(says, because["says"]))]
    for one in because.get("rests_on", []):
        parts.append(one[says] + (f" {Fen.from_yuan(one['amount'])}" if "amount" in one else ""))
    return ("，" if says == "says" else ", ").join(parts)


def account_of(party: str, written: str) -> tuple[str, str]:
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
    if any(m.taker == "kept" for m in moves):
        taken = total(m.amount for m in moves if m.taker in KEPT and m.giver not in KEPT)
        given = total(m.amount for m in moves if m.giver in KEPT and m.taker not in KEPT)
        yield Due(FIGURES["kept"], taken - given, way, _withheld(moves))


def _withheld(moves: list[Move]) -> Words:
    """What of a surplus went back to the fund, and why."""
    back = [m for m in moves if m.giver in ("due", *KEPT) and m.taker == "fund"]
    return Words(
        "；".join(f"未留用 {m.amount} 元，依据：{m.why.zh}" for m in back),
        "; ".join(f"not kept {m.amount} yuan: {m.why.en}" for m in back),
    )


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
        yield Due(says, _left(moves, "deducted", purpose), "taken_off" if ahead else "collect")


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
            yield Due(_returned(purpose), left, "collect")
    for purpose in _purposes(moves, "payable"):
        yield Due(called("payable", purpose), -_left(moves, "payable", purpose), "pay")


def _by_purpose(moves: list[Move], kind: str, way: Way) -> Iterator[Due]:
    for purpose in _purposes(moves, kind):
        why = _why(moves, kind, purpose) if way == "held" else UNSAID
        yield Due(account_words(kind, purpose), _left(moves, kind, purpose), way, why)


def _why(moves: list[Move], kind: str, purpose: str) -> Words:
    """Why money came to an account, as its steps say it, each once."""
    told = dict.fromkeys(m.why for m in moves if (m.taker, m.purpose_of_taker) == (kind, purpose))
    return Words("；".join(one.zh for one in told), "; ".join(one.en for one in told))
