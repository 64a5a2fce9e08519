"""Point 5 of issue 13: a journal of before the chain is chained as it stands, and from then on guarded like a new one."""

from __future__ import annotations

import json

from torture.kills import DONE, Child

from torture import journal
from yiheng.runs import Workspace
from yiheng.runs.journal import journal_of
from yiheng.runs.journal.chain import lines_of
from yiheng.runs.journal.checked import check_journal

USER = (
    "insert into casework_user (id, password, is_superuser, username, first_name, last_name, email, is_staff, is_active,"
    " date_joined, consortium) values (1, 'x', 0, 'li', '', '', '', 0, 1, '2025-01-01', '')"
)
OLD = (
    USER,
    "insert into casework_journalline (id, at, act, subject, data, by_id) values"
    " (1, '2025-01-01 08:00:00', 'user.created', 'li', '{\"consortium\": \"\", \"rights\": []}', null),"
    " (2, '2025-01-02 08:00:00.5', 'user.signed_in', 'li', '{\"address\": \"10.0.0.1\"}', 1),"
    " (4, '2025-01-02 07:59:59', 'user.seen', '', '{}', 1)",
    "insert into casework_findingverdict (id, finding, rule, verdict, reason, at, by_id) values"
    " (1, 'f-1', 'split_stay', 'confirmed', 'r', '2025-01-03 08:00:00', 1)",
)


def _before_the_chain(workspace, step):
    from yiheng.cockpit.serve import configure

    configure(workspace)
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", "casework", "0004", verbosity=0)
    call_command("migrate", "contenttypes", verbosity=0)
    with connection.cursor() as cursor:
        for statement in OLD:
            cursor.execute(statement)


def _started(workspace, step):
    journal.prepared(workspace)


def test_point_5_a_journal_of_before_is_chained_and_its_verdicts_are_held(tmp_path):
    workspace = Workspace.new(tmp_path / "w")
    assert Child(_before_the_chain, workspace.folder).ended()[0] == DONE
    files = list(workspace.folder.glob("casework.sqlite3*"))
    for file in files:
        file.chmod(0o644)
    # A version of before let others read it; the cure is one command for all its files.
    ended, said = Child(_started, workspace.folder).ended()
    assert ended == "refused" and sorted(said.partition("chmod 600 ")[2].split()) == sorted(map(str, files))
    for file in files:
        file.chmod(0o600)
    assert Child(_started, workspace.folder).ended()[0] == DONE
    checked = check_journal(workspace)
    # The three lines, of which one is dated before the other, and the line that begins the chain.
    assert (checked.lines, checked.number, checked.verdicts, checked.behind) == (4, 5, 1, 0)
    assert not checked.faults, [str(one) for one in checked.faults]
    with journal_of(workspace) as asked:
        *_, last = lines_of(asked)
    assert (last.act, last.by, last.data["lines"], last.data["verdicts"]) == ("journal.chained", None, 3, 1)
    assert json.loads((workspace.folder / "journal.head").read_text("utf-8"))["hash"] == last.hash
    journal.sql(workspace.folder, "update casework_findingverdict set reason = 'x' where id = 1")
    assert "the verdicts up to number 1 are not as they were" in str(check_journal(workspace).faults[0])


def test_point_5_a_trigger_dropped_before_the_chain_is_not_put_back_in_silence(tmp_path):
    workspace = Workspace.new(tmp_path / "w")
    assert Child(_before_the_chain, workspace.folder).ended()[0] == DONE
    for file in workspace.folder.glob("casework.sqlite3*"):
        file.chmod(0o600)
    journal.sql(workspace.folder, "drop trigger journal_refuses_update", guarded=True)
    ended, said = Child(_started, workspace.folder).ended()
    assert ended == "refused" and "the trigger journal_refuses_update is missing" in said
