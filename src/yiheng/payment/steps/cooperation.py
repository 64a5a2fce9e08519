"""Steps for money between members and from others: referral shares, shared centres, subsidies, an insurer's share."""

from __future__ import annotations

from collections.abc import Iterator

from yiheng.basis.money import Fen

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step
from ..leftovers import leftovers
from .outcome import named, rewarded


@step(zh="按收入的约定比例支付给协作单位。", stage="special", income="fact", share="rate")
def pay_share(case: Case, income: str, share: str) -> Iterator[Transfer]:
    """A share of an income goes to the party that helped to earn it."""
    (amount, why), rate = case.facts.known(income), case.terms.rate(share)
    paid = case.terms.rounded(amount.n * rate.value)
    says = formula(f"收入 × {percent(rate.value)}", f"income × {percent(rate.value)}", why.worth(amount), rate.because)
    yield rewarded(case, "pay_share", "other", named(case, share), paid, says)


@step(
    zh="结果达到目标的，按收入的约定比例支付；未达到的不支付。",
    stage="special",
    income="fact",
    share="rate",
    result="number",
    target="rate",
)
def pay_share_if_reached(case: Case, income: str, share: str, result: str, target: str) -> Iterator[Transfer]:
    """A share of an income, such as a premium, goes to the party if its result reaches the target."""
    (amount, why), rate = case.facts.known(income), case.terms.rate(share)
    (reached, result_why), goal = case.facts.number(result), case.terms.rate(target)
    met = reached >= goal.value
    paid = case.terms.rounded(amount.n * rate.value) if met else Fen(0)
    zh, en = ("达到", "reaches") if met else ("未达到", "is under")
    part, at, need = percent(rate.value * met), percent(reached), percent(goal.value)
    says = formula(
        f"{at} {zh} {need}：收入 × {part}", f"{at} {en} {need}: income × {part}",
        why.worth(amount), rate.because, result_why, goal.because,
    )  # fmt: skip
    yield rewarded(case, "pay_share_if_reached", "other", named(case, share), paid, says)


@step(zh="补助资金池中应得的一份拨付给医共体。", stage="special", part="fact")
def pay_subsidy(case: Case, part: str) -> Iterator[Transfer]:
    """The party's part of a pot of others, such as a government's subsidy, is paid to it."""
    amount, why = case.facts.known(part)
    yield rewarded(case, "pay_subsidy", "other", "", amount, formula("资金池中的一份", "part of the pot", why))


@step(zh="共建中心的收益按投入比例分给各成员，精确到分。", stage="special", income="fact", shares="shares")
def share_income(case: Case, income: str, shares: str) -> Iterator[Transfer]:
    """The income of a shared centre is split among its members by what they put in; the parts add up to the fen."""
    yield from _split(case, "share_income", income, shares, "reward")


@step(zh="共建中心的成本按投入比例由各成员分摊，精确到分。", stage="special", cost="fact", shares="shares")
def share_cost(case: Case, cost: str, shares: str) -> Iterator[Transfer]:
    """The cost of a shared centre is split among its members by what they put in; the parts add up to the fen."""
    yield from _split(case, "share_cost", cost, shares, "payer")


def _split(case: Case, name: str, pool: str, shares: str, taker: str) -> Iterator[Transfer]:
    (amount, why), agreed = case.facts.known(pool), case.terms.shares(shares)
    other = case.book.open(Account("other", case.party))
    parts = case.terms.shared(amount, agreed.value)
    rests = leftovers(amount, agreed.value, parts)
    for member, part in sorted(parts.items()):
        rate, rest = percent(agreed.value[member]), rests[member]
        says = formula(
            f"合计 × {rate}，{rest.zh}", f"total × {rate}; {rest.en}",
            why.worth(amount), agreed.because,
        )  # fmt: skip
        yield Transfer(other, case.book.open(Account(taker, case.party, member)), part, name, says.worth(part))
