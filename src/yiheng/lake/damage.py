"""What the place may do to the lake, in sentences: a full disk, a folder that cannot be written, broken files."""

from __future__ import annotations

import errno
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from yiheng.basis.refusals import Refusal

FULL = {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}
CLOSED = {errno.EROFS, errno.EACCES, errno.EPERM}
# SQLite and DuckDB say it in words only.
FULL_WORDS = ("No space left", "File too large", "disk is full", "disk I/O error")
CLOSED_WORDS = ("readonly database", "Read-only file system", "Permission denied", "unable to open database file")
BROKEN_WORDS = ("file is not a database", "malformed", "no such table", "no such column")
RESTORE = (
    "restore the workspace from a backup into a new folder (yiheng restore), check it with yiheng verify, and work on"
    " there; a file of lake/data or codes may also be copied back from it, or from where it was kept: see 'What to do'"
    " in docs/howto/back-up-and-restore.md"
)
# A lock that somebody else holds is waited for so long.
SECONDS_TO_WAIT = 30
CATALOG = "catalog.sqlite"


@contextmanager
def told(where: str = "") -> Iterator[None]:
    """Turn what the system, SQLite or DuckDB says about a damaged place into a refusal.

    Raises:
        Refusal: the disk is full, the place cannot be written, or a file of the lake is broken.
    """
    try:
        yield
    except Refusal:
        raise
    except _of_the_place() as wrong:
        if (refusal := _refusal(wrong, where)) is None:
            raise
        raise refusal from wrong
    except _unreadable() as wrong:
        what = f"a file of the workspace cannot be read: {str(wrong).splitlines()[0]}"
        raise Refusal(what, where=where, cure=RESTORE) from wrong


@contextmanager
def described(table: str, where: str) -> Iterator[None]:
    """Refuse a table whose description cannot be read: its decoder answers damaged bytes with whatever comes.

    Raises:
        Refusal: when a file that describes the table is broken.
    """
    try:
        yield
    except (Refusal, OSError, sqlite3.Error, _database_error()):
        raise
    except Exception as wrong:
        what = f"a file that describes '{table}' cannot be read: {str(wrong).partition(chr(10))[0]}"
        raise Refusal(what, where=where, cure=RESTORE) from wrong


# Named where something failed, not before: to import these libraries takes longer than most verbs.


def _database_error() -> type[Exception]:
    from sqlalchemy.exc import DatabaseError

    return DatabaseError


def _of_the_place() -> tuple[type[Exception], ...]:
    import duckdb

    return OSError, sqlite3.Error, _database_error(), duckdb.Error


def _unreadable() -> tuple[type[Exception], ...]:
    import pyarrow as pa
    import pydantic
    from pyiceberg.exceptions import ValidationError

    return json.JSONDecodeError, UnicodeDecodeError, pydantic.ValidationError, ValidationError, pa.ArrowInvalid


def _cure_of(wrong: OSError) -> str:
    held = wrong.errno in (errno.EISDIR, errno.ENOTDIR, errno.EEXIST)
    return f"a file stands in the place of a folder, or a folder in that of a file: {RESTORE}" if held else RESTORE


def _refusal(wrong: Exception, where: str) -> Refusal | None:
    text = str(wrong)
    number = wrong.errno if isinstance(wrong, OSError) else None
    if isinstance(wrong, FileNotFoundError):
        cure = f"check the path; if it is part of the workspace, {RESTORE}"
        return Refusal("file not found", where=str(wrong.filename or where), cure=cure)
    place = str(wrong.filename or where) if isinstance(wrong, OSError) else where
    if number in FULL or any(words in text for words in FULL_WORDS):
        return Refusal(
            "the disk is full, or did not take what was written",
            where=place,
            cure="make room on the disk, then do it again",
        )
    if number in CLOSED or any(words in text for words in CLOSED_WORDS):
        return Refusal(
            "the workspace cannot be written here",
            where=place,
            expected="a folder that you may write to, on a disk that is not read-only",
            cure="give yourself the right to write, or take the write protection off",
        )
    if isinstance(wrong, OSError) and not isinstance(wrong, ConnectionError):
        # A folder in the place of a file, a link in a circle: each system has its own words.
        return Refusal(
            f"the system cannot open or write this: {wrong.strerror or text}", where=place, cure=_cure_of(wrong)
        )
    if "database is locked" in text:
        held = CATALOG if isinstance(wrong, _database_error()) else Path(place).name
        return Refusal(
            f"'{held}' is held by another program, and was waited for {SECONDS_TO_WAIT} seconds",
            where=place,
            cure="wait until that program has ended, then do it again",
        )
    if any(words in text for words in BROKEN_WORDS):
        return Refusal("the catalogue of the lake, or its list of snapshot sets, is broken", where=place, cure=RESTORE)
    import duckdb

    # DuckDB's reader of Parquet raises the plain class where bytes inside a file make no sense.
    unreadable = isinstance(wrong, duckdb.IOException | duckdb.InvalidInputException) and ".parquet" in text
    if unreadable or type(wrong) is duckdb.Error:
        return Refusal(f"a data file cannot be read: {text.splitlines()[0]}", where=place, cure=RESTORE)
    return None
