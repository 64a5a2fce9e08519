"""One visit opened, from a claim or from a finding, as the run read it that the reader comes from."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiheng.casework.models import User
from yiheng.casework.selectors import parties_seen_by, sees_findings, sees_person_numbers
from yiheng.runs import open_visit, payers_of_visit

from .. import results, show, suspects
from ..asked import SignedIn
from ..overview import drivers
from ..results import Run
from . import rows


@require_safe
def one(request: SignedIn) -> HttpResponse:
    """A visit with its settlements, lines and diagnoses; whoever did not pay for it gets 404, as for one unknown."""
    run, visit = _run(request), request.GET.get("visit", "")
    if not _sees(request.user, run, visit):
        raise Http404
    space = results.opened()
    opened = open_visit(space, visit, space.at(run.pins).number)
    if not opened.visits:
        raise Http404
    person, in_full = opened.visits[0]["person_id"], sees_person_numbers(user=request.user)
    context = {
        "here": "findings" if run.id.startswith("audit") else "overview",
        "run": run,
        "visit": visit,
        "person": person if in_full else show.masked(person),
        "visits": rows.shown(opened.visits, None),
        "rows": opened,
        "found": _found(request, visit, in_full=in_full),
        "sees_findings": sees_findings(user=request.user),
    }
    return render(request, "cockpit/visit.html", context)


def _run(request: SignedIn) -> Run:
    """The run that is asked for: the audit or a breakdown that the pages show now."""
    known = {run.id: run for run in (results.audited(), *drivers.runs_by_year().values()) if run}
    run = known.get(request.GET.get("run", ""))
    if run is None:
        raise Http404
    return run


def _sees(user: User, run: Run, visit: str) -> bool:
    return user.in_fund_office or bool(
        parties_seen_by(user=user, parties=payers_of_visit(results.workspace(), run.pins, visit))
    )


def _found(request: SignedIn, visit: str, *, in_full: bool) -> list[suspects.Shown]:
    """What the newest audit found about the visit, for whom it may concern."""
    run = results.audited() if sees_findings(user=request.user) else None
    found = [one for one in suspects.of_run(run) if one["visit"] == visit]
    return suspects.listed(found, run, in_full=in_full)
