"""Figures of a party that need all parties: a part of one pot, the mean of all, its rank, a norm by risk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from yiheng.basis.evidence import Because, Place, Words
from yiheng.basis.money import FEN_PER_YUAN, NOTHING, Fen, exceeds, larger, ratio, smaller, total
from yiheng.basis.numbers import exact_number
from yiheng.basis.refusals import Refusal
from yiheng.policy import Known, PolicyFile, Terms
from yiheng.policy.schema import Pool

from .declare import percent
from .facts import Fact, PartyFacts
from .leftovers import EVEN, leftovers
from .risk import risk_norms

# What a figure of all parties is where there is one party alone.
ALL_OF_IT = Words("只有一方，资金池全归该方", "the only party has the whole pot")
FIRST_AND_LAST = Words("只有一方，无可比较，既是第一也是末位", "the only party: both first and last")
ITS_OWN = Words("只有一方，平均数就是该方自己的数", "the only party: the mean is its own figure")
# How equal scores rank, as sources leave it open.
EQUAL_PLACE, BY_NAME, AT_LEAST_ONE = "equal place", "by name", "at least one"
TIES = (EQUAL_PLACE, BY_NAME, AT_LEAST_ONE)
# Whether what some gain is what others lose.
OPEN, ZERO_SUM = "open", "zero_sum"
CREDIT_SUMS = (OPEN, ZERO_SUM)


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
        elif pool.gain_of is not None:
            made = _gains(terms, pool, found, place)
        else:
            made = _mean(pool, found, place) if pool.mean_of is not None else _ranks(terms, pool, found, place)
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
    told_rests = leftovers(pot.value, weights, shared)
    zh, en = pool.says.words
    made = []
    for one in parties:
        rate = percent(weights[one.party])
        rests = (pot.because.worth(pot.value), *(one.number(fact)[1] for fact in pool.by))
        rest = told_rests[one.party]
        told = Words(
            f"{zh}：资金池 × {rate}，{rest.zh}（{len(parties)} 方共分）",
            f"{en}: pot × {rate}, {rest.en} ({len(parties)} parties share)",
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


def _ranks(terms: Terms, pool: Pool, parties: list[PartyFacts], place: Place) -> list[Fact]:
    """The place of each party, the highest first, as a fraction of all parties."""
    numbers = [(one.party, *one.number(pool.rank_of or "")) for one in parties]
    # In a workbook the reading is no cell to change: a rank is computed again under the one that was chosen.
    chosen = Terms.choice(terms, pool.ties, TIES) if pool.ties else None
    how = chosen.value if chosen else EQUAL_PLACE
    zh, en = pool.says.words
    made = []
    for party, number, why in numbers:
        position = 1 + sum(exceeds(other, number) for _, other, _ in numbers)
        equals = [name for name, other, _ in numbers if _plain(other) == _plain(number)]
        if how == BY_NAME:
            before = [other for name, other, _ in numbers if name < party]
            position += sum(1 - exceeds(other, number) - exceeds(number, other) for other in before)
        # The first is within any share of the best where at least one must be.
        first = larger(2 - ratio(position), ratio(0)) if how == AT_LEAST_ONE else 0
        rank = (ratio(position) - first) / len(parties)
        told = Words(
            f"{zh}：{len(parties)} 方中第 {position}" + (f"（{len(equals)} 方同分）" if len(equals) > 1 else ""),
            f"{en}: {position} of {len(parties)}" + (f" ({len(equals)} with this score)" if len(equals) > 1 else ""),
        )
        words = _among(parties, FIRST_AND_LAST, told)
        made.append(Fact(None, Because(words, None, place, (why, *([chosen.because] if chosen else []))), number=rank))
    return made


def _plain(number: Fraction) -> Fraction:
    """A number without its formula, for words."""
    return Fraction(number.numerator, number.denominator)


def _gains(terms: Terms, pool: Pool, parties: list[PartyFacts], place: Place) -> list[Fact]:
    """What each party gains or loses where all together is nothing: the larger side comes down to the smaller.

    So nobody is paid or loses more than the grades say. A side is shared to the fen by what each is due.
    """
    zh, en = pool.says.words
    chosen = terms.choice(pool.adds_up or "", CREDIT_SUMS)
    if chosen.value != ZERO_SUM:
        because = Because(Words(f"{zh}：不须相抵", f"{en}: nothing has to add up"), None, place, (chosen.because,))
        return [Fact(None, because)] * len(parties)
    grades = terms.bands(pool.grades or "")
    sides: tuple[dict[str, Fen], dict[str, Fen]] = {}, {}
    for one in parties:
        rate = grades.value.reached(one.number(pool.graded_by or "")[0])
        sides[rate < 0][one.party] = terms.rounded(one.known(pool.gain_of or "")[0].n * abs(rate))
    gained, lost = (total(side.values()) for side in sides)
    met = smaller(gained, lost)
    shared: dict[str, Fen] = {}
    rests: dict[str, Words] = {}
    for side in sides:
        weights = {party: ratio(due.n) for party, due in side.items()}
        parts = terms.shared(met, weights) if any(weights.values()) else dict.fromkeys(side, NOTHING)
        shared |= parts
        rests |= leftovers(met, weights, parts) if any(weights.values()) else dict.fromkeys(side, EVEN)
    made = []
    for one in parties:
        part, rest = shared[one.party], rests[one.party]
        told = Words(
            f"{zh}：{len(parties)} 方应提高合计 {gained} 元、应扣减合计 {lost} 元，"
            f"两边均按较小的 {met} 元，按各方应得额分，{rest.zh}",
            f"{en}: {len(parties)} parties would gain {gained} and lose {lost} yuan; both sides come to {met}, the "
            f"smaller, shared by what each is due; {rest.en}",
        )
        made.append(Fact(part, Because(told, part, place, (chosen.because, grades.because))))
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
