"""The run that looks for findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import ibis

from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.supervision import LIMITS, RULES, Rule

from .editions import InUse, editions_in_use
from .engine import Engine
from .manifest import Manifest, canonical
from .workspace import Workspace

FINDINGS = "findings.json"
ORDER = ("occurred_on", "visit", "line", "person")


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
            "codes": {name: one.as_json() for name, one in editions_in_use(workspace).items()},
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
    codes = {name: InUse.from_json(pinned) for name, pinned in manifest.pins["codes"].items()}
    editions = {name: one.edition for name, one in codes.items()}
    engine = Engine(workspace, workspace.lake.at(manifest.pins["snapshot_set"]), codes=editions)
    findings: list[dict[str, Any]] = []
    judged, unknown = [], []
    for name in manifest.inputs["rules"]:
        rule = RULES[name]
        progress(f"{rule.zh} {name}")
        if lacks := _lacks(engine, rule, codes):
            unknown.append(lacks)
            continue
        window = _window(manifest, [codes[code] for code in rule.codes])
        found = _found(engine, rule, manifest, window)
        findings += found
        judged.append(_summary(rule, found, window))
    engine.close()
    result = {"run": manifest.run, "findings": findings, "rules": judged, "unknown": unknown}
    (folder / FINDINGS).write_text(canonical(result), "utf-8")
    manifest.write(folder, [FINDINGS])
    return result


def _window(manifest: Manifest, editions: list[InUse]) -> tuple[str | None, str | None]:
    """The days that are judged: those asked for, as far as every code list the rule reads holds."""
    starts = [manifest.inputs["since"], *(_iso(one.first) for one in editions)]
    ends = [manifest.inputs["until"], *(_iso(one.last) for one in editions)]
    return max((day for day in starts if day), default=None), min((day for day in ends if day), default=None)


def _lacks(engine: Engine, rule: Rule, codes: dict[str, InUse]) -> dict[str, Any] | None:
    """What a rule would need to judge: a code list or a table that was never loaded."""
    lists = [name for name in rule.codes if name not in codes]
    tables = [name for name in rule.reads if name not in engine.at.snapshots]
    if not lists and not tables:
        return None
    cure = f"yiheng codes load FILE --list {lists[0]}" if lists else f"yiheng load {tables[0]}.csv"
    return {"rule": rule.name, "zh": rule.zh, "missing": lists + tables, "to_do": cure}


def _found(
    engine: Engine, rule: Rule, manifest: Manifest, window: tuple[str | None, str | None]
) -> list[dict[str, Any]]:
    since, until = window
    rows = rule.rows(engine.tables, LIMITS.with_values(manifest.pins["limits"]))
    if since:
        rows = rows.filter(rows.occurred_on >= ibis.date(since))
    if until:
        rows = rows.filter(rows.occurred_on <= ibis.date(until))
    evidence = tuple(sorted(set(rows.columns) - set(ORDER)))
    return [_plain(rule.finding(row)) for row in engine.rows(rows, ORDER + evidence)]


def _summary(rule: Rule, found: list[dict[str, Any]], window: tuple[str | None, str | None]) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "official_code": rule.official_code,
        "zh": rule.zh,
        "weight": rule.weight,
        "findings": len(found),
        "at_stake_fen": sum(f["at_stake_fen"] for f in found),
        "judged_from": window[0],
        "judged_until": window[1],
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
