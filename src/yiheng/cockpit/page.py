"""What is asked several times while a page is made is worked out once: a page shows one state of the workspace."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.http import HttpRequest, HttpResponse

P = ParamSpec("P")
T = TypeVar("T")
# Acts change what they read, so only what reads is remembered, and no longer than until its answer.
READS = ("GET", "HEAD")
_worked_out: ContextVar[dict[tuple[object, str], Any] | None] = ContextVar("worked_out", default=None)


def once_in_a_page(function: Callable[P, T]) -> Callable[P, T]:
    """Work a function out once in a page for each of its arguments; elsewhere whenever it is called."""

    @wraps(function)
    def asked(*args: P.args, **more: P.kwargs) -> T:
        held = _worked_out.get()
        if held is None:
            return function(*args, **more)
        key = (function, repr((args, more)))
        if key not in held:
            held[key] = function(*args, **more)
        found: T = held[key]
        return found

    return asked


class OnePage:
    """Begins each page with nothing remembered."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        before = _worked_out.set({} if request.method in READS else None)
        try:
            return self.get_response(request)
        finally:
            _worked_out.reset(before)
