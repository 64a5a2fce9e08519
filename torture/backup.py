"""The bad day: a workspace is destroyed, or one file of it damaged, and a backup brings it back, to the byte.

Backups are made while loads run, and backups and restores are killed and met by a full disk.
"""

from __future__ import annotations

import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from yiheng.basis.hashes import sha256
from yiheng.runs import Workspace, load_shipped_codes, make_backup, replay, restore_backup, run_audit, verify_place
from yiheng.runs.backup import ENDING
from yiheng.runs.manifest import MANIFEST
from yiheng.runs.packing import check_pack
from yiheng.runs.people import SECRET

from .kills import DONE, REFUSED, Child
from .loads import batch, load_file, prepared, state_of

SEED = 20_261_130
PASSWORD = "correct-horse-9"
RULE = "split_stay"
Step = Callable[[str], None]


def run(backups: int, kills: int) -> str:
    """So many backups while loads run, and so many backups and restores killed; gives the lines that are printed.

    Raises:
        AssertionError: what came back differs, half a backup is taken for one, or a damage is not found.
    """
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        workspace = inhabited(folder)
        (folder / "secrets").mkdir()
        if (workspace.folder / SECRET).exists():
            shutil.copy(workspace.folder / SECRET, folder / "secrets")
        loads = while_loading(workspace, folder, backups)
        ended = killed(workspace, folder, kills)
        full = full_disk(workspace, folder)
        damages = damaged(workspace, folder)
    return (
        f"{backups} backups while {loads} loads ran, the original destroyed, restored on another path: same ids, same"
        f" hashes, replay says same; {kills} backups and {kills} restores killed ({ended} had ended): nothing half was"
        f" taken for a backup or a workspace; disk full at {full} sizes: refused, nothing left; {damages} damages found"
        f" by verify, each cured by restore ({time.monotonic() - began:.0f} s)"
    )


def inhabited(folder: Path) -> Workspace:
    """A workspace with data, code lists, an audit and a user with a journal."""
    workspace = prepared(folder)
    load_shipped_codes(workspace)
    run_audit(workspace, [RULE])
    words = [sys.executable, "-m", "yiheng.cli", "user", "add", "li", "-w", str(workspace.folder)]
    added = subprocess.run(words, input=f"{PASSWORD}\n", capture_output=True, text=True, check=False)
    assert added.returncode == 0, added.stderr
    return workspace


def backup_into(workspace: Path, into: Path, step: Step) -> None:
    """What a child does."""
    make_backup(Workspace.open(workspace), into, progress=step)


def restore_into(file: Path, into: Path, step: Step) -> None:
    """What a child does."""
    restore_backup(file, into, progress=step)


def while_loading(workspace: Workspace, folder: Path, backups: int) -> int:
    """Each backup holds a whole number of loads, and restores to just what it held."""
    before, loads, copy = state_of(workspace), 0, folder / "busy"
    shutil.copytree(workspace.folder, copy)
    made = []
    for number in range(backups):
        child = Child(load_file, copy, batch(folder, f"busy-{number}"))
        child.reached("write" if number % 2 else "")
        made.append(make_backup(Workspace.open(copy), folder / f"backups-{number}"))
        assert child.ended()[0] == DONE
        loads += 1
    hashes = hashes_of(copy)
    shutil.rmtree(copy)
    for number, one in enumerate(made):
        back = folder / "elsewhere" / str(number)
        restore_backup(Path(one.file), back)
        assert state_of(Workspace.open(back)) in [before.and_loads(n) for n in (number, number + 1)]
        assert_sound(back, folder / "secrets")
        for name, hashed in hashes_of(back).items():
            assert hashes[name] == hashed, name
        audit = Workspace.open(back).runs("audit")[0]["run"]
        assert replay(Workspace.open(back), audit).same
        shutil.rmtree(back)
    return loads


def hashes_of(folder: Path) -> dict[str, str]:
    """Every file of the runs that ended, and every data file, with its hash."""
    runs = [folder / "runs" / one["run"] for one in Workspace.open(folder).runs()]
    files = [file for one in (*runs, folder / "lake" / "data") for file in one.rglob("*") if file.is_file()]
    return {file.relative_to(folder).as_posix(): sha256(file) for file in files}


def assert_sound(folder: Path, keys: Path) -> None:
    """Every part is as it was written; the keys, which no backup holds, are put back first."""
    for key in keys.iterdir():
        shutil.copy(key, folder / key.name)
    found = {one.part.en: [str(fault) for fault in one.faults] for one in verify_place(folder) if one.faults}
    assert not found, found


def killed(workspace: Workspace, folder: Path, kills: int) -> int:
    """Killed at any instant, a backup is whole or none, and so is what is restored; the next one is clean."""
    dice, ended, into = random.Random(SEED), 0, folder / "killed"
    whole = Path(make_backup(workspace, folder / "whole").file)
    seconds = {"backup": 1.0, "restore": 1.0}
    for number in range(kills):
        for verb, work, words in (
            ("backup", backup_into, (workspace.folder, into / str(number))),
            ("restore", restore_into, (whole, into / f"back-{number}")),
        ):
            child = Child(work, *words)
            ended += not child.kill(dice.uniform(0, seconds[verb]))
        for file in (into / str(number)).glob(f"*{ENDING}"):
            check_pack(file)
        if (into / f"back-{number}").exists():
            assert_sound(into / f"back-{number}", folder / "secrets")
    again = Path(make_backup(workspace, into / "again").file)
    restore_backup(again, into / "back-again")
    assert hashes_of(into / "back-again") == hashes_of(workspace.folder)
    shutil.rmtree(into)
    return ended


def full_disk(workspace: Workspace, folder: Path) -> int:
    """No file grows beyond a size, as where the disk is full: refused, and nothing is left."""
    whole, sizes = Path(make_backup(workspace, folder / "room").file), (0, 1 << 10, 1 << 13, 1 << 15)
    for size in sizes:
        for said in (
            Child(_with_room, size, backup_into, workspace.folder, folder / "full").ended(),
            Child(_with_room, size, restore_into, whole, folder / "tight").ended(),
        ):
            assert said[0] == REFUSED, (size, said)
        assert not (folder / "tight").exists()
        assert not [*folder.glob("full/*"), *folder.glob("full/.*"), *folder.glob(".tight*")]
    return len(sizes)


def _with_room(size: int, work: Callable[..., None], one: Path, other: Path, step: Step) -> None:
    # Without this the system ends the process instead of refusing to write.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    work(one, other, step)


def _gone(file: Path) -> None:
    file.unlink()


def _empty(file: Path) -> None:
    file.write_bytes(b"")


def _garbage(file: Path) -> None:
    file.write_bytes(b"no such thing " * 500)


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


DAMAGES = (_gone, _empty, _garbage, _cut)


def state_files(folder: Path) -> list[Path]:
    """A file of every kind that the workspace stands on."""
    runs = folder / "runs"
    audit = runs / Workspace.open(folder).runs("audit")[0]["run"]
    load = runs / Workspace.open(folder).runs("load")[0]["run"]
    data = next(file for file in sorted((folder / "lake" / "data").rglob("visit*.parquet")))
    codes = next(file for file in sorted((folder / "codes").rglob("*.parquet")))
    return [
        folder / "lake" / "catalog.sqlite", folder / "lake" / "sets.sqlite", data, runs / "runs.jsonl",
        audit / MANIFEST, audit / "findings.json", load / MANIFEST, load / "quarantine.parquet",
        folder / "casework.sqlite3", codes,
    ]  # fmt: skip


def damaged(workspace: Workspace, folder: Path, damages: tuple[Callable[[Path], None], ...] = DAMAGES) -> int:
    """Every damage of every such file is found, and restored on another path nothing is at fault any more."""
    made, count, hashes = make_backup(workspace, folder / "kept"), 0, hashes_of(workspace.folder)
    for number in range(len(state_files(workspace.folder))):
        for damage in damages:
            spoiled, back = folder / "spoiled", folder / "cured"
            shutil.copytree(workspace.folder, spoiled)
            file = state_files(spoiled)[number]
            damage(file)
            assert any(one.faults for one in verify_place(spoiled)), (file, damage.__name__)
            assert all(fault.cure for one in verify_place(spoiled) for fault in one.faults), file
            restore_backup(Path(made.file), back)
            assert_sound(back, folder / "secrets")
            assert hashes_of(back) == hashes
            count += 1
            shutil.rmtree(spoiled)
            shutil.rmtree(back)
    return count
