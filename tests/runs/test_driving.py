"""Point 15 of trust: where a year's spending comes from, by hand on the tiny county."""

from __future__ import annotations

import pytest

from tests.tiny import FILES, loaded
from yiheng.basis.refusals import Refusal
from yiheng.runs import claims_of_driver, replay, run_drivers, run_settle

# A was at H1 in 2024 as well; the fund paid 366.00 yuan.
VISITS = FILES["visit.csv"] + "V0,A,H1,inpatient,2024-05-01,2024-05-04,0,0\n"
SETTLEMENTS = FILES["settlement.csv"] + "S0,V0,2024-05-04 10:00:00,50000,40000,36600,13400\n"


@pytest.fixture
def workspace(tmp_path):
    return loaded(tmp_path, visit=VISITS, settlement=SETTLEMENTS)[0]


def test_point_15_each_institution_against_last_year(workspace):
    result = run_drivers(workspace, 2025)
    # xihai: A for the 366 days of 2024; A and B for 365 days each in 2025.
    assert result["parties"] == [
        {"party": "donghe", "person_days": 365, "person_days_before": None, "fen": 50_000, "fen_before": None},
        {"party": "xihai", "person_days": 730, "person_days_before": 366, "fen": 153_000, "fen_before": 36_600},
    ]
    told = {
        (r["party"], r["institution"], r["kind"]): (r["fen"], r["fen_before"], r["expected_fen"], r["more_fen"])
        for r in result["institutions"]
    }
    assert told == {
        # 36,600 fen x 730 / 366 = 73,000 fen; 60,000 - 73,000 = -13,000.
        ("xihai", "H1", "inpatient"): (60_000, 36_600, 73_000, -13_000),
        ("xihai", "O1", "inpatient"): (90_000, 0, 0, 90_000),
        ("xihai", "T1", "outpatient"): (3_000, 0, 0, 3_000),
        # donghe answered for nobody in 2024: nothing can be expected.
        ("donghe", "H1", "inpatient"): (50_000, 0, None, None),
    }
    assert [r["institution"] for r in result["institutions"] if r["party"] == "xihai"] == ["O1", "H1", "T1"]


def test_point_15_each_kind_of_care_against_the_others(workspace):
    told = {
        (r["party"], r["place"], r["kind"]): (r["fen"], r["expected_fen"], r["more_fen"])
        for r in run_drivers(workspace, 2025)["kinds"]
    }
    # donghe spent 50,000 fen for 365 person-days at hospitals: 100,000 for 730.
    assert told["xihai", "hospital", "inpatient"] == (60_000, 100_000, -40_000)
    assert told["xihai", "outside", "inpatient"] == (90_000, 0, 90_000)
    # xihai spent 60,000 for 730: 30,000 for 365.
    assert told["donghe", "hospital", "inpatient"] == (50_000, 30_000, 20_000)
    assert told["donghe", "outside", "inpatient"] == (0, 45_000, -45_000)


def test_point_15_the_rows_of_a_party_add_up_to_its_spending(workspace):
    result = run_drivers(workspace, 2025)
    for party in result["parties"]:
        for rows in (result["institutions"], result["kinds"]):
            assert sum(r["fen"] for r in rows if r["party"] == party["party"]) == party["fen"]


def test_point_15_a_driver_opens_into_its_claims(workspace):
    rows = claims_of_driver(workspace, {"data": workspace.data()}, "xihai", 2025, "O1", "inpatient")
    assert [(r["settlement_id"], r["visit_id"], r["fund_fen"]) for r in rows] == [("S2", "V2", 90_000)]


def test_point_6_a_refund_is_no_settlement_of_a_driver(tmp_path):
    # S2 is taken back in full, of S1 10,000 fen.
    head, *rows = FILES["settlement.csv"].strip().split("\n")
    back = [
        "R2,V2,2025-12-20 10:00:00,-200000,-150000,-90000,-110000,S2",
        "R1,V1,2025-12-20 10:00:00,-10000,-10000,-10000,0,S1",
    ]
    text = "\n".join([f"{head},reversal_of", *(f"{row}," for row in rows), *back]) + "\n"
    result = run_drivers(loaded(tmp_path, settlement=text)[0], 2025)
    told = {
        (r["institution"], r["kind"]): (r["fen"], r["settlements"])
        for r in result["institutions"]
        if r["party"] == "xihai"
    }
    # H1: 60,000 - 10,000, one settlement; O1: 90,000 - 90,000, none; T1 untouched.
    assert told == {("H1", "inpatient"): (50_000, 1), ("O1", "inpatient"): (0, 0), ("T1", "outpatient"): (3_000, 1)}


def test_point_15_the_run_is_replayed(workspace):
    assert replay(workspace, run_drivers(workspace, 2025)["run"]).same


def test_point_15_a_year_of_nobody_is_refused(workspace):
    with pytest.raises(Refusal, match="no consortium answered for anybody in 2031"):
        run_drivers(workspace, 2031)


def test_point_15_the_county_adds_up_to_its_settlement(county):
    from tests.conftest import ROOT

    spent = {
        s["party"]: s["figures"]["spend"]
        for s in run_settle(county, ROOT / "policies" / "qingdao", year=2025)["statements"]
    }
    told = {p["party"]: f"{p['fen'] // 100}.{p['fen'] % 100:02d}" for p in run_drivers(county, 2025)["parties"]}
    assert told == spent
