"""Point 5 of issue 13: who acts is held against the journal; a register without its journal is nobody's."""

from __future__ import annotations

import datetime as dt
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace

import pytest
from torture.kills import DONE, Child

from tests.conftest import ROOT
from torture import journal
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace
from yiheng.runs.journal import CAME, HEAD, JOURNAL, Person, note_came, refuse_damaged
from yiheng.runs.journal.checked import _act_faults, _Read, check_journal
from yiheng.runs.register import Act, Register

PASSWORD, OTHER = "correct-horse-42", "other-horse-43"
JUDGED = {"finding": "f-1", "rule": "split_stay", "verdict": "confirmed", "reason": "no record of it"}
WRONG_USE = 2


def acts(*did: tuple[str, str]) -> list[Act]:
    """A chain of acts on one run: who did what."""
    made: list[Act] = []
    for by, act in did:
        before = made[-1].hash if made else ""
        at = dt.datetime(2025, 1, 1 + len(made), tzinfo=dt.UTC).isoformat()
        made.append(Act(at, "settle-1", act, by, "totals agree", "x", "y", 2025, ("xihai",), before=before))
    return made


def put(folder, made: list[Act]) -> None:
    (folder / "runs").mkdir(exist_ok=True)
    (folder / "runs" / "standing.jsonl").write_text("".join(f"{act.line}\n" for act in made), "utf-8")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return journal.whole(tmp_path_factory.mktemp("journal"))


@pytest.fixture
def copy(whole, tmp_path):
    return Workspace.open(shutil.copytree(whole.folder, tmp_path / "copy"))


def refused(workspace: Workspace, says: str) -> None:
    """Start and check say the same."""
    with pytest.raises(Refusal, match=says):
        refuse_damaged(workspace)
    assert says in " ".join(map(str, check_journal(workspace).faults))


def test_point_5_a_register_whose_journal_and_head_were_removed_is_refused(copy):
    put(copy.folder, acts(("li", "proposed"), ("wang", "adopted")))
    for file in (*copy.folder.glob(f"{JOURNAL}*"), copy.folder / HEAD):
        file.unlink()
    refused(copy, "holds 2 acts that no journal notes and no pack brought")
    assert not (copy.folder / JOURNAL).exists() and not (copy.folder / HEAD).exists()


def test_point_5_acts_put_in_before_the_journal_notes_any_are_refused(copy):
    put(copy.folder, acts(("li", "proposed")))
    refused(copy, "holds 1 acts that no journal notes and no pack brought")


def test_point_5_what_came_with_a_pack_may_be_there_and_no_act_more(tmp_path):
    workspace = Workspace.new(tmp_path / "w")
    made = acts(("li", "proposed"), ("wang", "adopted"), ("wang", "withdrawn"))
    put(workspace.folder, made[:2])
    note_came(workspace.folder)
    assert not check_journal(workspace).faults
    put(workspace.folder, made)
    refused(workspace, "holds 1 acts that no journal notes and no pack brought")
    (workspace.folder / "runs" / CAME).unlink()
    refused(workspace, "holds 3 acts that no journal notes and no pack brought")


def put_in(name: str):
    """A user with every right, as the owner of the database writes one."""
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import Permission

    from yiheng.casework.models import User

    user = User.objects.create(username=name, password=make_password(PASSWORD), is_superuser=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="casework"))
    return user


def test_point_5_a_user_put_in_by_hand_neither_signs_in_nor_acts(people):
    from yiheng.casework.models import JournalLine
    from yiheng.casework.services import finding_judge, user_create
    from yiheng.casework.sessions import user_by_password

    mallory, lines = put_in("mallory"), JournalLine.objects.count()
    for does in (
        lambda: user_by_password(username="mallory", password=PASSWORD),
        lambda: finding_judge(**JUDGED, by=mallory),
        lambda: user_create(username="eve", password=OTHER, by=mallory),
    ):
        with pytest.raises(Refusal, match="no act in the journal added the user"):
            does()
    assert JournalLine.objects.count() == lines


@pytest.mark.parametrize(
    ("role", "blow", "says"),
    [
        ("judge", {"is_superuser": True}, "the rights of the user are not"),
        ("judge", {"is_active": False}, "scope or state of the user"),
        ("judge", {"password": "x"}, "the password of the user is not the one"),
        ("xihai", {"consortium": ""}, "scope or state of the user"),
    ],
)
def test_point_5_a_row_changed_by_hand_acts_no_more(people, role, blow, says):
    from yiheng.casework.models import User
    from yiheng.casework.services import journal_note

    User.objects.filter(pk=people[role].pk).update(**blow)
    with pytest.raises(Refusal, match=says):
        journal_note(act="findings.exported", by=people[role])


def test_point_5_a_right_or_group_put_in_by_hand_acts_no_more(people):
    from django.contrib.auth.models import Group, Permission

    from yiheng.casework.models import User
    from yiheng.casework.services import finding_judge

    right = Permission.objects.get(codename="judge_findings")
    people["clerk"].user_permissions.add(right)
    with pytest.raises(Refusal, match="the rights of the user are not"):
        finding_judge(**JUDGED, by=User.objects.get(username="clerk"))
    group = Group.objects.create(name="all")
    group.permissions.add(right)
    people["reviewer"].groups.add(group)
    User.objects.filter(username="reviewer").update(is_superuser=True)
    # Neither gives a right, even before an act.
    assert not User.objects.get(username="reviewer").has_perm("casework.judge_findings")


def test_point_5_a_line_that_gives_rights_is_held_as_well(people, monkeypatch):
    from yiheng.casework import persons
    from yiheng.casework.models import JournalLine

    line = JournalLine.objects.get(act="user.created", subject="clerk")
    line.data["rights"] = ["casework.judge_findings"]
    with pytest.raises(Refusal, match="is not as it was written"):
        persons._refuse_edited(line)


def test_point_5_a_password_put_in_by_hand_does_not_sign_in(people):
    from django.contrib.auth.hashers import make_password

    from yiheng.casework.models import User
    from yiheng.casework.services import user_renew_password
    from yiheng.casework.sessions import user_by_password

    User.objects.filter(username="clerk").update(password=make_password(OTHER))
    with pytest.raises(Refusal, match="the password of the user is not the one"):
        user_by_password(username="clerk", password=OTHER)
    # The cure cures.
    user_renew_password(user=User.objects.get(username="clerk"), password="third-horse-44")
    assert user_by_password(username="clerk", password="third-horse-44").username == "clerk"


def test_point_5_a_password_hashed_anew_at_sign_in_is_noted(people, settings_of_hashes):
    from yiheng.casework.models import JournalLine, User
    from yiheng.casework.sessions import user_by_password

    before = User.objects.get(username="clerk").password
    assert user_by_password(username="clerk", password=PASSWORD).password != before
    line = JournalLine.objects.filter(subject="clerk").first()
    assert line.act == "user.password_hashed_anew" and set(line.data) == {"password_sha256"}
    assert user_by_password(username="clerk", password=PASSWORD).username == "clerk"


@pytest.fixture
def settings_of_hashes(people):
    """Today's way of hashing is another one than when the users were added."""
    from django.test import override_settings

    ways = ("PBKDF2SHA1PasswordHasher", "MD5PasswordHasher")
    with override_settings(PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{way}" for way in ways]):
        yield


def ended(folder, step) -> None:
    """What a child does: end the user whom nobody added."""
    journal.prepared(folder)
    from yiheng.casework.models import User
    from yiheng.casework.services import user_end

    user_end(user=User.objects.get(username="mallory"))


def test_point_5_the_cure_of_a_user_put_in_cures(copy):
    journal.BLOWS["a user put in"][0](copy.folder)
    assert "no act in the journal added the user" in str(check_journal(copy).faults[0])
    assert Child(ended, copy.folder).ended()[0] == DONE
    checked = check_journal(copy)
    assert (checked.faults, checked.ended_strangers) == ([], ["mallory"])


def test_point_5_acts_of_who_never_had_the_right_are_named_until_withdrawn():
    rights = {"li": "casework.propose_settlements", "wang": "casework.adopt_settlements"}
    known = {name: Person(rights=frozenset([right])) for name, right in rights.items()}
    made = acts(("li", "proposed"), ("mallory", "adopted"), ("wang", "withdrawn"))
    register, read = Register(), _Read(users=known, noted=[act.hash for act in made])
    for act in made[:2]:
        register.add(act)
    (fault,) = _act_faults(register, read)
    assert "settle-1 was adopted by mallory, who was never given the right to it" in str(fault)
    assert "yiheng official withdraw settle-1" in fault.cure
    # One whom the journal added, but without this right, is no better.
    assert len(list(_act_faults(register, replace(read, users={**known, "mallory": known["li"]})))) == 1
    register.add(made[2])
    assert not list(_act_faults(register, read))


def test_point_5_a_password_of_before_is_told_as_not_noted(copy):
    assert check_journal(copy).unnoted_passwords == 0
    journal.sql(
        copy.folder,
        "update casework_journalline set data = json_remove(data, '$.password_sha256') where id = 1",
        "update casework_user set password = 'x' where username = 'li'",
    )
    checked = check_journal(copy)
    assert checked.unnoted_passwords == 1
    assert not [one for one in checked.faults if "password" in one.what]


def test_point_5_a_database_that_another_process_holds_is_a_sentence(copy):
    toml = copy.folder / "yiheng.toml"
    described = 'ENGINE = "django.db.backends.sqlite3"\nNAME = "{}"\nOPTIONS = {{ timeout = 1 }}\n'
    web = f"\n[web.database]\n{described.format(copy.folder / JOURNAL)}"
    toml.write_text(toml.read_text("utf-8") + web, "utf-8")
    asked = [sys.executable, "-m", "yiheng.cockpit", "user-add", str(copy.folder), "zhang"]
    with closing(sqlite3.connect(copy.folder / JOURNAL, isolation_level=None)) as held:
        held.execute("begin exclusive")
        done = subprocess.run(asked, input=f"{OTHER}\n", capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == WRONG_USE, done.stderr
    assert "Traceback" not in done.stderr
    assert "database" in done.stderr and ("holds" in done.stderr or "占用" in done.stderr), done.stderr


GONE = """
import sys
from pathlib import Path
from torture.journal import prepared
folder = Path(sys.argv[1])
prepared(folder)
from django.db import connection
from django.test import Client
from yiheng.casework.models import User
one, other = Client(headers={"host": "localhost"}), Client(headers={"host": "localhost"})
one.force_login(User.objects.get(username="li"), backend="django.contrib.auth.backends.ModelBackend")
for file in folder.glob("casework.sqlite3*"):
    file.unlink()
connection.close()
paths = ("/", "/quality/", "/settlements/", "/login/")
print([client.get(path).status_code for client in (one, other) for path in paths])
"""


def test_point_5_pages_say_so_when_the_database_is_deleted_under_the_server(copy):
    done = subprocess.run(
        [sys.executable, "-c", GONE, str(copy.folder)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str([503] * 8)
    assert "Traceback" not in done.stderr
