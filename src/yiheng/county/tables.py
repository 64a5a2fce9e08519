"""Tables of people, visits and charges, filled from the columns of numbers of this room."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from .catalogue import IS_DRUG, ITEMS, ONE, SEXES, charge_kind
from .charges import operated_on
from .columns import Columns, pick, rows_in, take
from .illnesses import COMPANIONS, ILLNESSES, OPERATIONS, SECOND_OPERATION
from .labels import LINE_DIGITS, PERSON_DIGITS, VISIT_DIGITS
from .outpatient import AT_PHARMACY, CHRONIC_CARE, KINDS
from .people import EMPLOYEE, INSURANCES
from .places import CONSORTIA, COUNTY_DIVISION, TOWNSHIP, VILLAGE, Places
from .places import KINDS as PLACE_KINDS
from .staff import departments, doctors, family_doctors
from .stays import DISCHARGE_WAYS, INPATIENT
from .write import ArrowColumns, days, decimals, instants, numbered, words

_COMPANIONS_FROM_AGE = 45
_SETTLING = 17 * 3600
# National codes: employed, retired, residents under age, grown residents.
_PERSON_KINDS = ("11", "12", "14", "15")
_LOW_INCOME_PER_THOUSAND = 35
_CONDITIONS = ("present", "not_confirmed", "unclear", "absent")
_CONDITION_WEIGHTS = np.array([90, 4, 3, 3])
_ANAESTHESIAS = ("全身麻醉", "局部麻醉")
PAYMENT_WAYS = ("drg", "capitation", "fee_for_service")
# One pack lasts so many days: of a chronic patient, of anyone else.
_DAYS_A_PACK, _DAYS_A_SHORT_PACK = 7, 3
_EMPTY_PARTS = ("civil_servant_fen", "supplement_fen", "aid_fen", "other_fund_fen", "hospital_fen")
_BEDDED_COMPANIONS, _OTHER_COMPANIONS = (20, 30, 30, 20), (82, 18)


def person_ids(persons: np.ndarray) -> pa.Array:
    return numbered("P", persons + 1, PERSON_DIGITS)


def visit_ids(visits: np.ndarray) -> pa.Array:
    return numbered("V", visits + 1, VISIT_DIGITS)


def settlement_ids(visits: np.ndarray) -> pa.Array:
    """Every visit has one settlement, numbered alike."""
    return numbered("S", visits + 1, VISIT_DIGITS)


def people_tables(rng: np.random.Generator, people: Columns, places: Places) -> dict[str, ArrowColumns]:
    size = rows_in(people)
    poor = (people["insurance"] != EMPLOYEE) & (rng.integers(0, 1000, size) < _LOW_INCOME_PER_THOUSAND)
    return {
        "institution": {
            "institution_id": pa.array(places.ids),
            "name": pa.array(places.names),
            "kind": words(PLACE_KINDS, places.kind),
            "level": pa.array(places.levels),
            "division": pa.array(places.division),
        },
        "person": {
            "person_id": person_ids(np.arange(size)),
            "sex": words(SEXES, people["sex"]),
            "born_on": days(people["born"]),
            "insurance": words(INSURANCES, people["insurance"]),
            "person_kind": words(_PERSON_KINDS, _person_kind(people)),
            "low_income": pa.array(poor),
            "division": words((COUNTY_DIVISION,), np.zeros(size)),
        },
    }


def _person_kind(people: Columns) -> np.ndarray:
    """By age on the first day: retired at sixty, grown at eighteen."""
    age, works = people["age"], people["insurance"] == EMPLOYEE
    return np.where(works, np.where(age >= 60, 1, 0), np.where(age >= 18, 3, 2))


def enrolment_table(rng: np.random.Generator, enrolments: Columns, places: Places) -> ArrowColumns:
    return {
        "person_id": person_ids(enrolments["person"]),
        "consortium": words(CONSORTIA, enrolments["consortium"]),
        "institution_id": words(places.ids, enrolments["place"]),
        "family_doctor": family_doctors(rng, enrolments, places),
        "enrolled_from": days(enrolments["enrolled_from"]),
        "enrolled_until": days(enrolments["enrolled_until"]),
    }


def care_tables(
    rng: np.random.Generator, later: np.random.Generator, visits: Columns, first: int, people: Columns, places: Places
) -> dict[str, ArrowColumns]:
    bedded = visits["kind"] == INPATIENT
    numbers = first + np.arange(rows_in(visits))
    return {
        "visit": {
            "visit_id": visit_ids(numbers),
            "person_id": person_ids(visits["person"]),
            "institution_id": words(places.ids, visits["place"]),
            "department": departments(visits, places),
            "doctor": doctors(visits, places),
            "kind": words(KINDS, visits["kind"]),
            "began_on": days(visits["began"]),
            "ended_on": days(visits["ended"]),
            "discharge_way": words(DISCHARGE_WAYS, np.where(bedded, visits["way"], -1)),
            "planned_course": pa.array(visits["planned"]),
            "emergency": pa.array(visits["emergency"] | (visits["kind"] == KINDS.index("emergency"))),
        },
        "diagnosis": _diagnoses(rng, later, visits, first, people),
        "operation": _operations(rng, visits, first, places),
    }


def _diagnoses(
    rng: np.random.Generator, later: np.random.Generator, visits: Columns, first: int, people: Columns
) -> ArrowColumns:
    """The main diagnosis, the one that belongs to it, and what else the person suffers from."""
    size, kind = rows_in(visits), visits["kind"]
    drawn = rng.integers(0, 100, size)
    wanted = np.where(
        kind == INPATIENT,
        np.searchsorted(np.cumsum(_BEDDED_COMPANIONS), drawn, "right"),
        np.searchsorted(np.cumsum(_OTHER_COMPANIONS), drawn, "right"),
    )
    young = people["age"][visits["person"]] < _COMPANIONS_FROM_AGE
    wanted = np.where(young | (kind == AT_PHARMACY) | visits["bare"], 0, wanted)
    # Four diagnoses at most: an illness that belongs to the main one takes the place of a companion.
    wanted -= (visits["second"] >= 0) & (wanted > 2)
    codes = np.full((size, 5), -1, np.int16)
    codes[:, 0], codes[:, 1] = visits["illness"], visits["second"]
    start = rng.integers(0, len(COMPANIONS), size)
    for n in range(3):
        companion = COMPANIONS[(start + n) % len(COMPANIONS)]
        fits = (n < wanted) & (companion != visits["illness"]) & (companion != visits["second"])
        codes[:, 2 + n] = np.where(fits, companion, -1)
    there = codes >= 0
    row, slot = np.nonzero(there)
    ordinal = np.cumsum(there, axis=1)[row, slot]
    condition = pick(later, _CONDITION_WEIGHTS, len(row))
    return {
        "visit_id": visit_ids(first + row),
        "kind": words(["western"], np.zeros(len(row), np.int32)),
        "ordinal": pa.array(ordinal.astype(np.int64)),
        "code": words([illness.code for illness in ILLNESSES], codes[row, slot]),
        "name": words([illness.name for illness in ILLNESSES], codes[row, slot]),
        "is_main": pa.array(ordinal == 1),
        "admission_condition": words(
            _CONDITIONS, np.where(kind[row] == INPATIENT, np.where(ordinal == 1, 0, condition), -1)
        ),
    }


def _operations(rng: np.random.Generator, visits: Columns, first: int, places: Places) -> ArrowColumns:
    """The operation of a stay, and with some a catheter laid on the same day."""
    rows = np.flatnonzero(visits["operation"] >= 0)
    more = rows[rng.integers(0, 100, len(rows)) < 15]
    row = np.concatenate([rows, more])
    main = np.arange(len(row)) < len(rows)
    order = np.lexsort((~main, row))
    row, main = row[order], main[order]
    known = [(operation.code, operation.name) for operation in OPERATIONS] + [SECOND_OPERATION]
    which = np.where(main, visits["operation"][row], len(OPERATIONS))
    return {
        "visit_id": visit_ids(first + row),
        "ordinal": pa.array(np.where(main, 1, 2)),
        "code": words([code for code, _ in known], which),
        "name": words([name for _, name in known], which),
        "is_main": pa.array(main),
        "operated_on": days(operated_on(visits)[row]),
        "surgeon": doctors(take(visits, row), places, turn=1),
        "anaesthesia": words(_ANAESTHESIAS, np.where(main, 0, 1)),
    }


def settlement_table(
    rng: np.random.Generator, visits: Columns, first: int, paid: Columns, people: Columns, places: Places
) -> ArrowColumns:
    """Settled on the last day; funds this county does not have paid nothing."""
    size = rows_in(visits)
    numbers = first + np.arange(size)
    nothing = pa.array(np.zeros(size, np.int64))
    return {
        "settlement_id": settlement_ids(numbers),
        "visit_id": visit_ids(numbers),
        "settled_at": instants(visits["ended"], _settling(rng, visits)),
        "insurance": words(INSURANCES, people["insurance"][visits["person"]]),
        "payment_way": words(PAYMENT_WAYS, payment_way(visits, places)),
        "refund": pa.array(np.zeros(size, bool)),
        **dict.fromkeys(_EMPTY_PARTS, nothing),
        **{name: pa.array(column) for name, column in paid.items()},
    }


def _settling(rng: np.random.Generator, visits: Columns) -> np.ndarray:
    usual = _SETTLING + rng.integers(0, 3600, rows_in(visits))
    return np.where(visits["settled"] >= 0, visits["settled"], usual)


def payment_way(visits: Columns, places: Places) -> np.ndarray:
    """Stays by group, first visits near home by head, all else by item."""
    near = np.isin(places.kind[visits["place"]], (TOWNSHIP, VILLAGE))
    return np.where(visits["kind"] == INPATIENT, 0, np.where(near, 1, 2))


def _days_supplied(lines: Columns, visits: Columns) -> pa.Array:
    """Days that the drugs of a visit without a bed last; empty for all else."""
    kind = visits["kind"][lines["visit"]]
    known = IS_DRUG[lines["item"]] & (kind != INPATIENT) & (lines["quantity"] > 0)
    pack = np.where(kind == CHRONIC_CARE, _DAYS_A_PACK, _DAYS_A_SHORT_PACK)
    return pa.array(lines["quantity"] // ONE * pack, mask=~known)


def line_table(lines: Columns, visits: Columns, first: int, first_line: int, places: Places) -> ArrowColumns:
    item, row = lines["item"], lines["visit"]
    at = pa.array(row)
    return {
        "line_id": numbered("F", first_line + 1 + np.arange(len(row)), LINE_DIGITS),
        "visit_id": visit_ids(first + row),
        "settlement_id": settlement_ids(first + row),
        "item_code": words([i.code for i in ITEMS], item),
        "item_name": words([i.name for i in ITEMS], item),
        "kind": words([i.kind for i in ITEMS], item),
        "coverage": words([i.coverage for i in ITEMS], item),
        "charge_kind": words([charge_kind(i) for i in ITEMS], item),
        "quantity": decimals(lines["quantity"], "quantity"),
        "unit_price": decimals(lines["price"], "price"),
        "amount_fen": pa.array(lines["amount"]),
        "scope_fen": pa.array(lines["scope"]),
        "occurred_at": instants(lines["day"], lines["second"]),
        "days_supplied": _days_supplied(lines, visits),
        "department": departments(visits, places).take(at),
        "doctor": doctors(visits, places).take(at),
    }
