"""Risk cells: people alike in age band, sex and number of chronic diseases, with their days and what they cost."""

from __future__ import annotations

from itertools import pairwise

import ibis
from ibis import _

from .declare import Tables, Total
from .views import LIMITS

# The first age of each band but the youngest.
BANDS = ("risk_age_adult", "risk_age_middle", "risk_age_old")


def by_cell(total: Total, t: Tables, year: int) -> ibis.Table:
    """A total of one year by consortium and risk cell: people, days, fen, the rows behind it, and those that lack it.

    A person belongs to one cell for the whole year: age and chronic diseases are taken on its middle day.
    """
    sums = total.by(t, ("consortium", "year", "person")).filter(_.year == year)
    spent = sums.select("consortium", "fen", "rows", "unknown", person_id=_.person)
    # Every payment that belongs to a consortium falls on a day on which it answered for the person.
    people = answered(t, year).join(cell_of_person(t, year), "person_id")
    joined = people.left_join(spent, ["person_id", "consortium"]).select(
        "consortium",
        "cell",
        "person_days",
        fen=_.fen.fill_null(0),
        rows=_.rows.fill_null(0),
        unknown=_.unknown.fill_null(0),
    )
    return joined.group_by("consortium", "cell").agg(
        persons=_.count(), person_days=_.person_days.sum(), fen=_.fen.sum(), rows=_.rows.sum(), unknown=_.unknown.sum()
    )


def answered(t: Tables, year: int) -> ibis.Table:
    """One row a person and consortium: the days of the year in which it answered."""
    first, after = ibis.date(year, 1, 1), ibis.date(year + 1, 1, 1)
    last = (after - ibis.interval(days=1)).cast("date")
    span = t["enrolment_span"].filter(
        _.enrolled_until >= _.enrolled_from, _.enrolled_from < after, _.enrolled_until >= first
    )
    days = ibis.least(_.enrolled_until, last).delta(ibis.greatest(_.enrolled_from, first), unit="day")
    counted = span.mutate(days=(days + 1).cast("int64"))
    return counted.group_by("person_id", "consortium").agg(person_days=_.days.sum())


def cell_of_person(t: Tables, year: int) -> ibis.Table:
    """One row a person: the cell of the year, such as ``65+_female_2+``."""
    middle = (ibis.date(year, 1, 1) + ibis.interval(months=LIMITS["risk_middle_months"].value)).cast("date")
    held = t["chronic_registration"].filter(
        _.registered_from < middle, _.registered_until.isnull() | (_.registered_until >= middle)
    )
    ill = held.select("person_id", "disease_code").distinct().group_by("person_id").agg(diseases=_.count())
    # Whole years on the middle day; whoever has no birthday yet in that year is a year younger.
    birthday_ahead = (_.born_on.month() > middle.month()) | (
        (_.born_on.month() == middle.month()) & (_.born_on.day() > middle.day())
    )
    person = t["person"].mutate(age=year - _.born_on.year() - birthday_ahead.cast("int64"))
    joined = person.select("person_id", "sex", "age").left_join(ill, "person_id")
    return joined.select(
        "person_id", cell=ibis.literal("_").join([_band(joined.age), joined.sex, _chronic(joined.diseases)])
    )


def _band(age: ibis.expr.types.IntegerValue) -> ibis.expr.types.StringValue:
    """``0-14``, …, ``65+``."""
    edges = [0, *(LIMITS[name].value for name in BANDS)]
    label: ibis.expr.types.StringValue = ibis.literal(f"{edges[-1]}+")
    for low, high in reversed(list(pairwise(edges))):
        label = ibis.ifelse(age < high, ibis.literal(f"{low}-{high - 1}"), label)
    return label


def _chronic(diseases: ibis.expr.types.IntegerValue) -> ibis.expr.types.StringValue:
    """``0``, …, and the largest number with all above it, such as ``2+``."""
    most = LIMITS["risk_most_chronic"].value
    known = diseases.fill_null(0)
    return ibis.ifelse(known >= most, ibis.literal(f"{most}+"), known.cast("string"))
