"""Steps that change a budget once it is set: limits, carve-outs, a target in steps, a reserve, last year's score."""

from __future__ import annotations

from collections.abc import Iterator

from yiheng.basis.evidence import Because
from yiheng.basis.money import NOTHING, Fen, ratio
from yiheng.basis.refusals import Refusal

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step
from .budget import grant


@step(zh="预算比上年增长超过上限的部分退回基金。", stage="budget", last="fact", most="rate")
def limit_growth(case: Case, last: str, most: str) -> Iterator[Transfer]:
    """What the budget grows beyond a limit over last year's, such as the growth of GDP or of the pool, returns."""
    (before, because), rate = case.facts.known(last), case.terms.rate(most)
    limit = case.terms.rounded(before.n * (1 + rate.value))
    over = case.granted() - limit
    if over > NOTHING:
        shown = percent(rate.value)
        rests = (because.worth(before), rate.because)
        why = formula(f"上限＝上年预算 ×（1 ＋ {shown}）", f"limit = last year's budget × (1 + {shown})", *rests)
        yield _withdrawn(case, "limit_growth", over, why)


@step(zh="不纳入打包的专项支出从预算中剔除。", stage="budget", parts="facts")
def carve_out(case: Case, parts: list[str]) -> Iterator[Transfer]:
    """Money for what stands outside the package is taken out of the budget."""
    for name in parts:
        amount, because = case.facts.known(name)
        why = formula("不纳入打包", "outside the package", because.worth(amount))
        yield _withdrawn(case, "carve_out", amount, why)


@step(zh="合并机构的预算分步向目标额调整。", stage="budget", target="fact", phase="rate")
def move_to_target(case: Case, target: str, phase: str) -> Iterator[Transfer]:
    """After a merger the budget moves to its target in steps: each year by that year's rate of the distance.

    The budget that comes of it is rounded, not the distance.
    """
    (goal, because), rate = case.facts.known(target), case.terms.rate(phase)
    granted = case.granted()
    step_fen = case.terms.rounded(granted.n + (goal - granted).n * rate.value) - granted
    shown = percent(rate.value)
    why = formula(f"（目标额－预算）× {shown}", f"(target − budget) × {shown}", because.worth(goal), rate.because)
    yield from _changed(case, "move_to_target", step_fen, why)


@step(zh="按比例从预算中提取调剂金。", stage="budget", share="rate")
def set_reserve(case: Case, share: str) -> Iterator[Transfer]:
    """A share of the budget is set aside as a reserve."""
    yield _set_aside(case, "set_reserve", "pool", share)


@step(zh="按上年考核得分调增或调减预算。", stage="budget", score="number", change="bands")
def adjust_by_score(case: Case, score: str, change: str) -> Iterator[Transfer]:
    """Last year's score raises or lowers the budget, by the rate of the band it lies in."""
    (points, because), bands = case.facts.number(score), case.terms.bands(change)
    rate = case.rate_at(change, points, "the score ")
    why = formula(f"预算 × {percent(rate)}", f"budget × {percent(rate)}", because, bands.because)
    yield from _changed(case, "adjust_by_score", case.terms.rounded(case.granted().n * rate), why)


@step(zh="按比例从预算中预留质量保证金，待考核后拨付。", stage="budget", share="rate")
def withhold_deposit(case: Case, share: str) -> Iterator[Transfer]:
    """A share of the budget is withheld as a quality deposit until the assessment."""
    yield _set_aside(case, "withhold_deposit", "deposit", share)


@step(zh="质量保证金按考核得分拨付，其余退回基金。", stage="budget", score="number", release="choice")
def release_deposit(case: Case, score: str, release: str) -> Iterator[Transfer]:
    """The quality deposit joins the budget again by the score, a fraction of one; the rest returns to the fund.

    ``release`` says how: ``linear``, or ``all_or_nothing``, where only a full score releases it.
    """
    deposit = case.book.open(Account("reserve", case.party, "deposit"))
    held = case.book.balance(deposit)
    (points, because), way = case.facts.number(score), case.terms.choice(release, ("linear", "all_or_nothing"))
    if not 0 <= points <= 1:
        raise Refusal(f"the score {points} is not between 0 and 1", where=str(because.source or ""))
    rate = points if way.value == "linear" else ratio(points // 1)
    paid = case.terms.rounded(held.n * rate)
    why = formula(f"保证金 × {percent(rate)}", f"deposit × {percent(rate)}", because, way.because)
    yield Transfer(deposit, Account("budget", case.party), paid, "release_deposit", why.worth(paid))
    left = held - paid
    if left:
        why = formula("未拨付的保证金退回基金", "the deposit that is not released returns", because, way.because)
        yield Transfer(deposit, case.book.open(Account("fund", case.party)), left, "release_deposit", why.worth(left))


def _withdrawn(case: Case, name: str, amount: Fen, why: Because) -> Transfer:
    fund = case.book.open(Account("fund", case.party))
    return Transfer(Account("budget", case.party), fund, amount, name, why.worth(amount))


def _set_aside(case: Case, name: str, purpose: str, share: str) -> Transfer:
    rate = case.terms.rate(share)
    amount = case.terms.rounded(case.granted().n * rate.value)
    why = formula(f"预算 × {percent(rate.value)}", f"budget × {percent(rate.value)}", rate.because)
    reserve = case.book.open(Account("reserve", case.party, purpose))
    return Transfer(Account("budget", case.party), reserve, amount, name, why.worth(amount))


def _changed(case: Case, name: str, amount: Fen, why: Because) -> Iterator[Transfer]:
    if amount > NOTHING:
        yield grant(case, name, amount, why)
    elif amount < NOTHING:
        yield _withdrawn(case, name, -amount, why)
