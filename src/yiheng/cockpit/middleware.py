"""What every answer passes through: known methods, the chosen language, a busy door; browsers keep no pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers

from yiheng.casework.tries import Busy

Answer = Callable[[HttpRequest], HttpResponse]
METHODS = ("GET", "HEAD", "POST")
BUSY, AGAIN_AFTER_SECONDS = 503, 5


class KnownMethods:
    """Other methods are refused, and an answer to HEAD has no body: the server sends whatever it is given."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        answer = self.get_response(request)
        if request.method == "HEAD":
            # The heading stays as it is, with the length that the body would have.
            if isinstance(answer, StreamingHttpResponse):
                answer.streaming_content = ()
            elif isinstance(answer, HttpResponse):
                answer.content = b""
        return answer


class ChosenLanguage:
    """Chinese unless the user switched: the browser's own preference does not decide."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        patch_vary_headers(response, ["Cookie"])
        return response


class NotKept:
    """Pages hold figures of a scope, so no browser or proxy keeps them."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class BusyDoor:
    """Says so when too many sign in at once."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, wrong: Exception) -> HttpResponse | None:
        """A page that says to try again soon."""
        if not isinstance(wrong, Busy):
            return None
        page = render(request, "registration/busy.html", status=BUSY)
        page.headers["Retry-After"] = str(AGAIN_AFTER_SECONDS)
        # Django would write a line on each, and a flood would fill the disk.
        page._has_been_logged = True
        return page
