"""Steps that clear the year in bands: each part of a surplus or overrun has the rate of the band it lies in."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from yiheng.basis.evidence import Because
from yiheng.basis.money import NOTHING, Fen, ratio

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step


@step(zh="结余按占预算的比例分段，各段按其比例留用，其余退回基金。", stage="clearing", bands="bands")
def keep_in_bands(case: Case, bands: str) -> Iterator[Transfer]:
    """A surplus is cut into bands by its share of the budget, and of each band the band's rate is kept.

    What lies beyond the last band returns to the fund.
    """
    budget = Account("budget", case.party)
    surplus = case.book.balance(budget)
    if surplus <= NOTHING:
        return
    kept, why = _in_bands(case, bands, surplus)
    taker = case.book.open(Account("kept", case.party))
    yield Transfer(budget, taker, kept, "keep_in_bands", why.worth(kept))
    back = surplus - kept
    if back:
        why = formula("未留用的结余退回基金", "the surplus that is not kept returns to the fund", why.worth(kept))
        yield Transfer(budget, Account("fund", case.party), back, "keep_in_bands", why.worth(back))


@step(zh="超支按占预算的比例分段，各段按其比例由医共体承担，其余由基金承担。", stage="clearing", bands="bands")
def bear_in_bands(case: Case, bands: str) -> Iterator[Transfer]:
    """An overrun is cut into bands by its share of the budget, and of each band the party bears the band's rate.

    What lies beyond the last band is borne by the fund.
    """
    budget = Account("budget", case.party)
    overrun = -case.book.balance(budget)
    if overrun <= NOTHING:
        return
    borne, why = _in_bands(case, bands, overrun)
    yield Transfer(case.book.open(Account("own", case.party)), budget, borne, "bear_in_bands", why.worth(borne))
    rest = overrun - borne
    if rest:
        why = formula("超支－医共体承担", "overrun − what the consortium bears", why.worth(borne))
        yield Transfer(case.book.open(Account("fund", case.party)), budget, rest, "bear_in_bands", why.worth(rest))


def _in_bands(case: Case, name: str, amount: Fen) -> tuple[Fen, Because]:
    """The sum over the bands, rounded once, and how it came about."""
    bands, granted = case.terms.bands(name), case.granted()
    parts = bands.value.marginal(ratio(amount.n), ratio(granted.n))
    widths = [(str(case.terms.rounded(width)), rate) for width, rate in parts]
    shown = " ＋ ".join(f"{width} × {percent(rate)}" for width, rate in widths if width != str(NOTHING))
    exact = sum((width * rate for width, rate in parts), start=Fraction(0))
    why = formula(
        f"{amount} 分段：{shown}",
        f"{amount} in bands: {shown}",
        formula("各段以预算为基数", "the bands are shares of the budget").worth(granted),
        bands.because,
    )
    return case.terms.rounded(exact), why
