"""The page of recall and precision speaks of each rule that exists, and its sums are those of its rows."""

from __future__ import annotations

from tests.conftest import ROOT
from yiheng.supervision import RULES

PAGE = ROOT / "docs" / "reference" / "precision.md"


def rows():
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_each_rule_has_a_row():
    named = [row[0].strip("`") for row in rows() if row[0].startswith("`")]
    assert named == sorted(RULES), "run: python -m bench.precision > docs/reference/precision.md"


def test_the_sums_are_those_of_the_rows():
    for family in ("deterministic", "judgement"):
        of = [row for row in rows() if row[2] == family]
        (total,) = [row for row in of if row[0].startswith("**")]
        for column in (3, 4, 9):
            assert sum(int(row[column]) for row in of if row is not total) == int(total[column])


def test_a_deterministic_rule_has_no_miss_and_no_false_alarm():
    for row in rows():
        if row[2] == "deterministic":
            assert (row[5], row[7]) == ("100.0", "100.0"), row[0]
