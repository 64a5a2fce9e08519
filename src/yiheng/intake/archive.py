"""Archives (zip): which files they hold, unpacked with limits and without trusting their paths."""

from __future__ import annotations

import lzma
import shutil
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from yiheng.basis.hidden import masked
from yiheng.basis.refusals import Refusal

# Thirty million fee lines are some ten gigabytes of text; a good deal more is no county's export.
MOST_UNPACKED = 64 * 1024**3
# Claims shrink to a tenth or a thirtieth; a text a thousand times smaller than itself was made to fill a disk.
MOST_SHRUNK = 200
# Below this size a high ratio does no harm: a short file may be all repetition.
HARMLESS = 16 * 1024**2
MOST_ENTRIES = 10_000
ENCRYPTED, NAME_IS_UTF8 = 0x1, 0x800
NAMES_OF_OLD = "cp437"
# What a damaged zip shows itself as; an unknown way of compressing is a RuntimeError, a lost name an IndexError.
UNPACKING_FAILED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, RuntimeError, IndexError)


@dataclass(frozen=True)
class Member:
    """A file of an archive: its path inside, and where it was unpacked to."""

    inside: PurePosixPath
    path: Path


def unpacked(archive: Path, shown: str, into: Path) -> list[Member]:
    """Unpack the files of an archive, in the order of their names.

    A member's own path is only shown to people: on the disk it is a number, so it cannot point elsewhere.

    Raises:
        Refusal: when it is no archive, is encrypted, damaged, or unpacks to more than is reasonable.
    """
    into.mkdir(parents=True)
    found = []
    try:
        with zipfile.ZipFile(archive) as opened:
            check_size(opened, shown)
            entries = sorted(((inside(entry), entry) for entry in opened.infolist()), key=lambda pair: str(pair[0]))
            for number, (path, entry) in enumerate(entries):
                if entry.is_dir() or path.name.startswith(".") or "__MACOSX" in path.parts:
                    continue
                place = into / f"{number:06}{path.suffix.lower()}"
                with opened.open(entry) as source, place.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
                found.append(Member(path, place))
    except UNPACKING_FAILED as wrong:
        raise Refusal(
            f"the archive cannot be unpacked: {masked(str(wrong))}",
            where=shown,
            cure="pack it again as an ordinary zip",
        ) from None
    return found


def check_size(opened: zipfile.ZipFile, shown: str, *, most: int | None = None) -> None:
    """Refuse an archive that is encrypted or unpacks to more than is reasonable, before anything is unpacked.

    The sizes that the archive states can be trusted: the reader takes no more than that of each member.
    """
    entries = opened.infolist()
    if len(entries) > MOST_ENTRIES:
        raise Refusal(f"the archive holds {len(entries):,} files", where=shown, expected=f"at most {MOST_ENTRIES:,}")
    if locked := next((entry for entry in entries if entry.flag_bits & ENCRYPTED), None):
        raise Refusal(
            "the archive is protected by a password",
            where=f"{shown}/{masked(str(inside(locked)))}",
            cure="pack it without a password, or unpack it and load the folder",
        )
    whole, packed = sum(e.file_size for e in entries), sum(e.compress_size for e in entries)
    most = MOST_UNPACKED if most is None else most
    if whole > most or (whole > HARMLESS and whole > packed * MOST_SHRUNK):
        raise Refusal(
            f"the archive would unpack from {packed:,} to {whole:,} bytes",
            where=shown,
            expected=f"at most {most:,} bytes and {MOST_SHRUNK} times its packed size",
            cure="if it is what it should be, unpack it and load the folder",
        )


def inside(entry: zipfile.ZipInfo) -> PurePosixPath:
    """A member's path; names without the mark of UTF-8 are read as UTF-8 or GB18030, whichever they are."""
    name = entry.filename
    if not entry.flag_bits & NAME_IS_UTF8 and not name.isascii():
        raw = name.encode(NAMES_OF_OLD)
        for encoding in ("utf-8", "gb18030"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return PurePosixPath(name.replace("\\", "/"))
