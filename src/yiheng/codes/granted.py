"""Exceptions that a fund grants from audit rules: for whom, why, by whom, and until when."""

from __future__ import annotations

import datetime as dt

import ibis

from .declare import CodeList, Row

# Whom or what an exception is for; an empty column matches anything, but one must be filled.
SUBJECTS = ("institution", "person", "visit", "item_code")
GROUNDS = ("reason", "granted_by")


def _read(published: dict[str, str]) -> list[Row] | str:
    row: Row = {name: published[name] or None for name in ("rule", *SUBJECTS, *GROUNDS)}
    empty = [name for name in ("rule", *GROUNDS, "until") if not published[name]]
    if empty:
        return f"{', '.join(empty)} must be filled"
    if not any(row[name] for name in SUBJECTS):
        return f"an exception for nobody in particular: fill {' or '.join(SUBJECTS)}"
    try:
        return [{**row, "until": dt.date.fromisoformat(published["until"])}]
    except ValueError:
        return f"until '{published['until']}' is no day such as 2025-12-31"


EXCEPTION = CodeList(
    name="exception",
    zh="例外",
    en="exceptions that were granted from audit rules, each with its reason and last day",
    needs=("rule", *SUBJECTS, *GROUNDS, "until"),
    schema=ibis.schema({**dict.fromkeys(("rule", *SUBJECTS, *GROUNDS), "string"), "until": "date"}),
    read=_read,
    strict=True,
)
