"""Exact money."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiheng.basis.money import Fen, round_fen, share_out, total


def test_a_fen_is_a_whole_number():
    for wrong in (1.0, "1", True, None):
        with pytest.raises(TypeError, match="whole numbers"):
            Fen(wrong)


@pytest.mark.parametrize(
    ("text", "fen"), [("0", 0), ("1234.5", 123450), ("-0.01", -1), ("1,234.50", 123450), ("+2", 200)]
)
def test_yuan_are_read_exactly(text, fen):
    assert Fen.from_yuan(text) == Fen(fen)


@pytest.mark.parametrize("text", ["1.234", "", "1e3", "一百", "1.2.3", "--1", "nan", "00", "000", "007.5", "0,100"])
def test_yuan_finer_than_a_fen_or_no_amount_are_refused(text):
    with pytest.raises(ValueError, match="two decimals"):
        Fen.from_yuan(text)


@given(st.integers(-(10**17), 10**17))
def test_yuan_text_and_fen_are_the_same_thing(n):
    assert Fen.from_yuan(Fen(n).yuan) == Fen(n)
    assert Fen.from_yuan(str(Fen(n))) == Fen(n)


@pytest.mark.parametrize(
    ("exact", "mode", "fen"),
    [
        (Fraction(5, 2), "half_up", 3),
        (Fraction(-5, 2), "half_up", -3),
        (Fraction(5, 2), "half_even", 2),
        (Fraction(7, 2), "half_even", 4),
        (Fraction(299, 100), "down", 2),
        (Fraction(-299, 100), "down", -2),
        (Fraction(249, 100), "half_up", 2),
    ],
)
def test_rounding_goes_the_way_it_is_named(exact, mode, fen):
    assert round_fen(exact, mode) == Fen(fen)


def test_leftover_fen_go_to_the_largest_cut_then_by_name():
    # 100 fen over three equal parts: 33 each, one left, all cut alike: the first name gets it.
    assert share_out(Fen(100), {"c": 1, "a": 1, "b": 1}) == {"a": Fen(34), "b": Fen(33), "c": Fen(33)}
    # 10 fen over 1 : 2 = 3.33 and 6.67: the second was cut more.
    assert share_out(Fen(10), {"a": 1, "b": 2}) == {"a": Fen(3), "b": Fen(7)}


weights = st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.fractions(0, 1000), min_size=1).filter(
    lambda w: sum(w.values()) > 0
)


@given(st.integers(-(10**12), 10**12), weights)
def test_parts_add_up_to_the_pool_and_none_is_off_by_a_fen(n, shares):
    parts = share_out(Fen(n), shares)
    assert total(parts.values()) == Fen(n)
    whole = sum(shares.values())
    for name, part in parts.items():
        assert abs(part.n - Fraction(n) * shares[name] / whole) < 1
        assert shares[name] or part == Fen(0)


@given(st.integers(0, 10**9), weights, st.randoms())
def test_the_order_of_names_does_not_matter(n, shares, random):
    names = list(shares)
    random.shuffle(names)
    assert share_out(Fen(n), {name: shares[name] for name in names}) == share_out(Fen(n), shares)


@pytest.mark.parametrize("wrong", [{}, {"a": 0}, {"a": 2, "b": -1}])
def test_a_pool_over_no_weight_is_refused(wrong):
    with pytest.raises(ValueError, match="not all zero"):
        share_out(Fen(1), wrong)
