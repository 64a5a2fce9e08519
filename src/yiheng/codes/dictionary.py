"""National dictionaries of coded fields, and what a province adds to them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal

import ibis

from yiheng.basis.refusals import Refusal, nearest

from .constraints import SHIPPED
from .declare import CodeList, Row, doubled, read_edition

# How well a code is known: by several sources, by one, from one province, or named in two ways.
Status = Literal["agreed", "single", "local", "conflict"]
STATUSES: dict[Status, str] = {
    "agreed": "多源一致",
    "single": "单一来源",
    "local": "地方扩展",
    "conflict": "来源冲突",
}


def _day(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _read(published: dict[str, str]) -> list[Row] | str:
    row: Row = {name: published[name] or None for name in ("dictionary", "dictionary_name", "code", "name", "parent")}
    if not (row["dictionary"] and row["code"] and row["name"]):
        return "dictionary, code and name must be filled"
    if published["status"] not in STATUSES:
        return f"status '{published['status']}' is none of {', '.join(STATUSES)}"
    return _dated({**row, "status": published["status"], "source": published["source"]}, published)


def _dated(row: Row, published: dict[str, str]) -> list[Row] | str:
    try:
        first, last = _day(published["valid_from"]), _day(published["valid_until"])
    except ValueError:
        return f"'{published['valid_from']}' to '{published['valid_until']}' are no days such as 2025-03-31"
    if first and last and last < first:
        return f"the code ends on {last}, before it starts on {first}"
    return [{**row, "valid_from": first, "valid_until": last}]


def _check(rows: list[Row], file: str) -> list[Refusal]:
    """Codes stand once, unless the sources contradict each other; parents exist."""
    codes = {(row["dictionary"], row["code"]) for row in rows}
    orphans = [
        Refusal(f"{row['dictionary']} {row['code']}: there is no parent {row['parent']}", where=f"{file}:{row['line']}")
        for row in rows
        if row["parent"] and (row["dictionary"], row["parent"]) not in codes
    ]
    plain = [row for row in rows if row["status"] != "conflict"]
    return doubled(plain, ("dictionary", "code"), file) + orphans


DICTIONARY = CodeList(
    name="dictionary",
    zh="国家字典",
    en="values of the coded fields of the national interface",
    needs=(
        "dictionary", "dictionary_name", "code", "name", "parent", "status", "valid_from", "valid_until", "source",
    ),
    schema=ibis.schema(
        {
            "dictionary": "string",
            "dictionary_name": "string",
            "code": "string",
            "name": "string",
            "parent": "string",
            "status": "string",
            "valid_from": "date",
            "valid_until": "date",
            "source": "string",
        }
    ),
    read=_read,
    check=_check,
    strict=True,
)  # fmt: skip


def _read_overlay(published: dict[str, str]) -> list[Row] | str:
    row: Row = {name: published[name] for name in ("dictionary", "code", "name", "national_code", "source")}
    if not all(row.values()):
        return "dictionary, code, name, national_code and source must be filled"
    return _dated(row, published)


def _check_overlay(rows: list[Row], file: str) -> list[Refusal]:
    return doubled(rows, ("dictionary", "code"), file)


DICTIONARY_OVERLAY = CodeList(
    name="dictionary_overlay",
    zh="地方字典扩展",
    en="codes that a province adds, each with the national code it stands for",
    needs=("dictionary", "code", "name", "national_code", "valid_from", "valid_until", "source"),
    schema=ibis.schema(
        {
            "dictionary": "string",
            "code": "string",
            "name": "string",
            "national_code": "string",
            "valid_from": "date",
            "valid_until": "date",
            "source": "string",
        }
    ),
    read=_read_overlay,
    check=_check_overlay,
    strict=True,
)


@cache
def shipped_dictionary() -> tuple[Row, ...]:
    """The rows of the national dictionary that comes with the package."""
    return tuple(read_edition(DICTIONARY, SHIPPED / "dictionary.csv").rows)


def overlay_faults(rows: list[Row], national: Sequence[Row], file: str) -> list[Refusal]:
    """What an overlay says that the national dictionary contradicts."""
    known: dict[str, set[str]] = {}
    for row in national:
        if row["status"] != "local":
            known.setdefault(row["dictionary"], set()).add(row["code"])
    return [
        Refusal(what, where=f"{file}:{row['line']}", cure=cure)
        for row in rows
        for what, cure in _contradictions(row, known)
    ]


def _contradictions(row: Row, known: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    codes = known.get(row["dictionary"])
    if codes is None:
        yield f"there is no dictionary '{row['dictionary']}'", nearest(row["dictionary"], known)
        return
    if row["national_code"] not in codes:
        yield f"{row['dictionary']} has no national code '{row['national_code']}'", nearest(row["national_code"], codes)
    if row["code"] in codes:
        yield f"'{row['code']}' is a national code of {row['dictionary']} itself", "take the row out"
