"""The same rows again, in another order, corrected, late, or as a whole year: what the lake holds then."""

from __future__ import annotations

import hashlib
from pathlib import Path

import duckdb
import pytest

from tests.intake import forms
from tests.tiny import FILES, loaded, written
from yiheng.lake import SnapshotSet
from yiheng.records import TABLES
from yiheng.runs import Workspace, run_load

HEAD, *SETTLED = FILES["settlement.csv"].splitlines()


def content(workspace: Workspace, at: SnapshotSet | None = None) -> dict[str, str]:
    """A hash over the sorted rows of every table, read from the files of a set."""
    found = {}
    for table in (name.removesuffix(".csv") for name in FILES):
        rows = sorted(repr(row) for row in kept(workspace, table, at))
        found[table] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found


def kept(workspace: Workspace, table: str, at: SnapshotSet | None = None) -> list[tuple]:
    names = ", ".join(c.name for c in TABLES[table])
    files = workspace.lake.files(table, at or workspace.lake.latest())
    return duckdb.execute(f"select {names} from read_parquet(?)", [files]).fetchall()


def paid(workspace: Workspace, at: SnapshotSet | None = None) -> dict[str, int]:
    """Settlement → fund_fen."""
    names = [c.name for c in TABLES["settlement"]]
    return {row[0]: row[names.index("fund_fen")] for row in kept(workspace, "settlement", at)}


def settlements(folder: Path, *lines: str, head: str = HEAD) -> Path:
    return written(folder, {"settlement.csv": "\n".join([head, *lines]) + "\n"})


def test_the_same_files_five_times_are_one_content(tmp_path):
    workspace, first = loaded(tmp_path)
    before = content(workspace)
    for _ in range(5):
        again = run_load(workspace, [tmp_path / "source"])
        assert again.snapshot == first.snapshot and workspace.lake.latest() == first.snapshot
        assert all(c.duplicates == c.read and not c.corrected for c in again.tables.values())
        assert content(workspace) == before


def in_another_order(folder: Path) -> Path:
    turned = {}
    for name, text in FILES.items():
        head, *lines = text.splitlines()
        turned[name] = "\n".join([head, *reversed(lines)]) + "\n"
    return written(folder, turned)


def in_other_files(folder: Path) -> Path:
    split = {}
    for name, text in FILES.items():
        head, *lines = text.splitlines()
        for i, line in enumerate(lines):
            split[f"{name.removesuffix('.csv')}_{i}.csv"] = f"{head}\n{line}\n"
    return written(folder, split)


def with_columns_turned(folder: Path) -> Path:
    turned = {
        name: "".join(",".join(reversed(line.split(","))) + "\n" for line in text.splitlines())
        for name, text in FILES.items()
    }
    return written(folder, turned)


@pytest.mark.parametrize("same", [in_another_order, in_other_files, with_columns_turned])
def test_the_same_rows_otherwise_delivered_change_nothing(same, tmp_path):
    workspace, first = loaded(tmp_path)
    before = content(workspace)
    again = run_load(workspace, [same(tmp_path / "again")])
    assert again.clean and again.snapshot == first.snapshot and content(workspace) == before
    # And into an empty lake they come to the same rows.
    fresh = Workspace.new(tmp_path / "fresh")
    run_load(fresh, [tmp_path / "again"])
    assert content(fresh) == before


def test_forms_that_follow_each_other_leave_the_rows_as_they_were(tmp_path):
    workspace = Workspace.new(tmp_path / "ws")
    run_load(workspace, [forms.as_csv(tmp_path / "csv")])
    before = content(workspace)
    others = (
        forms.as_csv(tmp_path / "gb", "gb18030"),
        forms.as_xlsx(tmp_path / "county.xlsx"),
        forms.as_messages(tmp_path / "messages"),
    )
    for other in others:
        again = run_load(workspace, [other])
        # Messages bring front pages, which no other form has.
        assert all(c.duplicates == c.read for name, c in again.tables.items() if name != "front_page")
        assert content(workspace) == before


def test_a_correction_of_a_correction_leaves_every_version_in_its_own_set(tmp_path):
    workspace, first = loaded(tmp_path)
    versions = {first.snapshot.number: 60000}
    for fund, person in ((70000, 30000), (80000, 20000), (60000, 40000)):
        line = f"S1,V1,2025-01-15 10:00:00,100000,90000,{fund},{person}"
        result = run_load(workspace, [settlements(tmp_path / str(fund), line)])
        assert (result.tables["settlement"].corrected, result.tables["settlement"].accepted) == (1, 1)
        versions[result.snapshot.number] = fund
    assert len(versions) == 4
    for number, fund in versions.items():
        now = paid(workspace, workspace.lake.at(number))
        assert now == {"S1": fund, "S2": 90000, "S3": 3000, "S4": 50000}
    # Back where it began: the same rows as at first.
    assert content(workspace) == content(workspace, first.snapshot)


def test_refunds_and_reversals_keep_their_sign(tmp_path):
    workspace, _ = loaded(tmp_path)
    head = HEAD + ",refund,reversal_of"
    result = run_load(
        workspace,
        [
            settlements(
                tmp_path / "back",
                # S2 is taken back whole, of S1 a part: 100 yuan of the fund, 50 of the person.
                "R2,V2,2025-02-04 10:00:00,-200000,-150000,-90000,-110000,1,S2",
                "R1,V1,2025-01-16 10:00:00,-15000,-15000,-10000,-5000,1,S1",
                head=head,
            )
        ],
    )
    assert result.clean
    counts = result.tables["settlement"]
    assert (counts.fen_read, counts.fen_accepted, counts.corrected) == (-100000, -100000, 0)
    now = paid(workspace)
    assert (now["R2"], now["R1"], now["S2"]) == (-90000, -10000, 90000)
    # 203,000 before, less 100,000.
    assert sum(now.values()) == 103000


def test_negative_lines_and_a_quarantined_refund_reconcile_with_their_sign(tmp_path):
    workspace, _ = loaded(tmp_path)
    # The second one's parts do not add up: -9,000 - 1,000 is not -11,000.
    lines = ("R1,V1,2025-01-16,-10000,-10000,-9000,-1000", "R3,V3,2025-03-02,-11000,-11000,-9000,-1000")
    counts = run_load(workspace, [settlements(tmp_path / "back", *lines)]).tables["settlement"]
    assert (counts.fen_read, counts.fen_accepted, counts.fen_quarantined) == (-18000, -9000, -9000)


def test_a_late_claim_lands_beside_the_others_and_finds_its_visit_in_the_lake(tmp_path):
    workspace, first = loaded(tmp_path)
    result = run_load(workspace, [settlements(tmp_path / "late", "S9,V3,2025-11-30 09:00:00,1000,1000,600,400")])
    assert result.clean and result.snapshot.number == first.snapshot.number + 1
    assert paid(workspace) == {"S1": 60000, "S2": 90000, "S3": 3000, "S4": 50000, "S9": 600}
    assert "S9" not in paid(workspace, first.snapshot)


def test_a_year_delivered_again_corrects_adds_and_deletes_nothing(tmp_path):
    """S1 comes as it was, S2 corrected, S3 and S4 are gone from the delivery, S5 is new."""
    workspace, first = loaded(tmp_path)
    year = settlements(
        tmp_path / "year", SETTLED[0], "S2,V2,2025-02-03 10:00:00,200000,150000,95000,105000", "S5,V4,2025-03-06,10,10,6,4"
    )  # fmt: skip
    counts = run_load(workspace, [year]).tables["settlement"]
    assert (counts.read, counts.accepted, counts.corrected, counts.duplicates) == (3, 2, 1, 1)
    assert (counts.fen_accepted, counts.fen_duplicates) == (95000 + 6, 60000)
    assert paid(workspace) == {"S1": 60000, "S2": 95000, "S3": 3000, "S4": 50000, "S5": 6}
    assert paid(workspace, first.snapshot) == {"S1": 60000, "S2": 90000, "S3": 3000, "S4": 50000}
