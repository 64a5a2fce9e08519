"""Tries to sign in: how many from where, who is turned away before a password is looked at, and how many at once.

Tries are counted in the tables of axes, which forget them; the journal, which forgets nothing, gets a line only when
somebody is locked out.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import threading
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.helpers import get_client_username
from axes.models import AccessAttempt, AccessLog
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import transaction
from django.db.models import Sum
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from yiheng.basis.hidden import holds_number, masked

from .models import JournalLine, User
from .services import journal_note

# Wrong names and passwords from one address, whatever the names, within the window.
MOST_OF_AN_ADDRESS = 30
WINDOW, MINUTE = dt.timedelta(minutes=15), dt.timedelta(minutes=1)
# Who signed in from an address within this time may try there while others may not.
KNOWN_FOR = dt.timedelta(days=90)
LOCKED_OUT = "user.locked_out"
SIGNS = 8
# A password costs half a second of a processor by design: one is checked at a time, and few may wait for it.
MOST_WAITING = 3
# What one customer of a network is given: whoever has it has all its addresses.
NETWORK_BITS = 64


class Busy(Exception):
    """So many passwords are being checked that this one was not looked at."""


def address_of(request: HttpRequest) -> str | None:
    """Where a request comes from; of IPv6 the network, and nothing where a proxy tells no address."""
    try:
        address = ipaddress.ip_address(request.META.get("REMOTE_ADDR", ""))
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address):
        address = address.ipv4_mapped or ipaddress.ip_network((int(address), NETWORK_BITS), strict=False)[0]
    return str(address)


def name_of(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The name under which tries are counted: a number of a person that is no user's name is not kept as typed."""
    given = str((credentials or {}).get("username") or request.POST.get("username") or "")
    if not holds_number(given) or User.objects.filter(username=given).exists():
        return given
    # Told apart from others by a sign that only the workspace's key can make.
    return f"{masked(given)}~{salted_hmac('tries', given).hexdigest()[:SIGNS]}"


class Counted(AxesDatabaseHandler):
    """Locks a name at an address, and an address at which too many were wrong."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        if super().is_locked(request, credentials):
            return True
        address, name = address_of(request), get_client_username(request, credentials)
        return tries_of(address) >= MOST_OF_AN_ADDRESS and not _known(name, address)

    def user_logged_in(self, sender: Any, request: HttpRequest, user: Any, **more: Any) -> None:
        AccessLog.objects.filter(attempt_time__lt=timezone.now() - KNOWN_FOR).delete()
        super().user_logged_in(sender, request, user, **more)


class OneAtATime(PBKDF2PasswordHasher):
    """Hashes one password at a time, so that a flood of sign-ins leaves the machine to its readers."""

    _room, _turn = threading.BoundedSemaphore(1 + MOST_WAITING), threading.Lock()

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """The hash of a password.

        Raises:
            Busy: when others wait already.
        """
        if not self._room.acquire(blocking=False):
            raise Busy
        try:
            with self._turn:
                hashed: str = super().encode(password, salt, iterations)
                return hashed
        finally:
            self._room.release()


def tries_of(address: str | None, name: str | None = None) -> int:
    """Wrong tries from an address within the window; those under one name, where one is given."""
    tried = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=timezone.now() - WINDOW)
    if name is not None:
        tried = tried.filter(username=name)
    return tried.aggregate(sum=Sum("failures_since_start"))["sum"] or 0


def minutes_left(address: str | None, name: str | None) -> int:
    """Whole minutes, at least one, until a name at an address that is locked may be tried again."""
    now = timezone.now()
    tried = AccessAttempt.objects.filter(ip_address=address, attempt_time__gte=now - WINDOW)
    until = max((one.attempt_time for one in tried.filter(username=name)), default=now - WINDOW)
    left = tries_of(address)
    for one in tried.order_by("attempt_time"):
        # Of an address that is locked, the try with whose end it is open again.
        if left < MOST_OF_AN_ADDRESS or _known(name, address):
            break
        left -= one.failures_since_start
        until = max(until, one.attempt_time)
    return max(1, -((now - until - WINDOW) // MINUTE))


def note_lock_out(name: str, address: str | None) -> None:
    """One line for a name at an address and for an address, however often it is tried again within the window."""
    tries = tries_of(address, name)
    if tries_of(address) >= MOST_OF_AN_ADDRESS and not _known(name, address):
        # Under how many names does not matter, and each would be a line.
        name, tries = "", tries_of(address)
    if _noted(name, address):
        return
    with transaction.atomic():
        if not _noted(name, address):
            journal_note(act=LOCKED_OUT, subject=name, data={"address": address or "", "tries": tries})


def _noted(name: str, address: str | None) -> bool:
    since = timezone.now() - WINDOW
    lines = JournalLine.objects.filter(act=LOCKED_OUT, subject=name, at__gte=since)
    return any(line.data.get("address") == (address or "") for line in lines)


def _known(name: str | None, address: str | None) -> bool:
    since = timezone.now() - KNOWN_FOR
    return AccessLog.objects.filter(username=name, ip_address=address, attempt_time__gte=since).exists()
