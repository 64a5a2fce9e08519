"""What the wards ordered and what the machines saw: orders, examinations, opinions of patients."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .catalogue import IS_DRUG, ITEMS, NUMBER
from .columns import Columns, between, pick, rows_in, spread, take
from .excess import Excess
from .neglect import Neglect
from .outpatient import AT_PHARMACY
from .places import OUTSIDE, Places
from .staff import departments, doctors
from .stays import INPATIENT
from .tables import visit_ids
from .write import ArrowColumns, days, decimals, instants, numbered, words

_ORDERED_PERCENT = 80
_STOPPING = 18 * 3600
# An injection is known by its name; everything else is swallowed.
_INJECTED = np.array(["注射" in item.name or item.key == "albumin" for item in ITEMS])
_USES = (("粒", "每日三次", "口服"), ("支", "每日一次", "静脉滴注"))

EXAM_KINDS = ("CT", "MRI", "DR", "US")
_EXAMS = {"ct": 0, "mri": 1, "x_ray": 2, "liver_sound": 3, "belly_sound": 3}
_EXAM_OF = np.full(len(ITEMS), -1)
_EXAM_OF[[NUMBER[key] for key in _EXAMS]] = list(_EXAMS.values())
_POSITIVE_PERCENT = np.array([64, 74, 48, 56])
_UNTIL_REPORT = 3600

_SURVEYED_PERCENT = 2
_QUESTIONS = ("服务态度", "候诊时间", "费用说明")
_SCORES, _SCORE_WEIGHTS = np.arange(40, 101, 10), np.array([2, 3, 6, 10, 24, 33, 22])
_ANSWERED_WITHIN = 14


def order_table(
    rng: np.random.Generator, visits: Columns, first: int, lines: Columns, already: int, places: Places
) -> ArrowColumns:
    """Most drugs given on a ward, each under an order that ends with the stay at the latest."""
    row = lines["visit"]
    left = visits["ended"][row] - lines["day"] + 1
    ordered = IS_DRUG[lines["item"]] & (visits["kind"][row] == INPATIENT) & (lines["quantity"] > 0)
    # A charge outside the stay has no order.
    ordered &= (left > 0) & (lines["day"] >= visits["began"][row])
    ordered &= rng.integers(0, 100, len(row)) < _ORDERED_PERCENT
    mine, left = take(lines, ordered), left[ordered]
    row, item = mine["visit"], mine["item"]
    lasts = np.minimum(between(rng, 1, 10, len(row)), left)
    use = _INJECTED[item].astype(np.int64)
    stays = take(visits, row)
    return {
        "order_id": numbered("L", already + 1 + np.arange(len(row)), 10),
        "order_no": numbered("O", first + row + 1, 9),
        "visit_id": visit_ids(first + row),
        "item_code": words([i.code for i in ITEMS], item),
        "item_name": words([i.name for i in ITEMS], item),
        "dose": decimals(np.full(len(row), 10_000), "quantity"),
        "dose_unit": words([unit for unit, _, _ in _USES], use),
        "frequency": words([often for _, often, _ in _USES], use),
        "route": words([route for _, _, route in _USES], use),
        "days_supplied": pa.array(lasts.astype(np.int64)),
        "quantity": decimals(mine["quantity"], "quantity"),
        "ordered_at": instants(mine["day"], mine["second"]),
        "stopped_at": instants(mine["day"] + lasts - 1, _STOPPING),
        "department": departments(stays, places),
        "doctor": doctors(stays, places),
    }


def examinations(rng: np.random.Generator, visits: Columns, lines: Columns, places: Places, excess: Excess) -> Columns:
    """Imaging that was charged and not taken back: whose line, which machine, and whether it found anything.

    A machine outside the county is not known, so its number is -1.
    """
    key = lines["visit"].astype(np.int64) * len(ITEMS) + lines["item"]
    exam = (_EXAM_OF[lines["item"]] >= 0) & (lines["quantity"] > 0)
    back = (_EXAM_OF[lines["item"]] >= 0) & (lines["quantity"] < 0)
    line = np.flatnonzero(exam & ~np.isin(key, key[back]))
    kind = _EXAM_OF[lines["item"][line]]
    place = visits["place"][lines["visit"][line]]
    chances = excess.chances(_POSITIVE_PERCENT[kind], kind, place, lines["day"][line])
    return {
        "line": line,
        "kind": kind,
        "positive": rng.integers(0, 100, len(line)) < chances,
        "machine": np.where(places.kind[place] == OUTSIDE, -1, place * len(EXAM_KINDS) + kind),
    }


def machine_ids(machines: np.ndarray) -> pa.Array:
    return numbered("E", machines + 1, 6)


def exam_table(exams: Columns, first: int, lines: Columns, already: int) -> ArrowColumns:
    mine = take(lines, exams["line"])
    known = exams["machine"] >= 0
    return {
        "exam_id": numbered("X", already + 1 + np.arange(len(known)), 10),
        "visit_id": visit_ids(first + mine["visit"]),
        "item_code": words([i.code for i in ITEMS], mine["item"]),
        "kind": words(EXAM_KINDS, exams["kind"]),
        "positive": pa.array(exams["positive"]),
        "equipment_id": pc.if_else(pa.array(known), machine_ids(np.maximum(exams["machine"], 0)), None),
        "examined_at": instants(mine["day"], mine["second"].astype(np.int64) + _UNTIL_REPORT),
    }


def survey_table(rng: np.random.Generator, visits: Columns, first: int, neglect: Neglect) -> ArrowColumns:
    """Three answers of a few of those who were treated; a purchase at a pharmacy is not asked about."""
    asked = (rng.integers(0, 100, rows_in(visits)) < _SURVEYED_PERCENT) & (visits["kind"] != AT_PHARMACY)
    at = np.flatnonzero(asked)
    owner, question = spread(np.full(len(at), len(_QUESTIONS)))
    answered = visits["ended"][at] + between(rng, 1, _ANSWERED_WITHIN, len(at))
    scores = _SCORES[pick(rng, _SCORE_WEIGHTS, len(owner))]
    return {
        "visit_id": visit_ids(first + at[owner]),
        "question": words(_QUESTIONS, question),
        "score": pa.array(neglect.opinions(take(visits, at[owner]), scores)),
        "answered_on": days(answered[owner]),
    }
