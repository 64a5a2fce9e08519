"""Verdicts of the quality checks: valid, invalid, unknown; expected values worked out by hand."""

from __future__ import annotations

import csv
from collections import defaultdict

import pytest

from yiheng.codes import SHIPPED_FILES
from yiheng.county import make_county
from yiheng.measures import CHECKS, FIELDS, VIEWS
from yiheng.measures.quality import counted, questioned
from yiheng.records import TABLES
from yiheng.runs import Workspace, load_codes, questioned_rows, run_load, run_quality
from yiheng.testkit import few_rows

H = {"institution_id": "H1", "name": "县医院", "kind": "hospital", "division": "370299"}
A = {"person_id": "A", "sex": "female", "born_on": "1950-06-30", "division": "370299"}
STAY = {
    "visit_id": "V1", "person_id": "A", "institution_id": "H1", "kind": "inpatient",
    "began_on": "2025-06-29", "ended_on": "2025-07-01",
}  # fmt: skip
LIST = {"visit_id": "V1", "admitted_at": "2025-06-29 08:00:00", "discharged_at": "2025-07-01 10:00:00"}


def told_by(rows):
    """Check → verdict of the only unit; a check that does not apply is absent."""
    assert all(row["valid"] + row["invalid"] + row["unknown"] == 1 for row in rows)
    return {row["check"]: next(v for v in ("valid", "invalid", "unknown") if row[v]) for row in rows}


def tables(given, without=()):
    return few_rows(given, views=VIEWS, without=without)


def verdicts(lists=(LIST,), person=A, without=(), **more):
    given = {"institution": [H], "person": [person], "visit": [STAY], "front_page": list(lists), **more}
    made = tables(given, without)
    return told_by(counted(made, "listed", ("institution",)).to_pyarrow().to_pylist())


# One more field of the list, and what a check then says. A has her 75th birthday on the second day of the stay.
CASES = [
    ("age_differs_from_birth", {"age_years": "74"}, "valid"),
    ("age_differs_from_birth", {"age_years": "75"}, "invalid"),
    ("age_differs_from_birth", {}, "unknown"),
    ("stay_days_differ_from_dates", {"stay_days": "2"}, "valid"),
    ("stay_days_differ_from_dates", {"stay_days": "3"}, "invalid"),
    ("stay_days_differ_from_dates", {"stay_days": "3", "discharged_at": "2025-06-28 10:00:00"}, "unknown"),
    ("list_discharged_before_admitted", {"discharged_at": "2025-06-28 10:00:00"}, "invalid"),
    ("listed_late", {"declared_at": "2025-07-08 23:00:00"}, "valid"),
    ("listed_late", {"declared_at": "2025-07-09 01:00:00"}, "invalid"),
    ("listed_late", {}, "unknown"),
    ("newborn_birth_weight_out_of_range", {"birth_weight_g": "100"}, "valid"),
    ("newborn_birth_weight_out_of_range", {"birth_weight_g": "99"}, "invalid"),
    ("newborn_birth_weight_out_of_range", {}, None),
    ("newborn_admission_missing", {"age_days": "28"}, "invalid"),
    ("newborn_admission_missing", {"age_days": "28", "newborn_admission": "1"}, "valid"),
    ("newborn_admission_missing", {"age_days": "29"}, None),
    ("newborn_admission_weight_missing", {"age_days": "3"}, "invalid"),
    ("receiving_institution_missing", {"discharge_way": "transferred"}, "invalid"),
    ("receiving_institution_missing", {"discharge_way": "transferred", "receiving_institution": "H2"}, "valid"),
    ("receiving_institution_missing", {"discharge_way": "home"}, None),
    ("receiving_institution_missing", {}, "unknown"),
    ("readmission_purpose_missing", {"readmission_plan": "2"}, "invalid"),
    ("readmission_purpose_missing", {}, "unknown"),
    ("readmission_purpose_without_plan", {"readmission_plan": "1", "readmission_purpose": "化疗"}, "invalid"),
    ("list_diagnosis_for_other_sex", {"outpatient_diagnosis": "N40.x"}, "invalid"),
    ("list_diagnosis_for_other_sex", {"outpatient_diagnosis": "I10"}, "valid"),
    ("list_diagnosis_for_other_sex", {}, "unknown"),
]
CONFLICTS = [
    {"forbidden_for": "female", "kind": "dx", "code_prefix": "N40"},
    {"forbidden_for": "female", "kind": "px", "code_prefix": "60"},
    {"forbidden_for": "male", "kind": "dx", "code_prefix": "I10"},
]


@pytest.fixture(scope="module")
def by_case():
    """A stay with a list for each case; number of the case → check → verdict."""
    numbered = [{**field, "visit_id": f"V{n}"} for n, (_check, field, _verdict) in enumerate(CASES)]
    given = {
        "institution": [H],
        "person": [A],
        "visit": [{**STAY, "visit_id": one["visit_id"]} for one in numbered],
        "front_page": [{**LIST, **one} for one in numbered],
        "sex_conflict": CONFLICTS,
    }
    made = tables(given)
    by_visit = defaultdict(list)
    for row in counted(made, "listed", ("visit_id",)).to_pyarrow().to_pylist():
        by_visit[row["visit_id"]].append(row)
    return [told_by(by_visit[one["visit_id"]]) for one in numbered]


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{check} {field}" for check, field, _ in CASES])
def test_a_field_of_the_list_gets_its_verdict(by_case, number):
    check, _field, verdict = CASES[number]
    assert by_case[number].get(check) == verdict


def test_codes_are_judged_against_sex_and_each_other():
    codes = [
        {"visit_id": "V1", "ordinal": "1", "code": "N18.9", "is_main": "yes"},
        {"visit_id": "V1", "ordinal": "2", "code": "I10", "is_main": "no"},
    ]
    operations = [{"visit_id": "V1", "ordinal": "1", "code": "00.43", "is_main": "yes", "operated_on": "2025-06-30"}]
    told = verdicts(diagnosis=codes, operation=operations, sex_conflict=CONFLICTS)
    assert told["combination_coded_apart"] == told["main_operation_only_counts"] == "invalid"
    assert told["coded_diagnosis_for_other_sex"] == told["coded_operation_for_other_sex"] == "valid"
    operations[0]["code"], codes[0]["code"] = "60.5", "N40.x"
    told = verdicts(diagnosis=codes, operation=operations, sex_conflict=CONFLICTS)
    assert told["coded_diagnosis_for_other_sex"] == told["coded_operation_for_other_sex"] == "invalid"
    assert told["combination_coded_apart"] == told["main_operation_only_counts"] == "valid"


def test_without_its_code_list_a_check_is_unknown_and_never_valid():
    codes = [{"visit_id": "V1", "ordinal": "1", "code": "N40", "is_main": "yes"}]
    page = [{**LIST, "outpatient_diagnosis": "N40"}]
    told = verdicts(page, diagnosis=codes, without=("gray_code", "sex_conflict"))
    for check in ("main_diagnosis_is_gray", "coded_diagnosis_for_other_sex", "list_diagnosis_for_other_sex"):
        assert told[check] == "unknown"
    nobody = {**A, "sex": "unknown"}
    assert verdicts(page, person=nobody, diagnosis=codes)["coded_diagnosis_for_other_sex"] == "unknown"


def test_a_stay_without_a_list_is_missing_only_where_lists_were_loaded():
    second = {**STAY, "visit_id": "V2", "began_on": "2025-07-01", "ended_on": "2025-07-01"}
    made = tables({"institution": [H], "person": [A], "visit": [STAY, second], "front_page": [LIST]})
    rows = counted(made, "listed", ("institution",)).to_pyarrow().to_pylist()
    sums = {row["check"]: (row["valid"], row["invalid"], row["unknown"]) for row in rows}
    assert sums["list_missing"] == (1, 1, 0)
    # What is on no list is not missing on it.
    assert sums["nationality_missing_on_list"] == (0, 1, 0)
    assert verdicts(lists=())["list_missing"] == "unknown"


def test_money_of_a_stay_is_judged():
    paid = {"settlement_id": "S1", "visit_id": "V1", "settled_at": "2025-07-01 12:00:00", "fund_fen": "0"}
    line = {"line_id": "F1", "visit_id": "V1", "item_code": "X", "kind": "drug", "amount_fen": "500"}
    told = verdicts(settlement=[{**paid, "total_fen": "500"}], fee_line=[line])
    assert (told["stay_costs_nothing"], told["total_differs_from_lines"]) == ("valid", "valid")
    # From 29 June to 1 July are two days, and only a drug was charged.
    assert told["no_service_charged"] == "invalid"
    told = verdicts(settlement=[{**paid, "total_fen": "0"}], fee_line=[{**line, "kind": "service"}])
    assert (told["stay_costs_nothing"], told["total_differs_from_lines"]) == ("invalid", "invalid")
    assert told["no_service_charged"] == "valid"
    told = verdicts(settlement=[paid])
    assert (told["stay_costs_nothing"], told["total_differs_from_lines"]) == ("unknown", "unknown")


def month_of(stays, bills, drugs):
    visits = [{**STAY, "visit_id": f"V{n:02}", "began_on": "2025-06-01"} for n in range(stays)]
    given = {
        "institution": [H],
        "person": [A],
        "visit": visits,
        "settlement": [
            {
                "settlement_id": f"S{n}",
                "visit_id": v["visit_id"],
                "total_fen": str(bills[n % len(bills)] + n // len(bills)),
            }
            for n, v in enumerate(visits)
        ],
        "fee_line": [
            {
                "line_id": f"F{n}",
                "visit_id": v["visit_id"],
                "kind": "drug" if n < drugs else "service",
                "amount_fen": "100",
            }
            for n, v in enumerate(visits)
        ],
    }
    rows = counted(tables(given), "hospital_month", ("month",)).to_pyarrow().to_pylist()
    return {row["check"]: (row["valid"], row["invalid"], row["unknown"]) for row in rows}


def test_totals_of_a_month():
    valid, invalid, unknown = (1, 0, 0), (0, 1, 0), (0, 0, 1)
    # Twenty different totals; half the stays with drugs; all of 30 days; no month before.
    told = month_of(20, [1000], 10)
    assert told["same_bill_repeated"] == told["drugs_are_all_or_nothing"] == valid
    assert told["stays_all_of_one_length"] == invalid and told["stays_jump"] == unknown
    # 1000, 1000, then 1001, 1001 and so on: every total twice; no drugs at all.
    told = month_of(20, [1000, 1000], 0)
    assert told["same_bill_repeated"] == told["drugs_are_all_or_nothing"] == invalid
    assert month_of(20, [1000], 20)["drugs_are_all_or_nothing"] == invalid
    assert set(month_of(19, [1000, 1000], 0).values()) == {unknown}


def test_a_row_in_question_names_list_values_and_verdict():
    page = {**LIST, "stay_days": "3"}
    paid = {"settlement_id": "S1", "visit_id": "V1", "settled_at": "2025-07-01 12:00:00", "fund_fen": "0"}
    made = tables({"institution": [H], "person": [A], "visit": [STAY], "front_page": [page], "settlement": [paid]})
    rows = {row["check"]: row for row in questioned(made).to_pyarrow().to_pylist()}
    assert rows["stay_days_differ_from_dates"] == {
        "institution": "H1", "month": "2025-07", "check": "stay_days_differ_from_dates", "verdict": "invalid",
        "visit": "V1", "settlement": "S1", "found": "3 / 2025-06-29 08:00:00 / 2025-07-01 10:00:00",
    }  # fmt: skip
    assert (rows["listed_late"]["verdict"], rows["listed_late"]["found"]) == ("unknown", "2025-07-01 10:00:00 / —")
    assert (rows["stays_jump"]["verdict"], rows["stays_jump"]["visit"]) == ("unknown", None)
    assert "list_missing" not in rows


def test_every_field_of_a_check_has_words():
    for check in CHECKS.values():
        for field in check.fields:
            assert field in FIELDS or TABLES["front_page"].column_under(field), (check.name, field)


# What the answer sheet calls a fault, and the checks that must name it.
PLANTED = {
    "discharged_before_admitted": {"list_discharged_before_admitted"},
    "stay_days_differ": {"stay_days_differ_from_dates"},
    "diagnosis_count_differs": {"diagnosis_count_differs"},
    "main_field_missing": {
        f"{field}_missing_on_list"
        for field in ("admitted_at", "discharged_at", "stay_days", "discharge_way", "diagnosis_count")
    },
    "receiving_institution_missing": {"receiving_institution_missing"},
    "list_diagnosis_for_other_sex": {"list_diagnosis_for_other_sex"},
}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A county with faults in its lists: what was planted by rule and expectation, what was found by check."""
    folder = tmp_path_factory.mktemp("planted")
    make_county(folder / "data", folder / "labels.csv", people=4000, seed=7, quality_labels=folder / "quality.csv")
    workspace = Workspace.new(folder / "workspace")
    assert run_load(workspace, [folder / "data"]).clean
    load_codes(workspace, SHIPPED_FILES["sex_conflict"], "sex_conflict")
    run = run_quality(workspace)["run"]
    found, sheet = defaultdict(set), defaultdict(set)
    for row in questioned_rows(workspace.find_run(run), verdict="invalid"):
        found[row["check"]].add(row["visit"])
    with (folder / "quality.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            sheet[row["rule"], row["expect"]].add(row["visit"])
    return sheet, found


@pytest.mark.parametrize("rule", PLANTED)
def test_every_planted_fault_is_found_and_nothing_else(planted, rule):
    sheet, found = planted
    named = set().union(*(found[check] for check in PLANTED[rule]))
    assert named == sheet[rule, "catch"] and len(named) >= 8
    assert not named & sheet[rule, "spare"] and sheet[rule, "spare"]


def test_the_answer_sheet_knows_no_other_rule(planted):
    sheet, found = planted
    assert {rule for rule, _ in sheet} == set(PLANTED)
    # What the county never plants and never does by chance.
    for check in ("list_missing", "total_differs_from_lines", "operation_count_differs", "operated_outside_stay",
                  "list_admission_differs_from_visit", "age_differs_from_birth", "several_main_diagnoses",
                  "stays_all_of_one_length", "same_bill_repeated", "drugs_are_all_or_nothing", "stays_jump"):  # fmt: skip
        assert not found[check], check
