"""The county's figures lie where published ones put them, and the page says what is measured."""

import datetime as dt
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from yiheng.county import charges, make_county, outpatient, seasons, stays
from yiheng.county.figures import FIGURES, SOURCES, figures_page, measure

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "county.md"
BY_NAME = {figure.says: figure for figure in FIGURES}


def within(figure, value):
    low, high = figure.band
    return low <= value <= high


@pytest.fixture(scope="module")
def measured(town):
    return measure(town.data)


@pytest.mark.parametrize("says", BY_NAME)
def test_a_figure_lies_in_its_band(measured, says):
    assert within(BY_NAME[says], measured[says]), measured[says]


def test_figures_are_what_the_files_hold(town, measured):
    visits = pq.read_table(town.data / "visit.parquet").to_pylist()
    people = {row["person_id"]: row for row in pq.read_table(town.data / "person.parquet").to_pylist()}
    enrolled = pq.read_table(town.data / "enrolment.parquet").to_pylist()
    bedded = [visit for visit in visits if visit["kind"] == "inpatient"]
    nights = [
        (visit["ended_on"] - visit["began_on"]).days
        for visit in bedded
        if people[visit["person_id"]]["insurance"] == "resident"
    ]
    ages = [2025 - people[row["person_id"]]["born_on"].year for row in enrolled if row["enrolled_from"].year == 2025]
    urgent = [visit["began_on"].month for visit in visits if visit["kind"] == "emergency"]
    assert measured["stays for 100 insured and year"] == pytest.approx(100 * len(bedded) / len(enrolled))
    assert measured["nights of a resident's stay"] == pytest.approx(sum(nights) / len(nights))
    assert measured["people of 65 and over, %"] == pytest.approx(100 * sum(age >= 65 for age in ages) / len(ages))
    assert measured["emergency visits of October, %"] == pytest.approx(100 * urgent.count(10) / len(urgent))


@pytest.mark.parametrize(
    ("room", "name", "value", "says"),
    [
        (stays, "_RATE_PER_THOUSAND", stays._RATE_PER_THOUSAND * 4 // 3, "stays for 100 insured and year"),
        (stays, "_NIGHTS", {place: n * 4 // 5 for place, n in stays._NIGHTS.items()}, "nights of a resident's stay"),
        (charges, "_STAY_GOODS_LEVEL", charges._STAY_GOODS_LEVEL * 2, "cost of a resident's stay, yuan"),
        (outpatient, "_PER_CONDITION", 2500, "visits for chronic and special disease for a resident and year"),
        (outpatient, "URGENT", seasons.ORDINARY, "emergency visits on Saturday and Sunday, %"),
        (outpatient, "ORDINARY", seasons.URGENT, "clinic visits on Saturday and Sunday, %"),
    ],
)
def test_a_county_that_is_otherwise_leaves_the_band(monkeypatch, tmp_path, room, name, value, says):
    monkeypatch.setattr(room, name, value)
    monkeypatch.setattr(outpatient, "_RHYTHMS", {outpatient.EMERGENCY: outpatient.URGENT})
    make_county(tmp_path / "data", tmp_path / "labels.csv", people=2000, seed=7)
    assert not within(BY_NAME[says], measure(tmp_path / "data")[says])


def test_the_spring_festival_and_weekends_are_days_off():
    days = [dt.date(2025, 1, 27), dt.date(2025, 1, 28), dt.date(2025, 2, 4), dt.date(2025, 2, 5), dt.date(2025, 2, 8)]
    numbers = np.array([(day - dt.date(1970, 1, 1)).days for day in days])
    assert seasons.day_off(numbers).tolist() == [False, True, True, False, True]


def test_the_page_has_every_figure_in_its_band():
    rows = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    for figure in FIGURES:
        found = [line for line in rows if line.startswith(f"| {figure.says} |")]
        assert len(found) == 1, figure.says
        value = found[0].split(" | ")[1]
        assert found[0] == figure.row(value), (
            "run: python -m yiheng.county.figures DATA and put its answer into the page"
        )
        assert within(figure, float(value.replace(",", "").replace("−", "-")))


def test_the_page_lists_every_source_and_every_source_is_used():
    page = PAGE.read_text("utf-8")
    assert [key for key, text in SOURCES.items() if f"\n- [{key}] {text}\n" not in page] == []
    table = figures_page({figure.says: 0.0 for figure in FIGURES}).split("\n\n")[0]
    assert [key for key in SOURCES if key not in table] == []
    assert all(set(figure.source) <= set(SOURCES) for figure in FIGURES)
