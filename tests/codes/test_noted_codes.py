"""Point 2: nothing is judged by a code list that is not as it was loaded, and ``verify`` finds it."""

from __future__ import annotations

import json
import shutil

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.codes import LISTS, SHIPPED_FILES
from yiheng.runs import Workspace, load_codes
from yiheng.runs.editions import edition_file, editions_in_use, rows_of
from yiheng.runs.lookup import lists_known
from yiheng.runs.noted_codes import note_codes
from yiheng.runs.verifying import faults_in, verify_place

NAMES = ("item_limit", "code_limit")


@pytest.fixture
def workspace(tmp_path):
    made = Workspace.new(tmp_path / "space")
    for name in NAMES:
        load_codes(made, SHIPPED_FILES[name], name)
    assert not said(made)
    return made


def said(workspace):
    return [fault.what for fault in faults_in(verify_place(workspace.folder))]


def parquet(workspace, name):
    (file,) = (workspace.codes / name).glob("*.parquet")
    return file


def test_point_2_an_edition_without_some_rows_is_refused_wherever_it_is_read(workspace):
    file = parquet(workspace, "item_limit")
    whole = rows_of(workspace, "item_limit", file.stem)["item_limit"]
    pq.write_table(pq.read_table(file).slice(1), file)
    told = f"item_limit/{file.name} is not what was loaded"
    for reads in (
        lambda: rows_of(workspace, "item_limit", file.stem),
        lambda: edition_file(workspace, "item_limit", file.stem, LISTS["item_limit"]),
        lambda: lists_known(workspace),
    ):
        with pytest.raises(Refusal, match=told) as refusal:
            reads()
        assert "yiheng codes load FILE --list item_limit" in refusal.value.cure
    assert said(workspace) == [told]
    load_codes(workspace, SHIPPED_FILES["item_limit"], "item_limit")
    assert rows_of(workspace, "item_limit", file.stem)["item_limit"] == whole
    assert said(workspace) == []


def test_point_2_swapped_editions_and_lost_ones_are_found_by_the_verb(workspace):
    one, other = (parquet(workspace, name) for name in NAMES)
    kept = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(kept)
    assert sorted(said(workspace)) == sorted(
        f"{file.parent.name}/{file.name} is not what was loaded" for file in (one, other)
    )
    other.unlink()
    assert f"code_limit/{other.name} is gone" in said(workspace)
    done = CliRunner().invoke(main, ["verify", str(workspace.folder), "--lang", "en"])
    assert done.exit_code != 0 and f"code_limit/{other.name} is gone" in done.output


def emptied(codes):
    (codes / "item_limit" / "editions.json").write_text("[]\n", "utf-8")


def other_days(codes):
    file = codes / "item_limit" / "editions.json"
    (entry,) = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps([{**entry, "until": "2019-12-31"}]), "utf-8")


def without_folder(codes):
    shutil.rmtree(codes / "item_limit")


def without_all(codes):
    shutil.rmtree(codes)


def a_plain_file(codes):
    shutil.rmtree(codes)
    codes.write_text("")


@pytest.mark.parametrize("blow", [emptied, other_days, without_folder, without_all, a_plain_file])
def test_point_2_a_list_of_editions_that_is_not_as_loaded_is_refused(workspace, blow):
    kept = workspace.folder / "kept"
    shutil.copytree(workspace.codes, kept)
    blow(workspace.codes)
    with pytest.raises(Refusal, match="the list of editions of 'item_limit' is (gone|not what was loaded)"):
        editions_in_use(workspace, ["item_limit"])
    with pytest.raises(Refusal, match="the list of editions of 'item_limit' is"):
        load_codes(workspace, SHIPPED_FILES["item_limit"], "item_limit")
    assert any("the list of editions of 'item_limit' is" in one for one in said(workspace))
    if workspace.codes.exists():
        workspace.codes.unlink() if workspace.codes.is_file() else shutil.rmtree(workspace.codes)
    kept.rename(workspace.codes)
    assert said(workspace) == [] and len(editions_in_use(workspace, ["item_limit"])) == 1


def test_point_2_one_of_two_editions_taken_out_and_an_older_list_are_refused(tmp_path):
    workspace = Workspace.new(tmp_path / "space")
    before = after = b""
    file = workspace.codes / "sex_conflict" / "editions.json"
    for prefix in ("L40", "L41"):
        source = tmp_path / f"{prefix}.csv"
        source.write_text(f"forbidden_for,kind,code_prefix\nfemale,dx,{prefix}\n", "utf-8")
        load_codes(workspace, source, "sex_conflict", replace=True)
        before, after = after, file.read_bytes()
    file.write_bytes(before)
    assert said(workspace) == ["the list of editions of 'sex_conflict' is not what was loaded"]
    file.write_bytes(after)
    # The edition out of use stays checked: runs that pinned it can be replayed.
    (old,) = [one for one in file.parent.glob("*.parquet") if one.stem not in after.decode()]
    assert said(workspace) == []
    old.write_bytes(old.read_bytes()[:-1])
    assert f"sex_conflict/{old.name} is not what was loaded" in said(workspace)


def test_point_2_a_list_that_nobody_loaded_is_refused(workspace):
    folder = workspace.codes / "sex_conflict"
    folder.mkdir()
    (folder / "editions.json").write_bytes((workspace.codes / "item_limit" / "editions.json").read_bytes())
    with pytest.raises(Refusal, match="the list of editions of 'sex_conflict' is not what was loaded"):
        editions_in_use(workspace, ["sex_conflict"])
    assert said(workspace) == ["the list of editions of 'sex_conflict' is not what was loaded"]


@pytest.mark.parametrize("kill_at", ["before", "after"])
def test_point_2_a_load_killed_at_its_list_leaves_the_one_before_or_the_new_one(
    workspace, tmp_path, monkeypatch, kill_at
):
    last = []

    def killed(*given):
        if kill_at == "before" or "editions_sha256" in given[1]:
            last.append(given)
            raise KeyboardInterrupt
        note_codes(*given)

    source = tmp_path / "more.csv"
    lines = SHIPPED_FILES["item_limit"].read_text("utf-8-sig").splitlines(keepends=True)
    source.write_text("".join(lines[:-1]), "utf-8")
    (old,) = editions_in_use(workspace, ["item_limit"])["item_limit"]
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr("yiheng.runs.noted_codes.note_codes", killed)
        load_codes(workspace, source, "item_limit", replace=True)
    (used,) = editions_in_use(workspace, ["item_limit"])["item_limit"]
    assert last and (used == old) is (kill_at == "before")
    assert said(workspace) == []
    load_codes(workspace, source, "item_limit", replace=True)
    assert said(workspace) == []
