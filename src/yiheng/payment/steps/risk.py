"""Steps that set the budget by how ill the people are."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from yiheng.basis.money import ratio, round_fen

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step


@step(
    zh="预算＝每人基准金额 × 人数 × 风险分；风险分先除以标准化因子，再扣除编码强度，每次四舍五入。",
    stage="budget",
    base="amount",
    people="number",
    raw="number",
    normalisation="count",
    coding="rate",
    parts="count",
)
def budget_by_risk_score(
    case: Case, base: str, people: str, raw: str, normalisation: str, coding: str, parts: str
) -> Iterator[Transfer]:
    """The budget is a base amount for each of the people times the risk score.

    The raw score is divided by the normalisation factor and rounded, then cut by the coding intensity and rounded
    again; ``parts`` says to which part of one, such as a thousandth.
    """
    amount, (heads, counted), (score, scored) = (
        case.terms.amount(base, case.party), case.facts.number(people), case.facts.number(raw),
    )  # fmt: skip
    factor, cut, fine = case.terms.count(normalisation), case.terms.rate(coding), case.terms.count(parts)
    normal = to_a_part(score / factor.value, fine.value)
    adjusted = to_a_part(normal * (1 - cut.value), fine.value)
    budget = case.terms.rounded(amount.value.n * heads * adjusted)
    score_because = formula(
        f"风险分：{percent(score)} ÷ {percent(factor.value)} → {percent(normal)}；"
        f"×（1 － {percent(cut.value)}）→ {percent(adjusted)}",
        f"risk score: {percent(score)} ÷ {percent(factor.value)} → {percent(normal)}; "
        f"× (1 − {percent(cut.value)}) → {percent(adjusted)}",
        scored, factor.because, cut.because, fine.because,
    )  # fmt: skip
    why = formula(
        "每人基准金额 × 人数 × 风险分", "base amount × people × risk score", amount.because, counted, score_because
    )
    fund, taker = (case.book.open(Account(kind, case.party)) for kind in ("fund", "budget"))
    yield Transfer(fund, taker, budget, "budget_by_risk_score", why.worth(budget))


def to_a_part(exact: Fraction, parts: Fraction) -> Fraction:
    """A score rounded to a part of one, halves away from zero."""
    return ratio(round_fen(exact * parts, "half_up").n) / parts
