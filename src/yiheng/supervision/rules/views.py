"""Pieces that several rules read: stays, visits without a bed, what settlements cover, what is told of codes."""

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


def calls_of(t: Tables) -> ibis.Table:
    """Visits without a bed: out-patient, emergency, chronic care, purchases."""
    return (
        t["visit"]
        .filter(_.kind != "inpatient")
        .select(
            "kind",
            "doctor",
            person=_.person_id,
            institution=_.institution_id,
            visit=_.visit_id,
            occurred_on=_.began_on,
            planned_course=_.planned_course.fill_null(False),
        )
    )


def staked(t: Tables, found: ibis.Table) -> ibis.Table:
    """Visits found, with all that their settlements cover at stake.

    Few are found among many settlements: what is covered is added up for them alone.
    """
    paid = t["settlement"].select("settlement_id", covered_fen=_.scope_fen, paid_visit=_.visit_id)
    return (
        found.left_join(paid, found.visit == paid.paid_visit)
        .group_by(*found.columns)
        .agg(settlement=_.settlement_id.min(), scope_fen=_.covered_fen.sum().cast("int64"))
        .mutate(line=ibis.null("string"))
    )


def told_of(codes: ibis.Table, limits: ibis.Table) -> ibis.Table:
    """What a list tells of codes by their leading signs: columns ``code`` and ``value``.

    Codes are few and rows are many: each code is matched once.
    """
    few = codes.select("code").distinct()
    told = limits.select("code_prefix", "value")
    return few.join(told, few.code.startswith(told.code_prefix)).select("code", "value").distinct()


def limits_of(t: Tables, kind: str, measure: str) -> ibis.Table:
    """What the list of code limits tells in one measure."""
    return t["code_limit"].filter(_.kind == kind, _.measure == measure)
