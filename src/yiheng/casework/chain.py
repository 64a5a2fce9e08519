"""The end of the journal's chain, held by one writer at a time, and the head outside the database that follows it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterator
from functools import lru_cache

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from yiheng.basis.hashes import Sign, sign_of
from yiheng.basis.refusals import Refusal
from yiheng.runs.journal import Head, Link, follow, read_head, refuse_other_head, utc

from .models import JournalLine

# Any number will do that nothing else locks in this database.
LOCK = 20_250_107
LINK = ("pk", "before", "hash", "at")


def end_of_chain() -> Link | None:
    """The last line, which no other process goes on from until this transaction ends.

    Raises:
        Refusal: the journal is not the one that its head holds.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    # SQLite: the transaction began as a writing one, of which there is one at a time.
    return _refuse_other(read_head(settings.JOURNAL_HEAD))


def _refuse_other(head: Head | None) -> Link | None:
    lines = JournalLine.objects.order_by("pk")
    last = next(_links(lines.reverse()[:1]), None)
    refuse_other_head(
        settings.JOURNAL_HEAD,
        head,
        last,
        lambda: _hash(lines[:1]),
        lambda number: _hash(lines.filter(pk=number)),
    )
    return last


def refuse_unheaded() -> None:
    """Refuse to go on with a journal that is not the one of its head; cheap while neither has changed.

    Raises:
        Refusal: the head is gone, unreadable, of another journal, ahead of this one, or holds another line.
    """
    file = settings.JOURNAL_HEAD
    try:
        sign = sign_of(file)
    except OSError:
        sign = None
    # After the head: what is written meanwhile leaves it behind, never ahead.
    _held(sign, next(iter(JournalLine.objects.order_by("-pk").values_list("pk", "hash")[:1]), None))


@lru_cache(maxsize=1)
def _held(_sign: Sign | None, _last: tuple[int, str] | None) -> None:
    """What was once found in order is so while head and last line are the same."""
    _refuse_other(read_head(settings.JOURNAL_HEAD))


def head_follows() -> None:
    """Bring the head to the end of what is committed. The act stands already, so what fails is told in the log."""
    try:
        follow(settings.JOURNAL_HEAD, lambda number: _links(JournalLine.objects.filter(pk__gt=number).order_by("pk")))
    except (Refusal, OSError, sqlite3.Error) as wrong:
        logging.getLogger("yiheng").error("the head of the journal stays behind: %s", wrong)


def _links(lines: QuerySet[JournalLine]) -> Iterator[Link]:
    for number, before, hashed, at in lines.values_list(*LINK):
        yield Link(number, before, hashed, utc(at))


def _hash(lines: QuerySet[JournalLine]) -> str:
    return next(iter(lines.values_list("hash", flat=True)), "")
