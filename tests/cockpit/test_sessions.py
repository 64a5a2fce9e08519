"""Signing in and out, the switch of language: does it, refuses, GET → 405, one journal line."""

from __future__ import annotations

import datetime as dt

import pytest

from .doors import PASSWORD


def acts() -> list[tuple[str, str]]:
    from yiheng.casework.models import JournalLine

    signs = JournalLine.objects.exclude(act="user.created").order_by("pk")
    return [(line.act, line.subject) for line in signs]


@pytest.fixture
def stranger(as_):
    before = len(acts())
    return as_("stranger"), lambda: acts()[before:]


def test_signing_in_leads_to_the_page_and_writes_one_line(stranger):
    client, noted = stranger
    answer = client.post("/login/", {"username": "clerk", "password": PASSWORD, "next": "/findings/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/findings/")
    assert noted() == [("user.signed_in", "clerk")]


def test_signing_in_leads_to_no_other_site(stranger):
    client, _noted = stranger
    answer = client.post("/login/", {"username": "clerk", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_point_7_a_wrong_password_is_refused_and_counted_where_it_can_be_forgotten(stranger):
    from axes.models import AccessAttempt

    client, noted = stranger
    answer = client.post("/login/", {"username": "clerk", "password": "wrong-horse"})
    assert answer.status_code == 200 and 'role="alert"' in answer.content.decode()
    assert noted() == []
    (tried,) = AccessAttempt.objects.values()
    assert (tried["username"], tried["failures_since_start"]) == ("clerk", 1)
    assert "wrong-horse" not in str(tried)


def test_after_five_failures_the_name_is_locked(stranger):
    from axes.models import AccessAttempt
    from django.db.models import F

    client, noted = stranger
    answers = [client.post("/login/", {"username": "clerk", "password": f"wrong-{n}"}) for n in range(5)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    told = answers[-1].content.decode()
    assert "登录已锁定" in told and "请 15 分钟后再试" in told and "返回登录" in told
    assert "用户名或密码错误（区分大小写），连续错 5 次锁定 15 分钟。" in answers[0].content.decode()
    # Ten of the fifteen minutes later.
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - dt.timedelta(minutes=10))
    right = client.post("/login/", {"username": "clerk", "password": PASSWORD})
    assert right.status_code == 429 and "请 5 分钟后再试" in right.content.decode()
    assert noted() == [("user.locked_out", "clerk")]


def test_signing_out_ends_the_session_and_writes_one_line(as_):
    client = as_("clerk")
    before = len(acts())
    assert client.post("/logout/").headers["Location"] == "/login/"
    assert client.get("/").status_code == 302
    client.post("/logout/")
    assert acts()[before:] == [("user.signed_out", "clerk")]


@pytest.mark.parametrize(("address", "role"), [("/logout/", "clerk"), ("/language/", "clerk"), ("/login/", "stranger")])
def test_an_act_without_its_token_is_refused(as_, address, role):
    client = as_(role, enforce_csrf_checks=True)
    answer = client.post(address, {"language": "en", "username": "clerk", "password": PASSWORD})
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


@pytest.mark.parametrize("role", ["stranger", "clerk"])
def test_the_language_is_switched_and_kept(as_, role):
    client = as_(role)
    page = "/" if role == "clerk" else "/login/"
    assert 'lang="zh-hans"' in client.get(page, headers={"accept-language": "en"}).content.decode()
    answer = client.post("/language/", {"language": "en", "next": page})
    assert answer.headers["Location"] == page
    assert '<html lang="en">' in client.get(page).content.decode()
    client.post("/language/", {"language": "zh-hans", "next": page})
    assert 'lang="zh-hans"' in client.get(page).content.decode()


def test_an_unknown_language_changes_nothing(as_):
    client = as_("clerk")
    client.post("/language/", {"language": "xx", "next": "https://evil.example/"})
    assert 'lang="zh-hans"' in client.get("/").content.decode()


def test_cookies_are_out_of_reach_of_scripts(stranger):
    client, _noted = stranger
    client.post("/login/", {"username": "clerk", "password": PASSWORD})
    client.post("/language/", {"language": "en"})
    for name in ("sessionid", "csrftoken", "django_language"):
        assert client.cookies[name]["httponly"] and client.cookies[name]["samesite"] == "Lax", name
