"""The book as plain text that compares well: a line a transfer, then what is left on every account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from yiheng.basis.money import NOTHING, Fen

from .dues import dues, sums

TRANSFER = ("party", "year", "step", "from", "to", "yuan", "reason")
BALANCE = ("party", "year", "account", "yuan")
DUE = ("party", "year", "way", "account", "yuan")
HASH = ("party", "year", "statement_sha256")

Line = tuple[str, ...]


def ledger(statements: list[dict[str, Any]], hashes: Sequence[str] = ()) -> str:
    """The transfers of statements in the order of their steps, and the closing balances.

    Columns are parted by tabs. A balance below zero is what the account gave more than it took.

    Args:
        hashes: the SHA-256 of each statement; with them, what each account comes to and the hashes follow.
    """
    moved: list[Line] = [TRANSFER]
    left: list[Line] = [BALANCE]
    due: list[Line] = [DUE]
    for s in statements:
        whose = (s["party"], str(s["year"]))
        balances: dict[str, Fen] = {}
        for t in s["transfers"]:
            amount = Fen.from_yuan(t["yuan"])
            moved.append((*whose, t["step"], t["from"], t["to"], t["yuan"], t["because"]["says"]))
            balances[t["from"]] = balances.get(t["from"], NOTHING) - amount
            balances[t["to"]] = balances.get(t["to"], NOTHING) + amount
        left += [(*whose, account, balance.yuan) for account, balance in sorted(balances.items())]
        found = dues(s)
        due += [(*whose, one.way, one.says.zh, one.amount.yuan) for one in found]
        due += [(*whose, way, "合计", amount.yuan) for way, amount in sums(found).items()]
    known: list[Line] = [
        (s["party"], str(s["year"]), whole) for s, whole in zip(statements, hashes, strict=bool(hashes))
    ]
    blocks = [moved, left, *([due, [HASH, *known]] if known else [])]
    # A tab or line end inside a name would move the columns.
    told = ["".join("\t".join(" ".join(cell.split()) for cell in row) + "\n" for row in block) for block in blocks]
    return "\n".join(told)
