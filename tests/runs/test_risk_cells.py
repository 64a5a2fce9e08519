"""Risk cells of the lake: every person-day and every fen in one cell, and norms that add up to the pool."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.tiny import FILES, loaded
from yiheng.basis.money import Fen, total
from yiheng.measures import TOTALS, by_cell
from yiheng.payment import share_pools
from yiheng.policy import policy_for_year
from yiheng.runs import replay, run_settle
from yiheng.runs.engine import Engine
from yiheng.runs.facts import facts_from_lake

POLICY = ROOT / "policies" / "risk-example"


@pytest.fixture
def engine(county):
    engine = Engine(county, county.lake.latest())
    yield engine
    engine.close()


def test_the_cells_of_three_people_as_worked_by_hand(tmp_path):
    registrations = (
        "person_id,disease_code,disease_name,registered_from,registered_until\n"
        # A has two diseases in mid-2025; a third ended before, one of B begins after.
        "A,M03900,高血压,2024-01-01,\nA,M01600,糖尿病,2025-06-30,\nA,M04600,冠心病,2020-01-01,2025-06-30\n"
        "B,M03900,高血压,2025-07-01,\n"
    )
    born = (
        "person_id,sex,born_on,insurance,division\n"
        # A is 65 since this day, B is 44 until the next day.
        "A,female,1960-07-01,resident,370299\nB,male,1980-07-02,employee,370299\nC,male,2025-08-01,resident,370299\n"
    )
    enrolled = (
        "person_id,consortium,enrolled_from,enrolled_until\n"
        "A,xihai,2024-01-01,2025-12-31\nB,xihai,2025-12-01,2026-12-31\nC,donghe,2025-01-01,2025-12-31\n"
    )
    visits = (
        "visit_id,person_id,institution_id,kind,began_on,ended_on,planned_course,emergency\n"
        "V1,A,H1,inpatient,2025-01-10,2025-01-15,0,0\nV2,A,O1,inpatient,2025-02-01,2025-02-03,0,0\n"
        "V3,B,T1,outpatient,2025-12-01,2025-12-01,0,0\nV4,C,H1,inpatient,2025-09-05,2025-09-05,0,1\n"
    )
    # Paid and charged when the visits took place.
    paid, lines = (
        FILES[name].replace("2025-03-05", "2025-09-05").replace("2025-03-01", "2025-12-01")
        for name in ("settlement.csv", "fee_line.csv")
    )
    people = {"chronic_registration": registrations, "person": born, "enrolment": enrolled}
    workspace, _ = loaded(tmp_path, **people, visit=visits, settlement=paid, fee_line=lines)
    engine = Engine(workspace, workspace.lake.latest())
    engine.views()
    rows = engine.rows(by_cell(TOTALS["fund_spend"], engine.as_defined(), 2025), ("consortium", "cell"))
    engine.close()
    # A: 60,000 + 90,000 fen in two settlements and the whole year; B: December; C: in the youngest band though not born; no claim lacks its amount.
    assert [tuple(row.values()) for row in rows] == [
        ("donghe", "0-14_male_0", 1, 365, 50_000, 1, 0),
        ("xihai", "15-44_male_0", 1, 31, 3_000, 1, 0),
        ("xihai", "65+_female_2+", 1, 365, 150_000, 2, 0),
    ]


def test_cells_hold_every_person_day_and_every_fen_of_the_year(engine):
    engine.views()
    for year in (2023, 2024, 2025):
        cells = engine.rows(by_cell(TOTALS["fund_spend"], engine.as_defined(), year), ("consortium", "cell"))
        covered, spend = engine.tables["covered"], TOTALS["fund_spend"].by(engine.as_defined(), ("consortium", "year"))
        days = engine.rows(covered.filter(covered.year == year).agg(days=covered.person_days.sum()))[0]["days"]
        fen = {row["consortium"]: row["fen"] for row in engine.rows(spend) if row["year"] == year}
        assert sum(row["person_days"] for row in cells) == days
        for consortium in {row["consortium"] for row in cells}:
            assert sum(row["fen"] for row in cells if row["consortium"] == consortium) == fen[consortium]


def test_the_norms_of_the_county_add_up_to_the_pool_to_the_fen(engine):
    source = policy_for_year(POLICY, 2025)
    gathered = facts_from_lake(engine, source, 2025)
    parties = share_pools(source, 2025, list(gathered.parties.values()))
    money = total(one.facts[name].amount for one in parties for name in ("spend_1", "spend_2"))
    # The mean of two years, half a fen up.
    assert total(one.facts["norm"].amount for one in parties) == Fen((money.n + 1) // 2)
    assert set(gathered.queries) >= {"fund_spend_by_cell_2025", "fund_spend_by_cell_2023"}


def test_a_settlement_by_risk_is_replayed_and_shows_who_gains(county):
    result = run_settle(county, POLICY, year=2025)
    assert result["statements"] and not result["refused"]
    assert replay(county, result["run"]).same
    told = str([one["because"]["budget"] for one in result["statements"]])
    assert "against own history" in told and "65+_female_2+" in told
