"""What the list of runs knows of the code lists: nothing is judged by an edition that was not loaded so.

Each load of a list adds two lines to ``runs/runs.jsonl``: before its list of editions changes, with the SHA-256 of
every file of the list and of what the list of editions becomes, and after it has changed. A load that was killed
between them left the one or the other.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from yiheng.basis.hashes import hash_of
from yiheng.basis.refusals import Refusal
from yiheng.lake import RESTORE, told

from .list_file import mark_of_list
from .listed import note_codes, noted_lines
from .manifest import canonical, write_whole
from .workspace import Workspace

NOTED = "editions.json"
LISTED, EDITION, FILES, BECOMES, IS = "codes", "edition", "files", "becomes", "editions_sha256"
# A load may end between the reading of a list of editions and that of the list of runs.
TRIES = 2


@dataclass
class Noted:
    """What is known of one list.

    Attributes:
        edition: the one that was loaded last.
        files: SHA-256 of each file below ``codes/``.
        hashes: SHA-256 that the list of editions may have.
        listed: whether it must be there.
    """

    edition: str = ""
    files: dict[str, str] = field(default_factory=dict)
    hashes: set[str] = field(default_factory=set)
    listed: bool = False


def note_files(workspace: Workspace, name: str, edition: str, files: list[Path], **more: Any) -> None:
    """Note the files of an edition as they are."""
    hashes = {_shown(workspace, file): hash_of(file) for file in files}
    note_codes(workspace.folder / "runs", {LISTED: name, EDITION: edition, FILES: hashes, **more})


def note_list(workspace: Workspace, name: str, edition: str, files: list[Path], entries: list[dict[str, Any]]) -> None:
    """Write a list of editions, with its line before and after."""
    into, text = workspace.codes / name / NOTED, canonical(entries)
    becomes = hashlib.sha256(text.encode()).hexdigest()
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    note_files(workspace, name, edition, files, at=now, **{BECOMES: becomes})
    into.parent.mkdir(parents=True, exist_ok=True)
    write_whole(into, text)
    note_codes(workspace.folder / "runs", {LISTED: name, IS: becomes})


def noted_entries(workspace: Workspace, name: str) -> list[dict[str, Any]] | None:
    """The list of editions as it was written; none where no edition was loaded.

    Raises:
        Refusal: it is gone, or is not what a load wrote.
    """
    file = workspace.codes / name / NOTED
    for _ in range(TRIES):
        with told(str(file)):
            kept = file.read_bytes() if file.is_file() else None
        noted = _known(workspace).get(name, Noted())
        if kept is None and not noted.listed:
            return None
        if kept is not None and hashlib.sha256(kept).hexdigest() in noted.hashes:
            return list(json.loads(kept))
    if kept is None:
        what = f"the list of editions of '{name}' is gone, and '{noted.edition}' was loaded"
        raise Refusal(what, where=str(file), cure=RESTORE)
    with told(str(file)):
        json.loads(kept)
    raise Refusal(f"the list of editions of '{name}' is not what was loaded", where=str(file), cure=RESTORE)


def was_noted(workspace: Workspace, name: str, file: Path) -> bool:
    """Whether a load wrote a file of a list, be it there or not."""
    return _shown(workspace, file) in _known(workspace).get(name, Noted()).files


def is_noted(workspace: Workspace, name: str, file: Path) -> bool:
    """Whether a file of a list is there and the one that was noted."""
    known = _known(workspace).get(name, Noted()).files.get(_shown(workspace, file))
    return known is not None and file.is_file() and hash_of(file) == known


def checked_edition(workspace: Workspace, name: str, file: Path) -> Path:
    """A file of an edition, if it is the one that was loaded.

    Raises:
        Refusal: it is gone, or is another one.
    """
    with told(str(file)):
        if is_noted(workspace, name, file):
            return file
    shown = _shown(workspace, file)
    raise Refusal(
        f"{shown} is not what was loaded" if file.is_file() else f"{shown} is gone",
        where=str(file),
        cure=f"load the edition again, with its days (yiheng codes load FILE --list {name}), or restore a backup",
    )


def code_faults(workspace: Workspace) -> Iterator[Refusal]:
    """All that is not as it was loaded: lists of editions, and every file, of editions out of use too."""
    if workspace.codes.exists() and not workspace.codes.is_dir():
        yield Refusal("the folder of the code lists is a file", where=str(workspace.codes), cure=RESTORE)
    known = _known(workspace)
    for name in sorted({*known, *(file.parent.name for file in workspace.codes.glob(f"*/{NOTED}"))}):
        try:
            noted_entries(workspace, name)
        except Refusal as fault:
            yield fault
        for shown in known.get(name, Noted()).files:
            try:
                checked_edition(workspace, name, workspace.codes / shown)
            except Refusal as fault:
                yield fault


def _shown(workspace: Workspace, file: Path) -> str:
    return file.relative_to(workspace.codes).as_posix()


def _known(workspace: Workspace) -> dict[str, Noted]:
    folder = workspace.folder / "runs"
    return _read(folder, mark_of_list(folder))


@lru_cache(maxsize=16)
def _read(folder: Path, _mark: object) -> dict[str, Noted]:
    found: dict[str, Noted] = {}
    for line in noted_lines(folder):
        if LISTED in line:
            one = found.setdefault(line[LISTED], Noted())
            one.edition = line.get(EDITION, one.edition)
            one.files |= line.get(FILES, {})
            if BECOMES in line:
                one.hashes.add(line[BECOMES])
            if IS in line:
                one.hashes, one.listed = {line[IS]}, True
    return found
