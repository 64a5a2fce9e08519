"""The list of what codes themselves limit: ages and days of a diagnosis, diagnoses of an operation, watched drugs."""

from __future__ import annotations

import ibis

from yiheng.basis.numbers import is_whole
from yiheng.basis.refusals import nearest

from .declare import CodeList, Row

# What is told of a code, by kind of code: dx a diagnosis, px an operation, item a charged item, exam an examination.
CODE_MEASURES: dict[tuple[str, str], str] = {
    ("dx", "min_age"): "least age in full years",
    ("dx", "max_age"): "largest age in full years",
    ("dx", "chronic_disease"): "code of the chronic disease that must be registered",
    ("dx", "severe"): "1: an illness that a hospital of the county treats itself",
    ("dx", "lighter"): "leading signs of a lighter illness for which it may be written",
    ("dx", "most_days"): "days of a stay for it that are not yet conspicuous",
    ("dx", "most_days_without_bed"): "days of a stay up to which it is treated without a bed",
    ("dx", "drug_per_mille"): "per mille of the costs of its stays that drugs may be",
    ("px", "diagnosis"): "leading signs of a diagnosis it belongs to",
    ("item", "routine"): "1: routine ward care, for which alone nobody needs a bed",
    ("item", "key_drug"): "1: a drug on the list of those that are watched",
    ("exam", "positive_per_mille"): "least per mille of the examinations of a kind that find something",
}
NUMBERS = {
    "min_age": "age in full years",
    "max_age": "age in full years",
    "most_days": "whole number of days",
    "most_days_without_bed": "whole number of days",
    "drug_per_mille": "whole number per mille",
    "positive_per_mille": "whole number per mille",
}


def _read(published: dict[str, str]) -> list[Row] | str:
    kind, measure, value = (published[name] for name in ("kind", "measure", "value"))
    if (kind, measure) not in CODE_MEASURES:
        known = [" ".join(one) for one in CODE_MEASURES]
        return f"measure '{kind} {measure}' is not known; {nearest(f'{kind} {measure}', known)}"
    if not published["code_prefix"] or not value:
        return "code_prefix or value is empty"
    if measure in NUMBERS and not is_whole(value):
        return f"'{value}' is no {NUMBERS[measure]}"
    return [{name: published[name] for name in ("kind", "code_prefix", "measure", "value")}]


CODE_LIMIT = CodeList(
    name="code_limit",
    zh="编码限定",
    en="what codes limit: ages, days, severity of a diagnosis, diagnoses of an operation, routine care, watched drugs",
    needs=("kind", "code_prefix", "measure", "value"),
    schema=ibis.schema(dict.fromkeys(("kind", "code_prefix", "measure", "value"), "string")),
    read=_read,
    strict=True,
)
