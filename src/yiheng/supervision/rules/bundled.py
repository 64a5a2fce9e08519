"""Rules about charges known by their names: pairs of the official violation lists, and items charged by the hour."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits

from ..declare import Tables, rule
from ..views import TEN_THOUSAND, in_units

OFFICIAL_LIST = "医保函〔2025〕2号 附件2 定点医疗机构典型问题清单"
ITEM = ("item_code", "item_name")
# A rescue is charged under this word whatever the province.
RESCUE = "抢救"
# An item sold by the hour says so; one that lasts hours, such as a record of 24 hours, has the word elsewhere.
BY_THE_HOUR = ("每小时", "/小时", "（小时", "(小时", "按小时", "小时计")


def _names(t: Tables) -> ibis.Table:
    """The services charged, each name once: names are few and lines are many."""
    return t["fee_line"].filter(_.kind == "service", _.item_name.notnull()).select(*ITEM).distinct()


def _lines_of(t: Tables, items: ibis.Table) -> ibis.Table:
    """All lines of these items, whatever name stands in them."""
    return (
        t["fee_line"]
        .semi_join(items, "item_code")
        .select(
            *ITEM,
            "visit_id",
            "scope_fen",
            line=_.line_id,
            settlement=_.settlement_id,
            charged_on=_.occurred_at.date(),
            units=in_units(_.quantity),
        )
    )


def _sides(t: Tables, names: ibis.Table) -> tuple[ibis.Table, ibis.Table]:
    """The items that trigger a bundle and those that are wrongly charged beside them."""
    words = t["bundled_charge"].select("bundle", "side", "alternative", "word", "words").distinct()
    holds = names.join(words, names.item_name.contains(words.word))
    # An alternative is met when all of its words stand in the name.
    met = holds.group_by(*ITEM, "bundle", "side", "alternative").agg(found=_.count(), words=_.words.min())
    met = met.filter(_.found == _.words).select(*ITEM, "bundle", "side").distinct()
    same = [*ITEM, "bundle"]
    side = {one: met.filter(_.side == one) for one in ("trigger", "trigger_without", "charged", "charged_without")}
    triggers = side["trigger"].anti_join(side["trigger_without"], same).drop("side")
    # One item that names both, such as an operation with its examination, is no second charge.
    charged = side["charged"].anti_join(side["charged_without"], same).anti_join(triggers, same).drop("side")
    return triggers, charged


def _kept_days(t: Tables, items: ibis.Table) -> ibis.Table:
    """One row a visit, item and day on which it was charged and not taken back, then or later in the visit."""
    lines = _lines_of(t, items)
    whole = lines.group_by("visit_id", "item_code").agg(kept=_.units.sum(), kept_fen=_.scope_fen.sum())
    days = lines.group_by("visit_id", *ITEM, "charged_on").agg(
        units=_.units.sum(), scope_fen=_.scope_fen.sum(), line=_.line.min(), settlement=_.settlement.min()
    )
    return days.filter(_.units > 0).join(whole.filter(_.kept > 0), ["visit_id", "item_code"])


def _spared(t: Tables, names: ibis.Table, found: ibis.Table) -> ibis.Table:
    """What is left after the planned courses, emergencies and days of rescue that a bundle spares."""
    rescues = _kept_days(t, names.filter(_.item_name.contains(RESCUE)))
    rescues = rescues.select("visit_id", "charged_on").distinct().mutate(rescued=ibis.literal(True))
    visits = t["visit"].select(
        "visit_id",
        person=_.person_id,
        institution=_.institution_id,
        planned=_.planned_course.fill_null(False),
        urgent=_.emergency.fill_null(False) | (_.kind == "emergency"),
    )
    told = found.join(visits, "visit_id").left_join(rescues, ["visit_id", "charged_on"])
    told = told.drop("visit_id_right", "charged_on_right").mutate(rescued=_.rescued.fill_null(False))
    return told.filter(
        ~(_.planned & _.spares.contains("planned_course")),
        ~(_.urgent & _.spares.contains("emergency")),
        ~(_.rescued & _.spares.contains("rescue")),
    )


@rule(
    zh="典型问题清单重复收费",
    official_code=None,
    weight="suspicion",
    says=Words(
        "就诊 {visit} 已收取“{with_name}”，又收取“{item_name}”{days} 天（{occurred_on} 起），"
        "典型问题清单（{domain}）将此列为{fault_type}",
        "visit {visit} was charged “{with_name}” and beside it “{item_name}” on {days} days from {occurred_on}; the "
        "official list of typical violations names this pair",
    ),
    reads=("visit", "fee_line"),
    codes=("bundled_charge",),
    source=f"{OFFICIAL_LIST}；各条目见代码表 bundled_charge",
    not_for="急诊、抢救当日、计划性疗程；已退费的项目；名称未写明部位的两次检查须核对部位",
)
def bundled_charge(t: Tables, limits: Limits) -> ibis.Table:
    """A service charged beside another that holds it by the official violation lists, known by words of their names."""
    names = _names(t)
    triggers, charged = _sides(t, names)
    items = ibis.union(triggers.select("item_code"), charged.select("item_code"), distinct=True)
    days = _kept_days(t, items)
    first = days.join(triggers, [*ITEM]).select(
        "visit_id", "bundle", trigger_on=_.charged_on, with_item=_.item_code, with_name=_.item_name
    )
    told = t["bundled_charge"].select("bundle", "domain", "fault_type", "scope", "spares").distinct()
    second = days.join(charged, [*ITEM]).join(told, "bundle")
    both = second.join(first, ["visit_id", "bundle"])
    both = both.filter((_.scope == "same_visit") | (_.charged_on == _.trigger_on))
    return _one_each(_spared(t, names, both))


def _one_each(both: ibis.Table) -> ibis.Table:
    """One row an item of a visit, whatever number of triggers it has: the first of them is told."""
    of_item = ("person", "institution", "visit_id", *ITEM)
    days = both.group_by(*of_item, "charged_on").agg(
        scope_fen=_.scope_fen.max(), kept_fen=_.kept_fen.max(), line=_.line.min(), settlement=_.settlement.min()
    )
    found = days.group_by(*of_item).agg(
        occurred_on=_.charged_on.min(),
        days=_.count().cast("int64"),
        line=_.line.min(),
        settlement=_.settlement.min(),
        charged_fen=_.scope_fen.sum(),
        kept_fen=_.kept_fen.max(),
    )
    # What was given back on another day is not at stake.
    found = found.mutate(scope_fen=ibis.least(_.charged_fen, _.kept_fen).cast("int64"))
    turn = ibis.row_number().over(
        group_by=["visit_id", *ITEM], order_by=["bundle", "trigger_on", "with_item", "with_name"]
    )
    told = both.mutate(turn=turn).filter(_.turn == 0)
    told = told.select("visit_id", *ITEM, "bundle", "domain", "fault_type", "with_item", "with_name")
    return found.join(told, ["visit_id", *ITEM]).mutate(visit=_.visit_id).drop("visit_id", "charged_fen", "kept_fen")


@rule(
    zh="按小时收费超过住院时长",
    official_code=None,
    weight="suspicion",
    says=Words(
        "就诊 {visit}（{occurred_on} 至 {ended_on}）收取“{item_name}”共 {had_units} 小时，"
        "{days} 天至多 {most_units} 小时",
        "visit {visit} ({occurred_on} to {ended_on}) was charged “{item_name}” for {had_units} hours; its {days} days "
        "hold at most {most_units}",
    ),
    reads=("visit", "fee_line"),
    source=f"{OFFICIAL_LIST}：血液净化、麻醉、重症医学按小时收费超过实际时长",
    not_for="尚未出院的就诊；已退费的数量；名称未写明按小时收费的项目",
)
def hours_beyond_stay(t: Tables, limits: Limits) -> ibis.Table:
    """More hours of a service charged by the hour than the days of the visit have, less what was taken back."""
    names = _names(t)
    hourly = names.filter(ibis.or_(*(names.item_name.contains(word) for word in BY_THE_HOUR)))
    lines = _lines_of(t, hourly)
    told = hourly.group_by("item_code").agg(item_name=_.item_name.min())
    charged = lines.group_by("visit_id", "item_code").agg(
        had_units=_.units.sum(), scope_fen=_.scope_fen.sum(), line=_.line.max(), settlement=_.settlement.min()
    )
    visits = t["visit"].filter(_.ended_on.notnull())
    visits = visits.select(
        "visit_id", "ended_on", person=_.person_id, institution=_.institution_id, occurred_on=_.began_on
    )
    whole = charged.join(told, "item_code").join(visits, "visit_id")
    whole = whole.mutate(days=(_.ended_on.delta(_.occurred_on, unit="day") + 1).cast("int64"), visit=_.visit_id)
    whole = whole.mutate(most_units=_.days * limits["hours_a_day"].value * TEN_THOUSAND)
    beyond = whole.filter(_.had_units > _.most_units)
    return beyond.mutate(whole_part=_.had_units, over_part=_.had_units - _.most_units).drop("visit_id")
