"""The register of settlements: who proposed, adopted or withdrew which run; an act is added, never changed."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from yiheng.basis.refusals import Refusal

from .acts import REGISTER, Act, Done, Pair, Register, State, chained, same_person
from .journal import noted_acts, refuse_unnoted
from .results import RUNS, checked
from .settling import LINES
from .workspace import Workspace

# The register with one act more, which takes its place when the journal has the act's line.
NEXT = ".standing.jsonl.next"
# Between the line in the journal and the register with its act lies a moment.
TRIES, SECONDS_TO_NOTE = 3, 0.2
Noted = Callable[[Workspace], Sequence[str]]

__all__ = [
    "NEXT", "REGISTER", "Act", "Done", "Noted", "Pair", "Register", "State", "policy_hash", "register_of",
    "same_person", "settled_pairs",
]  # fmt: skip


def register_of(workspace: Workspace, noted: Noted = noted_acts) -> Register:
    """Read the register; every line is checked against the one before, and all of them against the journal.

    Args:
        noted: the hashes of its lines as the journal noted them.

    Raises:
        Refusal: when a line was changed, taken out, cut off or put in by hand.
    """
    for left in reversed(range(TRIES)):
        register = chained(workspace.folder / RUNS / REGISTER)
        told = noted(workspace)
        try:
            refuse_unnoted(register.hashes, told)
        except Refusal:
            if (finished := _finished(workspace, register, told)) is not None:
                return finished
            if not left:
                raise
            time.sleep(SECONDS_TO_NOTE)
        else:
            break
    return register


def _finished(workspace: Workspace, register: Register, told: Sequence[str]) -> Register | None:
    """The register with the act whose line is in the journal, and whose process ended before it took its place."""
    try:
        following = chained(workspace.folder / RUNS / NEXT)
        refuse_unnoted(following.hashes, told)
    except Refusal:
        return None
    return following if following.hashes[:-1] == register.hashes else None


def settled_pairs(folder: Path) -> set[Pair]:
    """The parties and years of which a settle run holds a statement.

    Raises:
        Refusal: when its lines are not what the run wrote.
    """
    rows = pq.read_table(checked(folder, LINES), columns=["party", "year"]).to_pydict()
    return set(zip(rows["party"], rows["year"], strict=True))


def policy_hash(manifest: dict[str, Any]) -> str:
    """The SHA-256 of the policy of a run of one year; of several years all of them."""
    return " ".join(sorted(manifest["pins"].get("policy_sha256", {}).values()))
