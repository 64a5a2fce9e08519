"""The rows behind features: visits of a year, people signed with an institution, and the sums of each subject."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.measures.risk import cell_of_person
from yiheng.policy import Limits

from .declare import Rows, Subject, Tables, features_of

DRUGS = ("drug", "herb")
SEPARATOR = "|"
# The column of a subject among visits.
COLUMN: dict[Subject, str] = {
    "institution": "institution",
    "department": "department_at",
    "doctor": "doctor_at",
    "person": "person",
}


def visits_of(t: Tables, year: int, limits: Limits) -> ibis.Table:
    """One row a visit that ended in the year, with what was paid, charged and marked of it."""
    ended = ibis.coalesce(_.ended_on, _.began_on)
    visit = t["visit"].filter(ended.year() == year)
    place = t["institution"].select("institution_id", place_kind=_.kind)
    stays = t["stay"].filter(_.year == year).select("visit_id", days=_.stay_days, readmitted=_.readmitted == 1)
    joined = visit.join(place, "institution_id")
    for more in (stays, _paid(t), _charged(t, visit, limits)):
        joined = joined.left_join(more, "visit_id").drop("visit_id_right")
    return joined.select(
        "visit_id",
        "began_on",
        "days",
        "place_kind",
        *("total_fen", "scope_fen", "person_fen", "fund_fen"),
        *("charged_fen", "drug_fen", "lines", "night_lines"),
        is_stay=(_.kind == "inpatient") & _.days.notnull(),
        is_purchase=_.kind == "pharmacy",
        readmitted=_.readmitted,
        transferred=_.discharge_way == "transferred",
        weekend=_.began_on.day_of_week.index() >= limits["score_weekend_from"].value,
        first_digit=_.total_fen.abs().cast("string").left(1).cast("int64"),
        person=_.person_id,
        institution=_.institution_id,
        department=_.department,
        department_at=_.institution_id + SEPARATOR + _.department,
        doctor_at=_.institution_id + SEPARATOR + _.doctor,
    )


def _paid(t: Tables) -> ibis.Table:
    """What a visit's settlements come to; an amount that one of them does not know is unknown."""
    amounts = ("total_fen", "scope_fen", "person_fen", "fund_fen")
    sums = {
        name: ibis.ifelse(_[name].isnull().sum() > 0, ibis.null("int64"), _[name].sum().cast("int64"))
        for name in amounts
    }
    return t["settlement"].group_by("visit_id").agg(**sums)


def _charged(t: Tables, visit: ibis.Table, limits: Limits) -> ibis.Table:
    lines = t["fee_line"].semi_join(visit, "visit_id")
    hour = _.occurred_at.hour()
    night = (hour < limits["score_night_until"].value) | (hour >= limits["score_night_from"].value)
    return lines.group_by("visit_id").agg(
        charged_fen=_.amount_fen.sum().cast("int64"),
        drug_fen=_.amount_fen.sum(where=_.kind.isin(DRUGS)).fill_null(0).cast("int64"),
        lines=_.count(),
        night_lines=night.sum(),
    )


def signed_with(t: Tables, visits: ibis.Table, year: int) -> ibis.Table:
    """One row a person and institution of first visits in the year: visits there, stays, stays outside the county."""
    first, after = ibis.date(year, 1, 1), ibis.date(year + 1, 1, 1)
    held = t["enrolment"].filter(
        _.institution_id.notnull(),
        _.enrolled_from < after,
        _.enrolled_until >= first,
        _.enrolled_until >= _.enrolled_from,
    )
    signed = held.select(person=_.person_id, institution=_.institution_id).distinct()
    there = visits.group_by("person", "institution").agg(own_visits=_.count())
    lain = visits.group_by("person").agg(
        stays=_.is_stay.sum(), outside_stays=(_.is_stay & (_.place_kind == "outside")).sum()
    )
    joined = signed.left_join(there, ["person", "institution"]).drop("person_right", "institution_right")
    joined = joined.left_join(lain, "person")
    return joined.select(
        "person", "institution", **{name: _[name].fill_null(0) for name in ("own_visits", "stays", "outside_stays")}
    )


def records_of(subject: Subject, t: Tables, year: int, limits: Limits) -> ibis.Table:
    """One row a subject: its peer groups from narrow to wide, its size, and the sums of its features."""
    visits = visits_of(t, year, limits)
    key = COLUMN[subject]
    # The column keeps its name for the features that count places or persons.
    sums = _summed(visits.filter(_[key].notnull()).mutate(subject=_[key]), subject, "visits")
    if subject == "institution":
        signed = signed_with(t, visits, year)
        more = _summed(signed.mutate(subject=_.institution), subject, "signed")
        places = t["institution"].select(
            subject=_.institution_id, peer=_.kind + SEPARATOR + _.level.fill_null(""), wide=_.kind
        )
        return places.left_join(sums, "subject").drop("subject_right").left_join(more, "subject").drop("subject_right")
    return sums.left_join(_peers(subject, t, year), "subject").drop("subject_right")


def _summed(rows: ibis.Table, subject: Subject, which: Rows) -> ibis.Table:
    sums = {
        column: one.cast("int64")
        for feature in features_of(subject, which)
        for column, one in zip(feature.columns, feature.define(rows), strict=True)
    }
    if which == "visits":
        sums |= {"visits": rows.visit_id.count(), "size_fen": rows.fund_fen.sum().cast("int64")}
    return rows.group_by("subject").agg(**sums)


def _peers(subject: Subject, t: Tables, year: int) -> ibis.Table:
    """Who is compared with whom: departments and doctors by specialty, persons by age, sex and chronic diseases."""
    if subject == "person":
        return cell_of_person(t, year).select(subject=_.person_id, peer=_.cell, wide=_.cell)
    place = t["institution"].select("institution_id", place_kind=_.kind, level=_.level.fill_null(""))
    specialty = t["department"].select("institution_id", "department", specialty=ibis.coalesce(_.specialty, _.name))
    if subject == "department":
        known = specialty.join(place, "institution_id").mutate(of=_.department)
    else:
        with_one = t["doctor"].left_join(specialty, ["institution_id", "department"])
        known = (
            with_one.drop("institution_id_right", "department_right").join(place, "institution_id").mutate(of=_.doctor)
        )
    known = known.mutate(specialty=_.specialty.fill_null(""))
    return known.select(
        subject=_.institution_id + SEPARATOR + _.of,
        peer=_.place_kind + SEPARATOR + _.level + SEPARATOR + _.specialty,
        wide=_.place_kind + SEPARATOR + _.specialty,
    )
