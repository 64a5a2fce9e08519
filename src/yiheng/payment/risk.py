"""A norm of each party by the risk of its people: cells, weights over the base years, a cap on coding growth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from yiheng.basis.evidence import Because, Place, Words
from yiheng.basis.money import Fen, share_out, total
from yiheng.basis.refusals import Refusal
from yiheng.policy import Terms
from yiheng.policy.schema import Risk

from .declare import percent
from .facts import CellSum, Fact, PartyFacts

DAYS_IN_A_YEAR = 365
SHOWN_PLACES = 4


@dataclass(frozen=True)
class Weight:
    """What a person of a cell costs against the mean person, and how the figure came about."""

    value: Fraction
    says: Words


# Nobody was in the cell before: it has no mean of its own.
NEW = Weight(Fraction(1), Words("基期无人，按平均", "nobody in the base years, as the mean"))


def risk_norms(terms: Terms, parties: Sequence[PartyFacts]) -> list[PartyFacts]:
    """The facts of all parties with the policy's risk-adjusted norms added to each; without any, as they are.

    Raises:
        Refusal: when the cells of any party are unknown, or the base years hold no money: then no weight is known.
    """
    found = list(parties)
    for name, risk in terms.source.policy.risk.items():
        made = _norms(terms, name, risk, found)
        found = [replace(one, facts={**one.facts, name: made[one.party]}) for one in found]
    return found


def cell_weights(base: Mapping[str, CellSum], minimum: Fraction, shrinkage: Fraction) -> dict[str, Weight]:
    """The weight of each cell: its mean a person-day by the mean of all, 1 over all base person-days.

    A cell of less than ``minimum`` person-years counts by its credibility Z = n ÷ (n + ``shrinkage``), the rest of it
    as the mean of all. Then all weights are divided by their mean, so that they stand for the same money.

    Raises:
        Refusal: when the base years hold no person-days or no money.
    """
    days, money = sum(one.person_days for one in base.values()), sum(one.amount.n for one in base.values())
    if days <= 0 or money <= 0:
        raise Refusal("the base years hold no person-days or no money", expected="people and spending in every pool")
    made: dict[str, Weight] = {}
    for cell, one in base.items():
        if one.person_days == 0:
            made[cell] = NEW
            continue
        years = Fraction(one.person_days, DAYS_IN_A_YEAR)
        own = Fraction(one.amount.n, one.person_days) / Fraction(money, days)
        trust = Fraction(1) if years >= minimum else years / (years + shrinkage)
        shown = f"{_shown(own)} (Z {_shown(trust)}, n {_shown(years)})"
        made[cell] = Weight(trust * own + 1 - trust, Words(f"单元均值 {shown}", f"cell mean {shown}"))
    mean = _index(base, made) / days
    return {cell: replace(one, value=one.value / mean) for cell, one in made.items()}


def _norms(terms: Terms, name: str, risk: Risk, parties: list[PartyFacts]) -> dict[str, Fact]:
    """The norm of each party, to the fen of the pool."""
    minimum, shrinkage, cap = terms.count(risk.minimum), terms.count(risk.shrinkage), terms.rate(risk.coding_cap)
    place = Place(terms.source.file, str(terms.source.document.line_of(("risk", name))))
    base = {one.party: _merged(one.cells(fact)[0] for fact in risk.base) for one in parties}
    now = {one.party: one.cells(risk.now)[0] for one in parties}
    everybody = _merged(base.values())
    pool = terms.rounded(Fraction(total(one.amount for one in everybody.values()).n, len(risk.base)))
    weights = cell_weights(everybody, minimum.value, shrinkage.value)
    weights |= {cell: NEW for cells in now.values() for cell in cells if cell not in weights}
    capped = {party: _capped(party, base[party], now[party], weights, cap.value) for party in base}
    indices = {party: _index(now[party], weights) * cut for party, (cut, _) in capped.items()}
    if sum(indices.values()) <= 0 or min(indices.values()) < 0:
        raise Refusal(f"'{name}' cannot be shared: the weighted days are nothing or below zero", where=str(place))
    norms = terms.shared(pool, indices)
    shared = Words(
        f"资金池：各方基期 {len(risk.base)} 年支出之和的年均，{len(parties)} 方按人天 × 权重分",
        f"pool: mean money of {len(risk.base)} base years of {len(parties)} parties, shared by their weighted days",
    )
    rests = (minimum.because, shrinkage.because, cap.because)
    made = {}
    for one in parties:
        party, norm = one.party, norms[one.party]
        own = terms.rounded(Fraction(total(cell.amount for cell in base[party].values()).n, len(risk.base)))
        histories = tuple(one.cells(fact)[1] for fact in (*risk.base, risk.now))
        lines = (
            Because(shared, pool, place, (*rests, *histories)),
            Because(capped[party][1], None, place, (cap.because,)),
            _by_cell(norm, now[party], weights, place),
            Because(Words("自身历史：基期年均支出", "own history: mean of the base years"), own, place, histories),
            _against_history(norm - own, place),
        )
        zh, en = risk.says.words
        made[party] = Fact(norm, Because(Words(f"{zh}：按风险分得", f"{en}: its part by risk"), norm, place, lines))
    return made


def _capped(
    party: str, base: Mapping[str, CellSum], now: Mapping[str, CellSum], weights: Mapping[str, Weight], cap: Fraction
) -> tuple[Fraction, Words]:
    """By what the party's weighted days are multiplied so that its mean weight rises no more than the cap."""
    before, after = _days(base), _days(now)
    if before <= 0:
        raise Refusal(f"'{party}' answered for nobody in the base years", expected="person-days in its base cells")
    if after <= 0:
        return Fraction(1), Words("当年无人", "nobody now")
    was, is_now = _index(base, weights) / before, _index(now, weights) / after
    most = was * (1 + cap)
    shown = f"{_shown(was)} → {_shown(is_now)}"
    if is_now <= most:
        return Fraction(1), Words(f"平均权重 {shown}", f"mean weight {shown}")
    return most / is_now, Words(
        f"平均权重 {shown}，增幅限 {percent(cap)}，按 {_shown(most)} 计，超出部分归各方共分",
        f"mean weight {shown}, growth capped at {percent(cap)}: {_shown(most)}; the excess is shared by all parties",
    )


def _by_cell(norm: Fen, now: Mapping[str, CellSum], weights: Mapping[str, Weight], place: Place) -> Because:
    """The norm by cell; the parts add up to it."""
    indices = {cell: one.person_days * weights[cell].value for cell, one in now.items() if one.person_days}
    lines = []
    if sum(indices.values()) > 0:
        for cell, part in sorted(share_out(norm, indices).items()):
            people, weight = _shown(Fraction(now[cell].person_days, DAYS_IN_A_YEAR)), weights[cell]
            zh = f"{cell}：{people} 人年 × 权重 {_shown(weight.value)}（{weight.says.zh}）"
            en = f"{cell}: {people} person-years × weight {_shown(weight.value)} ({weight.says.en})"
            lines.append(Because(Words(zh, en), part, place))
    return Because(Words("按单元合计", "sum over cells"), norm, place, tuple(lines))


def _against_history(gain: Fen, place: Place) -> Because:
    gains = gain.n >= 0
    words = (
        Words("比自身历史增加", "gains against own history")
        if gains
        else Words("比自身历史减少", "loses against own history")
    )
    return Because(words, gain, place)


def _merged(several: Iterable[Mapping[str, CellSum]]) -> dict[str, CellSum]:
    merged: dict[str, CellSum] = {}
    for cells in several:
        for cell, one in cells.items():
            so_far = merged.get(cell, CellSum(0, Fen(0)))
            merged[cell] = CellSum(so_far.person_days + one.person_days, so_far.amount + one.amount)
    return merged


def _days(cells: Mapping[str, CellSum]) -> int:
    return sum(one.person_days for one in cells.values())


def _index(cells: Mapping[str, CellSum], weights: Mapping[str, Weight]) -> Fraction:
    """Person-days times weight, summed."""
    return sum((one.person_days * weights[cell].value for cell, one in cells.items()), start=Fraction(0))


def _shown(number: Fraction) -> str:
    """A number as people read it; what is computed with stays exact."""
    whole, rest = divmod(round(number * 10**SHOWN_PLACES), 10**SHOWN_PLACES)
    return f"{whole}.{rest:0{SHOWN_PLACES}d}"
