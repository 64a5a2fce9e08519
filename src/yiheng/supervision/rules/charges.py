"""Rules about what was charged whatever the item: lines outside the stay, a bill settled twice."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.basis.evidence import Words
from yiheng.policy import Limits
from yiheng.records import takes_back, western

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


# What two settlements must share to be the same bill.
SAME_DAYS = ("kind", "person", "institution", "began_on", "until")
SAME_BILL = (*SAME_DAYS, "diagnosis", "total_known", "amount_fen")


@rule(
    zh="重复结算",
    official_code=None,
    weight="suspicion",
    says=Words(
        "参保人 {person} 于 {occurred_on} 至 {until} 在 {institution} 的就诊 {visit}（结算 {settlement}）"
        "与就诊 {other_visit}（结算 {other_settlement}）日期、主要诊断（{diagnosis}）和金额 {amount_fen} 元都相同",
        "visit {visit} (settlement {settlement}) of {person} at {institution} from {occurred_on} to {until} has the "
        "days, the main diagnosis ({diagnosis}) and the amount of {amount_fen} yuan of visit {other_visit} (settlement "
        "{other_settlement})",
    ),
    reads=("visit", "diagnosis", "settlement"),
    source="条例第三十八条第（三）项（重复收费）",
    not_for="计划性疗程（透析、放化疗等一日多次）、药店购药；已退费的结算；同一就诊的中途结算",
)
def repeated_settlement(t: Tables, limits: Limits) -> ibis.Table:
    """Settled again as another visit of the person at the institution: same days, main diagnosis and total.

    A second settlement may draw on the fund for another part, so the totals are compared; where no total is known, what
    the fund paid.
    """
    alike = _visits_on_same_days(t)
    main = western(t).filter(_.is_main, _.code.notnull()).semi_join(alike, "visit_id")
    main = main.group_by("visit_id").agg(diagnosis=_.code.min())
    paid = _standing(t["settlement"], alike)
    bills = alike.join(main, "visit_id").join(paid, "visit_id").group_by(*SAME_BILL, visit=_.visit_id)
    bills = bills.agg(settlement=_.settlement_id.min(), scope_fen=_.scope_fen.sum())
    in_turn = {"group_by": SAME_BILL, "order_by": "settlement"}
    bills = bills.mutate(
        turn=ibis.row_number().over(**in_turn),
        other_visit=_.visit.first().over(**in_turn),
        other_settlement=_.settlement.first().over(**in_turn),
    )
    # A visit with several settlements may repeat more than one of them: it is one finding.
    found = bills.filter(_.turn > 0).group_by(
        "person", "institution", "visit", "until", "diagnosis", occurred_on=_.began_on
    )
    return found.agg(
        settlement=_.settlement.min(),
        scope_fen=_.scope_fen.sum().cast("int64"),
        amount_fen=_.amount_fen.sum().cast("int64"),
        other_visit=_.other_visit.min(),
        other_settlement=_.other_settlement.min(),
    ).mutate(line=ibis.null("string"))


def _visits_on_same_days(t: Tables) -> ibis.Table:
    """The few visits whose days another visit of the person at the institution shares; a stay must have ended."""
    visits = t["visit"].filter(_.kind != "pharmacy", ~_.planned_course.fill_null(False))
    visits = visits.filter(_.ended_on.notnull() | (_.kind != "inpatient")).select(
        "visit_id",
        "kind",
        "began_on",
        person=_.person_id,
        institution=_.institution_id,
        until=ibis.coalesce(_.ended_on, _.began_on),
    )
    shared = visits.group_by(*SAME_DAYS).agg(visits=_.count()).filter(_.visits > 1)
    return visits.semi_join(shared, SAME_DAYS)


def _standing(paid: ibis.Table, visits: ibis.Table) -> ibis.Table:
    """The settlements of visits; a refund of which nobody knows what it takes back spares all of its visit."""
    paid = paid.semi_join(visits, "visit_id")
    paid = paid.mutate(total_known=_.total_fen.notnull(), amount_fen=ibis.coalesce(_.total_fen, _.fund_fen))
    # What stands beside the rest takes back nobody knows which.
    unnamed = paid.filter(takes_back(paid)).select("visit_id")
    return paid.filter(_.amount_fen > 0).anti_join(unnamed, "visit_id")
