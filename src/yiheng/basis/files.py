"""Files that are never seen half written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_file(file: Path) -> Iterator[Path]:
    """A file to write beside its place, which then takes the place of another in one step.

    When the writing fails, as on a full disk, nothing of it is left and the other stays whole.
    """
    part = file.with_name(f".{file.name}.part")
    try:
        yield part
        part.replace(file)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
