"""Pieces that several rules read: stays, visits without a bed, what settlements cover, what is told of codes."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.policy import Limits
from yiheng.records import OPEN_END

from ..declare import Tables

# A visit as a finding names it.
OF_VISIT = {"person": _.person_id, "institution": _.institution_id, "visit": _.visit_id, "occurred_on": _.began_on}


def stays_of(t: Tables, limits: Limits) -> ibis.Table:
    """Stays in hospital with the illness group of the main diagnosis and what their settlements cover."""
    return t["paid_stay"].mutate(illness=_.diagnosis.left(limits["diagnosis_group_signs"].value))


def calls_of(t: Tables) -> ibis.Table:
    """Visits without a bed: out-patient, emergency, chronic care, purchases."""
    return (
        t["visit"]
        .filter(_.kind != "inpatient")
        .select(
            "kind",
            "doctor",
            **OF_VISIT,
            planned_course=_.planned_course.fill_null(False),
        )
    )


def staked(t: Tables, found: ibis.Table) -> ibis.Table:
    """Visits found, with all that their settlements cover at stake.

    Few are found among many settlements: what is covered is added up for them alone, and only when they are known,
    whatever the engine expects to find.
    """
    found = found.distinct()
    paid = t["settlement"].select("settlement_id", covered_fen=_.scope_fen, paid_visit=_.visit_id)
    return (
        found.left_join(paid, found.visit == paid.paid_visit)
        .group_by(*found.columns)
        .agg(settlement=_.settlement_id.min(), scope_fen=_.covered_fen.sum().cast("int64"))
        .mutate(line=ibis.null("string"))
    )


# Leading signs of the main diagnosis of a newborn, and of who gave birth.
_SIGNS = (("newborn", ("P", "Z38")), ("mother", ("O", "Z37")))


def newborns_with_mother(t: Tables) -> ibis.Table:
    """Visits of newborns who lie under their mother's number: during her own stay for the birth."""
    main = t["diagnosis"].filter(_.is_main).select("visit_id", "code")
    stays = t["visit"].filter(_.kind == "inpatient").select("visit_id", "person_id", "began_on", "ended_on")
    of = {who: main.filter(ibis.or_(*(main.code.startswith(sign) for sign in signs))) for who, signs in _SIGNS}
    newborns, mothers = (stays.semi_join(of[who], "visit_id") for who, _signs in _SIGNS)
    theirs = mothers.select(mother="person_id", since="began_on", until=ibis.coalesce(_.ended_on, OPEN_END))
    together = [
        newborns.person_id == theirs.mother,
        newborns.began_on >= theirs.since,
        newborns.began_on <= theirs.until,
    ]
    return newborns.semi_join(theirs, together).select(visit=_.visit_id)


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
