"""Chronic disease beyond the visit: registrations, and what managed people measure each quarter."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .catalogue import ONE
from .columns import Columns, between, day_number, rows_in
from .illnesses import ILL
from .outpatient import CHRONIC_CARE
from .places import TOWNSHIP, Places
from .tables import person_ids
from .write import ArrowColumns, days, decimals, words

# National codes where they are public; the others are invented and say so.
_DISEASES = {
    "I10": ("M03900", "高血压"),
    "E11.9": ("M01600", "糖尿病"),
    "I25.1": ("M04600", "冠心病"),
    "J44.9": ("M05300", "慢性阻塞性肺病"),
    "N18.9": ("YHM001", "慢性肾脏病"),
    "Z49.1": ("M07803", "慢性肾功能不全（血液透析）"),
}
_ILL = np.array([ILL[code] for code in _DISEASES])
_REGISTERED_UNSEEN_PERCENT = 60
_REGISTERED_BEFORE = 900
_MANAGED_PERCENT, _OTHERS_MEASURED_PERCENT = 72, 30
_QUARTER_MONTHS = 3
_PRESSURE, _GLUCOSE = 0, 1
# Mean and spread of a reading in tenths, managed and not: mmHg, mmol/L, %.
_READINGS = {
    "systolic": (1340, 1460, 120),
    "diastolic": (810, 870, 80),
    "fasting_glucose": (70, 86, 12),
    "hba1c": (68, 82, 9),
}
_LEAST, _MOST = {"systolic": 1100, "diastolic": 500}, {"systolic": 2200, "diastolic": 1050}
_LEAST_SUGAR, _MOST_SUGAR = 40, 250


def registration_table(
    rng: np.random.Generator, visits: Columns, people: Columns, places: Places, unregistered: set[int]
) -> ArrowColumns:
    """Everybody who came for a chronic disease was registered before; some who never came are registered too.

    The visits of the script that are named as unregistered stay so.
    """
    left_out = np.isin(visits["script"], sorted(unregistered))
    at = np.flatnonzero((visits["kind"] == CHRONIC_CARE) & ~left_out)
    slot = np.searchsorted(np.sort(_ILL), visits["illness"][at])
    slot = np.argsort(_ILL)[slot]
    key = visits["person"][at].astype(np.int64) * len(_ILL) + slot
    # The visits stand in order of their first day, so the first of a key is the earliest.
    seen, where = np.unique(key, return_index=True)
    earliest = visits["began"][at[where]].astype(np.int64)
    has = people["chronic"] & (rng.integers(0, 100, people["chronic"].shape) < _REGISTERED_UNSEEN_PERCENT)
    person, disease = np.nonzero(has)
    unseen = np.setdiff1d(person * len(_ILL) + disease, seen)
    keys = np.concatenate([seen, unseen])
    earliest = np.concatenate([earliest, people["here_from"][unseen // len(_ILL)]])
    order = np.argsort(keys)
    return _registrations(rng, keys[order], earliest[order], people, places)


def _registrations(
    rng: np.random.Generator, keys: np.ndarray, earliest: np.ndarray, people: Columns, places: Places
) -> ArrowColumns:
    person, disease = np.divmod(keys, len(_ILL))
    until, last = people["here_until"][person], people["here_until"].max()
    since = np.maximum(earliest - between(rng, 1, _REGISTERED_BEFORE, len(keys)), people["born"][person])
    return {
        "person_id": person_ids(person),
        "disease_code": words([code for code, _ in _DISEASES.values()], disease),
        "disease_name": words([name for _, name in _DISEASES.values()], disease),
        "institution_id": words(places.ids, places.of(TOWNSHIP)[people["town"][person]]),
        "registered_from": days(since),
        "registered_until": pc.if_else(pa.array(until < last), days(until), None),
    }


def _reading(rng: np.random.Generator, measure: str, managed: np.ndarray) -> np.ndarray:
    good, poor, sd = _READINGS[measure]
    tenths = np.rint(np.where(managed, good, poor) + sd * rng.standard_normal(len(managed))).astype(np.int64)
    if measure in _LEAST:
        # A pressure is read in whole millimetres.
        return np.clip(tenths, _LEAST[measure], _MOST[measure]) // 10 * ONE
    return np.clip(tenths, _LEAST_SUGAR, _MOST_SUGAR) * ONE // 10


def health_record_table(
    managing: np.random.Generator, rng: np.random.Generator, people: Columns, places: Places, year: int
) -> ArrowColumns:
    """Blood pressure and glucose once a quarter of managed people, now and then of the others.

    ``managing`` draws who is managed; it is the same every year.
    """
    managed = managing.integers(0, 100, rows_in(people)) < _MANAGED_PERCENT
    person, day, measure, reading = [], [], [], []
    for quarter in range(4):
        starts = [day_number(dt.date(year, 1 + quarter * _QUARTER_MONTHS, 1)) + n for n in (0, 89)]
        when = between(rng, starts[0], starts[1], rows_in(people))
        comes = managed | (rng.integers(0, 100, rows_in(people)) < _OTHERS_MEASURED_PERCENT)
        comes &= (people["here_from"] <= when) & (when <= people["here_until"])
        for disease, measures in ((_PRESSURE, ("systolic", "diastolic")), (_GLUCOSE, _sugars(quarter))):
            rows = np.flatnonzero(comes & people["chronic"][:, disease])
            for name in measures:
                person.append(rows)
                day.append(when[rows])
                measure.append(np.full(len(rows), list(_READINGS).index(name)))
                reading.append(_reading(rng, name, managed[rows]))
    who, when, what, value = (np.concatenate(parts) for parts in (person, day, measure, reading))
    order = np.lexsort((what, who, when))
    who, when, what, value = (column[order] for column in (who, when, what, value))
    return {
        "person_id": person_ids(who),
        "measured_on": days(when),
        "measure": words(list(_READINGS), what),
        "reading": decimals(value, "quantity"),
        "managed": pa.array(managed[who]),
        "institution_id": words(places.ids, people["clinic"][who]),
    }


def _sugars(quarter: int) -> tuple[str, ...]:
    """Glycated haemoglobin is measured once a year."""
    return ("fasting_glucose", "hba1c") if quarter == 1 else ("fasting_glucose",)
