"""The file of the list of runs: lines are only added, each with a hash over itself and all lines before it.

How many lines there are, and the hash of the last, stands outside ``lake/`` and ``runs/``, at the top of the workspace
in ``runs.head``: a list whose end was cut off, or that was put back together with an older lake, is found by it. Lines
of an earlier version have no hash; the first that has one holds all bytes before it.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from yiheng.basis.files import new_file
from yiheng.basis.hashes import Sign, sign_of
from yiheng.basis.refusals import Refusal
from yiheng.documents import own_bytes
from yiheng.lake import RESTORE, told

LIST, HEAD, LOCK = "runs.jsonl", "runs.head", ".runs.lock"
SECONDS_TO_WAIT = 30
CHAINED = re.compile(rb', "chain": "([0-9a-f]{64})"\}')
SHAPE = "a run that began, or one that ended, with its moment, its verb and the SHA-256 of its manifest"


@dataclass(frozen=True)
class Line:
    """A line: its number from 1 on, its text without the hash, and the hash; empty in a list of an earlier version."""

    number: int
    text: str
    chain: str


@dataclass(frozen=True)
class Head:
    """How many lines a list has, and the hash of the last."""

    lines: int
    chain: str


def read_lines(folder: Path) -> tuple[Line, ...]:
    """The lines of the list, oldest first; ``folder`` holds all runs.

    Raises:
        Refusal: a line was changed, taken out or put in, or the end was cut off.
    """
    file, head = folder / LIST, folder.parent / HEAD
    with told(str(file)):
        # The head first: of a line that is added meanwhile the list may know more.
        known = _head(head, sign_of(head)) if head.exists() else None
        if not file.exists():
            if known is not None:
                raise Refusal("the list of runs is gone", where=str(file), expected=_told(known), cure=RESTORE)
            return ()
        lines = _lines(file, sign_of(file))
        _refuse_shorter(file, lines, known)
        return lines


def mark_of_list(folder: Path) -> tuple[Sign | None, Sign | None]:
    """What tells that the list, or what it is held against, may have changed."""
    with told(str(folder / LIST)):
        files = folder / LIST, folder.parent / HEAD
        first, second = (sign_of(file) if file.exists() else None for file in files)
        return first, second


def add_line(folder: Path, line: dict[str, Any]) -> None:
    """Add a line. A process that is killed leaves it whole or not at all: half a line is cut off by the next one.

    Raises:
        Refusal: as :func:`read_lines`: nothing is added to a list that is not as it was written.
    """
    file, head = folder / LIST, folder.parent / HEAD
    with told(str(file)), _alone(folder / LOCK):
        lines = read_lines(folder)
        kept = own_bytes(file) if file.exists() else b""
        whole = kept[: kept.rfind(b"\n") + 1]
        before = lines[-1].chain if lines else ""
        text = json.dumps(line, ensure_ascii=False)
        chain = _chained(before or hashlib.sha256(whole).hexdigest(), text)
        with file.open("r+b" if kept else "wb") as opened:
            opened.truncate(len(whole))
            opened.seek(len(whole))
            opened.write(f'{text[:-1]}, "chain": "{chain}"}}\n'.encode())
            opened.flush()
            os.fsync(opened.fileno())
        write_head(head, Head(len(lines) + 1, chain))


def copy_list(folder: Path, into: Path) -> None:
    """Copy the list as it is at one moment into a folder of runs, with its head next to that.

    Raises:
        Refusal: as :func:`read_lines`.
    """
    with told(str(folder / LIST)), _alone(folder / LOCK):
        lines = read_lines(folder)
        (into / LIST).write_bytes(own_bytes(folder / LIST))
        if lines and lines[-1].chain:
            write_head(into.parent / HEAD, Head(len(lines), lines[-1].chain))


def write_head(file: Path, head: Head) -> None:
    """Put a head in the place of the last one, in one step."""
    with new_file(file) as part, part.open("w", encoding="utf-8") as opened:
        opened.write(json.dumps({"format": 1, **asdict(head)}) + "\n")
        opened.flush()
        os.fsync(opened.fileno())


def not_as_written(file: Path, number: int, expected: str = SHAPE) -> Refusal:
    """The refusal of a line that is no line of such a list."""
    return Refusal(
        "this line of the list of runs is not as it was written", where=f"{file}:{number}", expected=expected,
        cure=RESTORE,
    )  # fmt: skip


def _refuse_shorter(file: Path, lines: tuple[Line, ...], known: Head | None) -> None:
    if known is None:
        if lines and lines[-1].chain:
            raise Refusal(f"'{HEAD}' is gone", where=str(file.parent.parent / HEAD), cure=RESTORE)
    elif len(lines) < known.lines:
        raise Refusal(
            f"the list of runs ends before its last line: it has {len(lines):,} lines", where=str(file),
            expected=_told(known), cure=RESTORE,
        )  # fmt: skip
    elif lines[known.lines - 1].chain != known.chain:
        raise Refusal(f"the list of runs does not match '{HEAD}'", where=str(file), expected=_told(known), cure=RESTORE)


def _told(head: Head) -> str:
    return f"{head.lines:,} lines, the last with {head.chain[:16]}"


@lru_cache(maxsize=16)
def _head(file: Path, _sign: Sign) -> Head:
    try:
        found = json.loads(own_bytes(file))
        if found.pop("format") == 1 and isinstance(found["lines"], int) and found["lines"] > 0:
            return Head(found["lines"], str(found["chain"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise Refusal(f"'{HEAD}' cannot be read", where=str(file), cure=RESTORE)


@lru_cache(maxsize=16)
def _lines(file: Path, _sign: Sign) -> tuple[Line, ...]:
    kept = own_bytes(file)
    # What has no end was cut short while it was written: its run did not end.
    whole = kept[: kept.rfind(b"\n") + 1].split(b"\n")[:-1]
    found: list[Line] = []
    before, size = "", 0
    for number, raw in enumerate(whole, start=1):
        chained = CHAINED.search(raw[-80:])
        text = _text(file, number, raw[: -len(chained[0])] + b"}" if chained else raw)
        if chained:
            before = _chained(before or hashlib.sha256(kept[:size]).hexdigest(), text)
            if before != chained[1].decode():
                raise not_as_written(file, number, "the hash over this line and those before it")
        elif before:
            raise not_as_written(file, number, "a hash at its end, as in the lines before it")
        size += len(raw) + 1
        found.append(Line(number, text, before))
    return tuple(found)


def _text(file: Path, number: int, raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        raise not_as_written(file, number) from None


def _chained(before: str, text: str) -> str:
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Two processes add one after the other."""
    with closing(sqlite3.connect(lock, timeout=SECONDS_TO_WAIT, isolation_level=None)) as held:
        held.execute("begin exclusive")
        yield
