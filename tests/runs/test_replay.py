"""The same inputs on the same data give the same run and the same bytes."""

from __future__ import annotations

import json

import pytest

from tests.conftest import ROOT
from tests.tiny import loaded
from yiheng.basis.hashes import sha256
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, replay, run_audit, run_load, run_measure, run_settle

POLICY = ROOT / "policies" / "qingdao"


@pytest.fixture(scope="module")
def runs(county):
    return [
        run_settle(county, POLICY, year=2025)["run"],
        run_audit(county)["run"],
        run_measure(county, [], ["consortium", "month"])["run"],
    ]


def test_a_replay_gives_the_same_bytes(county, runs):
    for run in runs:
        again = replay(county, run)
        assert again.same and again.outputs, run


def test_the_same_run_again_has_the_same_id_and_the_same_bytes(county, runs):
    folder = county.find_run(runs[0])
    before = {file.name: sha256(file) for file in folder.iterdir() if file.is_file()}
    assert run_settle(county, POLICY, year=2025)["run"] == runs[0]
    assert {file.name: sha256(file) for file in folder.iterdir() if file.is_file()} == before


def test_a_result_edited_by_hand_shows(tmp_path):
    workspace, _ = loaded(tmp_path)
    run = run_settle(workspace, POLICY, year=2025)["run"]
    assert replay(workspace, run).same
    file = workspace.find_run(run) / "statements.json"
    file.write_text(file.read_text("utf-8").replace('"kept": "0.00"', '"kept": "9.00"'), "utf-8")
    assert not replay(workspace, run).same


def test_an_old_run_replays_after_new_data_and_an_edited_policy(tmp_path):
    workspace, _ = loaded(tmp_path)
    folder = tmp_path / "policies" / "qingdao"
    folder.mkdir(parents=True)
    text = (POLICY / "2022.yaml").read_text("utf-8")
    (folder / "2022.yaml").write_text(text, "utf-8")
    old = run_settle(workspace, folder, year=2025)
    (folder / "2022.yaml").write_text(
        text.replace("value: 9,", "value: 8,").replace('chosen: "9"', 'chosen: "8"'), "utf-8"
    )
    more = tmp_path / "more"
    more.mkdir()
    (more / "settlement.csv").write_text(
        "settlement_id,visit_id,settled_at,total_fen,scope_fen,fund_fen,person_fen\nS5,V3,2025-03-02,900,900,900,0\n",
        "utf-8",
    )
    run_load(workspace, [more])
    new = run_settle(workspace, folder, year=2025)
    assert new["run"] != old["run"]
    assert replay(workspace, old["run"]).same
    assert replay(workspace, new["run"]).same


def test_a_party_without_a_base_year_is_refused_and_the_others_are_settled(tmp_path):
    workspace, _ = loaded(tmp_path)
    result = run_settle(workspace, POLICY, year=2025)
    # A was enrolled with xihai in 2024 and cost nothing then: known, zero. Nobody was with donghe: unknown.
    assert [s["party"] for s in result["statements"]] == ["xihai"]
    assert result["statements"][0]["figures"]["budget"] == "0.00"
    assert result["statements"][0]["figures"]["spend"] == "1530.00"
    (refused,) = result["refused"]
    assert refused["party"] == "donghe" and "unknown is not zero" in refused["why"]


def test_spending_of_people_nobody_answers_for_is_told(tmp_path):
    workspace, _ = loaded(
        tmp_path, enrolment="person_id,consortium,enrolled_from,enrolled_until\nB,xihai,2024-01-01,2025-12-31\n"
    )
    result = run_settle(workspace, POLICY, year=2025)
    # A: 600 + 900 yuan, C: 500 yuan
    assert result["unattributed"] == {"rows": 3, "fen": 200000}


def test_a_facts_file_and_the_lake_meet_in_the_same_settlement(tmp_path, county):
    lake = {s["party"]: s["figures"] for s in run_settle(county, POLICY, year=2025)["statements"]}
    facts = tmp_path / "facts.csv"
    base = {s["party"]: s for s in run_settle(county, POLICY, year=2024)["statements"]}
    lines = ["party,year,spend,base_spend,public_health"]
    lines += [f"{p},2025,{lake[p]['spend']},{base[p]['figures']['spend']}," for p in lake]
    facts.write_text("\n".join(lines) + "\n", "utf-8")
    result = run_settle(Workspace.new(tmp_path / "ws"), POLICY, facts=facts)
    assert {s["party"]: s["figures"] for s in result["statements"]} == lake
    told = json.dumps(result["statements"][0]["because"], ensure_ascii=False)
    assert '"where": "facts.csv", "at": "2"' in told
    assert replay(Workspace.open(tmp_path / "ws"), result["run"]).same


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("party,yaer,spend\n", ["facts.csv:1: the column 'year' is missing", "did you mean 'yaer'?"]),
        ("party,year\nxihai,soon\n", ["facts.csv:2", "no name or year"]),
        ("party,year\nxihai,2025\nxihai,2025\n", ["facts.csv:2", "facts.csv:3", "appears twice (lines 2, 3)"]),
    ],
)
def test_a_facts_file_that_cannot_be_read_is_refused(tmp_path, text, words):
    facts = tmp_path / "facts.csv"
    facts.write_text(text, "utf-8")
    with pytest.raises(Refusal) as refusal:
        run_settle(Workspace.new(tmp_path / "ws"), POLICY, facts=facts)
    for word in words:
        assert word in str(refusal.value)


def test_a_year_without_a_policy_refuses_its_rows_only(tmp_path):
    facts = tmp_path / "facts.csv"
    facts.write_text("party,year,spend,base_spend,public_health\na,2025,1.00,1.00,\na,2019,1.00,1.00,\n", "utf-8")
    result = run_settle(Workspace.new(tmp_path / "ws"), POLICY, facts=facts)
    assert [s["year"] for s in result["statements"]] == [2025]
    assert "facts.csv:3: no policy is in force at the end of 2019" in result["refused"][0]["why"]


def test_another_choice_for_an_assumption_is_pinned_and_shown(tmp_path):
    facts = tmp_path / "facts.csv"
    facts.write_text("party,year,spend,base_spend,public_health\na,2025,115.00,100.00,\n", "utf-8")
    workspace = Workspace.new(tmp_path / "ws")
    usual = run_settle(workspace, POLICY, facts=facts)
    other = run_settle(workspace, POLICY, facts=facts, assume={"cap_base": "base_spend"})
    # overrun 115 - 109 = 6; limits 109 x 5 % = 5.45 and 100 x 5 % = 5
    assert [r["statements"][0]["figures"]["fund_bears"] for r in (usual, other)] == ["5.45", "5.00"]
    (chosen,) = [a for a in other["statements"][0]["assumptions"] if a["id"] == "cap_base"]
    assert (chosen["chosen"], chosen["alternatives"]) == ("base_spend", ["budget"])
    assert usual["run"] != other["run"] and replay(workspace, other["run"]).same
    with pytest.raises(Refusal, match="did you mean 'cap_base'"):
        run_settle(workspace, POLICY, facts=facts, assume={"cap_bas": "budget"})


def test_an_amount_finer_than_a_fen_refuses_that_party_only(tmp_path):
    facts = tmp_path / "facts.csv"
    facts.write_text("party,year,spend,base_spend,public_health\na,2025,1.005,1.00,\nb,2025,1.00,1.00,\n", "utf-8")
    result = run_settle(Workspace.new(tmp_path / "ws"), POLICY, facts=facts)
    assert [s["party"] for s in result["statements"]] == ["b"]
    assert "facts.csv:2:spend: '1.005'" in result["refused"][0]["why"]


def test_a_load_is_not_replayed(tmp_path):
    workspace, result = loaded(tmp_path)
    with pytest.raises(Refusal, match="a load is not replayed"):
        replay(workspace, result.run)


def test_a_year_in_which_nobody_was_enrolled_is_refused(tmp_path):
    workspace, _ = loaded(tmp_path)
    with pytest.raises(Refusal, match="no consortium answered for anybody in 2023"):
        run_settle(workspace, POLICY, year=2023)


def test_the_query_of_a_fact_gives_the_same_sums_on_the_lakes_files(tmp_path):
    import duckdb

    workspace, _ = loaded(tmp_path)
    run = run_settle(workspace, POLICY, year=2025)
    query = workspace.result(run["run"], "queries.json")["fund_spend"]
    con = duckdb.connect()
    for table in ("settlement", "visit", "institution", "person", "enrolment"):
        con.read_parquet(workspace.lake.files(table, workspace.lake.latest())).create_view(table)
    sums = {(row[0], row[1]): (row[2], row[3]) for row in con.execute(query).fetchall()}
    # 60,000 + 90,000 + 3,000 fen of xihai in three settlements, 50,000 of donghe in one
    assert sums == {("xihai", 2025): (153000, 3), ("donghe", 2025): (50000, 1)}
