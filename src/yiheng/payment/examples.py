"""Examples of a policy: facts in, figures out, the article that must have been used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from yiheng.basis.evidence import Place
from yiheng.basis.money import Fen
from yiheng.basis.refusals import Refusal, nearest
from yiheng.policy import Example, PolicyFile, read_examples

from .fact_text import fact_or_fault
from .facts import PartyFacts
from .pools import share_pools
from .settle import FIGURES, Statement, settle


@dataclass(frozen=True)
class Outcome:
    """How an example came out: its sentence, its place, and what differs (nothing when it holds)."""

    name: str
    place: str
    differs: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether the policy pays as the example says."""
        return not self.differs


def examples_file(policy: Path) -> Path:
    """Where the examples of a policy file stand: ``place/examples/year.yaml``."""
    return policy.parent / "examples" / policy.name


def run_examples(source: PolicyFile, examples: Path) -> list[Outcome]:
    """Settle every example and compare.

    Raises:
        Refusals: when the examples file cannot be read.
    """
    return [Outcome(one.name, place, tuple(_differences(source, one, place))) for place, one in read_examples(examples)]


def _differences(source: PolicyFile, one: Example, place: str) -> list[str]:
    unknown = [name for name in one.expect if name not in FIGURES]
    if unknown:
        return [f"there is no figure '{name}': {nearest(name, FIGURES)}" for name in unknown]
    try:
        parties = {one.party: one.given, **one.others}
        given = [example_facts(source, party, facts, place) for party, facts in parties.items()]
        facts = share_pools(source, one.year, given, assume=one.assume)
        statement = settle(source, one.year, facts[0], assume=one.assume)
    except Refusal as refusal:
        if one.refused and one.refused in str(refusal):
            return []
        return [f"refused: {refusal}"]
    if one.refused:
        return [f"was settled, but should be refused with: {one.refused}"]
    differs = [
        f"{name}: expected {yuan}, got {statement.figures[name].yuan}\n{_explained(statement, name)}"
        for name, yuan in one.expect.items()
        if statement.figures[name] != Fen.from_yuan(yuan)
    ]
    got = {name: amount.yuan for name, amount in statement.shared.items()}
    if one.shared and got != {name: Fen.from_yuan(y).yuan for name, y in one.shared.items()}:
        differs.append(f"shared: expected {one.shared}, got {got}")
    further = {name: amount.yuan for name, amount in statement.further.items()}
    if one.further and further != {name: Fen.from_yuan(y).yuan for name, y in one.further.items()}:
        differs.append(f"further: expected {one.further}, got {further}")
    told = "\n".join(_explained(statement, name) for name in statement.because)
    differs += [f"the reasons do not use: {words}" for words in one.because if words not in told]
    return differs


def example_facts(source: PolicyFile, party: str, given: Mapping[str, str], place: str) -> PartyFacts:
    """The facts of a party as an example writes them.

    Raises:
        Refusal: a fact that the policy does not have.
    """
    facts = {}
    file, _, line = place.rpartition(":")
    for name, text in given.items():
        if name not in source.policy.facts:
            raise Refusal(f"there is no fact '{name}'", where=place, cure=nearest(name, source.policy.facts))
        known = "" if text == "unknown" else text
        facts[name] = fact_or_fault(source.policy.facts[name], known, name, Place(file, line))
    return PartyFacts(party, facts)


def _explained(statement: Statement, figure: str) -> str:
    return "\n".join(statement.because[figure].lines("zh"))
