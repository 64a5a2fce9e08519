"""Indicators and totals about where the fund's money goes."""

from __future__ import annotations

from yiheng.basis.evidence import Words

from .declare import Part, Ratio, Tables, indicator, total

CONSORTIUM_MONITORING = "紧密型县域医共体监测指标（2024）"


@total(zh="医保基金为归属参保人支付的全部金额，不论在哪里就医")
def fund_spend(t: Tables) -> Part:
    """All that the funds paid for the people a consortium answers for, wherever they were treated."""
    return Part(t["paid"], t["paid"].fund_fen.sum())


@total(zh="统筹基金为归属参保人支付的金额，不论在哪里就医")
def pooled_spend(t: Tables) -> Part:
    """What the pooled funds alone paid for the people a consortium answers for, wherever they were treated."""
    return Part(t["paid"], t["paid"].pooled_fen.sum())


COVERED = Words("条参保归属", "enrolments")


@total(zh="年末归属的参保人数", unit="people", table="enrolment", rows=COVERED)
def heads(t: Tables) -> Part:
    """The people whom a consortium answers for on the last day of the year."""
    return Part(t["people"], t["people"].on_last_day.sum())


@total(zh="归属参保人的人年数，即归属天数除以全年天数", unit="person_days", table="enrolment", rows=COVERED)
def person_years(t: Tables) -> Part:
    """The days of the year on which a consortium answered for people, counted in years."""
    return Part(t["people"], t["people"].person_days.sum())


@total(zh="年末签约（有签约机构或家庭医生）的参保人数", unit="people", table="enrolment", rows=COVERED)
def signed_people(t: Tables) -> Part:
    """The people of a consortium on the last day of the year who signed with an institution or a family doctor."""
    return Part(t["people"], t["people"].signed_on_last_day.sum())


@total(zh="基金全年收入；只有一个医共体时归该医共体", table="fund_flow", rows=Words("个月的收入", "months of income"))
def fund_income(t: Tables) -> Part:
    """What the funds took in in the year, where one consortium answers for all of it."""
    return Part(t["income"], t["income"].flow_fen.sum())


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
