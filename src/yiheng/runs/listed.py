"""The list of runs, ``runs/runs.jsonl``: a line when a run begins, a line when it has ended.

A run counts once its second line is there. The first one tells a run that was killed from one that the list has lost:
a folder with a manifest of which no line speaks belongs to a run that ended, and the list is older than it or gone.
Loads of code lists stand in it as well, see ``noted_codes``.
"""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from yiheng.basis.hashes import Sign, sha256, sign_of
from yiheng.basis.refusals import Refusal
from yiheng.documents import own_bytes
from yiheng.lake import RESTORE, told

from .manifest import MANIFEST

LIST = "runs.jsonl"
BEGUN, SET, SHA256 = "begun", "set", "manifest_sha256"


def note_begun(folder: Path, run: str) -> None:
    """Add the line of a run that begins; ``folder`` holds all runs."""
    _add(folder, {BEGUN: run})


def note_ended(folder: Path, run: str, verb: str, by: str, made: int | None, manifest: Path) -> None:
    """Add the line of a run that ended, with who ran it and the snapshot set that it made.

    A manifest that is edited together with what it names shows by its hash here.
    """
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    line = {"at": now, "run": run, "verb": verb, "by": by, **({} if made is None else {SET: made})}
    _add(folder, line | {SHA256: sha256(manifest)})


def note_codes(folder: Path, line: dict[str, Any]) -> None:
    """Add a line of a code list that was loaded; it is no run."""
    folder.mkdir(parents=True, exist_ok=True)
    _add(folder, line)


def noted_lines(folder: Path) -> tuple[dict[str, Any], ...]:
    """All lines, oldest first."""
    file = folder / LIST
    return _lines(file, sign_of(file))


def ended(folder: Path) -> list[dict[str, Any]]:
    """The lines of the runs that ended, oldest first.

    Raises:
        Refusal: when the list is gone, empty or older, so that it does not know of a run that ended.
    """
    file = folder / LIST
    with told(str(file)):
        # The folders first: a run that begins is noted before its folder is made.
        folders = sorted(one.name for one in folder.iterdir()) if folder.exists() else []
        lines = _lines(file, sign_of(file)) if file.exists() else ()
        known = {one.get("run") or one.get(BEGUN) for one in lines}
        lost = [
            name for name in folders if name not in known and name[0] != "." and (folder / name / MANIFEST).exists()
        ]
    if lost:
        raise Refusal(f"the list of runs does not know of {lost[0]}, which ended", where=str(file), cure=RESTORE)
    return [dict(one) for one in lines if "run" in one]


def noted_hashes(folder: Path, run: str) -> frozenset[str]:
    """The hashes of the manifests that a run was listed with; none of a run that did not end."""
    file = folder / LIST
    with told(str(file)):
        return _hashes(file, sign_of(file)).get(run, frozenset()) if file.exists() else frozenset()


@lru_cache(maxsize=16)
def _hashes(file: Path, sign: Sign) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in _lines(file, sign):
        if "run" in line:
            found.setdefault(line["run"], set()).add(line[SHA256])
    return {run: frozenset(hashes) for run, hashes in found.items()}


@lru_cache(maxsize=16)
def _lines(file: Path, _sign: Sign) -> tuple[dict[str, Any], ...]:
    lines = own_bytes(file).decode("utf-8").split("\n")
    # A line that was cut short is no line: its run did not end.
    return tuple(_line(file, number, text) for number, text in enumerate(lines, start=1) if text.endswith("}"))


def _line(file: Path, number: int, text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        line = None
    if not (isinstance(line, dict) and (_is_begun(line) or _is_codes(line) or _is_ended(line))):
        raise Refusal(
            "this line of the list of runs is not as it was written", where=f"{file}:{number}",
            expected="a run that began, or one that ended, with its moment, its verb and the SHA-256 of its manifest",
            cure=RESTORE,
        )  # fmt: skip
    return line


def _is_begun(line: dict[str, Any]) -> bool:
    return line.keys() == {BEGUN} and isinstance(line[BEGUN], str)


def _is_codes(line: dict[str, Any]) -> bool:
    """Whether it is the line of a code list, of which ``noted_codes`` knows the rest."""
    return isinstance(line.get("codes"), str) and "run" not in line and isinstance(line.get("files", {}), dict)


def _is_ended(line: dict[str, Any]) -> bool:
    texts = [line.get(name) for name in ("at", "run", "verb", SHA256)] + [line.get("by", "")]
    if not all(isinstance(text, str) for text in texts) or type(line.get(SET, 0)) is not int:
        return False
    try:
        return dt.datetime.fromisoformat(line["at"]).tzinfo is not None
    except ValueError:
        return False


def _add(folder: Path, line: dict[str, Any]) -> None:
    file = folder / LIST
    # On a line of its own even where a full disk cut the last one short.
    cut = file.exists() and bool(kept := own_bytes(file)) and not kept.endswith(b"\n")
    with file.open("a", encoding="utf-8") as opened:
        told = json.dumps(line, ensure_ascii=False)
        opened.write(f"\n{told}\n" if cut else f"{told}\n")
