"""The national grouping plan as published: it loads whole, its tables agree, and a broken one is refused."""

from __future__ import annotations

import csv
import datetime as dt
import shutil

import pytest

from tests.conftest import shared_file
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.codes import PLANS, STANDARD, read_plan
from yiheng.runs import Workspace, as_of, editions_in_use, load_codes, look_up

PLAN = PLANS["chs_drg"]


def published(name):
    with shared_file(f"drg_chs_1.1/{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def plan():
    return read_plan(PLAN, shared_file("drg_chs_1.1"))


def test_every_row_of_every_table_is_read(plan):
    files = {file.stem for file in shared_file("drg_chs_1.1").glob("*.csv")} - {"cases"}
    assert set(plan.tables) == files
    for name, table in plan.tables.items():
        rows = published(name)
        assert len(table.rows) == len(rows), name
        assert table.rows[0]["line"] == 2
        assert set(rows[0]) == set(table.code_list.needs), name
    # As the plan counts itself: 26 MDC, 376 ADRG, 628 DRG.
    assert [len(plan.tables[name].rows) for name in ("mdc", "adrg", "drg")] == [26, 376, 628]


def test_what_is_odd_in_the_published_plan_is_said(plan):
    notes = "\n".join(plan.notes)
    for name in ("mdc_diagnosis", "valid_procedure", "gray_diagnosis"):
        rows = [tuple(row.values()) for row in published(name)]
        assert f"{name}.csv: {len(rows) - len(set(rows))} rows appear twice" in notes
    listed = {row["code"] for row in published("icd_diagnosis")}
    lacking = sorted({row["code"] for row in published("mdc_diagnosis")} - listed)
    assert f"mdc_diagnosis.csv: {len(lacking)} codes are not in icd_diagnosis.csv: {', '.join(lacking)}" in notes
    # RA4 of MDCR asks for diagnoses that MDCR does not admit.
    admitted = {row["code"] for row in published("mdc_diagnosis") if row["mdc"] == "MDCR"}
    dead = [row for row in published("adrg_diagnosis") if row["adrg"] == "RA4" and row["code"] not in admitted]
    assert f"RA4 {len(dead)}," in notes


@pytest.fixture
def folder(tmp_path):
    """A small plan: one MDC, a surgical and a medical ADRG."""
    tables = {
        "mdc": ["order,mdc,gate,qy_after_n_adrg,qy_enabled,n_adrg", "1,MDCB,main_dx,1,0,2"],
        "mdc_diagnosis": ["mdc,site,code", "MDCB,,G40.0", "MDCB,,S06.0"],
        "adrg": [
            "order,mdc,order_in_mdc,adrg,part,match,name,fallback",
            "1,MDCB,1,BB1,surgical,main_px,脑手术,BB1",
            "2,MDCB,2,BX1,medical,main_dx,脑病,BX1",
        ],
        "adrg_diagnosis": ["adrg,set,code", "BX1,1,G40.0"],
        "adrg_procedure": ["adrg,set,code", "BB1,1,01.24"],
        "drg": ["adrg,order_in_adrg,drg,requires,name", "BB1,1,BB19,ALWAYS,脑手术", "BX1,1,BX19,ALWAYS,脑病"],
        "mcc": ["code,exclusion_group", "S06.0,1"],
        "cc": ["code,exclusion_group", "I10,999"],
        "cc_exclusion": ["principal_code,exclusion_group", "G40.0,1"],
        "valid_procedure": ["code,name", "01.24,开颅"],
        "icd_diagnosis": ["code,name", "G40.0,癫痫", "S06.0,脑震荡", "I10,高血压"],
        "icd_procedure": ["code,name", "01.24,开颅"],
    }
    for name, lines in tables.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return tmp_path


def test_a_plan_may_do_without_gray_codes_and_classes(folder):
    assert read_plan(PLAN, folder).notes == []


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (
            "adrg",
            "1,MDCB,1,BB1",
            "1,MDCC,1,BB1",
            "adrg.csv:2: MDC 'MDCC' is not in mdc.csv\n  to do: did you mean 'MDCB'?",
        ),
        ("adrg", "1,MDCB,1,BB1", "1,MDCC,1,BB1", "mdc.csv:2: MDCB has 1 ADRG in adrg.csv, not 2"),
        ("drg", "BX1,1,BX19", "BX2,1,BX19", "drg.csv:3: ADRG 'BX2' is not in adrg.csv"),
        ("drg", "BX1,1,BX19", "BB1,2,BX19", "adrg.csv:3: ADRG 'BX1' has no DRG in drg.csv"),
        ("drg", "BX19,ALWAYS", "BX19,SOMETIMES", "drg.csv:3: unknown requirement 'SOMETIMES'"),
        ("drg", "BX1,1,BX19", "BX1,1,BB19", "drg.csv:3: BB19 stands already in line 2"),
        ("drg", "BX1,1,BX19", "BX1,first,BX19", "drg.csv:3: order_in_adrg 'first' is no whole number"),
        ("mdc_diagnosis", "MDCB,,S06.0", "MDCX,,S06.0", "mdc_diagnosis.csv:3: MDC 'MDCX' is not in mdc.csv"),
        ("adrg_diagnosis", "BX1,1", "BX1,2", "BX1 asks for set 1, of which adrg_diagnosis.csv has no code"),
        ("adrg_procedure", "BB1,1", "BX1,1", "adrg.csv:3: BX1 never asks for set 1 of adrg_procedure.csv"),
        ("adrg", "main_px", "px_sets:1|2&3", "adrg.csv:2: BB1 asks for set 3, of which adrg_procedure.csv has no code"),
        ("adrg", "surgical", "cosmetic", "adrg.csv:2: 'cosmetic' is no part of a MDC"),
        ("cc", "I10", "S06.0", "cc.csv:2: S06.0 is MCC too (mcc.csv:2)"),
        ("mcc", "S06.0,1", "S06.0,7", "mcc.csv:2: no principal diagnosis has exclusion group '7' of S06.0"),
        ("mdc", "gate", "gates", "mdc.csv:1: the column 'gate' is missing"),
    ],
)
def test_tables_that_disagree_are_refused(folder, file, old, new, says):
    path = folder / f"{file}.csv"
    assert old in path.read_text("utf-8")
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(Refusal) as refusal:
        read_plan(PLAN, folder)
    assert says in str(refusal.value)


def test_a_group_that_nothing_reaches_and_a_code_taken_before_are_told(folder):
    with (folder / "adrg.csv").open("a", encoding="utf-8") as file:
        file.write("3,MDCB,3,BX2,medical,main_dx,另一脑病,BX2\n")
    (folder / "adrg_diagnosis.csv").write_text("adrg,set,code\nBX1,1,G40.0\nBX2,1,G40.0\nBX2,1,I10\n", "utf-8")
    with (folder / "drg.csv").open("a", encoding="utf-8") as file:
        file.write("BX2,1,BX29,ALWAYS,另一脑病\n")
    text = (folder / "mdc.csv").read_text("utf-8").replace("1,0,2", "1,0,3")
    (folder / "mdc.csv").write_text(text, "utf-8")
    assert read_plan(PLAN, folder).notes == [
        "adrg_diagnosis.csv: 1 codes that their MDC does not admit: BX2 1",
        "adrg_diagnosis.csv: 1 codes that an earlier ADRG of the MDC takes: BX2 1",
        "adrg.csv: no principal diagnosis reaches BX2",
    ]


def test_a_folder_without_a_table_and_a_file_are_refused(folder):
    (folder / "cc.csv").unlink()
    (folder / "mcc.csv").unlink()
    with pytest.raises(Refusals) as refusal:
        read_plan(PLAN, folder)
    assert len(refusal.value.found) == 2 and "cc.csv: there is no such file" in str(refusal.value)
    with pytest.raises(Refusal, match="a grouping plan is a folder"):
        read_plan(PLAN, folder / "mdc.csv")


def test_a_plan_is_kept_as_one_edition_and_looked_up_by_table(folder, tmp_path):
    plan, workspace = tmp_path / "plan", Workspace.new(tmp_path / "ws")
    plan.mkdir()
    for file in folder.glob("*.csv"):
        shutil.move(file, plan / file.name)
    day = dt.date(2025, 1, 1)
    kept = load_codes(workspace, plan, "chs_drg", first=day)
    assert kept.tables["chs_drg_drg"] == 2 and kept.rows == 17
    assert as_of(workspace, "chs_drg", day).edition == kept.edition
    assert set(editions_in_use(workspace)) == {"chs_drg", *STANDARD}
    assert [row["name"] for row in look_up(workspace, "chs_drg_drg", "BX19", day)["rows"]] == ["脑病"]
    # A part of a name finds the rows that hold it.
    assert [row["drg"] for row in look_up(workspace, "chs_drg_drg", "手术", day)["rows"]] == ["BB19"]
    with pytest.raises(Refusal, match="nearest: BB1 BB19 ALWAYS 脑手术"):
        look_up(workspace, "chs_drg_drg", "脑手木", day)
    with pytest.raises(Refusal, match="several tables"):
        look_up(workspace, "chs_drg", None, day)
    with pytest.raises(Refusal, match="no edition of 'chs_drg' holds on 2024-12-31"):
        look_up(workspace, "chs_drg_drg", None, dt.date(2024, 12, 31))
