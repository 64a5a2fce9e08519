"""The list of findings, one finding opened, and the verdict; for the fund office only."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from yiheng.basis.money import total
from yiheng.basis.refusals import Refusal
from yiheng.casework import services
from yiheng.casework.selectors import judges_findings, sees_findings, sees_person_numbers

from .. import results, show, suspects, verdicts
from ..asked import SignedIn
from ..results import Run
from ..visits import rows as visits
from . import opened
from .filters import FindingsFilter

ON_A_PAGE = 50
# A verdict that is not accepted.
REFUSED = 400


@require_safe
def listed(request: SignedIn) -> HttpResponse:
    """The findings of the newest whole audit, filtered and in order."""
    return _listed(request)


@require_safe
def one(request: SignedIn, finding: str) -> HttpResponse:
    """One finding with the visit, its lines, the rule and the visits it was compared with."""
    run, found = _finding(request, finding)
    return _one(request, run, found)


@require_POST
def judge(request: SignedIn) -> HttpResponse:
    """Judge one finding of the newest audit; then the page as it was."""
    run, found = _finding(request, request.POST.get("finding", ""))
    if not judges_findings(user=request.user):
        raise PermissionDenied
    on_its_page = "opened" in request.GET
    try:
        services.finding_judge(
            finding=found["id"],
            rule=found["rule"],
            verdict=request.POST.get("verdict", ""),
            reason=request.POST.get("reason", ""),
            by=request.user,
        )
    except Refusal as refusal:
        told = show.refused(refusal)
        return _one(request, run, found, told, REFUSED) if on_its_page else _listed(request, told, REFUSED)
    if on_its_page:
        return redirect("finding", finding=found["id"])
    return redirect(f"{reverse('findings')}?{request.GET.urlencode()}#finding-{found['id']}")


def _finding(request: SignedIn, asked_for: str) -> tuple[Run, dict[str, Any]]:
    run = results.audited()
    if not sees_findings(user=request.user) or run is None:
        raise Http404
    found = next((one for one in suspects.of_run(run) if one.get("id") == asked_for), None)
    if found is None:
        raise Http404
    return run, found


def _listed(request: SignedIn, refusal: str = "", status: int = 200) -> HttpResponse:
    if not sees_findings(user=request.user):
        raise Http404
    run = results.audited()
    form = FindingsFilter(request.GET, run)
    found = form.found()
    page = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "run": run,
        "form": form,
        "sums": suspects.sums(found, run, verdicts.precisions()),
        "at_stake": total(suspects.at_stake(one) for one in found),
        "not_computed": suspects.not_computed(run),
        "not_asked": results.rules_not_asked(run.inputs) if run else [],
        "page": page,
        "shown": _shown(request, run, page),
        **_of_judging(request, refusal, form.query),
    }
    return render(request, "cockpit/findings.html", context, status=status)


def _one(request: SignedIn, run: Run, found: dict[str, Any], refusal: str = "", status: int = 200) -> HttpResponse:
    rows = opened.rows(run, found)
    context = {
        "run": run,
        "one": _shown(request, run, [found])[0],
        "basis": opened.basis(found),
        "evidence": opened.evidence(found),
        "visits": visits.shown(rows.visits, found["visit"]),
        "near": visits.shown(rows.near, found["visit"]),
        "rows": rows,
        "others": _shown(request, run, opened.others(run, found)),
        **_of_judging(request, refusal, "opened="),
    }
    return render(request, "cockpit/finding.html", context, status=status)


def _shown(request: SignedIn, run: Run | None, found: Any) -> list[suspects.Shown]:
    return suspects.listed(found, run, in_full=sees_person_numbers(user=request.user))


def _of_judging(request: SignedIn, refusal: str, back: str) -> dict[str, Any]:
    return {
        "here": "findings",
        "measured": True,
        "judges": judges_findings(user=request.user),
        "choices": verdicts.CHOICES.choices,
        "refusal": refusal,
        "in_full": sees_person_numbers(user=request.user),
        "back": back,
    }
