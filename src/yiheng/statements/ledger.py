"""The book as plain text that compares well: a line a transfer, then what is left on every account."""

from __future__ import annotations

from typing import Any

from yiheng.basis.money import NOTHING, Fen

TRANSFER = ("party", "year", "step", "from", "to", "yuan", "reason")
BALANCE = ("party", "year", "account", "yuan")


def ledger(statements: list[dict[str, Any]]) -> str:
    """The transfers of statements in the order of their steps, and the closing balances.

    Columns are parted by tabs. A balance below zero is what the account gave more than it took.
    """
    moved, left = [TRANSFER], [BALANCE]
    for s in statements:
        whose = (s["party"], str(s["year"]))
        balances: dict[str, Fen] = {}
        for t in s["transfers"]:
            amount = Fen.from_yuan(t["yuan"])
            moved.append((*whose, t["step"], t["from"], t["to"], t["yuan"], t["because"]["says"]))
            balances[t["from"]] = balances.get(t["from"], NOTHING) - amount
            balances[t["to"]] = balances.get(t["to"], NOTHING) + amount
        left += [(*whose, account, balance.yuan) for account, balance in sorted(balances.items())]
    # A tab or line end inside a name would move the columns.
    lines = ["\t".join(" ".join(cell.split()) for cell in row) for row in moved]
    closing = ["\t".join(" ".join(cell.split()) for cell in row) for row in left]
    return "\n".join([*lines, "", *closing, ""])
