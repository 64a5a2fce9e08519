"""Mapping files: strict, safe, and told with line and cure what is wrong."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.tiny import loaded, written
from yiheng.basis.refusals import Refusal
from yiheng.intake import read_mapping
from yiheng.intake.mapping import expression_sql
from yiheng.runs import run_load

GOOD = """\
mapping: small
title: {zh: 小例, en: small}
source: example
dates: "%d.%m.%Y"
tables:
  - table: settlement
    files: "claims_{year}*.csv"
    columns:
      settlement_id: id || '-' || year
      visit_id: visit
      settled_at: day
      fund_fen: paid - back
    codes: {}
"""


def mapping(tmp_path, text: str):
    file = tmp_path / "small.yaml"
    file.write_text(text, "utf-8")
    return read_mapping(file)


def test_expressions_words_dates_and_money_come_together(tmp_path):
    workspace, _ = loaded(tmp_path)
    source = written(tmp_path / "claims", {"claims_2025-a.csv": "id,visit,day,paid,back\n7,V1,31.01.2025,10.50,0.25\n"})
    result = run_load(workspace, [source], mapping(tmp_path, GOOD))
    assert result.clean
    # 10.50 - 0.25 yuan
    assert result.tables["settlement"].fen_accepted == 1025
    from tests.intake.test_load import rows

    (row,) = [r for r in rows(workspace, "settlement") if r["settlement_id"] == "7-2025"]
    assert (str(row["settled_at"]), row["fund_fen"]) == ("2025-01-31 00:00:00", 1025)


def test_an_amount_in_a_sum_that_cannot_be_read_is_no_silent_gap(tmp_path):
    workspace, _ = loaded(tmp_path)
    source = written(tmp_path / "claims", {"claims_2025.csv": "id,visit,day,paid,back\n7,V1,31.01.2025,10.505,0.25\n"})
    result = run_load(workspace, [source], mapping(tmp_path, GOOD))
    assert [f.fault for f in result.faults] == ["fund_fen_unreadable"]


@pytest.mark.parametrize(
    ("before", "after", "line", "words"),
    [
        ("table: settlement", "table: setlement", 6, ["no table 'setlement'", "did you mean 'settlement'?"]),
        ("visit_id: visit", "visit_ids: visit", 10, ["no column 'visit_ids'", "did you mean 'visit_id'?"]),
        ("      settled_at: day\n", "", 8, ["needs settled_at"]),
        ("source: example\n", "source: example\nsourc: x\n", 4, ["'sourc' is not known", "did you mean 'source'?"]),
        ("    codes: {}", "    repeat: many", 13, ["repeat"]),
        (
            "    codes: {}",
            "    codes: {insurance: {x: employe}}",
            13,
            ["'employe' is no word of 'insurance'", "did you mean 'employee'?"],
        ),
        ("    codes: {}", "    codes: {fund_fen: {x: y}}", 13, ["codes cannot translate it"]),
    ],
)
def test_a_broken_mapping_says_what_where_and_what_to_do(tmp_path, before, after, line, words):
    with pytest.raises(Refusal) as refusal:
        mapping(tmp_path, GOOD.replace(before, after))
    assert f"small.yaml:{line}:" in str(refusal.value), refusal.value
    for word in words:
        assert word in str(refusal.value)


def test_a_column_that_the_file_does_not_have_is_told_with_the_line_of_the_mapping(tmp_path):
    workspace, _ = loaded(tmp_path)
    source = written(tmp_path / "claims", {"claims_2025.csv": "id,visits,day,paid,back\n7,V1,31.01.2025,1,0\n"})
    with pytest.raises(Refusal) as refusal:
        run_load(workspace, [source], mapping(tmp_path, GOOD))
    assert "small.yaml:10: the file has no column 'visit'" in str(refusal.value)
    assert "did you mean 'visits'?" in str(refusal.value)


@pytest.mark.parametrize(
    "written_expression",
    [
        "read_text('/etc/hostname')",
        "(select 1)",
        "getenv('HOME')",
        "id; drop table x",
        "id::blob",
        "count(*)",
        "id + * 2 (",
    ],
)
def test_an_expression_can_only_choose_cut_join_and_add(written_expression):
    with pytest.raises(Refusal, match="uses|is not an expression"):
        expression_sql(written_expression, {"id": '"id"'}, "m.yaml:1", {})


def test_the_shipped_mappings_read():
    for file in (ROOT / "mappings").glob("*.yaml"):
        assert read_mapping(file).mapping.tables
