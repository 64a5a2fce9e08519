"""The workbook says what the statement says, and the same statement gives the same bytes."""

from __future__ import annotations

import subprocess
from decimal import Decimal

import openpyxl
import pypdf
import pytest

from tests.conftest import ROOT
from yiheng.runs import run_settle
from yiheng.statements import write_workbook

# Eleven sheets, of which the reasons take more than one page.
PAGES = 16


@pytest.fixture(scope="module")
def result(county):
    return run_settle(county, ROOT / "policies" / "qingdao", year=2025)


def test_the_figures_stand_in_the_workbook_to_the_fen(result, tmp_path):
    write_workbook(result, tmp_path / "s.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "s.xlsx")["清算结果"]
    header, *rows = sheet.iter_rows(values_only=True)
    assert header[3:10] == tuple(
        f"{zh}（元）" for zh in ("总额预算", "基金支出", "结余", "超支", "结余留用", "基金分担", "医共体承担")
    )
    for row, statement in zip(rows, result["statements"], strict=True):
        assert row[0] == statement["party"]
        assert [f"{Decimal(repr(cell)):.2f}" for cell in row[3:10]] == list(statement["figures"].values())


def test_every_line_of_the_reasons_stands_in_the_workbook(result, tmp_path):
    write_workbook(result, tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    said = {str(row[4]).strip("　") for row in book["计算依据"].iter_rows(min_row=2, values_only=True)}

    def lines(because):
        yield because["says"]
        for below in because.get("rests_on", []):
            yield from lines(below)

    for statement in result["statements"]:
        for name in statement["figures"]:
            assert set(lines(statement["because"][name])) <= said
    assert {row[1] for row in book["假设"].iter_rows(min_row=2, values_only=True)} == {
        "budget_growth",
        "recognised_growth",
        "cap_base",
        "public_health",
        "use_of_kept",
    }


def test_the_same_statement_gives_the_same_bytes(result, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(result, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_refused_party_is_listed_with_its_reason(result, tmp_path):
    refused = {**result, "statements": [], "refused": [{"party": "x", "year": 2025, "why": "缺少基期"}]}
    write_workbook(refused, tmp_path / "s.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "s.xlsx")["未能清算"].iter_rows(min_row=2, values_only=True))
    assert rows == [("x", 2025, "缺少基期")]


def test_point_15_every_sheet_prints_across_on_one_page_width_with_its_heads(result, tmp_path):
    write_workbook(result, tmp_path / "s.xlsx")
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    for sheet in book.worksheets:
        assert sheet.page_setup.orientation == "landscape", sheet.title
        # One page wide, which is what a sheet says by leaving it out, and as many long as it takes.
        assert (sheet.page_setup.fitToWidth or 1, sheet.page_setup.fitToHeight) == (1, 0), sheet.title
        assert sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.title
        assert sheet.print_title_rows == "$1:$1", sheet.title
        # What is written is printed, and no row below it.
        last = f"${openpyxl.utils.get_column_letter(sheet.max_column)}${sheet.max_row}"
        assert sheet.print_area.endswith(f"!$A$1:{last}"), (sheet.title, sheet.print_area)


def test_point_15_the_workbook_prints_on_few_pages(result, tmp_path):
    """As many pages as there are sheets and the reasons ask for: no column runs over to a page of its own."""
    write_workbook(result, tmp_path / "s.xlsx")
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation=file://{tmp_path}/office", "--headless", "--convert-to", "pdf",
         "--outdir", str(tmp_path), str(tmp_path / "s.xlsx")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    pages = pypdf.PdfReader(tmp_path / "s.pdf").pages
    assert all(page.mediabox.width > page.mediabox.height for page in pages)
    assert len(pages) <= PAGES


def test_every_head_has_place_for_its_words(result, tmp_path):
    """A Chinese sign is two wide; a head that is wider than its column takes two lines of a row made for them."""
    write_workbook(result, tmp_path / "s.xlsx", names={"xihai": "西海医共体", "donghe": "东河医共体"})
    book = openpyxl.load_workbook(tmp_path / "s.xlsx")
    for sheet in book.worksheets:
        widths: dict[int, float] = {}
        for one in sheet.column_dimensions.values():
            widths |= dict.fromkeys(range(one.min, one.max + 1), one.width)
        high = (sheet.row_dimensions[1].height or 15) > 30
        for cell in sheet[1]:
            wide = sum(2 if ord(sign) > 255 else 1 for sign in str(cell.value))
            assert wide <= widths.get(cell.column, 8) * (2 if high else 1), (sheet.title, cell.value)
    assert [cell.value for cell in book["状态"][1]] == ["医共体", "年度", "项目", "内容"]
    for sheet in ("状态", "清算结果", "应收应付", "计算依据", "转账", "账户", "核对"):
        told = {row[0] for row in book[sheet].iter_rows(min_row=2, values_only=True)}
        assert {"西海医共体（xihai）", "东河医共体（donghe）"} <= told, sheet
