"""Numbers that people write, read exactly and within bounds: a short text must not become one that fills memory."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

# Every amount, share and weight of a county fits many times over.
MOST_SIGNS = 80
# 1e999999999 is eleven signs, and a number of a thousand million digits.
MOST_EXPONENT = 30
_EXPONENT = re.compile(r"[eE]([+-]?[\d_]+)")
# A comma groups thousands or is refused: 1000,50 may mean 1,000.50 or 100,050.
_NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d*)(\.\d*)?([eE][+-]?\d+)?", re.ASCII)
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
