"""An audit counts each fen once, over visits and rules; the amounts are those of eight stays, worked by hand."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from click.testing import CliRunner

from tests.tiny import FILES, written
from yiheng.cli.main import main
from yiheng.runs import Workspace, run_audit, run_load

# B's stays of 2025 at H1, with what was covered in fen. The eighth begins two days after the seventh ended.
STAYS = [
    *((f"B{n}", dt.date(2025, n, 1), 100) for n in range(1, 7)),
    ("B7", dt.date(2025, 8, 1), 700),
    ("B8", dt.date(2025, 8, 7), 800),
]
RULES = ["frequent_stays", "split_stay"]


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundles")
    more = {"visit": "", "diagnosis": "", "settlement": ""}
    for name, day, fen in STAYS:
        until = day + dt.timedelta(days=4)
        more["visit"] += f"{name},B,H1,inpatient,{day},{until},0,0\n"
        more["diagnosis"] += f"{name},1,J18.9,肺炎,1\n"
        more["settlement"] += f"S{name},{name},{until} 10:00:00,{fen},{fen},{fen},0\n"
    workspace = Workspace.new(folder / "ws")
    source = written(folder / "source", **{table: FILES[f"{table}.csv"] + rows for table, rows in more.items()})
    assert run_load(workspace, [source]).clean
    return workspace


def test_stays_beyond_the_limit_and_a_split_stay_among_them_are_counted_once(workspace):
    audited = run_audit(workspace, RULES)
    # Beyond six stays a year are B7 and B8: 700 + 800. B8 is split from B7: 800 again.
    assert {one["rule"]: (one["visit"], one["at_stake_fen"]) for one in audited["findings"]} == {
        "frequent_stays": ("B7", 1500),
        "split_stay": ("B8", 800),
    }
    assert (audited["at_stake_fen"], audited["at_stake_once_fen"]) == (2300, 1500)
    assert {one["rule"]: one["at_stake_once_fen"] for one in audited["rules"]} == {
        "frequent_stays": 1500,
        "split_stay": 800,
    }
    assert [(one["visit"], one["at_stake_once_fen"]) for one in audited["bundles"]] == [("B7", 1500), ("B8", 800)]


def test_the_command_shows_both_sums(workspace):
    said = CliRunner().invoke(main, ["audit", "--rule", RULES[0], "--rule", RULES[1], "-w", str(workspace.folder)])
    told = [line.replace("│", " ").split() for line in said.stdout.splitlines()]
    rows = {cells[0]: cells[-2:] for cells in told if cells}
    assert rows["frequent_stays"] == ["15.00", "15.00"]
    assert rows["split_stay"] == ["8.00", "8.00"]
    assert rows["all"] == ["23.00", "15.00"]


def test_the_json_holds_name_subject_and_both_sentences(workspace):
    said = CliRunner().invoke(main, ["audit", "--rule", RULES[1], "-w", str(workspace.folder), "--format", "json"])
    (one,) = json.loads(said.stdout)["findings"]
    assert len(one["id"]) == 16 and one["about"] is None
    assert one["says"] and one["says_en"].startswith("B left H1 on 2025-08-05 and was back 2 days later")
