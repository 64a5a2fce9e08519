"""The head of a lake: a small file that says which lake it is and what its last snapshot set is.

Catalogue, list of snapshot sets and head each name the lake that they are of; the head names the last set by its number
and by a hash chained over all sets. So each of them that is gone, empty, older or of another lake is found by the
others.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal
from yiheng.documents import own_bytes

from .damage import RESTORE
from .hashes import flush

HEAD = "head.json"
FORMAT = 1


@dataclass(frozen=True)
class Head:
    """Which lake, its last set and the hash chained over all of them."""

    lake: str
    number: int
    chain: str


def read_head(folder: Path) -> Head:
    """The head of the lake in a folder.

    Raises:
        Refusal: when it is gone, empty or unknown.
    """
    file = there(folder, HEAD)
    try:
        kept = json.loads(own_bytes(file))
        if kept.pop("format") == FORMAT:
            return Head(str(kept["lake"]), int(kept["number"]), str(kept["chain"]))
    except (ValueError, KeyError, TypeError, AttributeError):
        pass
    raise Refusal(f"'{HEAD}' of the lake cannot be read", where=str(file), cure=RESTORE)


def write_head(folder: Path, head: Head) -> None:
    """Put a head in the place of the last one, in one step that a cut of the power does not undo."""
    with new_file(folder / HEAD) as part:
        part.write_text(json.dumps({"format": FORMAT, **asdict(head)}, indent=1) + "\n", "utf-8")
        flush(part)
    flush(folder)


def there(folder: Path, name: str) -> Path:
    """A file of the lake's state.

    Raises:
        Refusal: when it is gone or empty.
    """
    file = folder / name
    if not file.is_file():
        raise Refusal(f"'{name}' of the lake is gone", where=str(file), cure=RESTORE)
    if not file.stat().st_size:
        raise Refusal(f"'{name}' of the lake is empty", where=str(file), cure=RESTORE)
    return file


def other_lake(folder: Path, name: str, other: str) -> Refusal:
    """Two files of the state name different lakes: nobody can tell which of them is the right one."""
    return Refusal(f"'{name}' and '{other}' are not of one lake", where=str(folder / name), cure=RESTORE)


def older(folder: Path, name: str, other: str) -> Refusal:
    """A file of the state lacks what another one knows of."""
    return Refusal(f"'{name}' of the lake is older than '{other}'", where=str(folder / name), cure=RESTORE)


def unnamed(folder: Path, name: str) -> Refusal:
    """A file of the state that was emptied, or was never one."""
    return Refusal(f"'{name}' does not say of which lake it is", where=str(folder / name), cure=RESTORE)
