"""Faults of pages: the reader gets a number, and the line of the log that bears it quotes no data."""

from __future__ import annotations

import logging
from secrets import token_hex
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from yiheng.basis.fallen import told_fault
from yiheng.basis.hidden import masked
from yiheng.basis.signs import on_one_line

NUMBER_SIGNS = 4
FALLEN = 500


def fault(request: HttpRequest) -> HttpResponse:
    """The page of a fault, with the number under which the log has it."""
    number = token_hex(NUMBER_SIGNS)
    request.META["yiheng.fault"] = number
    # Without the request: a fault may have struck before anything is known of it.
    return HttpResponse(render_to_string("500.html", {"number": number}), status=FALLEN)


class Line(logging.Formatter):
    """A line of the log: numbers of persons are hidden, and of a fault only its kind and its frames are told."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, with the number of the fault where a page has one."""
        request = getattr(record, "request", None)
        number = request.META.get("yiheng.fault", "") if isinstance(request, HttpRequest) else ""
        when = f"{self.formatTime(record)} {record.levelname} {record.name}"
        said = masked(on_one_line(record.getMessage()))
        line = f"{when} {f'[{number}] ' if number else ''}{said}"
        return f"{line}\n{self.formatException(record.exc_info)}" if record.exc_info else line

    def formatException(self, ei: Any) -> str:  # the name is logging's
        """Kind, words and frames of a fault, without values."""
        return told_fault(ei[1]) if ei[1] is not None else ""
