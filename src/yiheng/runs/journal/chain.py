"""The chain: each line of the journal holds its own SHA-256 and that of the line before."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from .asking import TABLE, Asked

# What a line notes whose moment is before that of the line before it.
SET_BACK = "clock_set_back_from"
LINES = (
    "select j.id, j.at, j.act, u.username, j.subject, cast(j.data as text), j.before, j.hash"
    f" from {TABLE} j left join casework_user u on u.id = j.by_id"
)


class Link(NamedTuple):
    """What holds a line in the chain."""

    number: int
    before: str
    hash: str
    at: str


@dataclass(frozen=True)
class Line:
    """One act as it stands in the database.

    Attributes:
        at: the moment in UTC with microseconds; what stands there where that is none.
        data: what belongs to the act; a text where it is no JSON.
        hash: the SHA-256 that the database holds.
    """

    number: int
    at: str
    act: str
    by: str | None
    subject: str
    data: Any
    before: str
    hash: str

    @property
    def own(self) -> str:
        """The SHA-256 that the line should hold."""
        return digest(self.before, self.number, self.at, self.act, self.by, self.subject, self.data)

    @property
    def link(self) -> Link:
        """Its place in the chain."""
        return Link(self.number, self.before, self.hash, self.at)

    def as_json(self) -> dict[str, Any]:
        """The line as plain values."""
        return {
            "number": self.number, "at": self.at, "act": self.act, "by": self.by, "subject": self.subject,
            "data": self.data, "before": self.before, "hash": self.hash,
        }  # fmt: skip


def digest(*values: Any) -> str:
    """SHA-256 of values as one line of JSON: keys in order, no blanks, UTF-8.

    Of a line of the journal these are the hash before it, number, moment, act, user, subject and data.
    """
    told = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def row_digest(number: int, at: str, finding: str, rule: str, verdict: str, reason: str, by: str | None) -> str:
    """SHA-256 of a verdict's row."""
    return digest(number, at, finding, rule, verdict, reason, by)


def utc(at: Any) -> str:
    """A moment as it is hashed, such as ``2026-11-30T12:48:00.000001+00:00``; what is no moment stays as it is."""
    try:
        when = at if isinstance(at, dt.datetime) else dt.datetime.fromisoformat(at)
    except (TypeError, ValueError):
        return str(at)
    when = when.replace(tzinfo=dt.UTC) if when.tzinfo is None else when.astimezone(dt.UTC)
    return when.isoformat(timespec="microseconds")


def line_of(row: tuple[Any, ...]) -> Line:
    """A row of ``LINES``."""
    number, at, act, by, subject, data, before, hashed = row
    return Line(number, utc(at), act, by, subject, _json(data), before, hashed)


def lines_of(asked: Asked, since: int = 0) -> Iterator[Line]:
    """The lines behind a number, in their order."""
    return map(line_of, asked.rows(f"{LINES} where j.id > %s order by j.id", [since]))


def links_of(asked: Asked, since: int = 0) -> Iterator[Link]:
    """The links behind a number, in their order."""
    question = f"select id, before, hash, at from {TABLE} where id > %s order by id"
    for number, before, hashed, at in asked.rows(question, [since]):
        yield Link(number, before, hashed, utc(at))


def _json(text: Any) -> Any:
    try:
        return json.loads(text)
    except (TypeError, ValueError, RecursionError):
        return str(text)
