"""What the lake keeps with a settlement of its visit is what the visit says, whatever is loaded, in whatever order."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pyarrow.parquet as pq
import pytest

from tests.tiny import FILES, loaded, written
from yiheng.measures import TOTALS
from yiheng.records import TABLES
from yiheng.runs import Workspace, run_load
from yiheng.runs.engine import Engine

VISITS, *_ = FILES["visit.csv"].splitlines()
SETTLED, *_ = FILES["settlement.csv"].splitlines()
WRONG = """
select count(*) from read_parquet(?, union_by_name=true) s left join read_parquet(?) v using (visit_id)
where visit_person is distinct from person_id or visit_on is distinct from coalesce(ended_on, began_on)"""


def files(workspace: Workspace, table: str) -> list[str]:
    return workspace.lake.files(table, workspace.lake.latest())


def copies(workspace: Workspace) -> dict[str, tuple[str, str]]:
    """Settlement → person and day that are kept with it; all of them must be what the visits say."""
    assert duckdb.execute(WRONG, [files(workspace, "settlement"), files(workspace, "visit")]).fetchone() == (0,)
    rows = "select settlement_id, visit_person, visit_on::text from read_parquet(?)"
    return {one: (who, day) for one, who, day in duckdb.execute(rows, [files(workspace, "settlement")]).fetchall()}


def spend(workspace: Workspace) -> dict[tuple[str | None, int], int]:
    """Fen by consortium and year, as a settlement asks them."""
    engine = Engine(workspace, workspace.lake.latest())
    asked = TOTALS["fund_spend"].by(engine.as_defined(), ("consortium", "year"))
    return {(row["consortium"], row["year"]): row["fen"] for row in engine.rows(asked)}


# Of xihai: 600 + 900 + 30 yuan; of donghe: 500.
AT_FIRST = {("xihai", 2025): 153000, ("donghe", 2025): 50000}
# The 600 of V1 are C's, whom donghe answers for.
MOVED = {("xihai", 2025): 93000, ("donghe", 2025): 110000}


def correct(workspace: Workspace, folder, row: str) -> None:
    counts = run_load(workspace, [written(folder, {"visit.csv": f"{VISITS}\n{row}\n"})]).tables
    assert (counts["visit"].corrected, list(counts)) == (1, ["visit"])


def test_a_visit_that_is_corrected_later_takes_its_payment_along(tmp_path):
    workspace, first = loaded(tmp_path)
    assert copies(workspace)["S1"] == ("A", "2025-01-15")
    assert spend(workspace) == AT_FIRST
    correct(workspace, tmp_path / "person", "V1,C,H1,inpatient,2025-01-10,2025-01-15,0,0")
    assert copies(workspace)["S1"] == ("C", "2025-01-15")
    assert spend(workspace) == MOVED
    correct(workspace, tmp_path / "day", "V1,C,H1,inpatient,2024-12-10,2024-12-15,0,0")
    assert copies(workspace)["S1"] == ("C", "2024-12-15")
    # Nobody answered for C in 2024.
    assert spend(workspace) == {("xihai", 2025): 93000, ("donghe", 2025): 50000, (None, 2024): 60000}
    correct(workspace, tmp_path / "back", "V1,A,H1,inpatient,2025-01-10,2025-01-15,0,0")
    assert spend(workspace) == AT_FIRST
    # The older set still tells what it told.
    old = workspace.lake.files("settlement", workspace.lake.at(first.snapshot.number))
    assert duckdb.execute("select count(distinct visit_person) from read_parquet(?)", [old]).fetchone() == (3,)


def test_a_visit_that_ends_later_dates_its_payment_anew(tmp_path):
    open_visit = FILES["visit.csv"].replace("2025-01-10,2025-01-15", "2025-01-10,")
    workspace, _ = loaded(tmp_path, visit=open_visit)
    assert copies(workspace)["S1"] == ("A", "2025-01-10")
    correct(workspace, tmp_path / "ended", "V1,A,H1,inpatient,2025-01-10,2025-01-20,0,0")
    assert copies(workspace)["S1"] == ("A", "2025-01-20")


def test_a_visit_and_its_payment_corrected_in_one_load_agree(tmp_path):
    workspace, _ = loaded(tmp_path)
    both = {
        "visit.csv": f"{VISITS}\nV1,C,H1,inpatient,2025-01-10,2025-01-16,0,0\n",
        "settlement.csv": f"{SETTLED}\nS1,V1,2025-01-15 10:00:00,100000,90000,70000,30000\n"
        "S5,V1,2025-01-17 10:00:00,1000,1000,1000,0\n",
    }
    counts = run_load(workspace, [written(tmp_path / "both", both)]).tables
    assert (counts["settlement"].accepted, counts["settlement"].corrected) == (2, 1)
    now = copies(workspace)
    assert now["S1"] == now["S5"] == ("C", "2025-01-16") and len(now) == 5
    # 700 and 10 yuan of V1, with the 500 of V4.
    assert spend(workspace) == {("xihai", 2025): 93000, ("donghe", 2025): 121000}


def test_a_refused_correction_of_a_visit_changes_no_copy(tmp_path):
    workspace, _ = loaded(tmp_path)
    before = copies(workspace)
    wrong = written(tmp_path / "wrong", {"visit.csv": f"{VISITS}\nV1,NOBODY,H1,inpatient,2025-01-10,2025-01-15,0,0\n"})
    assert run_load(workspace, [wrong]).tables["visit"].quarantined == 1
    assert copies(workspace) == before


def test_payments_that_come_again_are_repeats_after_their_visit_was_corrected(tmp_path):
    workspace, _ = loaded(tmp_path)
    correct(workspace, tmp_path / "person", "V1,C,H1,inpatient,2025-01-10,2025-01-15,0,0")
    again = written(tmp_path / "again", {"settlement.csv": FILES["settlement.csv"]})
    counts = run_load(workspace, [again]).tables["settlement"]
    assert (counts.duplicates, counts.accepted, counts.corrected) == (4, 0, 0)
    assert copies(workspace)["S1"] == ("C", "2025-01-15")


@pytest.mark.parametrize("brought", ["visit.csv", "settlement.csv"])
def test_files_of_an_older_lake_are_read_by_their_visits_and_mended_by_the_next_load(tmp_path, monkeypatch, brought):
    with monkeypatch.context() as older:
        older.setitem(TABLES, "settlement", replace(TABLES["settlement"], copies=(), _by_name={}))
        workspace, _ = loaded(tmp_path)
    assert "visit_person" not in pq.read_schema(files(workspace, "settlement")[0]).names
    assert spend(workspace) == AT_FIRST
    row = {
        "visit.csv": f"{VISITS}\nV1,C,H1,inpatient,2025-01-10,2025-01-15,0,0\n",
        "settlement.csv": f"{SETTLED}\nS5,V4,2025-03-06 10:00:00,1000,1000,1000,0\n",
    }
    assert run_load(workspace, [written(tmp_path / "more", {brought: row[brought]})]).clean
    assert copies(workspace)["S2"] == ("A", "2025-02-03")
    assert spend(workspace) == {"visit.csv": MOVED, "settlement.csv": {**AT_FIRST, ("donghe", 2025): 51000}}[brought]


def test_payments_come_to_the_same_by_their_copies_as_by_their_visits(county):
    engine = Engine(county, county.lake.latest())
    tables = engine.as_defined()
    keys = ("consortium", "year")
    by_visit = (
        tables["settled"]
        .group_by(*keys)
        .agg(
            fen=tables["settled"].fund_fen.sum().cast("int64"),
            rows=tables["settled"].count(),
            unknown=tables["settled"].fund_fen.isnull().sum(),
        )
    )
    assert engine.rows(TOTALS["fund_spend"].by(tables, keys), keys) == engine.rows(by_visit, keys)
    assert duckdb.execute(WRONG, [files(county, "settlement"), files(county, "visit")]).fetchone() == (0,)
