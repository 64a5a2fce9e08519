"""What decides a statement and is not in the policy's document: example values, and choices where it is silent."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yiheng.basis.evidence import Words

Row = dict[str, Any]


def lines_of(because: Row, depth: int = 0) -> list[tuple[int, Row]]:
    """The lines of a tree of reasons from top to bottom, each with its depth."""
    below = [line for child in because.get("rests_on", []) for line in lines_of(child, depth + 1)]
    return [(depth, because), *below]


def place_of(line: Row) -> str:
    """Where a line of the reasons is written; empty where it is a formula."""
    return f"{line['where']}:{line['at']}" if "where" in line else ""


def example_values(statement: Row) -> list[Words]:
    """The example values that decided a figure of the statement: to be replaced before paying."""
    marked = set(statement["policy"].get("example_values", ()))
    lines = [line for because in statement["because"].values() for _, line in lines_of(because)]
    return list(dict.fromkeys(Words(line["says"], line["says_en"]) for line in lines if place_of(line) in marked))


def deciding(statements: Iterable[Row]) -> list[Words]:
    """Example values and assumptions behind statements, each once: who makes them official says why."""
    found: dict[Words, None] = {}
    for one in statements:
        found |= dict.fromkeys(example_values(one))
        found |= dict.fromkeys(map(assumed, one["assumptions"]))
    return list(found)


def assumed(assumption: Row) -> Words:
    """An assumption in a sentence: what is open, and what was chosen in words."""
    chosen = str(assumption["chosen"])
    called = str(assumption.get("called", {}).get(chosen, chosen))
    return Words(f"{assumption['text']}——取“{called}”", f"{assumption['id']}={chosen}")
