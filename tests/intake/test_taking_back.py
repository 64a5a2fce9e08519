"""Point 10: what takes back is of the other sign, of the same visit, of something, once, at most all of it."""

from __future__ import annotations

import pytest

from tests.intake.test_load import quarantine, rows
from tests.tiny import FILES, loaded, written
from yiheng.runs import run_load

HEAD = "settlement_id,visit_id,settled_at,total_fen,fund_fen,person_fen,refund,reversal_of\n"
# S1 of V1: 100,000 in all, 60,000 of it by the fund.
ALL, PART = "-100000,-60000,-40000,1", "-40000,-24000,-16000,1"


@pytest.mark.parametrize(
    ("lines", "accepted", "faults"),
    [
        ([f"R1,V1,2025-01-16,{ALL},S1"], 1, []),
        ([f"R1,V1,2025-01-16,{ALL},"], 1, []),
        ([f"R1,V1,2025-01-16,{PART},S1", f"R2,V1,2025-01-17,{PART},S1"], 2, []),
        (["R1,V1,2025-01-16,100000,60000,40000,1,S1"], 0, ["reversal_of_the_same_sign"]),
        (["R1,V1,2025-01-16,100000,60000,40000,1,"], 0, ["sign_of_the_original"]),
        ([f"R1,V2,2025-02-16,{ALL},S1"], 0, ["original_of_another_parent"]),
        ([f"R1,V1,2025-01-16,{ALL},S9"], 0, ["original_not_loaded"]),
        ([f"R1,V1,2025-01-16,{ALL},S1", f"R2,V1,2025-01-17,{ALL},S1"], 1, ["taken_back_twice"]),
        (["R1,V1,2025-01-16,-120000,-60000,-60000,1,S1"], 0, ["more_than_the_original"]),
        # 40,000 + 40,000 of 100,000; the third 40,000 is 20,000 too much.
        ([f"R{n},V1,2025-01-1{n + 5},{PART},S1" for n in (1, 2, 3)], 2, ["more_than_the_original"]),
        ([f"R1,V1,2025-01-14,{ALL},S1"], 0, ["taken_back_before_the_original"]),
        # 100,000 - 100,000 - 40,000: the visit has nothing left to take back.
        ([f"R1,V1,2025-01-16,{ALL},", f"R2,V1,2025-01-17,{PART},"], 1, ["more_than_the_original"]),
        ([f"R1,V1,2025-01-16,{ALL},R1"], 0, ["original_not_loaded"]),
    ],
)
def test_point_10_each_reversal_has_its_verdict(tmp_path, lines, accepted, faults):
    workspace, _ = loaded(tmp_path)
    result = run_load(workspace, [written(tmp_path / "more", {"settlement.csv": HEAD + "\n".join(lines) + "\n"})])
    assert result.tables["settlement"].accepted == accepted
    assert [one["fault"] for one in quarantine(workspace, result.run)] == faults


def test_point_10_what_was_taken_back_in_an_earlier_load_is_not_taken_back_again(tmp_path):
    workspace, _ = loaded(tmp_path)
    one = written(tmp_path / "one", {"settlement.csv": HEAD + f"R1,V1,2025-01-16,{ALL},S1\n"})
    two = written(tmp_path / "two", {"settlement.csv": HEAD + f"R2,V1,2025-01-17,{ALL},S1\n"})
    assert run_load(workspace, [one]).clean
    assert run_load(workspace, [one]).tables["settlement"].duplicates == 1
    result = run_load(workspace, [two])
    assert [fault["fault"] for fault in quarantine(workspace, result.run)] == ["taken_back_twice"]


@pytest.mark.parametrize("named", ["S1", ""])
@pytest.mark.parametrize(
    ("corrected", "refused"),
    [
        # 40,000 of 100,000 were taken back, 24,000 of them by the fund.
        ("39999,24000,15999", True),
        ("40000,23999,16001", True),
        ("40000,24000,16000", False),
        ("120000,70000,50000", False),
    ],
)
def test_point_10_an_original_is_not_corrected_below_what_was_taken_back(tmp_path, named, corrected, refused):
    workspace, _ = loaded(tmp_path)
    part = HEAD + f"R1,V1,2025-01-16,{PART},{named}\n"
    assert run_load(workspace, [written(tmp_path / "one", {"settlement.csv": part})]).clean
    again = HEAD + f"S1,V1,2025-01-15,{corrected},0,\n"
    result = run_load(workspace, [written(tmp_path / "two", {"settlement.csv": again})])
    assert [one["fault"] for one in quarantine(workspace, result.run)] == ["below_what_was_taken_back"] * refused
    (kept,) = [one["total_fen"] for one in rows(workspace, "settlement") if one["settlement_id"] == "S1"]
    assert kept == (100000 if refused else int(corrected.partition(",")[0]))
    if refused:
        assert [one.first for one in result.faults] == ["settlement.csv:2"]
        # With its reversal corrected first, 10,000 of it, the original may be lowered.
        less = HEAD + f"R1,V1,2025-01-16,-10000,-6000,-4000,1,{named}\nS1,V1,2025-01-15,{corrected},0,\n"
        assert run_load(workspace, [written(tmp_path / "three", {"settlement.csv": less})]).clean


def test_point_10_relatives_accounts_are_a_part_of_what_the_person_paid(tmp_path):
    head = "settlement_id,visit_id,settled_at,fund_fen,person_fen,account_fen,relatives_account_fen,cash_fen\n"
    # 20,000 + 10,000 + 10,000 = 40,000; 20,000 + 10,000 + 5,000 = 35,000.
    text = head + "A1,V1,2025-01-16,1,40000,20000,10000,10000\nA2,V1,2025-01-16,1,40000,20000,10000,5000\n"
    workspace, _ = loaded(tmp_path)
    result = run_load(workspace, [written(tmp_path / "more", {"settlement.csv": text})])
    assert result.tables["settlement"].accepted == 1
    assert [one["fault"] for one in quarantine(workspace, result.run)] == ["person_parts_differ_from_person_total"]


def test_point_10_a_line_number_is_a_key_inside_its_visit(tmp_path):
    lines = FILES["fee_line.csv"].replace("F1,", "1,").replace("F3,", "1,").replace("F4,", "1,")
    workspace, result = loaded(tmp_path, fee_line=lines)
    assert result.clean
    assert sorted(one["visit_id"] for one in rows(workspace, "fee_line") if one["line_id"] == "1") == ["V1", "V2", "V3"]


def test_point_12_the_kind_of_an_item_follows_from_its_national_code(tmp_path):
    head = "bkkp_sn,mdtrt_id,med_list_codg,cnt,pric,det_item_fee_sumamt,fee_ocur_time\n"
    codes = ("XA01BBA326A001010102180", "T000700200", "001102000040000", "C0101010010100100001", "本院自制")
    text = head + "".join(f"L{n},V1,{code},1,1,1.00,2025-01-11\n" for n, code in enumerate(codes))
    workspace, _ = loaded(tmp_path)
    result = run_load(workspace, [written(tmp_path / "more", {"fee_list_d.csv": text})])
    kinds = {one["line_id"]: one["kind"] for one in rows(workspace, "fee_line") if one["line_id"].startswith("L")}
    assert kinds == {"L0": "drug", "L1": "herb", "L2": "service", "L3": "consumable"}
    assert [one["fault"] for one in quarantine(workspace, result.run)] == ["kind_missing"]
    assert result.derived == {"fee_list_d.csv": {"kind": 4}}


@pytest.mark.parametrize(
    ("table", "row", "fault"),
    [
        ("visit", "V9,A,H1,inpatient,2205-05-02,,0,0", "began_on_out_of_range"),
        ("visit", "V9,A,H1,inpatient,1949-05-02,1949-05-03,0,0", "began_on_before_born_on"),
        ("settlement", "S9,V1,2025-01-09,100,90,60,40", "settled_at_before_began_on"),
        ("enrolment", "A,xihai,T1,1920-01-01,1949-12-31", "enrolled_until_before_born_on"),
        ("person", "D,male,2060-01-01,resident,370299", "born_on_out_of_range"),
    ],
)
def test_point_10_days_have_an_end_and_are_compared_across_tables(tmp_path, table, row, fault):
    workspace, result = loaded(tmp_path, **{table: FILES[f"{table}.csv"] + row + "\n"})
    assert [one["fault"] for one in quarantine(workspace, result.run)] == [fault]


def test_point_10_a_far_day_is_an_open_end(tmp_path):
    enrolment = FILES["enrolment.csv"].replace("A,xihai,T1,2024-01-01,2025-12-31", "A,xihai,T1,2024-01-01,9999-12-31")
    visit = FILES["visit.csv"].replace(
        "V4,C,H1,inpatient,2025-03-05,2025-03-05", "V4,C,H1,inpatient,2025-03-05,9999-12-31"
    )
    workspace, result = loaded(tmp_path, enrolment=enrolment, visit=visit)
    assert result.clean
    (open_stay,) = [one for one in rows(workspace, "visit") if one["visit_id"] == "V4"]
    assert open_stay["ended_on"] is None
    assert max(one["enrolled_until"].year for one in rows(workspace, "enrolment")) == 9999


@pytest.mark.parametrize("zone", ["2025-01-15T03:00:00Z", "2025-01-15 11:00:00+08:00", "2025-01-14T22:00:00.000-0500"])
def test_point_10_an_instant_with_a_zone_is_the_time_of_china(tmp_path, zone):
    text = FILES["settlement.csv"].replace("2025-01-15 10:00:00", zone)
    workspace, result = loaded(tmp_path, settlement=text)
    assert result.clean
    (settled,) = [one["settled_at"] for one in rows(workspace, "settlement") if one["settlement_id"] == "S1"]
    # 03:00 UTC, 11:00 at +8 and 22:00 of the day before at -5 are one instant.
    assert settled.isoformat() == "2025-01-15T11:00:00"
