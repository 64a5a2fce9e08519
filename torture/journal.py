"""The journal: every way to change it by hand is found and named; killed acts leave a whole chain.

Who changes it here may do what the owner of the database may: take the triggers off, write any row, put them back.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace
from yiheng.runs.journal import HEAD, JOURNAL, journal_of, refuse_damaged, utc
from yiheng.runs.journal.chain import lines_of
from yiheng.runs.journal.checked import Checked, check_journal
from yiheng.runs.register import register_of

from .kills import DONE, Child
from .place import Survived

SEED = 20_250_105
LINES, MIDDLE = 8, 5
LINE, VERDICT = "casework_journalline", "casework_findingverdict"
RIGHTS = ("judge_findings", "propose_settlements", "adopt_settlements")
WHY = {"why": "totals agree", "marks_because": "minute 12"}
# Settings of the journal's processes: a strong hash of a password takes half a second.
QUICK = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def prepared(workspace: Path) -> None:
    """Set this process up for the workspace's journal."""
    from yiheng.cockpit.serve import configure, prepare

    configure(workspace)
    from django.conf import settings

    settings.PASSWORD_HASHERS = QUICK
    prepare(workspace)


def begun(workspace: Path, step: Callable[[str], None]) -> None:
    """What a child does: two people with their rights, a verdict, and notes up to ``LINES`` lines."""
    prepared(workspace)
    from yiheng.casework.services import finding_judge, journal_note, user_create

    for name in ("li", "wang"):
        by = user_create(username=name, password="correct-horse-42", rights=[f"casework.{right}" for right in RIGHTS])
    for reason in ("no record of it", "the record came"):
        finding_judge(finding="f-1", rule="split_stay", verdict="confirmed", reason=reason, by=by)
    for number in range(LINES - 4):
        journal_note(act="user.seen", by=by, subject=f"page {number}")


def sql(folder: Path, *statements: str, guarded: bool = False) -> None:
    """Change the database as its owner: without its triggers, which are there again afterwards."""
    with closing(sqlite3.connect(folder / JOURNAL)) as db:
        triggers = (
            [] if guarded else db.execute("select name, sql from sqlite_master where type = 'trigger'").fetchall()
        )
        for name, _text in triggers:
            db.execute(f"drop trigger {name}")
        for statement in statements:
            db.execute(statement)
        for _name, text in triggers:
            db.execute(text)
        db.commit()


def _sql(*statements: str, guarded: bool = False) -> Callable[[Path], None]:
    return lambda folder: sql(folder, *statements, guarded=guarded)


def _inserted(folder: Path) -> None:
    """An act of nobody, behind the last line, without its place in the chain."""
    sql(folder, f"insert into {LINE} (id, at, act, subject, data, before, hash) values"
        f" ({LINES + 1}, '2025-01-01 00:00:00', 'user.seen', 'x', '{{}}', 'x', 'y')")  # fmt: skip


def _older_database(folder: Path) -> None:
    """The database of before the last three acts."""
    sql(folder, f"delete from {LINE} where id > {LINES - 3}")


def _head(text: str) -> Callable[[Path], None]:
    return lambda folder: (folder / HEAD).write_text(text, "utf-8") and None


def _told_head(**changed: object) -> Callable[[Path], None]:
    def write(folder: Path) -> None:
        head = json.loads((folder / HEAD).read_text("utf-8"))
        (folder / HEAD).write_text(json.dumps({**head, **changed}), "utf-8")

    return write


def _older_head(folder: Path) -> None:
    """The head of an hour before the last act: as it stands where somebody means to cut the end off."""
    with journal_of(Workspace.open(folder)) as asked:
        assert asked is not None
        first, *_, last = lines_of(asked)
    later = replace(last, at=utc(dt.datetime.fromisoformat(last.at) + dt.timedelta(hours=1)))
    sql(folder, f"update {LINE} set at = '{later.at[:26].replace('T', ' ')}', hash = '{later.own}' where id = {LINES}")
    _told_head(number=1, hash=first.hash, lines=1)(folder)


def _gone(name: str) -> Callable[[Path], None]:
    def remove(folder: Path) -> None:
        for file in folder.glob(f"{name}*"):
            file.unlink()

    return remove


def _swapped(folder: Path) -> None:
    """Two lines change their numbers."""
    sql(folder, *(f"update {LINE} set id = {new} where id = {old}" for old, new in ((5, 99), (6, 5), (99, 6))))


TRIGGERS = [
    f"{named}_{act}" for named in ("journal_refuses", "verdict_refuses") for act in ("update", "delete", "replace")
]
# What is done to a journal, what the check says, and whether the next start refuses.
BLOWS: dict[str, tuple[Callable[[Path], None], str, bool]] = {
    "a line edited": (
        _sql(f"update {LINE} set subject = 'x' where id = {MIDDLE}"), f"line {MIDDLE}: the line is not as it was", False
    ),
    "a line's user changed": (
        _sql(f"update {LINE} set by_id = 1 where id = {MIDDLE}"), f"line {MIDDLE}: the line is not as it was", False
    ),
    "a line back-dated": (
        _sql(f"update {LINE} set at = '2020-01-01 00:00:00' where id = {MIDDLE}"), "is dated before the one", False
    ),
    "a line in the middle deleted": (
        _sql(f"delete from {LINE} where id = {MIDDLE}"), f"line {MIDDLE + 1}: the line does not follow", False
    ),
    "two lines swapped": (_swapped, "line 5: the line is not as it was", False),
    "a line put in": (_inserted, f"line {LINES + 1}: the line does not follow", True),
    "the end cut off": (
        _sql(f"delete from {LINE} where id = {LINES}"), f"ends at line {LINES - 1}, but its head is line {LINES}", True
    ),
    "all lines deleted": (_sql(f"delete from {LINE}"), f"ends at line 0, but its head is line {LINES}", True),
    "an older database": (_older_database, f"ends at line {LINES - 3}, but its head is line {LINES}", True),
    "the database deleted": (_gone(JOURNAL), "the database of users and journal is gone", True),
    "the head deleted": (_gone(HEAD), "the head of the journal is gone", True),
    "the head empty": (_head(""), "the head of the journal cannot be read", True),
    "the head no head": (_head('{"number": "8"}'), "the head of the journal cannot be read", True),
    "the head of another journal": (_told_head(first="0" * 64), "the head is of another journal", True),
    "the head of another line": (_told_head(hash="0" * 64), "is not the one that its head holds", True),
    "an older head": (_older_head, "lines behind the journal, more than acts of one moment", False),
    "a verdict edited": (_sql(f"update {VERDICT} set verdict = 'unclear' where id = 1"), "the verdict is not", False),
    "a verdict back-dated": (_sql(f"update {VERDICT} set at = '2020-01-01 00:00:00' where id = 2"), "verdict 2", False),
    "a verdict deleted": (_sql(f"delete from {VERDICT} where id = 1"), "the verdict is gone", False),
    "a verdict put in": (
        _sql(f"insert into {VERDICT} (finding, rule, verdict, reason, at, by_id)"
             " values ('f-9', 'split_stay', 'false_alarm', 'x', '2025-01-01 00:00:00', 1)"),
        "the verdict has no line in the journal", False,
    ),
    "a user put in": (
        _sql("insert into casework_user (password, is_superuser, username, first_name, last_name, email, is_staff,"
             " is_active, date_joined, consortium) values ('x', 0, 'mallory', '', '', '', 0, 1, '2025-01-01', '')"),
        "user mallory: no act in the journal added the user", False,
    ),
    "a right put in": (
        _sql("insert into casework_user_user_permissions (user_id, permission_id)"
             " select 1, id from auth_permission where codename = 'see_person_numbers'"),
        "the rights of the user are not those", False,
    ),
    "a user made superuser": (
        _sql("update casework_user set is_superuser = 1 where id = 1"), "the rights of the user are not those", False
    ),
    "a user's scope widened": (
        _sql("update casework_user set consortium = 'xihai' where id = 1"), "scope or state of the user", False
    ),
    **{
        f"the trigger {name} dropped": (_sql(f"drop trigger {name}", guarded=True), f"trigger {name} is missing", True)
        for name in TRIGGERS
    },
    "a trigger that does nothing": (
        _sql("drop trigger journal_refuses_update", f"create trigger journal_refuses_update before update on {LINE}"
             " begin select 1; end", guarded=True),
        "the trigger journal_refuses_update is not as it was made", True,
    ),
    "a trigger of somebody else": (
        _sql(f"create trigger later after insert on {LINE} begin delete from {VERDICT}; end", guarded=True),
        "later on casework_journalline is none of ours", True,
    ),
}  # fmt: skip


def whole(place: Path) -> Workspace:
    """A workspace whose journal has ``LINES`` lines and no fault."""
    workspace = Workspace.new(place / "whole")
    said = Child(begun, workspace.folder).ended()
    assert said[0] == DONE, said
    checked = check_journal(workspace)
    assert (checked.lines, checked.verdicts, checked.users, checked.behind) == (LINES, 2, 2, 0), checked
    assert not checked.faults, checked.faults
    return workspace


def struck(workspace: Workspace, place: Path, blow: str) -> Survived:
    """One blow on a copy: the check names it, and the next start refuses where it can see it at once.

    Raises:
        AssertionError: when it is not found, or found under another name.
    """
    strike, words, refused = BLOWS[blow]
    folder = place / blow.replace(" ", "-")
    shutil.copytree(workspace.folder, folder)
    strike(folder)
    copy = Workspace.open(folder)
    faults = check_journal(copy).faults
    found = next((str(one) for one in faults if words in str(one)), None)
    assert found is not None, (blow, [str(one) for one in faults])
    try:
        refuse_damaged(copy)
    except Refusal as refusal:
        assert refused, (blow, str(refusal))
        assert words in str(refusal), (blow, str(refusal))
    else:
        assert not refused, (blow, "the start says nothing")
    return Survived(blow, "refused" if refused else "found", found.splitlines()[0].replace(f"{folder}/", ""))


def strike_all() -> Iterator[Survived]:
    """Every blow once."""
    with tempfile.TemporaryDirectory() as place:
        workspace = whole(Path(place))
        for blow in BLOWS:
            yield struck(workspace, Path(place), blow)


def noting(workspace: Path, step: Callable[[str], None]) -> None:
    """What a child does until it is killed: act after act."""
    prepared(workspace)
    from yiheng.casework.services import journal_note

    while True:
        step("act")
        journal_note(act="user.seen", subject="page")


def settling(workspace: Path, run: str, step: Callable[[str], None]) -> None:
    """What a child does until it is killed: propose, adopt and withdraw a settlement, again and again."""
    prepared(workspace)
    from yiheng.casework.models import User
    from yiheng.casework.settlements import settlement_adopt, settlement_propose, settlement_withdraw

    li, wang = (User.objects.get(username=name) for name in ("li", "wang"))
    space = Workspace.open(workspace)
    if register_of(space).state(run) in ("proposed", "adopted"):
        settlement_withdraw(workspace=space, run=run, why="again", by=wang)
    while True:
        step("act")
        settlement_propose(workspace=space, run=run, by=li, **WHY)
        settlement_adopt(workspace=space, run=run, why="checked", by=wang)
        settlement_withdraw(workspace=space, run=run, why="again", by=wang)


def run(kills: int, settled: Callable[[Path], tuple[Workspace, str]]) -> str:
    """Kill so many processes in the middle of acts, half of them of acts on settlements; gives the line printed.

    Args:
        settled: makes a workspace with a settlement in a folder, and gives the run.

    Raises:
        AssertionError: a line lost, a chain broken, a register that differs from the journal.
    """
    dice, began = random.Random(SEED), time.monotonic()
    lines = behind = acts = 0
    with tempfile.TemporaryDirectory() as place:
        workspace, run_id = settled(Path(place))
        said = Child(begun, workspace.folder).ended()
        assert said[0] == DONE, said
        for number in range(kills):
            work = Child(settling, workspace.folder, run_id) if number % 2 else Child(noting, workspace.folder)
            work.reached("act")
            assert work.kill(dice.uniform(0, 0.3)), work
            checked = check_journal(Workspace.open(workspace.folder))
            _all_well(checked, lines)
            lines, behind, acts = checked.lines, behind + bool(checked.behind), checked.settlements
    return (
        f"{kills} processes killed in the middle of acts: {lines:,} lines in one whole chain, {acts:,} acts on"
        f" settlements in register and journal alike, the head {behind} times behind by the act of that moment and"
        f" healed by the next start ({time.monotonic() - began:.0f} s)"
    )


def _all_well(checked: Checked, lines: int) -> None:
    assert not checked.faults, [str(one) for one in checked.faults]
    assert checked.lines >= max(lines, LINES) and checked.behind <= 1, checked
