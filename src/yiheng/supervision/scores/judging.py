"""The score of one record against a frozen reference: it ranks for inspection and never deducts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any, NamedTuple

import numpy as np

from yiheng.policy import Limits

from .declare import FEATURES, Feature, Subject, features_of

# Of a normal distribution: its standard deviation over its MAD, and over its mean absolute deviation.
OVER_MAD, OVER_MEAN_DEVIATION = 1.4826, 1.2533
DIGITS = 4


class Value(NamedTuple):
    """A known value; of a share of counted events also their number, by which chance alone moves it."""

    value: float
    counted: int | None = None


@dataclass(frozen=True)
class Record:
    """One subject as it is scored: peer groups from narrow to wide, size, and values; an unknown value is None."""

    subject: str
    peers: tuple[str, ...]
    visits: int
    size_fen: int | None
    values: Mapping[str, Value | None]


@dataclass(frozen=True)
class Peers:
    """What a peer group is like in one feature: how many of it are known, middle, MAD, and the spread of one step."""

    known: int
    median: float
    mad: float
    spread: float


@dataclass(frozen=True)
class Reference:
    """What records are measured against, frozen: peer group → feature → middle and spread."""

    subject: Subject
    least_peers: int
    strongest: int
    cap: int
    peers: Mapping[str, Mapping[str, Peers]]

    def as_json(self) -> dict[str, Any]:
        """The reference as plain values."""
        return {
            "subject": self.subject,
            "least_peers": self.least_peers,
            "strongest": self.strongest,
            "cap": self.cap,
            "peers": {
                group: {name: vars(one) for name, one in sorted(features.items())}
                for group, features in sorted(self.peers.items())
            },
        }

    @classmethod
    def from_json(cls, read: Mapping[str, Any]) -> Reference:
        """The reference that was written as plain values."""
        peers = {
            group: {name: Peers(**one) for name, one in features.items()} for group, features in read["peers"].items()
        }
        return cls(read["subject"], read["least_peers"], read["strongest"], read["cap"], peers)


@dataclass(frozen=True)
class Reason:
    """How far a record is from its peers in one feature, in steps of their spread on the conspicuous side."""

    feature: Feature
    value: float
    group: str
    peers: Peers
    deviation: float

    def as_json(self) -> dict[str, Any]:
        """The reason as plain values, with its sentence."""
        return {
            "feature": self.feature.name,
            "zh": self.feature.zh,
            "unit": self.feature.unit,
            "value": round(self.value, DIGITS),
            "peers": self.group,
            "known_peers": self.peers.known,
            "median": round(self.peers.median, DIGITS),
            "spread": round(self.peers.spread, DIGITS),
            "deviation": round(self.deviation, DIGITS),
        }


@dataclass(frozen=True)
class Score:
    """A score, None where nothing is known, with its reasons from strong to weak and the features that are unknown."""

    points: float | None
    reasons: tuple[Reason, ...]
    unknown: tuple[str, ...]


def record_of(subject: Subject, row: Mapping[str, Any], limits: Limits) -> Record:
    """A row of sums as a record; a value with too few events behind it is unknown, not zero."""
    values = {}
    for feature in features_of(subject):
        top, bottom, events = (row[column] for column in feature.columns)
        least = 1 if subject == "person" else limits[feature.least].value
        known = top is not None and bool(bottom) and bottom > 0 and events >= least
        counted = events if feature.unit == "share" and bottom == events else None
        values[feature.name] = Value(divided(top, bottom), counted) if known else None
    groups = tuple(dict.fromkeys(one for one in (row["peer"], row["wide"]) if one))
    return Record(row["subject"], groups, row["visits"] or 0, row["size_fen"], values)


def freeze(subject: Subject, records: Iterable[Record], limits: Limits) -> Reference:
    """The reference that records give: the middle and spread of each peer group in each feature."""
    found: dict[str, dict[str, list[float]]] = {}
    for record in records:
        for group in record.peers:
            for name, value in record.values.items():
                if value is not None:
                    found.setdefault(group, {}).setdefault(name, []).append(value.value)
    peers = {group: {name: _alike(values) for name, values in of.items()} for group, of in found.items()}
    least, strongest, cap = (limits[name].value for name in ("score_least_peers", "score_strongest", "score_cap"))
    return Reference(subject, least, strongest, cap, peers)


def judge(record: Record, reference: Reference) -> Score:
    """The mean of a record's strongest deviations; of nothing but the record and the reference."""
    reasons, unknown = [], []
    for name, value in record.values.items():
        group = next((one for one in record.peers if _enough(reference, one, name)), None)
        if value is None or group is None:
            unknown.append(name)
            continue
        peers = reference.peers[group][name]
        deviation = _deviation(FEATURES[name], value, peers, reference.cap)
        reasons.append(Reason(FEATURES[name], value.value, group, peers, deviation))
    if not reasons:
        return Score(None, (), tuple(unknown))
    reasons.sort(key=_strong_first)
    strongest = [one.deviation for one in reasons[: reference.strongest]]
    return Score(round(fmean(strongest), DIGITS), tuple(reasons), tuple(unknown))


def divided(top: float, bottom: float) -> float:
    """Top by bottom as a value to compare; no money is made of it."""
    return float(np.divide(top, bottom))


def _alike(values: list[float]) -> Peers:
    all_of_them = np.array(values)
    median = np.median(all_of_them)
    apart = np.abs(all_of_them - median)
    mad = np.median(apart)
    # Where more than half are equal the MAD is nothing, and the mean deviation tells the spread.
    spread = mad * OVER_MAD if mad > 0 else np.mean(apart) * OVER_MEAN_DEVIATION
    return Peers(len(values), float(median), float(mad), float(spread))


def _enough(reference: Reference, group: str, name: str) -> bool:
    peers = reference.peers.get(group, {}).get(name)
    return peers is not None and peers.known >= reference.least_peers


def _deviation(feature: Feature, value: Value, peers: Peers, cap: int) -> float:
    apart = value.value - peers.median
    if feature.far == "either":
        apart = abs(apart)
    elif feature.far == "lower":
        apart = -apart
    if apart <= 0:
        return 0.0
    step = float(np.sqrt(peers.spread**2 + _chance(value, peers)))
    # Peers that are all alike have no step: whoever differs is as far as counts.
    return min(divided(apart, step), float(cap)) if step > 0 else float(cap)


def _chance(value: Value, peers: Peers) -> float:
    """The variance of a share by chance alone, if the record were like its peers: few events say little.

    The peers' share is taken as if one event more had happened and one more had not, so that none is impossible.
    """
    if value.counted is None:
        return 0.0
    share = divided(peers.median * value.counted + 1, value.counted + 2)
    return divided(share * (1 - share), value.counted)


def _strong_first(reason: Reason) -> tuple[float, str]:
    return -reason.deviation, reason.feature.name
