"""Whether a workspace, or a backup of one, is as it was written: every part of it, each fault with its cure."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from yiheng.basis.engine_paths import sqlite_address
from yiheng.basis.evidence import Words
from yiheng.basis.refusals import Refusal
from yiheng.documents import own_bytes
from yiheng.lake import RESTORE, told

from .backup import ENDING, noted_in
from .journal import JOURNAL
from .journal.checked import check_journal
from .kept import kept_policies
from .keys import known_key
from .manifest import POLICIES
from .noted_codes import code_faults
from .official import refuse_changed
from .packing import Progress, check_pack
from .people import SECRET
from .register import REGISTER as REGISTER_FILE
from .register import register_of
from .results import RUNS as RUNS_FOLDER
from .results import checked_manifest, faults_of
from .workspace import Workspace

OWNERS_ONLY = 0o077


@dataclass
class Checked:
    """One part: what it is, how many things were looked at, and what is wrong with them.

    Attributes:
        elsewhere: how many faults were met that are told under the part where they belong.
        notes: what is no fault and yet to be known.
    """

    part: Words
    count: int = 0
    faults: list[Refusal] = field(default_factory=list)
    elsewhere: int = 0
    notes: list[Words] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The part as plain values."""
        faults = [
            {"what": one.what, "where": one.where, "expected": one.expected, "cure": one.cure} for one in self.faults
        ]
        return {"part": self.part.en, "part_zh": self.part.zh, "count": self.count, "faults": faults,
                "elsewhere": self.elsewhere, "notes": [one.en for one in self.notes],
                "notes_zh": [one.zh for one in self.notes]}  # fmt: skip


Part = Callable[[Workspace, Checked, Progress], None]


def verify_place(place: Path, progress: Progress = lambda _: None) -> list[Checked]:
    """Check a workspace, or a backup without unpacking it. A fault in one part hides no other part.

    Raises:
        Refusal: the place is neither.
    """
    if place.is_file():
        one = Checked(Words("备份文件", "files of the backup"))
        if not place.name.endswith(ENDING):
            noted_in(place)
        _counted(one, _backup, place, one, progress)
        return [one]
    return _each(Workspace.open(place), PARTS, progress)


def check_quickly(workspace: Workspace, progress: Progress = lambda _: None) -> list[Checked]:
    """Check what takes no reading of all data: of the lake its state and which files are there, and the other parts."""
    return _each(workspace, {**PARTS, LAKE: _lake_there}, progress)


def _each(workspace: Workspace, parts: dict[Words, Part], progress: Progress) -> list[Checked]:
    found = []
    for words, part in parts.items():
        one = Checked(words)
        _counted(one, part, workspace, one, progress)
        found.append(one)
    _once(found)
    return found


def _once(found: list[Checked]) -> None:
    """Tell each fault in one part: of a run's file under the runs, of the register there, the journal's in its own."""
    parts = {one.part: one for one in found}
    runs, register, journal = parts[RUNS], parts[REGISTER], parts[JOURNAL_LINES]
    files, lines = {one.where for one in runs.faults}, {_bare(one) for one in journal.faults}
    of_register = {_bare(one) for one in register.faults if REGISTER_FILE in one.where}
    _leave(register, lambda one: one.where not in files and (_bare(one) not in lines or _bare(one) in of_register))
    _leave(journal, lambda one: _bare(one) not in of_register)


def _leave(part: Checked, belongs: Callable[[Refusal], bool]) -> None:
    left = [one for one in part.faults if belongs(one)]
    part.elsewhere, part.faults = len(part.faults) - len(left), left


def _bare(fault: Refusal) -> tuple[str, str]:
    return fault.what, fault.where


def _counted(one: Checked, check: Callable[..., None], *of: Any) -> None:
    """Do one check; what it refuses is a fault of the part."""
    try:
        with told():
            check(*of)
    except Refusal as fault:
        one.faults += getattr(fault, "found", (fault,))


def _backup(file: Path, one: Checked, progress: Progress) -> None:
    noted_in(file)
    one.count = len(check_pack(file, progress))


def _lake(workspace: Workspace, one: Checked, progress: Progress) -> None:
    """State and every data file: what each holds is worked out afresh and held against what was noted."""
    _lake_there(workspace, one, progress)
    if not one.faults:
        workspace.lake.check_content(workspace.lake.latest())


def _lake_there(workspace: Workspace, one: Checked, progress: Progress) -> None:
    lake = workspace.lake
    progress("lake")
    one.faults += lake.check_files()
    at = lake.latest()
    one.count = sum(len(lake.files(table, at)) for table in at.snapshots)


def _runs(workspace: Workspace, one: Checked, progress: Progress) -> None:
    for noted in workspace.runs():
        progress(noted["run"])
        folder = workspace.folder / "runs" / noted["run"]
        faults = faults_of(folder)
        one.faults += faults
        one.count += 1
        if not faults and (folder / POLICIES).exists():
            _counted(one, _policies, folder)


def _policies(folder: Path) -> None:
    checked_manifest(folder)
    kept_policies(folder)


def _register(workspace: Workspace, one: Checked, _progress: Progress) -> None:
    """Line by line, against the journal, and the statements that are official."""
    file = workspace.folder / RUNS_FOLDER / REGISTER_FILE
    one.count = len(own_bytes(file).splitlines()) if file.exists() else 0
    register = register_of(workspace)
    one.count = len(register.acts)
    for adopted in {acts[1].run: acts[1] for acts in register.adopted.values()}.values():
        _counted(one, refuse_changed, workspace, adopted)
    for (party, year), (_, adopted) in sorted(register.adopted.items(), key=lambda held: held[0]):
        if said := adopted.renamed(party, workspace.names.get(party, "")):
            one.notes.append(Words(f"{party} {year}：{said.zh}", f"{party} {year}: {said.en}"))


def _journal(workspace: Workspace, one: Checked, _progress: Progress) -> None:
    """Chain, head, triggers, verdicts, users and the register; the database of the workspace page by page."""
    found = check_journal(workspace)
    one.count, file = found.lines, workspace.folder / JOURNAL
    one.faults += found.faults
    if file.exists():
        with closing(sqlite3.connect(sqlite_address(file, "mode=ro"), uri=True)) as database:
            (said,) = database.execute("pragma integrity_check(1)").fetchone()
        if said != "ok":
            raise Refusal(f"the database of users and journal is damaged: {said}", where=str(file), cure=RESTORE)


def _codes(workspace: Workspace, one: Checked, progress: Progress) -> None:
    """Every list of editions and every file is as it was loaded; what else stands there can be read."""
    one.faults += code_faults(workspace)
    for file in sorted(workspace.codes.rglob("*.parquet")):
        progress(file.name)
        one.count += 1
        _counted(one, _readable, file)


def _readable(file: Path) -> None:
    with told(str(file)):
        pq.read_table(file)


def _secrets(workspace: Workspace, one: Checked, _progress: Progress) -> None:
    one.count = int(known_key(workspace.folder, workspace.lake) is not None)
    for name in (JOURNAL, SECRET):
        file = workspace.folder / name
        if file.exists():
            one.count += 1
            if file.stat().st_mode & OWNERS_ONLY:
                one.faults.append(
                    Refusal(f"others may read {name}", where=str(file), expected="mode 600", cure=f"chmod 600 {name}")
                )
    key = workspace.folder / SECRET
    if (workspace.folder / JOURNAL).exists() and (not key.exists() or not key.stat().st_size):
        one.faults.append(
            Refusal(
                "the key of the cockpit's sessions is empty"
                if key.exists()
                else "the key of the cockpit's sessions is gone",
                where=str(key),
                cure="copy it back from the folder of backup --keys; or delete the empty file and start the cockpit: it"
                " makes another, and everybody signs in again",
            )
        )


RUNS, LAKE = Words("计算批次", "runs"), Words("数据库文件", "data files of the lake")
REGISTER, JOURNAL_LINES = Words("清算登记", "acts in the register"), Words("日志", "lines of the journal")
PARTS: dict[Words, Part] = {
    LAKE: _lake,
    RUNS: _runs,
    REGISTER: _register,
    JOURNAL_LINES: _journal,
    Words("编码目录", "code lists"): _codes,
    Words("密钥", "keys"): _secrets,
}


def faults_in(found: list[Checked]) -> Iterator[Refusal]:
    """All faults, part by part."""
    for one in found:
        yield from one.faults
