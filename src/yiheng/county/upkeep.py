"""What stands beside treatment: cameras of pharmacies, care at home, complaints."""

from __future__ import annotations

import datetime as dt
import hashlib

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .columns import Columns, between, day_number, pick, rows_in, spread, take
from .outpatient import AT_PHARMACY, in_hospital
from .places import PHARMACY, TOWNSHIP, Places
from .script import Care, Note
from .tables import person_ids, visit_ids
from .write import ArrowColumns, days, instants, numbered, words

# From half past six in the evening on a camera may fail.
EVENING = 18 * 3600 + 1800
_OUTAGES_A_YEAR = 2
_MORNING = 5 * 3600
_SECONDS_A_DAY = 86_400

_FRAIL_FROM_AGE = 78
_CARED_PER_TEN_THOUSAND = 5
_WEEK, _TURNS = 7, 4
_FIRST_TURN, _A_TURN = 8 * 3600, 2 * 3600

_BOUGHT_FOR_FROM_AGE, _ONE_OF = 75, 5
_RELATIONS = ("子女", "配偶", "孙子女", "邻居")

_COMPLAINTS_PER_TEN_THOUSAND = 4
_COMPLAINT_KINDS = ("收费", "服务态度", "推诿病人", "药品缺货", "其他")
_COMPLAINT_WEIGHTS = np.array([35, 30, 8, 15, 12])
_UPHELD_PERCENT, _OPEN_PERCENT = 30, 5


def camera_table(
    rng: np.random.Generator,
    places: Places,
    years: tuple[int, ...],
    dark: set[tuple[int, int]],
    outages: dict[tuple[int, int], int],
) -> ArrowColumns:
    """Spans without a gap; a camera fails at night, when a pharmacy sells nothing unless the script says so.

    ``dark`` names the evenings of the script by pharmacy and day; ``outages`` are evenings from which on a camera is
    off for so many seconds.
    """
    first, last = day_number(dt.date(years[0], 1, 1)), day_number(dt.date(years[-1], 12, 31))
    place, since, working = [], [], []
    for pharmacy in places.of(PHARMACY):
        nights = 1 + rng.poisson(_OUTAGES_A_YEAR * len(years))
        scripted = [day for place, day in dark if place == pharmacy]
        long = {day: seconds for (place, day), seconds in outages.items() if place == pharmacy}
        night = np.union1d(rng.choice(np.arange(first, last - 1), nights, replace=False), scripted).astype(np.int64)
        night = np.union1d(night[~np.isin(night, [day + n for day in long for n in (-1, 0, 1)])], list(long))
        night = night.astype(np.int64)
        nights = len(night)
        lasts = np.array([long.get(int(day), 0) for day in night], np.int64)
        off = night * _SECONDS_A_DAY + EVENING + np.where(lasts > 0, 0, rng.integers(0, 3600, nights))
        on = (night + 1) * _SECONDS_A_DAY + _MORNING + rng.integers(0, 7200, nights)
        on = np.where(lasts > 0, off + lasts, on)
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


def proxy_table(visits: Columns, first: int, people: Columns, scripted: dict[int, int]) -> ArrowColumns:
    """The register of purchases for others: some of the old have one and the same proxy, the others one of the script.

    What stands for the number of an identity document is no such number; it is hashed at the door like one.
    """
    own = (people["age"][visits["person"]] >= _BOUGHT_FOR_FROM_AGE) & (visits["person"] % _ONE_OF == 0)
    own &= (visits["kind"] == AT_PHARMACY) & (visits["script"] < 0)
    planted = np.full(rows_in(visits), -1)
    for row in np.flatnonzero(visits["script"] >= 0):
        planted[row] = scripted.get(int(visits["script"][row]), -1)
    at = np.flatnonzero(own | (planted >= 0))
    person, proxy = visits["person"][at], planted[at]
    return {
        "visit_id": visit_ids(first + at),
        "proxy": pc.if_else(pa.array(proxy < 0), numbered("YHD", person + 1, 8), numbered("YHE", proxy + 1, 8)),
        "relation": words(_RELATIONS, person % len(_RELATIONS)),
        "registered_at": instants(visits["began"][at], _FIRST_TURN),
    }


def _moments(seconds: np.ndarray) -> pa.Array:
    return instants(np.zeros(len(seconds), np.int64), seconds)


def care_visits(
    rng: np.random.Generator, people: Columns, stays: Columns, years: tuple[int, ...], scripted: list[Care]
) -> Columns:
    """A visit a week to a few of the very old, by day; no carer is at two places unless the script says so.

    The column ``scripted`` is the place in that list, -1 for all others.
    """
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
    usual = (cared[owner], carer[owner], day, begins, ends, np.full(len(owner), -1))
    planted = [(c.person, c.carer, c.day, c.begins, c.ends, n) for n, c in enumerate(scripted)]
    added = np.array(planted, np.int64).reshape(len(planted), len(usual)).T
    names = ("person", "carer", "day", "begins", "ends", "scripted")
    columns = {name: np.concatenate([a, b]) for name, a, b in zip(names, usual, added, strict=True)}
    return take(columns, np.lexsort((columns["begins"], columns["day"])))


def care_table(visits: Columns, people: Columns, places: Places, scripted: list[Care]) -> ArrowColumns:
    person, day = visits["person"], visits["day"]
    texts = [scripted[n].signature if n >= 0 else "" for n in visits["scripted"]]
    usual = [f"{who} {when}" for who, when in zip(person, day, strict=True)]
    signed = [
        hashlib.sha256((text or other).encode()).hexdigest()[:16] for text, other in zip(texts, usual, strict=True)
    ]
    return {
        "care_visit_id": _care_ids(1 + np.arange(len(person))),
        "person_id": person_ids(person),
        "institution_id": words(places.ids, places.of(TOWNSHIP)[people["town"][person]]),
        "carer": numbered("C", visits["carer"] + 1, 5),
        "place": numbered("G", person + 1, 7),
        "started_at": instants(day, visits["begins"]),
        "ended_at": instants(day, visits["ends"]),
        "signature_hash": pa.array(signed, pa.string()),
    }


def care_notes(visits: Columns, people: Columns, places: Places, scripted: list[Care]) -> list[Note]:
    """What the script claims about its visits at home, now that they are numbered."""
    notes = []
    for row in np.flatnonzero(visits["scripted"] >= 0):
        care = scripted[visits["scripted"][row]]
        place = int(places.of(TOWNSHIP)[people["town"][care.person]])
        about = str(_care_ids(np.array([row + 1]))[0])
        notes += [Note(rule, caught, why, about, care.person, place) for rule, caught, why in care.claims]
    return notes


def _care_ids(numbers: np.ndarray) -> pa.Array:
    return numbered("N", numbers, 8)


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
