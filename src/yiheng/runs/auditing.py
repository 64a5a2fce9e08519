"""The run that looks for findings."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis

from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.lake import told
from yiheng.supervision import LIMITS, RULES, Rule

from .editions import InUse, editions_in_use, pinned_editions
from .engine import Engine
from .manifest import Manifest, canonical, write_whole
from .workspace import Workspace

FINDINGS = "findings.json"
ORDER = ("occurred_on", "visit", "line", "person")


@told()
def run_audit(
    workspace: Workspace,
    names: list[str] | None = None,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Run audit rules on the data as it is now.

    Args:
        names: rules; none means all.
        since, until: only what occurred on these days, both included.

    Raises:
        Refusals: unknown rules.
    """
    unknown = [name for name in names or [] if name not in RULES]
    if unknown:
        raise Refusals(Refusal(f"there is no rule '{name}'", cure=nearest(name, RULES)) for name in unknown)
    manifest = Manifest(
        "audit",
        {"rules": sorted(names or RULES), "since": _iso(since), "until": _iso(until)},
        {
            "snapshot_set": workspace.lake.latest().number,
            "codes": {name: [one.as_json() for one in kept] for name, kept in _editions(workspace).items()},
            "limits": {name: limit.value for name, limit in LIMITS.items()},
        },
    )
    audited = audit(workspace, manifest, workspace.run_folder(manifest.run), progress)
    workspace.note_run(manifest.run, "audit")
    return audited


def audit(
    workspace: Workspace, manifest: Manifest, folder: Path, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Find what a manifest says into a folder."""
    codes = pinned_editions(manifest.pins["codes"])
    engine = Engine(workspace, workspace.lake.at(manifest.pins["snapshot_set"]))
    findings: list[dict[str, Any]] = []
    judged, unknown = [], []
    for name in manifest.inputs["rules"]:
        rule = RULES[name]
        progress(f"{rule.zh} {name}")
        spans = _spans(manifest, rule, codes)
        if lacks := _lacks(engine, rule, codes, spans):
            unknown.append(lacks)
            continue
        found = [finding for span in spans for finding in _found(engine, rule, manifest, span)]
        findings += found
        judged.append(_summary(rule, found, spans))
    engine.close()
    result = {"run": manifest.run, "findings": findings, "rules": judged, "unknown": unknown}
    write_whole(folder / FINDINGS, canonical(result))
    manifest.write(folder, [FINDINGS])
    return result


@dataclass(frozen=True)
class Span:
    """Days that a rule judges, both included, and the edition of each list it reads then; an open end is None."""

    since: str | None
    until: str | None
    codes: dict[str, InUse]


def _editions(workspace: Workspace) -> dict[str, list[InUse]]:
    return editions_in_use(workspace, sorted({name for rule in RULES.values() for name in rule.codes}))


def _spans(manifest: Manifest, rule: Rule, codes: dict[str, list[InUse]]) -> list[Span]:
    """The days asked for, as far as every code list the rule reads has an edition for them."""
    spans = []
    for editions in itertools.product(*(codes.get(name, []) for name in rule.codes)):
        starts = [manifest.inputs["since"], *(_iso(one.first) for one in editions)]
        ends = [manifest.inputs["until"], *(_iso(one.last) for one in editions)]
        since, until = (
            max((day for day in starts if day), default=None),
            min((day for day in ends if day), default=None),
        )
        if since is None or until is None or since <= until or not rule.codes:
            spans.append(Span(since, until, dict(zip(rule.codes, editions, strict=True))))
    return spans


def _lacks(engine: Engine, rule: Rule, codes: dict[str, list[InUse]], spans: list[Span]) -> dict[str, Any] | None:
    """What a rule would need to judge: a table or a code list that was never loaded, or an edition for these days."""
    lists = [name for name in rule.codes if name not in codes]
    tables = [name for name in rule.reads if name not in engine.at.snapshots]
    if not lists and not tables and spans:
        return None
    cure = f"yiheng codes load FILE --list {lists[0]}" if lists else f"yiheng load {tables[0]}.csv" if tables else ""
    outside = [] if lists or tables else list(rule.codes)
    if outside:
        cure = f"yiheng codes load FILE --list {outside[0]} --from DAY --until DAY"
    return {"rule": rule.name, "zh": rule.zh, "missing": lists + tables + outside, "to_do": cure}


def _found(engine: Engine, rule: Rule, manifest: Manifest, span: Span) -> list[dict[str, Any]]:
    engine.use_codes({name: [one] for name, one in span.codes.items()})
    rows = rule.rows(engine.tables, LIMITS.with_values(manifest.pins["limits"]))
    if span.since:
        rows = rows.filter(rows.occurred_on >= ibis.date(span.since))
    if span.until:
        rows = rows.filter(rows.occurred_on <= ibis.date(span.until))
    evidence = tuple(sorted(set(rows.columns) - set(ORDER)))
    return [_plain(rule.finding(row)) for row in engine.rows(rows, ORDER + evidence)]


def _summary(rule: Rule, found: list[dict[str, Any]], spans: list[Span]) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "official_code": rule.official_code,
        "zh": rule.zh,
        "weight": rule.weight,
        "findings": len(found),
        "at_stake_fen": sum(f["at_stake_fen"] for f in found),
        "judged": [
            {"from": one.since, "until": one.until, "codes": {name: used.edition for name, used in one.codes.items()}}
            for one in spans
        ],
    }


def _plain(finding: dict[str, Any]) -> dict[str, Any]:
    """Days and quantities as text, as they stand in the file."""
    return {name: _plain(value) if isinstance(value, dict) else _text(value) for name, value in finding.items()}


def _text(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
