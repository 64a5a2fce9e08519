"""Rows as columns: draws and joins on whole arrays that the other files of this room share."""

from __future__ import annotations

import datetime as dt
import zlib
from statistics import NormalDist

import numpy as np

Columns = dict[str, np.ndarray]

_EPOCH = dt.date(1970, 1, 1)
_QUANTILES = 1000


def stream(seed: int, table: str, year: int = 0) -> np.random.Generator:
    """The draws of one table alone, so that what one table draws moves no other."""
    return np.random.default_rng([seed, zlib.crc32(table.encode()), year])


def day_number(day: dt.date) -> int:
    """The day as Arrow counts it: days since the first of January 1970."""
    return (day - _EPOCH).days


def month_number(days: np.ndarray) -> np.ndarray:
    """The month of each day, counted from January 1970."""
    return np.asarray(days, np.int64).astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_start(months: np.ndarray) -> np.ndarray:
    """The first day of each month."""
    return np.asarray(months, np.int64).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def rows_in(columns: Columns) -> int:
    return len(next(iter(columns.values())))


def stack(parts: list[Columns]) -> Columns:
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def take(columns: Columns, rows: np.ndarray) -> Columns:
    """The chosen rows; ``rows`` is a mask or a list of positions."""
    return {name: values[rows] for name, values in columns.items()}


def spread(counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One row for each thing counted: whose it is, and its place among its owner's, from 0."""
    owner = np.repeat(np.arange(len(counts)), counts)
    first = np.cumsum(counts) - counts
    return owner, np.arange(len(owner)) - first[owner]


def pick(rng: np.random.Generator, weights: np.ndarray, size: int) -> np.ndarray:
    """Positions drawn with the given weights."""
    edges = np.cumsum(weights, dtype=np.float64)
    drawn = np.searchsorted(edges, rng.random(size) * edges[-1], side="right")
    return np.asarray(np.minimum(drawn, len(edges) - 1))


def skewed(rng: np.random.Generator, size: int, sigma: float) -> np.ndarray:
    """Whole thousandths with a long right tail and a mean of about 1000."""
    normal = NormalDist(-sigma * sigma / 2, sigma)
    table = np.exp([normal.inv_cdf((n + 0.5) / _QUANTILES) for n in range(_QUANTILES)])
    thousandths = np.rint(table * 1000).astype(np.int64)
    return np.asarray(thousandths[rng.integers(0, _QUANTILES, size)])


def between(rng: np.random.Generator, low: int | np.ndarray, high: int | np.ndarray, size: int) -> np.ndarray:
    """Whole numbers from low to high, both included."""
    return rng.integers(low, np.asarray(high) + 1, size)
