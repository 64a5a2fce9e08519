"""The page of settlements: how each run stands, and the acts that a second person completes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from yiheng.basis.refusals import Refusal
from yiheng.casework.models import User
from yiheng.casework.selectors import adopts_settlements, proposes_settlements
from yiheng.casework.settlements import settlement_adopt, settlement_propose, settlement_withdraw
from yiheng.runs import Act, Register, SettleRun, policy_in_force, settle_runs
from yiheng.runs.register import State, same_person

from . import acting, results, show
from .asked import SignedIn

RUNS_ON_A_PAGE = 25
REFUSED = 400
STATES = {
    "trial": _("试算"),
    "proposed": _("待批准"),
    "adopted": _("正式"),
    "superseded": _("已被取代"),
    "withdrawn": _("已撤回"),
}


@dataclass(frozen=True)
class Row:
    """One settle run as a reader sees it; what the reader may do is said by name.

    Attributes:
        other_policy: whether it was settled under another policy than its year so far.
        title: of its policy.
        refused: how many parties it could not settle.
        settles: whether it holds any statement.
        changed: whether its files are not what it wrote; then nothing is done with it.
        sight: what the reader sees before an act; None where there is none to do.
        questions: what is asked before each act.
        refusal, typed: why the act that was tried was not done, and what was typed in its form.
    """

    one: SettleRun
    state: State
    acts: list[Act]
    other_policy: bool
    may: frozenset[str]
    title: str = ""
    refused: int = 0
    settles: bool = True
    changed: bool = False
    sight: acting.Sight | None = None
    questions: dict[str, str] = field(default_factory=dict)
    refusal: str = ""
    typed: QueryDict | None = None

    @property
    def when(self) -> dt.datetime:
        """The moment it ran, in UTC."""
        return dt.datetime.fromisoformat(self.one.at)

    @property
    def label(self) -> str:
        return str(STATES[self.state])

    @property
    def departs(self) -> str:
        """In what it departs from the lake and the policy, in the reader's language."""
        return self.one.departs.in_language(get_language() or "zh") if self.one.departs else ""

    @property
    def policy(self) -> str:
        """The id of its policy."""
        return str(self.one.manifest["inputs"].get("policy", ""))


@require_safe
def settlements(request: SignedIn) -> HttpResponse:
    """All settle runs, newest first; for the fund office only."""
    return _page(request)


@require_POST
def settlement_act(request: SignedIn) -> HttpResponse:
    """Propose, adopt or withdraw one run; then the page as it was."""
    if not request.user.in_fund_office:
        raise Http404
    run, why = request.POST.get("run", ""), request.POST.get("why", "")
    if run not in {one.run for one in settle_runs(results.workspace())}:
        raise Http404
    try:
        _do(request, request.POST.get("act", ""), run, why)
    except Refusal as refusal:
        return _page(request, run, acting.told(refusal), REFUSED)
    return redirect(f"{reverse('settlements')}?{request.GET.urlencode()}#{run}")


def _do(request: SignedIn, act: str, run: str, why: str) -> None:
    space, by = results.workspace(), request.user
    if act == "propose":
        settlement_propose(
            workspace=space, run=run, why=why, by=by,
            refused_because=request.POST.get("refused_because", ""),
            marks_because=request.POST.get("marks_because", ""), policy=request.POST.get("policy", ""),
        )  # fmt: skip
    elif act == "adopt":
        settlement_adopt(workspace=space, run=run, why=why, by=by)
    elif act == "withdraw":
        settlement_withdraw(workspace=space, run=run, why=why, by=by)
    else:
        raise Http404


def _page(request: SignedIn, tried: str = "", refusal: str = "", status: int = 200) -> HttpResponse:
    if not request.user.in_fund_office:
        raise Http404
    register, fault = results.register()
    runs = settle_runs(results.workspace())
    page = Paginator(runs, RUNS_ON_A_PAGE).get_page(request.GET.get("page"))
    rows = [_row(one, register, runs, request.user) for one in page]
    if refusal:
        rows = [replace(row, refusal=refusal, typed=request.POST) if row.one.run == tried else row for row in rows]
    context = {
        "here": "settlements",
        "page": page,
        "rows": rows,
        # With its row where the reader can do something about it, else above all.
        "refusal": show.refused(fault) or ("" if any(row.refusal and row.may for row in rows) else refusal),
    }
    return render(request, "cockpit/settlements.html", context, status=status)


def _row(one: SettleRun, register: Register, runs: list[SettleRun], user: User) -> Row:
    state = register.state(one.run)
    in_force = policy_in_force(results.workspace(), register, one.year, runs)
    acts = [act for act in register.acts if act.run == one.run]
    changed = results.changed(one.run)
    settles = bool(results.statements_of(one.run))
    may = frozenset() if changed else _may(one, state, acts, user)
    if not settles:
        may -= {"propose", "adopt"}
    title = acting.title_of(one, results.workspace())
    sight = acting.sight_of(one, register) if may and settles else None
    return Row(
        one, state, acts, one.of_lake and one.policy != in_force, may, title, len(results.refused_by(one.run)), settles,
        changed, sight, {act: acting.question(act, one, title, sight) for act in may} if sight else {},
    )  # fmt: skip


def _may(one: SettleRun, state: State, acts: list[Act], user: User) -> frozenset[str]:
    proposes, adopts = proposes_settlements(user=user), adopts_settlements(user=user)
    can = {
        "propose": proposes and state in ("trial", "superseded", "withdrawn") and one.of_lake and not one.what_if,
        "adopt": adopts and state == "proposed" and not same_person(acts[-1].by, user.username),
        "withdraw": one.of_lake
        and ((adopts and state == "adopted") or ((proposes or adopts) and state in ("trial", "proposed"))),
    }
    return frozenset(act for act, is_so in can.items() if is_so)
