"""Numbers as people write them, exactly and within bounds (point 11)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from yiheng.basis.numbers import exact_number


@pytest.mark.parametrize(
    ("text", "value"),
    [("12", 12), ("-0.75", Fraction(-3, 4)), ("5e-3", Fraction(1, 200)), ("１２", 12), ("1E30", 10**30), ("+3", 3)],
)
def test_a_number_is_read_exactly(text, value):
    assert exact_number(text) == value


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1e999999999", "out of bounds"), ("1E-999999999", "out of bounds"), ("1e31", "out of bounds"),
        ("1e" + "9" * 70, "out of bounds"), ("9" * 10_000, "too long"), ("half", "is not a number"),
        ("", "is not a number"), ("NaN", "is not a number"), ("inf", "is not a number"), ("1/0", "is not a number"),
        ("1:30", "is not a number"), ("0x10", "is not a number"),
    ],
)  # fmt: skip
def test_point_11_what_is_no_number_or_out_of_bounds_is_refused_at_once(text, says):
    with pytest.raises(ValueError, match=says):
        exact_number(text)
