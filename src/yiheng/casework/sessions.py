"""Coming and going: signing in, signing out, being locked out; each is journalled. Failing to is counted elsewhere."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth import authenticate
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.translation import gettext as _

from yiheng.basis.refusals import Refusal

from .models import User
from .services import SIGNED_OUT, journal_note
from .tries import address_of, note_lock_out

# Who signs in at a terminal of this machine has no other address.
TERMINAL = "127.0.0.1"


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, user: User, **_more: Any) -> None:
    """Somebody signed in."""
    journal_note(act="user.signed_in", by=user, subject=user.username, data=_address(request))


@receiver(user_logged_out)
def note_sign_out(request: HttpRequest, user: User | None, **_more: Any) -> None:
    """Somebody signed out; a session that had ended before has no user."""
    if user is not None:
        journal_note(act=SIGNED_OUT, by=user, subject=user.username, data=_address(request))


@receiver(user_locked_out)
def note_locked_out(request: HttpRequest, username: str | None, **_more: Any) -> None:
    """Too many failures: the name or the address is locked for a while."""
    note_lock_out(username or "", address_of(request))


def user_by_password(*, username: str, password: str) -> User:
    """The user who gives this name and password at a terminal; failures count towards the lock as in the browser.

    Raises:
        Refusal: when name or password is wrong, or the name is locked.
    """
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = TERMINAL
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        raise Refusal(_("用户名或密码不正确，或因多次输错已被暂时锁定。"))
    return user


def _address(request: HttpRequest) -> dict[str, str]:
    return {"address": request.META.get("REMOTE_ADDR", "")}
