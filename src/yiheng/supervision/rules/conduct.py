"""Rules about doctors and wards: who may treat where, stays that needed no bed, stays handed on."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits

from ..declare import Tables, rule
from ..limited import RULE_BASE
from .views import OF_VISIT, calls_of, limits_of, staked

# The nearer to the village, the more likely a doctor is a guest there.
DISTANCE = {"outside": "0", "hospital": "0", "township": "1", "village": "2", "pharmacy": "2"}


@rule(
    zh="暂停资格医师接诊",
    official_code=None,
    weight="suspicion",
    says=Words(
        "医师 {doctor} 的医保支付资格暂停至 {suspended_until}，仍于 {occurred_on} 在 {institution} 接诊参保人 {person}",
        "doctor {doctor}, suspended until {suspended_until}, treated {person} at {institution} on {occurred_on}",
    ),
    reads=("visit", "doctor", "settlement"),
    source="医保支付资格管理办法（医保发〔2024〕23 号）：暂停期间不予结算",
    not_for="暂停开始之前的就诊（起日未记录，须核对）；急救",
)
def suspended_doctor(t: Tables, limits: Limits) -> ibis.Table:
    """A visit under a doctor whose payment eligibility was suspended until that day or longer."""
    suspended = t["doctor"].filter(_.suspended_until.notnull()).select("institution_id", "doctor", "suspended_until")
    visits = t["visit"].join(suspended, ["institution_id", "doctor"]).filter(_.began_on <= _.suspended_until)
    found = visits.select("doctor", "suspended_until", **OF_VISIT)
    return staked(t, found)


@rule(
    zh="医师同日两地",
    official_code=None,
    weight="suspicion",
    says=Words(
        "医师 {doctor} 于 {occurred_on} 在 {home} 接诊，同日又在 {institution} 接诊参保人 {person}",
        "doctor {doctor} treated {person} at {institution} on {occurred_on} and worked at {home} on the same day",
    ),
    reads=("visit", "institution", "settlement"),
    source="条例第四十条（虚构医药服务）；医师多机构执业须备案",
    not_for="住院查房；已备案的多机构执业、巡回医疗",
)
def doctor_at_two_places(t: Tables, limits: Limits) -> ibis.Table:
    """Visits without a bed under one doctor at two institutions on one day; those nearer to the village are found."""
    places = t["institution"].select(
        institution=_.institution_id, where=_.kind.cases(*DISTANCE.items()) + _.institution_id
    )
    days = calls_of(t).filter(_.doctor.notnull()).group_by("doctor", "occurred_on", "institution").agg(visits=_.count())
    two = days.group_by("doctor", "occurred_on").agg(places=_.count()).filter(_.places > 1)
    days = days.join(two, ["doctor", "occurred_on"]).join(places, "institution")
    here = ibis.row_number().over(group_by=["doctor", "occurred_on"], order_by="where")
    homes = days.mutate(turn=here).filter(_.turn == 0)
    homes = homes.select("doctor", "occurred_on", home=_.institution)
    found = calls_of(t).join(homes, ["doctor", "occurred_on"]).filter(_.institution != _.home)
    return staked(t, found.select("person", "institution", "visit", "occurred_on", "doctor", "home"))


@rule(
    zh="无指征住院（低标准入院）",
    official_code="GZ10000204005000",
    weight="suspicion",
    says=Words(
        "参保人 {person} 于 {occurred_on} 住入 {institution}，至 {discharged_on} 出院，"
        "费用只有床位、护理、诊查等常规项目",
        "{person} lay at {institution} from {occurred_on} to {discharged_on} and was charged nothing but routine "
        "ward care",
    ),
    reads=("visit", "fee_line", "settlement"),
    codes=("code_limit",),
    source=f"{RULE_BASE} 无指征住院（低标准入院）；条例第三十八条第（一）项",
    items_of="routine",
    not_for="没有费用明细的住院；尚未出院的住院",
)
def low_standard_stay(t: Tables, limits: Limits) -> ibis.Table:
    """A stay in which nothing was charged but bed, nursing and rounds."""
    routine = limits_of(t, "item", "routine").select(item_code=_.code_prefix)
    charged = t["fee_line"].filter(_.quantity > 0)
    beyond = charged.anti_join(routine, "item_code").select(visit=_.visit_id)
    stays = t["paid_stay"].filter(_.discharged_on.notnull())
    plain = stays.anti_join(beyond, "visit").semi_join(charged.select(visit=_.visit_id), "visit")
    return plain.select(
        "person",
        "institution",
        "visit",
        "settlement",
        "scope_fen",
        "discharged_on",
        occurred_on=_.admitted_on,
        line=ibis.null("string"),
    )


@rule(
    zh="当日转住他院",
    official_code=None,
    weight="suspicion",
    says=Words(
        "参保人 {person} 于 {occurred_on} 从 {left_institution} 医嘱离院（{earlier_visit}），当日又住入 {institution}",
        "{person} was sent home by {left_institution} ({earlier_visit}) and admitted to {institution}, both on "
        "{occurred_on}",
    ),
    reads=("visit", "settlement"),
    source="条例第三十八条第（一）项（分解住院）；住院未愈出院",
    not_for="医嘱转院、急诊入院、计划性疗程",
)
def readmitted_elsewhere(t: Tables, limits: Limits) -> ibis.Table:
    """Discharged home and admitted to another hospital on the same day, unplanned and no emergency."""
    stays = t["paid_stay"]
    left = stays.filter(_.discharge_way == "home").select(
        who=_.person, left_on=_.discharged_on, left_institution=_.institution, left_visit=_.visit
    )
    came = stays.filter(~_.planned_course.fill_null(False), ~_.emergency.fill_null(False))
    both = came.join(left, [came.person == left.who, came.admitted_on == left.left_on])
    both = both.filter(_.institution != _.left_institution)
    return both.group_by(
        "person", "institution", "visit", "settlement", "scope_fen", occurred_on=_.admitted_on, line=ibis.null("string")
    ).agg(earlier_visit=_.left_visit.min(), left_institution=_.left_institution.min())
