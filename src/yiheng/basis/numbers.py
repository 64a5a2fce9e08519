"""Numbers that people write, read exactly and within bounds: a short text must not become one that fills memory."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from fractions import Fraction

# Every amount, share and weight of a county fits many times over.
MOST_SIGNS = 80
# 1e999999999 is eleven signs, and a number of a thousand million digits.
MOST_EXPONENT = 30
_EXPONENT = re.compile(r"[eE]([+-]?[\d_]+)")
# A comma groups thousands or is refused: 1000,50 may mean 1,000.50 or 100,050.
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d*)(\.\d*)?([eE][+-]?\d+)?", re.ASCII)
MOST_DIGITS = 18
_WHOLE = re.compile(rf"\d{{1,{MOST_DIGITS}}}", re.ASCII)
_PLAIN = re.compile(r"-?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
# Signs that nobody sees: zero-width, byte-order mark, soft hyphen, marks of direction.
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_SPACES = re.compile(r"\s+")


def plain_text(text: str) -> str:
    """A cell as plain text: full-width signs as ASCII, nothing invisible, one space where there were several."""
    return _SPACES.sub(" ", _UNSEEN.sub("", unicodedata.normalize("NFKC", text))).strip()


def exact_number(text: str) -> Fraction:
    """A decimal number such as ``12``, ``1,200``, ``-0.75`` or ``5e-3`` as an exact fraction.

    Raises:
        ValueError: when the text is no number, is longer than 80 signs or has an exponent beyond ±30.
    """
    if len(text) > MOST_SIGNS:
        raise ValueError(f"'{text[:MOST_SIGNS]}…' is too long for a number (at most {MOST_SIGNS} signs)")
    exponent = _EXPONENT.search(text)
    if exponent and abs(int(exponent[1])) > MOST_EXPONENT:
        raise ValueError(f"'{text}' is out of bounds (an exponent from -{MOST_EXPONENT} to {MOST_EXPONENT})")
    plain = plain_text(text).replace("\u2212", "-")
    try:
        if not _NUMBER.fullmatch(plain):
            raise ValueError(plain)
        return Fraction(plain.replace(",", ""))
    except ValueError:
        raise ValueError(f"'{text}' is not a number") from None


def is_whole(text: str) -> bool:
    """Whether a text is a whole number as :func:`whole_number` reads it."""
    return bool(_WHOLE.fullmatch(text))


def whole_number(text: str) -> int:
    """A whole number as programs write it: the digits 0 to 9, at most eighteen of them.

    Raises:
        ValueError: for anything else: signs, separators, exponents, digits of other scripts.
    """
    if not is_whole(text):
        raise ValueError(f"'{text[:MOST_SIGNS]}' is not a whole number")
    return int(text)


def decimal_number(text: str, step: Decimal) -> Decimal:
    """A number as programs write it, rounded to a step such as 0.000001; its whole part has at most eighteen digits.

    Raises:
        ValueError: for anything else, as of :func:`whole_number`; a minus sign and an exponent may stand.
    """
    number = exact_number(text)
    if not _PLAIN.fullmatch(text) or abs(number) >= 10**MOST_DIGITS:
        raise ValueError(f"'{text[:MOST_SIGNS]}' is not a number")
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(step)
