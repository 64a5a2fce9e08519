"""Point 8 of issue 13: workbooks that claim places which no sheet has, nested Parquet, numbers after options."""

from __future__ import annotations

import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from yiheng.cli.main import main
from yiheng.intake.opening import Opening

HEAD = ["person_id", "sex", "born_on", "insurance", "division"]
ROW = ["A", "female", "1950-01-01", "resident", "370299"]
SHEET, BOOK = "xl/worksheets/sheet1.xml", "xl/workbook.xml"
STRAY = "where no spreadsheet has one"
UNREADABLE = "this is not a readable workbook"
WRONG_USE = 2


def opened(file: Path, scratch: Path) -> Opening:
    with duckdb.connect() as con:
        opening = Opening(con, scratch)
        opening.open(file, file.name, file.name)
        return opening


def edited(folder: Path, part: str, before: str, after: str) -> Path:
    """A workbook of one person, one part of which was changed by hand."""
    book = openpyxl.Workbook()
    book.active.title = "person"
    book.active.append(HEAD)
    book.active.append(ROW)
    book.save(folder / "plain.xlsx")
    with zipfile.ZipFile(folder / "plain.xlsx") as plain, zipfile.ZipFile(folder / "person.xlsx", "w") as packed:
        for name in plain.namelist():
            text = plain.read(name).decode()
            if name == part:
                assert before in text
                text = text.replace(before, after)
            packed.writestr(name, text)
    return folder / "person.xlsx"


@pytest.mark.parametrize(
    ("part", "before", "after", "says"),
    [
        # The reader of cells asked for 194 GB and ended the process.
        (SHEET, 'r="A2"', 'r="A99999999999"', STRAY),
        (SHEET, 'r="A2"', 'r="ZZZZZZ2"', STRAY),
        (SHEET, 'r="A2"', 'r="XFE2"', STRAY),
        (SHEET, 'r="A2"', 'r="A0"', STRAY),
        (SHEET, 'r="A2"', 'r="-5"', STRAY),
        # Of two rows a cell stands in one.
        (SHEET, 'r="A2"', 'r="A12"', STRAY),
        (SHEET, '<row r="2"', '<row r="1048577"', STRAY),
        (SHEET, '<row r="2"', '<row r="-2"', STRAY),
        (SHEET, '<row r="2"', '<row r="x"', UNREADABLE),
        # An empty text spans the sheet as well.
        (SHEET, "</sheetData>", '<row r="1048576"><c r="XFD1048576" t="str"><v></v></c></row></sheetData>', "reach to row"),
        (SHEET, "</sheetData>", '<row r="3"><c r="A3" t="s"><v>-1</v></c></row></sheetData>', UNREADABLE),
        (BOOK, "<sheets>", '<sheets><sheet name="person" sheetId="9" r:id="rId1"'
         ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>', "have one name"),
        (BOOK, "<workbook", '<!DOCTYPE w [<!ENTITY e SYSTEM "file:///etc/passwd">]><workbook', UNREADABLE),
    ],
)  # fmt: skip
def test_point_8_a_workbook_with_cells_where_none_can_be_is_refused(tmp_path, part, before, after, says):
    file = edited(tmp_path, part, before, after)
    (refusal,) = opened(file, tmp_path).refused
    assert says in str(refusal)


def test_point_8_what_a_workbook_says_of_its_size_is_not_believed(tmp_path):
    file = edited(tmp_path, SHEET, '<dimension ref="A1:E2"', '<dimension ref="A1:XFD1048576"')
    opening = opened(file, tmp_path)
    assert [source.shown for source in opening.sources] == ["person.xlsx/person"] and not opening.refused


@pytest.mark.parametrize(
    "values",
    [pa.array([["A"]]), pa.array([{"a": 1}]), pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))],
    ids=["list", "structure", "map"],
)
def test_point_8_a_nested_column_is_no_value(tmp_path, values):
    # A person {'a': 1} was accepted.
    table = dict(zip(HEAD, ([one] for one in ROW), strict=True))
    pq.write_table(pa.table({**table, "person_id": values}), tmp_path / "person.parquet")
    (refusal,) = opened(tmp_path / "person.parquet", tmp_path).refused
    assert "the column 'person_id' holds lists or structures" in str(refusal)


def test_point_8_a_nested_column_that_is_not_asked_for_is_left(tmp_path):
    table = dict(zip(HEAD, ([one] for one in ROW), strict=True))
    pq.write_table(pa.table({**table, "extra": pa.array([[1]])}), tmp_path / "person.parquet")
    with duckdb.connect() as con:
        opening = Opening(con, tmp_path, asked=lambda name: name in HEAD)
        opening.open(tmp_path / "person.parquet", "person.parquet", "person.parquet")
    assert len(opening.sources) == 1 and not opening.refused


@pytest.mark.parametrize(
    "year", ["0", "-5", "10000", "99999999999999999999", "2_025", "２０２５", "+2025", " 2025", "1e3"]
)
@pytest.mark.parametrize("verb", [("settle", "qingdao"), ("drivers",), ("compare", "qingdao", "shenzhen"), ("score",)])
def test_point_8_a_year_is_four_digits_of_a_year_that_can_be_meant(tmp_path, verb, year):
    shown = CliRunner().invoke(main, [*verb, "--year", year])
    assert shown.exit_code == WRONG_USE and "Invalid value for '--year'" in shown.output


@pytest.mark.parametrize("words", [("sql", "select 1", "--at"), ("demo", "--no-serve", "--people")])
@pytest.mark.parametrize("number", ["99999999999999999999", "1_000", "１２", "-1"])
def test_point_8_a_number_is_digits_within_what_can_be_meant(tmp_path, words, number):
    shown = CliRunner().invoke(main, [*words, number])
    assert shown.exit_code == WRONG_USE and "Invalid value for '--" in shown.output
