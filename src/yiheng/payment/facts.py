"""The few exact figures that a settlement starts from, each with where it came from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from yiheng.basis.evidence import Because, Place, Words
from yiheng.basis.money import Fen
from yiheng.basis.numbers import exact_number
from yiheng.basis.refusals import Refusal, nearest
from yiheng.policy.schema import PLAIN_NUMBER
from yiheng.policy.schema import Fact as DeclaredFact

YEAR = re.compile(r"(?<!\d)\d{4}(?!\d)")
CELL = re.compile(r"(?P<cell>\S+) (?P<days>\d+) (?P<yuan>\S+)")


@dataclass(frozen=True, slots=True)
class CellSum:
    """One risk cell of a party and year: days in which it answered for people of the cell, and what they cost."""

    person_days: int
    amount: Fen


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of one party: an amount, a number, a word or sums by cell; None when unknown, which is not zero."""

    amount: Fen | None
    because: Because
    number: Fraction | None = None
    word: str | None = None
    cells: Mapping[str, CellSum] | None = None


def fact_read(declared: DeclaredFact, text: str, column: str, place: Place) -> Fact:
    """A fact from the text of a cell; an empty one is unknown.

    Raises:
        ValueError: when the text is no amount, number or list of cells, or none of the declared words.
    """
    zh, en = declared.says.words
    shown = f"：{text}" if text and declared.kind in ("number", "word") else ""
    because = Because(Words(f"{zh}{shown}（列 {column}）", f"{en}{shown} (column {column})"), source=place)
    if not text:
        return Fact(None, because)
    if declared.kind == "word":
        if declared.words and text not in declared.words:
            raise ValueError(f"{text!r} is none of {' | '.join(declared.words)}")
        return Fact(None, because, word=text)
    if declared.kind == "cells":
        return Fact(None, because, cells=_cells_read(text))
    if declared.kind == "number":
        if not PLAIN_NUMBER.fullmatch(text):
            raise ValueError(f"{text!r} is not a number such as 12 or 0.75")
        return Fact(None, because, number=exact_number(text))
    if declared.kind == "year":
        years = YEAR.findall(text)
        if len(years) != 1:
            raise ValueError(f"{text!r} is not a date with one year, such as 2024-07-01 or 07/01/2024")
        return Fact(None, because, number=Fraction(years[0]))
    return Fact(Fen.from_yuan(text), because)


def _cells_read(text: str) -> dict[str, CellSum]:
    """Cells written as ``65+_male_2+ 730 1234.50; …``: the cell, its person-days, its yuan."""
    cells: dict[str, CellSum] = {}
    for part in text.split(";"):
        read = CELL.fullmatch(part.strip())
        if read is None:
            raise ValueError(f"{part.strip()!r} is no cell such as '65+_male_2+ 730 1234.50'")
        if read["cell"] in cells:
            raise ValueError(f"the cell {read['cell']!r} stands twice")
        cells[read["cell"]] = CellSum(int(read["days"]), Fen.from_yuan(read["yuan"]))
    return cells


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """The facts of one party for one year."""

    party: str
    facts: Mapping[str, Fact]

    def known(self, name: str) -> tuple[Fen, Because]:
        """The amount of a fact and its reason.

        Raises:
            Refusal: when the fact is absent or unknown: the settlement needs it.
        """
        fact = self._fact(name)
        if fact.amount is None:
            raise self._unknown(name, fact, "an amount")
        return fact.amount, fact.because

    def number(self, name: str) -> tuple[Fraction, Because]:
        """A number fact and its reason.

        Raises:
            Refusal: when the fact is absent or unknown.
        """
        fact = self._fact(name)
        if fact.number is None:
            raise self._unknown(name, fact, "a number")
        return fact.number, fact.because

    def word(self, name: str) -> tuple[str, Because]:
        """A word fact and its reason.

        Raises:
            Refusal: when the fact is absent or unknown.
        """
        fact = self._fact(name)
        if fact.word is None:
            raise self._unknown(name, fact, "a word")
        return fact.word, fact.because

    def cells(self, name: str) -> tuple[Mapping[str, CellSum], Because]:
        """The sums by risk cell of a fact and their reason.

        Raises:
            Refusal: when the fact is absent or unknown.
        """
        fact = self._fact(name)
        if fact.cells is None:
            raise self._unknown(name, fact, "sums by cell")
        return fact.cells, fact.because

    def _fact(self, name: str) -> Fact:
        fact = self.facts.get(name)
        if fact is None:
            raise Refusal(
                f"the fact '{name}' of '{self.party}' is missing",
                expected=f"a figure for {name}",
                cure=nearest(name, self.facts),
            )
        return fact

    def _unknown(self, name: str, fact: Fact, expected: str) -> Refusal:
        return Refusal(
            f"the fact '{name}' of '{self.party}' is unknown, and unknown is not zero",
            where=str(fact.because.source or ""),
            expected=expected,
            cure="load the data or fill the column, then settle again",
        )
