"""Spans include both ends."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest

from yiheng.basis.periods import Span, months_of, year_span

DAY = dt.date


def test_a_span_counts_both_ends():
    assert Span(DAY(2025, 1, 31), DAY(2025, 2, 1)).days == 2
    assert year_span(2024).days == 366


def test_a_span_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="cannot end"):
        Span(DAY(2025, 1, 2), DAY(2025, 1, 1))


def test_overlap_counts_shared_days():
    january = Span(DAY(2025, 1, 1), DAY(2025, 1, 31))
    assert january.overlap(Span(DAY(2025, 1, 31), DAY(2025, 3, 1))) == 1
    assert january.overlap(Span(DAY(2025, 2, 1), DAY(2025, 3, 1))) == 0


def test_months_cover_the_year_without_gap():
    months = list(months_of(2025))
    assert sum(m.days for m in months) == 365
    assert months[1] == Span(DAY(2025, 2, 1), DAY(2025, 2, 28))
    assert all(a.last + dt.timedelta(days=1) == b.first for a, b in itertools.pairwise(months))
