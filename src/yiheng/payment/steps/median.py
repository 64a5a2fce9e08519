"""Steps that look at how a surplus came about: near to the middle, with enough service, with good quality."""

from __future__ import annotations

from collections.abc import Iterator

from yiheng.basis.money import FEN_PER_YUAN, NOTHING, ratio

from ..book import Account, Transfer
from ..declare import Case, formula, percent, percent_of, step
from .due import back_to_fund, keep_part

# What the deviation is measured by, as the source leaves it open.
BUDGET = "budget"
DEVIATION_BASES = ("reasonable_surplus", BUDGET)
# What is returned where no deviation can be measured.
NONE_OF_IT, ALL_OF_IT = "nothing", "all"
BEYOND_BANDS = ("last band", NONE_OF_IT, ALL_OF_IT)


@step(
    zh="结余越接近按总体人均支出测算的合理余量，返还比例越高。",
    stage="clearing",
    clears="due",
    people="number",
    mean="number",
    base="choice",
    rates="bands",
    beyond="choice",
)
def return_by_deviation(
    case: Case, people: str, mean: str, base: str, rates: str, beyond: str | None = None
) -> Iterator[Transfer]:
    """The nearer a surplus is to the reasonable one, the larger the share that is returned.

    The reasonable surplus is the budget less people × the mean spending per head of all parties, in yuan. An upper edge
    belongs to the better band. Where the mean is above the rate there is no reasonable surplus to deviate from, by
    whatever base, and where the base is nothing none to measure by: ``beyond`` says what is returned. A surplus that is
    too large is punished like one that is too small, so more spending may yield more.
    """
    due = case.book.balance(Account("due", case.party))
    if due <= NOTHING:
        return
    (heads, counted), (yuan, because) = case.facts.number(people), case.facts.number(mean)
    choice, bands = case.terms.choice(base, DEVIATION_BASES), case.terms.bands(rates)
    reasonable = case.granted().n - heads * yuan * FEN_PER_YUAN
    of_budget = choice.value == BUDGET
    by = ratio(case.granted().n) if of_budget else reasonable
    measured = by > 0 and (not of_budget or reasonable >= 0)
    off = abs(due.n - reasonable)
    rate, left_open = bands.value.tiers[-1].rate, []
    if measured:
        rate = case.rate_at(rates, off / by)
    elif beyond is not None:
        beyond_all = case.terms.choice(beyond, BEYOND_BANDS)
        left_open = [beyond_all.because]
        rate = {NONE_OF_IT: ratio(0), ALL_OF_IT: ratio(1)}.get(beyond_all.value, rate)
    middle = formula(
        "合理余量＝预算－人数 × 总体人均支出", "reasonable surplus = budget − people × mean spending", counted, because
    )
    deviation = percent_of(off, by) if measured else "—"
    why = formula(
        f"偏差 {deviation}，返还 {percent(rate)}",
        f"deviation {deviation}, {percent(rate)} is returned",
        middle.worth(case.terms.rounded(reasonable)),
        choice.because,
        bands.because,
        *left_open,
    )
    yield from keep_part(case, "return_by_deviation", rate, why)


@step(zh="服务量低于最低要求的，结余全部退回基金。", stage="clearing", clears="due", volume="number", least="count")
def volume_due(case: Case, volume: str, least: str) -> Iterator[Transfer]:
    """Where less service was given than the least volume, nothing is due."""
    due = case.book.balance(Account("due", case.party))
    (given, because), need = case.facts.number(volume), case.terms.count(least)
    if due <= NOTHING:
        return
    short, rests = given < need.value, (because, need.because)
    if short:
        why = formula(f"服务量 {given} 低于 {need.value}", f"volume {given} below {need.value}", *rests)
    else:
        why = formula(
            f"服务量 {given} 达到 {need.value}，不扣减", f"volume {given} reaches {need.value}: nothing is cut", *rests
        )
    yield from back_to_fund(case, "volume_due", due if short else NOTHING, why)


@step(zh="结余的一定比例与考核得分挂钩。", stage="clearing", clears="due", tied="rate", score="number")
def score_part_due(case: Case, tied: str, score: str) -> Iterator[Transfer]:
    """A share of what is due is multiplied by the score, a fraction of one; the rest stays due."""
    rate, (points, because) = case.terms.rate(tied), case.facts.number(score)
    why = formula(
        f"其中 {percent(rate.value)} × 得分 {percent(points)}",
        f"{percent(rate.value)} of it × score {percent(points)}",
        rate.because,
        because,
    )
    yield from keep_part(case, "score_part_due", 1 - rate.value * (1 - points), why)
