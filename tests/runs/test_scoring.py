"""Scores of a county: the same bytes again, the same alone as in company, and better than mere size."""

from __future__ import annotations

import csv
import json

import pytest

from tests.tiny import loaded
from yiheng.basis.refusals import Refusal
from yiheng.county import make_county
from yiheng.lake import Lake
from yiheng.runs import Workspace, replay, run_draw, run_estimate, run_load, run_score
from yiheng.runs.engine import Engine
from yiheng.runs.scoring import REFERENCE
from yiheng.supervision.scores import LIMITS, SUBJECTS, Reference, beyond_size, judge, record_of, records_of

# Opinions and purchases around a stay are no features of a score.
OUTLIERS = {
    "outflow_of_people", "self_pay_shift", "early_discharge", "upcoded_illness", "severe_sent_away",
    "clinic_without_service", "few_services",
}  # fmt: skip
COMPANY = {"collective_stays", "together_again"}
YEARS = (2022, 2023, 2024, 2025)


@pytest.fixture(scope="module")
def town(tmp_path_factory):
    """A county large enough that its townships have stays to compare, with its answer sheet."""
    folder = tmp_path_factory.mktemp("town")
    make_county(folder / "source", folder / "labels.csv", people=20_000, seed=7)
    workspace = Workspace.new(folder / "workspace")
    assert run_load(workspace, [folder / "source"]).clean
    with (folder / "labels.csv").open(encoding="utf-8") as file:
        return workspace, [row for row in csv.DictReader(file) if row["expect"] == "catch"]


def by_size(rows):
    return [row["subject"] for row in sorted(rows, key=lambda row: (-(row["fund_fen"] or 0), row["subject"]))]


def test_institutions_that_withhold_service_rank_before_large_ones(town):
    workspace, labels = town
    wanted = {row["institution"] for row in labels if row["rule"] in OUTLIERS}
    rows = run_score(workspace, "institution")["rows"]
    found = beyond_size([row["subject"] for row in rows if row["rank"]], by_size(rows), wanted)
    assert len(wanted) == 7
    assert found.beyond_size > 0 and found.ranked * 2 >= 1


def test_people_in_company_rank_before_costly_ones(town):
    workspace, labels = town
    wanted = {row["person"] for row in labels if row["rule"] in COMPANY}
    groups = [one for year in YEARS for one in run_score(workspace, "group", year=year)["groups"]]
    members = dict.fromkeys(m for one in sorted(groups, key=lambda one: -one["ties"]) for m in one["members"])
    found = beyond_size(list(members), by_size(run_score(workspace, "person")["rows"]), wanted)
    assert found.ranked == 1 and found.by_size * 10 < 1
    assert set(members) == wanted


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_record_has_the_same_score_alone_as_in_company(county, subject):
    scored = run_score(county, subject, year=2025)
    reference = Reference.from_json(county.result(scored["run"], REFERENCE))
    engine = Engine(county, county.lake.latest())
    engine.views("enrolment_span", "visited", "stay")
    rows = engine.rows(records_of(subject, engine.tables, 2025, LIMITS), ("subject",))
    alone = {row["subject"]: judge(record_of(subject, row, LIMITS), reference).points for row in rows}
    assert alone == {row["subject"]: row["score"] for row in scored["rows"]}
    assert any(points is not None for points in alone.values())
    engine.close()


def test_a_frozen_reference_gives_what_its_own_run_gave(county):
    first = run_score(county, "doctor", year=2025)
    again = run_score(county, "doctor", year=2025, reference=first["run"])
    assert again["run"] != first["run"] and again["rows"] == first["rows"]
    assert again["reference"] == {"run": first["run"], "sha256": first["reference"]["sha256"]}
    assert replay(county, again["run"]).same


def test_a_reference_that_was_edited_is_refused(tmp_path):
    workspace, _ = loaded(tmp_path)
    first = run_score(workspace, "person")
    taken = run_score(workspace, "person", reference=first["run"])
    file = workspace.find_run(first["run"]) / REFERENCE
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {"cap": 3}), "utf-8")
    with pytest.raises(Refusal, match="reference.json is not what the run wrote"):
        replay(workspace, taken["run"])


def test_a_replay_gives_the_same_bytes(county, tmp_path):
    scored = run_score(county)["run"]
    file = tmp_path / "checked.csv"
    file.write_text("stratum,units,claimed_in_all,unit,claimed,wrong\nA,2,30,a,10,1\nA,2,30,b,20,2.50\n", "utf-8")
    runs = [scored, run_score(county, "group")["run"], run_draw(county, "s", by_score=scored)["run"]]
    for run in [*runs, run_estimate(county, file)["run"]]:
        assert replay(county, run).same, run


def test_three_people_are_too_few_to_be_a_measure(tmp_path):
    workspace, _ = loaded(tmp_path)
    scored = run_score(workspace, "institution")
    # The last visit began in 2025. H1: 60,000 + 50,000 fen paid by the fund in two visits.
    assert scored["year"] == 2025
    (hospital,) = [row for row in scored["rows"] if row["subject"] == "H1"]
    assert (hospital["score"], hospital["rank"], hospital["visits"], hospital["fund_fen"]) == (None, None, 2, 110000)
    assert hospital["reasons"] == [] and "stay_cost" in hospital["unknown"]


def sums(workspace: Workspace, subject: str, name: str, feature: str):
    engine = Engine(workspace, workspace.lake.latest())
    engine.views("enrolment_span", "visited", "stay")
    rows = engine.rows(records_of(subject, engine.tables, 2025, LIMITS), ("subject",))
    engine.close()
    (row,) = [row for row in rows if row["subject"] == name]
    return tuple(row[f"{feature}_{part}"] for part in ("top", "bottom", "events"))


@pytest.mark.parametrize(
    ("subject", "name", "feature", "expected"),
    [
        # V1 1,000 yuan and V4 800 yuan, two stays.
        ("institution", "H1", "stay_cost", (180_000, 2, 2)),
        # Five days, and a stay of one day counts one.
        ("institution", "H1", "stay_days", (6, 2, 2)),
        # A left H1 on 15 January and was admitted to O1 on 1 February.
        ("institution", "H1", "readmissions", (1, 2, 2)),
        # F1 300 yuan of F1 300, F2 700, F5 800.
        ("institution", "H1", "drug_part_high", (30_000, 180_000, 2)),
        ("institution", "H1", "self_pay", (70_000, 180_000, 2)),
        ("institution", "H1", "uncovered", (10_000, 180_000, 2)),
        # 2025-03-01 was a Saturday.
        ("institution", "T1", "at_weekends", (1, 1, 1)),
        # A, B and C are signed with T1; only B came. Two of the three stays were at O1 or H1: one outside.
        ("institution", "T1", "service_for_signed", (1, 3, 3)),
        ("institution", "T1", "outflow", (1, 3, 3)),
        # First digits 1 and 8: |10000 - 2·3010| + |10000 - 2·512| + 2·(10000 - 3010 - 512) = 3980 + 8976 + 12956
        ("institution", "H1", "first_digits", (25_912, 20_000, 2)),
        ("person", "A", "visits_a_year", (2, 1, 2)),
        ("person", "A", "cost_a_year", (300_000, 1, 2)),
        ("person", "A", "places_a_year", (2, 1, 2)),
    ],
)
def test_the_sums_of_features_are_those_worked_by_hand(tmp_path, subject, name, feature, expected):
    workspace, _ = loaded(tmp_path)
    assert sums(workspace, subject, name, feature) == expected


def test_nothing_is_scored_without_visits(tmp_path):
    empty = Workspace.new(tmp_path / "ws")
    assert isinstance(empty.lake, Lake)
    with pytest.raises(Refusal, match="no visit was ever loaded"):
        run_score(empty)
    with pytest.raises(Refusal, match="nobody scores 'doktor'"):
        run_score(empty, "doktor")
