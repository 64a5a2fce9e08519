"""Steps that set the budget: from history and growth, as agreed, with public-health money."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from yiheng.basis.evidence import Because
from yiheng.basis.money import Fen, total

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step


def _granted(case: Case, name: str, amount: Fen, because: Because) -> Transfer:
    fund, budget = (case.book.open(Account(kind, case.party)) for kind in ("fund", "budget"))
    return Transfer(fund, budget, amount, name, because.worth(amount))


@step(
    zh="预算等于前几年基金支出的平均数乘以（1＋增长率）。",
    stage="budget",
    history="facts",
    growth="rate",
    growth_cap="rate",
)
def budget_from_history(
    case: Case, history: list[str], growth: str, growth_cap: str | None = None
) -> Iterator[Transfer]:
    """The budget is the mean spending of past years, raised by the growth rate.

    A growth cap, where the policy has one, limits the growth rate.
    """
    years = [case.facts.known(name) for name in history]
    rate = case.terms.rate(growth)
    grown, why = rate.value, [rate.because]
    if growth_cap is not None:
        cap = case.terms.rate(growth_cap)
        grown, why = min(grown, cap.value), [rate.because, cap.because]
    mean = Fraction(total(amount for amount, _ in years).n, len(years))
    because = formula(
        f"{len(years)} 年支出的平均数 ×（1 ＋ {percent(grown)}）",
        f"mean of {len(years)} years × (1 + {percent(grown)})",
        *(because.worth(amount) for amount, because in years),
        *why,
    )
    yield _granted(case, "budget_from_history", case.terms.rounded(mean * (1 + grown)), because)


@step(zh="预算等于协议约定的金额。", stage="budget", amount="amount")
def budget_given(case: Case, amount: str) -> Iterator[Transfer]:
    """The budget is the amount that the agreement names for the party."""
    agreed = case.terms.amount(amount, case.party)
    yield _granted(case, "budget_given", agreed.value, formula("约定金额", "the agreed amount", agreed.because))


@step(zh="公共卫生资金按约定并入打包预算。", stage="budget", amount="fact", packed="choice")
def public_health_added(case: Case, amount: str, packed: str) -> Iterator[Transfer]:
    """Public-health money joins the package where the policy packs it."""
    choice = case.terms.choice(packed, ("packed", "apart"))
    if choice.value == "packed":
        money, because = case.facts.known(amount)
        why = formula("并入公共卫生资金", "public-health money is added", because.worth(money), choice.because)
        yield _granted(case, "public_health_added", money, why)
