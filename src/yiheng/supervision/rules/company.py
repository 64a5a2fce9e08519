"""Rules about people in company: admitted and discharged together, at one place together again and again."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits

from ..declare import Tables, rule
from .views import calls_of, staked, stays_of


@rule(
    zh="集体住院",
    official_code=None,
    weight="suspicion",
    says=Words(
        "{institution} 于 {occurred_on} 收住 {together} 人，同于 {discharged_on} 出院，疾病均为 {illness}；"
        "其中有参保人 {person}",
        "{institution} admitted {together} people on {occurred_on} and discharged them on {discharged_on}, all with "
        "{illness}; {person} is one of them",
    ),
    reads=("visit", "diagnosis", "settlement"),
    source="条例第四十条（诱导住院、虚假住院）；人数由各地确定",
    not_for="突发公共卫生事件；计划性疗程",
)
def collective_stays(t: Tables, limits: Limits) -> ibis.Table:
    """As many stays as the limit at one place with the same days and illness; a planned course is spared."""
    alike = ["institution", "admitted_on", "discharged_on", "illness"]
    stays = stays_of(t, limits).filter(
        _.discharged_on.notnull(), _.illness.notnull(), ~_.planned_course.fill_null(False)
    )
    groups = stays.group_by(alike).agg(together=_.person.nunique())
    groups = groups.filter(_.together >= limits["together_stays"].value)
    return stays.join(groups, alike).select(
        "person",
        "institution",
        "visit",
        "settlement",
        "scope_fen",
        "discharged_on",
        "illness",
        "together",
        line=ibis.null("string"),
        occurred_on=_.admitted_on,
    )


@rule(
    zh="结伴就医",
    official_code=None,
    weight="clue",
    says=Words(
        "参保人 {person} 在 {year} 年与另外 {others} 人一再同日到 {institution} 就诊，自 {occurred_on} 起",
        "{person} was at {institution} on the same days as {others} others again and again in {year}, from "
        "{occurred_on} on",
    ),
    reads=("visit", "settlement"),
    source="条例第四十条（诱导、协助他人冒名或者虚假就医）；天数、人数由各地确定",
    not_for="家庭；计划性疗程（同班透析者必然相遇）",
)
def together_again(t: Tables, limits: Limits) -> ibis.Table:
    """On many of the same days of a year at one place as several others, planned courses not counted."""
    here = ["person", "institution", "year"]
    calls = calls_of(t).filter(~_.planned_course).mutate(year=_.occurred_on.year().cast("int64"))
    calls = calls.select(*here, "visit", "occurred_on")
    days = _days_of_frequent(calls, here, limits)
    # Of a band the days count on which a member met another of it.
    members = days.join(_bands(days, limits), "who")
    theirs = days.select("occurred_on", other=_.who)
    shared = members.semi_join(theirs, ["occurred_on", "other"]).select(*here, "occurred_on", "others").distinct()
    beyond = staked(t, calls.join(shared, [*here, "occurred_on"]))
    return beyond.group_by(*here, "others").agg(
        visit=_.visit.min(),
        settlement=_.settlement.min(),
        scope_fen=_.scope_fen.sum(),
        occurred_on=_.occurred_on.min(),
        line=ibis.null("string"),
    )


def _days_of_frequent(calls: ibis.Table, here: list[str], limits: Limits) -> ibis.Table:
    """Days at a place of whoever comes often enough to meet anybody so often; this keeps the pairs few."""
    own = ibis.window(group_by=here)
    days = calls.select(*here, "occurred_on").distinct().mutate(own_days=_.person.count().over(own))
    days = days.filter(_.own_days >= limits["together_days"].value)
    # Pairs are many and names are long: a person at a place in a year is one number.
    return days.mutate(who=ibis.dense_rank().over(order_by=here))


def _bands(days: ibis.Table, limits: Limits) -> ibis.Table:
    """Who belongs together with so many others that it is no family: one row for each of the others."""
    least, share, whole = (limits[name].value for name in ("together_days", "together_per_mille", "per_mille"))
    others = days.select("institution", "occurred_on", other=_.who)
    met = days.join(others, ["institution", "occurred_on"]).filter(_.who < _.other)
    pairs = met.group_by("who", "other").agg(days=_.count()).filter(_.days >= least)
    own = days.select("who", "own_days").distinct()
    pairs = pairs.join(own, "who").join(own.select(other=_.who, other_days=_.own_days), "other")
    often = pairs.filter(_.days * whole >= ibis.least(_.own_days, _.other_days) * share).select("who", "other")
    both = ibis.union(often, often.select(who=_.other, other=_.who))
    counted = both.mutate(others=_.other.count().over(ibis.window(group_by="who")))
    return counted.filter(_.others >= limits["together_others"].value)
