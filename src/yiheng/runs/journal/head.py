"""The head of the journal: a file outside the database that holds the last line's number and hash.

Who changes the database alone does not change it, so a tail that is cut off, an older database in the place of this
one, and a database that is gone show. It is written after each act; a process killed in between leaves it behind by
the lines of that moment, and the next act brings it to the end of the chain.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal
from yiheng.documents import read_bytes
from yiheng.runs.workspace import FILE, Workspace

from .chain import Link

HEAD = "journal.head"
SETTING = "journal_head"
SECONDS_TO_WAIT = 20
MOST_BYTES = 1024 * 1024
HEAD_IS = "number and hash of the last act, as the program wrote them"
# A killed process leaves the head behind by acts of the same moment; more lets the head be an older one.
SECONDS_OF_A_MOMENT = 60
RESTORE = (
    "restore a backup into a new folder (yiheng restore), check it with yiheng verify, and work on there, or take"
    " casework.sqlite3, journal.head and runs/standing.jsonl from it: see 'What to do' in"
    " docs/howto/check-the-journal.md"
)
# What comes before a cure where the check itself is not what prints it.
SEEN = "see what was changed with yiheng journal verify; "
SEE = SEEN + RESTORE


@dataclass(frozen=True)
class Head:
    """What the file holds.

    Attributes:
        number: of the last line; 0 before the first.
        lines: how many there are.
        at: the moment of the last line.
        first: the hash of the first line, by which the head of another journal is known.
    """

    number: int = 0
    hash: str = ""
    lines: int = 0
    at: str = ""
    first: str = ""

    def after(self, link: Link) -> Head:
        """The head when one line more was written."""
        return Head(link.number, link.hash, self.lines + 1, link.at, self.first or link.hash)


def head_file(workspace: Workspace) -> Path:
    """Where the head stands: ``journal.head`` in the workspace, unless ``[web] journal_head`` names another place."""
    web = workspace.settings.get("web", {})
    named = web.get(SETTING, HEAD) if isinstance(web, dict) else HEAD
    if not isinstance(named, str) or not named:
        raise Refusal(f"'{SETTING}' is no path", where=str(workspace.folder / FILE), expected="a text in quotes")
    return workspace.folder / named


def read_head(file: Path) -> Head | None:
    """The head; None where there is no such file.

    Raises:
        Refusal: when it is empty or not as it was written.
    """
    try:
        if not file.exists():
            return None
        told = json.loads(read_bytes(file, most=MOST_BYTES))
        head = Head(**told)
    except Refusal as wrong:
        raise Refusal(wrong.what, where=str(file), expected=HEAD_IS, cure=SEE) from None
    except (OSError, ValueError, TypeError, RecursionError):
        head = None
    texts = (head.hash, head.at, head.first) if head else (None,)
    if head is None or not all(isinstance(text, str) for text in texts) or type(head.number) is not int:
        raise Refusal(
            "the head of the journal cannot be read",
            where=str(file),
            expected=HEAD_IS,
            cure=SEE,
        )
    return head


def begin(file: Path) -> None:
    """A head before the first line, where there is none."""
    if not file.exists():
        with _alone(file):
            if not file.exists():
                _write(file, Head())


def follow(file: Path, since: Callable[[int], Iterable[Link]]) -> Refusal | None:
    """Bring the head to the end of the chain; says so where it was behind by more than acts of one moment.

    Args:
        since: the committed links behind a number, in their order.

    Raises:
        Refusal: when the head is gone or the chain does not go on from it.
    """
    with _alone(file):
        was = head = _there(file, read_head(file))
        unseen = ""
        for link in since(head.number):
            if link.before != head.hash:
                raise rewritten(head, file)
            head, unseen = head.after(link), unseen or link.at
        if head != was:
            _write(file, head)
        return far_behind(str(file), was, head.lines - was.lines, unseen, head)


def far_behind(where: str, head: Head, lines: int, unseen: str, last: Head) -> Refusal | None:
    """That a head is older than its journal by more than a killed process leaves it; None where it is not.

    Args:
        lines: how many it is behind.
        unseen: the moment of the first of them.
        last: number and moment of the last.
    """
    if not head.number or not unseen or _seconds(unseen, last.at) <= SECONDS_OF_A_MOMENT:
        return None
    return Refusal(
        f"the head is {lines} lines behind the journal, more than acts of one moment",
        where=where,
        expected=f"line {last.number}: an older head was put in its place, or its disk could not be written",
        cure="the next act brings it to the end of the journal; find out who put the older one there",
    )


def refuse_other_head(
    file: Path, head: Head | None, last: Link | None, first: Callable[[], str], hash_at: Callable[[int], str]
) -> Head:
    """Hold the end of the journal against its head, before an act is added or the cockpit starts.

    Args:
        head: what the file holds, read before the journal was: what is written meanwhile leaves it behind only.
        last: the last line of the journal.
        first: gives the hash of the first line.
        hash_at: gives the hash of the line of a number; nothing where there is none.

    Raises:
        Refusal: the head is gone, unreadable, of another journal, ahead of this one, or holds another line.
    """
    head = _there(file, head)
    number, hashed = (last.number, last.hash) if last else (0, "")
    if head.number and number and head.first != first():
        raise Refusal("the head is of another journal", where=str(file), cure=SEE)
    if head.number > number:
        raise ahead(head, number, file)
    held = hashed if head.number == number else hash_at(head.number)
    if head.number and head.hash != held:
        raise rewritten(head, file)
    return head


def ahead(head: Head, number: int, file: Path) -> Refusal:
    """The journal is shorter than its head says."""
    return Refusal(
        f"the journal ends at line {number}, but its head is line {head.number} of {head.at[:19]} UTC",
        where=str(file),
        expected="the database in which every act was written: lines were cut off, or an older one stands in its place",
        cure=RESTORE,
    )


def rewritten(head: Head, file: Path) -> Refusal:
    """The line of the head is another one in the database."""
    return Refusal(
        f"line {head.number} of the journal is not the one that its head holds",
        where=str(file),
        expected=f"SHA-256 {head.hash}",
        cure=SEE,
    )


def _there(file: Path, head: Head | None) -> Head:
    if head is None:
        raise Refusal(
            "the head of the journal is gone",
            where=str(file),
            expected="the file that holds number and hash of the last act",
            cure=SEE,
        )
    return head


def _write(file: Path, head: Head) -> None:
    with new_file(file) as part:
        with part.open("w", encoding="utf-8") as opened:
            opened.write(json.dumps(asdict(head)) + "\n")
            opened.flush()
            os.fsync(opened.fileno())
        part.chmod(0o600)


def _seconds(one: str, other: str) -> float:
    try:
        return (dt.datetime.fromisoformat(other) - dt.datetime.fromisoformat(one)).total_seconds()
    except ValueError:
        return 0


@contextmanager
def _alone(file: Path) -> Iterator[None]:
    """Two processes write the head one after the other."""
    lock = file.with_name(f".{file.name}.lock")
    try:
        with closing(sqlite3.connect(lock, timeout=SECONDS_TO_WAIT, isolation_level=None)) as held:
            held.execute("begin exclusive")
            yield
    except (OSError, sqlite3.OperationalError) as wrong:
        raise Refusal(
            f"the head of the journal cannot be written: {wrong}",
            where=str(file),
            expected="a folder on a disk that is there and has room",
            cure="mount the disk, or make the folder of [web] journal_head",
        ) from None
