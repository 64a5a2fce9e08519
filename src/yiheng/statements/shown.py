"""How the value of an indicator is written for people; exports keep both sums."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from yiheng.basis.evidence import Words
from yiheng.basis.money import FEN_PER_YUAN, round_fen

PER_CENT = 100
# Digits behind the point, by unit.
DIGITS = {"share": 1, "days": 2, "per_person_year": 3, "fen": 2}
UNITS = {
    "share": Words("%", "%"),
    "fen": Words("元", "yuan"),
    "days": Words("天", "days"),
    "per_person_year": Words("人次/人年", "per person-year"),
}


def exact(top: int, bottom: int, unit: str) -> Fraction | None:
    """The value in the unit people read, exactly: per cent, yuan, days; None is unknown."""
    if bottom == 0:
        return None
    ratio = Fraction(top, bottom)
    if unit == "share":
        return ratio * PER_CENT
    return Fraction(round_fen(ratio, "half_up").n, FEN_PER_YUAN) if unit == "fen" else ratio


def written(amount: Fraction, unit: str) -> str:
    """A value with the digits of its unit and thousands separators."""
    return f"{rounded(amount, DIGITS[unit]):,}"


def rounded(amount: Fraction, digits: int) -> Decimal:
    """An exact number with some digits behind the point, ties away from zero."""
    # Exact until the last step: Decimal's own division would round once before.
    whole = round_fen(amount * 10**digits, "half_up").n
    return Decimal(whole).scaleb(-digits)
