"""Results that are not what their run wrote: no page shows them, and every page that would have says why."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language

from yiheng.basis.catalogue import refusal_in
from yiheng.basis.refusals import Refusal
from yiheng.casework.chain import refuse_unheaded

from .page import READS

CHANGED, NOT_NOW = 409, 503
NOT_FOUND = 404
SWITCH = "language"
_met: ContextVar[dict[str, Refusal] | None] = ContextVar("unsound", default=None)


def pass_over(fault: Refusal) -> None:
    """Note that something was not read; it is told with the answer."""
    met = _met.get()
    if met is not None:
        met[fault.where] = fault


def unsound(request: HttpRequest) -> dict[str, object]:
    """For templates: what was passed over while the page was made, in its language."""
    from .discreet import said_to  # it reads results, which tell here what they passed over

    said = said_to(getattr(request, "user", None))
    return {"unsound": [said(_shown(fault)) for fault in list((_met.get() or {}).values())]}


class Unsound:
    """A page says beside the other figures what it does not show; a file that leaves the house is not given out."""

    def __init__(self, get_response: object) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        before = _met.set({})
        try:
            answer: HttpResponseBase = self.get_response(request)  # type: ignore[operator]
            leaves = answer.has_header("Content-Disposition") or answer.status_code == NOT_FOUND
            if leaves and _met.get():
                return _told(request)
            return answer
        finally:
            _met.reset(before)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """A refusal that a page did not foresee is a sentence all the same."""
        if not isinstance(fault, Refusal):
            return None
        pass_over(fault)
        # An act that was not done leaves nothing behind: of an answer of this kind no session is kept.
        return _told(request) if request.method in READS else stopped(request)


class Journalled:
    """While the journal is not the one of its head, no page is shown and no act done: every answer says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer a request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """The page that says so, in place of what was asked for; the language may be switched for it."""
        if request.resolver_match is not None and request.resolver_match.url_name == SWITCH:
            return None
        try:
            refuse_unheaded()
        except Refusal as fault:
            pass_over(fault)
            _log(str(fault))
            return stopped(request)
        return None


def stopped(request: HttpRequest) -> HttpResponse:
    """The page of a cockpit that can note nothing."""
    page = render(request, "stopped.html", status=NOT_NOW)
    # Once in the log is enough: Django would write a line on each.
    page._has_been_logged = True
    return page


@lru_cache(maxsize=8)
def _log(fault: str) -> None:
    logging.getLogger("yiheng").error("no page is shown: %s", fault)


def _shown(fault: Refusal) -> str:
    """The sentence with the place inside the workspace: where that stands on the server is nobody's business."""
    told = refusal_in(fault, "zh" if (get_language() or "zh").startswith("zh") else "en")
    return told.replace(f"{settings.WORKSPACE}{os.sep}", "")


def _told(request: HttpRequest) -> HttpResponse:
    return render(request, "unsound.html", status=CHANGED)
