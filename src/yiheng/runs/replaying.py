"""Run again from the manifest, and compare byte for byte."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from yiheng.basis.hashes import sha256
from yiheng.basis.refusals import Refusal
from yiheng.lake import told

from .auditing import audit
from .checking import check_quality
from .comparing import compare_into
from .driving import drive
from .kept import kept_policies
from .manifest import DEFAULT_ENGINE, MANIFEST, Manifest
from .measuring import measure
from .results import read_manifest
from .sampling import draw_into, estimate_into
from .scoring import score
from .settling import settle_into
from .workspace import Workspace

REPLAYED = ("measure", "drivers", "audit", "quality", "settle", "budget", "compare", "score", "draw", "estimate")


@dataclass(frozen=True)
class Replay:
    """What a replay gave.

    Attributes:
        outputs: of each output the hash of the file that lies in the folder, and of what was computed again.
        versions: of each part the version of the run, and the one that computed again.
        wrote: of each output the hash of what the run wrote, as its manifest says.
    """

    run: str
    outputs: dict[str, tuple[str, str]]
    versions: dict[str, tuple[str, str]]
    wrote: dict[str, str]

    @property
    def same(self) -> bool:
        """Whether every output has the same bytes."""
        return all(then == now for then, now in self.outputs.values())


@told()
def replay(workspace: Workspace, run: str) -> Replay:
    """Run again what a run's manifest says.

    Raises:
        Refusal: when the run is unknown or of a verb that is not replayed (a load changes the lake), or the lake does
            not hold its data.
    """
    folder = workspace.find_run(run)
    then: dict[str, Any] = read_manifest(folder)
    if then["verb"] not in REPLAYED:
        raise Refusal(
            f"a {then['verb']} is not replayed: it changes the lake",
            where=then["run"],
            expected=f"a run of {', '.join(REPLAYED)}",
            cure="load the same files into a new workspace; their hashes are in its load.json",
        )
    manifest = Manifest(then["verb"], then["inputs"], then["pins"])
    if manifest.pins.get("data"):
        # Not what was noted of the data, but the data.
        workspace.lake.check_content(workspace.at(manifest.pins))
    with tempfile.TemporaryDirectory() as made:
        again = Path(made)
        if manifest.verb == "measure":
            measure(workspace, manifest, again)
        elif manifest.verb == "drivers":
            drive(workspace, manifest, again)
        elif manifest.verb == "audit":
            audit(workspace, manifest, again, on=then.get("engine", DEFAULT_ENGINE))
        elif manifest.verb == "quality":
            check_quality(workspace, manifest, again)
        elif manifest.verb == "compare":
            compare_into(workspace, manifest, folder, again)
        elif manifest.verb == "score":
            score(workspace, manifest, again)
        elif manifest.verb == "draw":
            draw_into(workspace, manifest, again)
        elif manifest.verb == "estimate":
            estimate_into(manifest, folder, again)
        else:
            settle_into(workspace, manifest, folder, again, kept_policies(folder, manifest.pins))
        now = json.loads((again / MANIFEST).read_text("utf-8"))
        # What counts is what lies in the folder today: a result edited by hand shows as well.
        outputs = {
            name: (_there(folder / name), _there(again / name)) for name in {**then["outputs"], **now["outputs"]}
        }
    versions = {name: (then["versions"][name], now["versions"][name]) for name in then["versions"]}
    return Replay(then["run"], outputs, versions, then["outputs"])


def _there(file: Path) -> str:
    return sha256(file) if file.exists() else "gone"
