"""Published code lists load as they are, and say what they could not use."""

from __future__ import annotations

import csv
import re
from decimal import Decimal

import pytest

from tests.conftest import ROOT, shared_file
from tests.tiny import written
from yiheng.basis.refusals import Refusal
from yiheng.codes import LISTS, read_edition
from yiheng.codes.constraints import limits_in
from yiheng.codes.limits import CODE_MEASURES
from yiheng.runs import Workspace, load_codes, run_audit, run_load
from yiheng.supervision import RULES


def test_the_published_knowledge_points_load_and_drive_the_rules(tmp_path):
    workspace = Workspace.new(tmp_path / "ws")
    kept = load_codes(workspace, shared_file("national/knowledge_points.csv"), "knowledge_point")
    with shared_file("national/knowledge_points.csv").open(encoding="utf-8-sig") as file:
        published = list(csv.DictReader(file))
    codes = [(row["rule_class"], len([c for c in row["item_codes"].split("|") if c])) for row in published]
    edition = read_edition(LISTS["knowledge_point"], shared_file("national/knowledge_points.csv"))
    # A pair is one row; an item with two limits has two.
    pairs = sum(n > 1 for rule_class, n in codes if rule_class == "医疗服务项目重复收费")
    others = {(r["point_id"], r["item_code"]) for r in edition.rows if r["rule_class"] != "医疗服务项目重复收费"}
    assert sum(r["measure"] == "contains" for r in edition.rows) == pairs
    assert len(others) == sum(n for rule_class, n in codes if rule_class != "医疗服务项目重复收费")
    assert kept.rows == len(edition.rows)
    # Rows without any item code carry remarks; each is named with its line.
    assert len(kept.aside) == sum(not row["item_codes"].strip("|") for row in published)
    load_codes(workspace, shared_file("national/qc_sex_conflict.csv"), "sex_conflict")
    run_load(workspace, [written(tmp_path / "source")])
    unknown = {one["rule"]: one for one in run_audit(workspace)["unknown"]}
    # What the published sheets hold in words that can be judged is judged; the other classes say what they lack.
    assert not {"duplicate_charge", "drug_for_other_sex", "over_frequency", "drug_limited_to_level"} & set(unknown)
    assert not {"drug_for_children", "herb_alone", "drug_course_too_long", "service_too_soon"} & set(unknown)
    assert unknown["drug_limited_to_diagnosis"]["missing"] == ["knowledge_point: 药品限适应症"]
    assert unknown["drug_limited_to_diagnosis"]["to_do"] == "yiheng codes load FILE --list item_limit"


def test_every_published_sex_and_frequency_point_is_understood():
    edition = read_edition(LISTS["knowledge_point"], shared_file("national/knowledge_points.csv"))
    for row in edition.rows:
        if row["rule_class"] == "药品区分性别使用":
            assert (row["measure"], row["value"]) in {("sex", "male"), ("sex", "female")}, row["item_name"]
        if row["rule_class"] == "医疗服务项目限定频次":
            assert (row["measure"], row["value"]) in {("most_per_day", "1"), ("most_per_day", "24")}, row["item_name"]


SEX, CHILD = "药品区分性别使用", "药品限儿童使用"


@pytest.mark.parametrize(
    ("rule_class", "constraint", "name", "limits"),
    [
        (SEX, "用于前列腺增生", "某胶囊", [("sex", "male")]),
        (SEX, "男子更年期障碍", "睾丸片", [("sex", "male")]),
        (SEX, "用于月经不调", "某丸", [("sex", "female")]),
        (SEX, "用于气滞血瘀", "调经丸", [("sex", "female")]),
        (SEX, "用于感冒", "某颗粒", []),
        ("医疗服务项目限定频次", "日", "", [("most_per_day", "1")]),
        ("医疗服务项目限定频次", "小时", "", [("most_per_day", "24")]),
        ("医疗服务项目限定频次", "次", "", []),
        (CHILD, "限儿童。", "", [("max_age", "17")]),
        (CHILD, "限5至12岁以下单纯性甲型和乙型流感儿童患者。", "", [("max_age", "12")]),
        (CHILD, "限：1.1岁至14岁儿童哮喘的预防；2.2岁至14岁儿童季节性过敏性鼻炎。", "", [("max_age", "14")]),
        (CHILD, "限6-17岁儿童和青少年的注意缺陷多动障碍(ADHD)。", "", [("max_age", "17")]),
        ("医疗服务项目儿童专用", "新生儿专用项目", "", [("max_age_days", "28")]),
        ("医疗服务项目儿童专用", "婴幼儿专用项目", "", [("max_age", "3")]),
        ("医疗服务项目限年龄", "限法定就业年龄段患者", "", [("min_age", "16"), ("max_age", "60")]),
        ("药品限医疗机构级别", "限二级及以上医疗机构癌症患者。", "", [("level", "二级")]),
        ("药品限医疗机构级别", "首次处方时需由二级及以上医疗机构专科医师开具处方。", "", []),
        ("药品限就医方式", "限急诊或住院患者。", "", [("visit_kind", "inpatient"), ("visit_kind", "emergency")]),
        ("药品限支付疗程", "限急性缺血性脑血管疾病，支付不超过14天。", "", [("most_days", "14")]),
        ("药品限支付疗程", "限以下情况方可支付，且支付不超过12个月", "", []),
        ("医疗服务项目限支付疗程", "支付不超过一年，每周最多支付一次。", "", [("most_days", "366")]),
        ("医疗服务项目周期超频次", "两次评定间隔时间不短于14天。", "", [("least_gap_days", "14")]),
        ("药品限工伤保险", "限工伤保险", "", [("insurance", "work_injury")]),
        ("中药饮片单复方均不予支付", "不得纳入基金支付范围的中药饮片", "", [("insurance", "none")]),
        ("药品限二线使用", "限二线用药。", "", []),
        ("药品限适应症", "限2型糖尿病患者。", "", []),
        ("手术项目未按规定折价收费", "经同一切口", "", []),
    ],
)
def test_limits_are_read_from_the_words_and_nothing_is_guessed(rule_class, constraint, name, limits):
    assert limits_in(rule_class, constraint, name, ["IA"]) == limits


def test_of_a_pair_the_first_contains_the_second():
    assert limits_in("医疗服务项目重复收费", "含乙", "甲×乙", ["IA", "IB", "IC"]) == [("contains", "IB")]


def test_a_limit_of_an_unknown_measure_refuses_the_list(tmp_path):
    file = tmp_path / "limits.csv"
    file.write_text("rule_class,official_code,item_code,item_name,measure,value\n甲,,IA,某,max_ages,14\n", "utf-8")
    with pytest.raises(Refusal) as refusal:
        read_edition(LISTS["item_limit"], file)
    assert "limits.csv:2" in str(refusal.value) and "did you mean 'max_age'?" in str(refusal.value)


@pytest.mark.parametrize(
    ("measure", "value", "says"),
    [
        ("dx,K35,most_days", "ten", "'ten' is no whole number of days"),
        ("dx,I10,min_age", "1.5", "is no age in full years"),
    ],
)
def test_a_limit_of_a_code_that_is_no_number_is_refused_with_its_line(tmp_path, measure, value, says):
    file = written(tmp_path, {"code_limit.csv": f"kind,code_prefix,measure,value\n{measure},{value}\n"})
    with pytest.raises(Refusal, match=says) as refused:
        read_edition(LISTS["code_limit"], file / "code_limit.csv")
    assert "code_limit.csv:2" in str(refused.value)


def test_the_page_names_what_each_limit_of_a_code_drives():
    page = (ROOT / "docs" / "howto" / "keep-code-lists.md").read_text("utf-8")
    told = [line.split("|") for line in page.splitlines() if re.match(r"\| `(dx|px|item|exam) ", line)]
    measures = {tuple(one.split()) for _, names, *_ in told for one in re.findall(r"`(.+?)`", names)}
    assert measures == set(CODE_MEASURES)
    assert {one for cells in told for one in re.findall(r"`(.+?)`", cells[3])} <= set(RULES)


def test_a_list_without_its_columns_is_refused(tmp_path):
    file = tmp_path / "points.csv"
    file.write_text("point_id,rule_clas,official_code,item_codes,item_name,constraint\n", "utf-8")
    with pytest.raises(Refusal) as refusal:
        read_edition(LISTS["knowledge_point"], file)
    assert "points.csv:1: the column 'rule_class' is missing" in str(refusal.value)
    assert "did you mean 'rule_clas'?" in str(refusal.value)


def test_outside_its_days_an_edition_does_not_judge(tmp_path):
    import datetime as dt

    source = written(tmp_path / "source", diagnosis="visit_id,ordinal,code,is_main\nV1,1,L40.0,1\nV2,1,L40.0,1\n")
    workspace = Workspace.new(tmp_path / "ws")
    run_load(workspace, [source])
    file = tmp_path / "conflict.csv"
    file.write_text("forbidden_for,kind,code_prefix\nfemale,dx,L40\n", "utf-8")
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
        # The public coding rules hold on all days.
        spans = [one for one in audited["rules"][0]["judged"] if "sex_conflict" in one["codes"]]
        assert spans[0]["from"] == (first.isoformat() if first else None)


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
