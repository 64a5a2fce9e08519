"""Workbooks and archives: every sheet and member is a source, places name them, traps are refused."""

from __future__ import annotations

import datetime as dt
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from tests.intake.test_load import quarantine, rows
from tests.tiny import FILES, loaded, written
from yiheng.basis.refusals import Refusal
from yiheng.intake import archive
from yiheng.intake.sheet_xml import letters
from yiheng.runs import Workspace, run_load

HEAD = ["setl_id", "mdtrt_id", "setl_time", "medfee_sumamt", "fund_pay_sumamt", "psn_part_amt"]


def book(path: Path, sheets: dict[str, list[list[object]]]) -> Path:
    """A workbook; None leaves a cell out, numbers and days are typed cells."""
    with xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"}) as made:
        for title, lines in sheets.items():
            sheet = made.add_worksheet(title)
            for row, line in enumerate(lines):
                for column, value in enumerate(line):
                    if isinstance(value, dt.date):
                        sheet.write_datetime(row, column, value)
                    elif isinstance(value, str) and value.startswith("="):
                        sheet.write_formula(row, column, value, value="#DIV/0!")
                    elif value is not None:
                        sheet.write(row, column, value)
    return path


def of_tiny() -> dict[str, list[list[object]]]:
    """The tiny county as sheets of text cells."""
    return {n.removesuffix(".csv"): [line.split(",") for line in text.splitlines()] for n, text in FILES.items()}


def settled(*lines: list[object]) -> dict[str, list[list[object]]]:
    return {"setl_d": [HEAD, *lines]}


def refusals(tmp_path: Path, path: Path) -> str:
    with pytest.raises(Refusal) as refusal:
        run_load(Workspace.new(tmp_path / "ws"), [path])
    return str(refusal.value)


def test_every_sheet_of_a_workbook_lands(tmp_path):
    _, as_csv = loaded(tmp_path)
    result = run_load(Workspace.new(tmp_path / "ws"), [book(tmp_path / "county.xlsx", of_tiny())])
    assert result.clean
    assert {n: c.accepted for n, c in result.tables.items()} == {n: c.accepted for n, c in as_csv.tables.items()}


def test_typed_cells_are_read_exactly_and_empty_rows_count_as_nothing(tmp_path):
    workspace, _ = loaded(tmp_path)
    lines = [
        ["S7", "V1", dt.date(2025, 1, 15), 1000, 600.25, 399.75],
        [None],
        ["S8", "V1", dt.datetime(2025, 1, 15, 8, 30), 4503599627.37, 4503599627.37, 0],
    ]
    result = run_load(workspace, [book(tmp_path / "b.xlsx", settled(*lines))])
    assert result.clean and result.tables["settlement"].read == 2
    kept = {r["settlement_id"]: r for r in rows(workspace, "settlement")}
    assert (kept["S7"]["total_fen"], kept["S7"]["fund_fen"], kept["S8"]["fund_fen"]) == (100000, 60025, 450359962737)
    assert [str(kept[s]["settled_at"]) for s in ("S7", "S8")] == ["2025-01-15 00:00:00", "2025-01-15 08:30:00"]


def test_a_bad_cell_is_told_with_sheet_and_row(tmp_path):
    workspace, _ = loaded(tmp_path)
    lines = [["S7", "V1", "2025-01-15", 10, 10, 0], [None], ["S8", "V1", "2025-01-15", 10, "=1/0", 0]]
    result = run_load(workspace, [book(tmp_path / "b.xlsx", {**settled(*lines), "说明": [["此表"], ["由医院填报"]]})])
    counts = result.tables["settlement"]
    assert (counts.read, counts.accepted, counts.quarantined, counts.fen_unknown) == (2, 1, 1, 1)
    (kept,) = quarantine(workspace, result.run)
    assert (kept["file"], kept["line"], kept["fault"], kept["found"]) == (
        "b.xlsx/setl_d", 4, "fund_fen_unreadable", "#DIV/0!",
    )  # fmt: skip
    assert len(result.refused) == 1 and "b.xlsx/说明: the file fits no table" in result.refused[0]


@pytest.mark.parametrize(
    ("file", "sheet"), [("x.xlsx", "结算"), ("x.xlsx", "setl_d_2025"), ("setl_d.xlsx", "Sheet1"), ("x.xlsx", "Sheet1")]
)
def test_a_sheet_is_recognised_by_its_name_its_file_or_its_columns(tmp_path, file, sheet):
    workspace, _ = loaded(tmp_path)
    lines = [HEAD, ["S7", "V1", "2025-01-15", 10, 10, 0]]
    assert run_load(workspace, [book(tmp_path / file, {sheet: lines, "空": []})]).tables["settlement"].accepted == 1


def test_the_header_is_the_first_row_with_anything_in_it_and_rows_keep_their_number(tmp_path):
    workspace, _ = loaded(tmp_path)
    sheet = [[None], [None, *HEAD], [None, "S7", "V1", "never", 10, 10, 0]]
    result = run_load(workspace, [book(tmp_path / "b.xlsx", {"setl_d": sheet})])
    assert quarantine(workspace, result.run)[0]["line"] == 3


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([["setl_id", None, "setl_time"], ["1", "2", "3"]], ["b.xlsx/setl_d:B1: column 2 has no name", "do not merge"]),
        ([[None], [None, "a", "A"], [None, "1", "2"]], ["b.xlsx/setl_d:C2: the column 'A' appears twice"]),
        ([HEAD, [1234567890123456789, "V1"]], ["b.xlsx/setl_d:A2: a number of more than 15 digits", "as text"]),
    ],
)
def test_a_sheet_that_cannot_be_read_is_refused_with_its_cell(tmp_path, lines, words):
    told = refusals(tmp_path, book(tmp_path / "b.xlsx", {"setl_d": lines}))
    for word in words:
        assert word in told


@pytest.mark.parametrize(("area", "cell"), [("A1:B1", "A1"), ("C3:C4", "C3")])
def test_merged_cells_are_refused(tmp_path, area, cell):
    with xlsxwriter.Workbook(str(tmp_path / "b.xlsx")) as made:
        sheet = made.add_worksheet("setl_d")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(3, 0, ["S7"])
        sheet.merge_range(area, "together")
    assert f"b.xlsx/setl_d:{cell}: cells are merged here" in refusals(tmp_path, tmp_path / "b.xlsx")


@pytest.mark.parametrize(
    ("sheets", "words"), [(None, "not a readable workbook"), ({"leer": []}, "the workbook is empty")]
)
def test_a_file_that_is_no_workbook_or_an_empty_one_is_refused(tmp_path, sheets, words):
    if sheets is None:
        (tmp_path / "b.xlsx").write_bytes(b"x")
    else:
        book(tmp_path / "b.xlsx", sheets)
    assert f"b.xlsx: {'this is ' if sheets is None else ''}{words}" in refusals(tmp_path, tmp_path / "b.xlsx")


def test_columns_have_letters():
    assert [letters(n) for n in (0, 25, 26, 701, 702)] == ["A", "Z", "AA", "ZZ", "AAA"]


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return path


def test_an_archive_is_loaded_like_a_folder(tmp_path):
    members = {f"export/{i % 2}/{name}": text.encode() for i, (name, text) in enumerate(FILES.items())}
    sheets = book(tmp_path / "more.xlsx", settled(["S7", "V1", "never", 1, 1, 0]))
    more = {"export/more.xlsx": sheets.read_bytes(), "readme.docx": b"x", "old.zip": b"x", "__MACOSX/a.csv": b"x"}
    workspace = Workspace.new(tmp_path / "ws")
    result = run_load(workspace, [zipped(tmp_path / "all.zip", members | more)])
    assert result.tables["fee_line"].accepted == 5 and not result.refused
    assert sorted(result.left) == ["all.zip/old.zip", "all.zip/readme.docx"]
    (kept,) = quarantine(workspace, result.run)
    assert (kept["file"], kept["line"]) == ("all.zip/export/more.xlsx/setl_d", 2)


@pytest.mark.parametrize("name", ["../../person.csv", "/etc/person.csv", "..\\person.csv"])
def test_a_member_cannot_point_out_of_the_archive(tmp_path, name):
    inside = tmp_path / "a" / "b"
    inside.mkdir(parents=True)
    before = set(tmp_path.rglob("*"))
    path = zipped(inside / "x.zip", {name: FILES["person.csv"].encode()})
    assert run_load(Workspace.new(inside / "ws"), [path]).tables["person"].accepted == 3
    assert {p for p in tmp_path.rglob("*") if inside not in p.parents} == before


def test_names_in_gb18030_are_read(tmp_path):
    path = zipped(tmp_path / "x.zip", {"aaaaaaaaaa.csv": FILES["person.csv"].encode()})
    # Chinese archivers write the bytes of GB18030 without saying so.
    path.write_bytes(path.read_bytes().replace(b"aaaaaaaaaa", "参保人_A1".encode("gb18030") + b"2"))
    result = run_load(Workspace.new(tmp_path / "ws"), [path])
    assert list(result.sources) == ["x.zip/参保人_A12.csv"]


def test_an_archive_that_grows_beyond_reason_is_refused(tmp_path):
    path = zipped(tmp_path / "bomb.zip", {"person.csv": b"0" * (archive.HARMLESS + 1)})
    assert "bomb.zip: the archive would unpack from" in refusals(tmp_path, path)


def test_an_archive_larger_than_any_export_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "MOST_UNPACKED", 100)
    path = zipped(tmp_path / "large.zip", {"person.csv": FILES["person.csv"].encode()})
    assert "expected: at most 100 bytes" in refusals(tmp_path, path)


def test_an_encrypted_archive_is_refused_with_the_cure(tmp_path):
    path = zipped(tmp_path / "x.zip", {"person.csv": b"x"})
    content = bytearray(path.read_bytes())
    central = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    path.write_bytes(content)
    told = refusals(tmp_path, path)
    assert "x.zip/person.csv: the archive is protected by a password" in told and "without a password" in told


def test_a_damaged_archive_is_refused(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"PK nothing")
    assert "x.zip: the archive cannot be unpacked" in refusals(tmp_path, tmp_path / "x.zip")


def test_one_bad_file_in_an_archive_does_not_stop_the_others(tmp_path):
    path = zipped(tmp_path / "x.zip", {"person.csv": FILES["person.csv"].encode(), "visit.csv": b""})
    result = run_load(Workspace.new(tmp_path / "ws"), [path])
    assert result.tables["person"].accepted == 3
    assert len(result.refused) == 1 and "x.zip/visit.csv:1: the file is empty" in result.refused[0]


def test_a_mapping_takes_sheets_and_members_by_their_names(tmp_path):
    from tests.intake.test_mapping import GOOD, mapping

    workspace, _ = loaded(tmp_path)
    lines = [["id", "visit", "day", "paid", "back"], ["7", "V1", "31.01.2025", 10.5, 0.25]]
    path = zipped(
        tmp_path / "x.zip", {"claims_2025.xlsx": book(tmp_path / "b.xlsx", {"T": lines, "U": [["x"]]}).read_bytes()}
    )
    text = GOOD.replace("claims_{year}*.csv", "*claims_{year}.xlsx/T")
    result = run_load(workspace, [path], mapping(tmp_path, text))
    assert result.tables["settlement"].fen_accepted == 1025


def test_the_same_file_named_twice_is_read_once(tmp_path):
    source = written(tmp_path / "source", {"person.csv": FILES["person.csv"]})
    result = run_load(Workspace.new(tmp_path / "ws"), [source, source / "person.csv"])
    assert result.tables["person"].read == 3


def test_the_same_workbook_under_two_names_is_read_twice_and_lands_once(tmp_path):
    workspace, _ = loaded(tmp_path)
    first = book(tmp_path / "a.xlsx", settled(["S7", "V1", "2025-01-15", 10, 10, 0]))
    (tmp_path / "b.xlsx").write_bytes(first.read_bytes())
    counts = run_load(workspace, [first, tmp_path / "b.xlsx"]).tables["settlement"]
    assert (counts.read, counts.accepted, counts.duplicates) == (2, 1, 1)


def test_a_column_that_is_called_like_our_mark_of_a_place_is_refused(tmp_path):
    lines = [[*HEAD, "_row"], ["S7", "V1", "2025-01-15", 10, 10, 0, 1]]
    assert "b.xlsx/setl_d:G1: the name '_row' is kept" in refusals(
        tmp_path, book(tmp_path / "b.xlsx", {"setl_d": lines})
    )
