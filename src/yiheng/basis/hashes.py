"""SHA-256 of files, and the sign by which a file that may have changed is told without reading it."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from .engine_paths import AS_WRITTEN, refuse_other_kinds

# Size, times and inode. To set the times back does not set back the last of them, that of the change itself.
Sign = tuple[int, int, int, int]
_known: dict[Path, tuple[Sign, str]] = {}


def sha256(file: Path) -> str:
    """The hash of a file's bytes.

    Raises:
        OSError: when it cannot be read.
        Refusal: a pipe or a device in its place, of which the end never comes.
    """
    refuse_other_kinds(file, AS_WRITTEN)
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def hash_of(file: Path) -> str:
    """The hash of a file's bytes, worked out once in a process while the file stays as it is.

    Raises:
        OSError: when it cannot be read.
        Refusal: a pipe or a device in its place, of which the end never comes.
    """
    refuse_other_kinds(file, AS_WRITTEN)
    with file.open("rb") as opened:
        sign = _sign(os.fstat(opened.fileno()))
        kept = _known.get(file)
        if kept is None or kept[0] != sign:
            kept = _known[file] = (sign, hashlib.file_digest(opened, "sha256").hexdigest())
    return kept[1]


def sign_of(file: Path) -> Sign:
    """What tells that a file may have changed, without reading it.

    Raises:
        OSError: when it is not there.
    """
    return _sign(file.stat())


def _sign(found: os.stat_result) -> Sign:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
