"""The few exact figures that a settlement starts from, each with where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yiheng.basis.evidence import Because
from yiheng.basis.money import Fen
from yiheng.basis.refusals import Refusal, nearest


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of one party. ``amount`` is None when it is unknown, which is not zero."""

    amount: Fen | None
    because: Because


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
        fact = self.facts.get(name)
        if fact is None:
            raise Refusal(
                f"the fact '{name}' of '{self.party}' is missing",
                expected=f"a figure for {name}",
                cure=nearest(name, self.facts),
            )
        if fact.amount is None:
            raise Refusal(
                f"the fact '{name}' of '{self.party}' is unknown, and unknown is not zero",
                where=str(fact.because.source or ""),
                expected="an amount",
                cure="load the data or fill the column, then settle again",
            )
        return fact.amount, fact.because
