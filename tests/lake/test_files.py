"""Point 1: a load's data files are its own, and every byte of them is checked before it is read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from tests.lake.test_store import visits, write
from yiheng.basis.refusals import Refusal
from yiheng.lake import Lake

ROW = "1::bigint as ordinal, 'I10' code, null::varchar as name, true is_main"


@pytest.fixture
def lake(tmp_path):
    made = Lake.make(tmp_path / "lake")
    write(made, "load-1", "V1")
    return made


def data(lake) -> Path:
    return Path(lake.files("diagnosis", lake.latest())[0])


def test_point_1_a_byte_that_changes_a_value_and_leaves_the_file_readable_is_found(lake):
    file, was = data(lake), data(lake).read_bytes()
    assert was.count(b"V1") and duckdb.sql(f"select visit_id from '{file}'").fetchall() == [("V1",)]
    found = file.stat()
    file.write_bytes(was.replace(b"V1", b"W7"))
    # Of the same size, with the times that it had, and still readable: it says another visit.
    os.utime(file, ns=(found.st_atime_ns, found.st_mtime_ns))
    assert duckdb.sql(f"select visit_id from '{file}'").fetchall() == [("W7",)]
    for opened in (lake, Lake(lake.folder)):
        with pytest.raises(Refusal, match=f"{file}: a data file of 'diagnosis' is not as it was written"):
            visits(opened)
    assert [one.where for one in lake.check_files()] == [str(file)]
    file.write_bytes(was)
    assert visits(lake) == ["V1"] and not list(lake.check_files())


def test_point_1_a_data_folder_of_another_workspace_under_the_same_name_is_refused(lake, tmp_path):
    other = Lake.make(tmp_path / "other")
    write(other, "load-1", "W7")
    shutil.copytree(other.folder / "data", lake.folder / "data", dirs_exist_ok=True)
    with pytest.raises(Refusal, match="is not as it was written"):
        visits(lake)


def test_point_1_a_load_takes_no_folder_that_is_there(lake):
    with lake.writing("load-2") as writing:
        (lake.folder / "data" / "load-2").mkdir()
        with pytest.raises(Refusal, match="there is something already where this load writes its data"):
            writing.new_file("diagnosis")
    with pytest.raises(Refusal, match="there is something already"):
        write(lake, "load-1", "V2")
    assert visits(lake) == ["V1"]


def test_point_1_a_load_that_lost_its_lock_commits_nothing(lake):
    """The lock's file was removed by hand while a load ran: two write at once."""
    with pytest.raises(Refusal, match="another load has written to the lake meanwhile"), lake.writing("load-2") as late:
        (lake.folder / "writer.sqlite").unlink()
        write(Lake(lake.folder), "load-3", "V3")
        duckdb.execute(f"copy (select 'V2' visit_id, {ROW}) to '{late.new_file('diagnosis')}' (format parquet)")
        late.commit()
    assert visits(lake) == ["V1", "V3"]
    write(lake, "load-4", "V4")
    assert visits(lake) == ["V1", "V3", "V4"]


def test_point_1_a_file_that_the_set_does_not_know_is_not_read(lake):
    """Whoever edits what describes a table brings no row in and takes none out."""
    write(lake, "load-2", "V2")
    table = lake.opened_for_writing("diagnosis")
    file = lake.folder / "data" / "load-2" / "added.parquet"
    shutil.copyfile(data(lake), file)
    table.add_files([f"lake:///{file.relative_to(lake.folder).as_posix()}"], check_duplicate_files=False)
    moved = lake.snapshot_of("diagnosis")
    at = lake.latest()
    assert at.snapshots["diagnosis"] != moved and visits(lake) == ["V1", "V2"]
    with pytest.raises(Refusal, match="the files of 'diagnosis' are not those of snapshot set 2"):
        lake.files("diagnosis", type(at)(at.number, {"diagnosis": moved}))


def test_point_1_what_a_failed_load_wrote_is_gone_with_it(lake):
    with pytest.raises(ValueError, match="wrong"), lake.writing("load-2") as writing:
        writing.new_file("diagnosis")
        raise ValueError("wrong")
    assert [one.name for one in (lake.folder / "data").iterdir()] == ["load-1"]
