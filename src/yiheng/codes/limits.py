"""The list of what codes themselves limit: ages of a diagnosis, diagnoses of an operation, routine care."""

from __future__ import annotations

import ibis

from yiheng.basis.refusals import nearest

from .declare import CodeList, Row

# What is told of a code, by kind of code: dx a diagnosis, px an operation, item a charged item.
CODE_MEASURES: dict[tuple[str, str], str] = {
    ("dx", "min_age"): "least age in full years",
    ("dx", "max_age"): "largest age in full years",
    ("dx", "chronic_disease"): "code of the chronic disease that must be registered",
    ("dx", "severe"): "1: an illness that a hospital of the county treats itself",
    ("dx", "lighter"): "leading signs of a lighter illness for which it may be written",
    ("px", "diagnosis"): "leading signs of a diagnosis it belongs to",
    ("item", "routine"): "1: routine ward care, for which alone nobody needs a bed",
}
AGES = ("min_age", "max_age")


def _read(published: dict[str, str]) -> list[Row] | str:
    kind, measure, value = (published[name] for name in ("kind", "measure", "value"))
    if (kind, measure) not in CODE_MEASURES:
        known = [" ".join(one) for one in CODE_MEASURES]
        return f"measure '{kind} {measure}' is not known; {nearest(f'{kind} {measure}', known)}"
    if not published["code_prefix"] or not value:
        return "code_prefix or value is empty"
    if measure in AGES and not value.isdecimal():
        return f"'{value}' is no age in full years"
    return [{name: published[name] for name in ("kind", "code_prefix", "measure", "value")}]


CODE_LIMIT = CodeList(
    name="code_limit",
    zh="编码限定",
    en="what codes limit: ages and severity of a diagnosis, diagnoses of an operation, chronic diseases, routine care",
    needs=("kind", "code_prefix", "measure", "value"),
    schema=ibis.schema(dict.fromkeys(("kind", "code_prefix", "measure", "value"), "string")),
    read=_read,
    strict=True,
)
