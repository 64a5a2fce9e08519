"""Visits, settlements and diagnoses as the pages show them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from yiheng.basis.money import Fen

from .. import names


@dataclass(frozen=True)
class Visit:
    """A visit as a row; the department by its name, or by its code where the lake has none."""

    raw: dict[str, Any]
    place: str
    department: str
    total: Fen | None
    fund: Fen | None
    own: bool


def shown(rows: Iterable[dict[str, Any]], own: str | None) -> list[Visit]:
    """Visits of the lake; ``own`` is the one that the page is about."""
    return [
        Visit(
            row,
            names.institution(row["institution_id"]),
            row["department_name"] or row["department"] or "—",
            _fen(row["total_fen"]),
            _fen(row["fund_fen"]),
            row["visit_id"] == own,
        )
        for row in rows
    ]


def _fen(value: int | None) -> Fen | None:
    return None if value is None else Fen(int(value))
