"""Point A5: a workspace is taken along, by a plain copy or packed, and what cannot be read is said in a sentence."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from tests.tiny import loaded, with_row, written
from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.runs import Workspace, pack_workspace, replay, run_audit, run_load, run_settle, unpack_workspace
from yiheng.runs.packing import SUMS

POLICY = ROOT / "policies" / "qingdao"
SECRET = "swordfish"


def settled(folder: Path) -> tuple[Workspace, str, str]:
    workspace, _ = loaded(folder)
    return workspace, run_settle(workspace, POLICY, year=2025)["run"], run_audit(workspace, ["split_stay"])["run"]


def files_of(folder: Path) -> dict[str, str]:
    """Every file of a folder with its hash."""
    return {
        str(file.relative_to(folder)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*")
        if file.is_file()
    }


def yiheng(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_point_5_a_workspace_holds_no_address_of_its_disk(tmp_path):
    workspace, _settle, _audit = settled(tmp_path / "county")
    named = [file for file in workspace.folder.rglob("*") if file.is_file() and bytes(tmp_path) in file.read_bytes()]
    assert named == []
    # What stands compressed in Avro.
    table = workspace.lake.opened_for_writing("settlement")
    (snapshot,) = table.snapshots()
    manifests = snapshot.manifests(table.io)
    paths = [entry.data_file.file_path for manifest in manifests for entry in manifest.fetch_manifest_entry(table.io)]
    found = [table.metadata_location, snapshot.manifest_list, *(one.manifest_path for one in manifests), *paths]
    assert len(found) == 4 and all(one.startswith("lake:///") for one in found)


def test_point_5_a_plain_copy_works_and_never_touches_the_original(tmp_path):
    workspace, settle, audit = settled(tmp_path / "county")
    before = files_of(workspace.folder)
    subprocess.run(["cp", "-r", str(workspace.folder), str(tmp_path / "西海 copy")], check=True)
    copy = Workspace.open(tmp_path / "西海 copy")
    assert replay(copy, settle).same and replay(copy, audit).same
    more = written(tmp_path / "more", {"person.csv": with_row("person", "D,male,1980-01-01,resident,370299")})
    assert run_load(copy, [more]).tables["person"].accepted == 1
    assert run_settle(copy, POLICY, year=2025)["run"] != settle and replay(copy, settle).same
    assert files_of(workspace.folder) == before
    shutil.rmtree(workspace.folder)
    assert replay(copy, settle).same
    counted = yiheng("sql", "select count(*) n from person", "-w", copy.folder, "--format", "csv")
    assert counted.stdout.split() == ["n", "4"]


def test_point_5_packed_unpacked_and_the_original_deleted_a_replay_says_same(tmp_path):
    workspace, settle, audit = settled(tmp_path / "county")
    people = workspace.folder / "casework.sqlite3"
    with closing(sqlite3.connect(people)) as database, database:
        database.execute("create table kept (secret)")
        database.execute("insert into kept values (?)", [SECRET])
    (workspace.folder / "casework.key").write_text(SECRET)
    described = f'ENGINE = "django.db.backends.sqlite3", NAME = "{people}", PASSWORD = "{SECRET}"'
    with (workspace.folder / "yiheng.toml").open("a") as settings:
        settings.write(f"[web]\ndatabase = {{{described}}}\n")
    told = yiheng("explain", settle, "-w", workspace.folder).stdout
    paper = tmp_path / "one.pdf"
    assert yiheng("statement", settle, "--pdf", paper, "-w", workspace.folder).exit_code == 0
    file = tmp_path / "county.zip"
    packed = yiheng("pack", workspace.folder, "-o", file)
    assert packed.exit_code == 0, packed.output
    assert "casework.key" in packed.output and hashlib.sha256(file.read_bytes()).hexdigest()[:8] in packed.output
    shutil.rmtree(tmp_path / "county")
    elsewhere = tmp_path / "auditor" / "here"
    unpacked = yiheng("unpack", file, elsewhere, "--format", "json")
    assert unpacked.exit_code == 0
    # Both tell the same: the files and bytes of the workspace, not the list of hashes between them.
    written_out = [one for one in elsewhere.rglob("*") if one.is_file()]
    told_twice = json.loads(unpacked.stdout)
    assert told_twice["files"] == len(written_out)
    assert told_twice["bytes"] == sum(one.stat().st_size for one in written_out)
    assert f"{told_twice['bytes']:,}" in packed.stdout
    for run in (settle, audit):
        assert yiheng("replay", run, "-w", elsewhere).exit_code == 0
    assert yiheng("explain", settle, "-w", elsewhere).stdout == told
    again = tmp_path / "two.pdf"
    assert yiheng("statement", settle, "--pdf", again, "-w", elsewhere).exit_code == 0
    assert again.read_bytes() == paper.read_bytes()
    assert not any(SECRET.encode() in one.read_bytes() for one in elsewhere.rglob("*") if one.is_file())
    # Anybody can check it without us.
    (tmp_path / "plain").mkdir()
    with zipfile.ZipFile(file) as opened:
        opened.extractall(tmp_path / "plain")
    assert (
        subprocess.run(["sha256sum", "-c", SUMS], cwd=tmp_path / "plain", capture_output=True, check=False).returncode
        == 0
    )
    # It is a workspace like any other: what is loaded goes on from there.
    assert run_load(Workspace.open(elsewhere), [written(tmp_path / "source")]).clean


def rewritten(file: Path, into: Path, change) -> Path:
    """A pack with its entries changed by a function of name and content; None leaves one out."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(into, "w") as new:
        for entry in old.infolist():
            if (content := change(entry.filename, old.read(entry))) is not None:
                new.writestr(entry.filename, content)
        for name, content in change("", b"") or []:
            new.writestr(name, content)
    return into


def test_point_5_a_pack_that_was_changed_is_refused_and_leaves_nothing(tmp_path):
    workspace, _settle, _audit = settled(tmp_path / "county")
    file = tmp_path / "county.zip"
    pack_workspace(workspace, file)
    text = tmp_path / "text.zip"
    text.write_text("no zip")
    short = tmp_path / "short.zip"
    short.write_bytes(file.read_bytes()[:-2000])
    flipped = tmp_path / "flipped.zip"
    flipped.write_bytes(file.read_bytes().replace(b"K35.8", b"K35.9", 1))

    def added(name: str):
        return lambda entry, content: [(name, b"x")] if not entry else content

    bad = {
        text: "not a pack of a workspace",
        short: "not a pack of a workspace",
        flipped: "not a pack of a workspace: bytes of it are missing, or are others than were written|is not as it was packed",
        rewritten(
            file, tmp_path / "1.zip", lambda n, c: c + b"\n" if n == "yiheng.toml" else c
        ): "'yiheng.toml' is not as",
        rewritten(file, tmp_path / "2.zip", lambda n, c: None if n == SUMS else c): f"it has no {SUMS}",
        rewritten(file, tmp_path / "3.zip", lambda n, c: None if n.endswith("runs.jsonl") else c): "does not list",
        rewritten(file, tmp_path / "4.zip", added("../outside")): "outside the folder",
        rewritten(file, tmp_path / "5.zip", added("/outside")): "outside the folder",
        rewritten(file, tmp_path / "6.zip", added("lake/more")): "does not list",
    }
    for pack, words in bad.items():
        with pytest.raises(Refusal, match=words):
            unpack_workspace(pack, tmp_path / "into")
        assert not (tmp_path / "into").exists() and not (tmp_path / ".into.part").exists(), pack
    assert not (tmp_path / "outside").exists()
    with pytest.raises(Refusal, match="not empty"):
        unpack_workspace(file, workspace.folder)
    with pytest.raises(Refusal, match="there already"):
        pack_workspace(workspace, file)
    with pytest.raises(Refusal, match="inside the workspace"):
        pack_workspace(workspace, workspace.folder / "runs" / "me.zip")


def test_point_5_what_cannot_be_read_gives_a_sentence(tmp_path):
    """Every file of a workspace gone, emptied or overwritten: done, or a sentence that names it; never a traceback."""
    workspace, settle, _audit = settled(tmp_path / "county")
    kept = tmp_path / "kept"
    shutil.copytree(workspace.folder, kept)
    wanted = ("yiheng.toml", "catalog.sqlite", "sets.sqlite", "runs.jsonl", "manifest.json", "statements.json",
              "queries.json", "2022.yaml", "settlement-0.parquet", ".metadata.json", ".avro", "statement_lines.parquet")  # fmt: skip
    tried = 0
    for name in files_of(kept):
        if not name.endswith(wanted) or ("runs/" in name and f"runs/{settle}" not in name and "jsonl" not in name):
            continue
        if name.endswith((".avro", ".metadata.json")) and "/settlement/" not in name:
            continue
        for damage in ("gone", b"", b"\x00\xff nonsense"):
            file = workspace.folder / name
            if damage == "gone":
                file.unlink()
            else:
                file.write_bytes(damage)
            for words in (["replay", settle], ["explain", settle], ["sql", "select count(*) from settlement"]):
                done = yiheng(*words, "-w", workspace.folder)
                crashed = done.exception and not isinstance(done.exception, SystemExit)
                assert not crashed, (name, damage, words, done.exc_info)
                tried += 1
            shutil.rmtree(workspace.folder)
            shutil.copytree(kept, workspace.folder)
    assert tried > 100


def test_point_5_a_workspace_of_an_older_form_says_so(tmp_path):
    workspace, _settle, _audit = settled(tmp_path / "county")
    settings = workspace.folder / "yiheng.toml"
    settings.write_text(settings.read_text("utf-8").replace("format = 3", "format = 1"), "utf-8")
    done = yiheng("sql", "select 1", "-w", workspace.folder)
    assert done.exit_code == 2 and "the workspace has format 1" in done.stderr and "new workspace" in done.stderr


@pytest.mark.parametrize("name", ["lake/", "yiheng.toml/more", "./lake/more", "lake//more", "lake/../more", "C:/more"])
def test_point_5_an_odd_entry_of_a_pack_is_refused_in_a_sentence(tmp_path, name):
    file, sums = tmp_path / "odd.zip", "0" * 64 + "  yiheng.toml\n" + "0" * 64 + f"  {name}\n"
    with zipfile.ZipFile(file, "w") as packed:
        for entry, content in (("yiheng.toml", "x"), (name, "x"), (SUMS, sums)):
            packed.writestr(entry, content)
    with pytest.raises(Refusal, match="not a pack of a workspace"):
        unpack_workspace(file, tmp_path / "into")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["odd.zip"]


def test_point_5_unpack_deletes_no_folder_that_it_did_not_make(tmp_path):
    mine = tmp_path / ".into.part" / "mine.txt"
    mine.parent.mkdir()
    mine.write_text("kept")
    (tmp_path / "no.zip").write_text("no zip")
    with pytest.raises(Refusal, match="not a pack of a workspace"):
        unpack_workspace(tmp_path / "no.zip", tmp_path / "into")
    assert mine.read_text() == "kept"
