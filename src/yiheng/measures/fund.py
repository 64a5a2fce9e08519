"""Indicators and totals about where the fund's money goes."""

from __future__ import annotations

from .declare import Part, Ratio, Tables, indicator, total

CONSORTIUM_MONITORING = "紧密型县域医共体监测指标（2024）"


@total(zh="医保基金为归属参保人支付的全部金额，不论在哪里就医")
def fund_spend(t: Tables) -> Part:
    """All that the funds paid for the people a consortium answers for, wherever they were treated."""
    return Part(t["paid"], t["paid"].fund_fen.sum())


@indicator(
    zh="县域内基金支出占比",
    says="参保人的基金支出中，支付给县域内医疗机构（不含药店）的比例。",
    unit="share",
    better="higher",
    source=f"{CONSORTIUM_MONITORING} 3.2",
    not_for="比较病情构成不同的县",
)
def in_county_fund_share(t: Tables) -> Ratio:
    """Of what the funds paid for covered people, pharmacies left out, the share paid inside the county."""
    care = t["settled"].filter(t["settled"].institution_kind != "pharmacy")
    inside = care.filter(care.in_county)
    return Ratio(Part(inside, inside.fund_fen.sum()), Part(care, care.fund_fen.sum()))


@indicator(
    zh="预算执行进度",
    says="本年度至今的基金支出占总额预算的比例；未结算出预算时为未知。",
    unit="share",
    better="neither",
    source="紧密型县域医共体“打包”付费监管（来源 A）",
    not_for="不与已过时间对照而单独使用",
)
def budget_use(t: Tables) -> Ratio:
    """The year's fund spending so far as a share of the budget; unknown before a budget was settled."""
    spent, budget = t["settled"], t["budgeted"]
    return Ratio(Part(spent, spent.fund_fen.sum()), Part(budget, budget.budget_fen.sum()))
