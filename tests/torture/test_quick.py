"""Each torture once: `make torture` does the same with hundreds of kills and pairs."""

from __future__ import annotations

import pytest

from tests.tiny import loaded
from torture import backup, loads, place, runs, state, web
from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, run_audit


def test_killed_loads_leave_the_state_before_or_after():
    assert "no row and no fen lost or doubled" in loads.run(4)


def test_killed_audits_and_settlements_leave_whole_runs():
    assert "every listed run whole" in runs.run(2)


def test_point_7_readers_read_on_beside_slow_clients_and_floods_of_sign_ins():
    assert "sign-in tries" in web.run(readers=4, slow=130, floods=4, seconds=5)


def test_point_6_backed_up_while_loads_run_destroyed_restored_elsewhere_and_the_same():
    assert "same ids, same hashes, replay says same" in backup.run(2, 2)


# Of each broken file one damage: the catalogue, the list of sets, a data file.
DAMAGES = [place.full_disk, place.read_only, *place.BROKEN_FILES[::3], place.lost_file]


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_place_is_told_with_what_to_do(damage, tmp_path):
    survived = damage(loads.prepared(tmp_path), tmp_path)
    assert survived.ended == place.REFUSED and "to do: " in survived.said, survived


@pytest.mark.parametrize("damage", [place.earlier_clock, place.same_file])
def test_an_earlier_clock_and_doubled_loads_change_nothing(damage, tmp_path):
    assert damage(loads.prepared(tmp_path), tmp_path).ended == place.DONE


def test_two_writers_lose_nothing(tmp_path):
    assert place.two_writers(loads.prepared(tmp_path), tmp_path, 1).ended == place.DONE


def test_point_1_loads_at_once_from_folders_of_one_name_all_land(tmp_path):
    assert "all rows of all 6 landed" in state.same_names(tmp_path, 3)


# Asked are a reader, the list of runs, an audit and a load. Without the mark of the key what is there can be read, and
# without the lake the runs can be listed.
REFUSED_OF_FOUR = [("lake/key.json", "gone", 1), ("runs/runs.jsonl", "empty", 4), ("lake/sets.sqlite", "older", 3)]


@pytest.mark.parametrize(("name", "kind", "refused"), REFUSED_OF_FOUR)
def test_point_2_a_spoilt_state_file_is_refused_and_put_back_cures(tmp_path, monkeypatch, name, kind, refused):
    monkeypatch.setenv(state.KEYS, str(tmp_path / "keys"))
    (folder := tmp_path / "county").mkdir()
    ended = state.damaged(folder, name, kind)
    assert (ended[place.REFUSED], ended[place.DONE]) == (refused, 4 - refused)


def test_point_2_a_day_with_state_files_taken_away_gives_no_wrong_zero(tmp_path, monkeypatch):
    monkeypatch.setenv(state.KEYS, str(tmp_path / "keys"))
    assert "no wrong zero, no file deleted" in state.day(tmp_path / "day", 2)


def test_a_line_of_the_list_of_runs_that_was_cut_short_is_no_run(tmp_path):
    workspace, _ = loaded(tmp_path)
    file = workspace.folder / "runs" / "runs.jsonl"
    whole = file.read_text("utf-8")
    file.write_text(whole + '{"at": "2025-01-01T00:00:00+00:00", "run": "aud', "utf-8")
    assert [one["verb"] for one in workspace.runs()] == ["load"]
    run_audit(workspace, ["split_stay"])
    assert [one["verb"] for one in Workspace.open(workspace.folder).runs()] == ["audit", "load"]


def test_a_file_that_was_not_written_to_its_end_does_not_take_the_place_of_the_old_one(tmp_path):
    file = tmp_path / "findings.json"
    file.write_text("old")
    with pytest.raises(OSError, match="full"), new_file(file) as part:
        part.write_text("ne")
        raise OSError("full")
    assert file.read_text() == "old"


def test_a_broken_description_of_a_table_is_told(tmp_path):
    workspace, _ = loaded(tmp_path)
    for file in (workspace.folder / "lake" / "tables").rglob("*.metadata.json"):
        file.write_text("{")
    with pytest.raises(Refusal, match="restore the workspace from a backup"):
        run_audit(Workspace.open(workspace.folder), ["split_stay"])
