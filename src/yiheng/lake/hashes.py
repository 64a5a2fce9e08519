"""SHA-256 of data files: worked out once in a process for each file as it lies there, and again when it has changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# What the system says of a file that changes with its bytes: to set the times back does not set back the last of them.
Standing = tuple[int, int, int, int]
_known: dict[Path, tuple[Standing, str]] = {}


def hashes_of(files: Iterable[Path]) -> dict[Path, str]:
    """The hash of each file, several at once.

    Raises:
        OSError: when one cannot be read.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
        listed = list(files)
        return dict(zip(listed, workers.map(hash_of, listed), strict=True))


def hash_of(file: Path) -> str:
    """The hash of a file's bytes.

    Raises:
        OSError: when it cannot be read.
    """
    with file.open("rb") as opened:
        standing = _standing(os.fstat(opened.fileno()))
        kept = _known.get(file)
        if kept is None or kept[0] != standing:
            kept = _known[file] = (standing, hashlib.file_digest(opened, "sha256").hexdigest())
    return kept[1]


def flush(file: Path) -> None:
    """Have the disk take what was written to a file, or the names of a folder."""
    opened = os.open(file, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _standing(found: os.stat_result) -> Standing:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
