"""Settlement lists and front pages: what a hospital writes down of a stay, nearly complete."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .catalogue import NUMBER, ONE
from .columns import Columns, between, month_number, month_start, pick, rows_in, take
from .illnesses import ILLNESSES
from .places import Places
from .staff import departments, doctors
from .stays import DISCHARGE_WAYS, INPATIENT
from .tables import PAYMENT_WAYS, payment_way, visit_ids
from .write import ArrowColumns, decimals, instants, words

_EMPTY_PERCENT = 5
_ALWAYS = ("visit_id", "admitted_at", "discharged_at", "discharge_way", "stay_days", "receiving_institution")
_COUNTED = ("diagnosis_count", "operation_count")
_NEWBORN_DAYS = 28
_MONTHS_A_YEAR = 12
_NURSING = {
    "special_nursing_days": "nurse_special",
    "first_nursing_days": "nurse_one",
    "second_nursing_days": "nurse_two",
    "third_nursing_days": "nurse_three",
}
# The lists of occupations and relations have no public code table; these are plain words.
_OCCUPATIONS, _OCCUPATION_WEIGHTS = ("农民", "职工", "退休人员", "学生", "其他"), np.array([46, 18, 20, 8, 8])
_RELATIONS, _RELATION_WEIGHTS = ("配偶", "子女", "父母", "其他"), np.array([42, 38, 14, 6])
# Admission through emergency or out-patients; senders differ in the digits, so words stand here.
_WAYS = ("emergency", "outpatient")
_PLANS = ("1", "2")
_PURPOSES = {"Z51.1": "肿瘤化学治疗"}


def _age(born: np.ndarray, on: np.ndarray) -> np.ndarray:
    """Whole years completed."""
    months = month_number(on) - month_number(born)
    early = on - month_start(month_number(on)) < born - month_start(month_number(born))
    return np.asarray((months - early) // _MONTHS_A_YEAR)


def counted(ordinal: pa.Array) -> np.ndarray:
    """How many rows each visit has, from their places in its list; the visits stand together."""
    starts = np.flatnonzero(ordinal.to_numpy() == 1)
    return np.diff(np.append(starts, len(ordinal)))


def _nursing(lines: Columns, visits: Columns, stays: np.ndarray) -> ArrowColumns:
    """Days of each grade of nursing as charged, at most the days of the stay."""
    longest = (visits["ended"] - visits["began"] + 1)[stays]
    found = {}
    for name, key in _NURSING.items():
        mine = lines["item"] == NUMBER[key]
        units = np.bincount(lines["visit"][mine], lines["quantity"][mine] // ONE, rows_in(visits))
        found[name] = pa.array(np.clip(units[stays].astype(np.int64), 0, longest))
    return found


def _newborn(rng: np.random.Generator, age: np.ndarray, lived: np.ndarray) -> ArrowColumns:
    """Only a child below one year has an age in days, only a newborn its weights."""
    new = (age == 0) & (lived <= _NEWBORN_DAYS)
    weight = between(rng, 250, 410, len(age)) * 10
    gained = weight + lived * 20
    return {
        "age_days": pa.array(lived, mask=age > 0),
        "newborn_admission": words(("1",), np.where(new, 0, -1)),
        "birth_weight_g": pc.if_else(pa.array(new), decimals(weight * ONE, "quantity"), None),
        "admission_weight_g": pc.if_else(pa.array(new), decimals(gained * ONE, "quantity"), None),
    }


def front_page_table(
    rng: np.random.Generator,
    visits: Columns,
    first: int,
    lines: Columns,
    listed: dict[str, np.ndarray],
    receiving: np.ndarray,
    people: Columns,
    places: Places,
) -> ArrowColumns:
    """One page for each stay; a field in twenty stays empty, but not when, how and to whom the stay ended.

    Args:
        listed: numbers of diagnoses and of operations, one for each visit.
        receiving: place that took over a transferred person, -1 for all others.
    """
    at = np.flatnonzero(visits["kind"] == INPATIENT)
    stays, size = take(visits, at), len(at)
    born = people["born"][stays["person"]].astype(np.int64)
    began, ended = stays["began"].astype(np.int64), stays["ended"].astype(np.int64)
    age, ill = _age(born, began), stays["illness"]
    department = departments(stays, places)
    purposes = [_PURPOSES.get(illness.code, "") for illness in ILLNESSES]
    again = stays["planned"] & np.array([bool(purpose) for purpose in purposes])[ill]
    page = {
        "visit_id": visit_ids(first + at),
        "declared_at": instants(ended + between(rng, 3, 20, size), 8 * 3600 + rng.integers(0, 9 * 3600, size)),
        "nationality": words(("156",), np.zeros(size)),
        "occupation": words(_OCCUPATIONS, pick(rng, _OCCUPATION_WEIGHTS, size)),
        "contact_relation": words(_RELATIONS, pick(rng, _RELATION_WEIGHTS, size)),
        "age_years": decimals(age * ONE, "quantity"),
        "inpatient_kind": words(("1",), np.zeros(size)),
        "admission_way": words(_WAYS, np.where(stays["emergency"], 0, 1)),
        "treatment_kind": words(("西医",), np.zeros(size)),
        "admitted_at": instants(began, 7 * 3600 + rng.integers(0, 3600, size)),
        "discharged_at": instants(ended, 16 * 3600 + rng.integers(0, 3600, size)),
        "admission_department": department,
        "discharge_department": department,
        "stay_days": pa.array(np.maximum(ended - began, 1)),
        "outpatient_diagnosis": words([illness.code for illness in ILLNESSES], ill),
        "discharge_way": words(DISCHARGE_WAYS, stays["way"]),
        "receiving_institution": words(places.ids, receiving[at]),
        "readmission_plan": words(_PLANS, again.astype(np.int64)),
        "readmission_purpose": words(purposes, np.where(again, ill, -1)),
        "doctor": doctors(stays, places),
        "payment_method": words(PAYMENT_WAYS, payment_way(stays, places)),
        **_nursing(lines, visits, at),
        **_newborn(rng, age, began - born),
    }
    page = {name: column if name in _ALWAYS else _thinned(rng, column) for name, column in page.items()}
    return page | {name: pa.array(listed[name][at]) for name in _COUNTED}


def _thinned(rng: np.random.Generator, column: pa.Array) -> pa.Array:
    """The column with a few values forgotten."""
    kept = rng.integers(0, 100, len(column)) >= _EMPTY_PERCENT
    return pc.if_else(pa.array(kept), column, None)
