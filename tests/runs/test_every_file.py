"""Point 4 of issue 13: whatever file of a workspace is a pipe or an endless device, commands end with a sentence."""

from __future__ import annotations

import os
import re
import shutil

import pytest
from click.testing import CliRunner

from tests.runs.test_comparing import policy
from tests.tiny import loaded
from yiheng.cli.main import main
from yiheng.runs import Workspace, propose, register_of, run_settle
from yiheng.runs.register import NEXT

# Files that differ in such parts of their names alone are of one kind.
ALIKE = re.compile(r"(?<=tables/yiheng/)\w+|(?<=/)\w+(?=-\d\.parquet)|[0-9a-f]{4,}(-[0-9a-f]{4,})*|\d+")
# A table keeps what it held before, which nothing reads any more; locks hold nothing.
OF_NO_ACCOUNT = re.compile(r"00000-.*|.*\.lock|writer\.sqlite")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A workspace that was loaded, settled and proposed, its run, and one file of each kind."""
    base = tmp_path_factory.mktemp("whole")
    workspace = loaded(base)[0]
    run = run_settle(workspace, policy(base, "first"), year=2025)["run"]
    propose(workspace, run, by="li", why="totals agree", marks_because="minute 12")
    files = sorted(file.relative_to(workspace.folder) for file in workspace.folder.rglob("*") if file.is_file())
    kinds = {ALIKE.sub("#", str(file)): file for file in files}
    assert {"lake/catalog.sqlite", "runs/standing.jsonl"} <= set(kinds)
    assert {".avro", ".json", ".parquet", ".jsonl"} <= {file.suffix for file in kinds.values()}
    return workspace, run, sorted(kinds.values())


@pytest.mark.parametrize("kind", ["pipe", "endless"])
def test_point_4_every_kind_of_file_in_turn_is_no_ordinary_one(whole, tmp_path, kind):
    workspace, run, files = whole
    silent = []
    for file in files:
        copy = Workspace(tmp_path / "copy")
        shutil.copytree(workspace.folder, copy.folder)
        (copy.folder / file).unlink()
        if kind == "pipe":
            os.mkfifo(copy.folder / file)
        else:
            (copy.folder / file).symlink_to("/dev/zero")
        for words in (
            ["statement", run, "-w", copy.folder],
            ["replay", run, "-w", copy.folder],
            ["verify", copy.folder],
        ):
            done = CliRunner().invoke(main, [str(word) for word in words])
            assert not done.exception or isinstance(done.exception, SystemExit), (file, words, done.exception)
            assert "Traceback" not in done.output and "unexpected" not in done.output, (file, words, done.output)
        # The acts of this workspace are in no journal, so what is wrong with a file must be said by its name.
        if file.name not in done.output and not OF_NO_ACCOUNT.fullmatch(file.name):
            silent.append(file.name)
        shutil.rmtree(copy.folder)
    assert not silent, silent


@pytest.mark.parametrize("kind", ["pipe", "endless"])
def test_point_4_an_act_does_not_wait_where_its_file_would_be(tmp_path, kind):
    workspace = loaded(tmp_path)[0]
    run = run_settle(workspace, policy(tmp_path, "first"), year=2025)["run"]
    following = workspace.folder / "runs" / NEXT
    os.mkfifo(following) if kind == "pipe" else following.symlink_to("/dev/zero")
    propose(workspace, run, by="li", why="totals agree", marks_because="minute 12")
    assert register_of(workspace).state(run) == "proposed" and not following.exists()
