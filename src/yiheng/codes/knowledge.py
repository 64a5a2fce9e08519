"""Published lists: knowledge points of the national audit base, sex conflicts, gray codes, city weights."""

from __future__ import annotations

import csv
from decimal import Decimal, InvalidOperation
from functools import cache
from pathlib import Path

import ibis

from .declare import CodeList, Row

SHIPPED = Path(__file__).parent / "shipped"


@cache
def _words(kind: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Meanings of a kind with their words, in the order in which they are tried."""
    with (SHIPPED / "words.csv").open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["kind"] == kind]
    return tuple((row["meaning"], tuple(row["words"].split("|"))) for row in rows)


def sex_in(constraint: str, item_name: str) -> str | None:
    """The sex that a constraint or, failing that, the item's name speaks of.

    The published sheets say it in words, not in a column.
    """
    for text in (constraint, item_name):
        for sex, words in _words("sex"):
            if any(word in text for word in words):
                return sex
    return None


def most_per_day(constraint: str) -> int | None:
    """How many of an item one day can hold, from the charging unit that the constraint names."""
    for most, units in _words("most_per_day"):
        if constraint in units:
            return int(most)
    return None


def _read(published: dict[str, str]) -> list[Row] | str:
    codes = [code for code in published["item_codes"].split("|") if code]
    if not codes:
        return f"'{published['item_name'][:40]}' names no item code"
    shared = {
        "point_id": published["point_id"],
        "rule_class": published["rule_class"],
        "official_code": published["official_code"] or None,
        "item_name": published["item_name"],
        "constraint_text": published["constraint"],
        "sex": sex_in(published["constraint"], published["item_name"]),
        "most_per_day": most_per_day(published["constraint"]),
    }
    return [{**shared, "item_code": code, "position": i} for i, code in enumerate(codes, start=1)]


KNOWLEDGE_POINT = CodeList(
    name="knowledge_point",
    zh="知识点",
    en="knowledge points: which items a national audit rule watches",
    needs=("point_id", "rule_class", "official_code", "item_codes", "item_name", "constraint"),
    schema=ibis.schema(
        {
            "point_id": "string",
            "rule_class": "string",
            "official_code": "string",
            "item_name": "string",
            "constraint_text": "string",
            "sex": "string",
            "most_per_day": "int64",
            "item_code": "string",
            "position": "int64",
        }
    ),
    read=_read,
)


def _read_conflict(published: dict[str, str]) -> list[Row] | str:
    if published["forbidden_for"] not in ("male", "female") or published["kind"] not in ("dx", "px"):
        return f"forbidden_for '{published['forbidden_for']}' or kind '{published['kind']}' is not known"
    if not published["code_prefix"]:
        return "code_prefix is empty"
    return [{name: published[name] for name in ("forbidden_for", "kind", "code_prefix")}]


SEX_CONFLICT = CodeList(
    name="sex_conflict",
    zh="性别不符编码",
    en="code prefixes that contradict a person's sex",
    needs=("forbidden_for", "kind", "code_prefix"),
    schema=ibis.schema({"forbidden_for": "string", "kind": "string", "code_prefix": "string"}),
    read=_read_conflict,
)


def _read_gray(published: dict[str, str]) -> list[Row] | str:
    return [{"code": published["code"], "name": published["name"]}] if published["code"] else "code is empty"


GRAY_CODE = CodeList(
    name="gray_code",
    zh="灰码",
    en="codes that have finer ones and should not be used alone",
    needs=("code", "name"),
    schema=ibis.schema({"code": "string", "name": "string"}),
    read=_read_gray,
)


def _read_weight(published: dict[str, str]) -> list[Row] | str:
    row: Row = {name: published[name] or None for name in ("city", "drg", "name", "flags")}
    try:
        row["year"] = int(published["year"])
        for name in ("weight", "first_pay_standard", "low_limit", "high_limit"):
            row[name] = Decimal(published[name]).quantize(WEIGHT_STEP) if published[name] else None
    except (ValueError, InvalidOperation):
        return f"{published['city']} {published['drg']}: '{published['weight']}' is no weight"
    return [row]


# Published weights and standards carry at most this many decimals.
WEIGHT_STEP = Decimal("0.000001")

CITY_WEIGHT = CodeList(
    name="city_weight",
    zh="城市 DRG 权重",
    en="DRG weights, payment standards and limits that cities published",
    needs=("city", "year", "drg", "name", "weight", "flags", "first_pay_standard", "low_limit", "high_limit"),
    schema=ibis.schema(
        {
            "city": "string",
            "year": "int64",
            "drg": "string",
            "name": "string",
            "weight": "decimal(16, 6)",
            "flags": "string",
            "first_pay_standard": "decimal(16, 6)",
            "low_limit": "decimal(16, 6)",
            "high_limit": "decimal(16, 6)",
        }
    ),
    read=_read_weight,
)
