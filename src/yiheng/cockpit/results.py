"""What runs left in the workspace, read once and kept: runs never change. Nothing is computed here from claims."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from yiheng.basis.hashes import Sign, sign_of
from yiheng.basis.refusals import Refusal
from yiheng.casework.settlements import acts_noted
from yiheng.runs import Act, Register, Stand, Workspace, pairs_of, register_of, settle_runs, stand_of, standing
from yiheng.runs.manifest import data_sign
from yiheng.runs.results import checked, checked_manifest, faults_of
from yiheng.runs.workspace import kept_json
from yiheng.supervision import RULES

from .page import once_in_a_page
from .unsound import pass_over

MONTHLY, YEARLY = ["consortium", "month"], ["consortium", "year"]
VALUES, FINDINGS, STATEMENTS, QUERIES, QUALITY, COMPARISON, MANIFEST = (
    "values.json", "findings.json", "statements.json", "queries.json", "quality.json", "comparison.json",
    "manifest.json",
)  # fmt: skip
SET_ASIDE = ("withdrawn", "superseded")
# Parsed files kept in memory; a page looks at every settlement, so this is more than there will be in years.
MOST_KEPT = 512


@dataclass(frozen=True)
class Run:
    """A run that ended: its id, when, what it pins, what it gave, what was asked for, and who ran it."""

    id: str
    at: dt.datetime
    pins: dict[str, Any]
    result: Any
    inputs: dict[str, Any]
    by: str

    @property
    def data(self) -> str | None:
        """The short name of its data."""
        return data_sign(self.pins)


@dataclass(frozen=True)
class Value:
    """One indicator of one party in one year or month: two whole numbers, not yet divided."""

    top: int
    bottom: int


@dataclass(frozen=True)
class Settled:
    """One party's year as a settle run left it: a statement, or why there is none.

    Attributes:
        stand: whether the statement is official or a trial.
        newer: a later trial of the same party and year that did not take its place.
    """

    run: Run
    statement: dict[str, Any] | None
    refused: str
    stand: Stand
    newer: str = ""


Inputs = dict[str, Any]
Values = dict[tuple[str, str, str], Value]


def workspace() -> Workspace:
    """The workspace that this process serves."""
    return Workspace(Path(settings.WORKSPACE))


def opened() -> Workspace:
    """The workspace with its lake open, which looks at every question whether its state has changed."""
    space = workspace()
    return _opened(space, sign_of(space.folder / "lake")[-1])


@lru_cache(maxsize=1)
def _opened(space: Workspace, _folder: int) -> Workspace:
    return space


@once_in_a_page
def measured(keys: list[str]) -> Run | None:
    """The newest run of all indicators by these keys; a run of some would hide the others."""
    return _newest("measure", {"names": [], "keys": keys}, VALUES)


@once_in_a_page
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
        # Nothing older stands in for a run that cannot be read.
        if manifest is None or manifest["inputs"] == inputs:
            return _run(space, noted, file) if manifest else None
    return None


@once_in_a_page
def audited() -> Run | None:
    """The newest whole audit: all rules that are installed, all days. Before the first, the widest of the others."""
    return _chosen("audit", FINDINGS, whole_audit, _width)


def whole_audit(inputs: Inputs) -> bool:
    """Whether an audit asked all rules that are installed about all days: only then it replaces another."""
    return not rules_not_asked(inputs) and not inputs.get("since") and not inputs.get("until")


def rules_not_asked(inputs: Inputs) -> list[str]:
    """The rules that are installed and that an audit did not ask."""
    return sorted(set(RULES) - set(inputs.get("rules", [])))


@once_in_a_page
def newest_by(file: str, verb: str, key: str) -> dict[Any, Run]:
    """The newest run of a verb for each value of one of its inputs."""
    space = workspace()
    found: dict[Any, Run] = {}
    seen: set[Any] = set()
    for noted in space.runs(verb):
        manifest = _read(space, noted["run"], MANIFEST)
        if manifest is None:
            break
        value = manifest["inputs"][key]
        if value not in seen and (run := _run(space, noted, file)):
            found[value] = run
        seen.add(value)
    return found


@once_in_a_page
def compared() -> Run | None:
    """The newest comparison over the lake without a what-if; without any, the newest of the others."""
    return _chosen("compare", COMPARISON, whole_comparison, lambda _inputs: 0)


def whole_comparison(inputs: Inputs) -> bool:
    """Whether a comparison is of the lake, under what each policy chooses, with all that is known."""
    return not any(inputs.get(name) for name in ("facts", "assume", "known_on"))


def _width(inputs: Inputs) -> tuple[bool, int]:
    return not (inputs.get("since") or inputs.get("until")), len(inputs.get("rules", []))


def _chosen(verb: str, file: str, whole: Callable[[Inputs], bool], width: Callable[[Inputs], Any]) -> Run | None:
    """The newest whole run of a verb, else the widest; only its result is read."""
    space = workspace()
    made = []
    for noted in space.runs(verb):
        if (manifest := _read(space, noted["run"], MANIFEST)) is None:
            # It may be the one to be shown, and nothing older stands in for it.
            break
        made.append((noted, manifest["inputs"]))
        if whole(manifest["inputs"]):
            break
    found = next((one for one in made if whole(one[1])), max(made, key=lambda one: width(one[1]), default=None))
    return _run(space, found[0], file) if found else None


def register() -> tuple[Register, str]:
    """The acts on settlements, and what is wrong with them: then none of them counts, and all are trials."""
    acts, fault = _register()
    # Where the workspace stands on the server is nobody's business.
    return acts, str(fault or "").replace(f"{workspace().folder}{os.sep}", "")


def register_fault() -> Refusal | None:
    """What is wrong with the acts on settlements."""
    return _register()[1]


@once_in_a_page
def _register() -> tuple[Register, Refusal | None]:
    space = workspace()
    try:
        acts = register_of(space, acts_noted)
        standing(space, acts, passed_over=pass_over)
    except Refusal as refusal:
        return Register(), refusal
    return acts, None


@once_in_a_page
def settled() -> dict[tuple[str, int], Settled]:
    """By party and year the statement that counts: the adopted one, else the newest trial, else why there is none."""
    space, (acts, _fault) = workspace(), register()
    runs = {
        noted["run"]: run
        for noted in space.runs("settle")
        if acts.state(noted["run"]) not in SET_ASIDE and (run := _run(space, noted, STATEMENTS))
    }
    newest: dict[tuple[str, int], str] = {}
    for one in settle_runs(space):
        if one.run in runs and one.of_lake and not one.what_if:
            newest |= dict.fromkeys(pairs_of(space, one.run) - newest.keys(), one.run)
    found: dict[tuple[str, int], Settled] = {}
    for pair, stand in standing(space, acts, passed_over=pass_over).items():
        if (run := runs.get(stand.run)) and (statement := _statement(run.id, space.folder / "runs", pair)):
            newer = newest.get(pair, "")
            found[pair] = Settled(run, statement, "", stand, "" if newer == stand.run else newer)
    for run in sorted(runs.values(), key=lambda run: run.result["facts"] != "lake"):
        for one in run.result["refused"]:
            pair = (one["party"], one["year"])
            found.setdefault(pair, Settled(run, None, one["why"], Stand(run.id, "trial")))
    return found


def settled_by(run: str, party: str, year: int) -> Settled | None:
    """The statement of one settle run, whichever counts."""
    space, pair = workspace(), (party, year)
    noted = next((one for one in space.runs("settle") if one["run"] == run), None)
    found = _run(space, noted, STATEMENTS) if noted else None
    if found is None or (statement := _statement(run, space.folder / "runs", pair)) is None:
        return None
    return Settled(found, statement, "", stand_of(register()[0], run, pair))


def lapsed(party: str, year: int) -> Act | None:
    """The withdrawal of what was official of a party and year, while nothing else is."""
    return register()[0].lapsed.get((party, year))


@lru_cache(maxsize=MOST_KEPT)
def _statements(file: Path, sign: Sign) -> dict[tuple[str, int], dict[str, Any]]:
    return {(one["party"], one["year"]): one for one in _parsed(file, sign)["statements"]}


def _statement(run: str, folder: Path, pair: tuple[str, int]) -> dict[str, Any] | None:
    file = checked(folder / run, STATEMENTS)
    return _statements(file, sign_of(file)).get(pair)


def statements_of(run: str) -> list[dict[str, Any]]:
    """The statements of a settle run; empty where every party was refused."""
    found: list[dict[str, Any]] = (_read(workspace(), run, STATEMENTS) or {}).get("statements", [])
    return found


def refused_by(run: str) -> list[dict[str, Any]]:
    """The parties and years that a settle run could not settle."""
    found: list[dict[str, Any]] = (_read(workspace(), run, STATEMENTS) or {}).get("refused", [])
    return found


def parties_known() -> set[str]:
    """All parties that any run in the workspace speaks of, also those that none could settle."""
    space, found = workspace(), {party for act in register()[0].acts for party in act.parties}
    for noted in space.runs("settle"):
        whole = _read(space, noted["run"], STATEMENTS) or {}
        found |= {one["party"] for one in [*whole.get("statements", []), *whole.get("refused", [])]}
    for noted in space.runs("compare"):
        found |= {one["party"] for one in (_read(space, noted["run"], COMPARISON) or {}).get("figures", [])}
    if judged := quality():
        found |= {one["consortium"] for one in judged.result["institutions"].values()}
    found |= {party for _name, party, _year in values_of(measured(YEARLY), "year")}
    return {party for party in found if party}


def changed(run: str) -> bool:
    """Whether any file of a run is gone or not what the run wrote; the page then says which."""
    faults = faults_of(workspace().run_folder(run))
    for fault in faults:
        pass_over(fault)
    return bool(faults)


@once_in_a_page
def changed_of(year: int) -> bool:
    """Whether a settlement of the lake of a year, which was not set aside, is not what its run wrote."""
    acts = register()[0]
    return any(
        one.year == year and one.of_lake and not one.what_if and acts.state(one.run) not in SET_ASIDE
        and changed(one.run)
        for one in settle_runs(workspace())
    )  # fmt: skip


def queries_of(run: Run) -> dict[str, str]:
    """The queries behind the facts of a settlement, by total."""
    return _read(workspace(), run.id, QUERIES) or {}


def findings_in(run: str) -> list[dict[str, Any]]:
    """The findings of an audit."""
    found: list[dict[str, Any]] = (_read(workspace(), run, FINDINGS) or {"findings": []})["findings"]
    return found


def rules_of(run: str) -> list[dict[str, Any]]:
    """The rules that an audit judged, each with what it found."""
    judged: list[dict[str, Any]] = (_read(workspace(), run, FINDINGS) or {}).get("rules", [])
    return judged


def loaded_after(run: Run) -> bool:
    """Whether data was loaded after a run."""
    return any(dt.datetime.fromisoformat(noted["at"]) > run.at for noted in workspace().runs("load"))


@lru_cache(maxsize=MOST_KEPT)
def _values(file: Path, sign: Sign, period: str) -> Values:
    rows = _parsed(file, sign)["rows"]
    return {
        (row["indicator"], row["consortium"], str(row[period])): Value(row["top"], row["bottom"])
        for row in rows
        if row["consortium"] is not None
    }


def values_of(run: Run | None, period: str) -> Values:
    """Sums by indicator, party and period (``year`` or ``month``)."""
    if run is None:
        return {}
    file = checked(workspace().folder / "runs" / run.id, VALUES)
    return _values(file, sign_of(file), period)


def _run(space: Workspace, noted: dict[str, str], file: str) -> Run | None:
    result, manifest = _read(space, noted["run"], file), _read(space, noted["run"], MANIFEST)
    if result is None or manifest is None:
        return None
    return Run(
        noted["run"], dt.datetime.fromisoformat(noted["at"]), manifest["pins"], result,
        manifest["inputs"], noted.get("by", ""),
    )  # fmt: skip


def _read(space: Workspace, run: str, file: str) -> Any:
    """A file of a run; one that is not what the run wrote is none, and the page says so."""
    folder = space.folder / "runs" / run
    try:
        if file == MANIFEST:
            return checked_manifest(folder)
        path = checked(folder, file)
        return _parsed(path, sign_of(path))
    except Refusal as fault:
        pass_over(fault)
        return None


@lru_cache(maxsize=MOST_KEPT)
def _parsed(path: Path, _sign: Sign) -> Any:
    return kept_json(path)
