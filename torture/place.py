"""The place itself damaged: a full disk, a read-only folder, broken files, a wrong clock, two writers.

Each damage must end in success or in a sentence that says what, where and what to do; never in a traceback,
never with a row lost or doubled; and the load after the repair is clean.
"""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from yiheng.runs import Workspace, run_audit

from .kills import DONE, REFUSED, Child
from .loads import State, batch, load_file, prepared, state_of

SMALL, HOUR = 20, 3600
SETS, CATALOG = "sets.sqlite", "catalog.sqlite"


@dataclass(frozen=True)
class Survived:
    """One damage: how the command ended, and what it said."""

    damage: str
    ended: str
    said: str


def run(pairs: int) -> Iterator[Survived]:
    """Every damage once, two writers so many times.

    Raises:
        AssertionError: a traceback, a lost or doubled row, a load after the repair that is not clean.
    """
    with tempfile.TemporaryDirectory() as place:
        for number, damage in enumerate((full_disk, read_only, *BROKEN_FILES, lost_file, earlier_clock, same_file)):
            folder = Path(place) / str(number)
            folder.mkdir()
            yield damage(prepared(folder), folder)
        folder = Path(place) / "pairs"
        folder.mkdir()
        yield two_writers(prepared(folder), folder, pairs)


def full_disk(workspace: Workspace, folder: Path) -> Survived:
    """Files cannot grow beyond a size, as where the disk is full: every size, from nothing to enough."""
    state, ended = state_of(workspace), []
    file = batch(folder, "more")
    for size in (0, 1 << 10, 1 << 12, 1 << 13, 1 << 14, 1 << 15, 1 << 16, 1 << 18):
        ended.append(Child(_load_with_room, workspace.folder, file, size).ended())
        _seen(workspace, state, state.and_loads(1))
    refused = [said for how, said in ended if how == REFUSED]
    assert refused and len(refused) + [how for how, _ in ended].count(DONE) == len(ended), ended
    return _repaired("disk full", REFUSED, refused[-1], workspace, file, state)


def _load_with_room(workspace: Path, file: Path, size: int, step: Callable[[str], None]) -> None:
    import signal

    # Without this the system ends the process instead of refusing to write.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    load_file(workspace, file, step)


def read_only(workspace: Workspace, folder: Path) -> Survived:
    """Nothing in the workspace can be written; a mount, because permissions do not bind an administrator."""
    state, file = state_of(workspace), batch(folder, "more")
    script = 'mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" && exec "$2" -m yiheng.cli load "$3" -w "$1"'
    places = [str(workspace.folder), sys.executable, str(file)]
    done = subprocess.run(
        ["unshare", "-rm", "sh", "-c", script, "sh", *places], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    return _repaired("read-only workspace", REFUSED, done.stderr.strip(), workspace, file, state)


def _broken(name: str, text: str, damage: Callable[[Path], None]) -> Callable[[Workspace, Path], Survived]:
    """A file of the lake is damaged, then brought back from a backup."""

    def broken(workspace: Workspace, folder: Path) -> Survived:
        state, file = state_of(workspace), batch(folder, "more")
        whole = (
            workspace.folder / "lake" / name
            if name
            else Path(workspace.lake.files("person", workspace.lake.latest())[0])
        )
        shutil.copyfile(whole, folder / "backup")
        damage(whole)
        said = Child(load_file, workspace.folder, batch(folder, "again", SMALL)).ended()
        assert said[0] == REFUSED, (text, said)
        shutil.copyfile(folder / "backup", whole)
        return _repaired(text, *said, workspace, file, state)

    return broken


def _garbage(file: Path) -> None:
    file.write_bytes(b"no such thing " * 500)


def _inside(file: Path) -> None:
    """Size and both ends stay as they were."""
    with file.open("r+b") as opened:
        opened.seek(64)
        opened.write(b"no such thing " * 20)


def _truncated(file: Path) -> None:
    os.truncate(file, file.stat().st_size // 2)


BROKEN_FILES = [
    _broken(name, f"{what} {how}", damage)
    for name, what in ((CATALOG, "catalogue"), (SETS, "list of snapshot sets"), ("", "data file"))
    for how, damage in (("overwritten", _garbage), ("cut in half", _truncated))
]
BROKEN_FILES.append(_broken("", "data file overwritten inside", _inside))


def lost_file(workspace: Workspace, folder: Path) -> Survived:
    """A data file is gone: what reads it says which."""
    state, file = state_of(workspace), batch(folder, "more")
    gone = Path(workspace.lake.files("visit", workspace.lake.latest())[0])
    shutil.move(gone, folder / "kept")
    said = Child(_audit, workspace.folder).ended()
    assert said[0] == REFUSED and str(gone) in said[1], said
    loading = Child(load_file, workspace.folder, batch(folder, "again", SMALL)).ended()
    assert loading[0] == REFUSED and str(gone) in loading[1], loading
    shutil.move(folder / "kept", gone)
    return _repaired("data file gone", *said, workspace, file, state)


def _audit(workspace: Path, step: Callable[[str], None]) -> None:
    run_audit(Workspace.open(workspace), progress=step)


def earlier_clock(workspace: Workspace, folder: Path) -> Survived:
    """The clock goes back an hour between two loads."""
    state, file = state_of(workspace), batch(folder, "more")
    said = Child(_load_earlier, workspace.folder, file).ended()
    assert said[0] == DONE, said
    _seen(workspace, state.and_loads(1))
    return _repaired("clock set back an hour", *said, workspace, file, state)


def _load_earlier(workspace: Path, file: Path, step: Callable[[str], None]) -> None:
    import datetime

    class Earlier(datetime.datetime):
        @classmethod
        def now(cls, tz: datetime.tzinfo | None = None) -> datetime.datetime:
            return super().now(tz) - datetime.timedelta(seconds=HOUR)

    true, true_ns = time.time, time.time_ns
    time.time = lambda: true() - HOUR
    time.time_ns = lambda: true_ns() - HOUR * 10**9
    # The clock of this machine cannot be set here, so every module of the child is given another.
    for module in list(sys.modules.values()):
        if getattr(module, "datetime", None) is datetime.datetime:
            module.datetime = Earlier  # type: ignore[attr-defined]
    datetime.datetime = Earlier  # type: ignore[misc]
    load_file(workspace, file, step)


def same_file(workspace: Workspace, folder: Path) -> Survived:
    """The same files five times at once."""
    state, file = state_of(workspace), batch(folder, "more")
    children = [Child(load_file, workspace.folder, file) for _ in range(5)]
    said = [child.ended() for child in children]
    assert {how for how, _ in said} == {DONE}, said
    _seen(workspace, state.and_loads(1))
    return _repaired("one file loaded five times at once", DONE, "", workspace, file, state)


def two_writers(workspace: Workspace, folder: Path, pairs: int) -> Survived:
    """Two loads at once, again and again."""
    state = state_of(workspace)
    for number in range(pairs):
        files = [batch(folder, f"p{number}-{which}") for which in "ab"]
        said = [child.ended() for child in [Child(load_file, workspace.folder, file) for file in files]]
        assert {how for how, _ in said} == {DONE}, said
        _seen(workspace, state.and_loads(2 * number + 2))
    done = state.and_loads(2 * pairs)
    return _repaired(f"two writers at once, {pairs} times", DONE, "", workspace, batch(folder, "more"), done)


def _seen(workspace: Workspace, *allowed: State) -> None:
    seen = state_of(workspace)
    assert seen in allowed, f"{seen} is none of {allowed}"


def _repaired(damage: str, ended: str, said: str, workspace: Workspace, file: Path, before: State) -> Survived:
    """After the repair the readers see what was there before, and the next load is clean."""
    after = before.and_loads(1)
    _seen(workspace, before, after)
    assert Child(load_file, workspace.folder, file).ended()[0] == DONE
    _seen(workspace, after)
    return Survived(damage, ended, said)
