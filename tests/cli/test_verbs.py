"""The command as a person meets it: answers, refusals with cure, exit codes."""

from __future__ import annotations

import csv
import io
import json
import socket
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from tests.tiny import FILES, with_row, written
from yiheng.cli.main import main
from yiheng.supervision import FINDING

DONE, DONE_WITH_REFUSALS, WRONG_USE = 0, 1, 2
# How often a port is asked, a fifth of a second apart, until a server has started.
PATIENCE = 50


def run(*arguments: object):
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def workspace(tmp_path):
    assert run("new", tmp_path / "ws").exit_code == DONE
    assert run("load", written(tmp_path / "source"), "-w", tmp_path / "ws").exit_code == DONE
    return tmp_path / "ws"


def test_new_makes_a_workspace_and_refuses_a_second(tmp_path):
    assert run("new", tmp_path / "ws").exit_code == DONE
    assert {p.name for p in (tmp_path / "ws").iterdir()} == {"lake", "policies", "codes", "runs", "yiheng.toml"}
    again = run("new", tmp_path / "ws")
    assert again.exit_code == WRONG_USE and "workspace already" in again.stderr


def test_new_refuses_a_folder_with_other_things(tmp_path):
    (tmp_path / "letter.txt").write_text("x")
    assert "not empty" in run("new", tmp_path).stderr


def test_outside_a_workspace_the_cure_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run("audit")
    assert result.exit_code == WRONG_USE
    assert "this folder is no workspace" in result.stderr and "yiheng new DIR" in result.stderr


def test_an_audit_of_all_rules_says_how_many_of_the_national_list_are_not_computed(workspace):
    told = (
        "7 rules of the national list are not computed: see not_computed in --format json, or docs/reference/rules.md"
    )
    everything = run("audit", "-w", workspace)
    assert told in everything.stdout + everything.stderr
    one = run("audit", "--rule", "split_stay", "-w", workspace)
    assert "national list" not in one.stdout + one.stderr


def test_findings_as_csv_have_the_same_columns_whatever_was_found(tmp_path):
    second = with_row("visit", "V5,A,O1,inpatient,2025-01-12,2025-01-14,0,0")
    assert run("new", tmp_path / "ws").exit_code == DONE
    assert run("load", written(tmp_path / "source", visit=second), "-w", tmp_path / "ws").exit_code == DONE
    rules = ("overlapping_stays", "frequent_stays")
    told = [run("audit", "--rule", rule, "--format", "csv", "-w", tmp_path / "ws").stdout for rule in rules]
    some, none = (list(csv.reader(io.StringIO(text))) for text in told)
    assert some[0] == none[0] == [*FINDING, "demo_lists"] and none[1:] == []
    (found,) = (dict(zip(some[0], row, strict=True)) for row in some[1:])
    assert (found["visit"], json.loads(found["evidence"])["other_visit"]) == ("V5", "V1")


def test_an_audit_shows_the_most_at_stake_first_and_names_the_rules_that_found_nothing(tmp_path):
    stays = ("V5,A,O1,inpatient,2025-01-12,2025-01-14,0,0", "V6,A,O1,inpatient,2025-01-13,2025-01-16,0,0")
    paid = ("S5,V5,2025-01-14 10:00:00,80000,70000,70000,10000", "S6,V6,2025-01-16 10:00:00,90000,90000,80000,10000")
    changed = {"visit": with_row("visit", "\n".join(stays)), "settlement": with_row("settlement", "\n".join(paid))}
    assert run("new", tmp_path / "ws").exit_code == DONE
    assert run("load", written(tmp_path / "source", **changed), "-w", tmp_path / "ws").exit_code == DONE
    done = run("audit", "-w", tmp_path / "ws")
    told = [line for line in done.stderr.splitlines() if "overlapping_stays] " in line]
    assert [line.split("] ")[1].split(": ")[0] for line in told] == ["900.00 yuan", "700.00 yuan"]
    assert "overlapping_stays" in done.stdout and "frequent_stays" not in done.stdout
    (clean,) = [line for line in done.stderr.splitlines() if "judged and found nothing" in line]
    assert "frequent_stays" in clean and "overlapping_stays" not in clean


def test_the_workspace_may_be_named_before_or_after_the_verb_or_be_the_current_folder(workspace, monkeypatch):
    assert run("-w", workspace, "audit").exit_code == DONE
    assert run("audit", "-w", workspace).exit_code == DONE
    monkeypatch.chdir(workspace)
    assert run("audit").exit_code == DONE


def test_a_load_with_quarantined_rows_ends_with_one_and_says_why(tmp_path):
    run("new", tmp_path / "ws")
    source = written(tmp_path / "source", person=with_row("person", "D,9x,1980-01-01,resident,370299"))
    result = run("load", source, "-w", tmp_path / "ws")
    assert result.exit_code == DONE_WITH_REFUSALS
    assert "person.sex_not_in_list" in result.stderr and "person.csv:5" in result.stderr


def test_a_wrong_option_is_wrong_use(workspace):
    assert run("audit", "--fro", "2025-01-01", "-w", workspace).exit_code == WRONG_USE
    assert run("settle", "qingdao", "-w", workspace).exit_code == WRONG_USE
    assert run("measure", "drug_shar", "-w", workspace).exit_code == WRONG_USE


def test_an_unknown_indicator_names_the_nearest(workspace):
    assert "did you mean 'drug_share'?" in run("measure", "drug_shar", "-w", workspace).stderr


def test_an_indicator_that_cannot_be_cut_by_a_key_says_by_what_it_can(workspace):
    result = run("measure", "admission_rate", "--by", "institution", "-w", workspace)
    assert result.exit_code == WRONG_USE
    assert "cannot be cut by institution" in result.stderr and "consortium" in result.stderr


def test_csv_is_csv(workspace):
    result = run("measure", "cost_per_stay", "--by", "institution", "--format", "csv", "-w", workspace)
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    # H1: 100,000 + 80,000 fen over two stays
    assert {
        "indicator": "cost_per_stay",
        "institution": "H1",
        "top": "180000",
        "bottom": "2",
        "value": "90000.0",
    } in rows


def test_settle_refuses_one_party_and_ends_with_one(workspace):
    result = run("settle", "qingdao", "--year", "2025", "-w", workspace)
    assert result.exit_code == DONE_WITH_REFUSALS
    assert "not settled: donghe" in result.stderr and "1,530.00" in result.stdout


def test_explain_prints_the_tree_down_to_counts_policy_line_and_snapshot(workspace):
    assert (
        run(
            "load",
            written(
                workspace.parent / "more",
                {"enrolment.csv": FILES["enrolment.csv"] + "C,donghe,T1,2024-01-01,2024-12-31\n"},
            ),
            "-w",
            workspace,
        ).exit_code
        == DONE
    )
    settled = run("settle", "qingdao", "--year", "2025", "-w", workspace)
    run_id = settled.stdout.split(" ", 1)[0]
    told = run("explain", run_id, "xihai", "party_bears", "-w", workspace)
    assert told.exit_code == DONE
    assert "the sum of 3 settlements of 2025" in told.stdout
    assert "qingdao/2022.yaml:" in told.stdout
    assert "settlement@" in told.stdout and "fund_spend(consortium=xihai, year=2025)" in told.stdout
    chinese = run("explain", run_id, "xihai", "--lang", "zh", "-w", workspace)
    assert "2025 年 3 笔结算之和" in chinese.stdout


def test_explain_names_the_nearest_party_and_figure(workspace):
    run_id = run("settle", "qingdao", "--year", "2025", "-w", workspace).stdout.split(" ", 1)[0]
    assert "did you mean 'xihai'?" in run("explain", run_id, "xihay", "-w", workspace).stderr
    assert "did you mean 'budget'?" in run("explain", run_id, "xihai", "budgt", "-w", workspace).stderr
    assert run("explain", "settle-nothing", "-w", workspace).exit_code == WRONG_USE


def test_replay_ends_with_one_when_a_result_was_changed(workspace):
    run_id = run("settle", "qingdao", "--year", "2025", "-w", workspace).stdout.split(" ", 1)[0]
    assert run("replay", run_id, "-w", workspace).exit_code == DONE
    lines = workspace / "runs" / run_id / "queries.json"
    lines.write_text(lines.read_text("utf-8") + " ", "utf-8")
    result = run("replay", run_id, "-w", workspace)
    assert result.exit_code == DONE_WITH_REFUSALS and "DIFFERENT" in result.stdout


@pytest.mark.parametrize("verb", ["check", "test", "show"])
@pytest.mark.parametrize("policy", sorted(p.name for p in (ROOT / "policies").iterdir()))
def test_shipped_policies_check_test_and_show(verb, policy):
    result = run("policy", verb, ROOT / "policies" / policy)
    assert result.exit_code == DONE, result.output


def test_the_schema_of_a_policy_is_json():
    import json

    schema = json.loads(run("policy", "schema").stdout)
    assert "steps" in schema["properties"] and schema["additionalProperties"] is False


def test_codes_load_says_what_was_left_aside(workspace, tmp_path):
    file = tmp_path / "conflict.csv"
    file.write_text("forbidden_for,kind,code_prefix\nfemale,dx,N40\nboth,dx,N41\n", "utf-8")
    result = run("codes", "load", file, "--list", "sex_conflict", "-w", workspace)
    assert result.exit_code == DONE
    assert "conflict.csv:3: forbidden_for 'both'" in result.stderr


def test_codes_list_names_every_list_with_its_editions(workspace):
    import json

    empty = run("codes", "list", "-w", workspace)
    assert empty.exit_code == DONE and "no list is loaded yet" in empty.stderr
    assert run("codes", "load", "--list", "dictionary", "--from", "2024-01-01", "-w", workspace).exit_code == DONE
    listed = json.loads(run("codes", "list", "--format", "json", "-w", workspace).stdout)["lists"]
    (dictionary,) = (one for one in listed if one["list"] == "dictionary")
    (edition,) = dictionary["editions"]
    assert (edition["from"], edition["until"], edition["file"]) == ("2024-01-01", None, "dictionary.csv")
    shown = run("codes", "show", "dictionary", "--format", "csv", "-w", workspace).stdout
    assert edition["rows"] == len(list(csv.DictReader(io.StringIO(shown))))


def test_codes_show_looks_up_by_code_and_by_name_and_names_the_nearest(workspace):
    run("codes", "load", "--list", "dictionary", "--from", "2024-01-01", "-w", workspace)
    by_code = run("codes", "show", "dictionary", "dscg_way", "-w", workspace)
    assert by_code.exit_code == DONE and "医嘱离院" in by_code.stdout
    assert "日间手术" in run("codes", "show", "dictionary", "日间", "-w", workspace).stdout
    missed = run("codes", "show", "dictionary", "日间手木", "-w", workspace)
    assert missed.exit_code == WRONG_USE and "nearest: med_type" in missed.stderr and "日间手术" in missed.stderr
    early = run("codes", "show", "dictionary", "--on", "2023-12-31", "-w", workspace)
    assert early.exit_code == WRONG_USE and "no edition of 'dictionary' holds on 2023-12-31" in early.stderr
    unknown = run("codes", "show", "dictionery", "-w", workspace)
    assert unknown.exit_code == WRONG_USE and "did you mean 'dictionary'?" in unknown.stderr


def test_codes_load_without_a_file_takes_what_ships_or_says_that_nothing_does(workspace):
    missing = run("codes", "load", "--list", "gray_code", "-w", workspace)
    assert missing.exit_code == WRONG_USE and "no 'gray_code' ships" in missing.stderr
    assert run("codes", "load", "--list", "sex_conflict", "-w", workspace).exit_code == DONE


def test_compare_prints_the_table_within_its_width_and_writes_workbook_and_bars(workspace):
    result = run("compare", "guangdong", "qingdao", "us-desynpuf", "--year", "2025", "-w", workspace)
    assert result.exit_code == DONE_WITH_REFUSALS, result.output
    for words in ("net of all", "fund pays", "change to the base", "base guangdong"):
        assert words in result.stdout
    assert "us-desynpuf was not in force: with its values of 2010-12-31" in result.stderr
    # Chinese signs are two columns wide.
    assert max(sum(1 + (ord(c) > 0x2E80) for c in line.rstrip()) for line in result.stdout.splitlines()) <= 120
    (folder,) = (workspace / "runs").glob("compare-*")
    assert (folder / "comparison.xlsx").stat().st_size and (folder / "comparison.svg").read_text("utf-8").startswith(
        "<svg"
    )


def test_compare_as_csv_has_a_row_for_each_party_and_policy(workspace):
    result = run("compare", "qingdao", "us-desynpuf", "--year", "2025", "--format", "csv", "-w", workspace)
    rows = {(r["party"], r["policy"]): r for r in csv.DictReader(io.StringIO(result.stdout))}
    assert set(rows) == {(party, policy) for party in ("xihai", "donghe") for policy in ("qingdao", "us-desynpuf")}
    # Nothing was spent in 2024, so nothing is the budget: 1,530.00 over, borne by xihai.
    assert rows["xihai", "qingdao"]["net"] == "-1530.00" and rows["xihai", "qingdao"]["fund_pays"] == "0.00"
    assert "unknown is not zero" in rows["donghe", "qingdao"]["refused"] and rows["donghe", "qingdao"]["net"] == ""


def test_a_figure_of_a_comparison_is_explained_under_its_policy(workspace):
    run("compare", "qingdao", "us-desynpuf", "--year", "2025", "-w", workspace)
    told = run("explain", "compare", "xihai", "party_bears", "--policy", "qingdao", "-w", workspace)
    assert told.exit_code == DONE and "1,530.00 yuan" in told.stdout and "qingdao/2022.yaml" in told.stdout
    unsaid = run("explain", "compare", "xihai", "-w", workspace)
    assert unsaid.exit_code == WRONG_USE and "--policy qingdao or us-desynpuf" in unsaid.stderr


def test_explain_opens_the_claims_the_largest_first(workspace):
    run("settle", "qingdao", "--year", "2025", "-w", workspace)
    shown = run("explain", "settle", "xihai", "spend", "--claims", "--limit", "1", "-w", workspace)
    assert "3 claims, 1,530.00 yuan" in shown.stdout and "S2" in shown.stdout and "S1" not in shown.stdout
    assert "2 more: --limit N" in shown.stderr
    whole = run("explain", "settle", "xihai", "spend", "--claims", "--format", "csv", "-w", workspace)
    rows = list(csv.DictReader(io.StringIO(whole.stdout)))
    # 900.00 + 600.00 + 30.00 = 1,530.00, in yuan as everywhere.
    assert [(r["settlement_id"], r["yuan"]) for r in rows] == [("S2", "900.00"), ("S1", "600.00"), ("S3", "30.00")]


def test_the_demo_runs_from_nothing(tmp_path):
    """With all that happens to real data (point 23): two claims of unknown amount are quarantined and in no sum."""
    result = run("demo", "--people", "300", "--events", "--no-serve", "--workspace", tmp_path / "demo")
    assert result.exit_code == DONE, result.output
    with (tmp_path / "demo" / "events.csv").open(encoding="utf-8", newline="") as file:
        unknown = sum(row["kind"] == "unknown_fund" for row in csv.DictReader(file))
    assert unknown > 0
    assert f"settlement: {unknown} rows of unknown amount, in no sum of yuan" in result.stderr
    assert "xihai" in result.stdout and "split_stay" in result.stdout
    again = run("demo", "--no-serve", "--workspace", tmp_path / "demo")
    assert again.exit_code == DONE, again.output


def test_a_verb_answers_help_by_example():
    assert "yiheng load export/2025" in run("load", "--help").stdout


def test_who_stops_serve_stops_the_cockpit(workspace):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "yiheng.cli", "serve", "--port", str(port), "-w", str(workspace)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as serving:
        assert b"127.0.0.1" in serving.stdout.readline()
        came_up = any(answered(port) for _ in range(PATIENCE))
        serving.terminate()
    assert came_up
    assert not answered(port)


def answered(port: int) -> bool:
    """Whether somebody listens; waits a little before saying no."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        time.sleep(0.2)
        return False
