"""All parties at a glance, one party's drivers, and the claims behind one of them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yiheng.casework.selectors import party_get, sees_findings

from .. import names, results, suspects
from ..asked import SignedIn
from ..discreet import act_to, said_to
from ..results import Run
from . import drivers

# Of the number of a page.
MOST_DIGITS = 6


@require_safe
def every(request: SignedIn) -> HttpResponse:
    """Every party in scope with budget, spending, deviation and the care that makes it."""
    runs = drivers.runs_by_year()
    if not runs:
        return render(request, "cockpit/overview.html", {"here": "overview"})
    run = _run(request, runs)
    shown = drivers.parties(run, request.user)
    said = said_to(request.user)
    lapsed = {act_to(said, results.lapsed(one.name, run.result["year"])) for one in shown} - {None}
    return render(request, "cockpit/overview.html", {**_of(run, runs), "parties": shown, "lapsed": lapsed})


@require_safe
def party(request: SignedIn) -> HttpResponse:
    """One party: each institution against last year, each kind of care against the others."""
    run, name = _chosen(request)
    context = {
        **_of(run, drivers.runs_by_year()),
        "party": drivers.party(run, name),
        "institutions": drivers.institutions(run, name),
        # What others spend is theirs to know, and the fund office's.
        "kinds": drivers.kinds(run, name) if request.user.in_fund_office else [],
    }
    return render(request, "cockpit/overview_party.html", context)


@require_safe
def claims(request: SignedIn) -> HttpResponse:
    """The largest settlements of a party at one institution."""
    run, name = _chosen(request)
    institution, kind = request.GET.get("institution", ""), request.GET.get("kind", "")
    row = next(
        (
            one
            for one in drivers.institutions(run, name)
            if (one.raw["institution"], one.raw["kind"]) == (institution, kind)
        ),
        None,
    )
    if row is None:
        raise Http404
    context = {
        **_of(run, drivers.runs_by_year()),
        "party": drivers.party(run, name),
        "row": row,
        "place": names.institution(institution),
        "spans": [_claims(request, run, row, name, back) for back in (0, 1)],
        "query": urlencode({"party": name, "year": run.result["year"], "institution": institution, "kind": kind}),
    }
    return render(request, "cockpit/overview_claims.html", context)


def _claims(request: SignedIn, run: Run, row: drivers.Driver, name: str, back: int) -> dict[str, Any]:
    """A page of the settlements of a year, each with the findings about its visit where the reader may see them."""
    audit = results.audited() if sees_findings(user=request.user) else None
    of_year = run.result["year"] - back
    asked = request.GET.get(f"page{of_year}", "1")
    page = max(int(asked), 1) if asked.isdecimal() and len(asked) <= MOST_DIGITS else 1
    rows, more = drivers.claims(run, name, row.raw, back=back, page=page)
    found: dict[str, list[tuple[str, str]]] = {one["visit_id"]: [] for one in rows}
    for one in suspects.of_run(audit):
        if one["visit"] in found:
            found[one["visit"]].append((one["id"], suspects.rule_label(one["rule"])))
    told = [{**one, "findings": found[one["visit_id"]], "days": _days(one)} for one in rows]
    return {"year": of_year, "claims": told, "page": page, "before": page - 1, "next": page + 1 if more else 0}


def _days(claim: dict[str, Any]) -> int | None:
    """Days from the first to the last of a visit; one of a single day has none."""
    return (claim["ended_on"] - claim["began_on"]).days if claim["ended_on"] else None


def _of(run: Run, runs: dict[int, Run]) -> dict[str, Any]:
    return {"here": "overview", "run": run, "year": run.result["year"], "years": list(runs)}


def _run(request: SignedIn, runs: dict[int, Run]) -> Run:
    asked = request.GET.get("year")
    known = {str(year): one for year, one in runs.items()}
    if asked and asked not in known:
        raise Http404
    return known[asked] if asked else next(iter(runs.values()))


def _chosen(request: SignedIn) -> tuple[Run, str]:
    runs = drivers.runs_by_year()
    if not runs:
        raise Http404
    run = _run(request, runs)
    name = request.GET.get("party", "")
    known = [one["party"] for one in run.result["parties"]]
    return run, party_get(user=request.user, parties=known, party=name)
