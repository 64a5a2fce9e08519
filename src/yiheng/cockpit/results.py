"""What runs left in the workspace, read once and kept: runs never change. Nothing is computed here from claims."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from yiheng.runs import Workspace

MONTHLY, YEARLY = ["consortium", "month"], ["consortium", "year"]
VALUES, FINDINGS, STATEMENTS, QUERIES, QUALITY, COMPARISON, MANIFEST = (
    "values.json", "findings.json", "statements.json", "queries.json", "quality.json", "comparison.json",
    "manifest.json",
)  # fmt: skip
# Parsed files kept in memory; a page looks at every settlement, so this is more than there will be in years.
MOST_KEPT = 512


@dataclass(frozen=True)
class Run:
    """A run that ended: its id, when, on which snapshot set, and what it gave."""

    id: str
    at: dt.datetime
    snapshot_set: int | None
    result: Any


@dataclass(frozen=True)
class Value:
    """One indicator of one party in one year or month: two whole numbers, not yet divided."""

    top: int
    bottom: int


@dataclass(frozen=True)
class Settled:
    """One party's year as a settle run left it: a statement, or why there is none."""

    run: Run
    statement: dict[str, Any] | None
    refused: str


Values = dict[tuple[str, str, str], Value]


def workspace() -> Workspace:
    """The workspace that this process serves."""
    return Workspace(Path(settings.WORKSPACE))


def measured(keys: list[str]) -> Run | None:
    """The newest run of all indicators by these keys; a run of some would hide the others."""
    return _newest("measure", {"names": [], "keys": keys}, VALUES)


def quality() -> Run | None:
    """The newest judgement of all institutions and days."""
    return _newest("quality", {"institution": None, "since": None, "until": None}, QUALITY)


def folder_of(run: Run) -> Path:
    """Where a run left what it gave."""
    return workspace().run_folder(run.id)


def _newest(verb: str, inputs: dict[str, Any], file: str) -> Run | None:
    space = workspace()
    for noted in space.runs(verb):
        manifest = _read(space, noted["run"], MANIFEST)
        if manifest and manifest["inputs"] == inputs:
            return _run(space, noted, file)
    return None


def audited() -> Run | None:
    """The newest audit."""
    return _last("audit", FINDINGS)


def compared() -> Run | None:
    """The newest comparison of policies."""
    return _last("compare", COMPARISON)


def _last(verb: str, file: str) -> Run | None:
    space = workspace()
    runs = (_run(space, noted, file) for noted in space.runs(verb))
    return next((run for run in runs if run), None)


def settled() -> dict[tuple[str, int], Settled]:
    """By party and year the newest settlement; one from the lake stands before one from a facts file."""
    space = workspace()
    runs = [run for noted in space.runs("settle") if (run := _run(space, noted, STATEMENTS))]
    found: dict[tuple[str, int], Settled] = {}
    for run in sorted(runs, key=lambda run: run.result["facts"] != "lake"):
        for statement in run.result["statements"]:
            found.setdefault((statement["party"], statement["year"]), Settled(run, statement, ""))
        for refused in run.result["refused"]:
            found.setdefault((refused["party"], refused["year"]), Settled(run, None, refused["why"]))
    return found


def queries_of(run: Run) -> dict[str, str]:
    """The queries behind the facts of a settlement, by total."""
    return _read(workspace(), run.id, QUERIES) or {}


def findings_in(run: str) -> list[dict[str, Any]]:
    """The findings of an audit."""
    found: list[dict[str, Any]] = (_read(workspace(), run, FINDINGS) or {"findings": []})["findings"]
    return found


def loaded_after(run: Run) -> bool:
    """Whether data was loaded after a run."""
    return any(dt.datetime.fromisoformat(noted["at"]) > run.at for noted in workspace().runs("load"))


@lru_cache(maxsize=MOST_KEPT)
def _values(run: str, folder: Path, period: str) -> Values:
    rows = _parsed(folder / run / VALUES)["rows"]
    return {
        (row["indicator"], row["consortium"], str(row[period])): Value(row["top"], row["bottom"])
        for row in rows
        if row["consortium"] is not None
    }


def values_of(run: Run | None, period: str) -> Values:
    """Sums by indicator, party and period (``year`` or ``month``)."""
    return _values(run.id, workspace().folder / "runs", period) if run else {}


def _run(space: Workspace, noted: dict[str, str], file: str) -> Run | None:
    result, manifest = _read(space, noted["run"], file), _read(space, noted["run"], MANIFEST)
    if result is None or manifest is None:
        return None
    return Run(noted["run"], dt.datetime.fromisoformat(noted["at"]), manifest["pins"].get("snapshot_set"), result)


def _read(space: Workspace, run: str, file: str) -> Any:
    path = space.folder / "runs" / run / file
    return _parsed(path) if path.exists() else None


@lru_cache(maxsize=MOST_KEPT)
def _parsed(path: Path) -> Any:
    space, run = path.parents[2], path.parent.name
    return Workspace(space).result(run, path.name)
