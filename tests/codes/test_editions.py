"""Editions of a list: one for each day, none outside their days, and runs use each for its own."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from tests.tiny import FILES, written
from yiheng.basis.refusals import Refusal
from yiheng.codes import SHIPPED_FILES
from yiheng.runs import Workspace, as_of, editions_in_use, load_codes, replay, run_audit, run_load, run_measure

NEW_YEAR, NEW_YEARS_EVE = dt.date(2025, 1, 1), dt.date(2024, 12, 31)


@pytest.fixture
def workspace(tmp_path):
    return Workspace.new(tmp_path / "ws")


def conflict(folder, prefix):
    """An edition of the sex conflicts with one prefix."""
    file = folder / f"{prefix}.csv"
    file.write_text(f"forbidden_for,kind,code_prefix\nfemale,dx,{prefix}\n", "utf-8")
    return file


def test_each_day_has_the_edition_that_holds_on_it(workspace, tmp_path):
    old = load_codes(workspace, conflict(tmp_path, "L40"), "sex_conflict", last=NEW_YEARS_EVE)
    new = load_codes(workspace, conflict(tmp_path, "L41"), "sex_conflict", first=NEW_YEAR, last=dt.date(2025, 6, 30))
    assert as_of(workspace, "sex_conflict", NEW_YEARS_EVE).edition == old.edition
    assert as_of(workspace, "sex_conflict", NEW_YEAR).edition == new.edition
    with pytest.raises(Refusal) as refusal:
        as_of(workspace, "sex_conflict", dt.date(2025, 7, 1))
    said = str(refusal.value)
    assert "no edition of 'sex_conflict' holds on 2025-07-01" in said
    assert f"{old.edition} (… to 2024-12-31), {new.edition} (2025-01-01 to 2025-06-30)" in said


def test_a_list_that_was_never_loaded_refuses_every_day(workspace):
    with pytest.raises(Refusal, match="none was loaded"):
        as_of(workspace, "gray_code", NEW_YEAR)


@pytest.mark.parametrize(
    ("first", "last", "clash"),
    [
        (None, None, True),
        (NEW_YEAR, None, True),
        (dt.date(2025, 6, 30), dt.date(2025, 6, 30), True),
        (dt.date(2025, 7, 1), None, False),
        (None, NEW_YEARS_EVE, False),
        (None, NEW_YEAR, True),
    ],
)
def test_two_editions_never_hold_on_the_same_day(workspace, tmp_path, first, last, clash):
    load_codes(workspace, conflict(tmp_path, "L40"), "sex_conflict", first=NEW_YEAR, last=dt.date(2025, 6, 30))
    if clash:
        with pytest.raises(Refusal, match="overlaps"):
            load_codes(workspace, conflict(tmp_path, "L41"), "sex_conflict", first=first, last=last)
    else:
        load_codes(workspace, conflict(tmp_path, "L41"), "sex_conflict", first=first, last=last)
    assert len(editions_in_use(workspace)["sex_conflict"]) == (1 if clash else 2)


def test_an_edition_can_take_the_place_of_another_and_old_runs_stay(workspace, tmp_path):
    run_load(workspace, [written(tmp_path / "source", diagnosis=diagnoses())])
    old = load_codes(workspace, conflict(tmp_path, "L40"), "sex_conflict")
    audited = run_audit(workspace, ["diagnosis_for_other_sex"])
    new = load_codes(workspace, conflict(tmp_path, "L41"), "sex_conflict", replace=True)
    assert [one.edition for one in editions_in_use(workspace)["sex_conflict"]] == [new.edition]
    assert len(list((workspace.codes / "sex_conflict").glob("*.parquet"))) == 2
    assert old.edition in json.dumps(audited["rules"])
    assert replay(workspace, audited["run"]).same


def diagnoses():
    """Both stays of the woman A have a diagnosis of each edition: V1 began on 10 January, V2 on 1 February."""
    rows = [f"{visit},{i},{code},{int(i == 1)}" for visit in ("V1", "V2") for i, code in ((1, "L40.0"), (2, "L41.0"))]
    return "visit_id,ordinal,code,is_main\n" + "\n".join(rows) + "\n"


def test_an_audit_judges_each_day_by_the_edition_that_holds_then(workspace, tmp_path):
    run_load(workspace, [written(tmp_path / "source", diagnosis=diagnoses())])
    old = load_codes(workspace, conflict(tmp_path, "L40"), "sex_conflict", last=dt.date(2025, 1, 31))
    new = load_codes(workspace, conflict(tmp_path, "L41"), "sex_conflict", first=dt.date(2025, 2, 1))
    audited = run_audit(workspace, ["diagnosis_for_other_sex"])
    assert [f["visit"] for f in audited["findings"]] == ["V1", "V2"]
    first, second = (json.dumps(f["evidence"]) for f in audited["findings"])
    assert "L40" in first and "L41" not in first and "L41" in second and "L40" not in second
    (standard,) = editions_in_use(workspace, ["coding_rule"])["coding_rule"]
    public = standard.edition
    assert audited["rules"][0]["judged"] == [
        {"from": None, "until": "2025-01-31", "codes": {"coding_rule": public, "sex_conflict": old.edition}},
        {"from": "2025-02-01", "until": None, "codes": {"coding_rule": public, "sex_conflict": new.edition}},
    ]


def test_an_audit_of_days_without_an_edition_says_so(workspace, tmp_path):
    run_load(workspace, [written(tmp_path / "source", diagnosis=diagnoses())])
    load_codes(workspace, SHIPPED_FILES["code_limit"], "code_limit", first=dt.date(2026, 1, 1))
    audited = run_audit(workspace, ["operation_without_diagnosis"], until=dt.date(2025, 12, 31))
    assert audited["findings"] == [] and audited["rules"] == []
    assert audited["unknown"][0]["missing"] == ["code_limit"]
    assert audited["unknown"][0]["to_do"] == "yiheng codes load FILE --list code_limit --from DAY --until DAY"


def test_gray_codes_are_judged_on_the_days_of_their_edition(workspace, tmp_path):
    pages = (
        "visit_id,admitted_at,discharged_at\nV1,2025-01-10 08:00:00,2025-01-15 10:00:00\n"
        "V2,2025-02-01 08:00:00,2025-02-03 10:00:00\n"
    )
    run_load(workspace, [written(tmp_path / "source", {**FILES, "front_page.csv": pages})])
    file = tmp_path / "gray.csv"
    # The main code of V2; V1 has another.
    file.write_text("code,name\nI10,灰码\nI10,灰码\n", "utf-8")
    # Days of the edition: lists that are judged, lists that passed.
    for (first, last), (judged, passed) in {
        (None, None): (2, 1),
        (dt.date(2025, 2, 3), None): (1, 0),
        (None, dt.date(2025, 1, 31)): (1, 1),
        (dt.date(2026, 1, 1), None): (0, 0),
    }.items():
        load_codes(workspace, file, "gray_code", first=first, last=last)
        rows = {row["check"]: row for row in run_measure(workspace, ["list_quality"], ["check"])["rows"]}
        gray = rows["main_diagnosis_is_gray"]
        assert (gray["bottom"], gray["top"]) == (judged, passed), (first, last)


def test_runs_pin_only_the_lists_they_read(workspace, tmp_path):
    run_load(workspace, [written(tmp_path / "source")])
    before = run_audit(workspace)["run"], run_measure(workspace, [], ["year"])["run"]
    file = tmp_path / "weights.csv"
    file.write_text("city,year,drg,name,weight,flags,first_pay_standard,low_limit,high_limit\n", "utf-8")
    load_codes(workspace, file, "city_weight")
    assert (run_audit(workspace)["run"], run_measure(workspace, [], ["year"])["run"]) == before
