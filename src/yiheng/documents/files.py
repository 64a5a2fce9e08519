"""Opening a file by its path: what stands in the way is said as a sentence with the fix."""

from __future__ import annotations

import difflib
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path

from yiheng.basis.engine_paths import AS_WRITTEN, whole_path
from yiheng.basis.refusals import Refusal

MEBIBYTE = 1024 * 1024
# Not on every system.
WITHOUT_WAITING: int = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_bytes(path: Path, *, most: int, expected: str = "a file") -> bytes:
    """The bytes of a file that is read as a whole, from one opening: nobody can put another in its place meanwhile.

    Args:
        most: bytes; a larger file is refused.
        expected: what kind of file belongs here, for the sentence.

    Raises:
        Refusal: when it does not exist, is no ordinary file, may not be read, is larger, or grows while it is read.
    """
    with opened(path, expected=expected) as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise Refusal(
                f"the file has {size:,} bytes",
                where=path.name,
                expected=f"at most {most // MEBIBYTE:,} MiB",
                cure="check that it is the right file; split it if it is",
            )
        with unchanged(path):
            return file.read(most + 1)


def own_bytes(path: Path) -> bytes:
    """The bytes of a file that the program itself wrote into its workspace.

    Raises:
        Refusal: as :func:`refuse_unreadable` says; a pipe or a device in its place never keeps the reader waiting.
    """
    with opened(path, expected=AS_WRITTEN) as file:
        return file.read()


def refuse_unreadable(path: Path, *, expected: str = "a file") -> None:
    """Refuse a path that is not a file which can be opened.

    Raises:
        Refusal: with the fix; for a misspelt name, the file next to it with the nearest name.
    """
    opened(path, expected=expected).close()


def opened(path: Path, *, expected: str = "a file") -> BufferedReader:
    """An ordinary file, opened for reading.

    A pipe would keep the reader waiting, and a device such as ``/dev/zero`` never ends: neither is opened.

    Raises:
        Refusal: as :func:`refuse_unreadable` says.
    """
    try:
        kind = path.stat().st_mode
        whole_path(path)
        if stat.S_ISDIR(kind):
            raise Refusal("this is a folder, not a file", where=str(path), expected=expected, cure="name a file in it")
        if not stat.S_ISREG(kind):
            raise _no_file(path, expected)
        # Without waiting: between the look and the opening a pipe may have taken its place.
        file = os.fdopen(os.open(path, os.O_RDONLY | WITHOUT_WAITING), "rb")
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file.close()
            raise _no_file(path, expected)
        return file
    except FileNotFoundError:
        raise Refusal("there is no such file", where=str(path), cure=f"check the path{_near(path)}") from None
    except PermissionError:
        raise Refusal(
            "you may not read this file", where=str(path), cure="ask its owner for the right to read it"
        ) from None
    except (OSError, ValueError) as wrong:
        # A path through a file, a name that is too long or holds a NUL: each system has its own words.
        what = getattr(wrong, "strerror", None) or str(wrong)
        raise Refusal(f"the file cannot be opened: {what}", where=str(path), cure="check the path") from None


def sha256_of(path: Path) -> str:
    """The hash of the bytes of an ordinary file.

    Raises:
        Refusal: as :func:`refuse_unreadable` says.
    """
    with opened(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def unchanged(path: Path, shown: str = "") -> Iterator[None]:
    """Refuse what was read of a file that was written to or replaced meanwhile: its hash would be that of another.

    Raises:
        Refusal: when size, time of change or the file itself is another after the reading.
    """
    before = mark_of(path)
    yield
    if mark_of(path) != before:
        raise changed(shown or path.name)


def changed(shown: str) -> Refusal:
    """The refusal of a file that is no longer the one that was hashed."""
    return Refusal(
        "the file changed while it was read", where=shown, expected="a file that nobody writes to meanwhile",
        cure="wait until it is written, then read it again; nothing of it was taken",
    )  # fmt: skip


def mark_of(path: Path) -> tuple[int, ...]:
    """What tells a file from one that took its place, and from itself after it was written to."""
    try:
        told = path.stat()
    except OSError:
        return ()
    return told.st_dev, told.st_ino, told.st_size, told.st_mtime_ns, told.st_ctime_ns


def _no_file(path: Path, expected: str) -> Refusal:
    return Refusal(
        "this is no ordinary file, but a pipe, a socket or a device", where=str(path), expected=expected,
        cure="write what it gives into a file, and name that",
    )  # fmt: skip


def _near(path: Path) -> str:
    try:
        names = [one.name for one in path.parent.iterdir()]
    except OSError:
        return ""
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""
