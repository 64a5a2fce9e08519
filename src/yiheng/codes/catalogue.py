"""The catalogue: whether an item is covered, with what own share, at what price, and what is equivalent to it."""

from __future__ import annotations

from decimal import Decimal

import ibis

from yiheng.basis.numbers import decimal_number, whole_number
from yiheng.basis.refusals import Refusal, nearest

from .declare import CodeList, Row

COVERAGES = ("full", "partial", "none")
KINDS = ("drug", "herb", "service", "consumable", "care")
WHOLE = 1000
PRICE_STEP = Decimal("0.000001")
PRICES = ("limit_price", "unit_price")
YES = {"true": True, "false": False, "": None}


def _read(published: dict[str, str]) -> list[Row] | str:
    row: Row = {name: published[name] or None for name in ("item_code", "item_name", "kind", "coverage")}
    row["equivalent_group"] = published["equivalent_group"] or None
    if not row["item_code"] or not row["item_name"]:
        return "item_code or item_name is empty"
    for name, known in (("kind", KINDS), ("coverage", COVERAGES)):
        if row[name] not in known:
            return f"{name} '{published[name]}' is not known; {nearest(published[name], known)}"
    if published["domestic"] not in YES:
        return f"domestic '{published['domestic']}' is not true or false"
    row["domestic"] = YES[published["domestic"]]
    share = published["own_per_mille"]
    try:
        row["own_per_mille"] = whole_number(share) if share else None
    except ValueError:
        return _no_share(share)
    if share and row["own_per_mille"] > WHOLE:
        return _no_share(share)
    try:
        for name in PRICES:
            row[name] = decimal_number(published[name], PRICE_STEP) if published[name] else None
    except ValueError:
        return f"{name} '{published[name]}' is no price in yuan"
    if any(row[name] is not None and row[name] <= 0 for name in PRICES):
        return "a price must be above zero"
    return [row]


def _no_share(text: str) -> str:
    return f"own_per_mille '{text}' is no whole number from 0 to {WHOLE}"


def _doubled(rows: list[Row], file: str) -> list[Refusal]:
    """An item stands once: of two rows nobody could say which holds."""
    first: dict[str, int] = {}
    faults = []
    for row in rows:
        if row["item_code"] in first:
            faults.append(
                Refusal(
                    f"item '{row['item_code']}' stands here a second time",
                    where=f"{file}:{row['line']}",
                    expected=f"one row an item; the first is in line {first[row['item_code']]}",
                )
            )
        first.setdefault(row["item_code"], row["line"])
    return faults


CATALOGUE = CodeList(
    name="catalogue",
    zh="医保目录",
    en="the catalogue: coverage of items, own share before anything else is counted, prices in yuan, equivalent items",
    needs=(
        "item_code", "item_name", "kind", "coverage", "own_per_mille", "limit_price", "unit_price", "equivalent_group",
        "domestic",
    ),
    schema=ibis.schema(
        {
            **dict.fromkeys(("item_code", "item_name", "kind", "coverage", "equivalent_group"), "string"),
            "own_per_mille": "int64",
            "limit_price": "decimal(16, 6)",
            "unit_price": "decimal(16, 6)",
            "domestic": "boolean",
        }
    ),
    read=_read,
    check=_doubled,
    strict=True,
)  # fmt: skip
