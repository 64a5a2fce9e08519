"""The tree of reasons of a figure, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import results, show
from .results import Settled


@dataclass(frozen=True)
class Node:
    """One line of an explanation with the lines below; ``query`` is the SQL behind a fact."""

    says: str
    amount: str
    place: str
    query: str
    opened: bool
    below: tuple[Node, ...]


def tree_of(settled: Settled, figure: str) -> Node | None:
    """The reasons of a figure, or of a part shared inside; None when there is no such figure."""
    if settled.statement is None or figure not in settled.statement["because"]:
        return None
    return _node(settled.statement["because"][figure], results.queries_of(settled.run), opened=True)


def _node(because: dict[str, Any], queries: dict[str, str], *, opened: bool = False) -> Node:
    at = because.get("at", "")
    amount = because.get("amount")
    return Node(
        because["says"] if show.in_chinese() else because["says_en"],
        "" if amount is None else show.money(amount),
        f"{because['where']}:{at}" if "where" in because else "",
        # A fact from the lake names its total and, in brackets, which group of it.
        queries.get(at.partition("(")[0], ""),
        opened,
        tuple(_node(below, queries) for below in because.get("rests_on", [])),
    )
