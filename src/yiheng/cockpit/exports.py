"""Downloads: exact figures, only of what the user sees, person numbers masked as on the pages."""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from yiheng.basis.refusals import Refusal
from yiheng.basis.signs import no_formula
from yiheng.casework.selectors import sees_findings, sees_person_numbers
from yiheng.casework.services import journal_note
from yiheng.runs import kept_policies
from yiheng.runs.manifest import canonical
from yiheng.statements import only, write_comparison, write_quality, write_statement_pdf, write_workbook

from . import asked, comparison, quality, results, show, suspects, trends, verdicts
from .asked import Chosen, SignedIn
from .findings.filters import FindingsFilter
from .results import Settled

# What this machine lacks, such as a font, another may have.
NOT_HERE = 503
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
def trend_csv(request: SignedIn) -> HttpResponse:
    """The months of an indicator: both whole numbers and their quotient."""
    what = asked.chosen_or_404(request)
    indicator = asked.indicator(request, what)
    if indicator is None:
        raise Http404
    rows = trends.export_rows(trends.trend_of(indicator, what.party, what.year))
    return _csv(["month", "top", "bottom", "value"], rows, f"{indicator.name}-{what.party}-{what.year}.csv")


@require_safe
def findings_csv(request: SignedIn) -> HttpResponse:
    """The findings of a filter; who took them away is journalled."""
    if not sees_findings(user=request.user):
        raise Http404
    run = results.audited()
    if run is None:
        raise Http404
    form = FindingsFilter(request.GET, run)
    found = form.found()
    in_full = sees_person_numbers(user=request.user)
    journal_note(
        act="findings.exported",
        by=request.user,
        subject=run.id,
        data={"asked": form.query, "findings": len(found), "person_numbers": "full" if in_full else "masked"},
    )
    judged, demo = verdicts.of_findings(found), suspects.demo_lists(run)
    rows = (suspects.export_row(one, demo, in_full, judged.get(one.get("id", ""))) for one in found)
    return _csv(suspects.export_head(), rows, f"findings-{run.id}.csv")


@require_safe
def statement_json(request: SignedIn) -> HttpResponse:
    """One party's statement with its reasons and what the run was made of."""
    what = asked.chosen_or_404(request)
    text = canonical(_statement(_settled(what)))
    return _file(text.encode(), "application/json", f"statement-{what.party}-{what.year}.json")


@require_safe
def statement_xlsx(request: SignedIn) -> HttpResponse:
    """One party's statement as a workbook."""
    what = asked.chosen_or_404(request)
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "statement.xlsx"
        settled = _settled(what)
        whole = _statement(settled)
        policies = kept_policies(results.workspace().find_run(whole["run"]))
        stands = {(what.party, what.year): settled.stand}
        write_workbook(whole, made, stands, policies, results.workspace().names)
        content = made.read_bytes()
    return _file(content, XLSX, f"statement-{what.party}-{what.year}.xlsx")


@require_safe
def statement_pdf(request: SignedIn) -> HttpResponse:
    """One party's statement on paper, or why it cannot be set."""
    what = asked.chosen_or_404(request)
    settled = _of_run(request, what) if "run" in request.GET else _settled(what)
    whole = _statement(settled)
    name = results.workspace().names.get(what.party, "")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "statement.pdf"
        try:
            write_statement_pdf(whole, whole["statements"][0], made, settled.stand, name)
        except Refusal as refusal:
            return HttpResponse(show.refused(refusal), status=NOT_HERE, content_type="text/plain; charset=utf-8")
        content = made.read_bytes()
    return _file(content, "application/pdf", f"statement-{what.party}-{what.year}.pdf")


@require_safe
def quality_xlsx(request: SignedIn) -> HttpResponse:
    """The quality of lists as a workbook for the sender; who took it away is journalled."""
    run = results.quality()
    if run is None:
        raise Http404
    what = quality.chosen(request, run)
    in_full = sees_person_numbers(user=request.user)
    journal_note(
        act="quality.exported",
        by=request.user,
        subject=run.id,
        data={**what.filter, "person_numbers": "full" if in_full else "masked"},
    )
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "quality.xlsx"
        write_quality(
            what.about(run), what.rows, quality.questioned(what, run), quality.refused(what, run, in_full), made
        )
        content = made.read_bytes()
    name = "-".join(filter(None, ("quality", what.institution, what.month or str(what.year))))
    return _file(content, XLSX, f"{name}.xlsx")


@require_safe
def comparison_xlsx(request: SignedIn) -> HttpResponse:
    """The newest comparison of policies as a workbook."""
    run = results.compared()
    if run is None:
        raise Http404
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "comparison.xlsx"
        write_comparison(comparison.scoped(run, request.user), made)
        content = made.read_bytes()
    return _file(content, XLSX, f"{run.id}.xlsx")


def _statement(settled: Settled) -> dict[str, Any]:
    """The result of the run with this party's statement alone: the others are not this reader's."""
    return only(settled.run.result, [settled.statement] if settled.statement else [])


def _of_run(request: SignedIn, what: Chosen) -> Settled:
    """The statement of the settle run that is asked for, to be seen before it is official; the fund office's."""
    _refuse_unregistered()
    found = results.settled_by(request.GET["run"], what.party, what.year) if request.user.in_fund_office else None
    if found is None:
        raise Http404
    return found


def _settled(what: Chosen) -> Settled:
    _refuse_unregistered()
    settled = asked.settlement(what)
    if settled is None or settled.statement is None:
        raise Http404
    return settled


def _refuse_unregistered() -> None:
    """No statement leaves the house while nobody can say whether it is the official one."""
    if (fault := results.register_fault()) is not None:
        raise fault


def _csv(header: Iterable[str], rows: Iterable[Iterable[str]], name: str) -> HttpResponse:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([no_formula(cell) for cell in row] for row in rows)
    # The mark at the start tells spreadsheets that Chinese follows.
    return _file(text.getvalue().encode("utf-8-sig"), "text/csv; charset=utf-8", name)


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    # Names come from the data: a slash would name a folder, a line end another header.
    header = content_disposition_header(True, re.sub(r"[/\\\x00-\x1f\x7f]", "_", name))
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": header or "attachment"})
