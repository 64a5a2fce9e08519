"""What a change of a policy comes to in money: the same facts under the older and the newer edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yiheng.basis.money import Fen
from yiheng.basis.refusals import Refusal
from yiheng.policy import Example, PolicyFile

from .examples import example_facts
from .facts import PartyFacts
from .pools import share_pools
from .settle import FIGURES, Statement, settle


@dataclass(frozen=True)
class Against:
    """One party's facts under both editions: figures in fen by name with ``net``, or why one refused them."""

    name: str
    party: str
    year: int
    old: dict[str, Fen] | None
    new: dict[str, Fen] | None
    refused: str

    @property
    def change(self) -> Fen | None:
        """What the party gets more or less under the newer edition; None where one of the two refused."""
        return None if self.old is None or self.new is None else self.new["net"] - self.old["net"]

    def as_json(self) -> dict[str, Any]:
        """The row as plain values; money as yuan text."""
        sides = {
            side: None if figures is None else {name: fen.yuan for name, fen in figures.items()}
            for side, figures in (("old", self.old), ("new", self.new))
        }
        change = self.change
        told = {"name": self.name, "party": self.party, "year": self.year, **sides}
        return {**told, "change": change and change.yuan, "refused": self.refused or None}


def examples_against(old: PolicyFile, new: PolicyFile, examples: Sequence[tuple[str, Example]]) -> Iterator[Against]:
    """Each example's facts under both editions; an edition leaves aside facts that it does not know."""
    for place, one in examples:
        sides: list[dict[str, Fen] | None] = []
        refused = []
        for source in (old, new):
            try:
                parties = {one.party: one.given, **one.others}
                given = [example_facts(source, party, _known(source, facts), place) for party, facts in parties.items()]
                sides.append(_figures(_settled(source, one.year, given)[0]))
            except Refusal as refusal:
                sides.append(None)
                refused.append(f"{source.file}: {refusal}")
        yield Against(one.name, one.party, one.year, sides[0], sides[1], "\n".join(refused))


def rows_against(
    old: PolicyFile, new: PolicyFile, year: int, parties: tuple[Sequence[PartyFacts], Sequence[PartyFacts]]
) -> Iterator[Against]:
    """The parties of a year under both editions.

    Args:
        parties: in the same order, as the older and as the newer edition reads them.

    Raises:
        Refusal: when a fact that a pool needs is unknown.
    """
    shared = [share_pools(source, year, given) for source, given in zip((old, new), parties, strict=True)]
    for was, now in zip(*shared, strict=True):
        sides: list[dict[str, Fen] | None] = []
        refused = []
        for source, facts in ((old, was), (new, now)):
            try:
                sides.append(_figures(settle(source, year, facts)))
            except Refusal as refusal:
                sides.append(None)
                refused.append(f"{source.file}: {refusal}")
        yield Against(was.party, was.party, year, sides[0], sides[1], "\n".join(refused))


def _known(source: PolicyFile, given: Mapping[str, str]) -> dict[str, str]:
    """What an edition knows of the facts of an example of the other, with what an empty cell means to it."""
    empty = {name: fact.empty for name, fact in source.policy.facts.items() if fact.empty is not None}
    return {**empty, **{name: text for name, text in given.items() if name in source.policy.facts}}


def _settled(source: PolicyFile, year: int, given: Sequence[PartyFacts]) -> list[Statement]:
    """The first party alone is asked for; the others stand behind its pools."""
    return [settle(source, year, share_pools(source, year, given)[0])]


def _figures(statement: Statement) -> dict[str, Fen]:
    figures = {name: statement.figures[name] for name in FIGURES}
    return {**figures, "net": figures["kept"] - figures["party_bears"]}
