"""What is held against each other before the cockpit starts: the database, its guards, and the head outside it."""

from __future__ import annotations

from yiheng.basis.refusals import Refusal, Refusals
from yiheng.runs.workspace import Workspace

from .asking import TABLE, Asked, journal_of
from .came import hashes_held, refuse_unjournalled
from .chain import Link, lines_of, links_of
from .guards import guard_faults
from .head import RESTORE, SEE, Head, ahead, begin, follow, head_file, read_head, refuse_other_head


def refuse_damaged(workspace: Workspace) -> None:
    """Refuse a journal that is not as it was left, before anything makes a new one; a first start begins the head.

    Raises:
        Refusals: the database is gone, a trigger is missing, the head is gone, ahead, or another's, or
            the register holds acts that no journal notes.
    """
    file = head_file(workspace)
    head, register = read_head(file), hashes_held(workspace.folder)
    with journal_of(workspace) as asked:
        if asked is None or not asked.has(TABLE):
            if head is not None and head.number:
                raise gone(head, workspace)
        else:
            if asked.has("django_migrations") and (faults := guard_faults(asked)):
                raise Refusals(faults)
            if asked.has(TABLE, "hash"):
                # A first start that was killed before its first act leaves both without a line.
                if head is not None or last_link(asked) is not None:
                    _refuse_unchained(asked, held(asked, workspace, head))
            elif head is not None and head.number:
                raise ahead(head, 0, file)
        refuse_unjournalled(workspace.folder, register, asked)
    begin(file)


def bring_up(workspace: Workspace) -> Refusal | None:
    """Bring the head to the end of the chain when the database is ready; says so where it was an older one.

    Raises:
        Refusal: a trigger is missing, or the chain does not go on from the head.
    """
    with journal_of(workspace) as asked:
        if asked is None:
            return None
        if faults := guard_faults(asked):
            raise Refusals(faults)
        return follow(head_file(workspace), lambda number: links_of(asked, number))


def held(asked: Asked, workspace: Workspace, head: Head | None) -> Head:
    """The head, if it is that of this journal; it was read before.

    Raises:
        Refusal: it is gone, unreadable, of another journal, ahead of this one, or holds another line.
    """
    return refuse_other_head(
        head_file(workspace),
        head,
        last_link(asked),
        lambda: _hash(asked, "select hash from casework_journalline order by id limit 1"),
        lambda number: _hash(asked, "select hash from casework_journalline where id = %s", number),
    )


def _refuse_unchained(asked: Asked, head: Head) -> None:
    """The few lines that a killed process wrote and the head does not know are chained to it."""
    before = head.hash
    for line in lines_of(asked, head.number):
        if line.before != before or line.own != line.hash:
            raise Refusal(
                "the line does not follow the one before it: a line was taken out, put in or moved",
                where=f"{asked.place}, line {line.number}",
                expected=f"the hash of the line before, {before or 'none'}",
                cure=SEE,
            )
        before = line.hash


def last_link(asked: Asked) -> Link | None:
    """The link of the last line."""
    row = asked.one(f"select max(id) from {TABLE}")
    return next(links_of(asked, row[0] - 1), None) if row and row[0] else None


def _hash(asked: Asked, question: str, *given: int) -> str:
    row = asked.one(question, given)
    return str(row[0]) if row else ""


def gone(head: Head, workspace: Workspace) -> Refusal:
    """The head is here, the database is not."""
    return Refusal(
        f"the database of users and journal is gone: its head is line {head.number} of {head.at[:19]} UTC",
        where=str(head_file(workspace)),
        expected="the database in which every act was written",
        cure=RESTORE,
    )
