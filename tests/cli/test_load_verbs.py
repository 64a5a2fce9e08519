"""The load verb's ways in and out: rejects, draft mappings, databases."""

from __future__ import annotations

import openpyxl
import pytest
from click.testing import CliRunner

from tests.intake.forms import as_sqlite
from tests.tiny import with_row, written
from yiheng.cli.main import main

DONE, DONE_WITH_REFUSALS, WRONG_USE = 0, 1, 2


def run(*arguments: object):
    return CliRunner().invoke(main, [str(a) for a in arguments])


@pytest.fixture
def workspace(tmp_path):
    assert run("new", tmp_path / "ws").exit_code == DONE
    return tmp_path / "ws"


def test_rejects_are_written_for_the_sender(tmp_path, workspace):
    source = written(tmp_path / "source", person=with_row("person", "D,9x,1980-01-01,resident,370299"))
    result = run("load", source, "--rejects", tmp_path / "back.xlsx", "-w", workspace)
    assert result.exit_code == DONE_WITH_REFUSALS
    assert "list for the sender" in result.stderr and "1 entries" in result.stderr
    assert openpyxl.load_workbook(tmp_path / "back.xlsx")["参保人 person"]["G2"].value == "9x"


def test_a_draft_mapping_is_printed_or_written_and_never_overwrites(tmp_path):
    file = tmp_path / "x.csv"
    file.write_text("结算ID,就诊ID,结算时间,基金支付总额\nS7,V1,2025-01-15,1.00\n", "utf-8")
    printed = run("load", "--draft-mapping", file)
    assert printed.exit_code == DONE and "table: settlement" in printed.stdout
    into = tmp_path / "mine.yaml"
    assert run("load", "--draft-mapping", file, "--into", into).exit_code == DONE
    assert into.read_text("utf-8") == printed.stdout
    again = run("load", "--draft-mapping", file, "--into", into)
    assert again.exit_code == WRONG_USE and "is there already" in again.stderr
    assert run("load", "--draft-mapping", tmp_path / "absent.csv").exit_code == WRONG_USE


def test_a_load_of_nothing_is_wrong_use(workspace):
    result = run("load", "-w", workspace)
    assert result.exit_code == WRONG_USE and "nothing is named to load" in result.stderr


def test_a_database_is_loaded_by_its_url_and_pairs_of_tables(tmp_path, workspace):
    url = as_sqlite(tmp_path / "county.db")
    result = run("load", "--database", url, "--table", "fixmedins_b=institution", "-w", workspace)
    assert result.exit_code == DONE and "institution" in result.stdout and "settlement" not in result.stdout
    assert run("load", "--database", url, "-w", workspace).exit_code == DONE
    wrong = run("load", "--database", url, "--table", "fixmedins_b", "-w", workspace)
    assert wrong.exit_code == WRONG_USE and "names no pair" in wrong.stderr
    alone = run("load", "x.csv", "--table", "a=person", "-w", workspace)
    assert alone.exit_code == WRONG_USE and "--database" in alone.stderr
