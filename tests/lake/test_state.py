"""Point 2: a lake whose state is not whole is refused; reading makes nothing; what a killed load left is moved aside."""

from __future__ import annotations

import shutil
import sqlite3

import pytest

from tests.lake.test_store import visits, write
from yiheng.basis.refusals import Refusal
from yiheng.lake import Lake, damage, head, sets, store

STATE = ("catalog.sqlite", "sets.sqlite", "head.json")


@pytest.fixture
def lake(tmp_path):
    made = Lake.make(tmp_path / "lake")
    write(made, "load-1", "V1")
    write(made, "load-2", "V2")
    return made


def emptied(file):
    """Tables without rows."""
    with sqlite3.connect(file) as db:
        names = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
        for name in names:
            db.execute(f"delete from {name}")
    db.close()


def refused(lake, wanted):
    """A lake opened anew, and one that was open, say what is wrong; neither makes or removes a file."""
    there = {file: file.stat().st_mtime_ns for file in lake.folder.rglob("*")}
    for ask in (lambda: Lake(lake.folder), lake.latest, lambda: lake.at(1), lambda: write(lake, "load-9", "V9")):
        with pytest.raises(Refusal, match=wanted) as told:
            ask()
        assert "yiheng restore" in told.value.cure
    assert there == {file: file.stat().st_mtime_ns for file in lake.folder.rglob("*")}


@pytest.mark.parametrize("name", STATE)
def test_point_2_a_file_of_the_state_that_is_gone_is_refused_and_the_copy_cures(lake, tmp_path, name):
    shutil.move(lake.folder / name, tmp_path / name)
    refused(lake, f"'{name}' of the lake is gone")
    shutil.move(tmp_path / name, lake.folder / name)
    assert visits(Lake(lake.folder)) == ["V1", "V2"]


@pytest.mark.parametrize("name", STATE)
def test_point_2_an_empty_file_of_the_state_is_refused(lake, name):
    (lake.folder / name).write_bytes(b"")
    refused(lake, f"'{name}' of the lake is empty")


@pytest.mark.parametrize("name", ["catalog.sqlite", "sets.sqlite"])
def test_point_2_a_database_without_rows_is_refused(lake, name):
    emptied(lake.folder / name)
    refused(lake, f"'{name}' does not say of which lake it is")


@pytest.mark.parametrize("table", ["snapshot_set", "data_file"])
def test_point_2_one_table_without_rows_is_refused(lake, table):
    with sqlite3.connect(lake.folder / "sets.sqlite") as db:
        db.execute(f"delete from {table}")
    db.close()
    refused(lake, "'sets.sqlite' of the lake is older than 'head.json'|set 2 is not as it was recorded")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("catalog.sqlite", "'catalog.sqlite' of the lake is older than 'sets.sqlite'"),
        ("sets.sqlite", "'sets.sqlite' of the lake is older than 'head.json'"),
        ("head.json", "'head.json' of the lake is older than 'sets.sqlite'"),
    ],
)
def test_point_2_an_older_file_of_the_state_is_refused(lake, tmp_path, name, wanted):
    shutil.copyfile(lake.folder / name, tmp_path / name)
    write(lake, "load-3", "V3")
    write(lake, "load-4", "V4")
    shutil.copyfile(tmp_path / name, lake.folder / name)
    refused(lake, wanted)


@pytest.mark.parametrize("name", STATE)
def test_point_2_a_file_of_another_lake_is_refused(lake, tmp_path, name):
    other = Lake.make(tmp_path / "other")
    write(other, "load-1", "X1")
    write(other, "load-2", "X2")
    shutil.copyfile(other.folder / name, lake.folder / name)
    refused(lake, "are not of one lake")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("catalog.sqlite", "the file that describes 'diagnosis' is gone"),
        ("sets.sqlite", "'sets.sqlite' and 'head.json' of the lake tell of different loads"),
        ("head.json", "'sets.sqlite' and 'head.json' of the lake tell of different loads"),
    ],
)
def test_point_2_a_copy_that_went_its_own_way_is_another_lake(lake, tmp_path, name, wanted):
    shutil.copytree(lake.folder, tmp_path / "copy")
    write(Lake(tmp_path / "copy"), "load-3", "X3")
    write(lake, "load-3", "V3")
    shutil.copyfile(tmp_path / "copy" / name, lake.folder / name)
    refused(lake, wanted)


def test_point_2_the_list_of_runs_knows_of_loads_that_an_older_lake_lacks(lake, tmp_path):
    shutil.copytree(lake.folder, tmp_path / "older")
    write(lake, "load-3", "V3")
    with pytest.raises(Refusal, match=r"'sets.sqlite' of the lake is older than 'runs.jsonl'"):
        Lake(tmp_path / "older", lambda: {"load-1": 1, "load-3": 3})
    assert Lake(tmp_path / "older", lambda: {"load-1": 1}).latest().number == 2


def test_point_2_reading_makes_nothing(tmp_path):
    with pytest.raises(Refusal, match=r"'head.json' of the lake is gone"):
        Lake(tmp_path / "lake")
    assert not (tmp_path / "lake").exists()
    made = Lake.make(tmp_path / "lake")
    there = sorted(made.folder.rglob("*"))
    assert visits(Lake(made.folder)) == [] and sorted(made.folder.rglob("*")) == there


def test_point_2_a_load_killed_between_set_and_head_heals(lake, monkeypatch):
    with pytest.raises(KeyboardInterrupt), monkeypatch.context() as patch:
        patch.setattr(store.State, "heal", killed)
        lake.record("load-3", {}, [], [], lake.latest())
    assert (head.read_head(lake.folder).number, Lake(lake.folder).latest().number) == (2, 3)
    write(Lake(lake.folder), "load-4", "V4")
    assert head.read_head(lake.folder).number == 4 and visits(lake) == ["V1", "V2", "V4"]


def killed(_):
    raise KeyboardInterrupt


def test_point_2_data_of_a_killed_load_is_moved_aside_and_said(lake):
    for _ in range(2):
        left = lake.folder / "data" / "load-x"
        left.mkdir()
        (left / "visit-0.parquet").write_bytes(b"left")
        said = []
        with lake.writing(f"load-{len(list(lake.folder.glob('aside/*')))}-x", said.append):
            pass
        assert len(said) == 1 and said[0].startswith("move aside lake/aside/load-x"), said
    assert [file.read_bytes() for file in lake.folder.glob("aside/*/*")] == [b"left", b"left"]


def test_point_2_a_journal_left_by_a_kill_is_replayed(lake, tmp_path):
    copied = tmp_path / "copied"
    with sqlite3.connect(lake.folder / "sets.sqlite", isolation_level=None) as db:
        # So little room that SQLite writes into the file before the end, with what was there in the journal.
        db.execute("pragma cache_size = 1")
        db.execute("begin immediate")
        db.execute("update snapshot_set set run = run || hex(zeroblob(20000))")
        db.execute("update data_file set sha256 = hex(zeroblob(20000))")
        shutil.copytree(lake.folder, copied)
        db.execute("rollback")
    db.close()
    assert (copied / "sets.sqlite-journal").stat().st_size
    assert visits(Lake(copied)) == ["V1", "V2"] and not (copied / "sets.sqlite-journal").exists()


@pytest.mark.parametrize("name", ["catalog.sqlite", "sets.sqlite"])
def test_point_10_a_database_that_another_program_holds_is_named(lake, name, monkeypatch):
    for module in (sets, damage, store):
        monkeypatch.setattr(module, "SECONDS_TO_WAIT", 0.1)
    monkeypatch.setattr("yiheng.lake.state.SECONDS_TO_WAIT", 0.1)
    with sqlite3.connect(lake.folder / name, isolation_level=None) as db:
        db.execute("begin exclusive")
        with pytest.raises(Refusal, match=f"'{name}' is held by another program, and was waited for"):
            Lake(lake.folder)
    db.close()


def test_point_10_who_waits_for_another_load_is_told(lake):
    said = []
    with lake.held():
        other = Lake(lake.folder)
        with pytest.MonkeyPatch.context() as patch, pytest.raises(Refusal, match="another load is writing"):
            patch.setattr(store, "SECONDS_TO_WAIT", 0.1)
            with other.held(said.append):
                pass
    assert said == ["wait for another load"]


@pytest.mark.parametrize("name", ["湖 [1]", "50% off?", "a#b&c=d", "it's"])
def test_a_lake_may_stand_in_a_folder_of_any_name(tmp_path, name):
    write(Lake.make(tmp_path / name), "load-1", "V1")
    assert visits(Lake(tmp_path / name)) == ["V1"] and [one.name for one in tmp_path.iterdir()] == [name]
