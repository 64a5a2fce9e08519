"""Rules about an institution's share in a year: scans that find nothing, drugs of an illness, watched drugs."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits

from ..declare import Tables, rule
from ..few import Least
from ..like import placed
from .views import limits_of, told_of

OVERTREATED = "医保基金使用的效率提升策略（来源 D）：过度诊疗识别模型"
WATCHED = "医保基金使用的效率提升策略（来源 D）：重点药品监控目录双指标控制，超量扣减"


@rule(
    zh="大型检查阳性率偏低",
    official_code=None,
    weight="clue",
    says=Words(
        "{institution} {year} 年 {exam_kind} 检查 {exams} 人次，阳性 {positives} 人次，低于 {least_per_mille}",
        "{institution}, {year}: of {exams} examinations by {exam_kind} {positives} found anything, less than "
        "{least_per_mille}",
    ),
    reads=("exam_result", "visit"),
    codes=("code_limit",),
    source=f"{OVERTREATED}，CT 阳性率低于 50%",
    least=Least("exams", "positive_least_exams", 1),
    not_for="检查人次少的机构；结果未上传的检查；体检",
)
def low_positive_rate(t: Tables, limits: Limits) -> ibis.Table:
    """Of an institution's examinations of a kind in a year fewer found anything than the list asks for."""
    asked = limits_of(t, "exam", "positive_per_mille").select(
        exam_kind=_.code_prefix, least_per_mille=_.value.cast("int64")
    )
    known = (
        t["exam_result"]
        .filter(_.positive.notnull())
        .select("visit_id", "positive", exam_kind=_.kind, examined_on=_.examined_at.date())
    )
    places = t["visit"].select("visit_id", institution=_.institution_id)
    made = known.join(asked, "exam_kind").join(places, "visit_id")
    shares = made.group_by("institution", "exam_kind", "least_per_mille", year=_.examined_on.year().cast("int64")).agg(
        exams=_.count(),
        positives=ibis.ifelse(_.positive, 1, 0).sum().cast("int64"),
        occurred_on=_.examined_on.max(),
    )
    low = shares.filter(
        _.exams >= limits["positive_least_exams"].value,
        _.positives * limits["per_mille"].value < _.exams * _.least_per_mille,
    )
    return placed(low).mutate(about=_.year.cast("string") + " " + _.exam_kind)


@rule(
    zh="病种药占比偏高",
    official_code=None,
    weight="clue",
    says=Words(
        "{institution} {year} 年 {illness} 住院 {stays} 次，费用 {amount_fen} 元，其中药品 {drug_fen} 元，超过 "
        "{most_per_mille}",
        "{institution}, {year}: {stays} stays for {illness} came to {amount_fen} yuan, of which {drug_fen} for drugs, "
        "more than {most_per_mille}",
    ),
    reads=("visit", "diagnosis", "settlement", "fee_line"),
    codes=("code_limit",),
    source=f"{OVERTREATED}，病种药占比超过 60%",
    least=Least("stays", "disease_least_stays", 1),
    not_for="计划性疗程（化疗等）；住院次数少的机构",
)
def disease_drug_share(t: Tables, limits: Limits) -> ibis.Table:
    """Drugs are a larger share of what an institution's stays for an illness cost in a year than the list allows."""
    stays = t["paid_stay"].filter(~_.planned_course.fill_null(False), _.diagnosis.notnull())
    stays = stays.select("visit", "institution", "admitted_on", code=_.diagnosis)
    told = told_of(stays, limits_of(t, "dx", "drug_per_mille"))
    stays = stays.join(told, "code").mutate(illness=_.code.left(limits["diagnosis_group_signs"].value))
    drug = ibis.ifelse(t["fee_line"].kind.isin(["drug", "herb"]), t["fee_line"].amount_fen, 0)
    lines = t["fee_line"].select("amount_fen", drug_fen=drug, visit=_.visit_id).semi_join(stays, "visit")
    costs = lines.group_by("visit").agg(amount_fen=_.amount_fen.sum(), drug_fen=_.drug_fen.sum())
    shares = (
        stays.join(costs, "visit")
        .group_by("institution", "illness", year=_.admitted_on.year().cast("int64"))
        .agg(
            stays=_.count(),
            amount_fen=_.amount_fen.sum().cast("int64"),
            drug_fen=_.drug_fen.sum().cast("int64"),
            most_per_mille=_.value.cast("int64").max(),
            occurred_on=_.admitted_on.max(),
        )
    )
    high = shares.filter(
        _.stays >= limits["disease_least_stays"].value,
        _.drug_fen * limits["per_mille"].value > _.amount_fen * _.most_per_mille,
    )
    return placed(high).mutate(about=_.year.cast("string") + " " + _.illness)


def _beyond(t: Tables, limits: Limits, part: str, whole: str, most: str) -> ibis.Table:
    """Institutions and years with more watched drugs among all drugs than a limit: what goes beyond is at stake."""
    per_mille, most_per_mille = limits["per_mille"].value, limits[most].value
    used = t["drug_use"].filter(_.drug_fen >= limits["key_drug_least_fen"].value)
    over = used[part] * per_mille - used[whole] * most_per_mille
    found = used.mutate(whole_part=used[part] * per_mille, over_part=over).filter(_.over_part > 0)
    placed_ = placed(found.mutate(most_per_mille=ibis.literal(most_per_mille)))
    return placed_.mutate(scope_fen=_.key_scope_fen).select(
        "person", "institution", "visit", "settlement", "line", "occurred_on", "scope_fen", "about", "year",
        "whole_part", "over_part", "most_per_mille", part, whole,
    )  # fmt: skip


@rule(
    zh="重点监控药品金额占比超限",
    official_code=None,
    weight="suspicion",
    says=Words(
        "{institution} {year} 年药品 {drug_fen} 元，其中重点监控药品 {key_fen} 元，超过 {most_per_mille}",
        "{institution}, {year}: of {drug_fen} yuan for drugs {key_fen} were for watched ones, more than "
        "{most_per_mille}",
    ),
    reads=("visit", "fee_line"),
    codes=("code_limit",),
    source=WATCHED,
    items_of="key_drug",
    least=Least("drug_fen", "key_drug_least_fen", 1),
    not_for="药店；药品总额小的机构",
)
def key_drug_money(t: Tables, limits: Limits) -> ibis.Table:
    """Watched drugs are a larger share of the money an institution takes for drugs in a year than they may be."""
    return _beyond(t, limits, "key_fen", "drug_fen", "key_drug_money_per_mille")


@rule(
    zh="重点监控药品数量占比超限",
    official_code=None,
    weight="suspicion",
    says=Words(
        "{institution} {year} 年药品 {drug_units} 份，其中重点监控药品 {key_units} 份，超过 {most_per_mille}",
        "{institution}, {year}: of {drug_units} packs of drugs {key_units} were of watched ones, more than "
        "{most_per_mille}",
    ),
    reads=("visit", "fee_line"),
    codes=("code_limit",),
    source=WATCHED,
    items_of="key_drug",
    least=Least("drug_fen", "key_drug_least_fen", 1),
    not_for="药店；药品总额小的机构",
)
def key_drug_quantity(t: Tables, limits: Limits) -> ibis.Table:
    """Watched drugs are a larger share of the packs of drugs an institution gives in a year than they may be."""
    return _beyond(t, limits, "key_units", "drug_units", "key_drug_quantity_per_mille")
