"""How the dates of a fact are written: their forms and, for years of two digits, their century."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

# What a form is made of; any other sign stands for itself.
PARTS = {
    "YYYY": r"(?P<year>\d{4})", "YY": r"(?P<short>\d{2})", "MM": r"(?P<month>\d{2})", "M": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{2})", "D": r"(?P<day>\d{1,2})",
}  # fmt: skip
_PART = re.compile("YYYY|YY|MM|M|DD|D")
# A time of day behind a day does not change it.
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?: ?[AaPp][Mm])?)?"


@lru_cache
def pattern(form: str) -> re.Pattern[str]:
    """The pattern of a form such as ``YYYY-MM-DD`` or ``M/D/YY``.

    Raises:
        ValueError: when the form has no year, or a part twice.
    """
    found = _PART.findall(form)
    letters = [part[0] for part in found]
    if "Y" not in letters or len(set(letters)) != len(letters) or ("D" in letters and "M" not in letters):
        raise ValueError(f"'{form}' is not a form of a date such as YYYY-MM-DD, M/D/YYYY, M/D/YY or YYYY")
    pieces = re.split("(YYYY|YY|MM|M|DD|D)", form)
    return re.compile("".join(PARTS.get(piece, re.escape(piece)) for piece in pieces) + _TIME, re.ASCII)


def year_of(text: str, forms: list[str], century: int | None) -> int | None:
    """The year of a date written in one of the forms; None when it is in none of them, or no day of the calendar."""
    for form in forms:
        read = pattern(form).fullmatch(text)
        if read is None:
            continue
        parts = read.groupdict()
        year = int(parts["year"]) if parts.get("year") else (century or 0) + int(parts["short"])
        try:
            dt.date(year, int(parts.get("month") or 1), int(parts.get("day") or 1))
        except ValueError:
            continue
        return year
    return None
