"""The verbs tables and sql."""

from __future__ import annotations

import json

import pytest

from tests.cli.test_load_verbs import DONE, WRONG_USE, run
from tests.tiny import loaded
from yiheng.records import TABLES


@pytest.fixture
def workspace(tmp_path):
    return loaded(tmp_path)[0].folder


def test_tables_are_listed_with_their_rows_or_without_a_workspace(workspace, tmp_path, monkeypatch):
    listed = json.loads(run("tables", "--format", "json", "-w", workspace).stdout)["tables"]
    assert [one["table"] for one in listed] == list(TABLES)
    assert {one["table"]: one["rows"] for one in listed}["fee_line"] == 5
    monkeypatch.chdir(tmp_path)
    alone = json.loads(run("tables", "--format", "json").stdout)["tables"]
    assert {one["rows"] for one in alone} == {None}
    assert run("tables", "-w", tmp_path / "nowhere").exit_code == WRONG_USE


def test_templates_and_exports_are_written(workspace, tmp_path):
    assert run("tables", "template", tmp_path / "t", "setl_d", "--names", "platform").exit_code == DONE
    assert sorted(p.name for p in (tmp_path / "t").iterdir()) == ["setl_d.csv", "templates.xlsx"]
    done = run("tables", "export", tmp_path / "out", "--names", "platform", "--as", "csv", "-w", workspace)
    assert done.exit_code == DONE and "fee_list_d.csv" in done.stdout
    assert (tmp_path / "out" / "setl_d.csv").read_text().splitlines()[1].startswith("S1,V1,2025-01-15 10:00:00,")
    again = run("load", tmp_path / "out", "-w", workspace)
    assert again.exit_code == DONE and "snapshot set 1" in again.stdout
    assert run("tables", "export", tmp_path / "out", "setl_dd", "-w", workspace).exit_code == WRONG_USE


def test_sql_answers_and_refuses_in_a_sentence(workspace):
    asked = "select mdtrt_id, medfee_sumamt, refd_setl_flag from setl_d order by 1 limit 2"
    assert run("sql", asked, "--format", "csv", "-w", workspace).stdout == (
        "mdtrt_id,medfee_sumamt,refd_setl_flag\nV1,1000.00,\nV2,2000.00,\n"
    )
    found = json.loads(run("sql", asked, "--format", "json", "-w", workspace).stdout)
    assert found["rows"][0] == ["V1", "1000.00", None]
    wrong = run("sql", "drop table person", "-w", workspace)
    assert wrong.exit_code == WRONG_USE and "only one query that reads" in wrong.stderr
