"""Numbers that people write, read exactly and within bounds: a short text must not become one that fills memory."""

from __future__ import annotations

import re
from fractions import Fraction

# Every amount, share and weight of a county fits many times over.
MOST_SIGNS = 80
# 1e999999999 is eleven signs, and a number of a thousand million digits.
MOST_EXPONENT = 30
_EXPONENT = re.compile(r"[eE]([+-]?[\d_]+)")


def exact_number(text: str) -> Fraction:
    """A decimal number such as ``12``, ``-0.75`` or ``5e-3`` as an exact fraction.

    Raises:
        ValueError: when the text is no number, is longer than 80 signs or has an exponent beyond ±30.
    """
    if len(text) > MOST_SIGNS:
        raise ValueError(f"'{text[:MOST_SIGNS]}…' is too long for a number (at most {MOST_SIGNS} signs)")
    exponent = _EXPONENT.search(text)
    if exponent and abs(int(exponent[1])) > MOST_EXPONENT:
        raise ValueError(f"'{text}' is out of bounds (an exponent from -{MOST_EXPONENT} to {MOST_EXPONENT})")
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"'{text}' is not a number") from None
