"""A workspace in one file: packed with the SHA-256 of every file, and unpacked elsewhere only if all of them hold.

The file is a plain zip, and its list of checksums is what ``sha256sum -c SHA256SUMS`` reads.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import shlex
import shutil
import sqlite3
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from yiheng.basis.files import new_file
from yiheng.basis.hashes import sha256
from yiheng.basis.refusals import Refusal
from yiheng.lake import told

from .journal import CAME, note_came
from .list_file import HEAD, LIST, copy_list
from .listed import ended
from .noted_codes import NOTED
from .register import NEXT, REGISTER, register_of
from .workspace import FILE, Workspace, names_text

SUMS = "SHA256SUMS"
# Stands in a backup alone: what it is of, and when it was made.
NOTE = "BACKUP.json"
BACKUP_ENDING = ".yiheng-backup"
# What travels. The rest is of the machine or of its people: the cockpit's database with users and passwords, its key.
FOLDERS = ("lake", "policies", "mappings", "codes", "runs")
# Of the lake: locks and scratch stay, databases are copied as they stand at one moment.
STAYS, DATABASES = {"lake/writer.sqlite", "lake/staging", "lake/aside"}, {"lake/catalog.sqlite", "lake/sets.sqlite"}
NOT_AS_IT_LIES = STAYS | DATABASES | {f"runs/{LIST}"}
BESIDE_DATABASES = ("-wal", "-shm", "-journal")
PACKED_ALREADY = {".parquet", ".avro", ".gz", ".xlsx", ".pdf", ".zip"}
# The same workspace gives the same names and times, whenever it is packed.
LONG_AGO = (1980, 1, 1, 0, 0, 0)
MODE = 0o644 << 16
AT_ONCE = 1 << 20
LONGEST_LIST = 1 << 26
# What the readers of a zip and of its packings answer to bytes that are none.
ODD_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    RuntimeError,
    ValueError,
    OverflowError,
)


@dataclass(frozen=True)
class Packed:
    """A pack: its file, SHA-256, how many files and bytes it holds, and what was left out."""

    file: str
    sha256: str
    files: int
    bytes: int
    left_out: list[str]

    def as_json(self) -> dict[str, Any]:
        """The pack as plain values."""
        return asdict(self)


Progress = Callable[[str], None]
Named = tuple[str, Path]


def pack_workspace(workspace: Workspace, into: Path, progress: Progress = lambda _: None) -> Packed:
    """Write a workspace into one file; loads wait only while the list of its files is made.

    Raises:
        Refusal: the file is there already, stands inside the workspace, or cannot be written.
    """
    if into.exists():
        raise Refusal("the file is there already", where=str(into), cure="name another file")
    refuse_inside(into, workspace.folder, "the pack would stand inside the workspace")
    with told(str(into)), tempfile.TemporaryDirectory() as scratch, new_file(into) as part:
        with workspace.lake.held():
            files = [(FILE, _plain_settings(workspace, Path(scratch))), *at_one_moment(workspace, Path(scratch))]
        # What came with another pack before is, of this one, all the same.
        files = [one for one in files if one[0] != f"runs/{CAME}"]
        sums, size = write_pack(part, files, progress)
    there = {one.name for one in workspace.folder.iterdir()}
    return Packed(str(into), sha256(into), len(sums), size, sorted(there - {FILE, HEAD, *FOLDERS}))


def unpack_workspace(file: Path, into: Path, progress: Progress = lambda _: None) -> Packed:
    """Write a pack out as a workspace; nothing is left where something is wrong.

    Raises:
        Refusal: the file is no pack or not as it was packed, or the folder holds something.
    """
    with written_out(file, into, progress) as (part, sums, size):
        if NOTE in sums:
            raise Refusal("this is a backup", where=str(file), cure=f"yiheng restore {shlex.quote(str(file))} FOLDER")
        Workspace.open(part)
        note_came(part)
    return Packed(str(file), sha256(file), len(sums), size, [])


def refuse_inside(one: Path, other: Path, what: str) -> None:
    """Refuse a place inside another."""
    if one.resolve().is_relative_to(other.resolve()):
        raise Refusal(what, where=str(one), cure="name a place elsewhere")


def write_pack(part: Path, files: Iterable[Named], progress: Progress) -> tuple[dict[str, str], int]:
    """Write files into a zip, with the list of their hashes last; gives the hashes by name, and the bytes."""
    sums: dict[str, str] = {}
    size = 0
    with zipfile.ZipFile(part, "w", allowZip64=True) as packed:
        for name, file in files:
            progress(name)
            sums[name] = _add(packed, name, file)
            size += packed.getinfo(name).file_size
        listed = "".join(f"{hashed}  {name}\n" for name, hashed in sums.items())
        packed.writestr(_entry(SUMS), listed, zipfile.ZIP_DEFLATED)
    return sums, size


def check_pack(file: Path, progress: Progress = lambda _: None) -> dict[str, str]:
    """Read every file of a pack against its hash, without unpacking it; gives the hashes by name.

    Raises:
        Refusal: it is no pack, or a file in it is not as it was packed.
    """
    with _opened(file) as packed:
        sums = _sums(packed, file)
        for name, hashed in sums.items():
            progress(name)
            with packed.open(name) as source:
                _refuse_other(packed, name, _copied(source), hashed)
    return sums


def packed_text(file: Path, name: str) -> str | None:
    """A small file of a pack as text; None where there is none."""
    with _opened(file) as packed:
        if name not in packed.namelist() or packed.getinfo(name).file_size > LONGEST_LIST:
            return None
        return packed.read(name).decode("utf-8")


@contextmanager
def written_out(file: Path, into: Path, progress: Progress) -> Iterator[tuple[Path, dict[str, str], int]]:
    """A pack written out beside a folder, which it takes the place of at the end; hashes by name, and bytes.

    Raises:
        Refusal: the file is no pack or not as it was packed, or the folder holds something.
    """
    if not file.is_file():
        raise Refusal("file not found", where=str(file), cure="check the path")
    if into.exists() and (not into.is_dir() or any(into.iterdir())):
        raise Refusal("the folder is not empty", where=str(into), cure="choose an empty or new folder")
    with told(str(into)):
        into.parent.mkdir(parents=True, exist_ok=True)
        # A folder of its own: one that is there already may be somebody's.
        part = Path(tempfile.mkdtemp(prefix=f".{into.name}.", suffix=".part", dir=into.parent))
    try:
        with told(str(into)):
            with _opened(file) as packed:
                sums = _sums(packed, file)
                size = sum(entry.file_size for entry in packed.infolist())
                if size > shutil.disk_usage(into.parent).free:
                    raise Refusal(
                        f"the disk has no room for {size:,} bytes", where=str(into), cure="make room on the disk"
                    )
                # As the pack was told: the list of hashes is none of its files.
                size -= packed.getinfo(SUMS).file_size
                for name, hashed in sums.items():
                    progress(name)
                    _write_out(packed, name, part / name, hashed)
            yield part, sums, size
            if into.exists():
                into.rmdir()
            part.replace(into)
    finally:
        shutil.rmtree(part, ignore_errors=True)


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(file) as packed:
            yield packed
    except ODD_ZIP:
        raise no_pack(file, "bytes of it are missing, or are others than were written") from None


def _plain_settings(workspace: Workspace, scratch: Path) -> Path:
    """Of the settings only what is of the data: a [web] table may hold the password of a database."""
    settings = scratch / FILE
    plain = {name: value for name, value in workspace.settings.items() if isinstance(value, str | bool | int)}
    settings.write_text(
        "".join(f"{name} = {json.dumps(v, ensure_ascii=False)}\n" for name, v in plain.items())
        + (names_text(workspace.names) if workspace.names else ""),
        "utf-8",
    )
    return settings


def at_one_moment(workspace: Workspace, scratch: Path) -> list[Named]:
    """What travels, by name: runs that ended, data of loads that made a set. Called while loads are kept out.

    Data files and runs stay as they are once they are there; what goes on changing is copied now.
    """
    found = []
    for name in DATABASES:
        found.append((name, copied_database(workspace.folder / name, scratch / Path(name).name)))
    runs, listed = _runs_now(workspace, scratch)
    loads = workspace.lake.loads()
    for folder in FOLDERS:
        for file in sorted((workspace.folder / folder).rglob("*")):
            name = file.relative_to(workspace.folder).as_posix()
            parts = PurePosixPath(name).parts
            gone = parts[0] == "runs" and len(parts) > 2 and parts[1] not in runs
            gone |= parts[:2] == ("lake", "data") and len(parts) > 3 and parts[2] not in loads
            stays = name in NOT_AS_IT_LIES or "/".join(parts[:2]) in STAYS or name.endswith(BESIDE_DATABASES)
            if file.is_file() and not file.is_symlink() and not (gone or stays or file.name.startswith(".")):
                found.append(
                    (name, _copied_now(name, file, scratch) if len(parts) == 2 or parts[-1] == NOTED else file)
                )
    return _with_last_act([*found, *listed], workspace, scratch)


def _runs_now(workspace: Workspace, scratch: Path) -> tuple[set[str], list[Named]]:
    """The runs that ended, and the list that says so with its head: one that ends later is in neither."""
    place = scratch / "listed" / "runs"
    place.mkdir(parents=True)
    if not (workspace.folder / "runs" / LIST).exists():
        return {one["run"] for one in workspace.runs()}, []
    copy_list(workspace.folder / "runs", place)
    files = {f"runs/{LIST}": place / LIST, HEAD: place.parent / HEAD}
    return {one["run"] for one in ended(place)}, [(name, file) for name, file in files.items() if file.exists()]


def _with_last_act(found: list[Named], workspace: Workspace, scratch: Path) -> list[Named]:
    """The register as readers see it: the act of a process that was killed before its end stands beside the file."""
    if not (workspace.folder / "runs" / NEXT).exists():
        return found
    name, into = f"runs/{REGISTER}", scratch / "now" / "runs" / REGISTER
    # One that does not agree with the journal travels as it is: it is told wherever it is read.
    with suppress(Refusal):
        acts = register_of(workspace).acts
        into.parent.mkdir(parents=True, exist_ok=True)
        into.write_bytes("".join(f"{act.line}\n" for act in acts).encode())
        return sorted([one for one in found if one[0] != name] + [(name, into)] * bool(acts))
    return found


def copied_database(file: Path, into: Path) -> Path:
    """A copy of a SQLite database as it stands at one moment, whoever writes to it."""
    with closing(sqlite3.connect(file)) as theirs, closing(sqlite3.connect(into)) as ours:
        theirs.backup(ours)
    return into


def _copied_now(name: str, file: Path, scratch: Path) -> Path:
    """Lists grow, and settings are edited, while the pack is written."""
    into = scratch / "now" / name
    into.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, into)
    return into


def _add(packed: zipfile.ZipFile, name: str, file: Path) -> str:
    """Add a file; gives its SHA-256 as it was written."""
    entry = _entry(name)
    entry.compress_type = zipfile.ZIP_STORED if file.suffix in PACKED_ALREADY else zipfile.ZIP_DEFLATED
    entry.file_size = file.stat().st_size
    with file.open("rb") as source, packed.open(entry, "w", force_zip64=True) as target:
        return _copied(source, target)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, LONG_AGO)
    entry.external_attr = MODE
    return entry


def _copied(source: IO[bytes], target: IO[bytes] | None = None) -> str:
    """Copy, or only read; gives the SHA-256."""
    hashed = hashlib.sha256()
    while some := source.read(AT_ONCE):
        hashed.update(some)
        if target is not None:
            target.write(some)
    return hashed.hexdigest()


def _sums(packed: zipfile.ZipFile, file: Path) -> dict[str, str]:
    """The SHA-256 of every file of a pack, whose names are all below its folder.

    Raises:
        Refusal: the list is missing or is not that of the files.
    """
    entries = packed.infolist()
    names = [entry.filename for entry in entries]
    for entry in entries:
        path = PurePosixPath(entry.filename)
        link = stat.S_ISLNK(entry.external_attr >> 16)
        if entry.header_offset < 0:
            raise no_pack(file, f"'{entry.filename}' would begin before the file")
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename or link:
            raise no_pack(file, f"'{entry.filename}' would be written outside the folder")
    if SUMS not in names or packed.getinfo(SUMS).file_size > LONGEST_LIST:
        raise no_pack(file, f"it has no {SUMS}")
    files = set(names)
    for name in names:
        path = PurePosixPath(name)
        if name != path.as_posix() or any(parent.as_posix() in files for parent in path.parents):
            raise no_pack(file, f"'{name}' is a folder, or lies below a file")
    lines = packed.read(SUMS).decode("utf-8").splitlines()
    sums = {name: hashed for hashed, _, name in (line.partition("  ") for line in lines)}
    if sorted(names) != sorted([*sums, SUMS]) or FILE not in sums:
        raise no_pack(file, f"{SUMS} does not list the files that are in it")
    return sums


def _write_out(packed: zipfile.ZipFile, name: str, into: Path, hashed: str) -> None:
    into.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(name) as source, into.open("wb") as target:
        found = _copied(source, target)
    _refuse_other(packed, name, found, hashed)


def _refuse_other(packed: zipfile.ZipFile, name: str, found: str, hashed: str) -> None:
    if found != hashed and NOTE in packed.namelist():
        raise _spoilt(Path(packed.filename or ""), f"'{name}' is not as it was written")
    if found != hashed:
        raise Refusal(
            f"'{name}' is not as it was packed",
            where=packed.filename or "",
            expected=f"SHA-256 {hashed}",
            cure="get the pack again from who made it",
        )


def no_pack(file: Path, why: str) -> Refusal:
    """The refusal of what is no pack, or a spoilt backup by its name."""
    if BACKUP_ENDING in file.name:
        return _spoilt(file, why)
    return Refusal(
        f"this is not a pack of a workspace: {why}",
        where=str(file),
        expected="a file that yiheng pack wrote",
        cure="get the pack again from who made it",
    )


def _spoilt(file: Path, why: str) -> Refusal:
    return Refusal(f"this backup is spoilt: {why}", where=str(file), cure="take an older one, and back up again today")
