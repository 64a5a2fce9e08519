"""Rows that come as JSON objects, typed by a contract: our names or national ones, every fault told with its place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from yiheng.basis.money import Fen
from yiheng.basis.refusals import Refusal, Refusals, nearest

from .declare import EXPECTED, Column, Table

YES = {"1": True, "true": True, "是": True, "0": False, "false": False, "否": False}


def typed_rows(table: Table, rows: Iterable[Mapping[str, Any]], where: str) -> list[dict[str, Any]]:
    """The rows with typed values; a column that a row does not name is unknown.

    Raises:
        Refusals: unknown or doubled names, values of another kind, keys that are missing; all together.
    """
    typed, faults = [], []
    for number, row in enumerate(rows, start=1):
        place = f"{where} {table.name}[{number}]"
        values: dict[str, Any] = dict.fromkeys(column.name for column in table.columns)
        for name, raw in row.items():
            column = table.column_under(name)
            if column is None:
                known = [one for c in table.columns for one in (c.name, *c.aliases)]
                faults.append(Refusal(f"{table.name} has no column '{name}'", where=place, cure=nearest(name, known)))
            elif values[column.name] is not None:
                faults.append(Refusal(f"'{name}' is given twice, under another name", where=place, cure="keep one"))
            else:
                try:
                    values[column.name] = _typed(column, name, raw)
                except (ValueError, InvalidOperation):
                    faults.append(Refusal(f"'{raw}' is not what {name} takes", where=place, expected=_expected(column)))
        faults += [
            Refusal(f"{key} is missing", where=place, expected=_expected(table.column_under(key)))
            for key in table.key
            if values[key] is None
        ]
        typed.append(values)
    if faults:
        raise Refusals(faults)
    return typed


def _expected(column: Column | None) -> str:
    if column is None:
        return ""
    return "one of " + ", ".join(column.codes.words) if column.codes else EXPECTED[column.kind].en


def _typed(column: Column, name: str, raw: Any) -> Any:
    """One value; a float is refused, for it may have lost its last fen already."""
    if raw is None or raw == "":
        return None
    if isinstance(raw, (float, list, dict)):
        raise ValueError
    text = str(raw).strip()
    if column.codes:
        word = column.codes.word(text)
        if word is None:
            raise ValueError
        return word
    if column.kind == "fen":
        return int(text) if name.strip().lower() == column.name else Fen.from_yuan(text).n
    return _READ[column.kind](text)


def _yes(text: str) -> bool:
    if text.lower() not in YES:
        raise ValueError
    return YES[text.lower()]


def _decimal(text: str) -> Decimal:
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError
    return number


_READ: dict[str, Callable[[str], Any]] = {
    "text": str,
    "yes": _yes,
    "day": dt.date.fromisoformat,
    "instant": dt.datetime.fromisoformat,
    "count": int,
    "quantity": _decimal,
    "price": _decimal,
}
