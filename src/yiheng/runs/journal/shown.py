"""The acts of the journal for people and auditors."""

from __future__ import annotations

import datetime as dt
from typing import Any

from yiheng.basis.refusals import Refusal
from yiheng.runs.workspace import Workspace

from .asking import TABLE, Asked, journal_of
from .chain import LINES, Line, line_of
from .head import RESTORE


def acts_shown(
    workspace: Workspace,
    *,
    act: str | None = None,
    by: str | None = None,
    subject: str | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
    limit: int | None = None,
) -> list[Line]:
    """The lines that fit, newest first.

    Args:
        act: its name, such as ``user.created``, or what stands before the dot.
        since, until: the first moment, and the one before which the last lies.

    Raises:
        Refusal: when there is no journal, or it cannot be read.
    """
    with journal_of(workspace) as asked:
        if asked is None or not asked.has(TABLE, "hash"):
            raise Refusal(
                "the workspace has no journal yet, or one of an earlier version",
                where=asked.place if asked else str(workspace.folder),
                cure=f"yiheng user list makes it or brings it up to date; if there was one, {RESTORE}",
            )
        named: list[tuple[str, Any]] = [
            ("(j.act = %s or j.act like %s)", (act, f"{act}.%") if act else None),
            ("u.username = %s", (by,) if by else None),
            ("j.subject = %s", (subject,) if subject else None),
            ("j.at >= %s", (_as_kept(asked, since),) if since else None),
            ("j.at < %s", (_as_kept(asked, until),) if until else None),
        ]
        asks = [(words, given) for words, given in named if given is not None]
        where = f" where {' and '.join(words for words, _ in asks)}" if asks else ""
        question = f"{LINES}{where} order by j.id desc" + (f" limit {int(limit)}" if limit else "")
        return [line_of(row) for row in asked.rows(question, [one for _, given in asks for one in given])]


def _as_kept(asked: Asked, when: dt.datetime) -> Any:
    """SQLite keeps moments as text in UTC."""
    return when if asked.vendor == "postgresql" else str(when.astimezone(dt.UTC).replace(tzinfo=None))
