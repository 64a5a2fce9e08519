"""The workbook that goes back to the sender: sums, rows to mend, rows refused, all in words."""

from __future__ import annotations

import openpyxl
import pytest

from yiheng.basis.refusals import Refusal
from yiheng.statements import quality, sums_by_check, write_quality

ROW = {"kind": "timely", "check": "listed_late", "valid": 3, "invalid": 1, "unknown": 2}
QUESTIONED = {
    "institution": "H1", "month": "2025-01", "check": "listed_late", "verdict": "invalid", "visit": "V1",
    "settlement": "=S1", "found": "2025-01-05 / 2025-01-20",
}  # fmt: skip
REFUSED = {
    "institution": "H1", "file": "front_page.csv", "line": 3, "row_number": 2, "table_name": "front_page",
    "column_name": "stay_days", "says": "实际住院天数无法识别", "found": "x", "expected": "整数",
    "fault": "stay_days_unreadable",
}  # fmt: skip


def sheets(path):
    book = openpyxl.load_workbook(path)
    return {sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book}


def test_the_sender_finds_sums_rows_and_what_to_do(tmp_path):
    more = {**QUESTIONED, "verdict": "unknown", "visit": "V2"}
    write_quality({"机构": "H1 县医院"}, [ROW, ROW], [QUESTIONED, more], [REFUSED], tmp_path / "q.xlsx")
    found = sheets(tmp_path / "q.xlsx")
    # Twice 1 of 4 that could be judged: 6 of 8 are 75 per cent.
    assert found["总览"] == [("及时性", "listed_late", "结算清单未在出院后 7 日内上报", 2, 4, 6, "75.0")]
    assert found["问题明细"] == [
        (
            "H1", "2025-01", "V1", "=S1", "listed_late", "结算清单未在出院后 7 日内上报",
            "出院时间 dscg_time / 申报时间 dcla_time", "2025-01-05 / 2025-01-20", "出院后 7 日内上报",
        )
    ]  # fmt: skip
    assert found["拒收记录"] == [
        (
            "H1", "front_page.csv", 3, 2, "结算清单与病案首页", "实际住院天数", "实际住院天数无法识别", "x", "整数",
            "按“应为”一列的格式改正后重新报送",
        )
    ]  # fmt: skip
    assert ("机构", "H1 县医院") in found["说明"]


def test_nothing_to_mend_is_said_in_words(tmp_path):
    write_quality({}, [], [], [], tmp_path / "q.xlsx")
    found = sheets(tmp_path / "q.xlsx")
    assert [found[name][0][0] for name in ("总览", "问题明细", "拒收记录")] == [
        "没有可以判断的清单。", "没有需要更正的记录。", "导入时没有被拒收的记录。",
    ]  # fmt: skip


def test_rows_beyond_a_sheet_are_counted_on_it(tmp_path, monkeypatch):
    monkeypatch.setattr(quality, "MOST_ROWS", 3)
    write_quality({}, [], [QUESTIONED] * 5, [], tmp_path / "q.xlsx")
    rows = sheets(tmp_path / "q.xlsx")["问题明细"]
    assert [row[0] for row in rows] == ["H1", "H1", "另有 3 行未列出：请按机构或月份分别导出。"]


def test_the_same_report_gives_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_quality({"机构": "H1"}, [ROW], [QUESTIONED], [REFUSED], tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_a_workbook_that_cannot_be_written_is_refused(tmp_path):
    with pytest.raises(Refusal, match="cannot be written"):
        write_quality({}, [], [], [], tmp_path / "nowhere" / "q.xlsx")


def test_nothing_judged_has_no_share_and_an_old_check_keeps_its_name():
    one, other = sums_by_check([{**ROW, "check": "long_gone"}, {**ROW, "valid": 0, "invalid": 0}])
    assert (one.name, one.share) == ("listed_late", None)
    assert (other.says.zh, other.share) == ("long_gone", "75.0")
