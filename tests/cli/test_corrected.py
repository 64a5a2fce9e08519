"""Point 13 of trust: the difference of two settlements names the claims that were corrected, before and after."""

from __future__ import annotations

import json

import openpyxl
from click.testing import CliRunner

from tests.tiny import FILES, written
from yiheng.cli.main import main


def run(*arguments: object):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_point_13_against_names_corrected_and_late_claims(tmp_path):
    space = tmp_path / "ws"
    assert run("new", space).exit_code == 0
    assert run("load", written(tmp_path / "first"), "-w", space).exit_code == 0
    first = run("settle", "qingdao", "--year", "2025", "--although", "a test of few rows", "-w", space)
    # S1 of 2025 gets 100.00 yuan more, of the fund and in all: 600.00 + 100.00 = 700.00.
    head = FILES["settlement.csv"].splitlines()[0]
    (tmp_path / "settlement.csv").write_text(f"{head}\nS1,V1,2025-01-15 10:00:00,110000,90000,70000,40000\n", "utf-8")
    loaded = run("load", tmp_path / "settlement.csv", "-w", space)
    assert "corrected 1 row: settlement" in loaded.stderr, loaded.output
    second = run("settle", "qingdao", "--year", "2025", "--although", "a test of few rows", "-w", space)
    older, newer = (done.stdout.split(" ", 1)[0] for done in (first, second))
    book, file = tmp_path / "d.xlsx", tmp_path / "d.json"
    told = run("statement", newer, "xihai", "--against", older, "--xlsx", book, "--json", file, "-w", space)
    assert told.exit_code == 0, told.output
    assert "  corrected 2025 S1: 600.00 → 700.00 yuan" in told.stderr.splitlines()
    (statement,) = json.loads(file.read_text("utf-8"))["statements"]
    assert {claim["settlement_id"]: claim["difference"] for claim in statement["claims"]} == {"S1": "100.00"}
    rows = list(openpyxl.load_workbook(book)["变动的结算"].iter_rows(min_row=2, values_only=True))
    assert [row[2] for row in rows] == ["S1"] and rows[0][7] == 100
    chinese = run("statement", newer, "xihai", "--against", older, "--lang", "zh", "-w", space)
    assert "  更正 2025 S1: 600.00 → 700.00 元" in chinese.stderr.splitlines()
