"""Rules about an institution in a year: few services, costs shifted out of the stay, patients who are dissatisfied."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.policy import Limits
from yiheng.records import western

from ..declare import Tables, rule
from ..few import Least
from ..like import CELL, of_whom
from .underservice import FEW, JUDGED, PACKAGE, READS, far_worse, flag, like_stays, share_says
from .views import limits_of


@rule(
    zh="住院服务偏少",
    official_code=None,
    weight="clue",
    says=share_says("住院服务项目偏少", "stays had few services"),
    reads=(*READS, "fee_line"),
    codes=("code_limit",),
    source=PACKAGE,
    least=Least("stays", "withheld_least_cases"),
    items_of="routine",
    not_for=f"没有费用明细的住院；计划性疗程；{FEW}",
)
def few_services(t: Tables, limits: Limits) -> ibis.Table:
    """Far more stays have less than half of the services, ward care not counted, that like people get elsewhere."""
    routine = limits_of(t, "item", "routine").select(item_code=_.code_prefix)
    lines = t["fee_line"].filter(_.quantity > 0)
    services = lines.filter(_.kind == "service").anti_join(routine, "item_code")
    services = services.group_by(visit=_.visit_id).agg(services=_.item_code.nunique())
    stays = like_stays(t, limits).filter(_.peer.isin(JUDGED), ~_.planned)
    # A stay without any line is unknown; one with drugs alone has no services.
    stays = stays.semi_join(lines.select(visit=_.visit_id), "visit").left_join(services, "visit").drop("visit_right")
    stays = stays.mutate(services=_.services.fill_null(0).cast("int64"))
    cell = ["peer", "year", *CELL]
    own = stays.group_by("institution", *cell).agg(own=_.count(), own_services=_.services.sum())
    pool = own.group_by(cell).agg(pool=_.own.sum(), pool_services=_.own_services.sum())
    others = own.join(pool, cell).mutate(others=_.pool - _.own, theirs=_.pool_services - _.own_services)
    others = others.select("institution", *cell, "others", "theirs")
    cases = stays.join(others, ["institution", *cell])
    few = _.services * _.others * limits["per_mille"].value < _.theirs * limits["few_services_per_mille"].value
    return far_worse(cases.mutate(hit=flag(few)), limits)


@rule(
    zh="住院前后转嫁",
    official_code=None,
    weight="clue",
    says=share_says("住院前后几天内另有门诊或购药", "stays had a visit or purchase just before or after"),
    reads=READS,
    source=PACKAGE,
    least=Least("stays", "withheld_least_cases"),
    not_for=f"计划性疗程；急诊；{FEW}",
)
def shifted_around_stay(t: Tables, limits: Limits) -> ibis.Table:
    """Just before or after far more stays than of like people something was seen without a bed or bought."""
    stays = like_stays(t, limits).filter(_.peer.isin(JUDGED), ~_.planned, _.ended_on.notnull())
    around = ibis.interval(days=limits["around_stay_days"].value)
    stays = stays.mutate(since=_.began_on - around, until=_.ended_on + around)
    # An emergency leads to a bed without anybody's plan.
    calls = t["visit"].filter(_.kind.isin(["outpatient", "chronic", "pharmacy"]), ~_.planned_course.fill_null(False))
    calls = calls.select(who=_.person_id, seen_on=_.began_on)
    beside = stays.join(calls, [stays.person == calls.who, calls.seen_on >= stays.since, calls.seen_on <= stays.until])
    beside = beside.filter((_.seen_on < _.began_on) | (_.seen_on > _.ended_on))
    beside = beside.select("visit").distinct().mutate(beside=ibis.literal(1))
    cases = stays.left_join(beside, "visit").drop("visit_right").mutate(hit=_.beside.fill_null(0))
    return far_worse(cases, limits)


@rule(
    zh="满意度偏低",
    official_code=None,
    weight="clue",
    says=share_says("就诊评分偏低", "of those asked were dissatisfied"),
    reads=("visit", "diagnosis", "institution", "person", "chronic_registration", "survey"),
    source=PACKAGE,
    least=Least("answers", "withheld_least_cases"),
    not_for=f"问卷由机构自行发放的；{FEW}",
)
def dissatisfied_patients(t: Tables, limits: Limits) -> ibis.Table:
    """Far more of those asked about a visit are dissatisfied than like people are at its peers."""
    answers = t["survey"].group_by("visit_id").agg(points=_.score.sum(), questions=_.score.count())
    main = western(t).filter(_.is_main).group_by("visit_id").agg(code=_.code.min())
    kinds = t["institution"].select("institution_id", peer=_.kind)
    asked = answers.join(t["visit"], "visit_id").join(main, "visit_id").join(kinds, "institution_id")
    asked = asked.filter(_.peer.isin(JUDGED), _.questions > 0).select(
        "peer",
        "points",
        "questions",
        person=_.person_id,
        institution=_.institution_id,
        occurred_on=_.began_on,
        # The same illness in bed and without one is felt differently.
        illness=ibis.ifelse(_.kind == "inpatient", "+", "-") + _.code.left(1),
    )
    low = _.points < _.questions * limits["dissatisfied_below"].value
    return far_worse(of_whom(t, asked, limits).mutate(hit=flag(low)), limits)
