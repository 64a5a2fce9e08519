"""Rules about long-term care at home: a carer at two places, impossible durations, copied signatures."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits

from ..declare import Tables, rule

CARE_FRAUD = "长期护理保险护理服务机构定点管理办法（试行）；条例第四十条（虚构服务）"


def _found(rows: ibis.Table, *evidence: str) -> ibis.Table:
    """Visits of care as findings: about the row itself, nothing at stake, since care is not settled here."""
    return rows.select(
        "carer",
        "started_at",
        "ended_at",
        *evidence,
        person=_.person_id,
        institution=_.institution_id,
        visit=ibis.null("string"),
        settlement=ibis.null("string"),
        line=ibis.null("string"),
        occurred_on=_.started_at.date(),
        scope_fen=ibis.literal(0, "int64"),
        about=_.care_visit_id,
    ).mutate(started_at=_.started_at.cast("string"), ended_at=_.ended_at.cast("string"))


@rule(
    zh="护理人员两地服务",
    official_code=None,
    weight="suspicion",
    says=Words(
        "护理人员 {carer} 于 {started_at} 开始为参保人 {person} 服务（{about}），此前一次服务尚未结束",
        "carer {carer} began to care for {person} at {started_at} ({about}) before an earlier visit had ended",
    ),
    reads=("care_visit",),
    source=CARE_FRAUD,
    not_for="前一次服务结束时即开始的服务",
)
def carer_at_two_places(t: Tables, limits: Limits) -> ibis.Table:
    """A visit of care that begins before the carer has finished an earlier one."""
    before = ibis.window(group_by="carer", order_by=["started_at", "care_visit_id"], rows=(None, -1))
    visits = t["care_visit"].mutate(busy_until=_.ended_at.max().over(before))
    return _found(visits.filter(_.started_at < _.busy_until))


@rule(
    zh="护理时长异常",
    official_code=None,
    weight="suspicion",
    says=Words(
        "护理人员 {carer} 为参保人 {person} 的服务（{about}）从 {started_at} 到 {ended_at}，时长不在 {least} "
        "分钟至 {most} 小时之间",
        "carer {carer} cared for {person} ({about}) from {started_at} to {ended_at}: not between {least} minutes and "
        "{most} hours",
    ),
    reads=("care_visit",),
    source=CARE_FRAUD,
    not_for="恰为下限或上限的服务",
)
def care_impossible_duration(t: Tables, limits: Limits) -> ibis.Table:
    """A visit of care that is shorter or longer than care at home can be."""
    least, most = limits["care_least_minutes"].value, limits["care_most_hours"].value
    short = _.ended_at < _.started_at + ibis.interval(minutes=least)
    long = _.ended_at > _.started_at + ibis.interval(hours=most)
    found = t["care_visit"].filter(short | long)
    return _found(found).mutate(least=ibis.literal(least), most=ibis.literal(most))


@rule(
    zh="护理签名重复",
    official_code=None,
    weight="suspicion",
    says=Words(
        "参保人 {person} 于 {started_at} 的护理服务（{about}）签名与 {first_signed} 的签名完全相同",
        "the signature of the care of {person} at {started_at} ({about}) is that of {first_signed}",
    ),
    reads=("care_visit",),
    source=CARE_FRAUD,
    not_for="没有签名摘要的服务",
)
def care_signature_copied(t: Tables, limits: Limits) -> ibis.Table:
    """A visit of care with the very signature of an earlier one."""
    same = {"group_by": "signature_hash", "order_by": ["started_at", "care_visit_id"]}
    signed = t["care_visit"].filter(_.signature_hash.notnull())
    signed = signed.mutate(turn=ibis.row_number().over(**same), first_signed=_.care_visit_id.first().over(**same))
    return _found(signed.filter(_.turn > 0), "first_signed")
