"""Why each part of a pool that is shared to the fen got a leftover fen or did not, and where two were equal."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from yiheng.basis.evidence import Words
from yiheng.basis.money import Fen

EVEN = Words("无尾差", "nothing left over")
WON = Words("分得尾差 0.01 元：舍去的零头较大", "with a leftover fen: a larger fraction was cut off")
LOST = Words("零头舍去，尾差归零头更大的", "cut down: leftover fen go to larger fractions")
SHOWN = 3


def leftovers(pool: Fen, weights: Mapping[str, Fraction], parts: Mapping[str, Fen]) -> dict[str, Words]:
    """What became of the fraction of a fen of each part, by name.

    Where a fraction was as large as that of another, and only one of them got the fen, the order of names decided it,
    and both are told so.
    """
    # Words need no formula: cells of a workbook are taken as the numbers they hold.
    plain = {name: Fraction(one.numerator, one.denominator) for name, one in weights.items()}
    whole = sum(plain.values(), start=Fraction(0))
    exact = {name: abs(int(pool.n)) * one / whole for name, one in plain.items()}
    cut = {name: one - one.numerator // one.denominator for name, one in exact.items()}
    got = {name: abs(int(parts[name].n)) > exact[name] for name in parts}
    return {name: _told(name, cut, got) for name in parts}


def _told(name: str, cut: Mapping[str, Fraction], got: Mapping[str, bool]) -> Words:
    if not cut[name]:
        return EVEN
    equal = sorted(other for other, fraction in cut.items() if fraction == cut[name] and got[other] != got[name])
    if not equal:
        return WON if got[name] else LOST
    zh = "、".join(equal[:SHOWN]) + (f" 等 {len(equal)} 家" if len(equal) > SHOWN else "")
    en = ", ".join(equal[:SHOWN]) + (f" and {len(equal) - SHOWN} more" if len(equal) > SHOWN else "")
    if got[name]:
        return Words(
            f"分得尾差 0.01 元：零头与 {zh} 相同，按名称先后", f"with a leftover fen: equal to {en}, first by name"
        )
    return Words(f"零头舍去：与 {zh} 相同，尾差按名称先后", f"cut down: equal to {en}, whose name comes first")
