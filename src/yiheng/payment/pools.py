"""Figures of a party that need all parties: a part of one pot, or the mean of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from yiheng.basis.evidence import Because, Place, Words
from yiheng.basis.money import FEN_PER_YUAN, total
from yiheng.basis.periods import year_span
from yiheng.basis.refusals import Refusal
from yiheng.policy import PolicyFile, Terms
from yiheng.policy.schema import Pool

from .declare import percent
from .facts import Fact, PartyFacts


def share_pools(source: PolicyFile, year: int, parties: Sequence[PartyFacts]) -> list[PartyFacts]:
    """The facts of all parties, with the policy's pools added to each; without pools they come back as they are.

    Raises:
        Refusal: when a fact that a pool needs is unknown for any party: then no party's part is known.
    """
    found = list(parties)
    for name, pool in source.policy.pools.items():
        place = Place(source.file, str(source.document.line_of(("pools", name))))
        made = _parts(source, year, pool, found, place) if pool.pot is not None else _mean(pool, found, place)
        found = [replace(one, facts={**one.facts, name: fact}) for one, fact in zip(found, made, strict=True)]
    return found


def _parts(source: PolicyFile, year: int, pool: Pool, parties: list[PartyFacts], place: Place) -> list[Fact]:
    terms = Terms(source, year_span(year).last)
    pot = terms.amount(pool.pot or "", "")
    weights = {one.party: Fraction(0) for one in parties}
    for fact, written in pool.by.items():
        numbers = {one.party: one.number(fact)[0] for one in parties}
        whole = sum(numbers.values(), start=Fraction(0))
        if whole <= 0:
            raise Refusal(f"'{fact}' is nothing for all parties together", where=str(place))
        for party, number in numbers.items():
            weights[party] += Fraction(written) / 100 * number / whole
    if sum(Fraction(written) for written in pool.by.values()) != 100:
        raise Refusal("the percents of a pool do not add up to 100", where=str(place))
    shared = terms.shared(pot.value, weights)
    zh, en = pool.says.words
    made = []
    for one in parties:
        rate = percent(weights[one.party])
        rests = (pot.because.worth(pot.value), *(one.number(fact)[1] for fact in pool.by))
        words = Words(
            f"{zh}：资金池 × {rate}（{len(parties)} 方共分）", f"{en}: pot × {rate} ({len(parties)} parties share)"
        )
        made.append(Fact(shared[one.party], Because(words, shared[one.party], place, rests)))
    return made


def _mean(pool: Pool, parties: list[PartyFacts], place: Place) -> list[Fact]:
    """The mean in yuan, exact."""
    amounts = total(one.known(pool.mean_of or "")[0] for one in parties)
    over = sum((one.number(pool.over or "")[0] for one in parties), start=Fraction(0))
    if over <= 0:
        raise Refusal(f"'{pool.over}' is nothing for all parties together", where=str(place))
    zh, en = pool.says.words
    shown = f"{amounts} ÷ {over}"
    because = Because(
        Words(f"{zh}：{shown}（{len(parties)} 方合计）", f"{en}: {shown} (all {len(parties)} parties)"), None, place
    )
    return [Fact(None, because, number=Fraction(amounts.n, FEN_PER_YUAN) / over)] * len(parties)
