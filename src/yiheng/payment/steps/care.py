"""The step that charges the year's care to the budget."""

from __future__ import annotations

from collections.abc import Iterator

from yiheng.basis.money import NOTHING
from yiheng.basis.refusals import Refusal

from ..book import Account, Transfer
from ..declare import Case, formula, step
from .budget import PACKED


@step(
    zh="参保人全年的基金支出，不论在哪里就医，都由预算支付；另行支付的剔除，清算期内到达的补计。",
    stage="care",
    spend="fact",
    apart="facts",
    late="fact",
)
def pay_for_care(case: Case, spend: str, apart: list[str] | None = None, late: str | None = None) -> Iterator[Transfer]:
    """All that the funds paid for the covered people is charged to the budget, wherever they were treated.

    ``apart`` is spending in it that the policy pays otherwise; ``late`` is what arrived in the run-out after the year.
    """
    amount, because = case.facts.known(spend)
    rests = [because.worth(amount)]
    for name in apart or ():
        less, because = case.facts.known(name)
        amount -= less
        rests.append(formula("另行支付，剔除", "paid otherwise, left out", because).worth(-less))
    if late is not None:
        more, because = case.facts.known(late)
        amount += more
        rests.append(formula("清算期内到达，补计", "arrived in the run-out, added", because).worth(more))
    if amount < NOTHING:
        raise Refusal(
            f"'{case.party}' spent less than what is paid otherwise",
            where=str(because.source or ""),
            expected="spending that holds what is left out",
        )
    budget, care = (case.book.open(Account(kind, case.party)) for kind in ("budget", "care"))
    why = formula("全年基金支出", "the year's fund spending", *rests)
    yield Transfer(budget, care, amount, "pay_for_care", why.worth(amount))


@step(zh="并入打包预算的公共卫生资金，其支出也由预算支付。", stage="care", spend="fact", packed="choice")
def pay_for_public_health(case: Case, spend: str, packed: str) -> Iterator[Transfer]:
    """Where public-health money is packed, what was spent of it is charged to the budget too."""
    choice = case.terms.choice(packed, PACKED)
    if choice.value == "packed":
        amount, because = case.facts.known(spend)
        budget, care = (case.book.open(Account(kind, case.party)) for kind in ("budget", "care"))
        why = formula("公共卫生支出", "spending on public health", because.worth(amount), choice.because)
        yield Transfer(budget, care, amount, "pay_for_public_health", why.worth(amount))
