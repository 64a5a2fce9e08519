"""A score worked by hand: middle, spread, deviation, the mean of the strongest, and what is unknown."""

from __future__ import annotations

import pytest

from yiheng.supervision.scores import (
    FEATURES,
    LIMITS,
    Record,
    Reference,
    Value,
    beyond_size,
    features_of,
    freeze,
    judge,
    precision_at,
    record_of,
)
from yiheng.supervision.scores.features import BENFORD, WHOLE


def record(name: str, **values: float | None) -> Record:
    return Record(name, ("a|b", "a"), 100, 0, {n: None if v is None else Value(v) for n, v in values.items()})


# Stay costs 10 20 30 40 100: the middle is 30, distances from it 20 10 0 10 70, the middle of these is 10.
PEERS = [record(f"R{n}", stay_cost=cost, stay_days=5.0) for n, cost in enumerate((10.0, 20.0, 30.0, 40.0, 100.0))]


def test_the_reference_is_the_middle_and_the_middle_distance_from_it():
    peers = freeze("institution", PEERS, LIMITS).peers["a|b"]["stay_cost"]
    assert (peers.known, peers.median, peers.mad) == (5, 30.0, 10.0)
    assert peers.spread == pytest.approx(14.826)


def test_a_deviation_counts_in_steps_on_the_conspicuous_side_only():
    reference = freeze("institution", PEERS, LIMITS)
    high, low = judge(PEERS[4], reference), judge(PEERS[0], reference)
    # (100 - 30) ÷ 14.826 = 4.7214; days are those of everybody: 0. The mean of both is 2.3607.
    assert [(r.feature.name, round(r.deviation, 4)) for r in high.reasons] == [
        ("stay_cost", 4.7214),
        ("stay_days", 0.0),
    ]
    assert high.points == 2.3607
    assert low.points == 0.0


def test_where_most_are_equal_the_mean_distance_is_the_spread():
    alike = [record(f"R{n}", stay_cost=cost) for n, cost in enumerate((10.0, 10.0, 10.0, 10.0, 20.0))]
    peers = freeze("institution", alike, LIMITS).peers["a"]["stay_cost"]
    # Distances 0 0 0 0 10: their middle is 0, their mean 2.
    assert (peers.mad, round(peers.spread, 4)) == (0.0, round(2 * 1.2533, 4))


def test_peers_that_are_all_alike_make_whoever_differs_as_far_as_counts():
    alike = [record(f"R{n}", stay_cost=10.0) for n in range(5)]
    assert judge(record("N", stay_cost=11.0), freeze("institution", alike, LIMITS)).points == 10.0


def test_of_few_events_chance_alone_moves_a_share():
    shares = [Record(f"R{n}", ("a",), 9, 0, {"transfers": Value(0.0, 100)}) for n in range(5)]
    reference = freeze("institution", shares, LIMITS)
    few = judge(Record("N", ("a",), 9, 0, {"transfers": Value(0.25, 8)}), reference)
    many = judge(Record("N", ("a",), 9, 0, {"transfers": Value(0.25, 98)}), reference)
    # (0·8 + 1) ÷ 10 = 0.1; √(0.1 · 0.9 ÷ 8) = 0.10607; 0.25 ÷ 0.10607 = 2.357
    assert few.points == pytest.approx(2.357, abs=1e-3)
    # 1 ÷ 100 = 0.01; √(0.01 · 0.99 ÷ 98) = 0.010051; 24.87 is more than counts
    assert many.points == 10.0


def test_a_missing_feature_is_unknown_and_not_zero():
    reference = freeze("institution", PEERS, LIMITS)
    lacking = judge(record("N", stay_cost=100.0, stay_days=None), reference)
    assert (lacking.points, lacking.unknown) == (4.7214, ("stay_days",))
    assert judge(record("N", stay_cost=None), reference).points is None


def test_too_few_peers_are_no_measure_and_the_wider_group_answers():
    reference = freeze("institution", PEERS[:4], LIMITS)
    assert judge(PEERS[0], reference).points is None
    wider = Record("N", ("a|c", "a"), 1, 0, {"stay_cost": Value(100.0)})
    (reason,) = judge(wider, freeze("institution", [*PEERS, wider], LIMITS)).reasons
    assert reason.group == "a"


def row(**sums: tuple[int | None, int | None, int]) -> dict[str, object]:
    cells: dict[str, object] = {"subject": "H", "peer": "a|b", "wide": "a", "visits": 30, "size_fen": 1}
    for feature in features_of("institution"):
        cells |= dict(zip(feature.columns, sums.get(feature.name, (None, None, 0)), strict=True))
    return cells


def test_a_value_needs_events_enough_behind_it():
    # Ten stays are enough, nine are not; nothing over nothing is unknown; a top that is not known is unknown.
    known = record_of("institution", row(stay_cost=(5000, 10, 10), stay_days=(50, 9, 9), self_pay=(0, 0, 30)), LIMITS)
    assert known.values["stay_cost"] == Value(500.0)
    assert known.values["stay_days"] is None and known.values["self_pay"] is None and known.values["uncovered"] is None
    assert record_of("institution", row(transfers=(1, 10, 10)), LIMITS).values["transfers"] == Value(0.1, 10)


def test_a_reference_reads_back_as_it_was_written():
    reference = freeze("institution", PEERS, LIMITS)
    assert Reference.from_json(reference.as_json()) == reference


def test_benford_shares_make_a_whole_and_features_say_a_sentence():
    assert sum(BENFORD) == WHOLE and len(BENFORD) == 9
    for feature in FEATURES.values():
        assert feature.sentence.endswith(".") and feature.zh


def test_precision_counts_empty_places_as_misses():
    assert precision_at(["a", "b"], {"a"}, 2) == precision_at(["a"], {"a"}, 2)
    found = beyond_size(["a", "b", "c"], ["c", "a", "b"], {"a", "b"})
    # Two of two against one of two.
    assert (found.k, found.ranked, found.by_size, found.beyond_size * 2) == (2, 1, found.ranked / 2, 1)
