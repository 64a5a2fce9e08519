"""Pieces that several rules read: stays with their main illness and what their settlements cover."""

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
