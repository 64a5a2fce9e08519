"""Data files on the disk: their SHA-256, several at once, and that the disk took what was written."""

from __future__ import annotations

import os
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from yiheng.basis.hashes import hash_of


def hashes_of(files: Iterable[Path]) -> dict[Path, str]:
    """The hash of each file, several at once.

    Raises:
        OSError: when one cannot be read.
    """
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as workers:
        listed = list(files)
        return dict(zip(listed, workers.map(hash_of, listed), strict=True))


def flush(file: Path) -> None:
    """Have the disk take what was written to a file, or the names of a folder."""
    opened = os.open(file, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
