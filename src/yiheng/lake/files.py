"""Whether data files are byte by byte what a load wrote."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from yiheng.basis.refusals import Refusal

from .damage import RESTORE
from .hashes import hashes_of
from .sets import DataFile


def check_files(kept: Mapping[Path, DataFile]) -> None:
    """Refuse data files that are gone or are not as they were written.

    Raises:
        Refusal: for the first of them.
    """
    for file, one in kept.items():
        if not file.is_file():
            raise Refusal(f"a data file of '{one.table}' is gone", where=str(file), cure=RESTORE)
        if file.stat().st_size != one.bytes:
            raise _other(file, one)
    for file, sha256 in hashes_of(kept).items():
        if sha256 != kept[file].sha256:
            raise _other(file, kept[file])


def _other(file: Path, one: DataFile) -> Refusal:
    return Refusal(f"a data file of '{one.table}' is not as it was written", where=str(file), cure=RESTORE)
