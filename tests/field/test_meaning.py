"""Field cases 05, 07-11, 13, 14 and the marked keys of 19: what a row means (point 10, contracts)."""

from __future__ import annotations

import shutil

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.intake.test_load import quarantine, rows
from yiheng.runs import Workspace, run_load

from .conftest import field, loaded, said, yiheng


def kept(folder, table, *columns):
    """The rows of a table that a case brought, by the columns named."""
    return sorted(tuple(row[c] for c in columns) for row in rows(Workspace.open(folder), table))


def findings(folder, *rules):
    asked = [word for rule in rules for word in ("--rule", rule)]
    return said(yiheng("audit", *asked, "-w", folder, "--format", "json"))["findings"]


def faults(result):
    return {(fault.table, fault.fault): fault.rows for fault in result.faults}


def test_05_a_whole_float_is_its_number_and_a_long_one_is_refused(county):
    result = loaded(county, field("05-float-ids"))
    assert faults(result) == {("fee_line", "department_unreadable"): 1}
    assert kept(county, "visit", "visit_id")[:2] == [("7001",), ("7002",)]
    # The settlements FQ1 and FQ2 of visits 7001 and 7002 meet them.
    assert {"FQ1", "FQ2"} <= {one for (one,) in kept(county, "settlement", "settlement_id")}


@pytest.mark.parametrize(
    "written",
    [
        "370282195001011232\t", "'370282195001011232", "370282-19500101-1232", "370282 1950 0101 1232",
        "３７０２８２１９５００１０１１２３２", "370282500101123", "ID370282195001011232", "身份证370282195001011232",
        "3702\u200b82195001011232", '"=""370282195001011232"""', "\ufeff370282195001011232", "37028219500101123x",
    ],
)  # fmt: skip
def test_07_a_certificate_number_never_lands_however_it_is_written(county, tmp_path, written):
    text = field("07-certificate-with-mark/person.csv").read_text("utf-8")
    assert "370282195001011232\t" in text
    (tmp_path / "person.csv").write_text(text.replace("370282195001011232\t", written), "utf-8")
    result = loaded(county, tmp_path / "person.csv")
    assert faults(result) == {("person", "person_id_is_a_certificate_number"): 1}
    (told,) = quarantine(Workspace.open(county), result.run)
    assert "1950" not in told["found"] and "500101" not in told["found"]
    assert len(kept(county, "person", "person_id")) == 4


def test_07_the_spellings_of_one_number_are_one_person(tmp_path):
    workspace = Workspace.new(tmp_path / "ws", hash_person_id=True)
    # The old form lacks the century and the check sign.
    full = "37028219500101123" + check_sign("37028219500101123")
    for n, written in enumerate((full, f"'{full}", f"{full[:6]} {full[6:14]} {full[14:]}", "370282500101123")):
        (tmp_path / f"person_{n}.csv").write_text(
            f"person_id,sex,born_on,division\n{written},male,1950-01-01,379901\n", "utf-8"
        )
    result = run_load(workspace, sorted(tmp_path.glob("person_*.csv")))
    counts = result.tables["person"]
    assert (counts.read, counts.accepted, counts.duplicates) == (4, 1, 3)


def check_sign(seventeen: str) -> str:
    """GB 11643-1999: the weights are the powers of two, 17 places on, modulo 11."""
    total = sum(int(digit) * (2 ** (17 - n) % 11) for n, digit in enumerate(seventeen))
    return "10X98765432"[total % 11]


def test_07_numbers_of_things_may_hold_a_day_and_no_certificate(county, tmp_path):
    certificate = "37028219500101123" + check_sign("37028219500101123")
    head = "settlement_id,visit_id,settled_at,fund_fen\n"
    (tmp_path / "settlement.csv").write_text(
        f"{head}{certificate},K1,2025-03-09,1\n379901202503090001,K1,2025-03-09,1\n", "utf-8"
    )
    result = loaded(county, tmp_path / "settlement.csv")
    assert faults(result) == {("settlement", "settlement_id_is_a_certificate_number"): 1}
    (told,) = quarantine(Workspace.open(county), result.run)
    assert certificate not in str(told)
    assert ("379901202503090001",) in kept(county, "settlement", "settlement_id")


def test_08_a_number_that_lost_its_digits_is_refused_and_nobody_is_accused(county):
    result = loaded(county, field("08-scientific-ids"))
    assert faults(result) == {("stock_move", "trace_code_unreadable"): 2}
    assert findings(county, "trace_code_twice") == []


def test_09_a_placeholder_is_nothing(county):
    result = loaded(county, field("09-placeholders"))
    assert result.clean
    assert {doctor for _, doctor in kept(county, "visit", "visit_id", "doctor")} == {None}
    assert findings(county, "trace_code_twice", "doctor_at_two_places") == []


@pytest.mark.parametrize("nothing", ["NULL", "null", r"\N", "无", "-", "N/A", "000000000", "nan", "None", "——"])
def test_09_each_placeholder_is_empty_where_it_may_be_and_questioned_where_not(county, tmp_path, nothing):
    (tmp_path / "visit.csv").write_text(
        "visit_id,person_id,institution_id,kind,began_on,doctor\n"
        f"X1,N001,H37001,outpatient,2025-05-03,{nothing}\n{'NULL'},N001,H37001,outpatient,2025-05-03,D1\n",
        "utf-8",
    )
    result = loaded(county, tmp_path / "visit.csv")
    assert faults(result) == {("visit", "visit_id_missing"): 1}
    assert ("X1", None) in kept(county, "visit", "visit_id", "doctor")


def test_10_halves_of_a_pack_are_one_pack(county, tmp_path):
    assert loaded(county, field("10-split-pack")).clean
    assert [move[1] for move in kept(county, "stock_move", "kind", "split")] == [None, True, True]
    # 0.5 + 0.5 = 1 pack.
    assert findings(county, "trace_code_twice") == []
    text = (field("10-split-pack") / "m3505.json").read_text("utf-8")
    third = text.replace("2025-05-02", "2025-05-03").replace("2025-05-01", "2025-05-04")
    (tmp_path / "more.json").write_text(third, "utf-8")
    loaded(county, tmp_path / "more.json")
    # 0.5 + 0.5 + 0.5 + 0.5 = 2 packs of one code: the third and the fourth half are too much.
    assert len(findings(county, "trace_code_twice")) == 2


def test_10_a_movement_sent_again_under_another_message_id_is_one(county, tmp_path):
    loaded(county, field("10-split-pack"))
    text = (field("10-split-pack") / "m3505.json").read_text("utf-8")
    (tmp_path / "again.json").write_text(text.replace("P37003202505", "P37003202506"), "utf-8")
    counts = loaded(county, tmp_path / "again.json").tables["stock_move"]
    assert (counts.read, counts.accepted, counts.duplicates) == (2, 0, 2)


ORDERS = [
    ("day.jsonl",), ("one1.json", "one2.json", "one3.json"), ("one2.json", "one1.json", "one3.json"),
    ("one3.json", "one2.json", "one1.json"),
]  # fmt: skip


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_11_a_reversal_takes_back_its_settlement_in_every_order(county, order):
    for name in order:
        loaded(county, field(f"11-reversal-message/{name}"))
    mine = [one for one in kept(county, "settlement", "settlement_id", "fund_fen", "reversal_of") if one[0][0] == "R"]
    # 50.00 - 50.00 + 40.00 = 40.00, on top of 3,060.00: beishan has spent 3,100.00.
    assert mine == [("R1", 5000, None), ("R1X", -5000, "R1"), ("R2", 4000, None)]
    paid = rows(Workspace.open(county), "settlement")
    of_beishan = sum(one["fund_fen"] for one in paid if one["visit_id"] in ("K1", "K2"))
    assert of_beishan == 306_000 + 4_000


def test_11_a_waiting_reversal_is_named_and_waits_once(county):
    first = loaded(county, field("11-reversal-message/one2.json"))
    again = loaded(county, field("11-reversal-message/one2.json"))
    assert faults(first) == faults(again) == {("settlement", "original_not_loaded"): 1}
    result = loaded(county, field("11-reversal-message/one1.json"))
    assert result.clean and result.tables["settlement"].accepted == 2


@pytest.mark.parametrize(
    ("name", "amounts"),
    [("same-rx-id-in-two-visits", [200, 700]), ("two-items-one-rx", [200, 300])],
)
def test_13_a_number_is_the_key_inside_its_visit_only(county, name, amounts):
    result = loaded(county, field(f"13-json-shapes/{name}.json"))
    assert result.clean
    assert sorted(amount for (amount,) in kept(county, "fee_line", "amount_fen")) == amounts


@pytest.mark.parametrize("name", ["tcm-4101", "tcm-4101-unnumbered"])
def test_13_each_list_of_diagnoses_has_its_own_numbers(county, name):
    result = loaded(county, field(f"13-json-shapes/{name}.json"))
    assert result.clean and result.tables["diagnosis"].accepted == 4
    mains = kept(county, "diagnosis", "kind", "code", "is_main")
    assert [one[:2] for one in mains if one[2]] == [
        ("tcm_disease", "A04.01"), ("tcm_syndrome", "B02.03"), ("western", "J18.900"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["empty-string-list", "string-in-list", "in-and-out-diagnoses"])
def test_13_an_empty_list_is_empty_however_it_is_written(county, name):
    result = loaded(county, field(f"13-json-shapes/{name}.json"))
    assert result.clean
    # Three diagnoses, one of admission and discharge alike.
    assert (result.tables["diagnosis"].accepted, result.tables["diagnosis"].duplicates) == (2, 1)


def test_13_odd_numbers_are_read_or_named(county):
    result = loaded(county, field("13-json-shapes/odd-numbers.jsonl"))
    settled = {one for (one,) in kept(county, "settlement", "settlement_id")}
    # O9 carries +0800: 11:00 in China.
    assert {"O7", "O9", "O10", "O11"} <= settled and not {"O1", "O4", "O6", "O8", "O12"} & settled
    counts = result.tables["settlement"]
    assert counts.read == 13 == counts.accepted + counts.quarantined


def test_14_the_main_diagnosis_is_the_western_one(county):
    assert loaded(county, field("14-tcm-diagnoses")).clean
    judged = said(yiheng("quality", "-w", county, "--format", "json"))
    (mains,) = [one for one in judged["rows"] if one["check"] == "several_main_diagnoses"]
    assert (mains["valid"], mains["invalid"], mains["unknown"]) == (2, 0, 0)
    (found,) = findings(county, "split_stay")
    assert "J18" in found["says"] and "A04" not in found["says"]


@pytest.mark.parametrize("name", ["equals-quote", "equals-quote2"])
def test_19_the_mark_of_a_spreadsheet_is_no_part_of_a_key(county, name):
    assert loaded(county, field(f"19-text-layout/{name}/settlement.csv")).clean
    assert ("3701202503090001234",) in kept(county, "settlement", "settlement_id")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Ｘ１", "X1"), ("X\u200b1", "X1"), ("\ufeffX1", "X1"), ("X1\u00a0", "X1"), ("X\u00ad1", "X1"), ("'X1", "X1"),
        ("\u0425\u0031", None), ("X\u00b9", None), ("1.5E+18", None), ("1.0", "1"), ("\U0001d4e71", None),
    ],
)  # fmt: skip
def test_19_a_key_is_what_it_means_or_is_refused(county, tmp_path, written, read):
    row = {"settlement_id": written, "visit_id": "K1", "settled_at": "2025-03-09 11:00:00", "fund_fen": 100}
    pq.write_table(pa.Table.from_pylist([row]), tmp_path / "settlement.parquet")
    result = loaded(county, tmp_path / "settlement.parquet")
    if read is None:
        assert faults(result) == {("settlement", "settlement_id_unreadable"): 1}
    else:
        assert result.clean and (read,) in kept(county, "settlement", "settlement_id")


def test_a_copy_of_a_workspace_keeps_what_waits(county, tmp_path):
    loaded(county, field("11-reversal-message/one2.json"))
    elsewhere = shutil.copytree(county, tmp_path / "elsewhere")
    assert loaded(elsewhere, field("11-reversal-message/one1.json")).tables["settlement"].accepted == 2


@pytest.mark.parametrize(
    ("last", "accepted"),
    [("2099-12-31", 1), ("2199-01-01", 1), ("9999-01-02", 1), ("2125-07-30", 0), ("2050-12-31", 0)],
)
def test_point_10_a_mistyped_day_of_this_century_is_no_open_end(county, tmp_path, last, accepted):
    head = field("base/enrolment.csv").read_text("utf-8").splitlines()[0]
    (tmp_path / "enrolment.csv").write_text(f"{head}\nN001,beishan,T37002,2026-01-01,{last}\n", "utf-8")
    counts = loaded(county, tmp_path / "enrolment.csv").tables["enrolment"]
    assert (counts.accepted, counts.quarantined) == (accepted, 1 - accepted)


def test_point_10_an_open_end_is_not_unrolled_beyond_the_data(county, tmp_path):
    text = field("base/enrolment.csv").read_text("utf-8").replace("N001,beishan,T37002,2024-01-01,2025-12-31", "")
    text = "\n".join(line for line in text.splitlines() if line) + "\nN001,beishan,T37002,2024-01-01,9999-12-31\n"
    (tmp_path / "enrolment.csv").write_text(text, "utf-8")
    assert loaded(county, tmp_path / "enrolment.csv").tables["enrolment"].corrected == 1
    measured = said(yiheng("measure", "admission_rate", "--by", "year", "-w", county, "--format", "json"))
    # Two years of visits, and not one of the next eight thousand.
    assert {row["year"] for row in measured["rows"]} == {2024, 2025}
