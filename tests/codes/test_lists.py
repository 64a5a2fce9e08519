"""Published code lists load as they are, and say what they could not use."""

from __future__ import annotations

import csv
from decimal import Decimal

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


def test_outside_its_days_an_edition_does_not_judge(tmp_path):
    import datetime as dt

    source = written(tmp_path / "source", diagnosis="visit_id,ordinal,code,is_main\nV1,1,N40.0,1\nV2,1,N40.0,1\n")
    workspace = Workspace.new(tmp_path / "ws")
    run_load(workspace, [source])
    file = tmp_path / "conflict.csv"
    file.write_text("forbidden_for,kind,code_prefix\nfemale,dx,N40\n", "utf-8")
    # V1 began on 10 January, V2 on 1 February; both are of a woman.
    days = {
        (None, None): ["V1", "V2"],
        (dt.date(2025, 1, 11), None): ["V2"],
        (None, dt.date(2025, 1, 31)): ["V1"],
        (dt.date(2026, 1, 1), None): [],
    }
    for (first, last), visits in days.items():
        load_codes(workspace, file, "sex_conflict", first=first, last=last)
        audited = run_audit(workspace, ["diagnosis_for_other_sex"])
        assert [f["visit"] for f in audited["findings"]] == visits
        assert audited["rules"][0]["judged"][0]["from"] == (first.isoformat() if first else None)


def test_an_edition_that_ends_before_it_starts_is_refused(tmp_path):
    import datetime as dt

    file = tmp_path / "conflict.csv"
    file.write_text("forbidden_for,kind,code_prefix\n", "utf-8")
    with pytest.raises(Refusal, match="before it starts"):
        load_codes(
            Workspace.new(tmp_path / "ws"), file, "sex_conflict", first=dt.date(2025, 2, 1), last=dt.date(2025, 1, 1)
        )


def test_the_published_city_weights_and_gray_codes_load(tmp_path):
    weights = read_edition(LISTS["city_weight"], shared_file("national/drg_city_weights.csv"))
    with shared_file("national/drg_city_weights.csv").open(encoding="utf-8-sig", newline="") as file:
        published = list(csv.DictReader(file))
    # A city that pays some groups by item writes words where others have a weight.
    worded = [row for row in published if row["weight"] and not row["weight"].replace(".", "", 1).isdecimal()]
    assert len(published) == 18_523 and len(weights.aside) == len(worded) > 0
    assert len(weights.rows) == len(published) - len(worded)
    assert len({(row["city"], row["year"]) for row in weights.rows}) == 27
    (liver,) = [r for r in weights.rows if (r["city"], r["year"], r["drg"]) == ("临汾", 2022, "AB19")]
    assert liver["weight"] == Decimal("18.5242")
    gray = read_edition(LISTS["gray_code"], shared_file("drg_chs_1.1/gray_diagnosis.csv"))
    assert len(gray.rows) == 2_725 and gray.aside == []
