"""Acts on settlements: the register in the workspace and one line in the journal, both or neither.

The line in the journal is a transaction of its own within the act: with its commit the act stands.
"""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from yiheng.basis.refusals import Refusal
from yiheng.runs import Act, Workspace, adopt, propose, register_of, withdraw
from yiheng.runs.journal import ACTS, NOTED

from .models import JournalLine, User
from .selectors import adopts_settlements, proposes_settlements
from .services import journal_note


def settlement_propose(
    *,
    workspace: Workspace,
    run: str,
    why: str,
    by: User,
    refused_because: str = "",
    marks_because: str = "",
    policy: str = "",
) -> Act:
    """Propose a settlement as the official one of its year.

    Raises:
        Refusal: when ``by`` may not, or the run cannot be proposed.
    """
    if not proposes_settlements(user=by):
        raise Refusal(_("您无权提出清算结果。"))
    return propose(
        workspace, run, by=by.username, why=why, refused_because=refused_because, marks_because=marks_because,
        policy=policy, note=_noted(by), noted=acts_noted,
    )  # fmt: skip


def settlement_adopt(*, workspace: Workspace, run: str, why: str, by: User) -> Act:
    """Adopt a settlement that another person proposed.

    Raises:
        Refusal: when ``by`` may not, or proposed it, or the run is not proposed.
    """
    if not adopts_settlements(user=by):
        raise Refusal(_("您无权批准清算结果。"))
    return adopt(workspace, run, by=by.username, why=why, note=_noted(by), noted=acts_noted)


def settlement_withdraw(*, workspace: Workspace, run: str, why: str, by: User) -> Act:
    """Withdraw a settlement; an adopted one only by who may adopt.

    Raises:
        Refusal: when ``by`` may not, or the run is withdrawn or superseded already.
    """
    folder = workspace.find_run(run).name
    adopted = register_of(workspace, acts_noted).state(folder) == "adopted"
    if not (adopts_settlements(user=by) or (not adopted and proposes_settlements(user=by))):
        raise Refusal(_("您无权撤回清算结果。"))
    return withdraw(workspace, run, by=by.username, why=why, note=_noted(by), noted=acts_noted)


def acts_noted(_workspace: Workspace) -> list[str]:
    """The acts as the journal of this process noted them."""
    lines = JournalLine.objects.filter(act__startswith=ACTS).order_by("pk").values_list("data", flat=True)
    return [data[NOTED] for data in lines if NOTED in data]


def _noted(by: User) -> Callable[[Act], None]:
    def note(act: Act) -> None:
        data = {"why": act.why, "statements_sha256": act.result, NOTED: act.hash}
        journal_note(act=f"{ACTS}{act.act}", by=by, subject=act.run, data=data)

    return note
