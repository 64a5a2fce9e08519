"""Code lists of a workspace: editions are added, never changed, and a run pins the one it used."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from yiheng.basis.refusals import Refusal, nearest
from yiheng.codes import LISTS, Edition, read_edition

from .manifest import canonical
from .workspace import Workspace


@dataclass(frozen=True)
class Kept:
    """An edition as it is kept: its list, short name, rows, and the published rows left aside."""

    name: str
    edition: str
    file: str
    rows: int
    aside: list[str]


@dataclass(frozen=True)
class InUse:
    """The edition of a list in use and the days it holds for; an open end is None."""

    edition: str
    first: dt.date | None
    last: dt.date | None

    def as_json(self) -> dict[str, str | None]:
        """The edition as it is kept and pinned."""
        return {
            "edition": self.edition,
            "from": self.first.isoformat() if self.first else None,
            "until": self.last.isoformat() if self.last else None,
        }

    @classmethod
    def from_json(cls, kept: dict[str, str | None]) -> InUse:
        """The edition as it was kept."""
        first, last = (dt.date.fromisoformat(day) if (day := kept[key]) else None for key in ("from", "until"))
        return cls(str(kept["edition"]), first, last)


def load_codes(
    workspace: Workspace, file: Path, name: str, *, first: dt.date | None = None, last: dt.date | None = None
) -> Kept:
    """Read a published file of a code list and make it the edition in use.

    Args:
        first, last: the days for which the edition holds, both included; outside them nothing is judged by it.

    Raises:
        Refusal: when there is no such list, the file lacks columns, or the days are turned round.
    """
    if first and last and last < first:
        raise Refusal(f"the edition ends on {last}, before it starts on {first}", where=file.name)
    if name not in LISTS:
        raise Refusal(f"there is no code list '{name}'", expected=", ".join(LISTS), cure=nearest(name, LISTS))
    edition = read_edition(LISTS[name], file)
    folder = workspace.codes / name
    folder.mkdir(parents=True, exist_ok=True)
    parquet = edition_file(workspace, name, edition.edition)
    if not parquet.exists():
        _write(edition, parquet)
    known = [one for one in _editions(folder) if one.edition != edition.edition]
    kept = [*known, InUse(edition.edition, first, last)]
    (folder / "editions.json").write_text(canonical([one.as_json() for one in kept]), "utf-8")
    return Kept(name, edition.edition, file.name, len(edition.rows), edition.aside)


def editions_in_use(workspace: Workspace) -> dict[str, InUse]:
    """The newest edition of every list that was loaded."""
    return {name: kept[-1] for name in LISTS if (kept := _editions(workspace.codes / name))}


def edition_file(workspace: Workspace, name: str, edition: str) -> Path:
    """The file of an edition."""
    return workspace.codes / name / f"{edition}.parquet"


def _editions(folder: Path) -> list[InUse]:
    file = folder / "editions.json"
    return [InUse.from_json(one) for one in json.loads(file.read_text("utf-8"))] if file.exists() else []


def _write(edition: Edition, into: Path) -> None:
    table = pa.Table.from_pylist(edition.rows, schema=edition.code_list.schema.to_pyarrow())
    pq.write_table(table, into)
