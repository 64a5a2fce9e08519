"""Published lists: knowledge points of the national audit base, sex conflicts, gray codes, city weights."""

from __future__ import annotations

from decimal import Decimal

import ibis

from yiheng.basis.numbers import decimal_number, whole_number
from yiheng.basis.refusals import nearest

from .constraints import MEASURES, Limit, limits_in
from .declare import CodeList, Row


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
    }
    limits: list[Limit | tuple[None, None]] = [
        *limits_in(published["rule_class"], published["constraint"], published["item_name"], codes)
    ] or [(None, None)]
    # Of a pair the first limits the second, which stands as the limit's value.
    watched = codes[:1] if any(measure == "contains" for measure, _ in limits) else codes
    return [
        {**shared, "item_code": code, "measure": measure, "value": value}
        for code in watched
        for measure, value in limits
    ]


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
            "item_code": "string",
            "measure": "string",
            "value": "string",
        }
    ),
    read=_read,
)


def _read_limit(published: dict[str, str]) -> list[Row] | str:
    if published["measure"] not in MEASURES:
        return f"measure '{published['measure']}' is not known; {nearest(published['measure'], MEASURES)}"
    if not published["item_code"] or not published["value"]:
        return "item_code or value is empty"
    row: Row = {name: published[name] for name in ("rule_class", "item_code", "item_name", "measure", "value")}
    return [{**row, "official_code": published["official_code"] or None}]


ITEM_LIMIT = CodeList(
    name="item_limit",
    zh="项目限定",
    en="limits of items that a place sets beside the published knowledge points",
    needs=("rule_class", "official_code", "item_code", "item_name", "measure", "value"),
    schema=ibis.schema(
        dict.fromkeys(("rule_class", "official_code", "item_code", "item_name", "measure", "value"), "string")
    ),
    read=_read_limit,
    strict=True,
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
        row["year"] = whole_number(published["year"])
        for name in ("weight", "first_pay_standard", "low_limit", "high_limit"):
            row[name] = decimal_number(published[name], WEIGHT_STEP) if published[name] else None
    except ValueError:
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
