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
from yiheng.lake import RESTORE, told

from .backup import noted_in
from .journal import JOURNAL
from .journal.checked import check_journal
from .kept import POLICIES, kept_policies
from .keys import known_key
from .noted_codes import code_faults
from .official import refuse_changed
from .packing import Progress, check_pack
from .people import SECRET
from .register import register_of
from .results import checked_manifest, faults_of
from .workspace import Workspace

OWNERS_ONLY = 0o077


@dataclass
class Checked:
    """One part: what it is, of how many things, and what is wrong with them."""

    part: Words
    count: int = 0
    faults: list[Refusal] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The part as plain values."""
        faults = [
            {"what": one.what, "where": one.where, "expected": one.expected, "cure": one.cure} for one in self.faults
        ]
        return {"part": self.part.en, "part_zh": self.part.zh, "count": self.count, "faults": faults}


Part = Callable[[Workspace, Checked, Progress], None]


def verify_place(place: Path, progress: Progress = lambda _: None) -> list[Checked]:
    """Check a workspace, or a backup without unpacking it. A fault in one part hides no other part.

    Raises:
        Refusal: the place is neither.
    """
    if place.is_file():
        one = Checked(Words("备份文件", "files of the backup"))
        _counted(one, lambda: _backup(place, one, progress))
        return [one]
    workspace = Workspace.open(place)
    found = []
    for words, part in PARTS.items():
        one = Checked(words)
        _counted(one, lambda part=part, one=one: part(workspace, one, progress))  # type: ignore[misc]
        found.append(one)
    return found


def _counted(one: Checked, check: Callable[[], None]) -> None:
    try:
        with told():
            check()
    except Refusal as fault:
        one.faults += getattr(fault, "found", (fault,))


def _backup(file: Path, one: Checked, progress: Progress) -> None:
    noted_in(file)
    one.count = len(check_pack(file, progress))


def _lake(workspace: Workspace, one: Checked, progress: Progress) -> None:
    """State and every data file: what each holds is worked out afresh and held against what was noted."""
    lake = workspace.lake
    progress("lake")
    one.faults += lake.check_files()
    at = lake.latest()
    one.count = sum(len(lake.files(table, at)) for table in at.snapshots)
    if not one.faults:
        lake.check_content(at)


def _runs(workspace: Workspace, one: Checked, progress: Progress) -> None:
    for noted in workspace.runs():
        progress(noted["run"])
        folder = workspace.folder / "runs" / noted["run"]
        faults = faults_of(folder)
        one.faults += faults
        one.count += 1
        if not faults and (folder / POLICIES).exists():
            _counted(one, lambda folder=folder: _policies(folder))  # type: ignore[misc]


def _policies(folder: Path) -> None:
    checked_manifest(folder)
    kept_policies(folder)


def _register(workspace: Workspace, one: Checked, _progress: Progress) -> None:
    """Line by line, against the journal, and the statements that are official."""
    register = register_of(workspace)
    one.count = len(register.acts)
    for adopted in {acts[1].run: acts[1] for acts in register.adopted.values()}.values():
        _counted(one, lambda adopted=adopted: refuse_changed(workspace, adopted))  # type: ignore[misc]


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
        _counted(one, lambda file=file: _readable(file))  # type: ignore[misc]


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


PARTS: dict[Words, Part] = {
    Words("数据库文件", "data files of the lake"): _lake,
    Words("计算批次", "runs"): _runs,
    Words("清算登记", "acts in the register"): _register,
    Words("日志", "lines of the journal"): _journal,
    Words("编码目录", "code lists"): _codes,
    Words("密钥", "keys"): _secrets,
}


def faults_in(found: list[Checked]) -> Iterator[Refusal]:
    """All faults, part by part."""
    for one in found:
        yield from one.faults
