"""The step that blends a party's own history with its risk-adjusted norm."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from yiheng.basis.money import larger, ratio, smaller, total

from ..book import Transfer
from ..declare import Case, formula, percent, step
from .budget import grant


@step(
    zh="预算由自身历史与风险调整标准加权而成，偏离自身历史不超过限定幅度。",
    stage="budget",
    norm="fact",
    history="facts",
    share_of_norm="rate",
    corridor="rate",
    growth="rate",
)
def budget_from_risk(
    case: Case, norm: str, history: list[str], share_of_norm: str, corridor: str, growth: str | None = None
) -> Iterator[Transfer]:
    """The budget blends the party's own mean history with its risk-adjusted norm, inside a corridor of its history.

    Growth, where the policy has one, raises the blend.
    """
    years = [case.facts.known(name) for name in history]
    own = ratio(total(amount for amount, _ in years).n, len(years))
    amount, norm_because = case.facts.known(norm)
    share, width = case.terms.rate(share_of_norm), case.terms.rate(corridor)
    blend = share.value * amount.n + (1 - share.value) * own
    held = smaller(larger(blend, own * (1 - width.value)), own * (1 + width.value))
    rests = [norm_because, *(because.worth(n) for n, because in years), share.because, width.because]
    grown = Fraction(0)
    if growth is not None:
        rate = case.terms.rate(growth)
        grown, rests = rate.value, [*rests, rate.because]
    because = formula(
        f"标准 × {percent(share.value)} ＋ 历史平均 × {percent(1 - share.value)}，限历史 ± {percent(width.value)}"
        + (f"，再 ×（1 ＋ {percent(grown)}）" if growth else ""),
        f"norm × {percent(share.value)} + mean history × {percent(1 - share.value)}, history ± {percent(width.value)}"
        + (f", then × (1 + {percent(grown)})" if growth else ""),
        *rests,
    )
    yield grant(case, "budget_from_risk", case.terms.rounded(held * (1 + grown)), because)
