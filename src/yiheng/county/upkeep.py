"""What stands beside treatment: cameras of pharmacies, care at home, complaints."""

from __future__ import annotations

import datetime as dt
import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .columns import Columns, between, day_number, pick, rows_in, spread
from .outpatient import in_hospital
from .places import PHARMACY, TOWNSHIP, Places
from .tables import person_ids
from .write import ArrowColumns, days, instants, numbered, words

_OUTAGES_A_YEAR = 2
_EVENING, _MORNING = 18 * 3600 + 1800, 5 * 3600
_SECONDS_A_DAY = 86_400

_FRAIL_FROM_AGE = 78
_CARED_PER_TEN_THOUSAND = 5
_WEEK, _TURNS = 7, 4
_FIRST_TURN, _A_TURN = 8 * 3600, 2 * 3600

_COMPLAINTS_PER_TEN_THOUSAND = 4
_COMPLAINT_KINDS = ("收费", "服务态度", "推诿病人", "药品缺货", "其他")
_COMPLAINT_WEIGHTS = np.array([35, 30, 8, 15, 12])
_UPHELD_PERCENT, _OPEN_PERCENT = 30, 5


def camera_table(rng: np.random.Generator, places: Places, years: tuple[int, ...]) -> ArrowColumns:
    """Spans without a gap; a camera fails at night, when a pharmacy sells nothing."""
    first, last = day_number(dt.date(years[0], 1, 1)), day_number(dt.date(years[-1], 12, 31))
    place, since, working = [], [], []
    for pharmacy in places.of(PHARMACY):
        nights = 1 + rng.poisson(_OUTAGES_A_YEAR * len(years))
        night = np.sort(rng.choice(np.arange(first, last - 1), nights, replace=False))
        off = night * _SECONDS_A_DAY + _EVENING + rng.integers(0, 3600, nights)
        on = (night + 1) * _SECONDS_A_DAY + _MORNING + rng.integers(0, 7200, nights)
        turns = np.concatenate([[first * _SECONDS_A_DAY], np.stack([off, on], axis=1).ravel()])
        place.append(np.full(len(turns), pharmacy))
        since.append(turns)
        working.append(np.arange(len(turns)) % 2 == 0)
    where, start = np.concatenate(place), np.concatenate(since)
    ends = np.append(where[1:] == where[:-1], False)
    return {
        "institution_id": words(places.ids, where),
        "span_from_at": _moments(start),
        "span_until_at": pc.if_else(pa.array(ends), _moments(np.append(start[1:], 0)), None),
        "working": pa.array(np.concatenate(working)),
    }


def _moments(seconds: np.ndarray) -> pa.Array:
    return instants(np.zeros(len(seconds), np.int64), seconds)


def care_table(
    rng: np.random.Generator, people: Columns, stays: Columns, places: Places, years: tuple[int, ...]
) -> ArrowColumns:
    """A visit a week to a few of the very old; no carer is at two places at once."""
    last = day_number(dt.date(years[-1], 12, 31))
    frail = np.flatnonzero((people["age"] >= _FRAIL_FROM_AGE) & (people["here_until"] >= last))
    wanted = max(1, rows_in(people) * _CARED_PER_TEN_THOUSAND // 10_000)
    cared = np.sort(rng.permutation(frail)[:wanted])
    # Four people share a weekday of one carer, each in a turn of the day.
    carer, rest = np.divmod(np.arange(len(cared)), _TURNS * _WEEK)
    weekday, turn = np.divmod(rest, _TURNS)
    start = np.maximum(people["here_from"][cared], day_number(dt.date(years[-1], 1, 1))) + 1
    start += (weekday - start) % _WEEK
    owner, week = spread((last - start) // _WEEK + 1)
    day = start[owner] + week * _WEEK
    at_home = ~in_hospital({"person": cared[owner], "began": day}, stays)
    owner, day = owner[at_home], day[at_home]
    begins = _FIRST_TURN + turn[owner] * _A_TURN + rng.integers(0, 900, len(owner))
    ends = begins + between(rng, 3600, 5400, len(owner))
    order = np.lexsort((begins, day))
    owner, day, begins, ends = (column[order] for column in (owner, day, begins, ends))
    signed = [hashlib.sha256(f"{n} {d}".encode()).hexdigest()[:16] for n, d in zip(cared[owner], day, strict=True)]
    return {
        "care_visit_id": numbered("N", 1 + np.arange(len(owner)), 8),
        "person_id": person_ids(cared[owner]),
        "institution_id": words(places.ids, places.of(TOWNSHIP)[people["town"][cared[owner]]]),
        "carer": numbered("C", carer[owner] + 1, 5),
        "place": numbered("G", cared[owner] + 1, 7),
        "started_at": instants(day, begins),
        "ended_at": instants(day, ends),
        "signature_hash": pa.array(signed, pa.string()),
    }


def complaint_table(
    rng: np.random.Generator, visits: Columns, people: int, already: int, places: Places
) -> ArrowColumns:
    """A few of a year's visits led to a complaint within the month; who complained is not kept."""
    wanted = min(max(1, people * _COMPLAINTS_PER_TEN_THOUSAND // 10_000), rows_in(visits))
    at = np.sort(rng.choice(rows_in(visits), wanted, replace=False))
    upheld, is_open = (rng.integers(0, 100, wanted) < percent for percent in (_UPHELD_PERCENT, _OPEN_PERCENT))
    return {
        "complaint_id": numbered("T", already + 1 + np.arange(wanted), 6),
        "institution_id": words(places.ids, visits["place"][at]),
        "received_on": days(visits["ended"][at] + between(rng, 1, 30, wanted)),
        "kind": words(_COMPLAINT_KINDS, pick(rng, _COMPLAINT_WEIGHTS, wanted)),
        "upheld": pa.array(upheld, mask=is_open),
    }
