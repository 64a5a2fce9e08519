"""Steps that say what of an overrun the fund takes over: within a limit, by cause, out of a reserve."""

from __future__ import annotations

from collections.abc import Iterator

from yiheng.basis.money import NOTHING, ratio, smaller, total
from yiheng.basis.refusals import Refusal

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step
from .due import fund_takes_over


@step(
    zh="超支在预算一定比例以内的部分，由基金按比例承担；以外的不予承担。",
    stage="clearing",
    clears="owed",
    within="rate",
    share="rate",
)
def elastic_owed(case: Case, within: str, share: str) -> Iterator[Transfer]:
    """Of what of an overrun lies within a share of the budget the fund bears its part; beyond it nothing."""
    owed, edge, rate = case.owed(), case.terms.rate(within), case.terms.rate(share)
    if owed <= NOTHING:
        return
    elastic = smaller(ratio(owed.n), case.granted().n * edge.value)
    part = case.terms.rounded(elastic * rate.value)
    near, shown = percent(edge.value), percent(rate.value)
    why = formula(
        f"预算 {near} 以内的超支 × {shown}",
        f"overrun within {near} of the budget × {shown}",
        edge.because,
        rate.because,
    )
    yield from fund_takes_over(case, "elastic_owed", part, why)


@step(
    zh="超支按认定的成因分担，各成因的基金承担比例不同；未认定成因的不由基金承担。",
    stage="clearing",
    clears="owed",
    causes="facts",
    shares="rates",
)
def owed_by_cause(case: Case, causes: list[str], shares: str) -> Iterator[Transfer]:
    """Audit and case decisions say how much each cause made of an overrun; the fund bears each by its share.

    The classes of the shares are called like the facts. What no cause explains stays with the party.
    """
    owed = case.owed()
    if owed <= NOTHING:
        return
    amounts = {name: case.facts.known(name) for name in causes}
    explained = total(amount for amount, _ in amounts.values())
    if explained > owed:
        raise Refusal(
            f"the causes of the overrun of '{case.party}' add up to {explained}, the overrun is {owed}",
            expected="amounts that are no more than the overrun together",
            cure="correct the amounts that were established",
        )
    for name, (amount, because) in amounts.items():
        rate = case.terms.rate_for(shares, name)
        part, shown = case.terms.rounded(amount.n * rate.value), percent(rate.value)
        why = formula(f"认定金额 × {shown}", f"amount established × {shown}", because.worth(amount), rate.because)
        yield from fund_takes_over(case, "owed_by_cause", part, why)


@step(zh="调剂金用于承担超支，用完为止。", stage="clearing")
def reserve_for_owed(case: Case) -> Iterator[Transfer]:
    """The reserve returns to the fund to bear an overrun, as far as it reaches."""
    reserve = Account("reserve", case.party, "pool")
    part = smaller(case.book.balance(reserve), case.owed())
    if part > NOTHING:
        why = formula("调剂金与超支取小者", "the smaller of reserve and overrun")
        fund = case.book.open(Account("fund", case.party))
        yield Transfer(reserve, fund, part, "reserve_for_owed", why.worth(part))
        yield from fund_takes_over(case, "reserve_for_owed", part, why)
