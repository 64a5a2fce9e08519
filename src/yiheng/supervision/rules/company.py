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
    least = limits["together_days"].value
    here = ["person", "institution", "year"]
    calls = calls_of(t).filter(~_.planned_course).mutate(year=_.occurred_on.year().cast("int64"))
    calls = calls.select(*here, "visit", "occurred_on")
    days = calls.select(*here, "occurred_on").distinct()
    # Whoever comes less often meets nobody so often; this keeps the pairs few at a large place.
    many = days.group_by(here).agg(own_days=_.count()).filter(_.own_days >= least)
    days = days.join(many, here)
    others = days.select("institution", "occurred_on", other=_.person, other_days=_.own_days)
    met = days.join(others, ["institution", "occurred_on"]).filter(_.person != _.other)
    pairs = met.group_by(*here, "other").agg(days=_.count(), fewest=ibis.least(_.own_days.min(), _.other_days.min()))
    share = limits["together_per_mille"].value
    whole = limits["per_mille"].value
    often = pairs.filter(_.days >= least, _.days * whole >= _.fewest * share).drop("days", "fewest")
    band = often.group_by(here).agg(others=_.count()).filter(_.others >= limits["together_others"].value)
    shared = met.semi_join(often.semi_join(band, here), [*here, "other"]).select(*here, "occurred_on").distinct()
    found = calls.join(shared, [*here, "occurred_on"]).join(band, here)
    beyond = staked(t, found)
    return beyond.group_by(*here, "others").agg(
        visit=_.visit.min(),
        settlement=_.settlement.min(),
        scope_fen=_.scope_fen.sum(),
        occurred_on=_.occurred_on.min(),
        line=ibis.null("string"),
    )
