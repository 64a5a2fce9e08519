"""Point 7 of issue 13: tries to sign in, by name and address, at once, and what stays of them."""

from __future__ import annotations

import pytest

from yiheng.basis.refusals import Refusal

from .doors import PASSWORD

ATTACKER, OFFICE = "10.9.9.9", "10.0.0.1"


def sign_in(client, name, password, address):
    return client.post("/login/", {"username": name, "password": password}, REMOTE_ADDR=address)


def locked_out() -> list[tuple[str, dict]]:
    from yiheng.casework.models import JournalLine

    lines = JournalLine.objects.filter(act="user.locked_out").order_by("pk")
    return [(line.subject, line.data) for line in lines]


@pytest.fixture
def stranger(as_):
    return as_("stranger")


def test_point_7_an_address_that_tries_many_names_is_locked_and_is_one_line(stranger):
    from axes.models import AccessAttempt

    statuses = [sign_in(stranger, f"name{n}", "wrong", ATTACKER).status_code for n in range(100)]
    # 30 tries are answered, the 70 after them are turned away before a password is looked at.
    assert statuses == [200] * 30 + [429] * 70
    assert AccessAttempt.objects.count() == 30
    assert locked_out() == [("", {"address": ATTACKER, "tries": 30})]
    assert sign_in(stranger, "clerk", PASSWORD, ATTACKER).status_code == 429
    # Nobody elsewhere is locked out.
    assert sign_in(stranger, "clerk", PASSWORD, OFFICE).status_code == 302


def test_point_7_an_office_behind_one_address_is_not_locked_out_with_an_attacker(stranger):
    assert sign_in(stranger, "clerk", PASSWORD, OFFICE).status_code == 302
    stranger.post("/logout/")
    for n in range(40):
        sign_in(stranger, f"name{n}", "wrong", OFFICE)
    assert sign_in(stranger, "judge", PASSWORD, OFFICE).status_code == 429
    # Who signed in from there before may go on, five tries as ever.
    assert sign_in(stranger, "clerk", "wrong", OFFICE).status_code == 200
    assert sign_in(stranger, "clerk", PASSWORD, OFFICE).status_code == 302


def test_point_7_tries_on_a_locked_name_neither_fill_the_journal_nor_lengthen_the_lock(stranger):
    from axes.models import AccessAttempt

    for _ in range(5):
        sign_in(stranger, "clerk", "wrong", ATTACKER)
    (before,) = AccessAttempt.objects.values()
    for _ in range(20):
        assert sign_in(stranger, "clerk", "wrong", ATTACKER).status_code == 429
    assert list(AccessAttempt.objects.values()) == [before]
    assert locked_out() == [("clerk", {"address": ATTACKER, "tries": 5})]
    assert sign_in(stranger, "clerk", PASSWORD, OFFICE).status_code == 302


def test_point_7_the_lock_ends_and_its_count_is_forgotten(stranger):
    import datetime as dt

    from axes.models import AccessAttempt

    for n in range(31):
        sign_in(stranger, f"name{n}", "wrong", ATTACKER)
    assert sign_in(stranger, "clerk", PASSWORD, ATTACKER).status_code == 429
    from django.db.models import F

    AccessAttempt.objects.update(attempt_time=F("attempt_time") - dt.timedelta(minutes=16))
    assert sign_in(stranger, "clerk", PASSWORD, ATTACKER).status_code == 302
    assert AccessAttempt.objects.count() == 0


def test_point_7_when_too_many_passwords_are_looked_at_the_next_is_told_to_come_again(stranger, settings_of_use):
    from yiheng.casework.tries import MOST_WAITING, OneAtATime

    held = [OneAtATime._room.acquire(blocking=False) for _ in range(1 + MOST_WAITING)]
    try:
        assert all(held)
        answer = sign_in(stranger, "clerk", PASSWORD, OFFICE)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert "登录繁忙" in answer.content.decode()
    finally:
        for _ in held:
            OneAtATime._room.release()
    # The name is not there, so its password is hashed as one that is.
    assert sign_in(stranger, "nobody", PASSWORD, OFFICE).status_code == 200


@pytest.fixture
def settings_of_use(served):
    """The hasher of the served workspace, which the fixtures replace with a quick one."""
    from django.test import override_settings

    from yiheng.cockpit.settings import settings_for

    with override_settings(PASSWORD_HASHERS=settings_for(served)["PASSWORD_HASHERS"]):
        yield


@pytest.mark.parametrize(
    "to", ["//evil.example", "https:evil.example", "https:///evil.example", "\\\\evil.example", "/\\evil.example",
           "javascript:alert(1)", "http://localhost@evil.example/", "\thttps://evil.example", "https://localhost:1/"]
)  # fmt: skip
def test_point_7_no_way_leads_off_the_host(as_, to):
    stranger = as_("stranger")
    signed = stranger.post("/login/", {"username": "clerk", "password": PASSWORD, "next": to})
    assert signed.headers["Location"] == "/"
    switched = stranger.post("/language/", {"language": "en", "next": to}, headers={"referer": to})
    assert switched.headers["Location"] == "/"


def test_point_7_a_session_is_new_at_the_sign_in_and_ends_with_its_user(as_, people):
    from yiheng.casework.services import user_end

    stranger = as_("stranger")
    stranger.cookies["sessionid"] = "given-by-an-attacker-0000000000"
    sign_in(stranger, "clerk", PASSWORD, OFFICE)
    assert stranger.cookies["sessionid"].value != "given-by-an-attacker-0000000000"
    assert stranger.get("/").status_code == 200
    user_end(user=people["clerk"])
    assert stranger.get("/").status_code == 302
    assert sign_in(stranger, "clerk", PASSWORD, OFFICE).status_code == 200


def test_point_7_every_act_asks_for_its_token(as_):
    from django.urls import get_resolver

    judge, tried = as_("judge", enforce_csrf_checks=True), 0
    for pattern in get_resolver().reverse_dict.getlist("settlement_act") + get_resolver().reverse_dict.getlist("judge"):
        address = "/" + pattern[0][0][0]
        if "%" not in address:
            assert judge.post(address, {"act": "adopt"}).status_code == 403, address
            tried += 1
    assert tried


def test_point_7_the_terminal_is_locked_like_the_browser(people):
    from yiheng.casework.sessions import user_by_password

    for _ in range(6):
        with pytest.raises(Refusal):
            user_by_password(username="clerk", password="wrong")
    assert locked_out() == [("clerk", {"address": "127.0.0.1", "tries": 5})]
