"""Requests that cannot be read: each is answered with a page and one line of the log, wherever it would have struck."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render

BAD, TOO_LARGE = 400, 413
# Of the path in the log: whoever reaches the port chooses how long it is.
PATH_SIGNS = 80
WHY = "yiheng.unread"


class Request(WSGIRequest):
    """A request whose heading may be beyond reading: it is made without its type, and says why."""

    def __init__(self, environ: Mapping[str, Any]) -> None:
        try:
            super().__init__({**environ})
        except Exception as wrong:
            # The codecs and parsers that a heading may name raise whatever they like; all of it is the sender's.
            super().__init__({**environ, "CONTENT_TYPE": "", WHY: type(wrong).__name__})


class Handler(WSGIHandler):
    """Django's, with our requests."""

    request_class = Request


class Read:
    """Reads the whole request before anything asks for a part of it; what cannot be read goes no further."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        if why := request.META.get(WHY):
            return _answer(request, BAD, why)
        try:
            _ = request.COOKIES, request.GET, request.POST, request.FILES
        except Exception as wrong:
            # Nothing but the request was looked at, so whatever is wrong is wrong with it.
            return bad_request(request, wrong)
        return self.get_response(request)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of a request that cannot be read, and its line; also where Django finds out later."""
    return _answer(request, TOO_LARGE if isinstance(exception, RequestDataTooBig) else BAD, type(exception).__name__)


def _answer(request: HttpRequest, status: int, why: str) -> HttpResponse:
    # Who makes the page may look at the parts, which would strike again.
    request.GET = QueryDict()
    request._mark_post_parse_error()
    # By kind, as Django does: a kind that is to be silent has its level in the settings.
    said = f"{request.method} {request.path[:PATH_SIGNS]}"
    logging.getLogger(f"django.security.{why}").warning("%s answered with %s: %s", said, status, why)
    # Nobody's page: it costs no look into the database, which may be gone.
    page = render(request, f"{status}.html", {"user": AnonymousUser()}, status=status)
    # Django would write a dozen lines on each.
    page._has_been_logged = True
    return page
