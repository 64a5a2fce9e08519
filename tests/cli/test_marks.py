"""Point 12: what rests on a demo list is marked wherever it is printed, with what the rule answers before payment."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from yiheng.cli.main import main
from yiheng.county import make_county
from yiheng.runs import Workspace, load_shipped_codes, run_load


@pytest.fixture(scope="module")
def county_of_few(tmp_path_factory):
    folder = tmp_path_factory.mktemp("marked")
    make_county(folder / "source", folder / "labels.csv", people=300, years=(2025,))
    workspace = Workspace.new(folder / "workspace")
    run_load(workspace, [folder / "source"])
    load_shipped_codes(workspace)
    return workspace


def run(workspace, *words):
    done = CliRunner().invoke(main, [*words, "-w", str(workspace.folder)])
    assert done.exit_code == 0, done.output
    return done


RULES_ASKED = ("--rule", "drug_for_children", "--rule", "split_stay")


def test_point_12_the_table_of_an_audit_marks_demo_lists_and_answers(county_of_few):
    shown = run(county_of_few, "audit", *RULES_ASKED, "--lang", "zh")
    rows = {line.split("│")[1].strip(): line for line in shown.stdout.splitlines() if line.startswith("│")}
    assert "药品儿童专用（示例）" in rows["drug_for_children"]
    assert "分解住院（示例）" not in rows["split_stay"] and "分解住院" in rows["split_stay"]
    # Both are suspicions: a hospital is warned.
    assert "提醒" in rows["drug_for_children"] and "提醒" in rows["split_stay"]
    assert "标“示例”的规则依据示例代码表" in shown.stderr and "[药品儿童专用（示例）]" in shown.stderr


def test_point_12_the_english_table_is_marked_too(county_of_few):
    shown = run(county_of_few, "audit", *RULES_ASKED, "--lang", "en")
    rows = {line.split("│")[1].strip(): line for line in shown.stdout.splitlines() if line.startswith("│")}
    assert "warn" in rows["drug_for_children (example)"] and "warn" in rows["split_stay"]


def test_point_12_the_csv_of_an_audit_names_the_demo_lists_of_each_finding(county_of_few):
    shown = run(county_of_few, "audit", *RULES_ASKED, "--format", "csv")
    told = {(row["rule"], row["answer"], row["demo_lists"]) for row in csv.DictReader(io.StringIO(shown.stdout))}
    assert told == {("drug_for_children", "hint", "item_limit knowledge_point"), ("split_stay", "hint", "")}


def test_point_12_a_county_with_few_signed_people_is_told_so(county_of_few):
    source = county_of_few.folder.parent / "source"
    places = pq.read_table(source / "institution.parquet").to_pylist()
    clinics = {row["institution_id"] for row in places if row["kind"] == "village"}
    signed = {
        (row["institution_id"], row["person_id"]) for row in pq.read_table(source / "enrolment.parquet").to_pylist()
    }
    counted = Counter(place for place, _ in signed if place in clinics)
    # The place asks for as many as its largest clinic has: one clinic alone has nobody to stand beside.
    least = max(counted.values())
    enough = sum(n >= least for n in counted.values())
    assert enough == 1
    own = county_of_few.folder / "limits.yaml"
    limits = f"limits:\n  withheld_least_cases: {{value: {least}, source: 第一条}}\n"
    own.write_text(f"edition: 示例医保发〔2025〕9号\n{limits}", "utf-8")
    shown = run(county_of_few, "audit", "--rule", "clinic_without_service", "--lang", "zh")
    own.unlink()
    told = f"{len(counted)} 家机构有签约居民，全年达到 {least} 例的 {enough} 家（最多 {least} 例），至少需要 2 家"
    assert f"未能判定 村卫生室零服务 clinic_without_service：{told}" in shown.stderr
