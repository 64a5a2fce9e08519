"""The draw can be verified by anybody, and an estimate is the one worked by hand."""

from __future__ import annotations

import hashlib
import sys
from fractions import Fraction

import numpy as np
import pytest

from yiheng.basis.refusals import Refusal
from yiheng.supervision.sampling import (
    LIMITS,
    Checked,
    Inspector,
    Stratum,
    assign,
    draw,
    estimate,
    how_many,
    ticket,
    tickets_by_score,
)

STRATA = {"hospital": [f"H{n}" for n in range(3)], "village": [f"V{n:02}" for n in range(25)]}


def sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_the_draw_is_the_order_of_published_hashes():
    drawn = draw("20251120", STRATA)
    # A tenth of 3 is 1 and of 25 is 3, rounded up.
    expected = {
        "hospital": sorted(STRATA["hospital"], key=lambda one: sha(f"20251120|hospital|{one}"))[:1],
        "village": sorted(STRATA["village"], key=lambda one: sha(f"20251120|village|{one}"))[:3],
    }
    for stratum, institutions in expected.items():
        assert [one.institution for one in drawn if one.stratum == stratum] == institutions
    assert all(one.ticket == sha(f"20251120|{one.stratum}|{one.institution}") for one in drawn)
    assert draw("20251121", STRATA) != drawn


def test_the_order_of_the_list_does_not_matter():
    turned = {name: list(reversed(known)) for name, known in reversed(STRATA.items())}
    assert draw("s", turned) == draw("s", STRATA)


@pytest.mark.parametrize(("institutions", "drawn"), [(0, 0), (1, 1), (10, 1), (11, 2), (100, 10), (101, 11)])
def test_a_tenth_is_rounded_up(institutions, drawn):
    assert how_many(institutions, 10) == drawn


@pytest.mark.parametrize("part", ["", "a|b"])
def test_a_text_that_could_be_mistaken_is_refused(part):
    with pytest.raises(Refusal, match="cannot be drawn"):
        ticket("seed", part)


def test_nobody_inspects_where_they_work_or_have_relatives_and_the_work_is_shared():
    inspectors = [Inspector("a", frozenset({"V01"})), Inspector("b"), Inspector("c"), Inspector("d")]
    limits = LIMITS.with_values({"inspected_percent": 100})
    drawn = assign("s", draw("s", STRATA, limits), inspectors, limits)
    (kept,) = [one for one in drawn if one.institution == "V01"]
    assert "a" not in kept.team and kept.kept_from == ("a",)
    sent = [name for one in drawn for name in one.team]
    # 28 institutions, two inspectors each: 56 ÷ 4 = 14.
    assert {sent.count(name) for name in "abcd"} == {14}
    assert all(len(set(one.team)) == 2 for one in drawn)


def test_where_too_few_are_free_of_ties_the_team_is_short():
    (one,) = assign("s", draw("s", {"x": ["V"]}), [Inspector("a"), Inspector("b", frozenset({"V"}))])
    assert one.team == ("a",)


def test_tickets_grow_with_the_score_and_the_unknown_holds_the_middle():
    # 1 + 2 × 0.4 → 1, 1 + 2 × 3 = 7, 1 + 2 × 5.6 → 12; the middle of 1, 7, 12 is 7.
    assert tickets_by_score({"a": 0.4, "b": 3.0, "c": 5.6, "d": None}) == {"a": 1, "b": 7, "c": 12, "d": 7}
    assert tickets_by_score({"a": None}) == {"a": 1}


def test_twice_the_tickets_are_twice_the_chance():
    first = [draw(f"s{n}", {"x": ["a", "b"]}, tickets={"a": 1, "b": 2})[0].institution for n in range(3000)]
    # Two of three; a standard error is √(3000 × 2 ÷ 9) = 26.
    assert abs(first.count("b") - 2000) < 4 * 26


def checked(*pairs: tuple[int, int]) -> tuple[Checked, ...]:
    return tuple(Checked(f"u{n}", claimed, wrong) for n, (claimed, wrong) in enumerate(pairs))


def test_the_estimate_is_the_one_worked_by_hand():
    strata = [
        Stratum("A", 10, 100_000, checked((10_000, 1_000), (12_000, 3_000))),
        Stratum("B", 4, 40_000, checked((9_000, 0), (11_000, 2_000))),
    ]
    found = estimate(strata)
    # Wrong 10·4000÷2 + 4·2000÷2 = 24,000; claimed 10·22,000÷2 + 4·20,000÷2 = 150,000; R = 0.16; 0.16 · 140,000 = 22,400.
    assert (found.ratio, found.total_fen, found.found_fen) == (Fraction(4, 25), 22_400, 6_000)
    # A: e = -600, 1080; s² = 840²·2 = 1,411,200; 10·8÷2 · s² = 56,448,000
    # B: e = -1440, 240; s² = 1,411,200; 4·2÷2 · s² = 5,644,800; √62,092,800 = 7,879.9 → 7,880
    assert found.error_fen == 7_880
    assert (found.units, found.checked) == (14, 4)


def test_a_whole_that_was_checked_whole_has_no_interval():
    found = estimate([Stratum("A", 2, 300, checked((100, 10), (200, 5)))])
    assert (found.total_fen, found.low_fen, found.high_fen, found.error_fen) == (15, 15, 15, 0)


def test_the_whole_is_no_less_than_what_was_found():
    found = estimate([Stratum("A", 3, 300, checked((100, 90), (100, 0)))])
    assert found.low_fen == 90


@pytest.mark.parametrize(
    ("stratum", "words"),
    [
        (Stratum("A", 9, 900, checked((100, 1))), "at least two"),
        (Stratum("A", 1, 900, checked((100, 1), (100, 1))), "no more than there are"),
        (Stratum("A", 9, 150, checked((100, 1), (100, 1))), "more than its whole stratum"),
        (Stratum("A", 9, 900, checked((100, 101), (100, 1))), "more is wrong"),
        (Stratum("A", 9, 900, (Checked("u", 1, 0), Checked("u", 1, 0))), "checked twice"),
        (Stratum("A", 9, 900, (Checked("u1", 1, 0), Checked("Ｕ1\u200b", 1, 0))), "checked twice"),
        (Stratum("A", 9, 900, (Checked(" ", 1, 0), Checked("u", 1, 0))), "has no name"),
        (Stratum("A", 2, 900, checked((100, 1), (100, 1))), "all 2 units were checked and claimed 2.00 yuan"),
        (Stratum("A", 9, 900, checked((0, 0), (0, 0))), "claimed nothing"),
    ],
)
def test_a_sample_that_cannot_stand_for_its_whole_is_refused(stratum, words):
    with pytest.raises(Refusal, match=words):
        estimate([stratum])


def test_point_20_of_two_units_without_an_error_little_is_known():
    found = estimate([Stratum("A", 10, 10_000, checked((1_000, 0), (1_000, 0)))])
    # Nothing found of two: the share may be 1 - √0.025 = 0.841886…; 0.841886… · 10,000 · √(1 - 2 ÷ 10) = 7,530.05
    assert (found.total_fen, found.low_fen, found.high_fen) == (0, 0, 7_531)


def test_point_20_bounds_of_two_units_worked_by_hand():
    found = estimate([Stratum("A", 100, 100_000, checked((1_000, 500), (1_000, 0)))])
    # R = 500 ÷ 2000 = 0.25. Of 1 in 2 the bounds are √0.975 = 0.98742088 and 1 - √0.975 = 0.01257912, of 0 in 2
    # 1 - √0.025 = 0.84188612. high = 0.84188612 + (0.98742088 - 0.84188612) · 0.5 = 0.91465350, 0.66465350 above R
    # low = 0.01257912 · 0.5 = 0.00628956, 0.24371044 below R; both times √(1 - 2 ÷ 100) = 0.98994949
    # normal: e = 250, -250; s² = 125,000; 100 · 98 ÷ 2 · s² = 612,500,000; 1.96 · √ of it = 48,507.4 → 48,508
    # above 0.66465350 · 100,000 · 0.98994949 = 65,797.3 → 65,798, the larger; below 24,126.0, the smaller
    assert (found.total_fen, found.low_fen, found.high_fen) == (25_000, 500, 25_000 + 65_798)


def test_point_20_a_sample_of_cheap_units_knows_less_of_the_money():
    found = estimate([Stratum("A", 10, 20_000, checked((1_000, 0), (1_000, 0)))])
    # The whole claimed 2,000 each: n = 2 · (1/2)² = 1/2; 1 - 0.025² = 0.999375; · 20,000 · √0.8 = 17,877.4
    assert (found.low_fen, found.high_fen) == (0, 17_878)


def test_point_20_strata_without_errors_are_put_together_as_independent():
    two = [Stratum(name, 100, 100_000, checked((1_000, 0), (1_000, 0))) for name in "AB"]
    # Each 0.84188612 · 100,000 · 0.98994949 = 83,342.5 above; together √2 times that: 117,864.1
    assert estimate(two).high_fen == 117_865


def population(rng, kind: str, share: float, units: int = 2_000) -> tuple[np.ndarray, np.ndarray]:
    """Claims that differ as bills do, of which a share is wrong: whole, in part, or whole and the dearer the likelier."""
    claimed = np.round(rng.lognormal(6, 1, units) * 100).astype(int)
    chance = claimed / claimed.sum() if kind == "dear" else None
    bad = rng.choice(units, round(share * units), replace=False, p=chance)
    taint = rng.uniform(0.05, 0.5, len(bad)) if kind == "part" else 1
    wrong = np.zeros(units, dtype=int)
    wrong[bad] = (claimed[bad] * taint).astype(int)
    return claimed, wrong


POPULATIONS = [(kind, share) for kind in ("whole", "part", "dear") for share in (0.005, 0.05, 0.3)]


def covered(kind: str, share: float, checked_units: int, trials: int) -> tuple[int, int]:
    """How many of so many samples have an interval that holds the truth, and how many are of no width."""
    rng = np.random.default_rng([2025, checked_units, round(share * 1000), len(kind)])
    claimed, wrong = population(rng, kind, share)
    held = empty = 0
    for _ in range(trials):
        picked = rng.choice(len(claimed), checked_units, replace=False)
        units = checked(*((int(claimed[n]), int(wrong[n])) for n in picked))
        found = estimate([Stratum("A", len(claimed), int(claimed.sum()), units)])
        held += found.low_fen <= wrong.sum() <= found.high_fen
        empty += found.low_fen == found.high_fen
    return held, empty


@pytest.mark.parametrize("checked_units", [30, 100])
@pytest.mark.parametrize(("kind", "share"), POPULATIONS)
def test_point_20_the_interval_covers_what_it_says_where_errors_are_rare_and_samples_small(kind, share, checked_units):
    trials = 400
    held, empty = covered(kind, share, checked_units, trials)
    sys.stdout.write(f"{kind} {share} {checked_units}: {held / trials:.1%}\n")  # pytest -s shows the coverage
    assert held >= 0.93 * trials
    assert not empty


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(2025)
    whole = {}
    for name, units, share in (("A", 400, 0.05), ("B", 200, 0.20)):
        claimed = rng.integers(1_000, 20_000, units)
        wrong = (claimed * np.clip(rng.normal(share, share, units), 0, 1)).astype(int)
        whole[name] = [
            Checked(f"{name}{n}", int(c), int(w)) for n, (c, w) in enumerate(zip(claimed, wrong, strict=True))
        ]
    truth = sum(one.wrong_fen for units in whole.values() for one in units)
    held = 0
    for _ in range(500):
        strata = []
        for name, units in whole.items():
            picked = tuple(units[int(n)] for n in rng.choice(len(units), 40, replace=False))
            strata.append(Stratum(name, len(units), sum(one.claimed_fen for one in units), picked))
        found = estimate(strata)
        held += found.low_fen <= truth <= found.high_fen
    # 95 of 100 at least: the bounds for few errors make it wider.
    assert held >= 0.95 * 500
