"""The run that looks for findings."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import ibis
from ibis import _

from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.codes import EXCEPTION, STANDARD
from yiheng.lake import told
from yiheng.records import standing
from yiheng.supervision import (
    RULES,
    VIEWS,
    Covered,
    Rule,
    Stake,
    at_stake_once,
    bundled,
    cases_of,
    national_rules,
    stake_of,
    too_few,
)

from .editions import InUse, demo_edition, editions_in_use, pinned_editions
from .engine import Engine
from .excepted import Exceptions, covered_of
from .making import making
from .manifest import DEFAULT_ENGINE, Manifest, canonical
from .outside import limits_pinned, packages_of, pinned_rules
from .place_limits import Noting, limit_pins, shown_with
from .row_file import KeptRows, as_line, in_place, write_rows
from .workspace import Workspace

FINDINGS = "findings.json"
ORDER = ("occurred_on", "visit", "line", "person")
ONE_DAY = dt.timedelta(days=1)
# All lists that some rule of ours reads: one that is not in use is empty.
LISTED = sorted({name for rule in RULES.values() if rule.package is None for name in rule.codes})
# The exceptions are no rule's list, but decide as well what is found.
PINNED = sorted({*LISTED, *STANDARD, EXCEPTION.name})


@told()
def run_audit(
    workspace: Workspace,
    names: list[str] | None = None,
    *,
    since: dt.date | None = None,
    until: dt.date | None = None,
    engine: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Run audit rules on the data as it is now; findings, bundles and what is excepted are read from the run's file.

    Args:
        names: rules; none means all.
        since, until: only what occurred on these days, both included.
        engine: ``duckdb`` or ``spark``; by default what the workspace says. Both find the same.

    Raises:
        Refusals: unknown rules.
        Refusal: an unknown engine, or one that is not installed.
    """
    unknown = [name for name in names or [] if name not in RULES]
    if unknown:
        raise Refusals(Refusal(f"there is no rule '{name}'", cure=nearest(name, RULES)) for name in unknown)
    asked = sorted(names or RULES)
    rules = [RULES[name] for name in asked]
    manifest = Manifest(
        "audit",
        {"rules": asked, "since": _iso(since), "until": _iso(until)},
        {
            "data": workspace.data(),
            "codes": {name: [one.as_json() for one in kept] for name, kept in _editions(workspace, rules).items()},
            **limit_pins(workspace),
            **packages_of(rules),
        },
    )
    on = engine or workspace.engine
    with making(workspace, manifest) as folder:
        audited = audit(workspace, manifest, folder, progress, on)
    return in_place(audited, workspace.run_folder(manifest.run))


def audit(
    workspace: Workspace,
    manifest: Manifest,
    folder: Path,
    progress: Callable[[str], None] = lambda _: None,
    on: str = DEFAULT_ENGINE,
) -> dict[str, Any]:
    """Find what a manifest says into a folder.

    Raises:
        Refusals: when a package whose rules it uses is missing or has another version.
    """
    rules = pinned_rules(manifest.run, manifest.inputs["rules"], manifest.pins)
    codes = pinned_editions(manifest.pins["codes"])
    spans = {rule.name: _spans(manifest, rule, codes) for rule in rules}
    classes: dict[str, set[str]] = {}
    exceptions = Exceptions(workspace, codes.get(EXCEPTION.name, []))
    with closing(Engine(workspace, workspace.at(manifest.pins), on=on)) as engine:
        lacks = {rule.name: lacking for rule in rules if (lacking := _lacks(engine, rule, codes, spans[rule.name]))}
        found: dict[str, list[Found]] = {rule.name: [] for rule in rules if rule.name not in lacks}
        for rule, span in _one_edition_after_the_other([(RULES[name], span) for name in found for span in spans[name]]):
            progress(f"{rule.zh} {rule.name}")
            if rule.limits_of and rule.limits_of not in _classes(engine, span, codes, classes):
                lacks[rule.name] = _no_limits(rule)
                continue
            if rule.items_of and not _items_occur(engine, rule, span, codes):
                lacks[rule.name] = _lacking(rule, [f"{rule.codes[0]}: {rule.items_of}"], rule.codes[0])
                continue
            found[rule.name] += _found(engine, rule, manifest, span, codes, exceptions)
        for some in found.values():
            some.sort(key=attrgetter("on"))
        silent = [one for one in rules if one.name not in lacks and not found[one.name]]
        lacks |= {rule.name: few for rule in silent if (few := _few(engine, rule, manifest))}
        judged = [rule for rule in rules if rule.name not in lacks]
        stakes = {rule.name: [one.stake for one in found[rule.name] if not one.excepted] for rule in judged}
        every = [one for some in stakes.values() for one in some]
        covered = covered_of(engine, every)
    result = {
        "run": manifest.run,
        "rules": [_summary(rule, stakes[rule.name], spans[rule.name], covered) for rule in judged],
        "at_stake_fen": sum(one.fen for one in every),
        "at_stake_once_fen": at_stake_once(every, covered),
        "unknown": [lacks[rule.name] for rule in rules if rule.name in lacks],
        "not_computed": not_computed(),
    }
    told = [one for rule in judged for one in found[rule.name]]
    with new_file(folder / FINDINGS) as part:
        rows: dict[str, Iterable[str | bytes]] = {
            "findings": (one.line for one in told if not one.excepted),
            "bundles": map(as_line, bundled(every, covered)),
            "excepted": (one.line for one in told if one.excepted),
        }
        places = write_rows(part, result, rows)
    manifest.write(folder, [FINDINGS], on)
    return {**result, **{key: KeptRows(folder / FINDINGS, of) for key, of in places.items()}}


class Found(NamedTuple):
    """A finding as its line of the result, which needs a fifth of the room of its values, and what it stakes."""

    on: dt.date
    stake: Stake
    excepted: bool
    line: bytes


@dataclass(frozen=True)
class Span:
    """Days that a rule judges, both included, and the edition of each list it reads then; an open end is None."""

    since: str | None
    until: str | None
    codes: dict[str, InUse]


def not_computed() -> list[dict[str, Any]]:
    """The rules of the national list that no rule, indicator or check computes, each with why; whatever was asked."""
    return [
        {
            "seq": one.seq,
            "official_code": one.official_code,
            "zh": one.zh,
            "why": one.why.zh,
            "why_en": one.why.en,
        }
        for one in national_rules()
        if one.why
    ]


def _editions(workspace: Workspace, rules: list[Rule]) -> dict[str, list[InUse]]:
    return editions_in_use(workspace, sorted({*PINNED, *(name for rule in rules for name in rule.codes)}))


def _spans(manifest: Manifest, rule: Rule, codes: dict[str, list[InUse]]) -> list[Span]:
    """The days asked for, cut where an edition begins or ends, as far as the lists that the rule needs hold."""
    since, until = (dt.date.fromisoformat(day) if (day := manifest.inputs[key]) else None for key in ("since", "until"))
    first, last = since or dt.date.min, until or dt.date.max
    editions = [one for name in rule.codes for one in codes.get(name, [])]
    cuts = {one.first for one in editions if one.first} | {
        one.last + ONE_DAY for one in editions if one.last and one.last < dt.date.max
    }
    starts = [first, *sorted(cut for cut in cuts if first < cut <= last)]
    spans = []
    for start, end in zip(starts, [*(cut - ONE_DAY for cut in starts[1:]), last], strict=True):
        held = {name: one for name in rule.codes for one in codes.get(name, []) if one.holds_on(start)}
        if held if rule.any_list else set(held) == set(rule.codes):
            spans.append(Span(_open(start), _open(end), held))
    return spans


def _open(day: dt.date) -> str | None:
    return None if day in (dt.date.min, dt.date.max) else day.isoformat()


def _one_edition_after_the_other(jobs: list[tuple[Rule, Span]]) -> list[tuple[Rule, Span]]:
    """What is shared over the same editions is computed once: rules over the same lists follow each other."""
    return sorted(jobs, key=lambda job: sorted((name, one.edition) for name, one in job[1].codes.items()))


def _classes(engine: Engine, span: Span, codes: dict[str, list[InUse]], known: dict[str, set[str]]) -> set[str]:
    """The classes of which the lists in use hold limits that can be judged; asked once for the same editions."""
    held = canonical({name: one.edition for name, one in span.codes.items()})
    if held not in known:
        engine.use_codes(_held(span, codes))
        limits = engine.shared(VIEWS)["limit_of_item"]
        if _all_demo(span, ("knowledge_point", "item_limit")):
            # What was invented for the demo judges nothing of a place that charges other items.
            limits = limits.semi_join(engine.tables["fee_line"], "item_code")
        found = limits.select("rule_class").distinct()
        known[held] = {row["rule_class"] for row in engine.rows(found)}
    return known[held]


def _held(span: Span, codes: dict[str, list[InUse]]) -> dict[str, list[InUse]]:
    """The lists as they hold on the days of a span; a standard list tells the days of its rows itself."""
    held = {name: [span.codes[name]] if name in span.codes else [] for name in sorted({*LISTED, *span.codes})}
    return held | {name: codes.get(name, []) for name in STANDARD}


def _no_limits(rule: Rule) -> dict[str, Any]:
    return _lacking(rule, [f"{rule.codes[0]}: {rule.limits_of}"], rule.codes[-1])


def _lacking(rule: Rule, missing: list[str], list_name: str) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "zh": rule.zh,
        "missing": missing,
        "to_do": f"yiheng codes load FILE --list {list_name}",
    }


def _all_demo(span: Span, names: tuple[str, ...]) -> bool:
    held = [name for name in names if name in span.codes]
    return bool(held) and held == _demo(span, names)


def _demo(span: Span, names: Iterable[str]) -> list[str]:
    """The lists of which the edition in use was invented for the demo county."""
    return [name for name in names if name in span.codes and span.codes[name].edition == demo_edition(name)]


def _items_occur(engine: Engine, rule: Rule, span: Span, codes: dict[str, list[InUse]]) -> bool:
    """Whether any item is charged that a list knows; asked where the list was invented for the demo county."""
    if not _all_demo(span, rule.codes):
        return True
    engine.use_codes(_held(span, codes))
    listed = engine.tables["code_limit"].filter(_.kind == "item", _.measure == rule.items_of)
    items = engine.tables["fee_line"].select("item_code").distinct()
    return bool(engine.rows(items.semi_join(listed, items.item_code == listed.code_prefix).limit(1)))


def _few(engine: Engine, rule: Rule, manifest: Manifest) -> dict[str, Any] | None:
    """Why a rule that found nothing has too few cases to find anything."""
    if rule.least is None:
        return None
    limit = limits_pinned(rule, manifest.pins)[rule.least.limit].value
    (row,) = engine.rows(cases_of(standing(engine.shared(VIEWS)), rule.least.of, limit))
    why = too_few(rule.least, limit, row)
    return {"rule": rule.name, "zh": rule.zh, "missing": [why.zh], "missing_en": [why.en], "to_do": ""} if why else None


def _lacks(engine: Engine, rule: Rule, codes: dict[str, list[InUse]], spans: list[Span]) -> dict[str, Any] | None:
    """What a rule would need to judge: a table or a code list that was never loaded, or an edition for these days."""
    lists = [name for name in rule.codes if name not in codes]
    if rule.any_list and len(lists) < len(rule.codes):
        lists = []
    tables = [name for name in rule.reads if name not in engine.at.snapshots]
    if not lists and not tables and spans:
        return None
    cure = f"yiheng codes load FILE --list {lists[0]}" if lists else f"yiheng load {tables[0]}.csv" if tables else ""
    outside = [] if lists or tables else list(rule.codes)
    if outside:
        cure = f"yiheng codes load FILE --list {outside[0]} --from DAY --until DAY"
    return {"rule": rule.name, "zh": rule.zh, "missing": lists + tables + outside, "to_do": cure}


def _found(
    engine: Engine,
    rule: Rule,
    manifest: Manifest,
    span: Span,
    codes: dict[str, list[InUse]],
    exceptions: Exceptions,
) -> Iterator[Found]:
    engine.use_codes(_held(span, codes))
    limits = Noting(limits_pinned(rule, manifest.pins))
    rows = rule.rows(engine.shared(VIEWS), limits)
    own = shown_with(limits.asked, manifest.pins) if rule.package is None else []
    if span.since:
        rows = rows.filter(rows.occurred_on >= ibis.date(span.since))
    if span.until:
        rows = rows.filter(rows.occurred_on <= ibis.date(span.until))
    evidence = tuple(sorted(set(rows.columns) - set(ORDER)))
    for row in engine.each(rows, ORDER + evidence):
        one = rule.finding(row)
        grounds = exceptions.of(one)
        if own:
            one["evidence"]["place_limits"] = own
        told = {**one, "exception": grounds} if grounds else one
        yield Found(one["occurred_on"], stake_of(one), grounds is not None, as_line(told).encode())


def _summary(rule: Rule, stakes: list[Stake], spans: list[Span], covered: Covered) -> dict[str, Any]:
    return {
        "rule": rule.name,
        "official_code": rule.official_code,
        "zh": rule.zh,
        "weight": rule.weight,
        "answer": rule.answers,
        "demo": sorted({name for span in spans for name in _demo(span, rule.codes)}),
        "findings": len(stakes),
        "at_stake_fen": sum(one.fen for one in stakes),
        "at_stake_once_fen": at_stake_once(stakes, covered),
        "judged": [
            {"from": one.since, "until": one.until, "codes": {name: used.edition for name, used in one.codes.items()}}
            for one in spans
        ],
    }


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
