"""Points 5 and 7 of issue 13: while the journal is not the one of its head, the cockpit says so and does nothing."""

from __future__ import annotations

import json

import pytest

from .doors import PASSWORD

STOPPED = 503
PAGES = ("/", "/findings/", "/overview/", "/settlements/", "/quality/", "/comparison/", "/statement.pdf", "/login/")
ACTS = {
    "/findings/judge/": {"finding": "x", "verdict": "confirmed", "reason": "seen"},
    "/settlements/act/": {"act": "adopt", "run": "settle-x", "why": "totals agree"},
    "/logout/": {},
}


@pytest.fixture
def head(served):
    """The real head, which is back where it was after the test."""
    from django.conf import settings

    file = settings.JOURNAL_HEAD
    kept = file.read_bytes()
    yield file
    file.write_bytes(kept)


def spoilt(head, how):
    if how == "gone":
        head.unlink()
    elif how == "empty":
        head.write_bytes(b"")
    else:
        # It holds line 1, as the journal does, but of another one.
        other = {"number": 1, "lines": 1, "first": "0" * 64, "hash": "0" * 64}
        head.write_text(json.dumps(json.loads(head.read_text("utf-8")) | other))


SAID = {
    "gone": ("操作日志校验文件丢失", "the head of the journal is gone"),
    "empty": ("无法读取操作日志校验文件", "the head of the journal cannot be read"),
    "foreign": ("操作日志校验文件属于另一份操作日志", "the head is of another journal"),
}


@pytest.mark.parametrize("how", SAID)
def test_point_5_every_page_and_act_says_so_in_its_language_with_its_cure(as_, head, how):
    client = as_("clerk")
    assert client.get("/").status_code == 200
    spoilt(head, how)
    zh, en = SAID[how]
    for language, said, cure in (("zh-hans", zh, "yiheng journal verify 查看"), ("en", en, "yiheng journal verify")):
        # The language may be switched all the same.
        assert client.post("/language/", {"language": language, "next": "/"}).status_code == 302
        for answer in [*map(client.get, PAGES), *(client.post(where, form) for where, form in ACTS.items())]:
            told = answer.content.decode()
            assert answer.status_code == STOPPED, answer.request
            assert said in told and cure in told and "yiheng restore" in told, told
            assert {"zh-hans": "操作日志异常，暂停办理", "en": "The journal is damaged"}[language] in told
            # Nobody can sign out, so nobody is shown as signed in.
            assert 'class="user"' not in told and 'action="/logout/"' not in told
            assert str(head) not in told and "journal.head" in told
            assert "Content-Disposition" not in answer


def test_point_5_nobody_is_signed_in_or_out_while_nothing_can_be_noted(as_, head):
    from django.contrib.sessions.models import Session

    from yiheng.casework.models import JournalLine

    clerk, stranger = as_("clerk"), as_("stranger")
    lines, sessions = JournalLine.objects.count(), Session.objects.count()
    kept = head.read_bytes()
    head.unlink()
    # No loop of redirects: the page that asks to sign in says the same.
    assert [one.status_code for one in (stranger.get("/"), stranger.get("/", follow=True))] == [STOPPED, STOPPED]
    answer = stranger.post("/login/", {"username": "clerk", "password": PASSWORD})
    assert answer.status_code == STOPPED and "sessionid" not in answer.cookies
    assert clerk.post("/logout/").status_code == STOPPED
    assert (JournalLine.objects.count(), Session.objects.count()) == (lines, sessions)
    head.write_bytes(kept)
    assert clerk.get("/").status_code == 200
    assert stranger.get("/").status_code == 302


def test_point_5_a_head_that_goes_between_the_look_and_the_act_signs_nobody_in(as_, head, monkeypatch):
    from django.contrib.sessions.models import Session

    from yiheng.cockpit import unsound

    stranger = as_("stranger")
    before = [one for one in Session.objects.all() if "_auth_user_id" in one.get_decoded()]
    monkeypatch.setattr(unsound, "refuse_unheaded", lambda: None)
    head.unlink()
    answer = stranger.post("/login/", {"username": "clerk", "password": PASSWORD})
    assert answer.status_code == STOPPED and "操作日志校验文件丢失" in answer.content.decode()
    assert 'class="user"' not in answer.content.decode() and not answer.wsgi_request.user.is_authenticated
    assert not answer.cookies.get("sessionid") or not answer.cookies["sessionid"].value
    assert [one for one in Session.objects.all() if "_auth_user_id" in one.get_decoded()] == before
    assert stranger.get("/").status_code == 302
