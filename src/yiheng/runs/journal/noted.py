"""The journal beside the register of settlements: it notes the hash of every act, so a tail that is cut off shows."""

from __future__ import annotations

import json
from collections.abc import Sequence

from yiheng.basis.refusals import Refusal
from yiheng.runs.workspace import Workspace

from .asking import TABLE, journal_of
from .came import ACTS, NOTED
from .head import SEE, head_file, read_head
from .starting import gone, held, last_link


def noted_acts(workspace: Workspace) -> list[str]:
    """The hashes of the register's lines as the journal noted them; none where there never was a journal.

    Raises:
        Refusal: when the journal, or a line of it, cannot be read, or it is not the one that its head holds.
    """
    head = read_head(head_file(workspace))
    with journal_of(workspace) as asked:
        if asked is None or not asked.has(TABLE):
            if head is not None and head.number:
                raise gone(head, workspace)
            return []
        if asked.has(TABLE, "hash") and last_link(asked) is not None:
            held(asked, workspace, head)
        found = asked.rows(f"select id, cast(data as text) from {TABLE} where act like %s order by id", [f"{ACTS}%"])
        lines = [_data(asked.place, number, text) for number, text in found]
    return [str(data[NOTED]) for data in lines if NOTED in data]


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
            cure="copy runs/standing.jsonl back from a backup that was restored into a new folder; acts are added with"
            " yiheng official, never edited",
        )


def _data(place: str, number: int, text: str) -> dict[str, object]:
    try:
        data = json.loads(text)
    except (TypeError, ValueError, RecursionError):
        data = None
    if not isinstance(data, dict):
        raise Refusal(
            f"line {number} of the journal is not as it was written",
            where=place,
            cure=SEE,
        )
    return data
