"""What each party would get under every other choice for every assumption, one at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yiheng.basis.refusals import Refusal
from yiheng.payment import FIGURES, PartyFacts, decided, settle_each, share_pools
from yiheng.policy import PolicyFile

Row = dict[str, Any]


def other_choices(source: PolicyFile, assume: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Assumption, what was chosen, and each choice that was not; of those that the policy computes from."""
    for name in decided(source):
        stated = source.policy.assumptions[name]
        chosen = assume.get(name, stated.chosen)
        for choice in dict.fromkeys((stated.chosen, *stated.alternatives)):
            if choice != chosen:
                yield name, chosen, choice


def figures_under(
    source: PolicyFile,
    year: int,
    parties: Sequence[PartyFacts],
    *,
    known_on: dt.date | None,
    assume: Mapping[str, str],
) -> dict[str, dict[str, list[Row]]]:
    """Party → assumption → a row for each choice that was not taken.

    A row has ``choice`` and the seven figures in yuan, None with the reason in ``refused`` where a fact that the choice
    needs is unknown.

    Args:
        parties: their facts, before pools are shared: a choice may change the pot.
    """
    found: dict[str, dict[str, list[Row]]] = {one.party: {} for one in parties}
    for name, _, choice in other_choices(source, assume):
        choices = {**assume, name: choice}
        try:
            shared = share_pools(source, year, parties, known_on=known_on, assume=choices)
        except Refusal as refusal:
            for one in parties:
                found[one.party].setdefault(name, []).append(_refused(choice, refusal))
            continue
        for party, came in settle_each(source, year, shared, known_on=known_on, assume=choices):
            found[party].setdefault(name, []).append(
                _refused(choice, came)
                if isinstance(came, Refusal)
                else {"choice": choice, **{n: fen.yuan for n, fen in came.figures.items()}, "refused": None}
            )
    return found


def _refused(choice: str, refusal: Refusal) -> Row:
    return {"choice": choice, **dict.fromkeys(FIGURES), "refused": str(refusal)}
