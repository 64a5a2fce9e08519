"""Opening a file by its path: what stands in the way is said as a sentence with the fix."""

from __future__ import annotations

import difflib
from pathlib import Path

from yiheng.basis.refusals import Refusal

MEBIBYTE = 1024 * 1024


def read_bytes(path: Path, *, most: int, expected: str = "a file") -> bytes:
    """The bytes of a file that is read as a whole.

    Args:
        most: bytes; a larger file is refused before any of it is read.
        expected: what kind of file belongs here, for the sentence.

    Raises:
        Refusal: when it does not exist, is a folder, may not be read, or is larger.
    """
    refuse_unreadable(path, expected=expected)
    size = path.stat().st_size
    if size > most:
        raise Refusal(
            f"the file has {size:,} bytes",
            where=path.name,
            expected=f"at most {most // MEBIBYTE:,} MiB",
            cure="check that it is the right file; split it if it is",
        )
    return path.read_bytes()


def refuse_unreadable(path: Path, *, expected: str = "a file") -> None:
    """Refuse a path that is not a file which can be opened.

    Raises:
        Refusal: with the fix; for a misspelt name, the file next to it with the nearest name.
    """
    try:
        if path.is_dir():
            raise Refusal("this is a folder, not a file", where=str(path), expected=expected, cure="name a file in it")
        with path.open("rb"):
            pass
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


def _near(path: Path) -> str:
    try:
        names = [one.name for one in path.parent.iterdir()]
    except OSError:
        return ""
    near = difflib.get_close_matches(path.name, names, n=1)
    return f"; did you mean '{near[0]}'?" if near else ""
