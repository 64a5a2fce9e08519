"""A workspace whose runs were written by hand, so that what a page shows can be worked out on paper."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yiheng.basis.hashes import sha256
from yiheng.runs import Workspace
from yiheng.runs.list_file import add_line
from yiheng.runs.manifest import WRITES, Manifest
from yiheng.runs.settling import LINES


def made(folder: Path) -> Path:
    """An empty workspace."""
    Workspace.new(folder)
    return folder


def add_run(
    folder: Path, called: str, file: str, result: Any, *, at: str, inputs: Any = None, pins: Any = None,
    lines: pa.Table | None = None, beside: Path | None = None,
) -> str:  # fmt: skip
    """A run that ended at a moment; its name here is one of its pins, because its id follows from content.

    Args:
        beside: the folder of a run whose other files it takes; without one they are there, empty.
    """
    manifest = Manifest(called.partition("-")[0], inputs or {}, {**(pins or {"data": {}}), "called": called})
    place = folder / "runs" / manifest.run
    place.mkdir()
    (place / file).write_text(json.dumps({"run": manifest.run, **result}), "utf-8")
    if lines is not None:
        pq.write_table(lines, place / LINES)
    made = {file, *WRITES[manifest.verb], *([LINES] if lines is not None else [])}
    for name in made:
        if beside is not None and not (place / name).exists():
            shutil.copyfile(beside / name, place / name)
        elif not (place / name).exists():
            (place / name).write_text("{}", "utf-8")
    manifest.write(place, sorted(made))
    ended = {"at": f"{at}T00:00:00+00:00", "run": manifest.run, "verb": manifest.verb}
    add_line(folder / "runs", {**ended, "manifest_sha256": sha256(place / "manifest.json")})
    return manifest.run


def add_measure(folder: Path, run: str, period: str, rows: list[tuple], *, at: str, names: tuple = ()) -> str:
    """A measure run from rows of indicator, party, period, top, bottom."""
    made_rows = [
        {"indicator": name, "consortium": party, period: when, "top": top, "bottom": bottom, "value": None}
        for name, party, when, top, bottom in rows
    ]
    keys = ["consortium", period]
    inputs = {"names": list(names), "keys": keys}
    return add_run(folder, run, "values.json", {"keys": keys, "rows": made_rows}, at=at, inputs=inputs)


def add_settle(
    folder: Path, run: str, parties: dict[tuple[str, int], dict[str, str] | str], *, at: str, facts: str = "lake"
) -> str:
    """A settle run: figures by party and year, or the sentence that refused it."""
    statements = [
        {
            "party": party,
            "year": year,
            "figures": figures,
            "because": {name: {"says": name, "says_en": name, "amount": yuan} for name, yuan in figures.items()},
            "shared": {},
            "transfers": [],
            "assumptions": [],
            "policy": {"id": "p", "hash": "h", "file": "p.yaml", "title": "例", "title_en": "example"},
        }
        for (party, year), figures in parties.items()
        if isinstance(figures, dict)
    ]
    refused = [
        {"party": party, "year": year, "why": why} for (party, year), why in parties.items() if isinstance(why, str)
    ]
    inputs = {"facts": None if facts == "lake" else "facts.csv", "year": next((year for _, year in parties), None)}
    manifest = {"inputs": inputs, "pins": {}, "versions": {}}
    result = {"facts": facts, "statements": statements, "refused": refused, "unattributed": {}, "manifest": manifest}
    lines = [(one["party"], one["year"]) for one in statements]
    table = pa.table({"party": pa.array([p for p, _ in lines], pa.string()), "year": [y for _, y in lines]})
    return add_run(folder, run, "statements.json", result, at=at, inputs=inputs, lines=table)


def figures(budget: str, spend: str) -> dict[str, str]:
    """The seven figures; only budget and spending matter here."""
    rest = ("surplus", "overrun", "kept", "fund_bears", "party_bears")
    return {"budget": budget, "spend": spend, **dict.fromkeys(rest, "0.00")}
