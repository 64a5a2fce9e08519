"""The few exact figures that a settlement starts from, each with where it came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from yiheng.basis.evidence import Because
from yiheng.basis.money import Fen
from yiheng.basis.refusals import Refusal, Refusals, nearest


@dataclass(frozen=True, slots=True)
class CellSum:
    """One risk cell of a party and year: days in which it answered for people of the cell, and what they cost."""

    person_days: int
    amount: Fen


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of one party: an amount, a number, a word or sums by cell; None when unknown, which is not zero.

    Attributes:
        fault: why what was given cannot be taken; it refuses the party, always or only where a step needs the fact.
    """

    amount: Fen | None
    because: Because
    number: Fraction | None = None
    word: str | None = None
    cells: Mapping[str, CellSum] | None = None
    fault: Refusal | None = None
    judged: Literal["always", "where_used"] = "always"


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """The facts of one party for one year."""

    party: str
    facts: Mapping[str, Fact]

    def refuse_faults(self) -> None:
        """Refuse what the party was given outside its domain.

        Raises:
            Refusals: all of it together, but what is judged only where a step needs it.
        """
        found = [one.fault for one in self.facts.values() if one.fault is not None and one.judged == "always"]
        if found:
            raise Refusals(found)

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

    def says(self, name: str, words: Sequence[str]) -> bool:
        """Whether a word fact is one of some words.

        Raises:
            Refusal: when the fact is absent or unknown.
        """
        return self.word(name)[0] in words

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
        return fact.fault or Refusal(
            f"the fact '{name}' of '{self.party}' is unknown, and unknown is not zero",
            where=str(fact.because.source or ""),
            expected=expected,
            cure="load the data or fill the column, then settle again",
        )
