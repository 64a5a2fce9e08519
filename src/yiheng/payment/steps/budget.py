"""Steps that set the budget: from history and growth, as agreed, with public-health money."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from yiheng.basis.evidence import Because
from yiheng.basis.money import Fen, ratio, smaller, total

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step

PACKED = ("packed", "apart")


def grant(case: Case, name: str, amount: Fen, because: Because) -> Transfer:
    """Money for the budget, from the fund."""
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
    case: Case, history: list[str], growth: str | None = None, growth_cap: str | None = None
) -> Iterator[Transfer]:
    """The budget is the mean spending of past years, raised by the growth rate.

    Without a growth rate it is the mean itself. A growth cap, where the policy has one, limits the growth rate.
    """
    years = {name: case.facts.known(name) for name in history}
    why = [because.worth(amount) for amount, because in years.values()]
    grown = Fraction(0)
    for name in (growth, growth_cap):
        if name is not None:
            rate = case.terms.rate(name)
            grown = rate.value if name == growth else smaller(grown, rate.value)
            why.append(rate.because)
    mean = ratio(total(amount for amount, _ in years.values()).n, len(years))
    because = formula(
        f"{len(years)} 年支出的平均数 ×（1 ＋ {percent(grown)}）",
        f"mean of {len(years)} years × (1 + {percent(grown)})",
        *why,
    )
    yield grant(case, "budget_from_history", case.terms.rounded(mean * (1 + grown)), because)


@step(zh="预算等于协议约定的金额。", stage="budget", amount="amount")
def budget_given(case: Case, amount: str) -> Iterator[Transfer]:
    """The budget is the amount that the agreement names for the party."""
    agreed = case.terms.amount(amount, case.party)
    yield grant(case, "budget_given", agreed.value, formula("约定金额", "the agreed amount", agreed.because))


@step(zh="预算等于事实中给出的金额，如更新后的基准。", stage="budget", amount="fact")
def budget_stated(case: Case, amount: str) -> Iterator[Transfer]:
    """The budget is an amount that the facts state, such as an updated benchmark."""
    stated, because = case.facts.known(amount)
    yield grant(case, "budget_stated", stated, formula("给出的金额", "the stated amount", because.worth(stated)))


@step(zh="预算等于各年支出按权重的加权平均数。", stage="budget", weights="shares")
def budget_from_weighted_history(case: Case, weights: str) -> Iterator[Transfer]:
    """The budget is the weighted mean of past years; the weights name the facts."""
    shares = case.terms.shares(weights)
    years = {name: case.facts.known(name) for name in shares.value}
    mean = sum((years[name][0].n * share for name, share in shares.value.items()), start=Fraction(0))
    shown = " ＋ ".join(f"{years[name][0]} × {percent(share)}" for name, share in shares.value.items())
    because = formula(shown, shown, *(why.worth(amount) for amount, why in years.values()), shares.because)
    yield grant(case, "budget_from_weighted_history", case.terms.rounded(mean), because)


SO_FAR, OF_BASE = "one after the other", "all of the base"


@step(zh="预算按比例上浮。", stage="budget", by="rate", order="choice")
def budget_raised(case: Case, by: str, order: str | None = None) -> Iterator[Transfer]:
    """The budget granted so far is raised by a rate.

    ``order`` says whether the rate is taken of the budget so far or of what was first granted.
    """
    rate, (base, chosen) = case.terms.rate(by), _raised_of(case, order)
    why = formula(
        f"预算 {base} 元 × {percent(rate.value)}", f"budget {base} yuan × {percent(rate.value)}", rate.because, *chosen
    )
    yield grant(case, "budget_raised", case.terms.rounded(base.n * rate.value), why)


@step(zh="预算从政策施行首年起逐年上浮，各年用各年的比例。", stage="budget", by="rate", order="choice")
def budget_raised_yearly(case: Case, by: str, order: str | None = None) -> Iterator[Transfer]:
    """The budget granted so far is raised by the rate of each year since the policy came into force.

    Every year's rate is that in force at its end; the years are rounded as one product, so that no fen is lost between.
    ``order`` says whether a year's rate is taken of the budget raised so far or of the base.
    """
    base, chosen = _raised_of(case, order)
    told, exact = base, ratio(base.n)
    of_base = order is not None and case.terms.choice(order, ORDERS).value == OF_BASE
    for year, rate in case.terms.rates_by_year(by):
        exact += rate.value * (base.n if of_base else exact)
        raised = case.terms.rounded(exact)
        # Of the base each year's product stands alone; of what was raised so far the years are rounded as one product.
        of, zh, en = (base, "", "") if of_base else (told, "，各年连乘后取整", ", rounded as one product of the years")
        why = formula(
            f"{year} 年：{of} 元 × {percent(rate.value)}{zh}", f"{year}: {of} yuan × {percent(rate.value)}{en}",
            rate.because, *chosen,
        )  # fmt: skip
        yield grant(case, "budget_raised_yearly", raised - told, why)
        told = raised


ORDERS = (SO_FAR, OF_BASE)


def _raised_of(case: Case, order: str | None) -> tuple[Fen, list[Because]]:
    """What a rate is taken of, with the choice that says so."""
    if order is None:
        return case.granted(), []
    chosen = case.terms.choice(order, ORDERS)
    first = next(t for t in case.book.journal if t.taker == Account("budget", case.party))
    return (case.granted() if chosen.value == SO_FAR else first.amount), [chosen.because]


@step(zh="预算按比例扣减。", stage="budget", by="rate")
def budget_discounted(case: Case, by: str) -> Iterator[Transfer]:
    """A share of the budget granted so far is taken off."""
    rate = case.terms.rate(by)
    why = formula(f"预算 × {percent(rate.value)}", f"budget × {percent(rate.value)}", rate.because)
    yield _taken_off(case, "budget_discounted", rate.value, why)


@step(zh="预算按比例预留，按考核得分返还，未得分部分扣减。", stage="budget", withheld="rate", score="number")
def budget_withheld(case: Case, withheld: str, score: str) -> Iterator[Transfer]:
    """A share of the budget is withheld and earned back by the score, a fraction of one; the rest is taken off."""
    rate, (earned, scored) = case.terms.rate(withheld), case.facts.number(score)
    lost = rate.value * (1 - earned)
    why = formula(
        f"预算 × {percent(rate.value)} ×（1 － 得分）",
        f"budget × {percent(rate.value)} × (1 − score)",
        rate.because,
        scored,
    )
    yield _taken_off(case, "budget_withheld", lost, why)


def _taken_off(case: Case, name: str, rate: Fraction, why: Because) -> Transfer:
    budget, fund = Account("budget", case.party), Account("fund", case.party)
    amount = case.terms.rounded(case.granted().n * rate)
    return Transfer(budget, fund, amount, name, why.worth(amount))


@step(zh="公共卫生资金按约定并入打包预算。", stage="budget", amount="fact", packed="choice")
def public_health_added(case: Case, amount: str, packed: str) -> Iterator[Transfer]:
    """Public-health money joins the package where the policy packs it."""
    choice = case.terms.choice(packed, PACKED)
    if choice.value == "packed":
        money, because = case.facts.known(amount)
        why = formula("并入公共卫生资金", "public-health money is added", because.worth(money), choice.because)
        yield grant(case, "public_health_added", money, why)
