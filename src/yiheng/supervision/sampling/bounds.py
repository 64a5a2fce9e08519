"""How much may be wrong where errors are few: Stringer's bound on the share of money, on both sides.

The normal interval needs many errors: of a sample without any it would say that nothing is wrong anywhere.
"""

from __future__ import annotations

import math
from fractions import Fraction
from itertools import pairwise

# A share is rounded outwards to so many parts.
FINE = 10**9


def share_bounds(claimed: list[int], wrong: list[int], mean: Fraction, tail: Fraction) -> tuple[Fraction, Fraction]:
    """Between which shares of what a whole claimed its wrong amount lies, by a sample of it.

    With x claimed and y wrong of each unit, the sample tells as much of the money as n = (Σx)² ÷ Σx² units of one size
    would; where its units claimed less than those of the whole, dear ones were missed, and n shrinks by the square of
    x̄ ÷ X̄. A wrong unit counts as n·x ÷ Σx of them; the units stand in the order of their taint t = y ÷ x, the largest
    first, and cⱼ is the count of the first j. With the exact bounds of a binomial share p(c) of c in n::

        high = pᵤ(0) + Σ (pᵤ(cⱼ) - pᵤ(cⱼ₋₁))·tⱼ        low = Σ (pₗ(cⱼ) - pₗ(cⱼ₋₁))·tⱼ

    Args:
        claimed, wrong: fen of each unit of the sample.
        mean: fen that a unit of the whole claimed.
        tail: the chance that is left beyond each side.
    """
    whole = sum(claimed)
    if whole <= 0:
        return Fraction(0), Fraction(1)
    size = Fraction(whole * whole, sum(one * one for one in claimed))
    size *= min(Fraction(1), Fraction(whole, mean * len(claimed)) ** 2)
    tainted = sorted(
        ((Fraction(bad, one), one) for one, bad in zip(claimed, wrong, strict=True) if bad > 0), reverse=True
    )
    counts = [Fraction(0)]
    for _taint, one in tainted:
        counts.append(counts[-1] + size * Fraction(one, whole))
    lows, highs = ([side(count, size, tail) for count in counts] for side in (_low, _high))
    taints = [taint for taint, _one in tainted]
    low = sum(((b - a) * t for (a, b), t in zip(pairwise(lows), taints, strict=True)), start=Fraction(0))
    high = sum(((b - a) * t for (a, b), t in zip(pairwise(highs), taints, strict=True)), start=highs[0])
    return low, high


def _high(count: Fraction, size: Fraction, tail: Fraction) -> Fraction:
    if count >= size:
        return Fraction(1)
    return Fraction(math.ceil(_quantile(count + 1, size - count, 1 - tail) * FINE), FINE)


def _low(count: Fraction, size: Fraction, tail: Fraction) -> Fraction:
    if count <= 0:
        return Fraction(0)
    return Fraction(math.floor(_quantile(count, size - count + 1, tail) * FINE), FINE)


def _quantile(a: Fraction, b: Fraction, of: Fraction) -> float:
    """A quantile of the beta distribution; the library is large, and only an estimate needs it."""
    from scipy.special import betaincinv

    return float(betaincinv(float(a), float(b), float(of)))
