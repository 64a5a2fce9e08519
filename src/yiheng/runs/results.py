"""The one way in to what an ended run left: nothing is read that is not what the run wrote.

A run's id follows from its manifest, the list of runs holds the manifest's hash, and the manifest the hash of every
output. Each file is hashed once in a process, and again when size, times or inode of the file are others.
"""

from __future__ import annotations

import json
import shlex
from functools import lru_cache
from pathlib import Path
from typing import Any

from yiheng.basis.refusals import Refusal
from yiheng.lake import told

from .listed import noted_hashes
from .manifest import MANIFEST, Sign, hash_of, run_id, sign_of

RUNS = "runs"
# The verbs whose run another call brings back; how each input that is told is written, and what cannot be told.
AGAIN = {"settle", "audit", "drivers", "quality", "measure", "compare", "score"}
WRITTEN = {"policy": "", "year": "--year ", "institution": "--institution ", "since": "--from ", "until": "--until "}
# Manifests kept in memory, each as it stood.
MOST_KEPT = 2048


def checked(folder: Path, name: str) -> Path:
    """A file that a run left, if it is what the run wrote.

    Args:
        folder: that of the run, or one below it.

    Raises:
        Refusal: the file, or the manifest that vouches for it, is gone or is not what the run wrote.
    """
    run = _run_of(folder)
    outputs = checked_manifest(run).get("outputs", {})
    shown = (folder / name).relative_to(run).as_posix()
    if shown not in outputs:
        raise Refusal(f"the manifest of {run.name} names no {shown}", where=str(folder / name), cure=cure_of(run))
    return as_pinned(folder / name, outputs[shown], shown)


def checked_manifest(run: Path) -> dict[str, Any]:
    """The manifest of a run, if it is what the run wrote.

    Raises:
        Refusal: it is gone, the folder is of another run, or its hash is not the one in the list of runs.
    """
    found = read_manifest(run)
    noted = noted_hashes(run.parent, run.name)
    if noted and hash_of(run / MANIFEST) not in noted:
        raise _other_manifest(run, f"SHA-256 {' / '.join(sorted(noted))}")
    return found


def read_manifest(run: Path) -> dict[str, Any]:
    """The manifest of a run whose id follows from it.

    Raises:
        Refusal: it is gone or cannot be read, or the folder is of another run.
    """
    file = run / MANIFEST
    if not file.exists():
        raise Refusal("the manifest of the run is gone", where=str(file), cure=cure_of(file.parent))
    found = _manifest(file, sign_of(file))
    if _made_of(file, sign_of(file)) != run.name:
        raise _other_manifest(run, f"the manifest of {run.name}")
    return found


def faults_of(run: Path) -> list[Refusal]:
    """All that is not as the run wrote it: its manifest, else each output; empty of a sound run."""
    try:
        outputs = checked_manifest(run).get("outputs", {})
    except Refusal as fault:
        return [fault]
    found = []
    for name in outputs:
        try:
            checked(run, name)
        except Refusal as fault:
            found.append(fault)
    return found


def as_pinned(file: Path, hashed: str | None, name: str = "") -> Path:
    """A file whose hash was noted when it was written.

    Raises:
        Refusal: it is gone, or is another one.
    """
    if not file.is_file() or hash_of(file) != hashed:
        what = f"{name or file.name} is not what the run wrote" if file.is_file() else f"{name or file.name} is gone"
        raise Refusal(what, where=str(file), expected=f"SHA-256 {hashed}", cure=cure_of(file.parent))
    return file


def cure_of(folder: Path) -> str:
    """What brings back a file of a run: the command of that run where its manifest tells it."""
    run = _run_of(folder)
    again = _again(run)
    if not again:
        return (
            "take the folder of the run back from a backup that was restored into a new folder with yiheng restore:"
            " see 'What to do' in docs/howto/back-up-and-restore.md"
        )
    return (
        "take the folder of the run back from a backup that was restored into a new folder with yiheng restore,"
        f" or run it again: {again}"
    )


def _again(run: Path) -> str:
    """The command of a run, as far as its manifest tells it; of one that cannot be read the verb, of a load nothing.

    What the manifest holds beyond that, such as choices and files, is ``…``.
    """
    verb, inputs = run.name.rpartition("-")[0], {}
    file = run / MANIFEST
    if file.is_file() and _made_of(file, sign_of(file)) == run.name:
        found = _manifest(file, sign_of(file))
        verb, inputs = found["verb"], found["inputs"]
    if verb not in AGAIN:
        return ""
    told = {name: inputs[name] for name in WRITTEN if inputs.get(name) is not None}
    more = ["…"] if any(one for name, one in inputs.items() if name not in told) else []
    return " ".join(["yiheng", verb, *(f"{WRITTEN[name]}{shlex.quote(str(one))}" for name, one in told.items()), *more])


def _other_manifest(run: Path, expected: str) -> Refusal:
    return Refusal(
        "its manifest is not what the run wrote", where=str(run / MANIFEST), expected=expected, cure=cure_of(run)
    )


def _run_of(folder: Path) -> Path:
    return next((one for one in (folder, *folder.parents) if one.parent.name == RUNS), folder)


@lru_cache(maxsize=MOST_KEPT)
def _made_of(file: Path, sign: Sign) -> str:
    """The id that follows from a manifest; empty where it lacks what an id is made of."""
    found = _manifest(file, sign)
    try:
        return run_id(found["verb"], found["inputs"], found["pins"], found["versions"]["yiheng"], found["format"])
    except (KeyError, TypeError):
        return ""


@lru_cache(maxsize=MOST_KEPT)
def _manifest(file: Path, _sign: Sign) -> dict[str, Any]:
    with told(str(file)):
        found = json.loads(file.read_text("utf-8"))
    return found if isinstance(found, dict) else {}
