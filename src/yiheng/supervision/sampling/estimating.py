"""What a sample says of the whole: the combined ratio estimator over strata, with its interval, exact to the fen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from yiheng.basis.money import Fen, round_fen
from yiheng.basis.numbers import plain_text
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.policy import Limits

from .bounds import share_bounds
from .drawing import LIMITS

TEN_THOUSAND = 10_000


@dataclass(frozen=True)
class Checked:
    """One unit of the sample: what it claimed, and what of it was found wrong."""

    unit: str
    claimed_fen: int
    wrong_fen: int


@dataclass(frozen=True)
class Stratum:
    """A stratum with its sample.

    Attributes:
        units: how many units the whole stratum has.
        claimed_fen: what all of them claimed.
    """

    name: str
    units: int
    claimed_fen: int
    sample: tuple[Checked, ...]


@dataclass(frozen=True)
class Estimate:
    """The total wrong amount of the whole, with the interval around it.

    Attributes:
        found_fen: what the sample itself holds; the whole cannot be less.
        ratio: wrong for each fen claimed.
        error_fen: one standard error.
    """

    total_fen: int
    low_fen: int
    high_fen: int
    found_fen: int
    ratio: Fraction
    error_fen: int
    units: int
    checked: int


def estimate(strata: Sequence[Stratum], limits: Limits = LIMITS) -> Estimate:
    """Estimate the total wrong amount.

    With N units in a stratum, n of them checked, x claimed and y wrong of each::

        R = Σ N·ȳ ÷ Σ N·x̄        total = R · X, X being everything claimed
        e = y - R·x               s² = Σ (e - ē)² ÷ (n - 1) in each stratum
        variance = Σ N² · (1 - n ÷ N) · s² ÷ n
        normal = quantile · √variance on each side
        low, high of each stratum: Stringer's bounds of its share (see bounds), times X of the stratum
        few = √ Σ (1 - n ÷ N) · (bound - r·X of the stratum)² on each side, r = Σ y ÷ Σ x of its own sample
        interval = total - or + the larger of both, but not below what was found nor above what was claimed

    With many errors the normal interval decides, with few or none the bounds do.

    Raises:
        Refusals: strata that cannot stand for their whole.
    """
    refused = [fault for stratum in strata if (fault := _fault(stratum))]
    if refused or not strata:
        raise Refusals(refused or [Refusal("there is no sample", expected="at least one stratum")])
    wrong = sum((_blown_up(one, [u.wrong_fen for u in one.sample]) for one in strata), start=Fraction(0))
    claimed = sum((_blown_up(one, [u.claimed_fen for u in one.sample]) for one in strata), start=Fraction(0))
    if claimed <= 0:
        raise Refusal("the sample claimed nothing", expected="units with an amount")
    ratio = Fraction(wrong, claimed)
    whole = sum(one.claimed_fen for one in strata)
    variance = sum((_variance(one, ratio) for one in strata), start=Fraction(0))
    quantile = Fraction(limits["normal_quantile"].value, TEN_THOUSAND)
    total, half = ratio * whole, _root(variance * quantile * quantile)
    below, above = (_root(square) for square in _few(strata, Fraction(limits["tail_chance"].value, TEN_THOUSAND)))
    found = sum(unit.wrong_fen for one in strata for unit in one.sample)
    return Estimate(
        round_fen(total, "half_up").n,
        max(found, math.floor(total) - max(half, below)),
        min(whole, math.ceil(total) + max(half, above)),
        found,
        ratio,
        _root(variance),
        sum(one.units for one in strata),
        sum(len(one.sample) for one in strata),
    )


def _blown_up(stratum: Stratum, amounts: list[int]) -> Fraction:
    """A sample's sum as that of its whole stratum."""
    return Fraction(stratum.units * sum(amounts), len(amounts))


def _variance(stratum: Stratum, ratio: Fraction) -> Fraction:
    many = len(stratum.sample)
    if many == stratum.units:
        return Fraction(0)
    apart = [unit.wrong_fen - ratio * unit.claimed_fen for unit in stratum.sample]
    mean = Fraction(sum(apart), many)
    spread = Fraction(sum((one - mean) ** 2 for one in apart), many - 1)
    return Fraction(stratum.units * (stratum.units - many), many) * spread


def _few(strata: Sequence[Stratum], tail: Fraction) -> tuple[Fraction, Fraction]:
    """How far the total may lie below and above where errors are few, squared: strata differ independently."""
    below = above = Fraction(0)
    for one in strata:
        claimed, wrong = ([getattr(unit, name) for unit in one.sample] for name in ("claimed_fen", "wrong_fen"))
        low, high = share_bounds(claimed, wrong, Fraction(one.claimed_fen, one.units), tail)
        share = Fraction(sum(wrong), sum(claimed)) if sum(claimed) else Fraction(0)
        unchecked = 1 - Fraction(len(one.sample), one.units)
        below += unchecked * ((share - low) * one.claimed_fen) ** 2
        above += unchecked * ((high - share) * one.claimed_fen) ** 2
    return below, above


def _root(square: Fraction) -> int:
    """The square root in whole fen, rounded up: an interval is never too narrow."""
    return math.isqrt(math.ceil(square) - 1) + 1 if square > 0 else 0


def _fault(stratum: Stratum) -> Refusal | None:
    many, name = len(stratum.sample), stratum.name
    units = [one.unit for one in stratum.sample]
    if (
        not all(plain_text(unit).casefold() for unit in units)
        or len({plain_text(unit).casefold() for unit in units}) < many
    ):
        return Refusal("a unit has no name or was checked twice", where=name, expected="each unit once, by its name")
    if many > stratum.units:
        return Refusal(f"{many} units were checked of {stratum.units}", where=name, expected="no more than there are")
    if many < min(2, stratum.units) or not many:
        return Refusal(f"{many} units were checked of {stratum.units}", where=name, expected="at least two, or all")
    claimed = sum(one.claimed_fen for one in stratum.sample)
    if claimed > stratum.claimed_fen:
        return Refusal("the sample claimed more than its whole stratum", where=name)
    if many == stratum.units and claimed != stratum.claimed_fen:
        return Refusal(
            f"all {many} units were checked and claimed {Fen(claimed)} yuan", where=name,
            expected=f"{Fen(stratum.claimed_fen)} yuan, what the whole stratum claimed",
            cure="correct the number of units or the claimed amount of the stratum",
        )  # fmt: skip
    wrong = next((one for one in stratum.sample if not 0 <= one.wrong_fen <= one.claimed_fen), None)
    if wrong:
        return Refusal(
            "more is wrong than was claimed", where=f"{name} {wrong.unit}", expected="between 0 and the claim"
        )
    return None
