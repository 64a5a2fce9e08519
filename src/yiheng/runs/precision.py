"""How rules do on a workspace whose faults are known: an audit beside the labels."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.supervision import RULES
from yiheng.supervision.labels import Judged, judge_rule, read_labels

from .auditing import run_audit
from .workspace import Workspace

LABELS = "labels.csv"


def judge_rules(
    workspace: Workspace,
    names: list[str] | None = None,
    *,
    labels: Path | None = None,
    complete: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[dict[str, Any], list[Judged]]:
    """Audit a workspace and compare with its labels; gives the audit and what is to be said of each rule it judged.

    Args:
        names: rules; none means all that the labels speak of.
        labels: the file of labels; the workspace's own ``labels.csv`` by default.
        complete: whether whatever no label names is innocent.

    Raises:
        Refusals: faults of the labels, or rules that they name and nobody declares.
    """
    known = read_labels(labels or workspace.folder / LABELS)
    asked = sorted(names or {one.rule for one in known})
    if not names and (odd := {one.rule: one for one in known if one.rule not in RULES}):
        raise Refusals(
            Refusal(f"there is no rule '{name}'", where=one.place, cure=nearest(name, RULES))
            for name, one in odd.items()
        )
    audited = run_audit(workspace, asked, progress=progress)
    by_rule: dict[str, list[dict[str, Any]]] = {one["rule"]: [] for one in audited["rules"]}
    for one in audited["findings"]:
        by_rule[one["rule"]].append(one)
    return audited, [judge_rule(name, found, known, complete=complete) for name, found in by_rule.items()]
