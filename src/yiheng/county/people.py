"""Who is insured: people with sex, age, home, chronic conditions, and the days they belong to the county."""

from __future__ import annotations

import datetime as dt

import numpy as np

from .catalogue import SEXES
from .columns import Columns, day_number, pick, rows_in
from .illnesses import CHRONIC_PERCENT, band_of
from .places import TOWN_CONSORTIUM, TOWN_PERCENT, TOWNSHIP, VILLAGE, Places

INSURANCES = ("employee", "resident")
EMPLOYEE, RESIDENT = range(2)
DAYS_PER_YEAR = 365
# The age, counted at the first of January, of those born within the year.
NEWBORN = -1

# First age of each band, its people in a thousand, and how many of those are men. At the census of November 2020
# 17.95 % of all people were under 15, of the rural 17.72 % were 65 and over, 23.81 % 60 and over; the old of all China
# were 2.1 points more in 2024 ([census], [rural], [people] of figures.yaml), so the county starts a little above.
_AGES = ((0, 48, 520), (5, 126, 525), (15, 92, 520), (25, 112, 510), (35, 132, 505), (45, 158, 500))
_OLD_AGES = ((55, 84, 495), (60, 66, 495), (65, 113, 480), (75, 52, 440), (85, 17, 360))
_BANDS = _AGES + _OLD_AGES
_OLDEST = 98
_BORN_PER_THOUSAND = 7
_UNKNOWN_SEX_PER_THOUSAND = 1
_MOVES_IN_PER_THOUSAND = 5
_MOVES_OUT_PER_THOUSAND = 6
_OTHER_CONSORTIUM_PER_THOUSAND = 10
# Chance in a thousand to die at home in a year, by age band.
_DEATHS_PER_THOUSAND = np.array([0, 1, 3, 22])
FULL, HALF = 1000, 500


def _ages(rng: np.random.Generator, people: int, years: int) -> tuple[np.ndarray, np.ndarray]:
    """Age at the first day, negative for those born later, and whether a man."""
    starts = np.array([-years] + [start for start, _, _ in _BANDS])
    ends = np.append(starts[1:], _OLDEST + 1)
    shares = np.array([_BORN_PER_THOUSAND * years] + [share for _, share, _ in _BANDS])
    men = np.array([520] + [m for _, _, m in _BANDS])
    band = pick(rng, shares, people)
    return rng.integers(starts[band], ends[band]), rng.integers(0, FULL, people) < men[band]


def _chronic(rng: np.random.Generator, age: np.ndarray) -> np.ndarray:
    chance = CHRONIC_PERCENT[band_of(age)]
    return np.asarray(rng.integers(0, 100, chance.shape) < chance)


def _spans(rng: np.random.Generator, born: np.ndarray, age: np.ndarray, first: int, last: int) -> Columns:
    """First and last day in the county: births, moves and deaths at home."""
    people, days = len(born), last - first + 1
    years = days // DAYS_PER_YEAR
    any_day = rng.integers(first + 1, last, people)
    chance = rng.integers(0, FULL, people)
    moves_in = chance < _MOVES_IN_PER_THOUSAND * years
    moves_out = ~moves_in & (chance < (_MOVES_IN_PER_THOUSAND + _MOVES_OUT_PER_THOUSAND) * years)
    dies = rng.integers(0, FULL, people) < _DEATHS_PER_THOUSAND[band_of(age)] * years
    here_from = np.where(moves_in, any_day, first)
    here_until = np.where(moves_out | (dies & ~moves_in), any_day, last)
    unborn = born > first
    return {"here_from": np.where(unborn, born, here_from), "here_until": np.where(unborn, last, here_until)}


def settle_people(rng: np.random.Generator, people: int, years: tuple[int, ...], places: Places) -> Columns:
    """One row per person, with all that later draws depend on."""
    first, last = day_number(dt.date(years[0], 1, 1)), day_number(dt.date(years[-1], 12, 31))
    age, man = _ages(rng, people, len(years))
    in_year = rng.integers(0, DAYS_PER_YEAR, people)
    before = first - age * DAYS_PER_YEAR - (age + 1) // 4 - 1 - in_year
    within = first - (age + 1) * DAYS_PER_YEAR + in_year
    born = np.where(age >= 0, before, np.minimum(within, last))
    unknown = rng.integers(0, FULL, people) < _UNKNOWN_SEX_PER_THOUSAND
    works = (age >= 20) & (rng.integers(0, 100, people) < np.where(age >= 60, 22, 32))
    town = pick(rng, np.array(TOWN_PERCENT), people)
    villages = places.of(VILLAGE)
    in_town = np.bincount(places.town[villages], minlength=len(TOWN_PERCENT))
    clinic = villages[town + len(TOWN_PERCENT) * rng.integers(0, in_town[town])]
    return {
        "born": born,
        "age": age,
        "sex": np.where(unknown, SEXES.index("unknown"), np.where(man, 0, 1)),
        "insurance": np.where(works, EMPLOYEE, RESIDENT),
        "town": town,
        "clinic": clinic,
        "chronic": _chronic(rng, age),
        # Some people fall ill more often than others of their age.
        "frailty": rng.gamma(2.0, 0.5, people),
        **_spans(rng, born, age, first, last),
    }


def enrol(rng: np.random.Generator, people: Columns, places: Places, year: int) -> Columns:
    """One span for everybody who belonged to the county in the year.

    A few are answered for by the other consortium in that year, whatever their town.
    """
    first, last = day_number(dt.date(year, 1, 1)), day_number(dt.date(year, 12, 31))
    crosses = rng.integers(0, FULL, rows_in(people)) < _OTHER_CONSORTIUM_PER_THOUSAND
    with_township = rng.integers(0, FULL, rows_in(people)) < HALF
    here = np.flatnonzero((people["here_from"] <= last) & (people["here_until"] >= first))
    town = people["town"][here]
    township = places.of(TOWNSHIP)[town]
    return {
        "person": here,
        "consortium": np.where(crosses[here], 1 - TOWN_CONSORTIUM[town], TOWN_CONSORTIUM[town]),
        "place": np.where(with_township[here], township, people["clinic"][here]),
        "enrolled_from": np.maximum(people["here_from"][here], first),
        "enrolled_until": np.minimum(people["here_until"][here], last),
    }
