"""Field case 17 and its kin: workbooks however their XML is written, and what a reader of cells does not tell
(points 10 and 11, readers)."""

from __future__ import annotations

import re
import zipfile

import pyarrow.parquet as pq
import pytest
import xlsxwriter

from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace

from .conftest import field, loaded, said, yiheng

HEAD = ["setl_id", "mdtrt_id", "setl_time", "fund_pay_sumamt"]
ROW = ["W1", "K1", "2025-03-09 11:00:00", "60.00"]


def settled(folder) -> dict[str, str]:
    lake = Workspace.open(folder).lake
    files = lake.files("settlement", lake.latest())
    return {row["settlement_id"]: str(row["settled_at"]) for f in files for row in pq.read_table(f).to_pylist()}


def book(path, rows=(HEAD, ROW), change=lambda sheet: None):
    with xlsxwriter.Workbook(str(path)) as made:
        sheet = made.add_worksheet("setl_d")
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
        change(sheet)
    return path


def rewritten(path, change, part="xl/worksheets/sheet1.xml"):
    """The same workbook with one part written otherwise."""
    with zipfile.ZipFile(path) as old:
        parts = {name: old.read(name) for name in old.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            new.writestr(name, content)
    return path


def refused(folder, path) -> str:
    with pytest.raises(Refusal) as found:
        loaded(folder, path)
    return str(found.value)


def test_17_a_hidden_sheet_is_named_and_not_loaded(county):
    result = loaded(county, field("17-workbook-dates/hidden-sheet.xlsx"))
    assert result.tables["settlement"].read == 1
    assert result.left == ["hidden-sheet.xlsx/setl_d_旧稿 (hidden sheet; --hidden-sheets reads it)"]


def test_17_a_hidden_sheet_is_loaded_when_it_is_asked_for(county):
    file = field("17-workbook-dates/hidden-sheet.xlsx")
    done = yiheng("load", file, "--hidden-sheets", "-w", county, "--format", "json")
    assert said(done)["tables"]["settlement"]["read"] == 2 and not said(done)["files_left"]


# Row 6 of midnight.xlsx is read as the 29th of February 2024, which lies before its visit began (1 March 2025).
@pytest.mark.parametrize(
    ("case", "accepted", "faults"),
    [
        ("cn-format.xlsx", 6, {"unreadable": "row 7"}),
        ("midnight.xlsx", 5, {"unreadable": "row 5", "before_began_on": "row 6"}),
        ("date1904.xlsx", 1, {}),
    ],
)
def test_17_dates_of_workbooks_come_right_and_a_plain_serial_number_is_quarantined(county, case, accepted, faults):
    result = loaded(county, field("17-workbook-dates") / case)
    assert result.tables["settlement"].accepted == accepted
    assert {
        fault.fault.removeprefix("settled_at_"): fault.first_en.rpartition(", ")[2] for fault in result.faults
    } == faults


def test_17_days_count_from_1904_where_the_workbook_says_so(county):
    loaded(county, field("17-workbook-dates/date1904.xlsx"))
    assert any(when.startswith("2025-") for key, when in settled(county).items() if not key.startswith("Q"))


SPELLINGS = {
    "as it is": lambda xml: xml,
    "single quotes": lambda xml: xml.replace('"', "'"),
    "line breaks in tags": lambda xml: xml.replace("<c r=", "<c\n  r=").replace(" t=", "\n\tt="),
    "type before place": lambda xml: re.sub(r'<c r="(\w+)" t="(\w+)">', r'<c t="\2" r="\1">', xml),
    "comments between": lambda xml: xml.replace("<row", "<!-- <c r='A1'><v>1</v></c> --><row"),
}


def prefixed(xml: str) -> str:
    xml = re.sub(r"<(/?)(\w+)", r"<\1x:\2", xml)
    return xml.replace("xmlns=", "xmlns:x=")


@pytest.mark.parametrize("spelling", [*SPELLINGS.values(), prefixed], ids=[*SPELLINGS, "prefixed"])
def test_17_any_spelling_of_the_xml_is_read_and_judged_alike(county, tmp_path, spelling):
    assert loaded(county, rewritten(book(tmp_path / "a.xlsx"), spelling)).tables["settlement"].accepted == 1
    for name, change, says in (
        ("merged", lambda sheet: sheet.merge_range("C3:C4", "x"), "setl_d:C3: cells are merged here"),
        ("long", lambda sheet: sheet.write_number(2, 0, 1234567890123456789), "setl_d:A3: a number of more than 15"),
        ("far", lambda sheet: sheet.write(1_048_575, 16_383, "x"), "setl_d:XFD1048576: the cells reach to row"),
    ):
        assert says in refused(county, rewritten(book(tmp_path / f"{name}.xlsx", change=change), spelling))


def formula(xml: str, with_: str) -> str:
    return re.sub(r'<c r="D2"[^>]*>.*?</c>', f'<c r="D2">{with_}</c>', xml)


@pytest.mark.parametrize("value", ["", "<v></v>", "<v/>"])
def test_17_a_formula_that_was_never_computed_is_no_empty_cell(county, tmp_path, value):
    file = rewritten(book(tmp_path / "b.xlsx"), lambda xml: formula(xml, f"<f>30+30</f>{value}"))
    assert "b.xlsx/setl_d:D2: the formula of this cell was never computed" in refused(county, file)


def test_17_a_formula_with_its_value_is_that_value(county, tmp_path):
    file = rewritten(book(tmp_path / "b.xlsx"), lambda xml: formula(xml, "<f>30+30</f><v>60</v>"))
    assert loaded(county, file).tables["settlement"].fen_accepted == 6000


LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/sharedStrings.xml"])
def test_point_11_entities_in_a_workbook_are_refused(county, tmp_path, part):
    file = rewritten(book(tmp_path / "b.xlsx"), lambda xml: xml.replace("?>", "?>" + LAUGHS, 1), part)
    assert "b.xlsx: this is not a readable workbook" in refused(county, file)


def test_point_11_one_text_used_over_and_over_does_not_fill_memory(county, tmp_path):
    """40,000 cells show one shared text of 30,000 signs: 1,200,000,000 signs out of a file of some hundred kilobytes."""
    rows = [HEAD, *[["字" * 30_000, "K1", "2025-03-09", "1"]] * 40_000]
    assert "the texts of the sheet have 1,20" in refused(county, book(tmp_path / "b.xlsx", rows))


@pytest.mark.parametrize("number", ["1E999999999", "1E+999999999999999999999", "9" * 400])
def test_point_11_gigantic_numbers_of_cells_are_a_sentence(county, tmp_path, number):
    file = rewritten(book(tmp_path / "b.xlsx"), lambda xml: formula(xml, f"<v>{number}</v>"))
    assert "b.xlsx/setl_d:D2: a number of more than 15 digits" in refused(county, file)
