"""A workspace in one file: packed with the SHA-256 of every file, and unpacked elsewhere only if all of them hold.

The file is a plain zip, and its list of checksums is what ``sha256sum -c SHA256SUMS`` reads.
"""

from __future__ import annotations

import hashlib
import json
import lzma
import shutil
import sqlite3
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any

from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal
from yiheng.lake import told

from .manifest import sha256
from .workspace import FILE, Workspace, names_text

SUMS = "SHA256SUMS"
# What travels. The rest is of the machine or of its people: the cockpit's database with users and passwords, its key.
FOLDERS = ("lake", "policies", "mappings", "codes", "runs")
# Of the lake: locks and scratch stay, databases are copied as they stand at one moment.
STAYS, DATABASES = {"lake/writer.sqlite", "lake/staging", "lake/aside"}, {"lake/catalog.sqlite", "lake/sets.sqlite"}
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


def pack_workspace(workspace: Workspace, into: Path, progress: Callable[[str], None] = lambda _: None) -> Packed:
    """Write a workspace into one file; loads wait meanwhile.

    Raises:
        Refusal: the file is there already, stands inside the workspace, or cannot be written.
    """
    if into.exists():
        raise Refusal("the file is there already", where=str(into), cure="name another file")
    if into.resolve().is_relative_to(workspace.folder.resolve()):
        raise Refusal("the pack would stand inside the workspace", where=str(into), cure="name a file elsewhere")
    sums: dict[str, str] = {}
    size = 0
    with told(str(into)), workspace.lake.held(), tempfile.TemporaryDirectory() as scratch, new_file(into) as part:
        try:
            with zipfile.ZipFile(part, "w", allowZip64=True) as packed:
                for name, file in _files(workspace, Path(scratch)):
                    progress(name)
                    sums[name] = _add(packed, name, file)
                    size += file.stat().st_size
                listed = "".join(f"{hashed}  {name}\n" for name, hashed in sums.items())
                packed.writestr(_entry(SUMS), listed, zipfile.ZIP_DEFLATED)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    there = {one.name for one in workspace.folder.iterdir()}
    return Packed(str(into), sha256(into), len(sums), size, sorted(there - {FILE, *FOLDERS}))


def unpack_workspace(file: Path, into: Path, progress: Callable[[str], None] = lambda _: None) -> Packed:
    """Write a pack out as a workspace; nothing is left where something is wrong.

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
        with told(str(into)), zipfile.ZipFile(file) as packed:
            sums = _sums(packed, file)
            size = sum(entry.file_size for entry in packed.infolist())
            if size > shutil.disk_usage(into.parent).free:
                raise Refusal(f"the disk has no room for {size:,} bytes", where=str(into), cure="make room on the disk")
            # As the pack was told: the list of hashes is none of its files.
            size -= packed.getinfo(SUMS).file_size
            for name, hashed in sums.items():
                progress(name)
                _write_out(packed, name, part / name, hashed)
            Workspace.open(part)
            if into.exists():
                into.rmdir()
            part.replace(into)
    except ODD_ZIP as wrong:
        raise _no_pack(file, str(wrong) or type(wrong).__name__) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Packed(str(file), sha256(file), len(sums), size, [])


def _files(workspace: Workspace, scratch: Path) -> Iterator[tuple[str, Path]]:
    """What travels, by name: runs that ended, data of loads that made a set."""
    settings = scratch / FILE
    # Of the settings only what is of the data: a [web] table may hold the password of a database.
    plain = {name: value for name, value in workspace.settings.items() if isinstance(value, str | bool | int)}
    settings.write_text(
        "".join(f"{name} = {json.dumps(v, ensure_ascii=False)}\n" for name, v in plain.items())
        + (names_text(workspace.names) if workspace.names else ""),
        "utf-8",
    )
    yield FILE, settings
    runs = {one["run"] for one in workspace.runs()}
    loads = workspace.lake.loads()
    for name in DATABASES:
        copied = scratch / Path(name).name
        with (
            closing(sqlite3.connect(workspace.folder / name)) as theirs,
            closing(sqlite3.connect(copied)) as ours,
        ):
            theirs.backup(ours)
        yield name, copied
    for folder in FOLDERS:
        for file in sorted((workspace.folder / folder).rglob("*")):
            name = file.relative_to(workspace.folder).as_posix()
            parts = PurePosixPath(name).parts
            gone = parts[0] == "runs" and len(parts) > 2 and parts[1] not in runs
            gone |= parts[:2] == ("lake", "data") and len(parts) > 3 and parts[2] not in loads
            stays = name in STAYS | DATABASES or "/".join(parts[:2]) in STAYS
            if file.is_file() and not file.is_symlink() and not (gone or stays or file.name.startswith(".")):
                yield name, file


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


def _copied(source: IO[bytes], target: IO[bytes]) -> str:
    hashed = hashlib.sha256()
    while some := source.read(AT_ONCE):
        hashed.update(some)
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
        if path.is_absolute() or ".." in path.parts or "\\" in entry.filename or ":" in entry.filename or link:
            raise _no_pack(file, f"'{entry.filename}' would be written outside the folder")
    if SUMS not in names or packed.getinfo(SUMS).file_size > LONGEST_LIST:
        raise _no_pack(file, f"it has no {SUMS}")
    files = set(names)
    for name in names:
        path = PurePosixPath(name)
        if name != path.as_posix() or any(parent.as_posix() in files for parent in path.parents):
            raise _no_pack(file, f"'{name}' is a folder, or lies below a file")
    lines = packed.read(SUMS).decode("utf-8").splitlines()
    sums = {name: hashed for hashed, _, name in (line.partition("  ") for line in lines)}
    if sorted(names) != sorted([*sums, SUMS]) or FILE not in sums:
        raise _no_pack(file, f"{SUMS} does not list the files that are in it")
    return sums


def _write_out(packed: zipfile.ZipFile, name: str, into: Path, hashed: str) -> None:
    into.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(name) as source, into.open("wb") as target:
        found = _copied(source, target)
    if found != hashed:
        raise Refusal(
            f"'{name}' is not as it was packed",
            where=packed.filename or "",
            expected=f"SHA-256 {hashed}",
            cure="get the pack again from who made it",
        )


def _no_pack(file: Path, why: str) -> Refusal:
    return Refusal(
        f"this is not a pack of a workspace: {why}",
        where=str(file),
        expected="a file that yiheng pack wrote",
        cure="get the pack again from who made it",
    )
