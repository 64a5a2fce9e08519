"""Steps taken after the clearing: what was decided is deducted, and the head is paid by the score."""

from __future__ import annotations

from collections.abc import Iterator

from yiheng.basis.money import NOTHING

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step


@step(zh="已作出决定的扣款由医共体缴回。", stage="after", decided="facts")
def deduct_decided(case: Case, decided: list[str]) -> Iterator[Transfer]:
    """What cases decided is deducted from the party's own money, each kind on its own account."""
    for name in decided:
        amount, because = case.facts.known(name)
        if amount > NOTHING:
            own, taker = (
                case.book.open(a) for a in (Account("own", case.party), Account("deducted", case.party, name))
            )
            why = formula("已决定的扣款", "deducted as decided", because.worth(amount))
            yield Transfer(own, taker, amount, "deduct_decided", why.worth(amount))


# To which band a score on an edge belongs, as sources leave it open.
BAND_BELOW, BAND_ABOVE = "band below", "band above"


@step(
    zh="牵头医院院长年薪按考核得分所在档次发放；恰在分界上的得分，按约定归入下一档或上一档。",
    stage="after",
    full="amount",
    score="number",
    rates="bands",
    edge="choice",
)
def pay_head(case: Case, full: str, score: str, rates: str, edge: str | None = None) -> Iterator[Transfer]:
    """The head of the leading hospital is paid by the score: full pay × the rate of the band it lies in.

    ``edge`` says to which band a score belongs that is an edge; the one below by default.
    """
    pay, (points, because), bands = (
        case.terms.amount(full, case.party),
        case.facts.number(score),
        case.terms.bands(rates),
    )
    side = case.terms.choice(edge, (BAND_BELOW, BAND_ABOVE)) if edge is not None else None
    above = side is not None and side.value == BAND_ABOVE
    rate = case.rate_at(rates, points, "the score ", from_edge=above)
    amount = case.terms.rounded(pay.value.n * rate)
    why = formula(
        f"年薪 × {percent(rate)}", f"full pay × {percent(rate)}",
        pay.because.worth(pay.value), because, bands.because, *([side.because] if side else []),
    )  # fmt: skip
    other, taker = (case.book.open(a) for a in (Account("other", case.party), Account("reward", case.party, "head")))
    yield Transfer(other, taker, amount, "pay_head", why.worth(amount))
