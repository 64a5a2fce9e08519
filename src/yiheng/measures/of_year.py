"""What totals of one year read: who was covered, what was paid for the same people, what the funds took in."""

from __future__ import annotations

import ibis
from ibis import _

from .declare import Tables
from .views import PAID, paid_columns

MONTHS_A_YEAR = 12


def people_of_year(t: Tables, year: int) -> ibis.Table:
    """One row a person, consortium and span: its days in the year, and whether it holds, and is signed, on the last."""
    first, last = ibis.date(year, 1, 1), _last(year)
    span = t["enrolment_span"].filter(
        _.enrolled_until >= _.enrolled_from, _.enrolled_from <= last, _.enrolled_until >= first
    )
    days = ibis.least(_.enrolled_until, last).delta(ibis.greatest(_.enrolled_from, first), unit="day")
    at_end = (_.enrolled_from <= last) & (_.enrolled_until >= last)
    who = t["person"].select("person_id", "insurance")
    return span.join(who, "person_id").select(
        "person_id",
        "consortium",
        "insurance",
        person_days=(days + 1).cast("int64"),
        on_last_day=at_end.cast("int64"),
        signed_on_last_day=(at_end & _.signed).cast("int64"),
        year=ibis.literal(year, "int64"),
    )


def signed_of_year(t: Tables, year: int) -> ibis.Table:
    """One row a person signed on the last day of the year, with the consortium: nobody is signed with two."""
    return people_of_year(t, year).filter(_.signed_on_last_day > 0).select("person_id", "consortium")


def signed_and_covered(t: Tables, year: int, then: int) -> ibis.Table:
    """How many people are signed with each consortium, and how many of them anybody answered for in another year."""
    covered = people_of_year(t, then).select("person_id").distinct().mutate(covered=1)
    both = signed_of_year(t, year).left_join(covered, "person_id")
    return both.group_by("consortium").agg(
        signed=_.count().cast("int64"), covered=_.covered.sum().fill_null(0).cast("int64")
    )


def paid_of_signed(t: Tables, year: int) -> ibis.Table:
    """One row a settlement of any year, with the consortium with which its person is signed at the end of this one."""
    signed = signed_of_year(t, year).select("consortium", signed_person=_.person_id)
    money = t["settlement"].mutate(person_id=_.visit_person, on=_.visit_on)
    of_signed = money.join(signed, money.person_id == signed.signed_person)
    return of_signed.mutate(year=_.on.year().cast("int64")).select(*PAID, **paid_columns())


def paid_by_fund(t: Tables) -> ibis.Table:
    """The settlements with the fund that paid, or the person's where the claim does not say."""
    who = t["person"].select("insurance", payer_person=_.person_id)
    rows = t["paid"].left_join(who, _.person == who.payer_person).drop("payer_person")
    return rows.mutate(insurance=ibis.coalesce(_.payer, _.insurance))


def income_of_year(t: Tables, year: int) -> ibis.Table:
    """One row a fund: the year's income, unknown where a month lacks, for the one consortium that answered.

    What a fund takes in is not told by consortium: where several answered, nobody's part is known.
    """
    flows = t["fund_flow"].filter(_.kind == "income", _.month_from.year() == year)
    by_fund = flows.group_by(insurance=_.fund).agg(money=_.flow_fen.sum(), months=_.month_from.nunique())
    parties = t["answered"].filter(_.year == year, _.consortium.notnull())
    sole = parties.agg(consortium=_.consortium.min(), parties=_.count()).filter(_.parties == 1)
    return by_fund.cross_join(sole).select(
        "consortium",
        "insurance",
        flow_fen=ibis.ifelse(_.months == MONTHS_A_YEAR, _.money, ibis.null("int64")),
        year=ibis.literal(year, "int64"),
    )


def _last(year: int) -> ibis.expr.types.DateValue:
    return (ibis.date(year + 1, 1, 1) - ibis.interval(days=1)).cast("date")
