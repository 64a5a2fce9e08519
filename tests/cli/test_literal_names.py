"""Point 3 of issue 13: a path is the name of one file, whatever signs it holds; nothing else is read in its place."""

from __future__ import annotations

import csv
import io
import os
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from tests.tiny import FILES, written
from yiheng.basis.engine_paths import duckdb_pattern
from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main

HOSTILE = "西海[1] 'a\"*?#%41{b}&k=v"
# What the name means to one who takes its signs for a pattern, or the percent for a letter.
LIKE_IT = "西海1 'a\"bc#A{b}&k=v"
POLICY = ROOT / "policies" / "qingdao"
WRONG_USE = 2


def yiheng(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


def asked(space: Path, text: str) -> list[list[str]]:
    shown = yiheng("sql", text, "-w", space, "--format", "csv")
    assert shown.exit_code == 0, shown.output
    return list(csv.reader(io.StringIO(shown.stdout)))[1:]


def run_of(space: Path, verb: str, *words: object) -> str:
    shown = yiheng(verb, *words, "-w", space, "--format", "json")
    # One of the two parties lacks a year: it is refused, the other settled.
    assert shown.exit_code in (0, 1), shown.output
    (made,) = {one.name for one in (space / "runs").iterdir() if one.name.startswith(f"{verb}-")}
    return made


def test_point_3_the_whole_flow_in_a_workspace_whose_name_holds_every_sign(tmp_path):
    folder = tmp_path / "k=v [x] %20" / HOSTILE
    # The neighbour has another person; were it read, the count would be 4.
    neighbour = tmp_path / "k=v x %20" / LIKE_IT
    more = FILES["person.csv"] + "D,male,1980-01-01,resident,370299\n"
    for space, changed in ((folder, {}), (neighbour, {"person": more})):
        source = written(space.parent / "source", **changed)
        for name in FILES:
            # person[1].csv beside person1.csv, which is not loaded.
            table = name.removesuffix(".csv")
            (source / f"{table}1.csv").write_text("nothing,of,use\n", "utf-8")
            (source / name).rename(source / f"{table}[1].csv")
        assert yiheng("new", space).exit_code == 0
        loaded = yiheng("load", *(source / f"{name.removesuffix('.csv')}[1].csv" for name in FILES), "-w", space)
        assert loaded.exit_code == 0, loaded.output
    assert asked(folder, "select count(*) from person") == [["3"]]
    # S1 + S2 + S3 + S4 = 100000 + 200000 + 5000 + 80000 fen
    assert asked(folder, "select sum(total_fen) from settlement") == [["385000"]]
    # No column comes of a folder called k=v.
    assert asked(folder, "select count(*) from information_schema.columns where column_name = 'k'") == [["0"]]
    measured = yiheng("measure", "cost_per_stay", "--by", "institution", "-w", folder)
    assert measured.exit_code == 0, measured.output
    audit = run_of(folder, "audit")
    settled = run_of(folder, "settle", POLICY, "--year", "2025", "--although", "a test of few rows")
    assert yiheng("explain", settled, "xihai", "-w", folder).exit_code == 0
    for run in (audit, settled):
        again = yiheng("replay", run, "-w", folder)
        assert again.exit_code == 0 and "same" in again.output, again.output
    # A second load supersedes a row of the first: its data file is found by its name.
    corrected = tmp_path / "person.csv"
    corrected.write_text(FILES["person.csv"].replace("1950-01-01", "1950-01-02"), "utf-8")
    assert yiheng("load", corrected, "-w", folder).exit_code == 0
    assert asked(folder, "select count(*), min(born_on) from person") == [["3", "1950-01-02"]]
    packed = tmp_path / f"{HOSTILE}.zip"
    assert yiheng("pack", folder, "-o", packed).exit_code == 0
    moved = tmp_path / "elsewhere" / HOSTILE
    assert yiheng("unpack", packed, moved).exit_code == 0
    assert asked(moved, "select count(*) from person") == [["3"]]
    exported = tmp_path / f"out{HOSTILE}"
    assert yiheng("tables", "export", exported, "-w", moved).exit_code == 0
    assert yiheng("load", exported, "-w", moved).exit_code == 0


@pytest.mark.parametrize("name", ["person\n1", "person\t1", "-person", "person'1", 'person"1', "person%41", "~person",
                                  "person\\1", "s3:person", "person;drop", "person, person"])  # fmt: skip
@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx"])
def test_point_3_a_file_of_any_name_loads(tmp_path, name, ending):
    made = tmp_path / "made"
    space = tmp_path / "ws"
    yiheng("new", space)
    file = _person(made, ending).rename(tmp_path / f"{name}{ending}")
    assert yiheng("load", "-w", space, "--", file).exit_code == 0
    assert asked(space, "select count(*) from person") == [["3"]]


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".xlsx"])
def test_point_3_a_name_that_is_no_text_is_refused_in_a_sentence(tmp_path, ending):
    space = tmp_path / "ws"
    yiheng("new", space)
    file = _person(tmp_path / "made", ending).rename(tmp_path / os.fsdecode(b"person\xff" + ending.encode()))
    shown = yiheng("load", file, "-w", space)
    assert shown.exit_code == WRONG_USE and "the path holds bytes that are no UTF-8" in shown.output
    refused = yiheng("new", tmp_path / os.fsdecode(b"ws\xff"))
    assert refused.exit_code == WRONG_USE and "no UTF-8" in refused.output


def test_point_3_a_database_is_named_by_its_path_as_it_is(tmp_path):
    space = tmp_path / "ws"
    yiheng("new", space)
    for name, sex in (("claims%41#[1]?x.db", "male"), ("claimsA#[1]?x.db", "female"), ("claimsA", "female")):
        db = sqlite3.connect(tmp_path / name)
        db.execute("create table person (person_id text, sex text, born_on text, insurance text, division text)")
        db.execute("insert into person values ('A', ?, '1950-01-01', 'resident', '370299')", [sex])
        db.commit()
        db.close()
    shown = yiheng("load", "--database", f"sqlite:///{tmp_path}/claims%41#[1]?x.db", "-w", space)
    assert shown.exit_code == 0, shown.output
    assert asked(space, "select sex from person") == [["male"]]


def test_point_3_a_backslash_beside_a_sign_of_patterns_has_no_pattern_and_is_refused():
    assert duckdb_pattern("/a[1]*?]{x}") == "/a[[]1][*][?]]{x}"
    assert duckdb_pattern("/a\\b") == "/a\\b"
    with pytest.raises(Refusal, match="backslash"):
        duckdb_pattern("/a\\b[1]")


def _person(folder: Path, ending: str) -> Path:
    import openpyxl
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder.mkdir()
    rows = list(csv.reader(io.StringIO(FILES["person.csv"])))
    file = folder / f"person{ending}"
    if ending == ".csv":
        file.write_text(FILES["person.csv"], "utf-8")
    elif ending == ".parquet":
        pq.write_table(pa.table(dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))), file)
    else:
        book = openpyxl.Workbook()
        book.active.title = "person"
        for row in rows:
            book.active.append(row)
        book.save(file)
    return file
