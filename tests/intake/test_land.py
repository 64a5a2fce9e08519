"""Rows at scale keep their place; small data files are folded; files of an older contract take corrections."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.tiny import FILES, loaded, written
from yiheng.intake.land import MOST_SMALL_FILES
from yiheng.records import TABLES
from yiheng.runs import Workspace, run_load

# More than one buffer of the CSV reader and more than one row group of Parquet, so that all cores read.
LINES = 450_000
ORPHANS = {7: "NOBODY", 150_001: "NOBODY", 449_998: "NOBODY"}
UNREADABLE = {3, 299_999}


def fee_lines(form: str, folder) -> None:
    """Fee line ``i`` (from 1) of the tiny county; the visit of an orphan does not exist, one kind is in no list."""
    orphans, unreadable = ", ".join(map(str, ORPHANS)), ", ".join(map(str, UNREADABLE))
    rows = (
        f"select 'L' || i as line_id, case when i in ({orphans}) then 'NOBODY' else 'V3' end as visit_id,"
        f" 'S3' as settlement_id, 'YHX' || (i % 977) as item_code, repeat('某药', 12) as item_name,"
        f" case when i in ({unreadable}) then 'nothing' else 'drug' end as kind, '1' as quantity, '0.01' as unit_price,"
        f" 1 as amount_fen, 1 as scope_fen, '2025-03-01 09:00:00' as occurred_at from range(1, {LINES + 1}) r(i)"
    )
    duckdb.execute(f"copy ({rows}) to '{folder / ('fee_line.' + form)}' (format {form}, header)" if form == "csv" else
                   f"copy ({rows}) to '{folder / ('fee_line.' + form)}' (format {form})")  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_the_place_of_a_fault_is_right_in_a_large_file(tmp_path, form):
    source = written(tmp_path / "source", {n: t for n, t in FILES.items() if n != "fee_line.csv"})
    fee_lines(form, source)
    workspace = Workspace.new(tmp_path / "ws")
    result = run_load(workspace, [source])
    told = pq.read_table(workspace.run_folder(result.run) / "quarantine.parquet").to_pylist()
    want = {(row, "visit_not_known") for row in ORPHANS} | {(row, "kind_not_in_list") for row in UNREADABLE}
    assert {(one["row_number"], one["fault"]) for one in told} == want
    if form == "csv":
        assert all(one["line"] == one["row_number"] + 1 for one in told)
    counts = result.tables["fee_line"]
    assert (counts.read, counts.accepted, counts.quarantined) == (LINES, LINES - 5, 5)
    assert (counts.fen_read, counts.fen_accepted) == (LINES, LINES - 5)


def test_many_small_loads_leave_few_files_and_every_set_stays_readable(tmp_path):
    workspace, _ = loaded(tmp_path)
    head = FILES["person.csv"].splitlines()[0]
    for n in range(MOST_SMALL_FILES + 4):
        run_load(
            workspace, [written(tmp_path / f"s{n}", {"person.csv": f"{head}\nP{n},male,1960-01-01,resident,370299\n"})]
        )
    lake = workspace.lake
    # The tiny county's file and fifteen more make sixteen: the next load folds them with its own row into one.
    assert len(lake.files("person", lake.latest())) == 5
    for number in range(1, lake.latest().number + 1):
        files = lake.files("person", lake.at(number))
        assert len(files) <= MOST_SMALL_FILES
        assert duckdb.execute("select count(*), count(distinct person_id) from read_parquet(?)", [files]).fetchone() == (
            3 + number - 1, 3 + number - 1,
        )  # fmt: skip


def test_a_correction_takes_only_its_row_out_of_folded_files(tmp_path):
    workspace, _ = loaded(tmp_path)
    head = FILES["person.csv"].splitlines()[0]
    for n in range(MOST_SMALL_FILES):
        row = f"P{n},male,1960-01-01,resident,370299"
        run_load(workspace, [written(tmp_path / f"s{n}", {"person.csv": f"{head}\n{row}\n"})])
    before = workspace.lake.latest()
    corrected = f"{head}\nA,female,1950-01-31,resident,370299\n"
    counts = run_load(workspace, [written(tmp_path / "c", {"person.csv": corrected})]).tables["person"]
    assert (counts.accepted, counts.corrected) == (1, 1)
    query = "select count(*), count(distinct person_id), min(born_on)::text from read_parquet(?)"
    now, past = (workspace.lake.files("person", at) for at in (workspace.lake.latest(), before))
    assert duckdb.execute(query, [now]).fetchone() == (19, 19, "1950-01-31")
    assert duckdb.execute(query, [past]).fetchone() == (19, 19, "1950-01-01")


def test_a_check_that_lacks_a_value_is_counted_as_unknown(tmp_path):
    # The tiny county names neither the funds' parts nor account and cash: 4 settlements, two checks cannot be judged.
    _, result = loaded(tmp_path)
    assert result.tables["settlement"].unknown == {
        "fund_parts_differ_from_fund_total": 4,
        "payers_differ_from_total": 0,
        "person_parts_differ_from_person_total": 4,
        "reversal_of_the_same_sign": 0,
    }


def test_a_file_written_before_a_column_was_there_takes_repeats_and_corrections(tmp_path, monkeypatch):
    whole = TABLES["enrolment"]
    with monkeypatch.context() as older:
        kept = tuple(c for c in whole.columns if c.name != "family_doctor")
        older.setitem(TABLES, "enrolment", replace(whole, columns=kept, _by_name={}))
        workspace, _ = loaded(tmp_path)
    (file,) = workspace.lake.files("enrolment", workspace.lake.latest())
    assert "family_doctor" not in pq.read_schema(file).names
    head, first, *others = FILES["enrolment.csv"].splitlines()
    moved = "\n".join([head, first.replace(",T1,", ",H1,"), *others]) + "\n"
    counts = run_load(workspace, [written(tmp_path / "again", {"enrolment.csv": moved})]).tables["enrolment"]
    assert (counts.accepted, counts.corrected, counts.duplicates) == (1, 1, 2)
    files = workspace.lake.files("enrolment", workspace.lake.latest())
    read = "select person_id, institution_id, family_doctor from read_parquet(?, union_by_name=true) order by person_id"
    assert duckdb.execute(read, [files]).fetchall() == [("A", "H1", None), ("B", "T1", None), ("C", "T1", None)]
