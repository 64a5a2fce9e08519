"""What the system says when it will not go on: what, where, what was expected, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class Refusal(Exception):
    """Something understood but not accepted. Its text is for the person who can cure it.

    Args:
        what: the fault, as a sentence.
        where: file, line, column, row or table; empty when there is no place.
        expected: what would have been right.
        cure: what to do now.
    """

    def __init__(self, what: str, *, where: str = "", expected: str = "", cure: str = "") -> None:
        self.what, self.where, self.expected, self.cure = what, where, expected, cure
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.expected:
            parts.append(f"expected: {self.expected}")
        if self.cure:
            parts.append(f"to do: {self.cure}")
        return "\n  ".join(parts)


class Refusals(Refusal):
    """Several faults found in one reading, reported together."""

    def __init__(self, found: Iterable[Refusal]) -> None:
        self.found = tuple(found)
        super().__init__("\n".join(str(one) for one in self.found))


def is_near(name: str, known: Iterable[str]) -> bool:
    """Whether one of the known names is nearly this one, so that it may be the same, misspelt."""
    return any(difflib.SequenceMatcher(None, name, one).ratio() * 5 >= 4 for one in known)


def nearest(name: str, known: Iterable[str]) -> str:
    """A hint such as ``did you mean 'growth'?``, or the known names when none is near."""
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        return f"did you mean '{near[0]}'?"
    return f"known: {', '.join(names)}" if names else "none are known here"
