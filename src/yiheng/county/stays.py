"""Stays in hospital as they happen in an honest county: no rule of the audit may find one of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import numpy as np

from .columns import Columns, between, day_number, pick, rows_in, skewed, spread, stack, take
from .illnesses import (
    GROUP,
    ILL,
    LEADS_TO,
    LEAST_NIGHTS,
    MOST_NIGHTS,
    OPERATED_PERCENT,
    TUMOURS,
    band_of,
    fall_ill,
)
from .people import DAYS_PER_YEAR, NEWBORN
from .places import HOSPITAL, OUTSIDE, TOWNSHIP, Places
from .seasons import ORDINARY, URGENT, days_of_year

INPATIENT = 3
HOME, TRANSFERRED, AGAINST_ADVICE, DIED = range(4)
DISCHARGE_WAYS = ("home", "transferred", "against_advice", "died")

# Together 20 stays for 100 insured: residents had 16.3, 20.7, 21.7 and 20.8 in 2022-2025. By age they rise as in 2018,
# when rural older adults had 26.3 and residents as a whole 13.3 ([series], [survey] of figures.yaml).
_RATE_PER_THOUSAND = np.array([105, 105, 190, 440])
# Percent of stays of employees and residents at hospitals of the county, townships, outside; and nights in a thousandth
# of a day. That employees lie in larger hospitals shows in their cost: 11,707 yuan against 7,408 in 2024 ([insurance]).
_WHERE_PERCENT = np.array([[70, 9, 21], [65, 24, 11]])
_WHERE = np.array([HOSPITAL, TOWNSHIP, OUTSIDE])
# A stay of a resident lasted 8.8, 8.5 and 8.6 days in 2023-2025 ([insurance]).
_NIGHTS = {HOSPITAL: 9500, TOWNSHIP: 8200, OUTSIDE: 10300}
_LEAD_PERCENT = 68
_MOST_IN_A_YEAR = 5
_AGAIN_WITHIN = 15
_MOST_TOGETHER, _BITS = 5, 16
_EMERGENCY_PERCENT = 16
_INTENSIVE_PERCENT = 45
_COURSES_PER_TEN_THOUSAND = 9


def blank_stays(person: np.ndarray, place: np.ndarray, began: np.ndarray, ended: np.ndarray) -> Columns:
    """Stays with nothing special about them yet.

    A bare visit is charged the least and what its script says, a skimped stay no service but the least; -1 leaves
    doctor and time of settling to chance.
    """
    size = len(person)
    return {
        "person": person.astype(np.int32),
        "place": place.astype(np.int32),
        "kind": np.full(size, INPATIENT, np.int8),
        "began": began.astype(np.int32),
        "ended": ended.astype(np.int32),
        "illness": np.zeros(size, np.int16),
        "second": np.full(size, -1, np.int16),
        "planned": np.zeros(size, bool),
        "emergency": np.zeros(size, bool),
        "intensive": np.zeros(size, bool),
        "operation": np.full(size, -1, np.int8),
        "way": np.full(size, HOME, np.int8),
        "script": np.full(size, -1, np.int32),
        "bare": np.zeros(size, bool),
        "skimped": np.zeros(size, bool),
        "doctor": np.full(size, -1, np.int32),
        "settled": np.full(size, -1, np.int32),
    }


def _ordinary(rng: np.random.Generator, people: Columns, places: Places, year: int, since: int) -> Columns:
    age = people["age"] + since
    rate = _RATE_PER_THOUSAND[band_of(age)] / 1000 * people["frailty"]
    person, _ = spread(rng.poisson(np.where(age >= NEWBORN, rate, 0)))
    size = len(person)
    insured = people["insurance"][person]
    kind = _WHERE[np.choose(insured, [pick(rng, percent, size) for percent in _WHERE_PERCENT])]
    place = _place(rng, kind, people["town"][person], places)
    usual = np.array([_NIGHTS.get(k, 0) for k in range(5)])[kind]
    nights = usual * skewed(rng, size, 0.75) // 1_000_000
    emergency = rng.integers(0, 100, size) < _EMERGENCY_PERCENT
    urgent, ordinary = (days_of_year(rng, year, size, rhythm) for rhythm in (URGENT, ORDINARY))
    began = np.where(emergency, urgent, ordinary)
    illness = fall_ill(rng, people["sex"][person], band_of(age[person]), "stays")
    nights = np.clip(nights, LEAST_NIGHTS[illness], MOST_NIGHTS[illness])
    stays = blank_stays(person, place, began, began + nights)
    stays["illness"] = illness
    stays["emergency"] = emergency
    stays["intensive"] = stays["emergency"] & (kind != TOWNSHIP) & (nights > 2)
    stays["intensive"] &= rng.integers(0, 100, size) < _INTENSIVE_PERCENT
    operated = (kind != TOWNSHIP) & (rng.integers(0, 100, size) < OPERATED_PERCENT[stays["illness"]])
    stays["operation"] = np.where(operated, LEADS_TO[stays["illness"]], -1).astype(np.int8)
    return stays


def _place(rng: np.random.Generator, kind: np.ndarray, town: np.ndarray, places: Places) -> np.ndarray:
    size = len(kind)
    county, townships, outside = (places.of(k) for k in (HOSPITAL, TOWNSHIP, OUTSIDE))
    lead = rng.integers(0, 100, size) < _LEAD_PERCENT
    return np.select(
        [kind == HOSPITAL, kind == TOWNSHIP],
        [np.where(lead, county[0], county[1]), townships[town]],
        outside[rng.integers(0, len(outside), size)],
    )


def _courses(rng: np.random.Generator, people: Columns, places: Places, first: int, last: int) -> Columns:
    """Courses of chemotherapy: four to six short stays at one hospital, three weeks apart."""
    years = (last - first) // DAYS_PER_YEAR + 1
    adult = people["age"] >= 45
    ill = adult & (rng.integers(0, 10_000, rows_in(people)) < _COURSES_PER_TEN_THOUSAND * years)
    patients = np.flatnonzero(ill)
    owner, turn = spread(between(rng, 4, 6, len(patients)))
    start = rng.integers(first, last - 150, len(patients))[owner] if len(patients) else owner
    hospitals = np.concatenate([places.of(HOSPITAL), places.of(OUTSIDE)])
    place = hospitals[rng.integers(0, len(hospitals), len(patients))][owner]
    began = start + turn * 21
    stays = blank_stays(patients[owner], place, began, began + between(rng, 2, 4, len(owner)))
    stays["illness"][:] = ILL["Z51.1"]
    stays["second"] = TUMOURS[rng.integers(0, len(TUMOURS), len(patients))][owner].astype(np.int16)
    stays["planned"][:] = True
    return stays


def _without_overlaps(stays: Columns) -> Columns:
    """Drop a stay that begins before the person was home again, until none is left."""
    while True:
        stays = take(stays, np.lexsort((stays["ended"], stays["began"], stays["person"])))
        same = stays["person"][1:] == stays["person"][:-1]
        late = np.append(False, same & (stays["began"][1:] <= stays["ended"][:-1]))
        if not late.any():
            return stays
        # Only the first of a run is surely wrong: its successor may be right once it is gone.
        stays = take(stays, ~(late & ~np.append(False, late[:-1])))


def _without_excess(stays: Columns) -> Columns:
    """Keep the unplanned stays of a person-year well below what the audit asks about."""
    year = stays["began"].astype("datetime64[D]").astype("datetime64[Y]").astype(np.int64)
    counted = np.flatnonzero(~stays["planned"])
    key = stays["person"][counted].astype(np.int64) * 10_000 + year[counted]
    # The rows are in order of person and first day, so equal keys stand together.
    new = np.append(True, key[1:] != key[:-1]) if len(key) else np.zeros(0, bool)
    run_start = np.maximum.accumulate(np.where(new, np.arange(len(key)), 0))
    excess = counted[np.arange(len(key)) - run_start >= _MOST_IN_A_YEAR]
    keep = np.ones(rows_in(stays), bool)
    keep[excess] = False
    return take(stays, keep)


def _same_days(stays: Columns) -> np.ndarray:
    """One number for each place, first day, last day and group of illness."""
    nights = stays["ended"].astype(np.int64) - stays["began"]
    parts = (stays["began"], nights, GROUP[stays["illness"]])
    key = stays["place"].astype(np.int64)
    for part in parts:
        key = (key << _BITS) + part
    return key


def without_crowds(stays: Columns, scripted: Columns) -> Columns:
    """The stays without those that would join a group of the script, or make one by chance."""
    key = _same_days(stays)
    order = np.argsort(key, kind="stable")
    turn = np.empty(len(key), np.int64)
    turn[order] = np.arange(len(key)) - np.searchsorted(key[order], key[order])
    return take(stays, (turn < _MOST_TOGETHER) & ~np.isin(key, _same_days(scripted)))


def _back_soon_is_an_emergency(stays: Columns) -> None:
    """Whoever comes back to the same hospital with the same illness within days comes as an emergency."""
    group = GROUP[stays["illness"]]
    order = np.lexsort((stays["began"], group, stays["place"], stays["person"]))
    ordered = [column[order] for column in (stays["person"], stays["place"], group)]
    same = np.logical_and.reduce([column[1:] == column[:-1] for column in ordered])
    gap = stays["began"][order][1:] - stays["ended"][order][:-1]
    soon = order[1:][same & (gap <= _AGAIN_WITHIN)]
    stays["emergency"][soon] |= ~stays["planned"][soon]


def _endings(rng: np.random.Generator, stays: Columns, people: Columns) -> Columns:
    """How each stay ended; nobody comes back from the dead."""
    size = rows_in(stays)
    stays["way"] = pick(rng, np.array([940, 25, 35]), size).astype(np.int8)
    old = people["age"][stays["person"]] >= 65
    died = rng.integers(0, 1000, size) < np.where(old, 18, 2)
    died &= ~stays["planned"]
    np.minimum.at(people["here_until"], stays["person"][died], stays["ended"][died])
    stays["way"][died] = DIED
    return take(stays, stays["ended"] <= people["here_until"][stays["person"]])


def ordinary_stays(
    rng: np.random.Generator,
    people: Columns,
    places: Places,
    years: tuple[int, ...],
    actors: np.ndarray,
    change: Callable[[Columns], Columns],
) -> Columns:
    """All stays but those of the actors; shortens the span in the county of those who die in hospital.

    ``change`` turns what would have happened into what did.
    """
    first, last = day_number(dt.date(years[0], 1, 1)), day_number(dt.date(years[-1], 12, 31))
    parts = [_ordinary(rng, people, places, year, n) for n, year in enumerate(years)]
    stays = stack([change(stack(parts)), _courses(rng, people, places, first, last)])
    inside = (stays["began"] >= people["here_from"][stays["person"]]) & (
        stays["ended"] <= people["here_until"][stays["person"]]
    )
    stays = take(stays, inside & ~np.isin(stays["person"], actors))
    stays = _without_excess(_without_overlaps(stays))
    _back_soon_is_an_emergency(stays)
    return _endings(rng, stays, people)
