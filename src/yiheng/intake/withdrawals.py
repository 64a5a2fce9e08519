"""Messages that withdraw earlier ones (2205, 2302, 2601, 3507), and trials, which settle nothing (2206, 2303).

What is withdrawn was never charged: its rows are left out. Only messages before the withdrawal count, so that lines
which are sent again afterwards stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from yiheng.basis.money import FEN_PER_YUAN
from yiheng.basis.refusals import Refusal
from yiheng.records import TABLES, Table

from .nodes import Item, Message, Row, inside

TRIALS = ("2206", "2303")
# In a withdrawal of lines this number stands for all of the visit.
ALL = "0000"
# inv_data_type of 3507: which messages brought the goods.
BROUGHT_BY = {"1": ("3501",), "2": ("3502",), "3": ("3503", "3504"), "4": ("3505", "3506")}
CHUNK = 1 << 22
# An amount as a contract reads it: whole fen, of a bounded length.
YUAN = re.compile(r"[+-]?[0-9]{1,14}([.][0-9]{1,2}0{0,8})?")
# Whether a row of an earlier message is withdrawn.
Takes = Callable[[Message, Row], bool]


@dataclass
class Withdrawal:
    """One message that withdraws: which rows of messages before it, and how many it found."""

    message: Message
    takes: Takes
    rows: int = 0

    def says(self) -> str:
        """What became of it, for people."""
        return f"{self.message.where} (infno {self.message.envelope['infno']}): {self.rows} rows withdrawn before it"

    def refusal(self) -> Refusal:
        """Why it stays without effect."""
        return Refusal(
            f"transaction {self.message.envelope['infno']} withdraws what no message before it in this file brings",
            where=self.message.where,
            expected="one file with what is withdrawn, and after it the withdrawal",
            cure="load both in one file; what the lake holds is taken back by a line of the opposite sign",
        )


@dataclass
class Withdrawn:
    """What was withdrawn of one table: rows and fen; an amount that cannot be read counts nothing."""

    rows: int = 0
    fen: int = 0

    def add(self, table: Table, row: Row) -> None:
        """Count one row, as its message brought it."""
        self.rows += 1
        if table.money:
            told = next((str(row[name]) for name in table[table.money].aliases if row.get(name) is not None), "")
            self.fen += int(Fraction(told) * FEN_PER_YUAN) if YUAN.fullmatch(told) else 0


def infno_of(message: Message) -> str:
    """The number of its transaction."""
    return str(message.envelope.get("infno"))


def may_withdraw(path: Path) -> bool:
    """Whether the number of a withdrawal occurs in a file at all; most hold none and are read once."""
    longest = max(map(len, WITHDRAWALS))
    with path.open("rb") as file:
        last = b""
        while chunk := file.read(CHUNK):
            if any(infno.encode() in last + chunk for infno in WITHDRAWALS):
                return True
            last = chunk[-longest:]
    return False


def withdrawals_in(messages: Iterable[Message]) -> list[Withdrawal]:
    """The withdrawals among messages; one that says not what it withdraws takes nothing."""
    found = []
    for message in messages:
        if (told := WITHDRAWALS.get(infno_of(message))) is not None:
            items = message.items(message.node("input", "data", needed=False), "data")
            found.append(Withdrawal(message, _any([told(message, item) for item in items])))
    return found


def left_of(
    message: Message, rows: list[Any], withdrawals: list[Withdrawal], withdrawn: dict[str, Withdrawn]
) -> list[Any]:
    """The rows that a message brings and none of the withdrawals after it takes; those taken are counted by table."""
    later = [one for one in withdrawals if one.message.number > message.number]
    kept = []
    for found in rows:
        taker = next((one for one in later if one.takes(message, found[-1])), None)
        if taker is None:
            kept.append(found)
        else:
            taker.rows += 1
            withdrawn.setdefault(found[0], Withdrawn()).add(TABLES[found[0]], found[-1])
    return kept


def _any(tests: list[Takes]) -> Takes:
    return lambda message, row: any(test(message, row) for test in tests)


def _lines(infno: str, number: str) -> Callable[[Message, Item], Takes]:
    """Lines of a visit that a transaction brought: all of them, or those of one number."""

    def told(_: Message, item: Item) -> Takes:
        visit, wanted = str(item.get("mdtrt_id") or ""), str(item.get(number) or "")
        # A line's own number is kept inside its visit.
        named = inside(visit, wanted) if number == "feedetl_sn" else wanted

        def takes(message: Message, row: Row) -> bool:
            mine = infno_of(message) == infno and bool(visit) and row.get("mdtrt_id") == visit
            return mine and bool(wanted) and (wanted == ALL or row.get(number) == named)

        return takes

    return told


def _message(_: Message, item: Item) -> Takes:
    """2601 withdraws a whole message, by the id that its sender gave it."""
    sent, infno = str(item.get("omsgid") or ""), str(item.get("oinfno") or "")
    return lambda message, _row: bool(sent) and (str(message.envelope.get("msgid")), infno_of(message)) == (sent, infno)


def _goods(deletion: Message, item: Item) -> Takes:
    """3507 deletes what one kind of message brought of a batch of its sender."""
    batch, kinds = str(item.get("fixmedins_bchno") or ""), BROUGHT_BY.get(str(item.get("inv_data_type")), ())
    sender = deletion.envelope.get("fixmedins_code")

    def takes(message: Message, row: Row) -> bool:
        same = infno_of(message) in kinds and message.envelope.get("fixmedins_code") == sender
        return same and bool(batch) and row.get("fixmedins_bchno") == batch

    return takes


WITHDRAWALS: dict[str, Callable[[Message, Item], Takes]] = {
    "2205": _lines("2204", "chrg_bchno"),
    "2302": _lines("2301", "feedetl_sn"),
    "2601": _message,
    "3507": _goods,
}
