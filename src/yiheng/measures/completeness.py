"""Whether the claims of a year are all there: months against their neighbours, years against the people covered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
from ibis import _

from .declare import TOTALS, Tables
from .views import LIMITS

MONTHS_A_YEAR = 12
PER_THOUSAND = 1000
PERCENT = 100
# The limits that a policy may set otherwise, with its own source.
COMPLETENESS = (
    "complete_month_percent",
    "complete_month_claims",
    "complete_gap_claims",
    "complete_year_claims",
    "complete_claims_per_thousand",
    "complete_totals_people",
    "complete_totals_due",
    "complete_months_together",
)

# A limit by name, as a settlement asks it.
Asked = Mapping[str, int]


def asked(changed: Asked) -> dict[str, int]:
    """The limits of completeness, those that a policy changes among them."""
    return {name: changed.get(name, LIMITS[name].value) for name in COMPLETENESS}


def claims_by_month(t: Tables, total: str, years: Sequence[int]) -> ibis.Table:
    """Fen and claims of a total for each consortium, year and month of the year."""
    return TOTALS[total].by(t, ("consortium", "year", "month_of_year")).filter(_.year.isin(years))


def people_by_month(t: Tables, years: Sequence[int]) -> ibis.Table:
    """How many people each consortium answered for on any day of each month of some years."""
    first_day, last_day = ibis.date(min(years), 1, 1), ibis.date(max(years), MONTHS_A_YEAR, 1)
    span = t["enrolment_span"].filter(_.enrolled_until >= _.enrolled_from)
    # Few pairs of months stand for many people: they are counted before the months between are told apart.
    pairs = (
        span.select(
            "consortium",
            first=ibis.greatest(_.enrolled_from, first_day).truncate("M").cast("timestamp"),
            last=ibis.least(_.enrolled_until, last_day).truncate("M").cast("timestamp"),
        )
        .filter(_.first <= _.last)
        .group_by("consortium", "first", "last")
        .agg(people=_.count())
    )
    end = pairs.last + ibis.interval(days=1)
    months = pairs.mutate(at=ibis.range(pairs["first"], end, ibis.interval(months=1)).unnest())
    counted = months.group_by("consortium", "at").agg(people=_.people.sum().cast("int64"))
    return counted.select(
        "consortium", "people", year=_["at"].year().cast("int64"), month_of_year=_["at"].month().cast("int64")
    ).filter(_.year.isin(years))


def months_judged(claims: ibis.Table, people: ibis.Table) -> ibis.Table:
    """One row for each month in which people were covered, with its claims and those of a usual month.

    The usual month is the upper median by claims of the months that have any: ``usual`` claims of ``usual_people``. So
    many are to be expected for as many people. The whole fund stands as a row of its own without a consortium.
    """
    of_party = people.left_join(claims.filter(_.consortium.notnull()), ["consortium", "year", "month_of_year"]).select(
        "consortium", "year", "month_of_year", "people", claims=_.rows.fill_null(0).cast("int64")
    )
    when = ["year", "month_of_year"]
    all_people = people.group_by(when).agg(people=_.people.sum().cast("int64"))
    all_claims = claims.group_by(when).agg(claims=_.rows.sum().cast("int64"))
    whole = all_people.left_join(all_claims, when).select(
        *when, "people", consortium=ibis.null("string"), claims=_.claims.fill_null(0)
    )
    both = of_party.union(whole.select(of_party.columns)).mutate(party=_.consortium.fill_null(""))
    with_any = both.filter(_.claims > 0)
    nth = ibis.row_number().over(group_by="party", order_by=["claims", *when])
    of_all = with_any.count().over(group_by="party")
    placed = with_any.mutate(_twice=nth * 2, _all=of_all)
    usual = placed.filter((_._twice <= _._all) & (_._twice + 2 > _._all)).select(
        "party", usual=_.claims, usual_people=_.people
    )
    return both.left_join(usual, "party").select(
        "consortium", *when, "people", "claims", usual=_.usual.fill_null(0), usual_people=_.usual_people.fill_null(1)
    )


def incomplete_months(months: ibis.Table, limits: Asked) -> ibis.Table:
    """The months without claims, or with far fewer than their neighbours, where enough were to be expected."""
    # Expected: usual x people / usual people. Both sides are taken times the usual people; nothing is divided.
    expected = _.usual * _.people
    none = (_.claims == 0) & (expected >= _.usual_people * limits["complete_gap_claims"])
    few = (expected >= _.usual_people * limits["complete_month_claims"]) & (
        _.claims * _.usual_people * PERCENT < expected * limits["complete_month_percent"]
    )
    return months.filter(none | few)


def too_small(months: ibis.Table, limits: Asked) -> ibis.Table:
    """The parties of which no month has enough claims to be judged for far fewer than its neighbours."""
    enough = _.usual * _.people >= _.usual_people * limits["complete_month_claims"]
    parties = months.filter(_.consortium.notnull()).group_by("consortium").agg(judged=enough.sum())
    return parties.filter(_.judged == 0).select("consortium")


def together(claims: ibis.Table, people: ibis.Table, months: int) -> tuple[ibis.Table, ibis.Table]:
    """Claims and person-months of so many months together, under the first of them."""
    starts = range(1, MONTHS_A_YEAR + 1, months)
    first = ibis.greatest(*(ibis.ifelse(_.month_of_year >= start, start, 1) for start in starts))
    keys = ["consortium", "year", "month_of_year"]
    by_span = [rows.mutate(month_of_year=first.cast("int64")).group_by(keys) for rows in (claims, people)]
    return (
        by_span[0].agg(rows=_.rows.sum().cast("int64")),
        by_span[1].agg(people=_.people.sum().cast("int64")),
    )


def incomplete_years(months: ibis.Table, settled: int, limits: Asked) -> ibis.Table:
    """The years with fewer claims than the people covered let expect, however little they go to a doctor.

    A year that is settled without any claim is always among them: its whole budget would be kept. ``other_claims`` in
    ``other_months`` of people are those of the other years.
    """
    years = months.group_by("consortium", "year").agg(
        claims=_.claims.sum().cast("int64"), person_months=_.people.sum().cast("int64")
    )
    of_party = ibis.window(group_by="consortium")
    years = years.mutate(
        other_claims=(years.claims.sum().over(of_party) - years.claims).cast("int64"),
        other_months=(years.person_months.sum().over(of_party) - years.person_months).cast("int64"),
    )
    least = years.person_months * limits["complete_claims_per_thousand"]
    whole = PER_THOUSAND * MONTHS_A_YEAR
    enough = limits["complete_year_claims"]
    by_people = least >= enough * whole
    by_others = (years.other_claims * years.person_months >= years.other_months * enough) & (years.other_claims > 0)
    nothing = (years.claims == 0) & (by_people | by_others | (years.year == settled))
    few = (least >= limits["complete_month_claims"] * whole) & (years.claims * whole < least)
    return years.filter(nothing | few)


def totals_by_year(t: Tables, years: Sequence[int]) -> ibis.Table:
    """For each fund and year the months of which its own spending is known."""
    spent = t["fund_flow"].filter(_.kind == "spending")
    dated = spent.mutate(year=_.month_from.year().cast("int64"), month_of_year=_.month_from.month().cast("int64"))
    return dated.filter(_.year.isin(years)).select("fund", "year", "month_of_year").distinct()


def funds_by_year(t: Tables, years: Sequence[int]) -> ibis.Table:
    """How many claims each fund paid in each year; a claim that does not say which fund paid has none."""
    paid = t["settlement"].select("insurance", year=_.visit_on.year().cast("int64"))
    return paid.filter(_.year.isin(years)).group_by(fund=_.insurance, year=_.year).agg(claims=_.count())
