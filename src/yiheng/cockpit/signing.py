"""The door: the form in which people sign in, and the page of who is locked out."""

from __future__ import annotations

from typing import Any

from axes.helpers import get_client_username
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from yiheng.casework.tries import MINUTE, address_of, minutes_left

LOCKED = 429


class SignIn(AuthenticationForm):
    """Says with a wrong password how many more wrong ones lock the door, and for how long."""

    def get_invalid_login_error(self) -> ValidationError:  # the name is Django's
        """The sentence; which of the two was wrong stays untold."""
        said = gettext("用户名或密码错误（区分大小写），连续错 %(tries)s 次锁定 %(minutes)s 分钟。")
        minutes = settings.AXES_COOLOFF_TIME // MINUTE
        return ValidationError(said % {"tries": settings.AXES_FAILURE_LIMIT, "minutes": minutes}, "invalid_login")


def locked_out(request: HttpRequest, _answer: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """The page of who is locked out, with the minutes that are left."""
    minutes = minutes_left(address_of(request), get_client_username(request, credentials))
    return render(request, "registration/locked_out.html", {"minutes": minutes}, status=LOCKED)
