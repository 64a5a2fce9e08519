"""The runs of inspections: a draw of institutions and inspectors, and the estimate from what they checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ibis import _

from yiheng.basis.money import Fen
from yiheng.basis.numbers import whole_number
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.documents import read_delimited, sha256_of
from yiheng.lake import told
from yiheng.supervision.sampling import (
    LIMITS,
    Checked,
    Inspector,
    Stratum,
    assign,
    draw,
    estimate,
    tickets_by_score,
)

from .engine import Engine
from .kept import keep
from .making import making
from .manifest import Manifest, canonical, write_whole
from .results import as_pinned, checked_manifest
from .scoring import SCORES
from .workspace import Workspace

DRAW, ESTIMATE, SAMPLE = "draw.json", "estimate.json", "sample.csv"
INSPECTORS = ("inspector", "workplace", "relatives_at")
CHECKED = ("stratum", "units", "claimed_in_all", "unit", "claimed", "wrong")
BETWEEN = ";"
# Another county's fund inspects its own institutions.
NOT_OURS = "outside"


@told()
def run_draw(
    workspace: Workspace, seed: str, *, inspectors: Path | None = None, by_score: str | None = None
) -> dict[str, Any]:
    """Draw institutions of the county and their inspectors.

    Args:
        seed: a text published before the draw.
        inspectors: a CSV file of inspectors with their ties; none are drawn without it.
        by_score: a score run of institutions; more points, more chance. Without it all have the same chance.

    Raises:
        Refusals: a seed or a name that cannot be drawn, a file that cannot be read, a run without scores.
    """
    pins: dict[str, Any] = {
        "data": workspace.data(),
        "limits": {name: limit.value for name, limit in LIMITS.items()},
        "inspectors": _inspectors(inspectors) if inspectors else [],
        "scores": _scores(workspace, by_score) if by_score else None,
    }
    manifest = Manifest("draw", {"seed": seed}, pins)
    with making(workspace, manifest) as folder:
        return draw_into(workspace, manifest, folder)


def draw_into(workspace: Workspace, manifest: Manifest, folder: Path) -> dict[str, Any]:
    """Draw what a manifest says into a folder."""
    limits, seed, scores = LIMITS.with_values(manifest.pins["limits"]), manifest.inputs["seed"], manifest.pins["scores"]
    engine = Engine(workspace, workspace.at(manifest.pins))
    ours = engine.rows(engine.tables["institution"].filter(_.kind != NOT_OURS), ("kind", "institution_id"))
    engine.close()
    strata: dict[str, list[str]] = {}
    for row in ours:
        strata.setdefault(row["kind"], []).append(row["institution_id"])
    held = None
    if scores:
        points = {row["institution_id"]: scores["points"].get(row["institution_id"]) for row in ours}
        held = tickets_by_score(points, limits)
    inspectors = [Inspector(name, frozenset(ties)) for name, ties in manifest.pins["inspectors"]]
    drawn = assign(seed, draw(seed, strata, limits, tickets=held), inspectors, limits)
    names = {row["institution_id"]: row["name"] for row in ours}
    result = {
        "run": manifest.run,
        "seed": seed,
        "scores": scores["run"] if scores else None,
        "strata": {stratum: {one: held[one] if held else 1 for one in known} for stratum, known in strata.items()},
        "drawn": [{**vars(one), "name": names[one.institution]} for one in drawn],
        "wanted_each": limits["inspectors_each"].value if inspectors else 0,
    }
    write_whole(folder / DRAW, canonical(result))
    manifest.write(folder, [DRAW])
    return result


@told()
def run_estimate(workspace: Workspace, file: Path) -> dict[str, Any]:
    """Estimate the total wrong amount from a file of checked units.

    Raises:
        Refusals: missing columns, cells that cannot be read, strata that cannot stand for their whole.
    """
    _strata(file, file.name)
    manifest = Manifest(
        "estimate",
        {"file": file.name},
        {"sha256": sha256_of(file), "limits": {name: limit.value for name, limit in LIMITS.items()}},
    )
    with making(workspace, manifest) as folder:
        keep(file, folder / SAMPLE, manifest.pins["sha256"])
        return estimate_into(manifest, folder, folder)


def estimate_into(manifest: Manifest, kept: Path, folder: Path) -> dict[str, Any]:
    """Estimate what a manifest says into a folder, from the file that the run kept."""
    strata = _strata(as_pinned(kept / SAMPLE, manifest.pins["sha256"]), manifest.inputs["file"])
    found = estimate(strata, LIMITS.with_values(manifest.pins["limits"]))
    amounts = ("total_fen", "low_fen", "high_fen", "found_fen", "error_fen")
    result = {
        "run": manifest.run,
        "file": manifest.inputs["file"],
        **{name: getattr(found, name) for name in amounts},
        **{name.removesuffix("_fen"): Fen(getattr(found, name)).yuan for name in amounts},
        "ratio": str(found.ratio),
        "units": found.units,
        "checked": found.checked,
        "strata": [
            {"stratum": one.name, "units": one.units, "checked": len(one.sample), "claimed_fen": one.claimed_fen}
            for one in strata
        ],
    }
    write_whole(folder / ESTIMATE, canonical(result))
    manifest.write(folder, [ESTIMATE])
    return result


def _scores(workspace: Workspace, run: str) -> dict[str, Any]:
    """The points of a score run of institutions, pinned whole: the draw needs nothing else of it."""
    folder = workspace.find_run(run)
    scored = workspace.result(run, SCORES) if SCORES in checked_manifest(folder)["outputs"] else {}
    if scored.get("of") != "institution":
        raise Refusal(f"{run} scores no institutions", cure="yiheng score --of institution")
    return {"run": scored["run"], "points": {row["subject"]: row["score"] for row in scored["rows"]}}


def _inspectors(file: Path) -> list[tuple[str, list[str]]]:
    """Inspectors by name, each with the institutions they are kept from, in the order of their names."""
    found: dict[str, list[str]] = {}
    twice = []
    table = read_delimited(file, INSPECTORS)
    for row in table:
        name, *ties = (row.cells[column] for column in INSPECTORS)
        if not name or name in found:
            what = f"'{name}' is no name or appears twice"
            twice.append(Refusal(what, where=table.place(row), expected="each inspector once"))
        found[name] = sorted({one.strip() for tie in ties for one in tie.split(BETWEEN)} - {""})
    if twice:
        raise Refusals(twice)
    return sorted(found.items())


def _strata(file: Path, shown: str) -> list[Stratum]:
    samples: dict[tuple[str, int, int], list[Checked]] = {}
    wrong = []
    for row in read_delimited(file, CHECKED):
        text = row.cells
        try:
            whole = (text["stratum"], whole_number(text["units"]), Fen.from_yuan(text["claimed_in_all"]).n)
            one = Checked(text["unit"], Fen.from_yuan(text["claimed"]).n, Fen.from_yuan(text["wrong"]).n)
        except ValueError as fault:
            wrong.append(Refusal(str(fault), where=f"{shown}:{row.line}"))
            continue
        samples.setdefault(whole, []).append(one)
    names = [name for name, _units, _claimed in samples]
    for name in sorted({name for name in names if names.count(name) > 1}):
        wrong.append(
            Refusal("its rows name different wholes", where=f"{shown} {name}", expected="one number and amount")
        )
    if wrong:
        raise Refusals(wrong)
    return [Stratum(*whole, tuple(sample)) for whole, sample in sorted(samples.items())]
