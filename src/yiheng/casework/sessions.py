"""Coming and going: signing in, signing out, failing to, being locked out; each is journalled."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from .models import User
from .services import journal_note


@receiver(user_logged_in)
def note_sign_in(request: HttpRequest, user: User, **_: Any) -> None:
    """Somebody signed in."""
    journal_note(act="user.signed_in", by=user, subject=user.username, data=_address(request))


@receiver(user_logged_out)
def note_sign_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    """Somebody signed out; a session that had ended before has no user."""
    if user is not None:
        journal_note(act="user.signed_out", by=user, subject=user.username, data=_address(request))


@receiver(user_login_failed)
def note_failure(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Somebody gave a wrong name or password. The password is not kept."""
    journal_note(act="user.sign_in_failed", subject=str(credentials.get("username", "")), data=_address(request))


@receiver(user_locked_out)
def note_lock_out(request: HttpRequest, username: str, **_: Any) -> None:
    """Too many failures: the name is locked for a while."""
    journal_note(act="user.locked_out", subject=username or "", data=_address(request))


def _address(request: HttpRequest | None) -> dict[str, str]:
    return {"address": request.META.get("REMOTE_ADDR", "")} if request is not None else {}
