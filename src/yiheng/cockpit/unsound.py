"""Results that are not what their run wrote: no page shows them, and every page that would have says why."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from yiheng.basis.catalogue import refusal_in
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.casework.chain import refuse_unheaded
from yiheng.casework.unanswered import unanswered
from yiheng.runs.results import read_manifest

from .page import READS


@dataclass(frozen=True)
class Kind:
    """What is damaged, as the page says it above all else."""

    title: Any
    text: Any


JOURNAL = Kind(
    _("操作日志异常，暂停办理"),
    _("日志校验文件丢失或不符。为保证留痕，登录、退出和办理均已暂停，请联系系统管理员。"),
)
DATA = Kind(_("已入库数据异常，暂停查询"), _("数据文件丢失或被改动，请联系系统管理员从备份恢复。"))
RESULTS = Kind(_("结果与计算时不一致"), _("文件被改动或丢失，故不显示、不下载；其他计算批次不受影响。"))
# What a run gives, by its verb.
GIVEN = {
    "settle": _("清算结果"),
    "measure": _("指标计算结果"),
    "audit": _("疑点筛查结果"),
    "quality": _("质量核查结果"),
    "compare": _("政策对比结果"),
    "drivers": _("支出分析结果"),
}
# Of the id of a run, beside its verb.
ID_SIGNS = 6
ID = re.compile("[0-9a-f]+")
LAKE, RUNS, LIST, HEAD_OF_LIST = "lake", "runs", "runs.jsonl", "runs.head"
CHANGED, NOT_NOW = 409, 503
NOT_FOUND = 404
SWITCH, SIGN_IN = "language", "login"
_met: ContextVar[dict[str, Refusal] | None] = ContextVar("unsound", default=None)


def pass_over(fault: Refusal) -> None:
    """Note that something was not read; it is told with the answer."""
    met = _met.get()
    if met is not None:
        met[fault.where] = fault


def unsound(request: HttpRequest) -> dict[str, object]:
    """For templates: what was passed over while the page was made: a sentence for all, and what its cure needs."""
    from .discreet import said_to  # it reads results, which tell here what they passed over

    told: dict[str, list[str]] = {}
    said = said_to(getattr(request, "user", None))
    for fault in list((_met.get() or {}).values()):
        told.setdefault(_said(fault), []).append(said(_shown(fault)))
    return {"unsound": [{"said": sentence, "told": one} for sentence, one in told.items()]}


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
                return _page(request, CHANGED, RESULTS)
            return answer
        finally:
            _met.reset(before)

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """A refusal that a page did not foresee is a sentence all the same."""
        if isinstance(fault, Error):
            return _unanswered(request, fault)
        if not isinstance(fault, Refusal):
            return None
        pass_over(fault)
        kind = _kind(fault)
        if request.method in READS:
            return _page(request, CHANGED, kind)
        if request.resolver_match is not None and request.resolver_match.url_name == SIGN_IN:
            # Who could not be noted is not signed in.
            request.session.flush()
            request.user = AnonymousUser()
        return stopped(request, kind)


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
            return stopped(request, JOURNAL)
        except Error as wrong:
            return _unanswered(request, wrong)
        return None


def _unanswered(request: HttpRequest, wrong: Error) -> HttpResponse:
    """The database is gone, held by another or not as it was: nobody is known, so the page asks for no user."""
    request.user = AnonymousUser()
    _log(str(unanswered(wrong)))
    return stopped(request, JOURNAL)


def stopped(request: HttpRequest, kind: Kind) -> HttpResponse:
    """The page of a cockpit that does no act; nobody is shown as signed in, for nobody can sign out."""
    page = _page(request, NOT_NOW, kind, user=AnonymousUser())
    # Once in the log is enough: Django would write a line on each.
    page._has_been_logged = True
    return page


@lru_cache(maxsize=8)
def _log(fault: str) -> None:
    logging.getLogger("yiheng").error("no page is shown: %s", fault)


def _page(request: HttpRequest, status: int, kind: Kind, **more: object) -> HttpResponse:
    return render(request, "unsound.html", {"kind": kind, "of_results": kind is RESULTS, **more}, status=status)


def _kind(fault: Refusal) -> Kind:
    """What is damaged, by the place that the refusal names."""
    where = next((one.where for one in _each(fault) if one.where), "")
    space = Path(settings.WORKSPACE)
    if where.startswith((str(settings.JOURNAL_HEAD), str(settings.DATABASES["default"]["NAME"]))):
        return JOURNAL
    of_data = (space / LAKE, space / RUNS / LIST, space / HEAD_OF_LIST)
    return DATA if where.startswith(tuple(map(str, of_data))) else RESULTS


def _said(fault: Refusal) -> str:
    """Which result is damaged, for who reads the page; empty where the fault is not in the folder of a run."""
    place = Path(next((one.where for one in _each(fault) if one.where), ""))
    runs = Path(settings.WORKSPACE) / RUNS
    run = place.relative_to(runs).parts[0] if place.is_relative_to(runs) and place != runs else ""
    verb, _dash, signs = run.partition("-")
    # A folder that is not named as a run is may be named after somebody.
    if verb not in GIVEN or not ID.fullmatch(signs):
        return ""
    named = {"what": _given(runs / run, verb), "run": f"{verb}-{signs[:ID_SIGNS]}"}
    if place.exists():
        said = gettext("%(what)s（%(run)s…）的文件被改动，已停止显示和下载。请联系系统管理员从备份恢复或重新计算。")
    else:
        said = gettext("%(what)s（%(run)s…）的文件丢失，已停止显示和下载。请联系系统管理员从备份恢复或重新计算。")
    return said % named


def _given(run: Path, verb: str) -> str:
    try:
        year = read_manifest(run)["inputs"].get("year")
    except Refusal:
        year = None
    if verb == "settle" and year is not None:
        return gettext("%(year)s 年度清算结果") % {"year": year}
    return str(GIVEN[verb])


def _each(fault: Refusal) -> tuple[Refusal, ...]:
    return fault.found if isinstance(fault, Refusals) else (fault,)


def _shown(fault: Refusal) -> str:
    """The sentence with the place inside the workspace: where that stands on the server is nobody's business."""
    told = refusal_in(fault, "zh" if (get_language() or "zh").startswith("zh") else "en")
    return told.replace(f"{settings.WORKSPACE}{os.sep}", "")
