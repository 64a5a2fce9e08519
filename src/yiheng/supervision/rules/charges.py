"""Rules about what was charged: twice, too often, to the wrong sex, outside the stay."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits

from ..declare import Tables, rule
from .stays import RULE_BASE
from .views import TEN_THOUSAND, lines_of, watched_items


@rule(
    zh="医疗服务项目重复收费",
    official_code="GZ10000102012000",
    weight="breach",
    says=Words(
        "就诊 {visit} 于 {occurred_on} 同时收取“{pair_name}”两个项目，后者已包含在前者之内",
        "visit {visit} was charged both items of “{pair_name}” on {occurred_on}; the first contains the second",
    ),
    reads=("visit", "fee_line"),
    codes=("knowledge_point",),
    source=f"{RULE_BASE} 医疗服务项目重复收费；国家公布的知识点",
    not_for="当日已退费的项目",
    stages=("during", "after"),
)
def duplicate_charge(t: Tables, limits: Limits) -> ibis.Table:
    """Two items of which one contains the other, both charged in one visit on one day and not taken back."""
    points = watched_items(t, "医疗服务项目重复收费")
    first = points.filter(_.position == 1).select("point_id", pair_name=_.item_name, containing=_.item_code)
    second = points.filter(_.position == 2).select("point_id", contained=_.item_code)
    pairs = first.join(second, "point_id").distinct()
    codes = ibis.union(pairs.select(item_code=_.containing), pairs.select(item_code=_.contained), distinct=True)
    day = (
        lines_of(t, codes)
        .group_by("visit", "person", "institution", "charged_on", "item_code")
        .agg(units=_.units.sum(), scope_fen=_.scope_fen.sum(), line=_.line_id.min(), settlement=_.settlement_id.min())
        .filter(_.units > 0)
    )
    containing = day.select("visit", "charged_on", containing=_.item_code)
    both = day.join(pairs, day.item_code == pairs.contained).join(containing, ["visit", "charged_on", "containing"])
    return both.select(
        "person",
        "institution",
        "visit",
        "settlement",
        "line",
        "scope_fen",
        "point_id",
        "pair_name",
        "containing",
        "contained",
        occurred_on=_.charged_on,
    )


@rule(
    zh="药品区分性别使用",
    official_code="GZ10000301004000",
    weight="suspicion",
    says=Words(
        "“{item_name}”限{limited_to_zh}使用，就诊 {visit} 的参保人 {person} 为{person_is_zh}",
        "“{item_name}” is limited to {limited_to} persons; {person} of visit {visit} is {person_is}",
    ),
    reads=("visit", "person", "fee_line"),
    codes=("knowledge_point",),
    source=f"{RULE_BASE} 药品区分性别使用；国家公布的知识点",
    not_for="性别不清、两性畸形、染色体异常、性发育异常人群",
    stages=("during", "after"),
)
def drug_for_other_sex(t: Tables, limits: Limits) -> ibis.Table:
    """A drug limited to one sex, charged to a person of the other and not taken back; unknown sex is spared."""
    points = watched_items(t, "药品区分性别使用").filter(_.sex.notnull())
    items = points.group_by("item_code").agg(watched_name=_.item_name.min(), limited_to=_.sex.min())
    who = t["person"].filter(_.sex != "unknown").select(person=_.person_id, person_is=_.sex)
    lines = lines_of(t, items).join(who, "person").filter(_.person_is != _.limited_to)
    zh = {"male": "男性", "female": "女性"}
    return (
        lines.group_by("person", "institution", "visit", "item_code", "watched_name", "limited_to", "person_is")
        .agg(
            units=_.units.sum(),
            scope_fen=_.scope_fen.sum(),
            line=_.line_id.min(),
            settlement=_.settlement_id.min(),
            occurred_on=_.charged_on.min(),
        )
        .filter(_.units > 0)
        .select(
            "person",
            "institution",
            "visit",
            "settlement",
            "line",
            "occurred_on",
            "scope_fen",
            "item_code",
            "limited_to",
            "person_is",
            item_name=_.watched_name,
            limited_to_zh=_.limited_to.cases(*zh.items()),
            person_is_zh=_.person_is.cases(*zh.items()),
        )
    )


@rule(
    zh="医疗服务项目限定频次",
    official_code="GZ10000102014000",
    weight="suspicion",
    says=Words(
        "就诊 {visit} 共 {visit_days} 天，“{item_name}”收取 {charged} 次，超过上限 {most} 次",
        "visit {visit} lasted {visit_days} days and was charged “{item_name}” {charged} times, more than {most}",
    ),
    reads=("visit", "fee_line"),
    codes=("knowledge_point",),
    source=f"{RULE_BASE} 医疗服务项目限定频次；国家公布的知识点（计价单位为日、天、小时的项目）",
    not_for="尚未出院的就诊：天数未定",
    stages=("during", "after"),
)
def over_frequency(t: Tables, limits: Limits) -> ibis.Table:
    """More of an item than the days of the visit can hold; several days charged on one day are no fault."""
    points = watched_items(t, "医疗服务项目限定频次").filter(_.most_per_day.notnull())
    items = points.group_by("item_code").agg(watched_name=_.item_name.min(), most_per_day=_.most_per_day.min())
    lines = lines_of(t, items).filter(_.ended_on.notnull())
    charged = lines.group_by(
        "person", "institution", "visit", "began_on", "ended_on", "item_code", "watched_name", "most_per_day"
    ).agg(
        charged=_.quantity.sum(),
        charged_quantity=_.units.sum(),
        scope_fen=_.scope_fen.sum(),
        line=_.line_id.max(),
        settlement=_.settlement_id.min(),
        occurred_on=_.charged_on.max(),
    )
    charged = charged.mutate(visit_days=(_.ended_on.delta(_.began_on, unit="day") + 1).cast("int64"))
    charged = charged.mutate(most=_.visit_days * _.most_per_day)
    return (
        charged.mutate(over_quantity=_.charged_quantity - _.most * TEN_THOUSAND)
        .filter(_.over_quantity > 0)
        .select(
            "person",
            "institution",
            "visit",
            "settlement",
            "line",
            "occurred_on",
            "scope_fen",
            "item_code",
            "visit_days",
            "most",
            "charged_quantity",
            "over_quantity",
            "charged",
            item_name=_.watched_name,
        )
    )


@rule(
    zh="计费日期与住院时间不符",
    official_code="GZ10000201008000",
    weight="suspicion",
    says=Words(
        "住院 {visit} 为 {admitted_on} 至 {discharged_on}，明细 {line}“{item_name}”却记于 {occurred_on}",
        "stay {visit} ran from {admitted_on} to {discharged_on}, but line {line} “{item_name}” is dated {occurred_on}",
    ),
    reads=("visit", "fee_line"),
    source=f"{RULE_BASE} 计费日期与住院时间不符",
    not_for="退费明细；尚未出院的就诊",
    stages=("during", "after"),
)
def charged_outside_stay(t: Tables, limits: Limits) -> ibis.Table:
    """A line of a stay dated before admission or after discharge; lines that give money back are spared."""
    stays = (
        t["visit"]
        .filter(_.kind == "inpatient", _.ended_on.notnull())
        .select(
            "visit_id",
            admitted_on=_.began_on,
            discharged_on=_.ended_on,
            person=_.person_id,
            institution=_.institution_id,
        )
    )
    lines = t["fee_line"].filter(_.quantity > 0).join(stays, "visit_id").mutate(occurred_on=_.occurred_at.date())
    outside = lines.filter((_.occurred_on < _.admitted_on) | (_.occurred_on > _.discharged_on))
    return outside.select(
        "person",
        "institution",
        "occurred_on",
        "scope_fen",
        "item_code",
        "admitted_on",
        "discharged_on",
        visit=_.visit_id,
        settlement=_.settlement_id,
        line=_.line_id,
        item_name=ibis.coalesce(_.item_name, _.item_code),
    )
