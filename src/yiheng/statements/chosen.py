"""Statements taken from what a settle run kept, and the hash by which one is known."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal, nearest
from yiheng.payment import FIGURES
from yiheng.runs.manifest import canonical


def statements_of(result: dict[str, Any], party: str | None = None, year: int | None = None) -> list[dict[str, Any]]:
    """The statements of a run by party and year: all, or those of a party or year.

    Raises:
        Refusal: when the run has none of them.
    """
    known = [s for s in result["statements"] if year in (None, s["year"])]
    if not known:
        raise Refusal("this run has no statement" + (f" of {year}" if year else ""), where=result["run"])
    found = [s for s in known if party in (None, s["party"])]
    if not found:
        cure = nearest(party or "", {s["party"] for s in known})
        raise Refusal(f"there is no statement of '{party}'", where=result["run"], cure=cure)
    return sorted(found, key=lambda s: (s["party"], s["year"]))


def only(result: dict[str, Any], statements: list[dict[str, Any]]) -> dict[str, Any]:
    """The result of the run with these statements alone: what other parties got is not in it."""
    kept = {name: result[name] for name in ("run", "facts", "manifest")}
    return {**kept, "statements": statements, "refused": [], "unattributed": {}}


def statement_hash(result: dict[str, Any], statement: dict[str, Any]) -> str:
    """The SHA-256 of the file that ``--json`` writes for this one statement."""
    return hashlib.sha256(canonical(only(result, [statement])).encode()).hexdigest()


def figure_words(statement: dict[str, Any]) -> dict[str, str]:
    """The Chinese name of each figure of a statement: the seven, then what its policy states beside them."""
    further = {name: statement["because"][name]["says"] for name in statement["figures"] if name not in FIGURES}
    return {name: words.zh for name, words in FIGURES.items()} | further


def name_of(statement: dict[str, Any]) -> str:
    """What a text calls the party of a statement: its name where one was put there, else its id."""
    return str(statement.get("called") or statement["party"])


def with_id(party: str, name: str = "") -> str:
    """The name of a party with the id by which files know it; the id alone where it has no name."""
    return f"{name}（{party}）" if name and name != party else party


def write_file(into: Path, content: bytes) -> None:
    """Write a file that somebody asked for.

    Raises:
        Refusal: when it cannot be written.
    """
    try:
        if into.exists() and not into.is_file():
            into.write_bytes(content)
            return
        with new_file(into) as part:
            part.write_bytes(content)
    except OSError as wrong:
        raise Refusal(f"the file cannot be written: {wrong}", where=str(into), cure="name another file") from None
