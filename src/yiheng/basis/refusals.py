"""What the system says when it will not go on: what, where, what was expected, what to do."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from .evidence import Words
from .hidden import masked
from .signs import on_one_line, visible


class Refusal(Exception):
    """Something understood but not accepted. Its text is for the person who can cure it.

    Args:
        what: the fault, as a sentence.
        where: file, line, column, row or table; empty when there is no place.
        expected: what would have been right.
        cure: what to do now.

    A sentence that is kept in both languages anyway, such as that of a contract's check, is given in both; the Chinese
    of the others is in the catalogue. A refusal is printed, kept and sent on: numbers of persons are hidden in it, and
    signs that steer a terminal are seen.
    """

    def __init__(
        self, what: str | Words, *, where: str = "", expected: str | Words = "", cure: str | Words = ""
    ) -> None:
        self.said = {"what": _plain(what), "expected": _plain(expected), "cure": _plain(cure)}
        self.what, self.expected, self.cure = (_english(one) for one in self.said.values())
        self.where = on_one_line(masked(where))
        super().__init__(str(self))

    def __str__(self) -> str:
        parts = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.expected:
            parts.append(f"expected: {self.expected}")
        if self.cure:
            parts.append(f"to do: {self.cure}")
        return "\n  ".join(parts)


def _plain(said: str | Words) -> str | Words:
    return Words(*map(_plain_text, said)) if isinstance(said, Words) else _plain_text(said)


def _plain_text(text: str) -> str:
    return visible(masked(text))


def _english(said: str | Words) -> str:
    return said.en if isinstance(said, Words) else said


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
