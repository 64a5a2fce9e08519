"""The claims behind a figure add up to it to the fen, as the lake was when it was settled."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.tiny import loaded
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, claims_behind, run_load, run_settle

POLICY = ROOT / "policies" / "qingdao"


@pytest.fixture
def settled(tmp_path):
    workspace, _ = loaded(tmp_path)
    result = run_settle(workspace, POLICY, year=2025)
    return workspace, result, workspace.result(result["run"], "queries.json")


def test_the_claims_of_a_year_largest_first(settled):
    workspace, result, queries = settled
    (xihai,) = result["statements"]
    (spend,) = claims_behind(workspace, result, queries, xihai, "spend")
    assert (spend.total, spend.year, spend.fen) == ("fund_spend", 2025, 153000)
    assert [
        (r["settlement_id"], r["visit_id"], r["institution"], str(r["ended_on"]), r["fen"]) for r in spend.rows
    ] == [
        ("S2", "V2", "O1", "2025-02-03", 90000),
        ("S1", "V1", "H1", "2025-01-15", 60000),
        ("S3", "V3", "T1", "2025-03-01", 3000),
    ]
    assert not {"person", "person_id"} & set(spend.rows[0])


def test_a_figure_of_several_facts_opens_each_once(settled):
    workspace, result, queries = settled
    (xihai,) = result["statements"]
    # A was enrolled in 2024 and cost nothing: no claims, and they come to nothing.
    found = claims_behind(workspace, result, queries, xihai, "party_bears")
    assert [(one.year, one.fen, len(one.rows)) for one in found] == [(2024, 0, 0), (2025, 153000, 3)]


def test_what_was_loaded_later_is_not_among_them(settled, tmp_path):
    workspace, result, queries = settled
    more = tmp_path / "more"
    more.mkdir()
    header = "settlement_id,visit_id,settled_at,total_fen,scope_fen,fund_fen,person_fen"
    (more / "settlement.csv").write_text(f"{header}\nS5,V3,2025-03-02,900,900,900,0\n", "utf-8")
    run_load(workspace, [more])
    (spend,) = claims_behind(workspace, result, queries, result["statements"][0], "spend")
    assert spend.fen == 153000 and len(spend.rows) == 3


def test_a_fact_that_is_not_the_sum_of_its_claims_is_refused(settled):
    workspace, result, queries = settled
    (xihai,) = result["statements"]
    edited = {**xihai, "because": {"spend": _replaced(xihai["because"]["spend"])}}
    with pytest.raises(Refusal, match=r"3 claims come to 1,530.00 yuan, but the settlement used 1530.01"):
        claims_behind(workspace, result, queries, edited, "spend")
    other = {"fund_spend": queries["fund_spend"].replace("SUM(", "2 * SUM(")}
    assert other != queries
    with pytest.raises(Refusal, match="the same sum to the fen"):
        claims_behind(workspace, result, other, xihai, "spend")
    with pytest.raises(Refusal, match="no longer known"):
        claims_behind(workspace, result, {}, xihai, "spend")


def _replaced(tree):
    changed = {name: "1530.01" if value == "1530.00" else value for name, value in tree.items()}
    return {**changed, "rests_on": [_replaced(below) for below in tree.get("rests_on", [])]}


def test_behind_a_facts_file_stand_no_claims(tmp_path):
    facts = tmp_path / "facts.csv"
    facts.write_text("party,year,spend,base_spend,public_health\na,2025,115.00,100.00,\n", "utf-8")
    workspace = Workspace.new(tmp_path / "ws")
    result = run_settle(workspace, POLICY, facts=facts)
    with pytest.raises(Refusal, match="no claims stand behind 'spend' of 'a'"):
        claims_behind(workspace, result, {}, result["statements"][0], "spend")


def test_every_fact_of_a_county_is_the_sum_of_its_claims(county):
    result = run_settle(county, POLICY, year=2025)
    queries = county.result(result["run"], "queries.json")
    for statement in result["statements"]:
        for one in claims_behind(county, result, queries, statement, "surplus"):
            assert sum(row["fen"] for row in one.rows) == one.fen and one.rows
