"""Acts on users: each does it, refuses twice, needs the right, and writes one line."""

from __future__ import annotations

import hashlib

import pytest

from yiheng.basis.refusals import Refusal

PASSWORD = "another-horse-43"


def lines(act: str) -> list:
    from yiheng.casework.models import JournalLine

    return list(JournalLine.objects.filter(act=act).order_by("pk"))


def test_a_user_is_added_with_scope_and_right_and_one_line(database):
    from yiheng.casework.services import user_create

    before = len(lines("user.created"))
    user = user_create(username="li", password=PASSWORD, consortium="xihai", rights=["casework.see_person_numbers"])
    assert user.check_password(PASSWORD) and not user.in_fund_office
    assert user.has_perm("casework.see_person_numbers")
    written = lines("user.created")[before:]
    stored = hashlib.sha256(user.password.encode()).hexdigest()
    assert [(one.subject, one.by, one.data) for one in written] == [
        ("li", None, {"consortium": "xihai", "rights": ["casework.see_person_numbers"], "password_sha256": stored})
    ]


def test_a_name_is_taken_once(database):
    from yiheng.casework.services import user_create

    user_create(username="li", password=PASSWORD)
    with pytest.raises(Refusal, match="用户“li”已经存在。"):
        user_create(username="li", password=PASSWORD)
    assert len([one for one in lines("user.created") if one.subject == "li"]) == 1


@pytest.mark.parametrize("password", ["short-1", "1234567890123", "password123", "wangwangwang"])
def test_a_weak_password_is_refused_and_nobody_is_added(database, password):
    from yiheng.casework.models import User
    from yiheng.casework.services import user_create

    with pytest.raises(Refusal):
        user_create(username="wangwangwang", password=password)
    assert not User.objects.filter(username="wangwangwang").exists()
    assert not [one for one in lines("user.created") if one.subject == "wangwangwang"]


def test_an_unknown_right_and_an_impossible_name_are_refused(database):
    from yiheng.casework.services import user_create

    with pytest.raises(Refusal, match="没有名为“fly”的权限。"):
        user_create(username="li", password=PASSWORD, rights=["casework.fly"])
    with pytest.raises(Refusal, match="用户名"):
        user_create(username="li wei!", password=PASSWORD)
    # As they look to people: the third is written with a Cyrillic і.
    user_create(username="li", password=PASSWORD)
    for alike in ("LI", "Li", "l\u0456"):
        with pytest.raises(Refusal):
            user_create(username=alike, password=PASSWORD)
    user_create(username="李伟", password=PASSWORD)


def test_adding_a_user_needs_the_right(people):
    from yiheng.casework.services import user_create

    with pytest.raises(Refusal, match="您没有管理用户的权限。"):
        user_create(username="li", password=PASSWORD, by=people["clerk"])
    head = user_create(username="head", password=PASSWORD, rights=["casework.add_user"])
    user_create(username="li", password=PASSWORD, by=head)
    assert lines("user.created")[-1].by == head


def test_a_renewed_password_replaces_the_old_one(people):
    from yiheng.casework.services import user_renew_password

    user_renew_password(user=people["clerk"], password=PASSWORD)
    people["clerk"].refresh_from_db()
    assert people["clerk"].check_password(PASSWORD)
    assert [one.subject for one in lines("user.password_renewed")] == ["clerk"]
    with pytest.raises(Refusal):
        user_renew_password(user=people["clerk"], password=PASSWORD, by=people["xihai"])
    assert len(lines("user.password_renewed")) == 1


def test_an_act_that_fails_leaves_no_line(people):
    from django.db import IntegrityError, transaction

    from yiheng.casework.services import journal_note

    with pytest.raises(IntegrityError, match="an_act_is_named_entity_dot_verb"), transaction.atomic():
        journal_note(act="nonsense", by=people["clerk"])
    assert not lines("nonsense")
