"""Rules about visits that a person cannot or should not have made, and what was dispensed at them."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits
from yiheng.records import western

from ..declare import Tables, rule
from ..limited import RULE_BASE
from ..views import in_units
from .views import OF_VISIT, calls_of, limits_of, staked, told_of

FEIGNED = "条例第四十条（虚构医药服务、冒名就医）"
CALLS = ("outpatient", "emergency", "chronic")


@rule(
    zh="死亡后就医",
    official_code=None,
    weight="suspicion",
    says=Words(
        "参保人 {person} 的住院 {last_stay} 于 {died_on} 以死亡离院，之后 {occurred_on} 仍在 {institution} 就诊（"
        "{visit}）",
        "stay {last_stay} of {person} ended in death on {died_on}, yet there is a visit ({visit}) at {institution} on "
        "{occurred_on}",
    ),
    reads=("visit", "settlement"),
    source=FEIGNED,
    not_for="死亡当日的就诊；离院方式填错的住院须先更正",
)
def visit_after_death(t: Tables, limits: Limits) -> ibis.Table:
    """A visit that began after the day on which a stay of the person ended in death."""
    died = t["visit"].filter(_.discharge_way == "died", _.ended_on.notnull())
    died = died.group_by("person_id").agg(died_on=_.ended_on.min(), last_stay=_.visit_id.min())
    visits = t["visit"].join(died, "person_id").filter(_.began_on > _.died_on)
    found = visits.select("died_on", "last_stay", **OF_VISIT)
    return staked(t, found)


@rule(
    zh="挂床住院",
    official_code=None,
    weight="suspicion",
    says=Words(
        "参保人 {person} 在住院 {stay}（{stay_from} 至 {stay_until}）期间，于 {occurred_on} 又在 {institution} "
        "就诊或购药",
        "{person} was at {institution} on {occurred_on}, within the stay {stay} from {stay_from} to {stay_until}",
    ),
    reads=("visit", "settlement"),
    source="条例第三十八条第（一）项（挂床住院）",
    not_for="入院日、出院日；经备案的外出检查、家属代购",
)
def visit_during_stay(t: Tables, limits: Limits) -> ibis.Table:
    """A visit without a bed on a day between admission and discharge; both those days are spared."""
    stays = t["paid_stay"].filter(_.discharged_on.notnull())
    stays = stays.select(in_bed=_.person, stay=_.visit, stay_from=_.admitted_on, stay_until=_.discharged_on)
    calls = calls_of(t)
    within = calls.join(
        stays,
        [
            calls.person == stays.in_bed,
            calls.occurred_on > stays.stay_from,
            calls.occurred_on < stays.stay_until,
        ],
    )
    found = within.group_by("person", "institution", "visit", "occurred_on").agg(
        stay=_.stay.min(), stay_from=_.stay_from.min(), stay_until=_.stay_until.max()
    )
    return staked(t, found)


@rule(
    zh="同日异地就医",
    official_code=None,
    weight="clue",
    says=Words(
        "参保人 {person} 于 {occurred_on} 既在县域内就诊（{other_visit}），又在县外 {institution} 就诊",
        "{person} was seen in the county ({other_visit}) and outside, at {institution}, both on {occurred_on}",
    ),
    reads=("visit", "institution", "settlement"),
    source=FEIGNED,
    not_for="住院；当日转诊到县外须核对转诊单",
)
def far_places_same_day(t: Tables, limits: Limits) -> ibis.Table:
    """Visits without a bed in the county and outside it on one day; the one outside is found."""
    outside = t["institution"].filter(_.kind == "outside").select(institution=_.institution_id)
    calls = calls_of(t).select("person", "institution", "visit", "occurred_on")
    far = calls.semi_join(outside, "institution")
    near = calls.anti_join(outside, "institution").select(who=_.person, seen_on=_.occurred_on, near_visit=_.visit)
    both = far.join(near, [far.person == near.who, far.occurred_on == near.seen_on])
    found = both.group_by("person", "institution", "visit", "occurred_on").agg(other_visit=_.near_visit.min())
    return staked(t, found)


def _too_many(t: Tables, kinds: tuple[str, ...], limit: int) -> ibis.Table:
    """The visits of a person in a calendar month beyond so many; the first of them stands for all."""
    calls = calls_of(t).filter(_.kind.isin(kinds), ~_.planned_course).drop("kind", "doctor", "planned_course")
    calls = calls.mutate(month_from=_.occurred_on.truncate("M"))
    month = ["person", "month_from"]
    many = calls.group_by(month).agg(visits=_.count()).filter(_.visits > limit)
    turn = ibis.row_number().over(group_by=month, order_by=["occurred_on", "visit"])
    beyond = staked(t, calls.join(many, month).mutate(turn=turn).filter(_.turn >= limit))
    first = _.turn == limit
    return beyond.group_by("person", "month_from", "visits").agg(
        scope_fen=_.scope_fen.sum(),
        institution=_.institution.max(where=first),
        visit=_.visit.max(where=first),
        settlement=_.settlement.max(where=first),
        occurred_on=_.occurred_on.max(where=first),
        line=ibis.null("string"),
        limit=ibis.literal(limit),
    )


@rule(
    zh="频繁门诊",
    official_code="GZ10000204002000",
    weight="suspicion",
    says=Words(
        "参保人 {person} 在 {month_from} 起的一个月内门诊 {visits} 次，超过 {limit} 次",
        "{person} had {visits} visits in the month from {month_from}, more than {limit}",
    ),
    reads=("visit", "settlement"),
    source=f"{RULE_BASE} 频繁门诊；次数由各地确定",
    not_for="计划性疗程（透析、放化疗等）；购药",
)
def frequent_visits(t: Tables, limits: Limits) -> ibis.Table:
    """More visits of one person in a calendar month than the limit, planned courses and purchases not counted."""
    return _too_many(t, CALLS, limits["visits_per_month"].value)


@rule(
    zh="频繁购药",
    official_code="GZ10000204003000",
    weight="suspicion",
    says=Words(
        "参保人 {person} 在 {month_from} 起的一个月内购药 {visits} 次，超过 {limit} 次",
        "{person} made {visits} purchases in the month from {month_from}, more than {limit}",
    ),
    reads=("visit", "settlement"),
    source=f"{RULE_BASE} 频繁购药；次数由各地确定",
    not_for="计划性疗程",
)
def frequent_purchases(t: Tables, limits: Limits) -> ibis.Table:
    """More purchases of one person at pharmacies in a calendar month than the limit."""
    return _too_many(t, ("pharmacy",), limits["purchases_per_month"].value)


@rule(
    zh="大额购药",
    official_code=None,
    weight="suspicion",
    says=Words(
        "参保人 {person} 于 {occurred_on} 在 {institution} 一次购药 {total_fen} 元，超过 {limit_fen} 元",
        "{person} bought for {total_fen} yuan at once at {institution} on {occurred_on}, more than {limit_fen}",
    ),
    reads=("visit", "settlement"),
    source="条例第三十八条第（二）项（超量开药）；金额由各地确定",
    not_for="已退费的购药；双通道药品须核对处方",
)
def large_purchase(t: Tables, limits: Limits) -> ibis.Table:
    """One purchase at a pharmacy beyond the limit; what was refunded does not count."""
    limit = limits["purchase_fen"].value
    large = t["settlement"].filter(_.total_fen > limit).select("visit_id").distinct()
    visits = t["visit"].filter(_.kind == "pharmacy").join(large, "visit_id")
    paid = t["settlement"].select("settlement_id", "total_fen", "scope_fen", paid_visit=_.visit_id)
    bought = visits.join(paid, visits.visit_id == paid.paid_visit)
    bought = bought.group_by(**OF_VISIT).agg(
        settlement=_.settlement_id.min(),
        scope_fen=_.scope_fen.sum(),
        total_fen=_.total_fen.sum(),
        line=ibis.null("string"),
    )
    return bought.filter(_.total_fen > limit).mutate(limit_fen=ibis.literal(limit))


@rule(
    zh="无备案慢特病",
    official_code=None,
    weight="suspicion",
    says=Words(
        "参保人 {person} 于 {occurred_on} 在 {institution} 按门诊慢特病就诊（{diagnosis}），当日没有病种 "
        "{disease} 的有效备案",
        "{person} had chronic care ({diagnosis}) at {institution} on {occurred_on} without a registration of {disease}",
    ),
    reads=("visit", "diagnosis", "chronic_registration", "settlement"),
    codes=("code_limit",),
    source="门诊慢特病待遇认定；病种与诊断的对应见 code_limit",
    not_for="对应表中没有的诊断；备案未上传的统筹区",
)
def chronic_without_registration(t: Tables, limits: Limits) -> ibis.Table:
    """Chronic care for a disease that was not registered for the person on that day."""
    main = western(t).filter(_.is_main)
    disease = told_of(main, limits_of(t, "dx", "chronic_disease"))
    many = disease.group_by("code").agg(diseases=_.count())
    asked = calls_of(t).filter(_.kind == "chronic").select("person", "institution", "visit", "occurred_on")
    asked = asked.join(main.select("code", visit=_.visit_id), "visit").join(disease, "code").join(many, "code")
    held = t["chronic_registration"].select("disease_code", "registered_from", "registered_until", holder=_.person_id)
    lacking = asked.anti_join(
        held,
        [
            asked.person == held.holder,
            asked.value == held.disease_code,
            asked.occurred_on >= held.registered_from,
            held.registered_until.isnull() | (asked.occurred_on <= held.registered_until),
        ],
    )
    # One diagnosis may be care for any of several diseases: one registration is enough.
    found = lacking.group_by("person", "institution", "visit", "occurred_on", "diseases", diagnosis=_.code).agg(
        lacks=_.count(), disease=_.value.min()
    )
    return staked(t, found.filter(_.lacks == _.diseases).drop("lacks", "diseases"))


@rule(
    zh="超量囤药",
    official_code=None,
    weight="suspicion",
    says=Words(
        "参保人 {person} 从 {quarter_from} 起的一个季度内，到 {occurred_on} 已取得“{item_name}”{held_days} "
        "天的用量，超过 {limit} 天",
        "{person} had been given {item_name} for {held_days} days by {occurred_on} in the quarter from {quarter_from}, "
        "more than {limit}",
    ),
    reads=("visit", "fee_line"),
    source="条例第四十一条（超量购药、转卖药品）；天数由各地确定",
    not_for="计划性疗程；已退的药品",
)
def hoarded_drug(t: Tables, limits: Limits) -> ibis.Table:
    """More days of one drug for one person in a quarter than the limit; each supply beyond it is found."""
    limit = limits["held_days_per_quarter"].value
    quarter = ["person", "item_code", "quarter_from"]
    visits = t["visit"].filter(~_.planned_course.fill_null(False))
    visits = visits.select("visit_id", person=_.person_id, institution=_.institution_id)
    given = t["fee_line"].filter(_.days_supplied > 0)
    given = given.mutate(
        days=ibis.ifelse(_.quantity > 0, _.days_supplied, -_.days_supplied),
        quarter_from=_.occurred_at.truncate("Q").date(),
    )
    # Few hold too much: the sums read what they need of all lines, the whole lines are read of those few.
    sums = given.join(visits, "visit_id").group_by(quarter).agg(quarter_days=_.days.sum())
    many = sums.filter(_.quarter_days > limit)
    lines = given.join(visits.semi_join(many, "person"), "visit_id").semi_join(many, quarter)
    so_far = ibis.cumulative_window(group_by=quarter, order_by=["occurred_at", "line_id"])
    held = lines.mutate(held_days=_.days.sum().over(so_far))
    return held.filter(_.held_days > limit, _.days > 0).select(
        "person",
        "institution",
        "scope_fen",
        "item_code",
        "quarter_from",
        visit=_.visit_id,
        settlement=_.settlement_id,
        line=_.line_id,
        occurred_on=_.occurred_at.date(),
        held_days=_.held_days.cast("int64"),
        item_name=ibis.coalesce(_.item_name, _.item_code),
        limit=ibis.literal(limit),
    )


@rule(
    zh="药品种类超标",
    official_code="GZ10000202004000",
    weight="suspicion",
    says=Words(
        "参保人 {person} 于 {occurred_on} 在 {institution} 一次就诊开药 {drugs} 种，超过 {limit} 种",
        "{person} was given {drugs} different drugs in one visit at {institution} on {occurred_on}, more than {limit}",
    ),
    reads=("visit", "fee_line", "settlement"),
    source=f"{RULE_BASE} 药品种类超标；处方管理办法第六条：每张处方不得超过 5 种药品",
    not_for="住院；中药饮片；已退的药品",
)
def too_many_drugs(t: Tables, limits: Limits) -> ibis.Table:
    """More different drugs at one visit without a bed than a prescription may hold."""
    limit = limits["drugs_per_visit"].value
    lines = t["fee_line"].filter(_.kind == "drug")
    # Most visits have few lines: drugs are told apart only where lines are many.
    long = lines.group_by("visit_id").agg(lines=_.count()).filter(_.lines > limit)
    long = calls_of(t).join(long.select(visit=_.visit_id), "visit")
    drugs = lines.semi_join(long, lines.visit_id == long.visit)
    drugs = drugs.group_by("item_code", visit=_.visit_id).agg(units=in_units(_.quantity).sum()).filter(_.units > 0)
    drugs = drugs.group_by("visit").agg(drugs=_.count()).filter(_.drugs > limit)
    found = long.join(drugs, "visit").select("person", "institution", "visit", "occurred_on", "drugs")
    return staked(t, found).mutate(limit=ibis.literal(limit))
