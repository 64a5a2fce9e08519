"""The workbook for the sender: a sheet for each table, each fault with place, value and what to do."""

from __future__ import annotations

import openpyxl
import pytest

from tests.tiny import loaded, with_row
from yiheng.basis.refusals import Refusal
from yiheng.intake import rejects, write_rejects
from yiheng.intake.parse import faults_of
from yiheng.records import TABLES


def sheets(path) -> dict[str, list[tuple]]:
    book = openpyxl.load_workbook(path)
    return {sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book}


def written(tmp_path, **changed):
    workspace, result = loaded(tmp_path, **changed)
    into = tmp_path / "rejects.xlsx"
    return write_rejects(workspace.run_folder(result.run) / "quarantine.parquet", into), into


def test_each_fault_is_told_with_place_column_value_and_what_to_do(tmp_path):
    lines, into = written(
        tmp_path,
        person=with_row("person", "D,9x,1980-01-01,resident,370299"),
        settlement=with_row("settlement", "S9,V9,2025-01-15,100,90,=1+1,40"),
    )
    found = sheets(into)
    assert lines == 2 and list(found) == ["参保人 person", "结算 settlement"]
    file, line, record, column, national, says, value, expected, to_do = found["参保人 person"][0]
    assert (file, line, record, column, national, value) == ("person.csv", 5, 4, "性别 sex", "gend", "9x")
    assert (says, to_do) == ("性别不在代码表内", "改为代码表中的值后重新报送") and "male" in expected
    # A value is text even where it looks like a formula.
    assert found["结算 settlement"][0][6] == "=1+1"


def test_nothing_rejected_is_said_in_words(tmp_path):
    lines, into = written(tmp_path)
    assert lines == 0
    assert openpyxl.load_workbook(into)["没有问题"]["A1"].value == "本次导入没有未通过校验的记录。"


def test_a_full_sheet_goes_on_in_the_next(tmp_path, monkeypatch):
    monkeypatch.setattr(rejects, "MOST_ROWS", 2)
    bad = with_row("person", "\n".join(f"D{i},x,1980-01-01,resident,370299" for i in range(5)))
    lines, into = written(tmp_path, person=bad)
    assert lines == 5
    assert {title: len(rows) for title, rows in sheets(into).items()} == {
        "参保人 person": 2, "参保人 person (2)": 2, "参保人 person (3)": 1,
    }  # fmt: skip


def test_the_same_quarantine_gives_the_same_bytes(tmp_path):
    _, into = written(tmp_path, person=with_row("person", "D,x,1980-01-01,resident,370299"))
    first = into.read_bytes()
    quarantine = next((tmp_path / "workspace").rglob("quarantine.parquet"))
    write_rejects(quarantine, into)
    assert into.read_bytes() == first


def test_a_workbook_that_cannot_be_written_is_refused(tmp_path):
    written(tmp_path)
    quarantine = next((tmp_path / "workspace").rglob("quarantine.parquet"))
    with pytest.raises(Refusal, match="cannot be written.*\n.*name another file"):
        write_rejects(quarantine, tmp_path / "nowhere" / "r.xlsx")


def test_every_fault_has_something_to_do():
    for table in TABLES.values():
        for fault in faults_of(table):
            kind = fault.name.removeprefix(fault.column)
            assert rejects.what_to_do(fault.name) == rejects.TO_DO.get(kind, rejects.CONTRADICTION), fault.name
