"""A quality run on the tiny county: rows, refused rows by sender, whose institution in which month."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pytest

from tests.tiny import FILES, loaded, with_row, written
from yiheng.basis.refusals import Refusal
from yiheng.runs import questioned_page, questioned_rows, refused_rows, replay, run_load, run_quality

LISTS = """\
visit_id,nationality,admitted_at,discharged_at,stay_days,declared_at
V1,156,2025-01-10 08:00:00,2025-01-15 10:00:00,5,2025-01-20 09:00:00
V2,156,2025-02-01 08:00:00,2025-02-03 10:00:00,9,2025-02-04 09:00:00
"""
# H1 moved from one consortium to another within February.
MEMBERS = """\
institution_id,consortium,role,member_from,member_until
H1,xihai,lead,2024-01-01,2025-02-10
H1,donghe,lead,2025-02-11,
"""


@pytest.fixture
def made(tmp_path):
    workspace, _ = loaded(tmp_path, front_page=LISTS, membership=MEMBERS)
    return workspace


def rows_of(result, check):
    return {(r["institution"], r["month"]): r for r in result["rows"] if r["check"] == check}


def test_rows_by_institution_month_and_check(made):
    result = run_quality(made)
    days = rows_of(result, "stay_days_differ_from_dates")
    # V1: 5 days are 15 - 10 January; V2: 9 days are not 3 - 1 February.
    assert days["H1", "2025-01"] == {
        "institution": "H1", "consortium": "xihai", "month": "2025-01", "kind": "logical",
        "check": "stay_days_differ_from_dates", "says": "实际住院天数与入出院日期不符",
        "valid": 1, "invalid": 0, "unknown": 0, "share": 1.0,
    }  # fmt: skip
    assert [days["O1", "2025-02"][key] for key in ("valid", "invalid", "share", "consortium")] == [0, 1, 0.0, None]
    # V4 of March has no list: missing, and nothing else is judged of it but its money.
    missing = rows_of(result, "list_missing")["H1", "2025-03"]
    assert (missing["invalid"], missing["consortium"]) == (1, "donghe")
    assert ("H1", "2025-03") not in rows_of(result, "nationality_missing_on_list")
    gray = rows_of(result, "main_diagnosis_is_gray")["H1", "2025-01"]
    assert (gray["valid"], gray["unknown"], gray["share"]) == (0, 1, None)


def test_the_rows_in_question_are_those_that_were_counted(made):
    result = run_quality(made)
    folder = made.find_run(result["run"])
    counted = Counter()
    for row in result["rows"]:
        for verdict in ("invalid", "unknown"):
            counted[row["institution"], row["month"], row["check"], verdict] += row[verdict]
    listed = Counter((r["institution"], r["month"], r["check"], r["verdict"]) for r in questioned_rows(folder))
    assert listed == +counted
    only = list(questioned_rows(folder, {"O1": ["2025-02"], "H1": ["2025-03"]}, verdict="invalid"))
    assert {(r["institution"], r["month"]) for r in only} == {("O1", "2025-02"), ("H1", "2025-03")}
    assert questioned_page(folder, {"O1": ["2025-02"]}, 0, 1, check="stay_days_differ_from_dates") == [
        {
            "institution": "O1", "month": "2025-02", "check": "stay_days_differ_from_dates", "verdict": "invalid",
            "visit": "V2", "settlement": "S2", "found": "9 / 2025-02-01 08:00:00 / 2025-02-03 10:00:00",
        }
    ]  # fmt: skip
    assert list(questioned_rows(folder, {})) == []


def test_one_institution_and_some_days(made):
    result = run_quality(made, institution="H1", since=dt.date(2025, 1, 15), until=dt.date(2025, 1, 15))
    assert {(r["institution"], r["month"]) for r in result["rows"]} == {("H1", "2025-01")}
    assert not run_quality(made, institution="H1", since=dt.date(2025, 1, 16), until=dt.date(2025, 1, 31))["rows"][4:]
    with pytest.raises(Refusal, match="there is no institution 'H2'"):
        run_quality(made, institution="H2")


def test_rows_refused_at_the_door_have_a_sender_where_one_can_be_told(tmp_path):
    workspace, _ = loaded(
        tmp_path,
        front_page=LISTS + "V9,156,2025-01-10 08:00:00,,5,\nV4,156,soon,,x,\n",
        visit=with_row("visit", "V8,NOBODY,T1,inpatient,2025-03-01,2025-03-02,0,0"),
    )
    result = run_quality(workspace)
    counts = {(r["institution"], r["file"], r["fault"]): r["rows"] for r in result["refused"]}
    assert counts == {
        (None, "front_page.csv", "visit_not_known"): 1,
        ("H1", "front_page.csv", "admitted_at_unreadable"): 1,
        ("H1", "front_page.csv", "stay_days_unreadable"): 1,
        ("T1", "visit.csv", "person_not_known"): 1,
    }
    folder = workspace.find_run(result["run"])
    (row,) = refused_rows(folder, ["T1"])
    assert (row["line"], row["found"], row["visit_id"]) == (6, "NOBODY", "V8")
    assert len(list(refused_rows(folder))) == 4 and len(list(refused_rows(folder, [None]))) == 1
    # Sent and refused once more, the rows stand once.
    run_load(workspace, [tmp_path / "source"])
    again = run_quality(workspace)
    assert again["run"] != result["run"]
    assert sum(r["rows"] for r in again["refused"]) == 4
    assert [r["institution"] for r in run_quality(workspace, institution="T1")["refused"]] == ["T1"]


def test_a_quality_run_replays_after_more_was_loaded(made, tmp_path):
    run = run_quality(made)["run"]
    more = written(tmp_path / "more", {"front_page.csv": LISTS + "V4,156,2025-03-05 08:00:00,,1,\n"})
    run_load(made, [more])
    assert replay(made, run).same
    assert run_quality(made)["run"] != run


def test_without_any_list_nothing_is_called_missing(tmp_path):
    workspace, _ = loaded(tmp_path)
    assert "front_page.csv" not in FILES
    result = run_quality(workspace)
    missing = rows_of(result, "list_missing").values()
    assert [(r["invalid"], r["unknown"]) for r in missing] == [(0, 1)] * 3
