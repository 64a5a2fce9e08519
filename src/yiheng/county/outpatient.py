"""Visits without a bed: clinics, emergencies, chronic care, dialysis, pharmacies."""

from __future__ import annotations

import numpy as np

from .columns import Columns, pick, rows_in, spread, stack, take
from .illnesses import CHRONIC, ILL, band_of, fall_ill
from .people import NEWBORN
from .places import HOSPITAL, OUTSIDE, PHARMACY, TOWNSHIP, VILLAGE, Places
from .seasons import OPEN_DAILY, ORDINARY, URGENT, days_of_year
from .stays import blank_stays

# In the order of the contract's code list; stays.INPATIENT is the place of a stay in it.
KINDS = ("outpatient", "emergency", "chronic", "inpatient", "pharmacy")
OUTPATIENT, EMERGENCY, CHRONIC_CARE, _, AT_PHARMACY = range(5)

# Contacts in a thousand person-years by age band, and where they happen in percent. Residents were seen 2.51 times in
# clinics in 2024; of the visits to county hospitals, townships and villages 65 % were to the last two in 2022
# ([series], [health] of figures.yaml).
_CONTACTS = {
    OUTPATIENT: np.array([3000, 1750, 2700, 3800]),
    EMERGENCY: np.array([160, 90, 110, 220]),
    AT_PHARMACY: np.array([350, 1050, 1700, 1900]),
}
# Percent of these that employees and residents have: in 2024 employees were seen 6.9 times in clinics and bought 6.0
# times in pharmacies, residents hardly ever ([series], [insurance]).
_AS_ANYBODY = np.array([100, 100])
_OF_INSURED_PERCENT = {OUTPATIENT: np.array([250, 100]), AT_PHARMACY: np.array([250, 45])}
# 0.44 visits for each resident and 0.85 for each employee in 2024 ([series]).
_PER_CONDITION = 1500
_RHYTHMS = {EMERGENCY: URGENT, AT_PHARMACY: OPEN_DAILY}
_WHERE = np.array([VILLAGE, TOWNSHIP, HOSPITAL, OUTSIDE])
_WHERE_PERCENT = {
    OUTPATIENT: np.array([26, 34, 30, 10]),
    EMERGENCY: np.array([0, 22, 66, 12]),
    CHRONIC_CARE: np.array([26, 40, 27, 7]),
}
_AT_HOME_PERCENT = 85
_LEAD_PERCENT = 70
_DIALYSIS_PER_TEN_THOUSAND = 4
_DIALYSES_A_YEAR = 100
# A prescription is filled within twelve weeks.
FILLED_WITHIN = 84


def _place(rng: np.random.Generator, kind: int, person: np.ndarray, people: Columns, places: Places) -> np.ndarray:
    size = len(person)

    def any_of(where: int) -> np.ndarray:
        return places.of(where)[rng.integers(0, len(places.of(where)), size)]

    if kind == AT_PHARMACY:
        return any_of(PHARMACY)
    where = _WHERE[pick(rng, _WHERE_PERCENT[kind], size)]
    near = rng.integers(0, 100, size) < _AT_HOME_PERCENT
    clinic = np.where(near, people["clinic"][person], any_of(VILLAGE))
    township = np.where(near, places.of(TOWNSHIP)[people["town"][person]], any_of(TOWNSHIP))
    lead, other = places.of(HOSPITAL)[:2]
    hospital = np.where(rng.integers(0, 100, size) < _LEAD_PERCENT, lead, other)
    return np.select(
        [where == VILLAGE, where == TOWNSHIP, where == HOSPITAL],
        [clinic, township, hospital],
        any_of(OUTSIDE),
    )


def _contacts(
    rng: np.random.Generator, kind: int, rate: np.ndarray, people: Columns, places: Places, year: int
) -> Columns:
    person, _ = spread(rng.poisson(rate))
    day = days_of_year(rng, year, len(person), _RHYTHMS.get(kind, ORDINARY))
    visits = blank_stays(person, _place(rng, kind, person, people, places), day, day)
    visits["kind"][:] = kind
    return visits


def _condition(rng: np.random.Generator, person: np.ndarray, people: Columns) -> np.ndarray:
    """One of the person's own chronic conditions."""
    has = people["chronic"][person]
    wish = rng.random(has.shape) * has
    return np.asarray(CHRONIC[wish.argmax(axis=1)], np.int16)


def _dialysis(rng: np.random.Generator, people: Columns, places: Places, year: int, since: int) -> Columns:
    failing = np.flatnonzero(people["chronic"][:, -1] & (people["age"] + since >= 45))
    wanted = max(1, rows_in(people) * _DIALYSIS_PER_TEN_THOUSAND // 10_000)
    # The kidneys of the same people fail year after year: the frailest of those with the condition.
    patients = failing[np.argsort(-people["frailty"][failing], kind="stable")][:wanted]
    rate = np.zeros(rows_in(people))
    rate[patients] = _DIALYSES_A_YEAR
    visits = _contacts(rng, CHRONIC_CARE, rate, people, places, year)
    visits["place"][:] = places.of(HOSPITAL)[0]
    visits["illness"][:] = ILL["Z49.1"]
    visits["planned"][:] = True
    return visits


def _one_year(rng: np.random.Generator, people: Columns, places: Places, year: int, since: int) -> Columns:
    age = people["age"] + since
    band = band_of(age)
    weight = np.where(age >= NEWBORN, people["frailty"], 0) / 1000
    parts = []
    for kind, rates in _CONTACTS.items():
        percent = _OF_INSURED_PERCENT.get(kind, _AS_ANYBODY)[people["insurance"]]
        parts.append(_contacts(rng, kind, rates[band] * weight * percent / 100, people, places, year))
    for part in parts:
        person = part["person"]
        part["illness"] = fall_ill(rng, people["sex"][person], band[person], "visits")
    conditions = np.minimum(people["chronic"].sum(axis=1), 2)
    chronic = _contacts(rng, CHRONIC_CARE, conditions * _PER_CONDITION * weight, people, places, year)
    chronic["illness"] = _condition(rng, chronic["person"], people)
    visits = stack([*parts, chronic, _dialysis(rng, people, places, year, since)])
    here = (visits["began"] >= people["here_from"][visits["person"]]) & (
        visits["began"] <= people["here_until"][visits["person"]]
    )
    return take(visits, here)


def in_hospital(visits: Columns, stays: Columns) -> np.ndarray:
    """Which visits fall into a stay of the same person."""
    if not rows_in(stays):
        return np.zeros(rows_in(visits), bool)
    order = np.lexsort((stays["began"], stays["person"]))
    person = stays["person"][order].astype(np.int64) << 20
    # A short stay may lie within a longer one: what counts is the last day of all that began before.
    until = np.maximum.accumulate(person + stays["ended"][order])
    day = (visits["person"].astype(np.int64) << 20) + visits["began"]
    before = np.searchsorted(person + stays["began"][order], day, "right") - 1
    return np.asarray((before >= 0) & (day <= until[np.maximum(before, 0)]))


def lately_seen(visits: Columns) -> np.ndarray:
    """Which visits follow a visit or stay anywhere but at a pharmacy whose prescription may still be filled."""
    places = np.flatnonzero(visits["kind"] != AT_PHARMACY)
    order = places[np.lexsort((visits["began"][places], visits["person"][places]))]
    person = visits["person"][order].astype(np.int64) << 20
    until = np.maximum.accumulate(person + visits["ended"][order])
    day = (visits["person"].astype(np.int64) << 20) + visits["began"]
    before = np.searchsorted(person + visits["began"][order], day, "right") - 1
    return np.asarray((before >= 0) & (day - FILLED_WITHIN <= until[np.maximum(before, 0)]))


def ordinary_visits(
    rng: np.random.Generator, people: Columns, places: Places, years: tuple[int, ...], stays: Columns
) -> Columns:
    """All visits without a bed: none on a day in hospital or far away as well, none twice a day at one place."""
    parts = []
    for since, year in enumerate(years):
        visits = _one_year(rng, people, places, year, since)
        visits = _once_a_day(take(visits, ~in_hospital(visits, stays)), places)
        parts.append(take(visits, ~_also_at_home(visits, places)))
    return stack(parts)


def _once_a_day(visits: Columns, places: Places) -> Columns:
    """The first visit of a person to a place on a day: a second one would look like a bill settled twice."""
    who_where = visits["person"].astype(np.int64) * len(places.kind) + visits["place"]
    days = int(visits["began"].max(initial=0)) + 1
    _, first = np.unique(who_where * days + visits["began"], return_index=True)
    return take(visits, np.sort(first))


def _also_at_home(visits: Columns, places: Places) -> np.ndarray:
    """Visits outside the county on a day on which the person has one within it."""
    away = places.kind[visits["place"]] == OUTSIDE
    key = (visits["person"].astype(np.int64) << 20) + visits["began"]
    far = np.zeros(len(away), bool)
    far[away] = np.isin(key[away], key[~away])
    return far
