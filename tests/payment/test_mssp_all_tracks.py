"""Point 17: every track of the Shared Savings Program in every year, against a computation of its own."""

from __future__ import annotations

import csv
from dataclasses import replace
from fractions import Fraction
from random import Random

import pytest

from tests.conftest import ROOT, shared_file
from tests.payment.mssp_by_hand import LARGEST, ONE_SIDED, minimum_rate, payment
from tests.payment.test_us_mssp import ROWS
from yiheng.basis.refusals import Refusal
from yiheng.payment import Statement, settle_each
from yiheng.policy import policy_for_year
from yiheng.runs.facts import FactsRow, facts_of_row

POLICIES = ROOT / "policies" / "us-mssp"
YEARS = range(2016, 2025)
EACH = 25
# A step rounds to the cent; a payment has at most this many of them.
CENTS = Fraction(5, 100)
COLUMNS = {
    "benchmark": "benchmark", "expenditure": "expenditure", "people": "assigned_beneficiaries",
    "elected_rate": "min_savings_rate", "quality": "quality_score", "met_quality": "met_quality_standard",
    "met_alternative": "met_alternative_standard", "revenue": "revenue_category", "guardrail": "guardrail",
    "track": "track", "start": "start_date", "disaster": "disaster_adjustment", "termination": "mid_year_termination",
}  # fmt: skip
DATES = ("1/1/{yy:02d}", "01/01/{y}", "01/01/{y} 12:00:00 AM", "{y}-01-01", "7/1/{y}")


def drawn(rng: Random, year: int, track: str) -> dict[str, str]:
    """A row near the gates and limits, which are where rules differ."""
    benchmark, people = rng.randint(5 * 10**6, 10**9), rng.randint(500, 70_000)
    gate = minimum_rate(people) if track in ONE_SIDED else Fraction(rng.randint(0, 12), 200)
    rate = rng.choice((gate, gate * rng.randint(0, 30) / 10, Fraction(rng.randint(0, 40), 100))) * rng.choice((1, -1))
    return {
        "year": str(year), "track": track, "people": str(people), "benchmark": str(benchmark),
        "expenditure": str(benchmark - round(benchmark * rate)),
        "elected_rate": f"{rng.randint(0, 12) / 200:.3f}", "quality": f"{rng.randint(0, 1000) / 1000:.3f}",
        "met_quality": rng.choice("1110"), "met_alternative": rng.choice("01"),
        "revenue": rng.choice(("Low Revenue", "High Revenue")), "guardrail": rng.choice("0001"),
        "start": str(rng.randint(year - 3, year)), "disaster": rng.choice(("", str(-rng.randint(0, 10**6)))),
        "termination": rng.choice(("", "", str(-rng.randint(0, 10**5)))),
    }  # fmt: skip


def settled(year: int, rows: list[dict[str, str]]) -> list[Statement | Refusal]:
    source = policy_for_year(POLICIES, year)
    parties = [facts_of_row(source, "f.csv", FactsRow(f"p{i}", year, i + 2, row)) for i, row in enumerate(rows)]
    return [came for _, came in settle_each(source, year, parties)]


def as_file(rng: Random, row: dict[str, str]) -> dict[str, str]:
    """The row as the public files write it."""
    y = int(row["start"])
    return {column: row[name] for name, column in COLUMNS.items()} | {
        "start_date": rng.choice(DATES).format(y=y, yy=y % 100)
    }


@pytest.mark.parametrize("year", YEARS)
def test_point_17_every_track_is_paid_as_the_rules_say(year):
    rng = Random(year)
    rows = [drawn(rng, year, track) for track in LARGEST for _ in range(EACH)]
    for row, came in zip(rows, settled(year, [as_file(rng, row) for row in rows]), strict=True):
        assert isinstance(came, Statement), f"{row}\n{came}"
        paid = came.figures["kept"].n - came.figures["party_bears"].n
        assert abs(Fraction(paid, 100) - payment(row)) <= CENTS, row


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("wrong", ["", "#", "soon", "-", "99"])
def test_point_17_what_no_step_of_a_row_needs_does_not_refuse_it(year, wrong):
    """A one-sided track elects no rate, has no agreement year and bears no loss: 5 % over its benchmark moves nothing."""
    row = as_file(Random(1), drawn(Random(1), year, "T1")) | {"benchmark": "1000000", "expenditure": "1050000"}
    row |= dict.fromkeys(
        ("min_savings_rate", "quality_score", "met_quality_standard", "start_date", "disaster_adjustment"), wrong
    )
    (came,) = settled(year, [row])
    assert isinstance(came, Statement), came
    assert (came.figures["kept"].n, came.figures["party_bears"].n) == (0, 0)


def test_point_17_what_a_step_needs_is_refused_with_its_row_and_column():
    row = as_file(Random(1), drawn(Random(1), 2018, "T2"))
    row |= {"benchmark": "1000000", "expenditure": "1500000", "min_savings_rate": "0.02", "start_date": "Jan 2018"}
    (came,) = settled(2018, [row])
    assert "f.csv:2:start_date: 'Jan 2018' is not a date in a form of this policy" in str(came)


@pytest.mark.parametrize("absent", ["disaster_adjustment", "mid_year_termination", "guardrail"])
def test_point_17_a_column_that_a_year_does_not_have_is_an_empty_one(absent):
    row = as_file(Random(1), drawn(Random(1), 2024, "E")) | {"guardrail": "0"}
    row |= {"disaster_adjustment": "", "mid_year_termination": ""}
    (whole,), (without,) = settled(2024, [row]), settled(2024, [{k: v for k, v in row.items() if k != absent}])
    assert isinstance(whole, Statement) and isinstance(without, Statement)
    assert whole.figures == without.figures


def test_point_18_the_public_file_written_by_pandas_is_settled_the_same(tmp_path):
    """pandas writes 1 as 1.0 where a column has empty cells, and -2320475 as -2320475.0."""
    import pandas

    again = tmp_path / "again.csv"
    frame = pandas.read_csv(shared_file(ROWS))
    # As a program does that takes every number for one with a fraction.
    frame = frame.astype({c: "float64" for c in frame.select_dtypes("int64").columns if c != "performance_year"})
    frame.to_csv(again, index=False, na_rep="NaN")
    answers = []
    for file in (shared_file(ROWS), again):
        with file.open(encoding="utf-8") as lines:
            rows = list(csv.DictReader(lines))
        answers.append(
            [
                came
                for year in (2018, 2022)
                for came in settled(year, [r for r in rows if r["performance_year"] == str(year)])
            ]
        )
    assert "1.0" in {row["met_quality_standard"] for row in rows} and "NaN" in {row["guardrail"] for row in rows}
    before, after = answers
    assert len(before) == 1030 and all(isinstance(one, Statement) for one in (*before, *after))
    assert [one.figures for one in before] == [one.figures for one in after]


def near_the_gate(year: int, **facts: str) -> dict[str, str]:
    """One per cent saved of a million, with the standard met."""
    row = drawn(Random(1), year, "B") | {"benchmark": "1000000", "expenditure": "990000", "met_quality": "1"}
    return as_file(Random(1), row | {"guardrail": "0", "start": str(year)} | facts)


@pytest.mark.parametrize("year", [2018, 2022, 2024])
@pytest.mark.parametrize("people", ["499", "0"])
def test_point_8_fewer_people_than_the_first_band_are_refused_and_no_gate_is_made_up(year, people):
    (came,) = settled(year, [near_the_gate(year, people=people)])
    assert isinstance(came, Refusal) and f"{people} is out of range" in str(came) and "from 500" in str(came)
    (came,) = settled(year, [near_the_gate(year, people=people, track="EN", elected_rate="0")])
    assert isinstance(came, Statement), came  # an elected rate does not ask how many people there are


def test_point_8_a_band_step_refuses_what_no_band_holds_and_names_the_bands():
    """999 and 1,000 have bands; between two bands there is none, whatever the domain of the fact says."""
    source = policy_for_year(POLICIES, 2018)
    (party,) = [facts_of_row(source, "f.csv", FactsRow("p", 2018, 2, near_the_gate(2018, people="999")))]
    between = {**party.facts, "people": replace(party.facts["people"], number=Fraction(1999, 2))}
    ((_, came),) = settle_each(source, 2018, [replace(party, facts=between)])
    assert "no band of 'minimum_savings' holds 999.5" in str(came)
    assert "from 500 to 999 | from 1000 to 2999" in str(came) and "from 60000" in str(came)


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("track", sorted(LARGEST))
def test_point_8_an_agreement_that_begins_after_the_year_is_refused(year, track):
    (came,) = settled(year, [near_the_gate(year, track=track, start=str(year + 1))])
    assert (
        isinstance(came, Refusal) and f"{year + 1} is after {year}" in str(came) and "f.csv:2:start_date" in str(came)
    )


def test_point_17_half_of_the_share_below_the_gate_is_not_known_before_2024():
    """5,000 people of level B, low revenue, an agreement of the year: 1 % is below 3.9 %. In 2023 nothing is paid; in
    2024 10,000 x 50 % x 40 % x 98 % = 1,960."""
    facts = {"people": "5000", "revenue": "Low Revenue"}
    (before,), (after,) = (settled(year, [near_the_gate(year, **facts)]) for year in (2023, 2024))
    assert isinstance(before, Statement) and isinstance(after, Statement), (before, after)
    assert (before.figures["kept"].n, after.figures["kept"].n) == (0, 196_000)
