"""What a statement comes to, as the page says it: every account, what is marked, and the hash of the statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from yiheng.statements import MOVES, WAYS, accepted_because, dues, statement_hash, sums, to_replace

from .results import Settled
from .show import in_chinese


@dataclass(frozen=True)
class Line:
    """An account, what happens with it, and its amount to the fen."""

    label: str
    way: str
    amount: str


@dataclass(frozen=True)
class Open:
    """What the policy's document leaves open, what was chosen, and the other choices, in words."""

    text: str
    chosen: str
    others: list[str]


@dataclass(frozen=True)
class Due:
    """All accounts of a statement, the sums of what moves, the example values that decided, and the hash.

    Attributes:
        accepted: why the example values may decide, of an adopted statement.
    """

    lines: list[Line]
    sums: list[Line]
    examples: list[str]
    accepted: str
    open_ones: list[Open]
    whole: str


def due_of(settled: Settled | None) -> Due | None:
    """What is due under a settlement; None where there is no statement."""
    if settled is None or settled.statement is None:
        return None
    language = get_language() or "zh"
    found = dues(settled.statement)
    lines = [
        Line(one.says.in_language(language), WAYS[one.way].in_language(language), str(one.amount)) for one in found
    ]
    moved = sums(found)
    in_all = [Line("", WAYS[way].in_language(language), str(moved[way])) for way in MOVES if moved[way]]
    examples = to_replace(settled.statement, "says" if in_chinese() else "says_en")
    open_ones = [_open(one) for one in settled.statement["assumptions"]]
    return Due(
        lines,
        in_all,
        examples,
        accepted_because(settled.stand),
        open_ones,
        statement_hash(settled.run.result, settled.statement),
    )


def _open(assumption: dict[str, Any]) -> Open:
    called = assumption.get("called", {}) if in_chinese() else {}
    text = assumption["text"] if in_chinese() else assumption["text_en"]
    chosen, *others = (str(called.get(one, one)) for one in (assumption["chosen"], *assumption["alternatives"]))
    return Open(text, chosen, others)
