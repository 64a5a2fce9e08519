"""Steps that set the budget by people, by income, by points or by projects."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from yiheng.basis.evidence import Because
from yiheng.basis.money import FEN_PER_YUAN, larger, smaller

from ..book import Transfer
from ..declare import Case, formula, percent, step
from .budget import grant


@step(zh="预算等于各类参保人数乘以该类的人头标准，再相加。", stage="budget", people="numbers", standard="amounts")
def budget_per_head(case: Case, people: list[str], standard: str) -> Iterator[Transfer]:
    """The budget is people times the standard per head, each stratum by its own standard.

    The classes of the standard are called like the facts that count the people.
    """
    parts, why = Fraction(0), []
    for stratum in people:
        (number, counted), head = case.facts.number(stratum), case.terms.amount_for(standard, stratum)
        part = head.value.n * number
        parts += part
        says = formula(f"{number} 人 × {head.value} 元", f"{number} people × {head.value} yuan", counted, head.because)
        why.append(says.worth(case.terms.rounded(part)))
    because = formula("各类人数 × 人头标准之和", "sum of people × standard per head", *why)
    yield grant(case, "budget_per_head", case.terms.rounded(parts), because)


@step(zh="预算等于当年基金收入乘以划拨比例。", stage="budget", income="fact", share="rate")
def budget_from_income(case: Case, income: str, share: str) -> Iterator[Transfer]:
    """The budget is a share of the year's fund income."""
    (money, because), rate = case.facts.known(income), case.terms.rate(share)
    shown = percent(rate.value)
    why = formula(f"基金收入 × {shown}", f"fund income × {shown}", because.worth(money), rate.because)
    yield grant(case, "budget_from_income", case.terms.rounded(money.n * rate.value), why)


@step(zh="预算等于点值乘以本机构点数，点值＝统筹区预算÷全部点数。", stage="budget", part="fact", points="number")
def budget_by_points(case: Case, part: str, points: str) -> Iterator[Transfer]:
    """The budget is the party's part of one pot, which all points share; the point value is pot by points."""
    (money, because), (own, counted) = case.facts.known(part), case.facts.number(points)
    why = formula(
        f"资金池按全部点数分得：本机构 {own} 点，每点 {money} ÷ {own} 元",
        f"part of the pot by points: {own} points, each {money} ÷ {own} yuan", because.worth(money), counted,
    )  # fmt: skip
    yield grant(case, "budget_by_points", money, why)


@step(zh="预算等于按权重从资金池分得的份额。", stage="budget", part="fact")
def budget_from_pool(case: Case, part: str) -> Iterator[Transfer]:
    """The budget is the party's part of one pot that is shared by weights."""
    money, because = case.facts.known(part)
    yield grant(case, "budget_from_pool", money, formula("资金池份额", "part of the pot", because.worth(money)))


@step(zh="零基预算：逐项审核项目，按核定比例安排，不予安排的为零。", stage="budget", projects="amounts", kept="rates")
def budget_from_projects(case: Case, projects: str, kept: str) -> Iterator[Transfer]:
    """A zero-base budget: each project is judged, and funded by the share that was kept of it; a cut one by nothing."""
    for project in case.terms.classes(projects):
        asked, rate = case.terms.amount_for(projects, project), case.terms.rate_for(kept, project)
        money = case.terms.rounded(asked.value.n * rate.value)
        shown = percent(rate.value)
        why = formula(f"{project} × {shown}", f"{project} × {shown}", asked.because.worth(asked.value), rate.because)
        yield grant(case, "budget_from_projects", money, why)


@step(
    zh="预算为自身历史支出与风险调整标准的加权，增减幅度不超过走廊上下限。",
    stage="budget",
    history="fact",
    people="number",
    norm="number",
    own="rate",
    down="rate",
    up="rate",
)
def budget_blended(
    case: Case, history: str, people: str, norm: str, own: str, down: str, up: str
) -> Iterator[Transfer]:
    """Own history is blended with the risk-adjusted norm, inside a corridor around own history.

    ``people`` counts heads weighted by risk, ``norm`` is in yuan for one of them, ``own`` the weight of history.
    """
    past, because = case.facts.known(history)
    (heads, counted), (yuan, known) = case.facts.number(people), case.facts.number(norm)
    weight, low, high = case.terms.rate(own), case.terms.rate(down), case.terms.rate(up)
    expected = heads * yuan * FEN_PER_YUAN
    blended = past.n * weight.value + expected * (1 - weight.value)
    least, most = past.n * (1 - low.value), past.n * (1 + high.value)
    rests: tuple[Because, ...] = (
        because.worth(past),
        formula("风险调整标准", "risk-adjusted norm", counted, known).worth(case.terms.rounded(expected)),
        weight.because,
        low.because,
        high.because,
    )
    why = formula(
        f"历史 × {percent(weight.value)} ＋ 标准 × {percent(1 - weight.value)}，"
        f"限历史的 －{percent(low.value)} 至 ＋{percent(high.value)}",
        f"history × {percent(weight.value)} + norm × {percent(1 - weight.value)}, "
        f"within −{percent(low.value)} and +{percent(high.value)} of history",
        *rests,
    )
    yield grant(case, "budget_blended", case.terms.rounded(smaller(larger(blended, least), most)), why)
