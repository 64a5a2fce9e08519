"""What a comparison comes to: figures of each party under each policy, who gains and who loses."""

from __future__ import annotations

from typing import Any

from yiheng.basis.money import NOTHING, Fen, total
from yiheng.payment import FIGURES

Row = dict[str, Any]


def cells_of(policy: str, result: Row | None) -> list[Row]:
    """One row a party and year: the seven figures, ``net`` and ``fund_pays``, in yuan; None where it was refused.

    ``net`` is what the party gets at clearing: kept − party_bears. ``fund_pays`` is what the year costs the fund
    in all: spend + kept − party_bears.
    """
    if result is None:
        return []
    settled = [
        {"party": s["party"], "year": s["year"], "policy": policy, **_figures(s["figures"]), "refused": None}
        for s in result["statements"]
    ]
    unknown = dict.fromkeys((*FIGURES, "net", "fund_pays"))
    refused = [
        {"party": r["party"], "year": r["year"], "policy": policy, **unknown, "refused": r["why"]}
        for r in result["refused"]
    ]
    return settled + refused


def changes_of(cells: list[Row], base: str) -> list[Row]:
    """What each party gets more or less than under the base, by policy, the largest gain first.

    A party that was refused under one of the two is left out: its difference is unknown.
    """
    before = {(c["party"], c["year"]): c for c in cells if c["policy"] == base and c["refused"] is None}
    changes = []
    for cell in cells:
        was = before.get((cell["party"], cell["year"]))
        if cell["policy"] == base or was is None or cell["refused"] is not None:
            continue
        changes.append(
            {
                "policy": cell["policy"],
                "party": cell["party"],
                "year": cell["year"],
                "net": cell["net"],
                "net_under_base": was["net"],
                "change": (_fen(cell["net"]) - _fen(was["net"])).yuan,
            }
        )
    return sorted(changes, key=lambda c: (c["policy"], -_fen(c["change"]).n, c["party"], c["year"]))


def sums_of(policy: str, cells: list[Row], changes: list[Row]) -> Row:
    """What a policy comes to over all parties that were settled under it, and how many gain, lose or stay."""
    own = [cell for cell in cells if cell["policy"] == policy]
    settled = [cell for cell in own if cell["refused"] is None]
    ranked = [change for change in changes if change["policy"] == policy]
    amounts = [_fen(change["change"]) for change in ranked]
    return {
        "policy": policy,
        "settled": len(settled),
        "refused": len(own) - len(settled),
        **{name: total(_fen(cell[name]) for cell in settled).yuan for name in (*FIGURES, "net", "fund_pays")},
        "compared": len(ranked),
        "gain": sum(amount > NOTHING for amount in amounts),
        "lose": sum(amount < NOTHING for amount in amounts),
        "same": sum(amount == NOTHING for amount in amounts),
        "gained": total(amount for amount in amounts if amount > NOTHING).yuan,
        "lost": total(amount for amount in amounts if amount < NOTHING).yuan,
        "change": total(amounts).yuan,
        "largest_gain": ranked[0] if ranked and amounts[0] > NOTHING else None,
        "largest_loss": ranked[-1] if ranked and amounts[-1] < NOTHING else None,
    }


def alternative_rows(policy: str, chosen: Row, other: Row, says: Row) -> list[Row]:
    """Each party under another choice for one assumption, with the difference to what was chosen.

    Args:
        says: the assumption, what was chosen and the other choice.
    """
    was = {(c["party"], c["year"]): c["net"] for c in cells_of(policy, chosen)}
    rows = []
    for cell in cells_of(policy, other):
        before, now = was.get((cell["party"], cell["year"])), cell["net"]
        change = None if before is None or now is None else (_fen(now) - _fen(before)).yuan
        rows.append({**says, **cell, "change": change})
    return rows


def _figures(figures: dict[str, str]) -> Row:
    kept, bears = _fen(figures["kept"]), _fen(figures["party_bears"])
    net = kept - bears
    own = {name: figures[name] for name in FIGURES}
    return {**own, "net": net.yuan, "fund_pays": (_fen(figures["spend"]) + net).yuan}


def _fen(yuan: str) -> Fen:
    return Fen.from_yuan(yuan)
