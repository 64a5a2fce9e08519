"""Steps that pay a budget in advance, and count the advance against what the year came to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from fractions import Fraction

from yiheng.basis.evidence import Because
from yiheng.basis.money import NOTHING, Fen, larger, smaller, total
from yiheng.basis.periods import year_span

from ..book import Account, Transfer
from ..declare import STEPS, Case, formula, percent, step


@step(zh="预算分十二个月预付，按比例预留，扣款从当月起抵扣。", stage="prepayment", withheld="rate", deducted="fact")
def prepay_monthly(case: Case, withheld: str | None = None, deducted: str | None = None) -> Iterator[Transfer]:
    """The budget is paid in advance in twelve months, less what is withheld; deductions come off month by month."""
    paid, why = _paid_ahead(case, withheld)
    first = year_span(case.terms.on.year).first
    days = [day for day in (first + dt.timedelta(n) for n in range((case.terms.on - first).days + 1)) if day.day == 1]
    months = case.terms.shared(paid, {f"{day:%Y-%m}": Fraction(1) for day in days})
    owed, because = case.facts.known(deducted) if deducted else (NOTHING, why)
    for day in days:
        month = f"{day:%Y-%m}"
        yield _advance(case, "prepay_monthly", month, months[month], _on(day, why))
        off = smaller(owed, months[month])
        if off:
            own = case.book.open(Account("own", case.party))
            taker = case.book.open(Account("deducted", case.party, month))
            says = formula("从当月预付款中抵扣", "taken off the month's payment", because.worth(owed))
            yield Transfer(own, taker, off, "prepay_monthly", says.worth(off))
            owed -= off


@step(zh="预算在年初一次预付，按比例预留。", stage="prepayment", withheld="rate")
def prepay_at_start(case: Case, withheld: str | None = None) -> Iterator[Transfer]:
    """The budget is paid in advance at the start of the year, less what is withheld."""
    paid, why = _paid_ahead(case, withheld)
    day = year_span(case.terms.on.year).first
    yield _advance(case, "prepay_at_start", f"{day:%Y-%m}", paid, _on(day, why))


@step(zh="预付款按全年清算结果抵扣：不足的列为清算应付，多拨部分待收回。", stage="prepayment")
def settle_prepaid(case: Case) -> Iterator[Transfer]:
    """The advance is counted against the year: what lacks is still to be paid, what was paid too much to be returned.

    A party is entitled to the year's care, less what it bears of an overrun, with what it keeps. What is left on the
    account ``prepaid`` has to be returned.
    """
    moved = [(t, STEPS[t.step].stage) for t in case.book.journal]
    care = total(t.amount for t, stage in moved if stage == "care")
    borne = total(t.amount for t, stage in moved if stage == "clearing" and t.giver.kind == "own")
    kept = total(t.amount for t, _ in moved if t.taker.kind == "kept")
    due = care - borne + kept
    ahead = [t for t, stage in moved if stage == "prepayment" and t.taker.kind == "prepaid"]
    advance = formula("已预付", "paid in advance", *(t.because for t in ahead)).worth(total(t.amount for t in ahead))
    why = formula(
        "应得＝医疗费用－自担超支＋留用结余",
        "entitled = care − own part of an overrun + what is kept",
        formula("医疗费用", "care").worth(care),
        formula("自担超支", "own part of an overrun").worth(borne),
        formula("留用结余", "kept surplus").worth(kept),
    ).worth(due)
    fund, left = case.book.open(Account("fund", case.party)), due
    for month in case.book.accounts("prepaid", case.party):
        off = smaller(case.book.balance(month), larger(left, NOTHING))
        left -= off
        if off:
            says = formula("预付款抵扣", "the advance is counted", why, advance)
            yield Transfer(month, fund, off, "settle_prepaid", says.worth(off))
    if left > NOTHING:
        payable = case.book.open(Account("payable", case.party))
        says = formula("应得－预付款", "entitled − paid in advance", why, advance)
        yield Transfer(payable, fund, left, "settle_prepaid", says.worth(left))


def _paid_ahead(case: Case, withheld: str | None) -> tuple[Fen, Because]:
    granted = case.granted()
    budget = formula("预算", "budget").worth(granted)
    if withheld is None:
        return granted, budget
    rate = case.terms.rate(withheld)
    paid, shown = case.terms.rounded(granted.n * (1 - rate.value)), percent(rate.value)
    return paid, formula(f"预算 ×（1 － {shown}）", f"budget × (1 − {shown})", budget, rate.because).worth(paid)


def _on(day: dt.date, why: Because) -> Because:
    return formula(f"{day} 预付", f"paid in advance on {day}", why)


def _advance(case: Case, name: str, month: str, amount: Fen, why: Because) -> Transfer:
    fund = case.book.open(Account("fund", case.party))
    taker = case.book.open(Account("prepaid", case.party, month))
    return Transfer(fund, taker, amount, name, why.worth(amount))
