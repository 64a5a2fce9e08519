"""Points 8 and 10 of issue 13: only ordinary files are read, and what is read is what was hashed."""

from __future__ import annotations

import hashlib
import os
import socket
from pathlib import Path

import duckdb
import pytest
from click.testing import CliRunner

from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.documents import files, read_bytes, sha256_of
from yiheng.intake.opening import Opening
from yiheng.policy import read_policy
from yiheng.runs import Workspace
from yiheng.runs.kept import keep

NO_FILE = "this is no ordinary file"
PERSON = "person_id,sex,born_on,insurance,division\nA,female,1950-01-01,resident,370299\n"


def yiheng(*words: object):
    return CliRunner().invoke(main, [str(word) for word in words], catch_exceptions=False)


@pytest.fixture
def pipe(tmp_path) -> Path:
    # Nobody writes into it: who opens it waits for ever.
    os.mkfifo(tmp_path / "person.csv")
    return tmp_path / "person.csv"


def test_point_8_a_pipe_a_device_and_a_socket_are_no_files(pipe, tmp_path):
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "s"))
    for file in (pipe, Path("/dev/zero"), tmp_path / "s"):
        for read in (sha256_of, lambda one: read_bytes(one, most=10)):
            with pytest.raises(Refusal, match=NO_FILE):
                read(file)
    listening.close()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(Refusal, match="cannot be opened"):
        sha256_of(tmp_path / "loop")


@pytest.mark.parametrize(
    "words",
    [
        ("load", "PIPE"),
        ("load", "OK", "--mapping", "PIPE"),
        ("load", "--draft-mapping", "PIPE"),
        ("load", "--database", "sqlite:///PIPE"),
        ("settle", "PIPE", "--facts", "OK"),
        ("settle", "qingdao", "--facts", "PIPE"),
        ("settle", "qingdao", "--year", "2025", "--with", "PIPE"),
        ("check", "PIPE"),
        ("codes", "load", "PIPE", "--list", "catalogue"),
        ("sample", "estimate", "PIPE"),
        ("sql", "@PIPE"),
        ("policy", "check", "PIPE"),
        ("rules", "precision", "PIPE"),
        ("unpack", "PIPE", "NEW"),
    ],
)
def test_point_8_no_verb_waits_for_a_pipe(pipe, tmp_path, words):
    Workspace.new(tmp_path / "ws")
    (tmp_path / "ok.csv").write_text(PERSON, "utf-8")
    named = {"PIPE": str(pipe), "OK": str(tmp_path / "ok.csv"), "NEW": str(tmp_path / "new")}
    told = []
    for word in words:
        for name, path in named.items():
            word = word.replace(name, path)
        told.append(word)
    place = () if words[0] in ("unpack", "policy") else ("-w", tmp_path / "ws")
    shown = yiheng(*told, *place)
    assert shown.exit_code != 0 and shown.output.strip()


def test_point_10_a_file_that_is_replaced_while_a_load_reads_it_is_noticed(tmp_path):
    file = tmp_path / "person.csv"
    file.write_text(PERSON, "utf-8")
    with duckdb.connect() as con:
        opening = Opening(con, tmp_path)
        opening.open(file, file.name, file.name)
        opening.refuse_changed()
        other = tmp_path / "other"
        other.write_text(PERSON.replace("female", "male  "), "utf-8")
        os.utime(other, ns=(file.stat().st_atime_ns, file.stat().st_mtime_ns))
        other.replace(file)
        with pytest.raises(Refusal, match=r"person.csv: the file changed while it was read"):
            opening.refuse_changed()


def test_point_10_a_file_that_changes_under_one_reading_is_noticed(tmp_path, monkeypatch):
    file = tmp_path / "facts.csv"
    file.write_text("a\n", "utf-8")
    marks = iter([(1,), (2,)])
    monkeypatch.setattr(files, "mark_of", lambda _: next(marks))
    with pytest.raises(Refusal, match="changed while it was read"):
        read_bytes(file, most=10)


def test_point_10_what_a_run_keeps_has_the_hash_that_its_manifest_notes(tmp_path):
    file, into = tmp_path / "facts.csv", tmp_path / "run" / "facts.csv"
    into.parent.mkdir()
    file.write_text("first", "utf-8")
    hashed = sha256_of(file)
    file.write_text("other", "utf-8")
    with pytest.raises(Refusal, match="changed while it was read"):
        keep(file, into, hashed)
    assert list(into.parent.iterdir()) == []


def test_point_10_a_policy_has_the_hash_of_the_bytes_that_were_read():
    file = Path(__file__).parents[2] / "policies" / "qingdao" / "2025.yaml"
    file = file if file.exists() else sorted(file.parent.glob("*.yaml"))[0]
    assert read_policy(file).sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
