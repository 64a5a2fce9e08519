"""Why a number is what it is, and where that was written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from json.encoder import encode_basestring as quoted
from typing import NamedTuple

from .money import Fen


class Words(NamedTuple):
    """One sentence in Chinese and in English."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The sentence for ``zh`` or ``en`` (any other language reads English)."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True, slots=True)
class Place:
    """A spot a reader can open: a file and a line, or a snapshot and a query."""

    where: str
    at: str

    def __str__(self) -> str:
        return f"{self.where}:{self.at}"


@dataclass(frozen=True, slots=True)
class Because:
    """One line of an explanation, with the lines it rests on.

    Attributes:
        says: the formula or the fact, in words, with the values used.
        amount: the money this line arrives at, when it is money.
        source: where the reader finds it written.
        rests_on: the lines below.
    """

    says: Words
    amount: Fen | None = None
    source: Place | None = None
    rests_on: tuple[Because, ...] = ()

    def worth(self, amount: Fen) -> Because:
        """The same line with the money it arrives at."""
        return Because(self.says, amount, self.source, self.rests_on)

    def lines(self, language: str = "zh", depth: int = 0) -> Iterator[str]:
        """The tree as indented lines of text."""
        amount = f"{self.amount}  " if self.amount is not None else ""
        source = f"   [{self.source}]" if self.source else ""
        yield f"{'  ' * depth}{amount}{self.says.in_language(language)}{source}"
        for below in self.rests_on:
            yield from below.lines(language, depth + 1)

    def as_json(self, seen: dict[int, str]) -> str:
        """The tree as the text of a JSON object; money as yuan text.

        Args:
            seen: texts by the identity of their reason, of reasons that are still there: one that several figures
                rest on is written once.
        """
        if (made := seen.get(id(self))) is not None:
            return made
        text = f'{{"says": {quoted(self.says.zh)}, "says_en": {quoted(self.says.en)}'
        if self.amount is not None:
            text += f', "amount": "{self.amount.yuan}"'
        if self.source is not None:
            text += f', "where": {quoted(self.source.where)}, "at": {quoted(self.source.at)}'
        if self.rests_on:
            text += f', "rests_on": [{", ".join([below.as_json(seen) for below in self.rests_on])}]'
        seen[id(self)] = text = text + "}"
        return text
