"""When people come: months, days off and the Spring Festival."""

from __future__ import annotations

import datetime as dt
from typing import NamedTuple

import numpy as np

from .columns import day_number, pick


class Rhythm(NamedTuple):
    """Weight of a day by its month, and percent of it that a Saturday, a Sunday or a day of the festival keeps."""

    months: tuple[int, ...]
    off_percent: int


# Ordinary care is least in February and most in the last quarter, and less on holidays ([seasons], [diabetes] of
# figures.yaml). How much of it a day off keeps is not published there: a judgement.
ORDINARY = Rhythm((101, 92, 102, 99, 98, 94, 97, 98, 99, 106, 109, 112), 70)
# Pharmacies are open every day.
OPEN_DAILY = Rhythm(ORDINARY.months, 100)
# Emergencies come on any day of the week: 10.5 % in January, 9.8 % in December, 6.6 % in October, the fewest
# ([emergencies]). The months between are a judgement.
URGENT = Rhythm((124, 112, 102, 96, 93, 92, 98, 96, 90, 78, 102, 115), 100)

# The first day of the lunar year; years not listed have no festival.
_NEW_YEAR = (
    *("2015-02-19", "2016-02-08", "2017-01-28", "2018-02-16", "2019-02-05", "2020-01-25", "2021-02-12", "2022-02-01"),
    *("2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03"),
)
_FESTIVAL = np.concatenate([day_number(dt.date.fromisoformat(day)) + np.arange(-1, 7) for day in _NEW_YEAR])
# The first of January 1970 was a Thursday.
_THURSDAY, _SATURDAY, _WEEK = 3, 5, 7


def day_off(days: np.ndarray) -> np.ndarray:
    """Saturdays, Sundays, and the eight days from New Year's Eve."""
    return ((days + _THURSDAY) % _WEEK >= _SATURDAY) | np.isin(days, _FESTIVAL)


def days_of_year(rng: np.random.Generator, year: int, size: int, rhythm: Rhythm) -> np.ndarray:
    """Days of a year, drawn in the given rhythm."""
    first, after = (day_number(dt.date(y, 1, 1)) for y in (year, year + 1))
    days = np.arange(first, after)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % len(rhythm.months)
    weights = np.array(rhythm.months)[month] * np.where(day_off(days), rhythm.off_percent, 100)
    return first + pick(rng, weights, size)
