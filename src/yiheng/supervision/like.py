"""What like people get elsewhere: an institution's cases beside those of its peers, cell by cell, in whole numbers."""

from __future__ import annotations

import ibis
from ibis import _

from yiheng.policy import Limits

from .declare import Tables
from .views import full_years

# Like people: of one age band and sex, with or without a registered chronic disease, with one kind of illness.
CELL = ("age_band", "sex", "chronic", "illness")
UNIT = ("institution", "peer", "year")


def of_whom(t: Tables, rows: ibis.Table, limits: Limits) -> ibis.Table:
    """Rows of a ``person`` and a day ``occurred_on`` with the person's age band, sex and chronic disease, and year."""
    who = t["person"].select("sex", "born_on", person=_.person_id)
    ill = t["chronic_registration"].select(person=_.person_id).distinct().mutate(chronic=ibis.literal(1))
    joined = rows.join(who, "person").left_join(ill, "person").drop("person_right")
    age = full_years(joined.born_on, joined.occurred_on)
    bounds = [limits[name].value for name in ("adult_from_age", "old_from_age", "very_old_from_age")]
    band = sum((ibis.ifelse(age >= bound, 1, 0) for bound in bounds), start=ibis.literal(0))
    return joined.mutate(
        age_band=band, chronic=joined.chronic.fill_null(0), year=joined.occurred_on.year().cast("int64")
    ).drop("born_on")


def beside_like(cases: ibis.Table) -> ibis.Table:
    """One row an institution and year: what was observed, and what like cases of its peers would give.

    ``cases`` has the columns of UNIT and CELL, ``occurred_on``, and ``hit``, 1 or 0. Each cell counts as own × others,
    so the own share (``observed_weight`` of ``weight``) and the one expected (``expected_weight`` of ``weight``) are of
    the same mix; a cell that no peer has cannot be compared and is left out.
    """
    cells = cases.group_by(*UNIT, *CELL).agg(own=_.count(), own_hits=_.hit.sum(), last_on=_.occurred_on.max())
    pool = cells.group_by("peer", "year", *CELL).agg(pool=_.own.sum(), pool_hits=_.own_hits.sum())
    places = cells.group_by("peer", "year").agg(places=_.institution.nunique())
    both = cells.join(pool, ["peer", "year", *CELL])
    both = both.mutate(others=_.pool - _.own, other_hits=_.pool_hits - _.own_hits).filter(_.others > 0)
    beside = both.group_by(*UNIT).agg(
        observed=_.own_hits.sum().cast("int64"),
        of=_.own.sum().cast("int64"),
        peers_observed=_.other_hits.sum().cast("int64"),
        peers_of=_.others.sum().cast("int64"),
        observed_weight=(_.own_hits * _.others).sum().cast("int64"),
        expected_weight=(_.other_hits * _.own).sum().cast("int64"),
        weight=(_.own * _.others).sum().cast("int64"),
        occurred_on=_.last_on.max(),
    )
    return beside.join(places, ["peer", "year"]).mutate(peers=_.places - 1).drop("places")


def no_chance(limits: Limits) -> ibis.Deferred:
    """Whether own share and expected share differ by more than chance: the squared deviation of two shares.

    (o − e)² ÷ (p (1 − p) (1/n + 1/m)) ≥ limit, multiplied out. The factors are whole; their product is too long for 64
    bits, and a few more or less of its last digits decide nothing.
    """
    far = (_.observed_weight - _.expected_weight).cast("float64")
    hits, all_ = _.observed + _.peers_observed, _.of + _.peers_of
    long = far * far * _.of * _.peers_of * all_
    whole = _.weight.cast("float64")
    return long >= whole * whole * hits * (all_ - hits) * limits["withheld_deviation_squared"].value


def placed(found: ibis.Table) -> ibis.Table:
    """Institutions and years as findings: no visit proves them, and no money of its own is at stake."""
    none = ibis.null("string")
    return found.mutate(
        person=none,
        visit=none,
        settlement=none,
        line=none,
        scope_fen=ibis.literal(0, "int64"),
        about=_.year.cast("string"),
    )
