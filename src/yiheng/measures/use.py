"""Indicators about how care is used and what it costs."""

from __future__ import annotations

import ibis

from .declare import Part, Ratio, Tables, indicator
from .fund import CONSORTIUM_MONITORING
from .views import PRIMARY

DAYS_IN_A_YEAR = 365
RULE_BASE = "国家医保智能监管规则库（2025 年版）"


@indicator(
    zh="基层就诊占比",
    says="县域内就诊人次（不含药店）中，在乡镇卫生院和村卫生室就诊的比例。",
    unit="share",
    better="higher",
    source=f"{CONSORTIUM_MONITORING} 3.1",
    not_for="衡量基层服务质量",
)
def primary_visit_share(t: Tables) -> Ratio:
    """Of all visits inside the county, pharmacies left out, the share at township centres and village clinics."""
    visits = t["visited"].filter(t["visited"].in_county, t["visited"].institution_kind != "pharmacy")
    primary = visits.filter(visits.institution_kind.isin(PRIMARY))
    return Ratio(Part(primary, primary.count()), Part(visits, visits.count()))


@indicator(
    zh="住院率",
    says="每名参保人每年出院人次：出院人次×365÷参保人日数。",
    unit="per_person_year",
    better="lower",
    source="紧密型县域医共体“打包”付费监管（来源 A）",
    not_for="比较年龄构成不同的人群",
)
def admission_rate(t: Tables) -> Ratio:
    """Finished stays of covered people for each person and year of coverage (365 person-days)."""
    # A stay of somebody whom no consortium answered for has no person-days to be divided by.
    stays = t["stay"].filter(t["stay"].consortium.notnull())
    whole_years = stays.mutate(days=ibis.literal(DAYS_IN_A_YEAR, "int64"))
    return Ratio(Part(whole_years, whole_years.days.sum()), Part(t["covered"], t["covered"].person_days.sum()))


@indicator(
    zh="次均住院费用",
    says="每次住院的平均医疗费总额；总额未知的住院不计入。",
    unit="fen",
    better="lower",
    source=f"{CONSORTIUM_MONITORING} 4.1",
    not_for="比较病情构成不同的医院",
)
def cost_per_stay(t: Tables) -> Ratio:
    """The mean whole cost of a stay; stays whose cost is unknown are left out."""
    known = t["stay"].filter(t["stay"].unknown_totals == 0)
    return Ratio(Part(known, known.total_fen.sum()), Part(known, known.count()))


@indicator(
    zh="药占比",
    says="费用明细中药品（含中药饮片）金额占全部金额的比例。",
    unit="share",
    better="lower",
    source=f"{RULE_BASE} ZB10000205001000",
    not_for="药店；以用药为主的科室",
)
def drug_share(t: Tables) -> Ratio:
    """Of everything charged, pharmacies left out, the share of drugs and herbs."""
    lines = t["charged"].filter(t["charged"].institution_kind != "pharmacy")
    return Ratio(Part(lines, lines.drug_fen.sum()), Part(lines, lines.amount_fen.sum()))


@indicator(
    zh="检验检查占比",
    says="费用明细中检查费、化验费占全部金额的比例；有明细未注明收费类别的就诊不计入。",
    unit="share",
    better="lower",
    source=f"{RULE_BASE} ZB10000205002000",
    not_for="药店；体检机构、以检查为主的科室",
)
def exam_share(t: Tables) -> Ratio:
    """Of everything charged the share of examinations and tests; visits with a line of unknown kind are left out."""
    lines = _of_known_kind(t)
    return Ratio(Part(lines, lines.exam_fen.sum()), Part(lines, lines.amount_fen.sum()))


@indicator(
    zh="耗材占比",
    says="费用明细中医用耗材金额占全部金额的比例。",
    unit="share",
    better="lower",
    source=f"{RULE_BASE} ZB10000205003000",
    not_for="药店；以植入手术为主的科室",
)
def consumable_share(t: Tables) -> Ratio:
    """Of everything charged, pharmacies left out, the share of consumables."""
    lines = t["charged"].filter(t["charged"].institution_kind != "pharmacy")
    return Ratio(Part(lines, lines.consumable_fen.sum()), Part(lines, lines.amount_fen.sum()))


@indicator(
    zh="治疗占比",
    says="费用明细中治疗费占全部金额的比例，手术费不计在内；有明细未注明收费类别的就诊不计入。",
    unit="share",
    better="neither",
    source=f"{RULE_BASE} ZB10000205004000",
    not_for="药店；比较病情构成不同的医院",
)
def treatment_share(t: Tables) -> Ratio:
    """Of everything charged the share of treatments without operations; visits with an unknown kind are left out."""
    lines = _of_known_kind(t)
    return Ratio(Part(lines, lines.treatment_fen.sum()), Part(lines, lines.amount_fen.sum()))


@indicator(
    zh="CT 检查占比",
    says="费用明细中 CT 检查项目金额占全部金额的比例；未上传检查结果的机构不计入。",
    unit="share",
    better="lower",
    source=f"{RULE_BASE} ZB10000205005000",
    not_for="药店；只在部分 CT 项目上传检查结果的机构",
)
def ct_share(t: Tables) -> Ratio:
    """Of everything charged the share of items reported as CT; places that report no examination are left out."""
    lines = _of_reporting(t)
    return Ratio(Part(lines, lines.ct_fen.sum()), Part(lines, lines.amount_fen.sum()))


@indicator(
    zh="核磁检查占比",
    says="费用明细中核磁共振检查项目金额占全部金额的比例；未上传检查结果的机构不计入。",
    unit="share",
    better="lower",
    source=f"{RULE_BASE} ZB10000205006000",
    not_for="药店；只在部分核磁项目上传检查结果的机构",
)
def mri_share(t: Tables) -> Ratio:
    """Of everything charged the share of items reported as MRI; places that report no examination are left out."""
    lines = _of_reporting(t)
    return Ratio(Part(lines, lines.mri_fen.sum()), Part(lines, lines.amount_fen.sum()))


def _of_reporting(t: Tables) -> ibis.Table:
    """Visits to institutions that report examinations; pharmacies are left out."""
    return t["charged"].filter(t["charged"].institution_kind != "pharmacy").semi_join(t["examined"], "institution")


def _of_known_kind(t: Tables) -> ibis.Table:
    """Visits of which every line says what it counts under; pharmacies are left out."""
    return t["charged"].filter(t["charged"].institution_kind != "pharmacy", t["charged"].unknown_kinds == 0)


@indicator(
    zh="平均住院日",
    says="每次住院的平均天数；当日出院算一天。",
    unit="days",
    better="lower",
    source="紧密型县域医共体“打包”付费监管（来源 A）",
    not_for="比较病情构成不同的医院",
)
def mean_stay_days(t: Tables) -> Ratio:
    """Mean days from admission to discharge; a stay within one day counts as one."""
    return Ratio(Part(t["stay"], t["stay"].stay_days.sum()), Part(t["stay"], t["stay"].count()))


@indicator(
    zh="31 天再入院率",
    says="出院后 31 天内同一人再次住院的比例，归于前一次住院；尚未出院的也算。计划性疗程除外，"
    "当日转院（出院当日住入另一家，离院方式为转院或未填）除外。",
    unit="share",
    better="lower",
    source=f"{RULE_BASE} ZB10000205008000",
    not_for="最近一个月：其后的住院尚未发生",
)
def readmission_31d(t: Tables) -> Ratio:
    """Of all stays, the share that another unplanned stay of the person followed within 31 days, transfers left out."""
    return Ratio(Part(t["stay"], t["stay"].readmitted.sum()), Part(t["stay"], t["stay"].count()))
