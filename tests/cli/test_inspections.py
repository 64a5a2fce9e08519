"""The verbs of inspections as a person uses them."""

from __future__ import annotations

import csv
import io
import json

import pytest
from click.testing import CliRunner

from yiheng.cli.inspections import _reasons
from yiheng.cli.main import main

CHECKED = """stratum,units,claimed_in_all,unit,claimed,wrong
A,10,1000,a1,100,10
A,10,1000,a2,120,30
B,4,400,b1,90,0
B,4,400,b2,110,20
"""


def run(*arguments: object):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_score_prints_a_table_and_keeps_to_the_top(county):
    done = run("score", "--top", 3, "-w", county.folder)
    assert done.exit_code == 0 and "a score only ranks" in done.stderr
    everybody = run("score", "--top", 100, "--lang", "zh", "-w", county.folder).stdout
    assert "乡镇卫生院·" in everybody and "township" not in everybody
    listed = json.loads(run("score", "--top", 3, "--format", "json", "-w", county.folder).stdout)
    assert [row["rank"] for row in listed["rows"]] == [1, 2, 3]
    whole = list(csv.DictReader(io.StringIO(run("score", "--format", "csv", "-w", county.folder).stdout)))
    assert len(whole) > 20 and whole[0]["subject"] == listed["rows"][0]["subject"]


def test_a_reason_tells_shares_in_per_cent_money_in_yuan_and_days_as_days(monkeypatch):
    monkeypatch.setenv("YIHENG_LANG", "zh")
    reasons = [
        {
            "zh": "药占比",
            "feature": "drug_part_high",
            "unit": "share",
            "value": 0.7156,
            "median": 0.5,
            "deviation": 6.7055,
        },
        {
            "zh": "次均门诊费用",
            "feature": "contact_cost",
            "unit": "fen",
            "value": 843256.4,
            "median": 785591.0,
            "deviation": 10.0,
        },
        {"zh": "平均住院日", "feature": "stay_days", "unit": "days", "value": 8.25, "median": 6.04, "deviation": 1.0},
    ]
    assert _reasons({"reasons": reasons}) == (
        "药占比 71.6%，同类中位数 50.0%，偏离 6.7 倍；"
        "次均门诊费用 8,432.56 元，同类中位数 7,855.91 元，偏离 10.0 倍；"
        "平均住院日 8.2 天，同类中位数 6.0 天，偏离 1.0 倍"
    )


def test_score_of_groups_names_who_and_why(county):
    groups, shown = [], ""
    for year in (2022, 2023, 2024, 2025):
        words = ("score", "--of", "group", "--year", year, "-w", county.folder, "--format")
        groups += json.loads(run(*words, "json").stdout)["groups"]
        shown += run(*words, "csv").stdout
    # Planted are two bands of six, and eight people who were admitted together in two of the years.
    assert sorted(one["persons"] for one in groups) == [6, 6, 8, 8]
    assert all(len(one["members"]) == one["persons"] >= 4 for one in groups)
    assert all(one["says"] in shown and " ".join(one["members"]) in shown for one in groups)


def test_sample_draw_says_where_too_few_inspectors_are_free(county, tmp_path):
    file = tmp_path / "inspectors.csv"
    file.write_text("inspector,workplace,relatives_at\n王,,\n李,,\n", "utf-8")
    done = run("sample", "draw", "--seed", "2025", "--inspectors", file, "--format", "json", "-w", county.folder)
    drawn = json.loads(done.stdout)["drawn"]
    assert done.exit_code == 0 and all(sorted(one["team"]) == ["李", "王"] for one in drawn)
    tied = ";".join(one["institution"] for one in drawn)
    file.write_text(f"inspector,workplace,relatives_at\n王,,{tied}\n李,,\n", "utf-8")
    done = run("sample", "draw", "--seed", "2025", "--inspectors", file, "-w", county.folder)
    assert done.exit_code == 1 and "fewer than 2 inspectors without ties" in done.stderr


def test_sample_estimate_prints_yuan(county, tmp_path):
    file = tmp_path / "checked.csv"
    file.write_text(CHECKED, "utf-8")
    (row,) = csv.DictReader(io.StringIO(run("sample", "estimate", file, "--format", "csv", "-w", county.folder).stdout))
    # Worked by hand in tests/supervision/test_sampling.py.
    assert row == {
        "total": "224.00", "low": "69.55", "high": "887.23", "found": "60.00", "error": "78.80", "checked": "4",
        "units": "14",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("stratum,units\n", "the column 'claimed_in_all' is missing"),
        (CHECKED.replace("a1,100", "a1,1.005"), "checked.csv:2"),
        (CHECKED.replace("A,10,1000,a2", "A,11,1000,a2"), "different wholes"),
    ],
)
def test_a_sample_that_cannot_be_read_is_refused(county, tmp_path, text, words):
    file = tmp_path / "checked.csv"
    file.write_text(text, "utf-8")
    done = run("sample", "estimate", file, "-w", county.folder)
    assert done.exit_code == 2 and words in done.stderr


def test_wrong_names_are_refused(county, tmp_path):
    assert run("score", "--reference", "load-", "-w", county.folder).exit_code == 2
    assert run("sample", "draw", "--seed", "a|b", "-w", county.folder).exit_code == 2
    file = tmp_path / "inspectors.csv"
    file.write_text("inspector,workplace,relatives_at\n王,,\n王,,\n", "utf-8")
    done = run("sample", "draw", "--seed", "s", "--inspectors", file, "-w", county.folder)
    assert done.exit_code == 2 and "appears twice" in done.stderr
