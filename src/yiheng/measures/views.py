"""The wide tables that indicators and totals read: one row a settlement, a stay, a visit, a person-month."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import ibis
from ibis import _

from yiheng.policy import read_limits
from yiheng.records import LASTS_FROM, OPEN_END, handed_over

from .declare import Tables

LIMITS = read_limits(Path(__file__).parent / "limits.yaml")
DRUGS = ("drug", "herb")
EXAMS = ("examination", "test")
PRIMARY = ("township", "village")


def _enrolled(t: Tables) -> ibis.Table:
    """Enrolments as they are written; whoever has an institution of first visits or a family doctor is signed."""
    signed = _.institution_id.notnull() | _.family_doctor.notnull()
    return t["enrolment"].select("person_id", "consortium", "enrolled_from", "enrolled_until", signed=signed)


def cut_enrolment(t: Tables) -> ibis.Table:
    """The enrolments of people who have several: where two overlap, the later one answers from its first day on."""
    rows = _enrolled(t)
    several = rows.group_by("person_id").agg(rows=_.count()).filter(_.rows > 1)
    after = _.enrolled_from.lead().over(
        group_by="person_id", order_by=["enrolled_from", "enrolled_until", "consortium"]
    )
    ends = rows.semi_join(several, "person_id").mutate(_next=after)
    day_before = _._next - ibis.interval(days=1)
    return ends.mutate(
        enrolled_until=ibis.ifelse(_._next.notnull() & (_._next <= _.enrolled_until), day_before, _.enrolled_until)
    ).drop("_next")


def enrolment_span(t: Tables) -> ibis.Table:
    """Enrolments that never overlap."""
    # Most people have one, and nothing of theirs is sorted.
    single = _enrolled(t).anti_join(t["cut_enrolment"], "person_id")
    return single.union(t["cut_enrolment"])


def _attributed(t: Tables, rows: ibis.Table) -> ibis.Table:
    """Rows of a ``person_id`` and a day ``on``, with the consortium that answered on it."""
    span = t["enrolment_span"].select("consortium", "enrolled_from", "enrolled_until", enrolled_person=_.person_id)
    joined = rows.left_join(
        span,
        [
            _.person_id == span.enrolled_person,
            _.on >= span.enrolled_from,
            _.on <= span.enrolled_until,
        ],
    )
    return joined.mutate(year=_.on.year().cast("int64"))


def visited(t: Tables) -> ibis.Table:
    """One row a visit, with who, where, when, and the consortium that answered on its last day."""
    place = t["institution"].select(
        "institution_id", institution_kind=_.kind, level=_.level, institution_division=_.division
    )
    who = t["person"].select("person_id", "sex", "insurance", person_division=_.division)
    visit = t["visit"].mutate(on=ibis.coalesce(_.ended_on, _.began_on))
    joined = _attributed(t, visit).join(place, "institution_id").join(who, "person_id")
    return joined.select(
        "visit_id",
        "began_on",
        "ended_on",
        "discharge_way",
        "planned_course",
        "institution_kind",
        "level",
        "sex",
        "insurance",
        "consortium",
        "year",
        person=_.person_id,
        institution=_.institution_id,
        visit_kind=_.kind,
        in_county=_.institution_division == _.person_division,
        month=_.on.strftime("%Y-%m"),
    )


def settled(t: Tables) -> ibis.Table:
    """One row a settlement, with its visit and the fund that paid; a visit belongs to the year in which it ended."""
    paid = t["settlement"].select(
        "settlement_id", "visit_id", "total_fen", "scope_fen", "fund_fen", "person_fen", payer=_.insurance
    )
    return _by_payer(paid.join(t["visited"], "visit_id"))


def paying(t: Tables) -> ibis.Table:
    """One row a visit that one fund alone paid for, as its settlements say."""
    said = t["settlement"].filter(_.insurance.notnull()).group_by("visit_id")
    return said.agg(payer=_.insurance.min(), payers=_.insurance.nunique()).filter(_.payers == 1).drop("payers")


def _by_payer(rows: ibis.Table) -> ibis.Table:
    """Rows whose insurance is the fund that paid, or the person's where the claim does not say or several paid."""
    return rows.mutate(insurance=ibis.coalesce(_.payer, _.insurance)).drop("payer")


def stay(t: Tables) -> ibis.Table:
    """One row a finished stay in hospital, with its cost and whether another stay followed soon.

    What follows may still last. A transfer on the same day is one illness treated at two places, no stay that follows.
    """
    paid = (
        t["settlement"].group_by("visit_id").agg(total_fen=_.total_fen.sum(), unknown_totals=_.total_fen.isnull().sum())
    )
    stays = t["visited"].filter(_.visit_kind == "inpatient")
    back = _followed(stays).mutate(followed=ibis.literal(1, "int64"))
    finished = stays.filter(_.ended_on.notnull()).left_join(back, "visit_id").drop("visit_id_right")
    stays = finished.mutate(
        stay_days=ibis.greatest(_.ended_on.delta(_.began_on, unit="day"), 1).cast("int64"),
        readmitted=_.followed.fill_null(0),
    ).drop("followed")
    with_cost = stays.left_join(paid, "visit_id").drop("visit_id_right")
    return _by_payer(with_cost.left_join(t["paying"], "visit_id").drop("visit_id_right"))


def _followed(stays: ibis.Table) -> ibis.Table:
    """The stays after which the same person was admitted again soon and unplanned, whatever stays lie between.

    A stay that was handed over on its last day goes on at the other place: what follows, follows the stay there.
    """
    others = stays.select(
        n_visit=_.visit_id, n_person=_.person, n_institution=_.institution, n_began=_.began_on,
        n_last=ibis.coalesce(_.ended_on, OPEN_END), n_planned=_.planned_course.fill_null(False),
    )  # fmt: skip
    pairs = stays.filter(_.ended_on.notnull()).join(others, [_.person == others.n_person])
    gap = pairs.n_began.delta(pairs.ended_on, unit="day")
    # Of two stays that begin on one day, the one that ends later, else the later number, follows.
    same_day = (pairs.n_began == pairs.began_on) & (
        (pairs.n_last > pairs.ended_on) | ((pairs.n_last == pairs.ended_on) & (pairs.n_visit > pairs.visit_id))
    )
    soon = gap.between(0, LIMITS["readmission_days"].value) & ((pairs.n_began > pairs.began_on) | same_day)
    handed_on = soon & handed_over(pairs.discharge_way, pairs.n_institution != pairs.institution, gap)
    back = pairs.filter(soon & ~pairs.n_planned).select("visit_id").distinct()
    return back.anti_join(pairs.filter(handed_on).select("visit_id").distinct(), "visit_id")


def examined(t: Tables) -> ibis.Table:
    """One row an institution that reports examinations."""
    places = t["visit"].select("visit_id", institution=_.institution_id)
    return t["exam_result"].select("visit_id").join(places, "visit_id").select("institution").distinct()


def charged(t: Tables) -> ibis.Table:
    """One row a visit with fee lines: what its lines add up to, before anything is joined."""
    # What a line is of is told by the examinations that were reported of its item; one of two kinds is of neither.
    scans = t["exam_result"].group_by("item_code").agg(scan=_.kind.min(), kinds=_.kind.nunique())
    lines = t["fee_line"].left_join(scans.filter(_.kinds == 1).select("item_code", "scan"), "item_code")
    sums = {name: lines.amount_fen.sum(where=which).fill_null(0) for name, which in _parts_of(lines).items()}
    unknown = (lines.charge_kind.isnull() & (lines.amount_fen != 0)).sum()
    visits = lines.group_by("visit_id").agg(amount_fen=lines.amount_fen.sum(), unknown_kinds=unknown, **sums)
    with_visit = visits.join(t["visited"], "visit_id")
    return _by_payer(with_visit.left_join(t["paying"], "visit_id").drop("visit_id_right"))


def _parts_of(lines: ibis.Table) -> dict[str, ibis.Value]:
    """Parts of what is charged, by kind of item or by what the bill counts it under."""
    return {
        "drug_fen": lines.kind.isin(DRUGS),
        "consumable_fen": lines.kind == "consumable",
        "exam_fen": lines.charge_kind.isin(EXAMS),
        "treatment_fen": lines.charge_kind == "treatment",
        "ct_fen": lines.scan == "CT",
        "mri_fen": lines.scan == "MRI",
    }


def covered(t: Tables) -> ibis.Table:
    """One row a person, consortium and month: the days in which the consortium answered."""
    span = _ended(t, t["enrolment_span"].filter(_.enrolled_until >= _.enrolled_from))
    one_month = ibis.interval(months=1)
    first = span.enrolled_from.truncate("M").cast("timestamp")
    months = span.mutate(
        starts=ibis.range(first, span.enrolled_until.cast("timestamp") + ibis.interval(days=1), one_month).unnest()
    )
    months = months.mutate(starts=_.starts.cast("date")).mutate(
        ends=(_.starts + one_month).cast("date") - ibis.interval(days=1)
    )
    days = ibis.least(_.enrolled_until, _.ends.cast("date")).delta(ibis.greatest(_.enrolled_from, _.starts), unit="day")
    who = t["person"].select("person_id", "sex", "insurance")
    return (
        months.mutate(person_days=(days + 1).cast("int64"))
        .join(who, "person_id")
        .select(
            "consortium",
            "sex",
            "insurance",
            "person_days",
            year=_.starts.year().cast("int64"),
            month=_.starts.strftime("%Y-%m"),
        )
    )


def _ended(t: Tables, span: ibis.Table) -> ibis.Table:
    """Enrolments that last are counted to the end of the year of the last visit: no days that nobody has seen."""
    year = ibis.coalesce(_.began_on.max(), ibis.date(LASTS_FROM)).truncate("Y").cast("timestamp")
    last = t["visit"].agg(seen=((year + ibis.interval(years=1)).cast("date") - ibis.interval(days=1)).cast("date"))
    lasting = _.enrolled_until >= ibis.date(LASTS_FROM)
    ended = span.cross_join(last).mutate(
        _until=ibis.ifelse(lasting, ibis.greatest(_.seen, _.enrolled_from), _.enrolled_until)
    )
    return ended.mutate(enrolled_until=_._until).drop("_until", "seen")


def answered(t: Tables) -> ibis.Table:
    """One row a consortium and year in which it answered for anybody on any day."""
    span = _ended(t, t["enrolment_span"].filter(_.enrolled_until >= _.enrolled_from))
    first, last = (day.year().cast("int64") for day in (span.enrolled_from, span.enrolled_until))
    # Few pairs of years stand for many persons: distinct before and after the years between are told apart.
    pairs = span.select("consortium", first_year=first, last_year=last).distinct()
    return pairs.select("consortium", year=ibis.range(pairs.first_year, pairs.last_year + 1, 1).unnest()).distinct()


def paid(t: Tables) -> ibis.Table:
    """One row a settlement with the fund's part, and the consortium and year of its visit's last day."""
    return _attributed(t, t["settlement"].mutate(person_id=_.visit_person, on=_.visit_on)).select(
        *PAID, **paid_columns()
    )


PAID = ("settlement_id", "visit_id", "fund_fen", "consortium", "year")


def paid_columns() -> dict[str, ibis.Deferred]:
    """What else stands of a settlement; where the funds paid nothing, the pooled fund paid nothing either."""
    nothing = ibis.ifelse(_.fund_fen == 0, 0, ibis.null("int64"))
    return {
        "pooled_fen": ibis.coalesce(_.pooled_fen, nothing),
        "payer": _.insurance,
        "person": _.person_id,
        "month_of_year": _.on.month().cast("int64"),
    }


def budgeted(t: Tables) -> ibis.Table:
    """One row a party and year: the budget of its last settlement."""
    lines = t["statement_line"].filter(_.figure == "budget")
    return lines.select(consortium=_.party, year=_.year, budget_fen=_.amount_fen)


# In the order in which they build on each other.
VIEWS = {
    view.__name__: view
    for view in (
        cut_enrolment,
        enrolment_span,
        visited,
        settled,
        paying,
        stay,
        examined,
        charged,
        covered,
        budgeted,
    )
}

# Read once by a settlement, over all rows of the lake: defined and never computed ahead.
READ_ONCE: dict[str, Callable[[Tables], ibis.Table]] = {view.__name__: view for view in (answered, paid)}
