"""The draw can be verified by anybody, and an estimate is the one worked by hand."""

from __future__ import annotations

import hashlib
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
    # 1.96 · 7,879.898… = 15,444.6 → 15,445
    assert (found.low_fen, found.high_fen) == (22_400 - 15_445, 22_400 + 15_445)
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
        (Stratum("A", 9, 900, checked((0, 0), (0, 0))), "claimed nothing"),
    ],
)
def test_a_sample_that_cannot_stand_for_its_whole_is_refused(stratum, words):
    with pytest.raises(Refusal, match=words):
        estimate([stratum])


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
    # 95 of 100; four standard errors of 500 trials are 3.9 of 100, and so small a sample misses a little more.
    assert 0.91 * 500 <= held <= 0.99 * 500
