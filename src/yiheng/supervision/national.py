"""The rules of the national list: which rule or measurement of ours computes each, and why some stay unknown."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from yiheng.basis.evidence import Words
from yiheng.documents import read_delimited

from .declare import RULES

FILE = Path(__file__).parent / "national_rules.csv"


@dataclass(frozen=True)
class NationalRule:
    """A rule of the national list of 2025.

    Attributes:
        seq: its number in the list.
        rule: the audit rule of ours that computes it.
        measured_by: the indicators or quality checks that do, where it is no audit rule.
        why: why nothing computes it; such a rule is unknown in every audit.
    """

    seq: int
    zh: str
    official_code: str | None
    rule: str | None
    measured_by: tuple[str, ...]
    why: Words | None


def national_rules() -> list[NationalRule]:
    """All rules of the list in their order."""
    ours = {one.zh: one.name for one in RULES.values() if one.package is None}
    return [
        NationalRule(
            int(row["seq"]),
            row["zh"],
            row["official_code"] or None,
            ours.get(row["zh"]),
            tuple(row["measured_by"].split()),
            Words(row["why"], row["why_en"]) if row["why"] else None,
        )
        for row in (one.cells for one in read_delimited(FILE))
    ]
