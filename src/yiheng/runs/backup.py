"""A workspace put away for a bad day: a pack with what belongs to its people as well, and the keys apart from it.

A pack is for an auditor and leaves out users, passwords, journal and settings of the web; a backup holds all of it.
It is written beside its place, read back and renamed, so half a backup never stands under the name of one.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shlex
import shutil
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

from yiheng import __version__
from yiheng.basis.hashes import sha256
from yiheng.basis.refusals import Refusal
from yiheng.lake import told

from .journal import HEAD, JOURNAL
from .journal.head import SETTING, head_file
from .keys import key_folder
from .manifest import canonical
from .packing import (
    BACKUP_ENDING,
    NOTE,
    Progress,
    at_one_moment,
    check_pack,
    packed_text,
    refuse_inside,
    write_pack,
    written_out,
)
from .people import DUMP, SECRET, people_of, secrets_of
from .workspace import FILE, Workspace

ENDING, KEYS_ENDING, PART = BACKUP_ENDING, ".yiheng-keys", ".part"
# What a killed backup left is cleared by a later one; none takes so long.
SECONDS_KEPT = 86_400
FOLDERS_OF_ALL = ("policies", "codes", "runs")
PRIVATE, PRIVATE_FOLDER = 0o600, 0o700
# The line of the settings that names where the head of the journal stood.
HEAD_NAMED = re.compile(rf"^(?=\s*(?:web\s*\.\s*)?[\"']?{SETTING}[\"']?\s*=)", re.MULTILINE)


@dataclass(frozen=True)
class Backup:
    """A backup: its file, SHA-256, when it was made, how much it holds, which keys it needs and where they went.

    Attributes:
        keys: the hash of each key that the workspace has, by name; the keys themselves are never in it.
        keys_in: the folder to which they were written; empty where nobody asked.
    """

    file: str
    sha256: str
    made_at: str
    workspace: str
    files: int
    bytes: int
    runs: int
    keys: dict[str, str]
    keys_in: str = ""

    def as_json(self) -> dict[str, Any]:
        """The backup as plain values."""
        return asdict(self)


@dataclass(frozen=True)
class Restored:
    """What was brought back.

    Attributes:
        keys: the keys that are in their places now; ``missing`` those that are not.
        dump: the dump of the people's database that is left to PostgreSQL's own tool; empty where there is none.
        head_was: where the head of the journal stood outside the workspace; now it is in it. Empty where it was.
    """

    workspace: str
    made_at: str
    made_with: str
    files: int
    bytes: int
    runs: int
    keys: list[str]
    missing: list[str]
    dump: str
    head_was: str = ""

    def as_json(self) -> dict[str, Any]:
        """What was restored as plain values."""
        return asdict(self)


def make_backup(
    workspace: Workspace, into: Path, keys: Path | None = None, progress: Progress = lambda _: None
) -> Backup:
    """Write a backup into a folder; loads wait only while the list of its files is made, runs and people not at all.

    Args:
        keys: the folder for the keys, never that of the backup.

    Raises:
        Refusal: keys would lie with the backup, a place is inside the workspace, or something cannot be written.
    """
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    name = f"{workspace.folder.resolve().name}-{now:%Y%m%dT%H%M%SZ}"
    file = into / f"{name}{ENDING}"
    refuse_inside(into, workspace.folder, "the backup would stand inside the workspace")
    if keys is not None:
        _refuse_together(workspace, into, keys)
    with told(str(into)):
        into.mkdir(parents=True, exist_ok=True)
        _sweep(into)
        if file.exists():
            raise Refusal("the file is there already", where=str(file), cure="try again in a second")
        found = secrets_of(workspace)
        noted: dict[str, Any] = {
            "format": 1, "made_at": now.isoformat(), "made_with": __version__,
            "workspace": workspace.folder.resolve().name, "keys": {one: sha256(key) for one, key in found.items()},
        }  # fmt: skip
        part = into / f".{name}.{token_hex(4)}{ENDING}{PART}"
        try:
            files, size, runs = _written(workspace, part, noted, progress)
            # Read back before it is called a backup: what a disk did not keep shows now, not on the bad day.
            check_pack(part, progress)
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
        if keys is not None and found:
            _put_keys(found, keys / f"{name}{KEYS_ENDING}")
    placed = str(keys / f"{name}{KEYS_ENDING}") if keys is not None and found else ""
    return Backup(
        str(file), sha256(file), now.isoformat(), noted["workspace"], files, size, runs, noted["keys"], placed
    )


def restore_backup(file: Path, into: Path, keys: Path | None = None, progress: Progress = lambda _: None) -> Restored:
    """Write a backup out as a workspace, on whatever path and machine; nothing is left where something is wrong.

    Args:
        keys: the folder that was written with the backup, or the one above it.

    Raises:
        Refusal: the file is no backup or not as it was written, a key is another one, or the folder holds something.
    """
    noted = noted_in(file)
    given = _given_keys(noted, file, keys) if keys is not None else {}
    with written_out(file, into, progress) as (part, sums, size):
        size -= (part / NOTE).stat().st_size
        (part / NOTE).unlink()
        part.chmod(PRIVATE_FOLDER)
        for name in FOLDERS_OF_ALL:
            (part / name).mkdir(exist_ok=True)
        for name in (JOURNAL, HEAD, DUMP):
            if (part / name).exists():
                (part / name).chmod(PRIVATE)
        head_was = _own_head(part)
        runs = len(Workspace.open(part).runs())
        if SECRET in given:
            _put_private(given[SECRET], part / SECRET)
        placed = [_put_key(key, name) for name, key in given.items() if name != SECRET]
    mine = [*placed, *([SECRET] if SECRET in given else [])]
    missing = [name for name in noted["keys"] if name not in mine and not (key_folder() / name).is_file()]
    dump = str(into / DUMP) if DUMP in sums else ""
    return Restored(
        str(into), noted["made_at"], noted["made_with"], len(sums) - 1, size, runs, sorted(mine), missing, dump,
        head_was,
    )  # fmt: skip


def noted_in(file: Path) -> dict[str, Any]:
    """What a backup says of itself.

    Raises:
        Refusal: the file is none.
    """
    if not file.is_file():
        raise Refusal("file not found", where=str(file), cure="check the path")
    text = packed_text(file, NOTE)
    if text is None:
        raise Refusal(
            "this is a pack, no backup", where=str(file), cure=f"yiheng unpack {shlex.quote(str(file))} FOLDER"
        )
    noted: dict[str, Any] = json.loads(text)
    return noted


def _written(workspace: Workspace, part: Path, noted: dict[str, Any], progress: Progress) -> tuple[int, int, int]:
    with tempfile.TemporaryDirectory() as made, ExitStack() as held:
        scratch = Path(made)
        held.enter_context(workspace.lake.held())
        files = at_one_moment(workspace, scratch)
        files += people_of(workspace, scratch)
        runs = len(workspace.runs())
        held.close()
        note = scratch / NOTE
        note.write_text(canonical({**noted, "runs": runs}), "utf-8")
        note_size = note.stat().st_size
        # Users and passwords are in it: nobody but its owner reads it, from the first byte on.
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
        sums, size = write_pack(part, [(NOTE, note), *files], progress)
        with part.open("rb") as written:
            os.fsync(written.fileno())
    # What it says of itself is none of the workspace's files.
    return len(sums) - 1, size - note_size, runs


def _own_head(folder: Path) -> str:
    """Make the head that came with the backup the workspace's own; gives where it stood elsewhere.

    The one that stands there goes with the database of today, not with that of the backup.
    """
    workspace = Workspace.open(folder)
    named = head_file(workspace)
    if named == folder / HEAD or not (folder / HEAD).exists():
        return ""
    settings = folder / FILE
    settings.write_text(HEAD_NAMED.sub("# before the restore: ", settings.read_text("utf-8")), "utf-8")
    if head_file(Workspace.open(folder)) != folder / HEAD:
        raise Refusal(
            f"'{SETTING}' cannot be taken out of the settings",
            where=f"{FILE} of the backup",
            expected=f"a line of its own: {SETTING} = …",
            cure="unpack the backup as a zip, take the setting out by hand",
        )
    return str(workspace.settings["web"][SETTING])


def _refuse_together(workspace: Workspace, into: Path, keys: Path) -> None:
    """Whoever takes the backup must not have taken the keys with it."""
    one, other = into.resolve(), keys.resolve()
    if one == other or one.is_relative_to(other) or other.is_relative_to(one):
        raise Refusal(
            "the keys would lie with the backup, and whoever finds one has both",
            where=str(keys),
            expected="a folder that is not that of the backup, nor inside it, nor around it",
            cure="name another folder with --keys, best on another disk",
        )
    refuse_inside(keys, workspace.folder, "the keys would stand inside the workspace")


def _put_keys(found: dict[str, Path], folder: Path) -> None:
    part = folder.with_name(f".{folder.name}.{token_hex(4)}{PART}")
    part.mkdir(parents=True, mode=PRIVATE_FOLDER)
    try:
        for name, key in found.items():
            _put_private(key, part / name)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _given_keys(noted: dict[str, Any], file: Path, keys: Path) -> dict[str, Path]:
    """The keys of a backup that a folder holds, each the one that the workspace had."""
    own = keys / f"{file.name.removesuffix(ENDING)}{KEYS_ENDING}"
    # A backup may have another name by now, and its keys that of another evening.
    below = sorted(keys.iterdir(), reverse=True) if keys.is_dir() else []
    folders = [own, keys, *(one for one in below if one.is_dir())]
    found = {}
    for name, hashed in noted["keys"].items():
        there = [folder / name for folder in folders if (folder / name).is_file()]
        if there:
            found[name] = next((one for one in there if sha256(one) == hashed), there[0])
    if not found:
        raise Refusal(
            "the folder holds no key of this backup",
            where=str(keys),
            expected=", ".join(noted["keys"]) or "nothing: the workspace had no key",
            cure="name the folder that yiheng backup --keys wrote, or leave --keys out",
        )
    for name, key in found.items():
        if sha256(key) != noted["keys"][name]:
            raise Refusal(
                "this is not the key of the backup", where=str(key), expected=f"SHA-256 {noted['keys'][name]}",
                cure="bring the right one, or leave --keys out",
            )  # fmt: skip
    return found


def _put_key(key: Path, name: str) -> str:
    """A key of hashes goes where keys stand; another one of that name is never replaced."""
    to = key_folder() / name
    if to.exists() and sha256(to) != sha256(key):
        raise Refusal("another key stands there", where=str(to), cure="move it aside, then restore again")
    if not to.exists():
        to.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        _put_private(key, to)
    return name


def _put_private(file: Path, to: Path) -> None:
    with os.fdopen(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as opened:
        opened.write(file.read_bytes())


def _sweep(folder: Path) -> None:
    for old in folder.glob(f".*{ENDING}{PART}"):
        if time.time() - old.stat().st_mtime > SECONDS_KEPT:
            old.unlink(missing_ok=True)
