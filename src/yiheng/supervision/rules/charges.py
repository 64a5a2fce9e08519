"""Rules about what was charged whatever the item: lines outside the stay."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits

from ..declare import Tables, rule
from ..limited import RULE_BASE


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
