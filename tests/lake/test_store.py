"""A load is visible whole or not at all; the past stays reachable; two writers wait for each other."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import textwrap
import time

import duckdb
import pytest

from tests.tiny import loaded, with_row, written
from yiheng.basis.refusals import Refusal
from yiheng.lake import Lake, store
from yiheng.runs import Workspace, run_load

# How often a load is killed here; `make torture` does it more often.
KILLS = 8


def write(lake: Lake, run: str, visit: str) -> None:
    with lake.writing(run) as writing:
        file = str(writing.new_file("diagnosis")).replace("'", "''")
        duckdb.execute(
            f"copy (select '{visit}' visit_id, 1::bigint as ordinal, 'I10' code, null::varchar as name, true is_main)"
            f" to '{file}' (format parquet)"
        )
        writing.commit()


def visits(lake: Lake, at=None) -> list[str]:
    files = lake.files("diagnosis", at or lake.latest())
    return (
        sorted(row[0] for row in duckdb.execute("select visit_id from read_parquet(?)", [files]).fetchall())
        if files
        else []
    )


def test_a_set_is_seen_after_its_commit_and_the_past_stays(tmp_path):
    lake = Lake.make(tmp_path / "lake")
    assert lake.latest().number == 0 and visits(lake) == []
    write(lake, "load-1", "V1")
    write(lake, "load-2", "V2")
    assert visits(lake) == ["V1", "V2"]
    assert visits(lake, lake.at(1)) == ["V1"]
    with pytest.raises(Refusal, match="no snapshot set 9"):
        lake.at(9)


def test_tables_committed_by_a_load_that_died_are_rolled_back_by_the_next(tmp_path):
    lake = Lake.make(tmp_path / "lake")
    write(lake, "load-1", "V1")
    with pytest.raises(KeyboardInterrupt), lake.writing("load-2") as writing:
        file = writing.new_file("diagnosis")
        duckdb.execute(
            f"copy (select 'V2' visit_id, 1::bigint as ordinal, 'I10' code, null::varchar as name, true is_main) to '{file}'"
        )
        writing._commit_table("diagnosis")
        raise KeyboardInterrupt
    assert visits(lake) == ["V1"]
    write(lake, "load-3", "V3")
    assert visits(lake) == ["V1", "V3"]
    assert sorted(p.name for p in (lake.folder / "data").iterdir()) == ["load-1", "load-3"]


def test_a_second_writer_waits_and_is_told_when_it_takes_too_long(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "SECONDS_TO_WAIT", 0.1)
    lake = Lake.make(tmp_path / "lake")
    with lake.writing("load-1"), pytest.raises(Refusal, match="another load is writing"), lake.writing("load-2"):
        pass


def test_two_loads_at_once_lose_nothing(tmp_path):
    workspace, _ = loaded(tmp_path)
    commands = []
    for i in range(2):
        source = written(
            tmp_path / f"more{i}", {"person.csv": with_row("person", f"P{i},male,1980-01-01,resident,370299")}
        )
        commands.append([sys.executable, "-m", "yiheng.cli", "load", str(source), "-w", str(workspace.folder)])
    running = [subprocess.Popen(c, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) for c in commands]
    for process in running:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, out.decode()
    files = workspace.lake.files("person", workspace.lake.latest())
    people = duckdb.execute("select person_id from read_parquet(?) order by 1", [files]).fetchall()
    assert [p[0] for p in people] == ["A", "B", "C", "P0", "P1"]


def test_a_load_killed_at_any_instant_leaves_the_state_before_or_after(tmp_path):
    workspace, first = loaded(tmp_path)
    random.seed(7)
    script = textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from yiheng.runs import Workspace, run_load
        print("ready", flush=True)
        run_load(Workspace.open(Path(sys.argv[1])), [Path(sys.argv[2])])
        """
    )
    people = {"A", "B", "C"}
    for i in range(KILLS):
        row = f"K{i},male,1980-01-01,resident,370299"
        source = written(tmp_path / f"kill{i}", {"person.csv": with_row("person", row)})
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(workspace.folder), str(source)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0, 0.6))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        lake = Workspace.open(workspace.folder).lake
        files = lake.files("person", lake.latest())
        now = {r[0] for r in duckdb.execute("select person_id from read_parquet(?)", [files]).fetchall()}
        assert now in (people, people | {f"K{i}"})
        people = now
    again = run_load(Workspace.open(workspace.folder), [tmp_path / "source"])
    assert all(c.duplicates == c.read for c in again.tables.values())
    assert again.snapshot.number >= first.snapshot.number


def test_a_contract_that_gained_a_column_reads_older_rows_as_unknown(tmp_path, monkeypatch):
    from dataclasses import replace

    from yiheng.lake import store as lake_store
    from yiheng.records import TABLES
    from yiheng.runs.engine import Engine

    whole = TABLES["diagnosis"]
    older = replace(whole, columns=tuple(c for c in whole.columns if c.name != "admission_condition"), _by_name={})
    workspace = Workspace.new(tmp_path / "ws")
    monkeypatch.setitem(lake_store.TABLES, "diagnosis", older)
    write(workspace.lake, "load-1", "V1")
    monkeypatch.setitem(lake_store.TABLES, "diagnosis", whole)
    with workspace.lake.writing("load-2") as writing:
        file = writing.new_file("diagnosis")
        duckdb.execute(
            "copy (select 'V2' visit_id, 1::bigint as ordinal, 'I10' code, null::varchar as name, true is_main,"
            f" 'present' as admission_condition) to '{file}' (format parquet)"
        )
        writing.commit()
    engine = Engine(workspace, workspace.lake.latest())
    rows = engine.rows(engine.tables["diagnosis"], ("visit_id",))
    assert [(r["visit_id"], r["admission_condition"]) for r in rows] == [("V1", None), ("V2", "present")]


def test_a_folder_may_have_a_chinese_name_and_blanks(tmp_path):
    folder = tmp_path / "西海县 医共体 (2025)"
    write(Lake.make(folder), "first", "V1")
    assert visits(Lake(folder)) == ["V1"]
