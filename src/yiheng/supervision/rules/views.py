"""Pieces that several rules read: finished stays with their main illness, lines with their visit."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.policy import Limits

from ..declare import Tables


def stays_of(t: Tables, limits: Limits) -> ibis.Table:
    """Stays in hospital with the illness group of the main diagnosis and what their settlements cover."""
    main = t["diagnosis"].filter(_.is_main).group_by("visit_id").agg(diagnosis=_.code.min())
    covered = t["settlement"].group_by("visit_id").agg(settlement=_.settlement_id.min(), scope_fen=_.scope_fen.sum())
    stays = t["visit"].filter(_.kind == "inpatient")
    return (
        stays.left_join(main, "visit_id")
        .drop("visit_id_right")
        .left_join(covered, "visit_id")
        .select(
            "planned_course",
            "emergency",
            "diagnosis",
            "settlement",
            "scope_fen",
            person=_.person_id,
            institution=_.institution_id,
            visit=_.visit_id,
            admitted_on=_.began_on,
            discharged_on=_.ended_on,
            illness=_.diagnosis.left(limits["diagnosis_group_signs"].value),
        )
    )


def lines_of(t: Tables, items: ibis.Table) -> ibis.Table:
    """Fee lines of the items watched, each with its visit."""
    watched = t["fee_line"].join(items, "item_code")
    visit = t["visit"].select(
        "visit_id", "began_on", "ended_on", visit_kind=_.kind, person=_.person_id, institution=_.institution_id
    )
    return watched.join(visit, "visit_id").mutate(
        visit=_.visit_id, charged_on=_.occurred_at.date(), units=in_units(_.quantity)
    )


def in_units(quantity: ibis.Deferred) -> ibis.Deferred:
    """A quantity as a whole number of ten-thousandths, so that sums stay exact on every engine."""
    return (quantity * TEN_THOUSAND).cast("int64")


TEN_THOUSAND = 10_000


def watched_items(t: Tables, rule_class: str) -> ibis.Table:
    """The knowledge points of a national rule class."""
    return t["knowledge_point"].filter(_.rule_class == rule_class)
