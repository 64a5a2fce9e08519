"""The journal beside the register of settlements: it notes the hash of every act, so a tail that is cut off shows.

The journal is kept by the cockpit in its database. Who reads a register without the cockpit reads that file as it is.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from yiheng.basis.refusals import Refusal

from .workspace import Workspace

JOURNAL = "casework.sqlite3"
NOTED = "register_sha256"
ACTS = "settlement."
SECONDS_TO_WAIT = 10
QUERY = "select data from casework_journalline where act like ? order by id"


def noted_acts(workspace: Workspace) -> list[str]:
    """The hashes of the register's lines as the workspace's own journal noted them; none without a journal.

    A journal in another database (``[web] database``) is asked by the cockpit alone.

    Raises:
        Refusal: when the journal cannot be read.
    """
    file = workspace.folder / JOURNAL
    if not file.exists() or workspace.settings.get("web", {}).get("database"):
        return []
    try:
        lines = _lines(file, "mode=ro")
    except sqlite3.OperationalError as wrong:
        if "no such table" in str(wrong):
            return []
        # Of a folder that nobody may write to, or a copy that nobody else has open.
        lines = _unshared(file)
    except sqlite3.DatabaseError:
        raise _unreadable(file) from None
    return [data[NOTED] for line in lines if NOTED in (data := json.loads(line))]


def refuse_unnoted(held: Sequence[str], noted: Sequence[str]) -> None:
    """Hold the hashes of the register against those in the journal.

    A register that came with a pack may begin before the journal does; what follows its first noted line is in both.

    Raises:
        Refusal: lines were cut off the register, or one was put in that nobody's act made.
    """
    if not noted:
        return
    since = list(held[held.index(noted[0]) :]) if noted[0] in held else []
    if since != list(noted):
        raise Refusal(
            f"the register of settlements holds {len(since)} acts since the journal began, the journal {len(noted)}",
            where="runs/standing.jsonl",
            expected="the same acts in both: a line was cut off or put in by hand",
            cure="restore the register from a backup; acts are added with yiheng official, never edited",
        )


def _lines(file: Path, how: str) -> list[str]:
    with closing(sqlite3.connect(f"{file.resolve().as_uri()}?{how}", uri=True, timeout=SECONDS_TO_WAIT)) as journal:
        return [line for (line,) in journal.execute(QUERY, [f"{ACTS}%"])]


def _unshared(file: Path) -> list[str]:
    try:
        return _lines(file, "immutable=1")
    except sqlite3.DatabaseError:
        raise _unreadable(file) from None


def _unreadable(file: Path) -> Refusal:
    return Refusal(
        "the journal cannot be read, so nothing shows whether the register of settlements is whole",
        where=file.name,
        cure="restore it from a backup",
    )
