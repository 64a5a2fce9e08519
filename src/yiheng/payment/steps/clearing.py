"""Steps that clear the year: a surplus is kept or returned, an overrun is shared."""

from __future__ import annotations

from collections.abc import Iterator

from yiheng.basis.evidence import Because
from yiheng.basis.money import NOTHING, Fen, larger, smaller
from yiheng.basis.refusals import Refusal

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step

# The base of a growth-capped share, as the sources leave it open: the budget itself, or the
# spending of the base year.
CAP_BASES = ("budget", "base_spend")


@step(zh="预算高于支出的部分为结余，按留用比例归医共体，其余退回基金。", stage="clearing", share="rate")
def keep_surplus(case: Case, share: str) -> Iterator[Transfer]:
    """What the budget exceeds the spending by is a surplus: the kept share goes to the consortium, the rest back."""
    budget = Account("budget", case.party)
    surplus = case.book.balance(budget)
    if surplus <= NOTHING:
        return
    rate = case.terms.rate(share)
    kept = case.terms.rounded(surplus.n * rate.value)
    left = formula("结余＝预算－支出", "surplus = budget − spending").worth(surplus)
    why = formula(f"结余 × {percent(rate.value)}", f"surplus × {percent(rate.value)}", left, rate.because)
    taker = case.book.open(Account("kept", case.party))
    yield Transfer(budget, taker, kept, "keep_surplus", why.worth(kept))
    back = surplus - kept
    if back:
        why = formula("未留用的结余退回基金", "the surplus that is not kept returns to the fund", left, rate.because)
        yield Transfer(budget, Account("fund", case.party), back, "keep_surplus", why.worth(back))


@step(
    zh="支出超过预算时，基金分担额不超过基数乘以认可增长率，其余由医共体承担。",
    stage="clearing",
    cap="rate",
    cap_base="choice",
    base_spend="fact",
)
def share_overrun(case: Case, cap: str, cap_base: str, base_spend: str | None = None) -> Iterator[Transfer]:
    """The fund bears an overrun up to the recognised growth rate of a base; the consortium bears the rest."""
    budget = Account("budget", case.party)
    overrun = -case.book.balance(budget)
    if overrun <= NOTHING:
        return
    rate, choice = case.terms.rate(cap), case.terms.choice(cap_base, CAP_BASES)
    base, base_because = _base(case, choice.value, base_spend)
    limit = larger(case.terms.rounded(base.n * rate.value), NOTHING)
    over = formula("超支＝支出－预算", "overrun = spending − budget").worth(overrun)
    bound = formula(
        f"分担上限＝基数 × {percent(rate.value)}",
        f"limit = base × {percent(rate.value)}",
        base_because.worth(base),
        rate.because,
        choice.because,
    ).worth(limit)
    borne = smaller(overrun, limit)
    why = formula("超支与分担上限取小者", "the smaller of overrun and limit", over, bound)
    yield Transfer(case.book.open(Account("fund", case.party)), budget, borne, "share_overrun", why.worth(borne))
    rest = overrun - borne
    why = formula("超支－基金分担", "overrun − what the fund bears", over, bound)
    yield Transfer(case.book.open(Account("own", case.party)), budget, rest, "share_overrun", why.worth(rest))


def _base(case: Case, chosen: str, base_spend: str | None) -> tuple[Fen, Because]:
    if chosen == "base_spend":
        if base_spend is None:
            raise Refusal(
                "the cap is on the base year's spending, but share_overrun names no such fact",
                where=case.terms.source.file,
                cure="add base_spend under the step's takes",
            )
        return case.facts.known(base_spend)
    return case.granted(), formula("预算", "budget")
