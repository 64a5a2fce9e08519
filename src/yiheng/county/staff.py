"""Who treats and who belongs together: departments, doctors, members of the two consortia."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .columns import Columns, between, day_number, pick, rows_in, spread
from .illnesses import ILLNESSES
from .places import CONSORTIA, HOSPITAL, OUTSIDE, TOWN_CONSORTIUM, TOWN_PERCENT, TOWNSHIP, VILLAGE, Places
from .write import ArrowColumns, days, numbered, words

# Codes and names are those of the national list of specialties.
_SPECIALTIES = {"03": "内科", "04": "外科", "05": "妇产科", "10": "眼科", "13": "皮肤科"}
DEPARTMENTS = sorted({illness.department for illness in ILLNESSES})
_DEPARTMENT_OF = np.array([DEPARTMENTS.index(illness.department) for illness in ILLNESSES])
# Doctors by kind of place: hospital, township, village, pharmacy, outside.
_DOCTORS = np.array([24, 6, 1, 0, 60])
_NUMBERS_A_PLACE = 100
_TITLES = ("chief", "deputy_chief", "attending", "resident", "assistant")
_TITLE_WEIGHTS = np.array([[8, 18, 40, 30, 4], [1, 7, 35, 42, 15], [0, 0, 5, 35, 60]])
# A suspended doctor has the last number of the institution and treats only whom the script says.
SUSPENDED = 99
# One who works at two institutions; and one whose suspension ended before the data begins.
VISITING, FORMERLY_SUSPENDED = 98, 0
_SUSPENDED_PERCENT = 20
# Beds of a department in ten thousandths of the county's people, lead hospital first, then any township.
_BEDS = ((9, 8, 3, 1, 0), (4, 4, 1, 1, 0), (3, 1, 1, 0, 0))
_BEDS_OUTSIDE = (600, 500, 160, 60, 20)
_SIGNED_PERCENT = 70


def department_at(visits: Columns, places: Places) -> np.ndarray:
    """Position of the department of the main illness; -1 where there are no departments."""
    has = np.isin(places.kind[visits["place"]], (HOSPITAL, TOWNSHIP, OUTSIDE))
    return np.where(has, _DEPARTMENT_OF[visits["illness"]], -1)


def departments(visits: Columns, places: Places) -> pa.Array:
    return words(DEPARTMENTS, department_at(visits, places))


def _codes(place: np.ndarray, which: np.ndarray) -> pa.Array:
    return numbered("D", place.astype(np.int64) * _NUMBERS_A_PLACE + which, 7)


def doctor_code(place: int, which: int) -> int:
    """The number in a doctor's code, for the script."""
    return place * _NUMBERS_A_PLACE + which


def doctors(visits: Columns, places: Places, turn: int = 0) -> pa.Array:
    """One of the institution's doctors, the same for one person and illness; none at a pharmacy.

    ``turn`` names a colleague instead.
    """
    many = _DOCTORS[places.kind[visits["place"]]]
    which = (visits["person"] + visits["illness"] + turn) % np.maximum(many, 1)
    usual = visits["place"].astype(np.int64) * _NUMBERS_A_PLACE + which
    code = np.where((visits["doctor"] >= 0) & (turn == 0), visits["doctor"], usual)
    return pc.if_else(pa.array(many > 0), numbered("D", np.where(many > 0, code, 0), 7), None)


def family_doctors(rng: np.random.Generator, enrolments: Columns, places: Places) -> pa.Array:
    """A doctor of the institution of first visits, for those who signed."""
    signed = rng.integers(0, 100, rows_in(enrolments)) < _SIGNED_PERCENT
    which = enrolments["person"] % _DOCTORS[places.kind[enrolments["place"]]]
    return pc.if_else(pa.array(signed), _codes(enrolments["place"], which), None)


def membership_table(places: Places, years: tuple[int, ...]) -> ArrowColumns:
    """Today each hospital leads a consortium; before, the second was a member of the first one's.

    Until then the larger township of the second consortium led it.
    """
    lead, second = places.of(HOSPITAL)
    founded, moved = day_number(dt.date(years[0] - 2, 1, 1)), day_number(dt.date(years[-1] - 1, 1, 1))
    interim = int(places.of(TOWNSHIP)[np.flatnonzero(TOWN_CONSORTIUM == 1)[0]])
    rows = [(int(lead), 0, "lead", founded, -1)]
    rows += [(int(second), 0, "member", founded, moved - 1), (int(second), 1, "lead", moved, -1)]
    for place in np.flatnonzero(np.isin(places.kind, (TOWNSHIP, VILLAGE))):
        consortium = int(TOWN_CONSORTIUM[places.town[place]])
        role = "township" if places.kind[place] == TOWNSHIP else "village"
        if place == interim:
            rows.append((interim, consortium, "lead", founded, moved - 1))
        rows.append((int(place), consortium, role, moved if place == interim else founded, -1))
    at, consortia, roles, since, until = zip(*rows, strict=True)
    return {
        "institution_id": words(places.ids, np.array(at)),
        "consortium": words(CONSORTIA, np.array(consortia)),
        "role": pa.array(roles),
        "member_from": days(np.array(since)),
        "member_until": pc.if_else(pa.array(np.array(until) >= 0), days(np.array(until)), None),
    }


def department_table(places: Places, people: int, since: int) -> ArrowColumns:
    place = np.repeat(np.flatnonzero(np.isin(places.kind, (HOSPITAL, TOWNSHIP, OUTSIDE))), len(DEPARTMENTS))
    which = np.arange(len(place)) % len(DEPARTMENTS)
    return {
        "institution_id": words(places.ids, place),
        "department": words(DEPARTMENTS, which),
        "name": words([_SPECIALTIES[code] for code in DEPARTMENTS], which),
        "specialty": words(DEPARTMENTS, which),
        "beds": pa.array([_beds(places, int(p), int(w), people) for p, w in zip(place, which, strict=True)]),
        "opened_on": days(np.full(len(place), since)),
    }


def _beds(places: Places, place: int, which: int, people: int) -> int:
    if places.kind[place] == OUTSIDE:
        return _BEDS_OUTSIDE[which]
    if places.kind[place] == TOWNSHIP:
        share = len(TOWN_PERCENT) * TOWN_PERCENT[places.town[place]]
        return -(-_BEDS[2][which] * people * share // (100 * 10_000 * 2))
    return -(-_BEDS[int(place != places.of(HOSPITAL)[0])][which] * people // 10_000)


def doctor_table(
    rng: np.random.Generator, places: Places, years: tuple[int, ...], guests: set[tuple[int, int]]
) -> ArrowColumns:
    """Those who treat, and some suspended; a suspension that ended long ago stays on record.

    Guests are doctors, by code, who also or only work at these places now and then.
    """
    place, which = spread(_DOCTORS[places.kind])
    banned = np.flatnonzero(np.isin(places.kind, (HOSPITAL, TOWNSHIP)))
    banned = banned[(rng.integers(0, 100, len(banned)) < _SUSPENDED_PERCENT) | (banned == banned[0])]
    place = np.concatenate([place, banned])
    which = np.concatenate([which, np.full(len(banned), SUSPENDED)])
    code = place.astype(np.int64) * _NUMBERS_A_PLACE + which
    at, known = np.array(sorted(guests), np.int64).reshape(len(guests), 2).T
    place, code = np.concatenate([place, at]), np.concatenate([code, known])
    which = code % _NUMBERS_A_PLACE
    kind = places.kind[place]
    rank = np.select([kind == VILLAGE, kind == TOWNSHIP], [2, 1], 0)
    title = np.select([rank == n for n in range(3)], [pick(rng, weights, len(place)) for weights in _TITLE_WEIGHTS])
    today = which == SUSPENDED
    once = ~today & (rank < 2) & (which == FORMERLY_SUSPENDED)
    until = day_number(dt.date(years[-1] + 1, 1, 1)) + between(rng, 30, 360, len(place))
    until = np.where(once, day_number(dt.date(years[0], 1, 1)) - between(rng, 30, 360, len(place)), until)
    order = np.lexsort((which, place))
    return {
        "institution_id": words(places.ids, place[order]),
        "doctor": numbered("D", code[order], 7),
        "department": words(DEPARTMENTS, np.where(rank < 2, which % len(DEPARTMENTS), -1)[order]),
        "title": words(_TITLES, title[order]),
        "suspended_until": pc.if_else(pa.array((today | once)[order]), days(until[order]), None),
    }
