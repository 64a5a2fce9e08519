"""Audits and settlements killed at random instants: a run that is listed is whole, the lake is as it was."""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from yiheng.basis.hashes import sha256
from yiheng.codes import SHIPPED_FILES
from yiheng.county import make_county
from yiheng.runs import Workspace, load_codes, replay, run_audit, run_load, run_settle

from .kills import DONE, Child

PEOPLE, YEAR = 300, 2025
SEED = 20_250_102
POLICY = Path(__file__).parents[1] / "policies" / "qingdao"


def audit(workspace: Path, step: Callable[[str], None]) -> None:
    """What a child does."""
    run_audit(Workspace.open(workspace), progress=step)


def settle(workspace: Path, step: Callable[[str], None]) -> None:
    """What a child does."""
    run_settle(Workspace.open(workspace), POLICY, year=YEAR, progress=step)


def run(kills: int) -> str:
    """Kill so many audits and so many settlements; gives the line that is printed.

    Raises:
        AssertionError: when a listed run is not whole, the lake has changed, or the next run differs.
    """
    dice, began = random.Random(SEED), time.monotonic()
    ended = 0
    with tempfile.TemporaryDirectory() as place:
        workspace = small_county(Path(place))
        lake = workspace.lake.latest()
        for work in (audit, settle):
            # First into a workspace that has no such run, later over the run that is there.
            seconds = 0.0
            for number in range(kills):
                child = Child(work, workspace.folder)
                ended += not child.kill(dice.uniform(0, seconds or 1))
                assert whole_runs(workspace) <= {work.__name__, "audit", "load"}
                assert Workspace.open(workspace.folder).lake.latest() == lake
                if number == kills // 2:
                    seconds = _next(work, workspace)
            _next(work, workspace)
            assert replay(workspace, workspace.runs(work.__name__)[0]["run"]).same
    return (
        f"{kills} audits and {kills} settlements killed ({ended} had ended): every listed run whole, the lake as it"
        f" was, the next run clean and byte-identical to its replay ({time.monotonic() - began:.0f} s)"
    )


def small_county(folder: Path) -> Workspace:
    """A loaded county with its code lists."""
    make_county(folder / "source", folder / "labels.csv", people=PEOPLE)
    workspace = Workspace.new(folder / "workspace")
    assert run_load(workspace, [folder / "source"]).clean
    for name, file in SHIPPED_FILES.items():
        load_codes(workspace, file, name)
    return workspace


def settled(folder: Path) -> tuple[Workspace, str]:
    """A small county with a settlement, and its run."""
    workspace = small_county(folder)
    return workspace, str(run_settle(workspace, POLICY, year=YEAR)["run"])


def whole_runs(workspace: Workspace) -> set[str]:
    """The verbs of the listed runs, each of which has every output with the hash of its manifest."""
    runs = Workspace.open(workspace.folder).runs()
    for one in runs:
        folder = workspace.find_run(one["run"])
        manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
        for name, digest in manifest["outputs"].items():
            assert sha256(folder / name) == digest, f"{one['run']}/{name} is not what its manifest says"
    return {one["verb"] for one in runs}


def _next(work: Callable[..., None], workspace: Workspace) -> float:
    """Seconds of a run that nobody kills."""
    child = Child(work, workspace.folder)
    said = child.ended()
    assert said[0] == DONE, said
    return time.monotonic() - child.began
