"""Templates are files that intake takes, empty and filled in."""

from __future__ import annotations

import openpyxl
import pytest

from yiheng.basis.refusals import Refusal
from yiheng.records import TABLES
from yiheng.records.national import SPELLINGS
from yiheng.runs import Workspace, run_load
from yiheng.statements import write_templates


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_empty_templates_are_taken_by_every_table(tmp_path, spelling):
    *texts, book = write_templates(tmp_path / "t", list(TABLES.values()), spelling)
    assert len(texts) == len(TABLES) and texts[0].read_bytes().startswith(b"\xef\xbb\xbf")
    result = run_load(Workspace.new(tmp_path / "ws"), [*texts, book])
    assert result.refused == [] and result.aside == {} and set(result.tables) == set(TABLES)
    assert len(result.sources) == 2 * len(TABLES)


def test_a_filled_workbook_loads(tmp_path):
    *_, file = write_templates(tmp_path, [TABLES["institution"], TABLES["fund_flow"]], "platform")
    book = openpyxl.load_workbook(file)
    book["fixmedins_b"].append(["H1", "西海第一人民医院", "hospital", "三级", "370299"])
    # The amount has no national name: whole fen under ours.
    book["fund_flow"].append(["resident", "2025-01-01", "income", 1234])
    book.save(file)
    result = run_load(Workspace.new(tmp_path / "ws"), [file])
    assert result.clean and {n: c.accepted for n, c in result.tables.items()} == {"institution": 1, "fund_flow": 1}
    assert result.tables["fund_flow"].fen_accepted == 1234


def test_a_header_cell_tells_what_goes_below_and_lists_its_codes(tmp_path):
    *_, file = write_templates(tmp_path, [TABLES["person"]], "platform")
    sheet = openpyxl.load_workbook(file)["psn_info_b"]
    assert [cell.value for cell in sheet[1]][:3] == ["psn_no", "gend", "brdy"]
    assert sheet["B1"].comment.text == "性别（必填）\n1 男\n2 女\n0 未知"
    lists = {str(one.sqref): one.formula1 for one in sheet.data_validations.dataValidation}
    assert lists["B2:B1048576"] == '"1,2,0"'


def test_templates_overwrite_nothing(tmp_path):
    write_templates(tmp_path, [TABLES["person"]])
    with pytest.raises(Refusal, match="there already"):
        write_templates(tmp_path, [TABLES["person"]])
