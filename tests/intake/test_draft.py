"""Draft mappings: an unknown layout becomes a proposal that loads, or says what is missing."""

from __future__ import annotations

import pytest

from tests.intake.test_load import rows
from tests.intake.test_workbook import book
from tests.tiny import FILES, loaded
from yiheng.basis.refusals import Refusal
from yiheng.intake import draft_mapping, read_mapping
from yiheng.runs import run_load

CLAIMS = """\
结算单号,就诊ID号,结算日期,险种,费用总额,统筹支付,基金支付总额,个人负担,备注
S7,V1,31.01.2025,职工基本医疗保险,1000.50,600.00,600.00,400.50,x
S8,V1,01.02.2025,新农合,1000.00,600.00,600.00,400.00,
S9,V1,01.02.2025,新农合,1000.00,600.00,600.00,400.00,
S0,V1,01.02.2025,欧阳虚构,1000.00,600.00,600.00,400.00,
"""


def drafted(tmp_path, text: str, name: str = "医院导出_20250131.csv"):
    (tmp_path / name).write_text(text, "utf-8")
    draft = draft_mapping(tmp_path / name)
    (tmp_path / "draft.yaml").write_text(draft, "utf-8")
    return draft, tmp_path / name


def test_a_draft_loads_as_it_is_and_says_what_to_look_at(tmp_path):
    workspace, _ = loaded(tmp_path)
    draft, file = drafted(tmp_path, CLAIMS)
    result = run_load(workspace, [file], read_mapping(tmp_path / "draft.yaml"))
    # 新农合 is in no list: its rows wait for the code that the draft asks for. What stands once may be a name.
    assert [f.fault for f in result.faults] == ["insurance_not_in_list"]
    (kept,) = [r for r in rows(workspace, "settlement") if r["settlement_id"] == "S7"]
    assert (str(kept["settled_at"]), kept["fund_fen"], kept["insurance"]) == ("2025-01-31 00:00:00", 60000, "employee")
    assert 'dates: "%d.%m.%Y"' in draft and 'files: "医院导出_*.csv"' in draft
    assert "# 缺 新农合: employee | resident" in draft and "# 未用的列：备注（文字）" in draft
    assert "欧阳虚构" not in draft and "另有 1 种只出现一次的取值" in draft


def test_the_same_file_gives_the_same_draft(tmp_path):
    draft, file = drafted(tmp_path, CLAIMS)
    assert draft_mapping(file) == draft


@pytest.mark.parametrize("name", FILES)
def test_our_own_tables_are_recognised_by_their_labels(tmp_path, name):
    from yiheng.records import TABLES

    table = TABLES[name.removesuffix(".csv")]
    head, *lines = FILES[name].splitlines()
    labels = ",".join(table[c].zh for c in head.split(","))
    draft, _ = drafted(tmp_path, "\n".join([labels, *lines]), "x.csv")
    mapping = read_mapping(tmp_path / "draft.yaml").mapping
    assert mapping.tables[0].table == table.name, draft
    assert set(mapping.tables[0].columns) == set(head.split(","))


def test_a_draft_that_lacks_columns_says_which_and_does_not_load(tmp_path):
    draft, _ = drafted(tmp_path, "结算单号,基金支付总额\nS7,1.00\n")
    assert "# 缺 visit_id: ?     # 就诊ID，必填" in draft and "必填 4 列中的 2 列" in draft
    with pytest.raises(Refusal, match="needs visit_id, settled_at"):
        read_mapping(tmp_path / "draft.yaml")


def test_a_file_that_fits_nothing_gives_a_draft_of_comments(tmp_path):
    draft, _ = drafted(tmp_path, "qqq,www\n1,2\n")
    assert "columns: {}" in draft and "# 未用的列：qqq（数字）" in draft
    with pytest.raises(Refusal, match="needs"):
        read_mapping(tmp_path / "draft.yaml")


def test_dates_written_in_two_ways_are_told(tmp_path):
    text = "就诊ID,人员编号,定点医药机构编号,就诊类别,开始日期,结束日期\nV7,A,H1,21,31.01.2025,2025-02-01\n"
    draft, _ = drafted(tmp_path, text)
    assert "# 缺 dates：各列日期写法不一（ISO、%d.%m.%Y）" in draft


def test_fen_are_recognised_by_our_own_names(tmp_path):
    draft, _ = drafted(tmp_path, "settlement_id,visit_id,settled_at,fund_fen\nS7,V1,2025-01-15,100\n")
    assert "money: fen" in draft


def test_each_sheet_gets_an_entry(tmp_path):
    lines = [line.split(",") for line in CLAIMS.splitlines()]
    draft = draft_mapping(book(tmp_path / "b.xlsx", {"一月": lines, "二月": lines}))
    assert 'files: "b.xlsx/一月"' in draft and 'files: "b.xlsx/二月"' in draft


def test_what_cannot_be_read_has_no_draft(tmp_path):
    (tmp_path / "x.parquet").write_bytes(b"x")
    with pytest.raises(Refusal, match="not a readable Parquet file"):
        draft_mapping(tmp_path / "x.parquet")
