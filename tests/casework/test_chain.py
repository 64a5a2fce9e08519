"""Point 5 of issue 13: the journal is a chain with its head outside the database; what is done to it by hand is found."""

from __future__ import annotations

import hashlib
import json

import pytest
from torture.kills import DONE, Child

from tests.runs.test_comparing import policy
from tests.tiny import loaded
from torture import journal
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, run_settle
from yiheng.runs.journal import HEAD, JOURNAL, head_file, journal_of, noted_acts, refuse_damaged, utc
from yiheng.runs.journal.chain import lines_of
from yiheng.runs.journal.checked import check_journal


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A journal with eight lines, two verdicts and two users."""
    return journal.whole(tmp_path_factory.mktemp("journal"))


@pytest.mark.parametrize("blow", journal.BLOWS)
def test_point_5_each_blow_is_found_and_named(whole, blow, tmp_path):
    journal.struck(whole, tmp_path, blow)


def test_point_5_a_line_is_hashed_as_the_page_says(whole):
    with journal_of(whole) as asked:
        first, second, *_ = lines_of(asked)
        stored = dict(asked.rows("select username, password from casework_user"))
    rights = '["casework.judge_findings","casework.propose_settlements","casework.adopt_settlements"]'
    for line, before in ((first, ""), (second, first.hash)):
        # Salt and hash of the password as they are stored, hashed once more.
        password = hashlib.sha256(stored[line.subject].encode()).hexdigest()
        data = f'{{"consortium":"","password_sha256":"{password}","rights":{rights}}}'
        text = f'["{before}",{line.number},"{line.at}","user.created",null,"{line.subject}",{data}]'
        assert line.hash == hashlib.sha256(text.encode()).hexdigest()
    assert (first.before, second.before, first.number, second.number) == ("", first.hash, 1, 2)


def test_point_5_the_head_holds_the_last_line_and_how_many_there_are(whole):
    with journal_of(whole) as asked:
        lines = list(lines_of(asked))
    head = json.loads(head_file(whole).read_text("utf-8"))
    assert head == {
        "number": 8, "hash": lines[-1].hash, "lines": 8, "at": lines[-1].at, "first": lines[0].hash,
    }  # fmt: skip


def test_point_5_the_head_stands_where_the_settings_say(tmp_path):
    workspace = Workspace.new(tmp_path / "w")
    (tmp_path / "other").mkdir()
    toml = workspace.folder / "yiheng.toml"
    plain = toml.read_text("utf-8")
    toml.write_text(plain + f'\n[web]\njournal_head = "{tmp_path}/other/head"\n', "utf-8")
    assert Child(journal.begun, workspace.folder).ended()[0] == DONE
    assert (tmp_path / "other" / "head").exists() and not (workspace.folder / HEAD).exists()
    assert not check_journal(Workspace.open(workspace.folder)).faults
    (tmp_path / "other" / "head").rename(tmp_path / "moved")
    with pytest.raises(Refusal, match="the head of the journal is gone"):
        refuse_damaged(Workspace.open(workspace.folder))
    toml.write_text(plain + "\n[web]\njournal_head = 7\n", "utf-8")
    with pytest.raises(Refusal, match="'journal_head' is no path"):
        head_file(Workspace.open(workspace.folder))


def test_point_5_verbs_of_the_command_line_hold_the_register_against_the_head_too(whole, tmp_path):
    import shutil

    copy = shutil.copytree(whole.folder, tmp_path / "copy")
    assert noted_acts(Workspace.open(copy)) == []
    (copy / JOURNAL).unlink()
    with pytest.raises(Refusal, match="the database of users and journal is gone"):
        noted_acts(Workspace.open(copy))


def test_point_5_a_line_that_is_no_json_is_a_sentence(whole, tmp_path):
    import shutil

    copy = Workspace.open(shutil.copytree(whole.folder, tmp_path / "copy"))
    journal.sql(
        copy.folder,
        "pragma ignore_check_constraints = 1",
        "update casework_journalline set act = 'settlement.adopted', data = 'no json' where id = 5",
    )
    with pytest.raises(Refusal, match="line 5 of the journal is not as it was written"):
        noted_acts(copy)
    assert "line 5: the line is not as it was written" in str(check_journal(copy).faults[0])


def test_point_5_killed_acts_leave_register_and_journal_alike(tmp_path):
    def settled(folder):
        workspace = loaded(folder)[0]
        return workspace, run_settle(workspace, policy(folder, "first"), year=2025)["run"]

    assert "acts on settlements in register and journal alike" in journal.run(6, settled)


def test_point_5_a_clock_set_back_is_noted_and_no_fault(people, monkeypatch):
    import datetime as dt

    from django.utils import timezone

    from yiheng.casework.services import journal_note

    before = journal_note(act="user.seen", by=people["clerk"])
    earlier = before.at - dt.timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: earlier)
    line = journal_note(act="user.seen", by=people["clerk"], data={"x": 1})
    assert line.data == {"x": 1, "clock_set_back_from": utc(before.at)} and line.before == before.hash


def test_point_5_an_act_is_refused_where_the_head_is_not_the_journals(people, tmp_path):
    from django.conf import settings
    from django.test import override_settings

    from yiheng.casework.models import JournalLine
    from yiheng.casework.services import journal_note

    lines = JournalLine.objects.count()
    for text, said in (
        (None, "is gone"), ("", "cannot be read"),
        ('{"number": 999999, "hash": "x", "lines": 1, "at": "2025-01-01", "first": "x"}', "head"),
    ):  # fmt: skip
        head = tmp_path / "head"
        if text is not None:
            head.write_text(text, "utf-8")
        with override_settings(JOURNAL_HEAD=head), pytest.raises(Refusal, match=said):
            journal_note(act="user.seen", by=people["clerk"])
    assert JournalLine.objects.count() == lines and settings.JOURNAL_HEAD.exists()


KILLED = """
import os, sys
from pathlib import Path
from torture.journal import prepared
folder, run = Path(sys.argv[1]), sys.argv[2]
prepared(folder)
from yiheng.casework import settlements
from yiheng.casework.services import user_create
from yiheng.runs import Workspace
by = user_create(username="li", password="correct-horse-42", rights=["casework.propose_settlements"])
noted = settlements._noted
def killed(by):
    def note(act):
        noted(by)(act)
        os._exit(9)
    return note
settlements._noted = killed
settlements.settlement_propose(workspace=Workspace(folder), run=run, why="totals agree", marks_because="x", by=by)
"""


def test_point_6_a_pack_holds_the_act_of_a_process_that_was_killed_behind_its_line(tmp_path):
    import subprocess
    import sys

    from tests.conftest import ROOT
    from yiheng.runs import pack_workspace, register_of, unpack_workspace

    workspace = loaded(tmp_path / "one")[0]
    run = run_settle(workspace, policy(tmp_path / "one", "first"), year=2025)["run"]
    done = subprocess.run([sys.executable, "-c", KILLED, str(workspace.folder), run], check=False, cwd=ROOT)
    assert done.returncode == 9
    # Its line is in the journal, and the register that has it stands beside the one of before.
    assert not (workspace.folder / "runs" / "standing.jsonl").exists()
    assert [act.act for act in register_of(workspace).acts] == ["proposed"]
    pack_workspace(workspace, tmp_path / "one.zip")
    unpack_workspace(tmp_path / "one.zip", tmp_path / "two")
    two = Workspace.open(tmp_path / "two")
    assert register_of(two).hashes == register_of(workspace).hashes
    # Point 5: what came with the pack may be there without a journal.
    assert not check_journal(two).faults
    refuse_damaged(two)
