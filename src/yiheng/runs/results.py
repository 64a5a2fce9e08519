"""The one way in to what an ended run left: nothing is read that is not what the run wrote.

A run's id follows from its manifest, the list of runs holds the manifest's hash, and the manifest the hash of every
output. Each file is hashed once in a process, and again when size, times or inode of the file are others.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path, PurePosixPath
from typing import Any

from yiheng.basis.hashes import Sign, hash_of, sign_of
from yiheng.basis.refusals import Refusal
from yiheng.documents import own_bytes
from yiheng.lake import RESTORE, told

from .acts import Act, vouched
from .listed import noted_hashes, written_files
from .manifest import MANIFEST, POLICIES, WRITES, run_id

RUNS, STATEMENTS = "runs", "statements.json"
SHA256 = re.compile("[0-9a-f]{64}")
# The verbs whose run another call brings back; how each input that is told is written, and what cannot be told.
AGAIN = {"settle", "audit", "drivers", "quality", "measure", "compare", "score"}
WRITTEN = {"policy": "", "year": "--year ", "institution": "--institution ", "since": "--from ", "until": "--until "}
# How names begin that spreadsheets, editors and file managers put beside a file that is open.
OF_OTHERS = ".~"
SHAPE = "format, run, verb, inputs, pins, versions and outputs, as the program wrote them"
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
    outputs = checked_manifest(run)["outputs"]
    shown = (folder / name).relative_to(run).as_posix()
    if shown not in outputs:
        raise Refusal(f"the manifest of {run.name} names no {shown}", where=str(folder / name), cure=cure_of(run))
    file = as_pinned(folder / name, outputs[shown], shown)
    if shown == STATEMENTS and (act := vouched(run.parent, run.name)) is not None:
        refuse_unvouched(file, act)
    return file


def refuse_unvouched(file: Path, act: Act) -> None:
    """Refuse statements that are not those an act was about, whatever manifest and list of runs say of them.

    Raises:
        Refusal: when the file is gone or is another one.
    """
    if not file.is_file() or hash_of(file) != act.result:
        raise Refusal(
            f"the statements adopted on {act.at[:10]} are not as they were"
            if act.act == "adopted"
            else f"the statements proposed on {act.at[:10]} are not as they were",
            where=str(file),
            expected=f"SHA-256 {act.result}",
            cure="copy the folder of the run back from a backup that was restored into a new folder, or settle again",
        )


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
    found, file = shaped_manifest(run), run / MANIFEST
    if _made_of(file, sign_of(file)) != run.name:
        raise _other_manifest(run, f"the manifest of {run.name}")
    return found


def shaped_manifest(run: Path) -> dict[str, Any]:
    """The manifest of a run as it lies there, of the shape that every manifest has: its outputs are files of the run.

    Raises:
        Refusal: it is gone or cannot be read, lacks a part, or names outputs that a run of its verb does not leave.
    """
    file = run / MANIFEST
    if not file.exists():
        raise Refusal("the manifest of the run is gone", where=str(file), cure=cure_of(run))
    return _manifest(file, sign_of(file))


def faults_of(run: Path) -> list[Refusal]:
    """All that is not as written: the manifest, else each output, what was written from them, what is foreign."""
    try:
        manifest = checked_manifest(run)
    except Refusal as fault:
        return [fault]
    outputs: dict[str, str] = manifest["outputs"]
    written = written_files(run.parent, run.name)
    looks = [partial(checked, run, name) for name in outputs]
    looks += [partial(as_pinned, run / name, hashed) for name, hashed in written.items()]
    found = []
    for look in looks:
        try:
            look()
        except Refusal as fault:
            found.append(fault)
    return [*found, *_foreign(run, {*outputs, *written}, manifest["pins"])]


def _foreign(run: Path, known: set[str], pins: Mapping[str, Any]) -> Iterator[Refusal]:
    """Files that nothing vouches for; policies and manifests below the run are held against it elsewhere.

    What a run keeps of what it was given, such as a file of facts, is pinned by its hash.
    """
    pinned = frozenset(SHA256.findall(json.dumps(pins)))
    for file in sorted(run.rglob("*")):
        name = file.relative_to(run).as_posix()
        of_policy = file.name == MANIFEST or POLICIES in PurePosixPath(name).parts
        vouched_for = name in known or of_policy or file.name[0] in OF_OTHERS
        vouched_for = vouched_for or (file.is_file() and hash_of(file) in pinned)
        if not vouched_for and not file.is_dir():
            yield Refusal(
                f"{name} was not written from this run", where=str(file), expected=", ".join(sorted(known)),
                cure="find out where it comes from, and move it out of the folder of the run",
            )  # fmt: skip


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
    try:
        found = _manifest(file, sign)
        return run_id(found["verb"], found["inputs"], found["pins"], found["versions"]["yiheng"], found["format"])
    except (Refusal, KeyError, TypeError):
        return ""


@lru_cache(maxsize=MOST_KEPT)
def _manifest(file: Path, _sign: Sign) -> dict[str, Any]:
    with told(str(file)):
        found: Any = json.loads(own_bytes(file))
    if isinstance(found, dict):
        found.setdefault("outputs", {})
    if odd := _odd(found):
        raise Refusal(f"its manifest has no {odd}", where=str(file), expected=SHAPE, cure=RESTORE)
    outputs: dict[str, Any] = found["outputs"]
    if wrong := [name for name in WRITES.get(found["verb"], ()) if name not in outputs] or (
        [] if outputs else ["output"]
    ):
        raise Refusal(f"its manifest names no {wrong[0]}", where=str(file), cure=RESTORE)
    if wrong := [name for name, hashed in outputs.items() if not _is_output(file.parent, name, hashed)]:
        raise Refusal(
            f"its manifest names '{wrong[0]}', which is no file of the run with its SHA-256",
            where=str(file),
            cure=RESTORE,
        )
    whole: dict[str, Any] = found
    return whole


def _odd(found: Any) -> str:
    """The first part that a manifest lacks or that is of another kind."""
    kinds = {"format": int, "run": str, "verb": str, "inputs": dict, "pins": dict, "versions": dict, "outputs": dict}
    parts = found if isinstance(found, dict) else {}
    odd = [name for name, kind in kinds.items() if not isinstance(parts.get(name), kind)]
    if odd:
        return odd[0]
    versions = {"yiheng": None, **parts["versions"]}
    return "" if all(isinstance(one, str) for one in versions.values()) else "versions"


def _is_output(run: Path, name: str, hashed: object) -> bool:
    """Whether a name is that of a file inside the run's folder, written in one way only."""
    plain = PurePosixPath(name)
    inside = not plain.is_absolute() and ".." not in plain.parts and plain.as_posix() == name and "\\" not in name
    return (
        inside and "\0" not in name and isinstance(hashed, str) and SHA256.fullmatch(hashed) is not None
        and (run / name).resolve().is_relative_to(run.resolve())
    )  # fmt: skip
