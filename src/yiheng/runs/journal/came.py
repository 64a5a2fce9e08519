"""The register beside a journal that does not note it: only what came with a pack may be there.

Who removes database and head together leaves the register behind; without this its acts would look like a pack's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from yiheng.basis.refusals import Refusal
from yiheng.documents import own_bytes

from .asking import TABLE, Asked

CAME = "came_with.json"
REGISTER = "standing.jsonl"
NOTED = "register_sha256"
ACTS = "settlement."


def note_came(folder: Path) -> None:
    """Note in a workspace that was unpacked up to which act its register came with the pack."""
    held, file = hashes_held(folder), folder / "runs" / CAME
    file.unlink(missing_ok=True)
    if held:
        file.write_text(json.dumps({"acts": len(held), "last": held[-1]}) + "\n", "utf-8")


def hashes_held(folder: Path) -> list[str]:
    """The hash that each line of the register tells; of a line that tells none, its own."""
    file = folder / "runs" / REGISTER
    text = own_bytes(file).decode("utf-8", "replace") if file.exists() else ""
    return [_hash(line) for line in text.removesuffix("\n").split("\n") if line]


def refuse_unjournalled(folder: Path, held: Sequence[str], asked: Asked | None) -> None:
    """Hold the acts before the first that the journal notes against what came with a pack.

    Args:
        held: the hashes of the register, read before the journal was.
        asked: the journal; None where there is none.

    Raises:
        Refusal: acts are there that neither the journal notes nor a pack brought.
    """
    noted, earlier = _noted(asked) if asked is not None and asked.has(TABLE) else ([], 0)
    before = list(held[: held.index(noted[0])] if noted and noted[0] in held else held)
    came = _came(folder)
    own = before[before.index(came) + 1 :] if came in before else before
    # Journals of before this check have lines of acts without the act's hash.
    if len(own) > earlier:
        raise Refusal(
            f"the register of settlements holds {len(own)} acts that no journal notes and no pack brought",
            where="runs/standing.jsonl",
            expected="a line in the journal for each: the database was removed, or acts were put in by hand",
            cure="bring database, head and register back from one backup: yiheng restore;"
            " or take the register of a pack: yiheng unpack",
        )


def _noted(asked: Asked) -> tuple[list[str], int]:
    """The hashes that the journal notes, and how many of its lines on settlements note none."""
    found = asked.rows(f"select cast(data as text) from {TABLE} where act like %s order by id", [f"{ACTS}%"])
    told = [_told(text) for (text,) in found]
    noted = [str(one[NOTED]) for one in told if NOTED in one]
    return noted, len(told) - len(noted)


def _came(folder: Path) -> str:
    try:
        return str(_told(own_bytes(folder / "runs" / CAME).decode("utf-8")).get("last", ""))
    except (Refusal, UnicodeDecodeError):
        return ""


def _hash(line: str) -> str:
    return str(_told(line).get("hash") or hashlib.sha256(line.encode()).hexdigest())


def _told(text: str) -> dict[str, object]:
    try:
        told = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}
