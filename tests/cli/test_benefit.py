"""A table of visits is settled: one visit a row, each layer a column."""

from __future__ import annotations

import csv
import io

import openpyxl

from tests.cli.test_verbs import DONE, DONE_WITH_REFUSALS, run
from tests.conftest import ROOT

HEADER = (
    "visit,year,setting,level,cost,covered,deductible_used,paid_before,signed,referred,chronic,path_clear,"
    "low_income,supplementary,innovative,points"
)
# 9,000 x 75 % = 6,750, aid 2,250 - 900 = 1,350, person 900 + 1,000; (200 - 15) x 75 % = 138.75, person 61.25
ROWS = (
    "v1,2025,inpatient,secondary,10000.00,9000.00,0.00,0.00,no,no,no,no,yes,no,no,0",
    "v2,2025,outpatient,primary,200.00,200.00,0.00,0.00,yes,no,no,no,no,no,no,1000",
)
UNKNOWN_SETTING = "v3,2025,emergency,primary,200.00,200.00,0.00,0.00,yes,no,no,no,no,no,no,1000"


def test_each_layer_of_each_visit_is_shown_and_a_wrong_word_refuses_its_row_only(tmp_path):
    assert run("new", tmp_path / "ws").exit_code == DONE
    (tmp_path / "visits.csv").write_text("\n".join((HEADER, *ROWS, UNKNOWN_SETTING)) + "\n", "utf-8")
    policy = ROOT / "policies" / "four-layer-benefit"
    done = run("-w", tmp_path / "ws", "settle", policy, "--facts", tmp_path / "visits.csv", "--format", "csv")
    assert done.exit_code == DONE_WITH_REFUSALS, done.stderr
    first, second = csv.DictReader(io.StringIO(done.stdout))
    layers = ("payer/基本医保", "payer/医疗救助", "payer/个人")
    assert [first[name] for name in layers] == ["6750.00", "1350.00", "1900.00"]
    assert [second[name] for name in layers] == ["138.75", "", "61.25"]
    assert "visits.csv:4:setting: 'emergency' is none of its words" in done.stderr
    assert "expected: outpatient | inpatient" in done.stderr
    (workbook,) = (tmp_path / "ws" / "runs").glob("*/statements.xlsx")
    book = openpyxl.load_workbook(workbook)
    header = next(book["清算结果"].iter_rows(values_only=True))
    assert "费用承担·个人（元）" in header
    said = {row[2] for row in book["计算依据"].iter_rows(min_row=2, values_only=True)}
    assert "费用承担·医疗救助" in said
    run_id = workbook.parent.name
    told = run("-w", tmp_path / "ws", "explain", run_id, "v2")
    assert "起付线降低 50%—100%" in told.stdout
