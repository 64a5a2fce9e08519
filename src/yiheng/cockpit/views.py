"""The pages."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from yiheng.casework.selectors import sees_findings, sees_person_numbers
from yiheng.statements import comparison_svg

from . import asked, board, comparison, results, show, suspects, trends
from . import quality as lists
from .asked import Chosen, SignedIn
from .discreet import act_to, said_to
from .due import due_of
from .reasons import tree_of

NEWEST = 20


@require_safe
def cockpit(request: SignedIn) -> HttpResponse:
    """One party, one year: budget, key figures, trend, statement, findings."""
    what = asked.chosen(request)
    if what is None:
        return render(request, "cockpit/nothing.html", {"here": "cockpit"})
    settled = asked.settlement(what)
    today, said = timezone.localdate(), said_to(request.user)
    context = {
        "here": "cockpit",
        "what": what,
        "state": board.state(settled),
        "progress": board.progress(what.party, what.year, settled, today),
        "until": board.data_until(what.party, what.year, today),
        "cards": board.cards(what.party, what.year),
        "cards_of": results.measured(results.YEARLY),
        "has_values": results.measured(results.YEARLY) is not None,
        "settled": settled,
        "changed": settled is None and results.changed_of(what.year),
        "register_fault": said(results.register()[1]),
        "lapsed": act_to(said, results.lapsed(what.party, what.year)),
        "figures": board.figures(settled.statement) if settled and settled.statement else [],
        "due": due_of(settled),
        **_trend(request, what),
        **_findings_of_year(request, what),
    }
    return render(request, "cockpit/cockpit.html", context)


@require_safe
def trend(request: SignedIn) -> HttpResponse:
    """The monthly line of another indicator, as a part of the page."""
    what = asked.chosen_or_404(request)
    return render(request, "cockpit/trend.html", {"what": what, **_trend(request, what)})


@require_safe
def reasons(request: SignedIn) -> HttpResponse:
    """The tree of reasons of one figure, as a part of the page."""
    what = asked.chosen_or_404(request)
    settled = asked.settlement(what)
    figure = request.GET.get("figure", "")
    tree = tree_of(settled, figure) if settled else None
    if tree is None:
        raise Http404
    return render(request, "cockpit/reasons.html", {"what": what, "tree": tree, "figure": figure})


@require_safe
def quality(request: SignedIn) -> HttpResponse:
    """Quality of settlement lists by institution and month, down to checks and rows."""
    run = results.quality()
    if run is None:
        return render(request, "cockpit/quality.html", {"here": "quality"})
    what = lists.chosen(request, run)
    page, rows = lists.page_of(what, run, request.GET.get("page", "")) if what.check else (None, [])
    context = {
        "here": "quality",
        "run": run,
        "stale": results.loaded_after(run),
        "what": what,
        "by_institution": lists.by_institution(what, run),
        "sums": lists.sums(what),
        "page": page,
        "rows": rows,
        "refused": lists.refused_counts(what, run),
    }
    return render(request, "cockpit/quality.html", context)


@require_safe
def compared(request: SignedIn) -> HttpResponse:
    """The newest comparison of policies: bars, figures by party, sums."""
    run = results.compared()
    if run is None:
        return render(request, "cockpit/comparison.html", {"here": "comparison"})
    result = comparison.scoped(run, request.user)
    parties = comparison.by_party(result)
    context = {
        "here": "comparison",
        "run": run,
        "stale": results.loaded_after(run),
        "partial": not results.whole_comparison(run.inputs),
        "result": result,
        "policies": comparison.policies(result),
        "bars": comparison_svg(
            comparison.drawn(result) if show.in_chinese() else result, "zh" if show.in_chinese() else "en"
        ),
        "sums": comparison.titled(result, result["sums"]),
        "dashes": range(6),
        "page": Paginator(parties, comparison.PARTIES_ON_A_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "cockpit/comparison.html", context)


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch between Chinese and English."""
    return set_language(request)


def _trend(request: SignedIn, what: Chosen) -> dict[str, Any]:
    indicator = asked.indicator(request, what)
    return {
        "trend": trends.trend_of(indicator, what.party, what.year) if indicator else None,
        "followed": board.followed(what.party, what.year),
    }


def _findings_of_year(request: SignedIn, what: Chosen) -> dict[str, Any]:
    if not sees_findings(user=request.user):
        return {"sees_findings": False}
    run = results.audited()
    found = suspects.of_run(run, year=what.year)
    in_full, demo = sees_person_numbers(user=request.user), suspects.demo_lists(run)
    return {
        "sees_findings": True,
        "audit": run,
        "not_asked": results.rules_not_asked(run.inputs) if run else [],
        "all_judged": run is not None and results.whole_audit(run.inputs) and not run.result.get("unknown"),
        "sums": suspects.sums(found, run),
        "newest": [suspects.shown(one, demo, in_full) for one in found[:NEWEST]],
        "found": len(found),
    }
