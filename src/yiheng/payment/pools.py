"""Figures of a party that need all parties: a part of one pot, the mean of all, its rank, a norm by risk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from yiheng.basis.evidence import Because, Place, Words
from yiheng.basis.money import FEN_PER_YUAN, Fen, exceeds, ratio, total
from yiheng.basis.numbers import exact_number
from yiheng.basis.refusals import Refusal
from yiheng.policy import Known, PolicyFile, Terms
from yiheng.policy.schema import Pool

from .declare import percent
from .facts import Fact, PartyFacts
from .risk import risk_norms

# What a figure of all parties is where there is one party alone.
ALL_OF_IT = Words("只有一方，资金池全归该方", "the only party has the whole pot")
FIRST_AND_LAST = Words("只有一方，无可比较，既是第一也是末位", "the only party: both first and last")
ITS_OWN = Words("只有一方，平均数就是该方自己的数", "the only party: the mean is its own figure")


def _among(parties: Sequence[PartyFacts], alone: Words, told: Words) -> Words:
    """What is told of a figure of all parties, with what it is where there is one alone."""
    return told if len(parties) > 1 else Words(f"{told.zh}；{alone.zh}", f"{told.en}; {alone.en}")


def share_pools(
    source: PolicyFile,
    year: int,
    parties: Sequence[PartyFacts],
    *,
    known_on: dt.date | None = None,
    assume: Mapping[str, str] | None = None,
) -> list[PartyFacts]:
    """The facts of all parties, with the policy's pools and norms added; without them they come back as they are.

    Args:
        known_on, assume: as the parties are settled, so that a pot is of the same day and choices.

    Raises:
        Refusal: when a fact that a pool needs is unknown for any party: then no party's part is known.
    """
    terms = Terms.of_year(source, year, known_on, assume)
    return risk_norms(terms, pooled(terms, parties))


def pooled(terms: Terms, parties: Sequence[PartyFacts]) -> list[PartyFacts]:
    """The facts of all parties with the policy's pools added.

    Raises:
        Refusal: when a fact that a pool needs is unknown for any party.
    """
    source, found = terms.source, list(parties)
    for name, pool in source.policy.pools.items():
        place = Place(source.file, str(source.document.line_of(("pools", name))))
        if pool.alone == "refused" and len(found) == 1:
            made = [_compared_to_nobody(name, pool, found[0], place)]
        elif pool.pot is not None:
            made = _parts(terms, pool, found, place)
        else:
            made = _mean(pool, found, place) if pool.mean_of is not None else _ranks(pool, found, place)
        found = [replace(one, facts={**one.facts, name: fact}) for one, fact in zip(found, made, strict=True)]
    return found


def _compared_to_nobody(name: str, pool: Pool, party: PartyFacts, place: Place) -> Fact:
    """What compares the only party to others: a step that needs it refuses the party."""
    fault = Refusal(
        f"'{party.party}' is the only party, and '{name}' compares it to others", where=str(place),
        expected="two or more parties", cure="settle all parties of the year together",
    )  # fmt: skip
    return Fact(None, Because(pool.says.words, None, place), fault=fault, judged="where_used")


def _parts(terms: Terms, pool: Pool, parties: list[PartyFacts], place: Place) -> list[Fact]:
    pot = _pot(terms, pool, parties)
    weights = {one.party: Fraction(0) for one in parties}
    for fact, written in pool.by.items():
        size = pool.sized.get(fact)
        numbers = {p.party: p.number(fact)[0] * (p.number(size)[0] if size else 1) for p in parties}
        whole = sum(numbers.values(), start=Fraction(0))
        if whole <= 0:
            raise Refusal(f"'{fact}' is nothing for all parties together", where=str(place))
        for party, number in numbers.items():
            weights[party] += exact_number(written) / 100 * number / whole
    if sum(exact_number(written) for written in pool.by.values()) != 100:
        raise Refusal("the percents of a pool do not add up to 100", where=str(place))
    shared = terms.shared(pot.value, weights)
    zh, en = pool.says.words
    made = []
    for one in parties:
        rate = percent(weights[one.party])
        rests = (pot.because.worth(pot.value), *(one.number(fact)[1] for fact in pool.by))
        told = Words(
            f"{zh}：资金池 × {rate}（{len(parties)} 方共分）", f"{en}: pot × {rate} ({len(parties)} parties share)"
        )
        words = _among(parties, ALL_OF_IT, told)
        made.append(Fact(shared[one.party], Because(words, shared[one.party], place, rests)))
    return made


def _pot(terms: Terms, pool: Pool, parties: list[PartyFacts]) -> Known[Fen]:
    pot = terms.amount(pool.pot or "", "")
    if pool.each is None:
        return pot
    heads = sum((one.number(pool.each)[0] for one in parties), start=Fraction(0))
    return Known(terms.rounded(heads * pot.value.n), pot.because)


def _ranks(pool: Pool, parties: list[PartyFacts], place: Place) -> list[Fact]:
    """The place of each party, the highest first, as a fraction of all parties."""
    numbers = [one.number(pool.rank_of or "") for one in parties]
    zh, en = pool.says.words
    made = []
    for number, why in numbers:
        position = 1 + sum(exceeds(other, number) for other, _ in numbers)
        told = Words(f"{zh}：{len(parties)} 方中第 {position}", f"{en}: {position} of {len(parties)}")
        words = _among(parties, FIRST_AND_LAST, told)
        made.append(Fact(None, Because(words, None, place, (why,)), number=ratio(position, len(parties))))
    return made


def _mean(pool: Pool, parties: list[PartyFacts], place: Place) -> list[Fact]:
    """The mean in yuan, exact."""
    amounts = total(one.known(pool.mean_of or "")[0] for one in parties)
    over = sum((one.number(pool.over or "")[0] for one in parties), start=Fraction(0))
    if over <= 0:
        raise Refusal(f"'{pool.over}' is nothing for all parties together", where=str(place))
    zh, en = pool.says.words
    shown = f"{amounts} ÷ {over}"
    told = Words(f"{zh}：{shown}（{len(parties)} 方合计）", f"{en}: {shown} (all {len(parties)} parties)")
    because = Because(_among(parties, ITS_OWN, told), None, place)
    return [Fact(None, because, number=ratio(amounts.n, FEN_PER_YUAN) / over)] * len(parties)
