"""The verb that gives statements out: files of one party, folders of all, the difference, what it refuses."""

from __future__ import annotations

import hashlib
import json

import pytest
from click.testing import CliRunner

from tests.statements.settled import settled
from yiheng.cli.main import main

DONE, WRONG_USE = 0, 2
ROWS = ("东河,1050000.00,1000000.00", "../西海,1180000.13,1000000.07")


def run(*arguments: object):
    return CliRunner().invoke(main, ["statement", *(str(a) for a in arguments)])


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """The workspace, an older run, and one with more spending of one party."""
    folder = tmp_path_factory.mktemp("ws")
    old = settled(folder, *ROWS)["run"]
    new = settled(folder, "东河,1061234.56,1000000.00", ROWS[1], name="late.csv")["run"]
    return folder / "ws", old, new


def test_one_party_in_all_forms(runs, tmp_path):
    space, old, _ = runs
    files = {name: tmp_path / f"one.{name}" for name in ("pdf", "xlsx", "json", "chart", "book")}
    options = [part for name, file in files.items() for part in (f"--{name}", file)]
    result = run(old, "东河", *options, "-w", space)
    assert result.exit_code == DONE, result.stderr
    assert "1,090,000.00" in result.stdout and "西海" not in result.stdout
    assert files["pdf"].read_bytes().startswith(b"%PDF-")
    assert files["xlsx"].read_bytes().startswith(b"PK")
    assert files["chart"].read_text("utf-8").startswith("<svg ")
    assert files["book"].read_text("utf-8").startswith("party\tyear\tstep\t")
    assert [s["party"] for s in json.loads(files["json"].read_text("utf-8"))["statements"]] == ["东河"]


def test_all_parties_are_a_folder_of_papers_that_no_name_leaves(runs, tmp_path):
    space, old, _ = runs
    into = tmp_path / "deep" / "papers"
    assert run(old, "--pdf", into, "--chart", into, "-w", space).exit_code == DONE
    names = sorted(file.name for file in into.iterdir())
    own = hashlib.sha256("../西海".encode()).hexdigest()[:8]
    assert names == sorted(f"{name}-2025.{ending}" for name in (f"_西海-{own}", "东河") for ending in ("pdf", "svg"))
    assert [one.name for one in into.parent.iterdir()] == ["papers"]


def test_a_folder_takes_the_paper_of_one_party_too(runs, tmp_path):
    space, old, _ = runs
    assert run(old, "东河", "--pdf", tmp_path, "-w", space).exit_code == DONE
    assert [file.name for file in tmp_path.iterdir()] == ["东河-2025.pdf"]


def test_the_difference_to_an_older_run(runs, tmp_path):
    space, old, new = runs
    files = {name: tmp_path / f"d.{name}" for name in ("pdf", "xlsx", "json")}
    options = [part for name, file in files.items() for part in (f"--{name}", file)]
    result = run(new, "东河", "--against", old, *options, "-w", space)
    assert result.exit_code == DONE, result.stderr
    assert "-11,234.56" in result.stdout
    assert "1,050,000.00 yuan →" in result.stderr and "1,061,234.56 yuan" in result.stderr
    compared = json.loads(files["json"].read_text("utf-8"))
    assert (compared["run"], compared["against"]) == (new, old)
    state = "state: old trial, new trial. The new statement is not official (trial): do not pay or collect the"
    assert state in " ".join(result.stderr.split())
    assert [one["party"] for one in compared["statements"]] == ["东河"]
    assert compared["only_old"] == [] == compared["only_new"]
    assert files["pdf"].read_bytes().startswith(b"%PDF-") and files["xlsx"].read_bytes().startswith(b"PK")


def test_rows_of_a_difference_as_csv(runs):
    space, old, new = runs
    lines = run(new, "东河", "--against", old, "--format", "csv", "-w", space).stdout.splitlines()
    assert lines[0] == "party,year,figure,old,new,difference"
    assert "东河,2025,spend,1050000.00,1061234.56,11234.56" in lines


def test_what_is_refused_says_why(runs, tmp_path):
    space, old, new = runs
    (tmp_path / "a-file").write_text("x")
    for arguments, words in (
        ([old, "东河县"], "did you mean '东河'?"),
        ([old, "--year", "1999"], "no statement of 1999"),
        ([old, "--pdf", tmp_path / "a-file"], "name a folder"),
        ([old, "东河", "--book", tmp_path / "no" / "such.txt"], "cannot be written"),
        ([old, "东河", "--xlsx", tmp_path / "no" / "such.xlsx"], "cannot be written"),
        ([new, "--against", new], "does not differ from itself"),
        ([new, "--against", old, "--book", tmp_path / "b.txt"], "no chart and no book"),
        (["settle-nothing"], "there is no run"),
    ):
        result = run(*arguments, "-w", space)
        assert result.exit_code == WRONG_USE and words in result.stderr, arguments
