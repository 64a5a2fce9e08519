"""What of a workspace belongs to its people: settings, users and journal, and the secrets that are kept apart."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

from yiheng.basis.refusals import Refusal
from yiheng.documents import own_bytes

from .journal import HEAD, JOURNAL, head_file
from .keys import MARK, key_folder, known_key
from .list_file import HEAD as LIST_HEAD
from .packing import BESIDE_DATABASES, FOLDERS, NOTE, Named, copied_database
from .register import register_of
from .workspace import FILE, Workspace

# The secret of the cockpit's sessions, and the people's database in PostgreSQL's own form.
SECRET, DUMP = "casework.key", "casework.pgdump"
# Made anew by what needs it.
STAYS = {"static", SECRET, JOURNAL, NOTE, LIST_HEAD}
POSTGRESQL, SQLITE = "django.db.backends.postgresql", "django.db.backends.sqlite3"
SECONDS_TO_AGREE, SECONDS_BETWEEN = 5, 0.5


def people_of(workspace: Workspace, scratch: Path) -> list[Named]:
    """Settings, users, journal and whatever else lies in the workspace, but no secret.

    Journal and register are of one moment: an act is written into both, one after the other.

    Raises:
        Refusal: the people's database cannot be copied.
    """
    deadline = time.monotonic() + SECONDS_TO_AGREE
    while True:
        before = _signs(workspace)
        found = [*_loose(workspace, scratch), *_database(workspace, scratch)]
        if before == _signs(workspace) and _agrees(workspace):
            return found
        if time.monotonic() > deadline:
            # A workspace whose register is at fault is worth a backup as well; yiheng verify says what is wrong.
            return found
        time.sleep(SECONDS_BETWEEN)


def secrets_of(workspace: Workspace) -> dict[str, Path]:
    """The secrets of a workspace, by the name under which they are kept apart: of sessions, and of keyed hashes.

    Raises:
        Refusal: the key of the hashes is gone, or is another one.
    """
    found = {SECRET: workspace.folder / SECRET} if (workspace.folder / SECRET).is_file() else {}
    if known_key(workspace.folder, workspace.lake) is not None:
        name = f"{json.loads(own_bytes(workspace.folder / 'lake' / MARK))['key']}.key"
        found[name] = key_folder() / name
    return found


def _loose(workspace: Workspace, scratch: Path) -> list[Named]:
    """Everything else that lies in the workspace: settings, limits, the head of the journal, what people put there."""
    found: list[Named] = []
    for top in sorted(workspace.folder.iterdir()):
        if top.name in STAYS or top.name in FOLDERS or top.name.startswith(".") or top.is_symlink():
            continue
        if top.is_dir():
            below = [one for one in sorted(top.rglob("*")) if one.is_file() and not one.is_symlink()]
            found += [(one.relative_to(workspace.folder).as_posix(), one) for one in below]
        elif top.is_file() and not top.name.endswith(BESIDE_DATABASES):
            # What changes with an act is small and lies here: copied now, so that it is of the moment of the rest.
            (scratch / "loose").mkdir(exist_ok=True)
            found.append((top.name, Path(shutil.copyfile(top, scratch / "loose" / top.name))))
    head = head_file(workspace)
    if head.is_file() and head.resolve() != (workspace.folder / HEAD).resolve():
        # One that is kept elsewhere belongs to the database, and is found where a restored workspace looks for it.
        (scratch / "loose").mkdir(exist_ok=True)
        found = [one for one in found if one[0] != HEAD]
        found.append((HEAD, Path(shutil.copyfile(head, scratch / "loose" / HEAD))))
    return found


def _database(workspace: Workspace, scratch: Path) -> list[Named]:
    elsewhere = workspace.settings.get("web", {}).get("database")
    if elsewhere:
        return [(DUMP, _dumped(elsewhere, scratch / DUMP, workspace.folder / FILE))]
    file = workspace.folder / JOURNAL
    if not file.exists():
        return []
    into = scratch / JOURNAL
    into.unlink(missing_ok=True)
    return [(JOURNAL, copied_database(file, into))]


def _dumped(database: dict[str, Any], into: Path, settings: Path) -> Path:
    """A dump by PostgreSQL's own tool, of one moment whoever writes."""
    if database.get("ENGINE") != POSTGRESQL:
        raise Refusal(
            f"a database of kind {database.get('ENGINE')} is not backed up",
            where=f"{settings}: [web] database",
            expected="the workspace's own, or one in PostgreSQL",
        )
    asked = {"--host": "HOST", "--port": "PORT", "--username": "USER", "--dbname": "NAME"}
    options = [f"{option}={database[key]}" for option, key in asked.items() if database.get(key)]
    tool = shutil.which("pg_dump")
    if tool is None:
        raise Refusal(
            "pg_dump is not on this machine, so users and journal in PostgreSQL cannot be backed up",
            where=f"{settings}: [web] database",
            cure=f"install PostgreSQL's client (apt install postgresql-client), or run where it is:"
            f" pg_dump --format=custom {' '.join(options)}",
        )
    environment = {**os.environ, "PGPASSWORD": str(database.get("PASSWORD", ""))}
    words = [tool, "--format=custom", "--no-password", f"--file={into}", *options]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise Refusal(
            f"pg_dump says: {done.stderr.strip()}", where=f"{settings}: [web] database", cure="see that it can be read"
        )
    return into


def _signs(workspace: Workspace) -> list[tuple[str, int, int]]:
    """What tells that an act came in between: everything small that is written with one."""
    files = [one for one in workspace.folder.iterdir() if one.is_file() and one.name not in (JOURNAL, LIST_HEAD)]
    files = [one for one in files if not one.name.endswith(BESIDE_DATABASES)]
    register = workspace.folder / "runs" / "standing.jsonl"
    there = [one for one in sorted({*files, register, head_file(workspace)}) if one.exists()]
    return [(str(one), one.stat().st_mtime_ns, one.stat().st_size) for one in there]


def _agrees(workspace: Workspace) -> bool:
    try:
        register_of(workspace)
    except Refusal:
        return False
    return True
