"""What of a workspace is its owner's alone: the key, the database; and that one process prepares them at a time."""

from __future__ import annotations

import os
import secrets
import shlex
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from yiheng.basis.refusals import Refusal
from yiheng.lake import told

LOCK = "casework.lock"
KEY_BYTES, SHORTEST_KEY = 50, 50
OWNER_ONLY, OTHERS = 0o600, 0o077
SECONDS_TO_WAIT = 60


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Keep other processes that prepare the same workspace out until the end; they wait.

    Raises:
        Refusal: when another prepares for longer than a minute, or nothing can be written here.
    """
    file = folder / LOCK
    if not folder.is_dir():
        # What opens the workspace says what is wrong with it.
        yield
        return
    with told(str(folder)):
        file.touch(OWNER_ONLY)
        lock = sqlite3.connect(file, timeout=SECONDS_TO_WAIT)
    with told(str(folder)), closing(lock):
        try:
            lock.execute("begin exclusive")
        except sqlite3.OperationalError as wrong:
            if "locked" not in str(wrong):
                raise
            raise Refusal(
                "another process is preparing this workspace",
                where=str(file),
                cure="wait until it is done, then try again",
            ) from None
        yield


def key_of(file: Path) -> str:
    """The key that signs sessions, made at the first start; only its owner may read it.

    Raises:
        Refusal: when it is empty, too short or not text, or others may read it.
    """
    if not file.exists():
        _make(file)
    refuse_read_by_others(file)
    try:
        key = file.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        key = ""
    if len(key) < SHORTEST_KEY:
        raise Refusal(
            "the key of the cockpit is empty or broken",
            where=str(file),
            expected=f"{SHORTEST_KEY} signs or more",
            cure="restore it from a backup, or delete it: a new one is made, and everybody signs in again",
        )
    return key


def refuse_read_by_others(*files: Path) -> None:
    """Refuse what others of this machine may read or write.

    Raises:
        Refusal: which names the one command that cures all of them.
    """
    # Windows keeps rights in lists of its own, of which these bits say nothing.
    if os.name == "nt":
        return
    open_to_others = [file for file in files if stat.S_IMODE(file.stat().st_mode) & OTHERS]
    if open_to_others:
        cure = " ".join(["chmod 600", *(shlex.quote(str(file)) for file in open_to_others)])
        raise Refusal("others on this machine may read or write this file", where=str(open_to_others[0]), cure=cure)


def others_may(folder: Path) -> str:
    """The command after which others may not look into the folder; empty where they may not."""
    if os.name == "nt" or not stat.S_IMODE(folder.stat().st_mode) & OTHERS:
        return ""
    return f"chmod 700 {folder}"


def database_files(database: Path) -> list[Path]:
    """The database, and what SQLite keeps beside it."""
    beside = [database, *(database.with_name(database.name + end) for end in ("-wal", "-shm"))]
    return [file for file in beside if file.exists()]


def _make(file: Path) -> None:
    """Make the key whole under another name first: who comes at the same time finds all of it or none."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with os.fdopen(
            os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY), "w", encoding="ascii"
        ) as opened:
            opened.write(secrets.token_urlsafe(KEY_BYTES))
        try:
            os.link(part, file)
        except FileExistsError:
            return
    finally:
        part.unlink(missing_ok=True)
