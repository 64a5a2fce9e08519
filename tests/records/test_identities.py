"""Published sums: those that hold pass, those that do not are told apart."""

from __future__ import annotations

import csv
from decimal import Decimal

import pytest

from tests.conftest import shared_file
from yiheng.basis.refusals import Refusal
from yiheng.records.identities import judge_identity


@pytest.mark.parametrize(
    ("terms", "stated", "verdict"),
    [
        ("+1.1 +2.2", "3.3", "exact"),
        # four numbers printed to 0.1 may be off by 4 x 0.05 = 0.2 together
        ("+1.1 +2.2 +3.3", "6.8", "rounded"),
        ("+1.1 +2.2 +3.3", "6.9", "broken"),
        # whole numbers: three halves of one
        ("+10 +20", "31", "rounded"),
        ("+10 +20", "32", "broken"),
    ],
)
def test_a_sum_is_judged_by_the_digits_it_was_printed_with(terms, stated, verdict):
    assert judge_identity(terms, stated).verdict == verdict


def test_what_is_no_number_is_refused_with_its_place():
    with pytest.raises(Refusal, match=r"file.csv:3: '\+a' = '1' is no sum"):
        judge_identity("+a", "1", where="file.csv:3")


def test_the_published_identities_hold_but_for_the_one_that_is_off_in_the_original():
    with shared_file("national/published_identities.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    judged = {row["id"]: judge_identity(row["terms"], row["stated"], where=row["id"]) for row in rows}
    for row in rows:
        assert judged[row["id"]].difference == Decimal(row["difference"]), row["id"]
    flagged = {name: one for name, one in judged.items() if one.verdict != "exact"}
    # 15435.65 - 15439.62 = -3.97, printed as -3.96: three numbers to 0.01 explain up to 0.015
    assert {name: one.verdict for name, one in flagged.items()} == {"XP3": "rounded"}
    assert len(judged) == 17
