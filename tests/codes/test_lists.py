"""Published code lists load as they are, and say what they could not use."""

from __future__ import annotations

import csv

import pytest

from tests.conftest import shared_file
from tests.tiny import written
from yiheng.basis.refusals import Refusal
from yiheng.codes import LISTS, read_edition
from yiheng.codes.knowledge import most_per_day, sex_in
from yiheng.runs import Workspace, load_codes, run_audit, run_load


def test_the_published_knowledge_points_load_and_drive_the_rules(tmp_path):
    workspace = Workspace.new(tmp_path / "ws")
    kept = load_codes(workspace, shared_file("national/knowledge_points.csv"), "knowledge_point")
    with shared_file("national/knowledge_points.csv").open(encoding="utf-8-sig") as file:
        published = list(csv.DictReader(file))
    codes = sum(len([c for c in row["item_codes"].split("|") if c]) for row in published)
    assert kept.rows == codes
    # Rows without any item code carry remarks; each is named with its line.
    assert len(kept.aside) == sum(not row["item_codes"].strip("|") for row in published)
    load_codes(workspace, shared_file("national/qc_sex_conflict.csv"), "sex_conflict")
    run_load(workspace, [written(tmp_path / "source")])
    assert run_audit(workspace)["unknown"] == []


def test_every_published_sex_and_frequency_point_is_understood():
    edition = read_edition(LISTS["knowledge_point"], shared_file("national/knowledge_points.csv"))
    for row in edition.rows:
        if row["rule_class"] == "药品区分性别使用":
            assert row["sex"] in ("male", "female"), row["item_name"]
        if row["rule_class"] == "医疗服务项目限定频次":
            assert row["most_per_day"] in (1, 24), row["item_name"]


@pytest.mark.parametrize(
    ("constraint", "name", "sex"),
    [
        ("用于前列腺增生", "某胶囊", "male"),
        ("男子更年期障碍", "睾丸片", "male"),
        ("用于月经不调", "某丸", "female"),
        ("用于气滞血瘀", "调经丸", "female"),
        ("用于感冒", "某颗粒", None),
    ],
)
def test_the_sex_is_read_from_the_words(constraint, name, sex):
    assert sex_in(constraint, name) == sex


@pytest.mark.parametrize(("unit", "most"), [("日", 1), ("天", 1), ("小时", 24), ("次", None)])
def test_the_limit_is_read_from_the_unit(unit, most):
    assert most_per_day(unit) == most


def test_a_list_without_its_columns_is_refused(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("point_id,rule_clas,official_code,item_codes,item_name,constraint\n", "utf-8")
    with pytest.raises(Refusal) as refusal:
        read_edition(LISTS["knowledge_point"], file)
    assert "points.csv:1: the column 'rule_class' is missing" in str(refusal.value)
    assert "did you mean 'rule_clas'?" in str(refusal.value)


def test_an_older_edition_stays_and_the_newest_is_used(tmp_path):
    from yiheng.runs import editions_in_use

    workspace = Workspace.new(tmp_path / "ws")
    for prefix in ("N40", "N41"):
        file = tmp_path / "conflict.csv"
        file.write_text(f"forbidden_for,kind,code_prefix\nfemale,dx,{prefix}\n", "utf-8")
        kept = load_codes(workspace, file, "sex_conflict")
    assert editions_in_use(workspace) == {"sex_conflict": kept.edition}
    assert len(list((workspace.codes / "sex_conflict").glob("*.parquet"))) == 2
