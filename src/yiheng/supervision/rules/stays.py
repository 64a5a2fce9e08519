"""Rules about stays in hospital: one illness as several stays, too many stays, stays that overlap."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits
from yiheng.records import OPEN_END, TRANSFERRED

from ..declare import Doubt, Tables, rule
from ..limited import RULE_BASE
from ..views import one_text
from .views import limits_of, newborns_with_mother, stays_of, told_of


@rule(
    zh="分解住院",
    official_code="GZ10000204001000",
    weight="suspicion",
    says=Words(
        "参保人 {person} 于 {left_on} 从 {institution} 出院，{gap_days} 天后以同一疾病（{illness}）再次住入该院",
        "{person} left {institution} on {left_on} and was back {gap_days} days later for the same illness ({illness})",
    ),
    reads=("visit", "diagnosis", "settlement"),
    source=f"{RULE_BASE} 分解住院；条例第三十八条第（一）项",
    not_for="计划性疗程（化疗、透析等）和急诊入院；前次以转院离院的；"
    "当日从其他医院转来的（其离院方式为转院或未填）；前次登记为死亡的，另由死亡后就诊规则处理",
)
def split_stay(t: Tables, limits: Limits) -> ibis.Table:
    """Back in the same hospital for the same illness within the limit, unplanned, no emergency and no transfer.

    Neither a stay that ended in a transfer, nor one that came by one, nor one that ended in death.
    """
    same = {"group_by": ["person", "institution", "illness"], "order_by": ["admitted_on", "discharged_on", "visit"]}
    stays = stays_of(t, limits).filter(_.illness.notnull())
    stays = stays.mutate(
        left_on=_.discharged_on.lag().over(**same),
        left_by=_.discharge_way.lag().over(**same),
        earlier_visit=_.visit.lag().over(**same),
    )
    stays = stays.mutate(gap_days=_.admitted_on.delta(_.left_on, unit="day"))
    return stays.filter(
        _.gap_days.between(0, limits["split_stay_days"].value),
        ~_.planned_course.fill_null(False),
        ~_.emergency.fill_null(False),
        ~_.handed_over,
        ~_.left_by.isin([*TRANSFERRED, "died"]).fill_null(False),
    ).select(
        "person",
        "institution",
        "visit",
        "settlement",
        "scope_fen",
        "illness",
        "earlier_visit",
        "left_on",
        "gap_days",
        line=ibis.null("string"),
        occurred_on=_.admitted_on,
    )


@rule(
    zh="频繁住院",
    official_code="GZ10000204004000",
    weight="suspicion",
    says=Words(
        "参保人 {person} 在 {year} 年住院 {stays} 次，超过 {limit} 次",
        "{person} was admitted {stays} times in {year}, more than {limit}",
    ),
    reads=("visit", "diagnosis", "settlement"),
    source=f"{RULE_BASE} 频繁住院；次数见来源 D",
    not_for="计划性疗程（化疗、透析等）；当日转院（离院方式为转院或未填，与转出的住院合计一次）",
)
def frequent_stays(t: Tables, limits: Limits) -> ibis.Table:
    """More stays of one person in a calendar year than the limit; planned courses and transfers are not counted."""
    limit = limits["admissions_per_year"].value
    by_date = ["admitted_on", "discharged_on", "visit"]
    stays = (
        stays_of(t, limits).filter(~_.planned_course.fill_null(False), ~_.handed_over).mutate(year=_.admitted_on.year())
    )
    stays = stays.mutate(before=ibis.row_number().over(group_by=["person", "year"], order_by=by_date))
    first = _.before == limit
    beyond = (
        stays.filter(_.before >= limit)
        .group_by("person", "year")
        .agg(
            more=_.count(),
            visits_staked=one_text(_.visit),
            scope_fen=_.scope_fen.sum(),
            visit=_.visit.max(where=first),
            institution=_.institution.max(where=first),
            settlement=_.settlement.max(where=first),
            occurred_on=_.admitted_on.max(where=first),
        )
    )
    return beyond.select(
        "person",
        "institution",
        "visit",
        "settlement",
        "scope_fen",
        "occurred_on",
        "year",
        "visits_staked",
        line=ibis.null("string"),
        stays=_.more + limit,
        limit=ibis.literal(limit),
    )


@rule(
    zh="住院时间重叠",
    official_code=None,
    weight="breach",
    says=Words(
        "参保人 {person} 于 {occurred_on} 住入 {institution} 时，"
        "{other_from} 开始的另一次住院（{other_visit}）尚未结束",
        "{person} was admitted to {institution} on {occurred_on} while another stay ({other_visit}), begun on "
        "{other_from}, had not ended",
    ),
    reads=("visit", "diagnosis", "settlement"),
    source="条例第三十八条第（一）项（挂床住院）、第四十条（虚构医药服务）",
    not_for="出院当日即入院的（含当日转院）不算重叠；新生儿随母住院；另一次住院未见出院日期的只作疑点核实",
    doubt=Doubt(
        "other_until",
        "suspicion",
        Words(
            "参保人 {person} 于 {occurred_on} 住入 {institution} 时，"
            "{other_from} 开始的另一次住院（{other_visit}）未见出院日期，是否重叠须核实",
            "{person} was admitted to {institution} on {occurred_on} while another stay ({other_visit}), begun on "
            "{other_from}, has no discharge date: whether they overlap is to be checked",
        ),
    ),
)
def overlapping_stays(t: Tables, limits: Limits) -> ibis.Table:
    """Admitted while an earlier stay of the same person had not ended; a transfer on the same day is no overlap.

    An earlier stay without a discharge date is told only where none that ended overlaps, and as a suspicion.
    """
    order = ["admitted_on", "until", "visit"]
    # Among the stays that began before, the one that ended last; one without an end where none of them overlaps.
    before = ibis.window(group_by="person", order_by=order, rows=(None, -1))
    stays = stays_of(t, limits).mutate(until=ibis.coalesce(_.discharged_on, OPEN_END))
    late = stays.mutate(ended=_.discharged_on.max().over(before), any_end=_.until.max().over(before))
    certain = (late.admitted_on < late.ended).fill_null(False)
    late = late.mutate(last=ibis.ifelse(certain, late.ended, late.any_end)).filter(_.admitted_on < _.last)
    late = late.anti_join(newborns_with_mother(t), "visit")
    others = stays.select(
        "until", o_person=_.person, o_from=_.admitted_on, o_visit=_.visit, o_until=_.discharged_on
    ).rename(o_last="until")
    named = late.join(
        others,
        [
            late.person == others.o_person,
            late.last == others.o_last,
            late.admitted_on >= others.o_from,
            late.visit != others.o_visit,
        ],
    )
    return (
        named.group_by("person", "institution", "visit", "settlement", "scope_fen", occurred_on=_.admitted_on)
        .agg(other_visit=_.o_visit.min(), other_from=_.o_from.min(), other_until=_.o_until.min())
        .mutate(line=ibis.null("string"))
    )


def _of_listed_illness(t: Tables, measure: str) -> ibis.Table:
    """Ended stays whose main diagnosis the list tells a number of days of: its least, where several fit."""
    stays = t["paid_stay"].filter(_.discharged_on.notnull(), _.diagnosis.notnull()).mutate(code=_.diagnosis)
    told = told_of(stays, limits_of(t, "dx", measure))
    told = told.group_by("code").agg(most_days=_.value.cast("int64").min())
    stays = stays.join(told, "code").filter(~_.planned_course.fill_null(False))
    return stays.mutate(stay_days=_.discharged_on.delta(_.admitted_on, unit="day").cast("int64"))


@rule(
    zh="住院天数超病种上限",
    official_code=None,
    weight="clue",
    says=Words(
        "参保人 {person} 因 {diagnosis} 在 {institution} 住院 {stay_days} 天（{visit}），超过该病种的 {most_days} 天",
        "{person} was in {institution} for {diagnosis}, {stay_days} day(s) ({visit}), more than the {most_days} of "
        "that illness",
    ),
    reads=("visit", "diagnosis", "settlement"),
    codes=("code_limit",),
    source="医保基金使用的效率提升策略（来源 D）：过度诊疗识别模型，阑尾炎住院超过 10 天",
    not_for="计划性疗程；有并发症而延长的住院，须看病历",
)
def stay_beyond_illness_days(t: Tables, limits: Limits) -> ibis.Table:
    """A stay that lasted longer than its illness needs by the list; the days beyond are at stake."""
    stays = _of_listed_illness(t, "most_days").filter(_.stay_days > _.most_days)
    return stays.select(
        "person",
        "institution",
        "visit",
        "settlement",
        "scope_fen",
        "diagnosis",
        "stay_days",
        "most_days",
        line=ibis.null("string"),
        occurred_on=_.admitted_on,
        whole_part=_.stay_days,
        over_part=_.stay_days - _.most_days,
    )


@rule(
    zh="门诊转住院",
    official_code=None,
    weight="suspicion",
    says=Words(
        "参保人 {person} 因 {diagnosis} 在 {institution} 住院 {stay_days} 天（{visit}），没有手术，该病种可在门诊诊治",
        "{person} was in {institution} for {diagnosis}, {stay_days} day(s) ({visit}), without an operation; it is "
        "treated without a bed",
    ),
    reads=("visit", "diagnosis", "operation", "settlement"),
    codes=("code_limit",),
    source="紧密型县域医共体“打包”付费监管（来源 A）：门诊转住院",
    not_for="急诊入院；有手术操作的住院；住院中死亡、转院的；计划性疗程",
)
def bed_for_outpatient(t: Tables, limits: Limits) -> ibis.Table:
    """A short stay without operation, and no emergency, for an illness that is treated without a bed."""
    stays = _of_listed_illness(t, "most_days_without_bed")
    operated = t["operation"].select(visit=_.visit_id)
    short = stays.filter(
        _.stay_days <= _.most_days, ~_.emergency.fill_null(False), _.discharge_way.fill_null("home") == "home"
    )
    return short.anti_join(operated, "visit").select(
        "person",
        "institution",
        "visit",
        "settlement",
        "scope_fen",
        "diagnosis",
        "stay_days",
        line=ibis.null("string"),
        occurred_on=_.admitted_on,
    )
