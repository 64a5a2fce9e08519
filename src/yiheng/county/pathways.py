"""The way from one institution to the next: transfers, and referrals up and down."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from .columns import Columns
from .illnesses import ILLNESSES
from .places import HOSPITAL, OUTSIDE, TOWNSHIP, Places
from .stays import INPATIENT, TRANSFERRED
from .tables import person_ids, visit_ids
from .write import ArrowColumns, days, numbered, words

# Rank by kind of place: hospital, township, village, pharmacy, outside.
_RANK = np.array([2, 1, 0, -1, 3])
_UP_WITHIN, _DOWN_WITHIN = 7, 14
_UP_STAY_PERCENT, _UP_VISIT_PERCENT, _DOWN_PERCENT = 80, 25, 50
_DIRECTIONS = ("up", "down")


class Steps(NamedTuple):
    """Pairs of visits of one person that follow each other."""

    before: np.ndarray
    after: np.ndarray
    gap: np.ndarray


def next_steps(visits: Columns) -> Steps:
    """Each visit with the same person's next; the visits stand in order of their first day."""
    order = np.argsort(visits["person"], kind="stable")
    same = visits["person"][order[1:]] == visits["person"][order[:-1]]
    before, after = order[:-1][same], order[1:][same]
    return Steps(before, after, visits["began"][after] - visits["ended"][before])


def receiving_places(visits: Columns, steps: Steps, places: Places) -> np.ndarray:
    """Where a transferred person went: the next place if there is one, else a larger hospital; -1 for all others."""
    kind = places.kind[visits["place"]]
    outside = places.of(OUTSIDE)
    elsewhere = outside[(np.searchsorted(outside, visits["place"]) + 1) % len(outside)]
    going = np.select([kind == TOWNSHIP, kind == HOSPITAL], [places.of(HOSPITAL)[0], outside[0]], elsewhere)
    moved = (steps.gap == 0) & (visits["kind"][steps.after] == INPATIENT)
    moved &= visits["place"][steps.after] != visits["place"][steps.before]
    going[steps.before[moved]] = visits["place"][steps.after[moved]]
    transferred = (visits["kind"] == INPATIENT) & (visits["way"] == TRANSFERRED)
    return np.where(transferred, going, -1)


def referrals(
    rng: np.random.Generator, visits: Columns, steps: Steps, receiving: np.ndarray, places: Places
) -> ArrowColumns:
    """Transfers between hospitals, and referrals written at one visit and followed by the next one."""
    rank, bedded = _RANK[places.kind[visits["place"]]], visits["kind"] == INPATIENT
    below, above = rank[steps.before], rank[steps.after]
    chance = rng.integers(0, 100, len(below))
    follows = (steps.gap >= 1) & (visits["script"][steps.before] < 0) & (receiving[steps.before] < 0)
    percent = np.where(bedded[steps.after], _UP_STAY_PERCENT, _UP_VISIT_PERCENT)
    up = (below >= 0) & (above > below) & (above >= 2) & (steps.gap <= _UP_WITHIN) & (chance < percent)
    down = bedded[steps.before] & (below >= 2) & (above >= 0) & (above < 2)
    down &= (steps.gap <= _DOWN_WITHIN) & (chance < _DOWN_PERCENT)
    chosen = np.flatnonzero(follows & (up | down))
    moved = np.flatnonzero(receiving >= 0)
    written = np.concatenate([steps.before[chosen], moved])
    goal = np.concatenate([visits["place"][steps.after[chosen]], receiving[moved]])
    order = np.lexsort((written, visits["ended"][written]))
    return _referral_table(visits, written[order], goal[order], places)


def _referral_table(visits: Columns, written: np.ndarray, goal: np.ndarray, places: Places) -> ArrowColumns:
    origin = visits["place"][written]
    down = _RANK[places.kind[goal]] < _RANK[places.kind[origin]]
    return {
        "referral_id": numbered("R", 1 + np.arange(len(written)), 8),
        "person_id": person_ids(visits["person"][written]),
        "visit_id": visit_ids(written),
        "from_institution": words(places.ids, origin),
        "to_institution": words(places.ids, goal),
        "direction": words(_DIRECTIONS, down.astype(np.int64)),
        "referred_on": days(visits["ended"][written]),
        "diagnosis": words([illness.code for illness in ILLNESSES], visits["illness"][written]),
    }
