"""A run is made beside its place and takes it whole; one that is there is never overwritten by another result."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from yiheng.basis.hashes import sha256
from yiheng.basis.refusals import Refusal

from .listed import note_begun, noted_hashes
from .manifest import MANIFEST, Manifest
from .results import RUNS, checked_manifest
from .workspace import Workspace

PART = ".part"
# What a killed run left is cleared by a later one; no run takes so long.
SECONDS_KEPT = 86_400


@contextmanager
def making(workspace: Workspace, manifest: Manifest) -> Iterator[Path]:
    """A folder to make a run in, beside the others. Behind it the run stands in its place and is listed.

    Raises:
        Refusal: the run is there already with other bytes.
    """
    runs = workspace.folder / RUNS
    runs.mkdir(exist_ok=True)
    _sweep(runs)
    part, home = runs / f".{manifest.run}.{token_hex(4)}{PART}", runs / manifest.run
    part.mkdir()
    try:
        yield part
        if not _first(part, home):
            _once_more(workspace, part, home, manifest.verb)
        else:
            workspace.note_run(manifest.run, manifest.verb)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _first(part: Path, home: Path) -> bool:
    """Whether the place was free, and is taken now."""
    if home.exists():
        return False
    # Noted before it is there: a run that is killed here is none that the list has lost.
    note_begun(home.parent, home.name)
    try:
        part.rename(home)
    except OSError:
        # Another process ended the same run in between; what else it may be shows on the second way.
        return False
    return True


def _once_more(workspace: Workspace, part: Path, home: Path, verb: str) -> None:
    """The same run again: files that were damaged or lost are brought back, the others stay."""
    keeps = _refuse_other(part, home)
    for file in sorted(part.rglob("*")):
        to = home / file.relative_to(part)
        if not file.is_file() or file == part / MANIFEST or (to.is_file() and sha256(to) == sha256(file)):
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        file.replace(to)
    if not keeps:
        # Listed first: whenever this is killed, the manifest that lies there is one that was listed.
        workspace.note_run(home.name, verb, manifest=part / MANIFEST)
        (part / MANIFEST).replace(home / MANIFEST)
    else:
        workspace.note_run(home.name, verb)


def _refuse_other(part: Path, home: Path) -> bool:
    """Refuse to take the place of another result; gives whether the manifest that is there stays."""
    noted, now = noted_hashes(home.parent, home.name), _outputs(part)
    try:
        then = checked_manifest(home)["outputs"]
    except Refusal:
        # Without a manifest a run never ended, unless it was listed: then only the very same one is brought back.
        if (noted or (home / MANIFEST).exists()) and sha256(part / MANIFEST) not in noted:
            raise
        return False
    for name, hashed in then.items():
        if now.get(name) != hashed:
            raise Refusal(
                f"{home.name} is there already with another {name}",
                where=str(home / name),
                expected=f"SHA-256 {hashed}; computed now: {now.get(name)}",
                cure="nothing was overwritten; find with yiheng verify what changed, or run in a copy of the workspace",
            )
    # The same outputs by another engine or version: the manifest says what the run stood on last.
    return sha256(part / MANIFEST) == sha256(home / MANIFEST)


def _outputs(part: Path) -> dict[str, str]:
    """The outputs of a run that was just made, with their hashes."""
    outputs: dict[str, str] = json.loads((part / MANIFEST).read_text("utf-8"))["outputs"]
    return outputs


def _sweep(runs: Path) -> None:
    for old in runs.glob(f".*{PART}"):
        if old.is_dir() and time.time() - old.stat().st_mtime > SECONDS_KEPT:
            shutil.rmtree(old, ignore_errors=True)
