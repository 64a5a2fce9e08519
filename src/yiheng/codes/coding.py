"""The list of what public coding rules say of whole chapters: sex and age of life, and courses planned by diagnosis."""

from __future__ import annotations

import re

import ibis

from yiheng.basis.numbers import is_whole
from yiheng.basis.refusals import nearest

from .declare import CodeList, Row

CODING_MEASURES: dict[str, str] = {
    "sex": "the sex it is for: male, female",
    "min_age": "least age in full years",
    "max_age": "largest age in full years",
    "planned_course": "1: as main diagnosis it is a planned course, which brings people back by plan",
    "planned_beside": "leading signs of the main diagnosis beside which it is one",
}
ALTERNATIVES = "|"
# Whole categories from one to another of the same letter: O00-O99.
RANGE = re.compile(r"([A-Z]?)(\d\d)-([A-Z]?)(\d\d)")


def _prefixes(codes: str) -> list[str]:
    """Leading signs; a range is told category by category."""
    found = []
    for part in codes.split(ALTERNATIVES):
        if not (span := RANGE.fullmatch(part)):
            found.append(part)
        elif span[1] == span[3] and span[2] <= span[4]:
            found += [f"{span[1]}{number:02}" for number in range(int(span[2]), int(span[4]) + 1)]
        else:
            raise ValueError(part)
    return found


def _read(published: dict[str, str]) -> list[Row] | str:
    kind, measure, value = (published[name] for name in ("kind", "measure", "value"))
    if kind not in ("dx", "px"):
        return f"kind '{kind}' is not dx or px"
    if measure not in CODING_MEASURES:
        return f"measure '{measure}' is not known; {nearest(measure, CODING_MEASURES)}"
    if not published["codes"] or not value:
        return "codes or value is empty"
    if measure.endswith("_age") and not is_whole(value):
        return f"'{value}' is no age in full years"
    if measure == "sex" and value not in ("male", "female"):
        return f"'{value}' is not male or female"
    try:
        without = set(_prefixes(published["except_codes"]))
        prefixes = [one for one in _prefixes(published["codes"]) if one not in without]
    except ValueError as wrong:
        return f"'{wrong}' is no range of categories"
    return [{"kind": kind, "code_prefix": one, "measure": measure, "value": value} for one in prefixes]


CODING_RULE = CodeList(
    name="coding_rule",
    zh="公开编码规则",
    en="what public coding rules say of codes: sex, age of life, courses planned by diagnosis; in use from the start",
    needs=("kind", "codes", "except_codes", "measure", "value", "source"),
    schema=ibis.schema(dict.fromkeys(("kind", "code_prefix", "measure", "value"), "string")),
    read=_read,
    strict=True,
)
