"""The run that scores institutions, departments, doctors and persons, and finds groups of persons."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ibis import _

from yiheng.basis.hashes import sha256
from yiheng.basis.refusals import Refusal, nearest
from yiheng.lake import SnapshotSet, told
from yiheng.records import FEW_VIEWS, standing
from yiheng.supervision.scores import (
    LIMITS,
    SUBJECTS,
    Record,
    Reference,
    Score,
    admitted_of,
    freeze,
    groups_of,
    judge,
    pairs_of,
    record_of,
    records_of,
)

from .engine import Engine
from .making import making
from .manifest import Manifest, canonical, write_whole
from .results import checked, checked_manifest
from .workspace import Workspace

SCORES, REFERENCE = "scores.json", "reference.json"
GROUP = "group"
SCORED = (*SUBJECTS, GROUP)
TABLES_NEEDED = ("visit", "settlement")


@told()
def run_score(
    workspace: Workspace,
    subject: str = "institution",
    *,
    year: int | None = None,
    reference: str | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> dict[str, Any]:
    """Score the data as it is now.

    Args:
        subject: ``institution``, ``department``, ``doctor``, ``person``, or ``group`` for persons who are always
            together.
        year: the calendar year scored; the last one with a visit by default.
        reference: an earlier score run whose reference is taken; its own records are the reference by default.

    Raises:
        Refusal: for an unknown subject, a lake without visits, or a reference of another subject.
    """
    if subject not in SCORED:
        raise Refusal(f"nobody scores '{subject}'", expected=", ".join(SCORED), cure=nearest(subject, SCORED))
    at = workspace.lake.latest()
    lacking = [name for name in TABLES_NEEDED if name not in at.snapshots]
    if lacking:
        raise Refusal(f"no {lacking[0]} was ever loaded", cure=f"yiheng load {lacking[0]}.csv")
    pins: dict[str, Any] = {
        "data": workspace.lake.content(at),
        "limits": {name: limit.value for name, limit in LIMITS.items()},
        "reference": None,
    }
    if reference is not None:
        pins["reference"] = _pinned(workspace, subject, reference)
    inputs = {"of": subject, "year": year or _last_year(workspace, at)}
    manifest = Manifest("score", inputs, pins)
    with making(workspace, manifest) as folder:
        return score(workspace, manifest, folder, progress)


def score(
    workspace: Workspace, manifest: Manifest, folder: Path, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Score what a manifest says into a folder."""
    engine = Engine(workspace, workspace.at(manifest.pins))
    progress(manifest.inputs["of"])
    outputs = [SCORES]
    if manifest.inputs["of"] == GROUP:
        found = _groups(engine, manifest)
    else:
        found = _scores(workspace, engine, manifest, folder)
        outputs.append(REFERENCE)
    engine.close()
    result = {"run": manifest.run, **manifest.inputs, **found}
    write_whole(folder / SCORES, canonical(result))
    manifest.write(folder, outputs)
    return result


def _scores(workspace: Workspace, engine: Engine, manifest: Manifest, folder: Path) -> dict[str, Any]:
    subject, limits = manifest.inputs["of"], LIMITS.with_values(manifest.pins["limits"])
    engine.views("enrolment_span", "visited", "stay")
    rows = engine.rows(records_of(subject, standing(engine.tables), manifest.inputs["year"], limits), ("subject",))
    records = [record_of(subject, row, limits) for row in rows]
    taken = manifest.pins["reference"]
    if taken is None:
        content = freeze(subject, records, limits).as_json() | {
            "year": manifest.inputs["year"],
            "data": manifest.pins["data"],
        }
        write_whole(folder / REFERENCE, canonical(content))
    else:
        kept = checked(workspace.find_run(taken["run"]), REFERENCE)
        if sha256(kept) != taken["sha256"]:
            raise Refusal("the reference is not what it was", where=str(kept), expected=f"SHA-256 {taken['sha256']}")
        write_whole(folder / REFERENCE, kept.read_text("utf-8"))
    # What is written is what is measured against: the reference is read back.
    reference = Reference.from_json(json.loads((folder / REFERENCE).read_text("utf-8")))
    scored = [(record, judge(record, reference)) for record in records]
    known = sorted((one for one in scored if one[1].points is not None), key=_highest_first)
    unknown = [one for one in scored if one[1].points is None]
    return {
        "reference": {"sha256": sha256(folder / REFERENCE), "run": taken["run"] if taken else manifest.run},
        "rows": [_row(place, *one) for place, one in enumerate(known, start=1)] + [_row(None, *one) for one in unknown],
    }


def _groups(engine: Engine, manifest: Manifest) -> dict[str, Any]:
    limits, year = LIMITS.with_values(manifest.pins["limits"]), manifest.inputs["year"]
    engine.views(*FEW_VIEWS)
    tables = standing(engine.tables)
    pairs = engine.rows(pairs_of(tables, year, limits), ("institution", "one", "other"))
    admitted = engine.rows(
        admitted_of(tables, year, limits), ("institution", "first_on", "last_on", "illness", "person")
    )
    found = groups_of(pairs, admitted, limits)
    return {"groups": [{"rank": rank, **one.as_json()} for rank, one in enumerate(found, start=1)]}


def _row(rank: int | None, record: Record, score: Score) -> dict[str, Any]:
    return {
        "rank": rank,
        "subject": record.subject,
        "peers": record.peers[0] if record.peers else None,
        "score": score.points,
        "visits": record.visits,
        "fund_fen": record.size_fen,
        "reasons": [reason.as_json() for reason in score.reasons if reason.deviation > 0],
        "unknown": sorted(score.unknown),
    }


def _highest_first(one: tuple[Record, Score]) -> tuple[float, str]:
    return -(one[1].points or 0), one[0].subject


def _pinned(workspace: Workspace, subject: str, reference: str) -> dict[str, str]:
    folder = workspace.find_run(reference)
    there = REFERENCE in checked_manifest(folder)["outputs"]
    found = json.loads(checked(folder, REFERENCE).read_text("utf-8"))["subject"] if there else None
    if found != subject:
        raise Refusal(
            f"{folder.name} holds no reference of {subject}",
            expected=f"a score run of {subject}",
            cure=f"yiheng score --of {subject}",
        )
    return {"run": folder.name, "sha256": sha256(folder / REFERENCE)}


def _last_year(workspace: Workspace, at: SnapshotSet) -> int:
    engine = Engine(workspace, at)
    (row,) = engine.rows(engine.tables["visit"].agg(last=_.began_on.max()))
    engine.close()
    if row["last"] is None:
        raise Refusal("the lake holds no visit", cure="yiheng load visit.csv")
    return int(row["last"].year)
