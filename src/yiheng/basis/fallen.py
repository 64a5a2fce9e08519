"""A fault of the program for a log: its kind, where it struck, and its words without what may be data."""

from __future__ import annotations

import re
import traceback
from collections.abc import Iterator
from pathlib import Path

from .hidden import masked
from .signs import on_one_line

# What a message quotes may be a value, and so may all that is not ASCII.
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|`[^`]*`|[^ -~]+")
LONGEST, MOST_FRAMES, MOST_CAUSES = 500, 60, 8
# Frames of this program and of its libraries are told from the folder on in which they are kept.
ROOTS = (str(Path(__file__).parents[2]), str(Path(traceback.__file__).parent))


def told_fault(wrong: BaseException) -> str:
    """A fault and what caused it, outermost first: kind, words, frames. No line quotes a value, a path or a row."""
    return "\n".join(line for one in _chain(wrong) for line in _told(one))


def _chain(wrong: BaseException) -> Iterator[BaseException]:
    one: BaseException | None = wrong
    for _ in range(MOST_CAUSES):
        if one is None:
            return
        yield one
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)


def _told(wrong: BaseException) -> Iterator[str]:
    kind = type(wrong)
    yield f"{kind.__module__}.{kind.__qualname__}: {_words(wrong)}"
    # A recursion has a thousand frames of which the last say all.
    for frame in traceback.extract_tb(wrong.__traceback__)[-MOST_FRAMES:]:
        yield f"  {_place(frame.filename)}:{frame.lineno} {frame.name}"


def _words(wrong: BaseException) -> str:
    try:
        said = str(wrong)
    except Exception as unsaid:
        said = type(unsaid).__name__
    return masked(on_one_line(_QUOTED.sub("…", said[:LONGEST])))


def _place(file: str) -> str:
    for root in ROOTS:
        if file.startswith(root):
            return file.removeprefix(root).lstrip("/\\")
    return Path(file).name
