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

from yiheng.basis.hashes import sha256
from yiheng.basis.refusals import Refusal
from yiheng.lake import RESTORE

from .list_file import LIST, Line, add_line, mark_of_list, not_as_written, read_lines
from .manifest import MANIFEST

BEGUN, SET, SHA256 = "begun", "set", "manifest_sha256"
# A file that was written from a run into its folder, beside what its manifest names.
WRITTEN, FILE, OF_FILE = "written", "file", "sha256"


def note_begun(folder: Path, run: str) -> None:
    """Add the line of a run that begins; ``folder`` holds all runs."""
    add_line(folder, {BEGUN: run})


def note_ended(folder: Path, run: str, verb: str, by: str, made: int | None, manifest: Path) -> None:
    """Add the line of a run that ended, with who ran it and the snapshot set that it made.

    A manifest that is edited together with what it names shows by its hash here.
    """
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    line = {"at": now, "run": run, "verb": verb, "by": by, **({} if made is None else {SET: made})}
    add_line(folder, line | {SHA256: sha256(manifest)})


def note_codes(folder: Path, line: dict[str, Any]) -> None:
    """Add a line of a code list that was loaded; it is no run."""
    folder.mkdir(parents=True, exist_ok=True)
    add_line(folder, line)


def note_written(folder: Path, run: str, file: Path) -> None:
    """Add the line of a file that was written from a run into its folder, such as a workbook."""
    name = file.relative_to(folder / run).as_posix()
    add_line(folder, {WRITTEN: run, FILE: name, OF_FILE: sha256(file)})


def noted_lines(folder: Path) -> tuple[dict[str, Any], ...]:
    """All lines, oldest first.

    Raises:
        Refusal: a line was changed, taken out or put in, or the end was cut off.
    """
    return _read(folder, mark_of_list(folder))


def ended(folder: Path) -> list[dict[str, Any]]:
    """The lines of the runs that ended, oldest first.

    Raises:
        Refusal: as :func:`noted_lines`; or the list is gone or older, so that it does not know of a run that ended.
    """
    # The folders first: a run that begins is noted before its folder is made.
    folders = sorted(one.name for one in folder.iterdir()) if folder.exists() else []
    lines = noted_lines(folder)
    known = {one.get("run") or one.get(BEGUN) for one in lines}
    lost = [name for name in folders if name not in known and name[0] != "." and (folder / name / MANIFEST).exists()]
    if lost:
        raise Refusal(
            f"the list of runs does not know of {lost[0]}, which ended", where=str(folder / LIST), cure=RESTORE
        )
    return [dict(one) for one in lines if "run" in one]


def noted_hashes(folder: Path, run: str) -> frozenset[str]:
    """The hashes of the manifests that a run was listed with; none of a run that did not end."""
    return _hashes(folder, mark_of_list(folder)).get(run, frozenset())


def written_files(folder: Path, run: str) -> dict[str, str]:
    """The files that were written from a run into its folder, each with its SHA-256 as it was written last."""
    return _written(folder, mark_of_list(folder)).get(run, {})


@lru_cache(maxsize=16)
def _hashes(folder: Path, _mark: object) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for line in noted_lines(folder):
        if "run" in line:
            found.setdefault(line["run"], set()).add(line[SHA256])
    return {run: frozenset(hashes) for run, hashes in found.items()}


@lru_cache(maxsize=16)
def _written(folder: Path, _mark: object) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for line in noted_lines(folder):
        if WRITTEN in line:
            found.setdefault(line[WRITTEN], {})[line[FILE]] = line[OF_FILE]
    return found


@lru_cache(maxsize=16)
def _read(folder: Path, _mark: object) -> tuple[dict[str, Any], ...]:
    # Before lines had a hash, one that was cut short was left where it stood.
    lines = (one for one in read_lines(folder) if one.chain or one.text.endswith("}"))
    return tuple(_line(folder / LIST, one) for one in lines)


def _line(file: Path, of: Line) -> dict[str, Any]:
    try:
        line = json.loads(of.text)
    except (ValueError, RecursionError):
        line = None
    if isinstance(line, dict) and any(kind(line) for kind in (_is_begun, _is_codes, _is_ended, _is_written)):
        return line
    raise not_as_written(file, of.number)


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


def _is_written(line: dict[str, Any]) -> bool:
    return line.keys() == {WRITTEN, FILE, OF_FILE} and all(isinstance(one, str) for one in line.values())
