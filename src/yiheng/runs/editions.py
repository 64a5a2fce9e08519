"""Code lists of a workspace: editions are added, never changed, and a run pins those it used."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.codes import (
    DEMO,
    LISTS,
    PLANS,
    SHIPPED_FILES,
    STANDARD,
    CodeList,
    Edition,
    overlay_faults,
    read_edition,
    read_plan,
    shipped_dictionary,
    tables_of,
)
from yiheng.supervision import RULES

from .noted_codes import checked_edition, is_noted, note_files, note_list, noted_entries, was_noted
from .workspace import Workspace

KNOWN = (*LISTS, *PLANS)
OVERLAY, NATIONAL, EXCEPTION = "dictionary_overlay", "dictionary", "exception"
Overlay = dict[str, dict[str, str]]


@dataclass(frozen=True)
class Kept:
    """An edition as it is kept: its list, short name, file, rows of each table, and what was left aside or is odd."""

    name: str
    edition: str
    file: str
    tables: dict[str, int]
    aside: list[str]

    @property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(self.tables.values())


@dataclass(frozen=True)
class InUse:
    """An edition in use, the days it holds for (an open end is None), and the file it was read from."""

    edition: str
    first: dt.date | None
    last: dt.date | None
    file: str = ""

    def as_json(self) -> dict[str, str | None]:
        """The edition as it is pinned."""
        return {
            "edition": self.edition,
            "from": self.first.isoformat() if self.first else None,
            "until": self.last.isoformat() if self.last else None,
        }

    @classmethod
    def from_json(cls, kept: dict[str, str | None]) -> InUse:
        """The edition as it was kept or pinned."""
        first, last = (dt.date.fromisoformat(day) if (day := kept[key]) else None for key in ("from", "until"))
        return cls(str(kept["edition"]), first, last, kept.get("file") or "")

    def holds_on(self, day: dt.date) -> bool:
        """Whether the edition holds on a day."""
        return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)

    def overlaps(self, other: InUse) -> bool:
        """Whether both hold on some day."""
        return not _before(self, other) and not _before(other, self)

    def __str__(self) -> str:
        return f"{self.edition} ({self.first or '…'} to {self.last or '…'})"


def _before(one: InUse, other: InUse) -> bool:
    return one.last is not None and other.first is not None and one.last < other.first


def load_codes(
    workspace: Workspace,
    path: Path,
    name: str,
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
    replace: bool = False,
) -> Kept:
    """Read a published file of a code list, or the folder of a plan, and take the edition into use.

    Loading the same content again changes the days it holds for, and writes again what is not as it was loaded.

    Args:
        first, last: the days for which the edition holds, both included; outside them nothing is judged by it.
        replace: take editions that hold on the same days out of use; runs that pinned them can still be replayed.

    Raises:
        Refusal: when there is no such list, the file lacks columns, the days are turned round, or another edition
            holds on some of these days.
    """
    if first and last and last < first:
        raise Refusal(f"the edition ends on {last}, before it starts on {first}", where=path.name)
    if name not in KNOWN:
        raise Refusal(f"there is no code list '{name}'", expected=", ".join(KNOWN), cure=nearest(name, KNOWN))
    edition, tables, aside = _read(workspace, path, name)
    new = InUse(edition, first, last, path.name)
    others = [one for one in _loaded(workspace, name) if one.edition != edition]
    clashing = [one for one in others if one.overlaps(new)]
    if clashing and not replace:
        raise Refusal(
            f"edition {new} of '{name}' overlaps {', '.join(map(str, clashing))}",
            where=path.name,
            expected="one edition for each day",
            cure="load the older one again with --until, give this one --from, or put it in their place with --replace",
        )
    if noted_entries(workspace, name) is None:
        note_list(workspace, name, edition, [], [])
    files = _write(workspace, name, edition, tables)
    kept = sorted([*(one for one in others if one not in clashing), new], key=lambda one: one.first or dt.date.min)
    note_list(workspace, name, edition, files, [{**one.as_json(), "file": one.file} for one in kept])
    return Kept(name, edition, path.name, {t.code_list.name: len(t.rows) for t in tables}, aside)


@cache
def demo_edition(name: str) -> str | None:
    """The edition of a list that was invented for the demo county."""
    return read_edition(LISTS[name], SHIPPED_FILES[name]).edition if name in DEMO else None


def load_shipped_codes(workspace: Workspace, *, replace: bool = False) -> None:
    """Take every list that ships into use."""
    for name, file in SHIPPED_FILES.items():
        load_codes(workspace, file, name, replace=replace)


def editions_in_use(workspace: Workspace, names: Sequence[str] = KNOWN) -> dict[str, list[InUse]]:
    """The editions of every list that was loaded, earliest first; no two hold on the same day."""
    return {name: kept for name in names if (kept := _editions(workspace, name))}


def pinned_editions(codes: dict[str, list[dict[str, Any]]]) -> dict[str, list[InUse]]:
    """The editions that a manifest pins, as they are used."""
    return {name: [InUse.from_json(one) for one in kept] for name, kept in codes.items()}


def as_of(workspace: Workspace, name: str, day: dt.date) -> InUse:
    """The edition of a list that holds on a day.

    Raises:
        Refusal: when none does.
    """
    editions = _editions(workspace, name)
    for one in editions:
        if one.holds_on(day):
            return one
    shipped = " (without FILE: the one that ships)" if name in SHIPPED_FILES else ""
    raise Refusal(
        f"no edition of '{name}' holds on {day}",
        where=str(workspace.folder),
        expected=f"one of {', '.join(map(str, editions))}" if editions else "an edition; none was loaded",
        cure=f"yiheng codes load FILE --list {name}{shipped}",
    )


def rows_of(workspace: Workspace, name: str, edition: str) -> dict[str, list[dict[str, Any]]]:
    """The rows of an edition by table."""
    return {table: pq.read_table(file).to_pylist() for table, file in _files(workspace, name, edition).items()}


def counts_of(workspace: Workspace, name: str, edition: str) -> int:
    """How many rows an edition has."""
    return sum(pq.read_metadata(file).num_rows for file in _files(workspace, name, edition).values())


def edition_file(workspace: Workspace, name: str, edition: str, table: CodeList) -> Path:
    """The file of an edition, or of one table of a plan, as it was loaded.

    Raises:
        Refusal: it is gone, or is another one.
    """
    return checked_edition(workspace, name, _place(workspace, name, edition, table))


def _files(workspace: Workspace, name: str, edition: str) -> dict[str, Path]:
    """The file of each table that the edition has; a plan may lack some."""
    places = {table.name: _place(workspace, name, edition, table) for table in tables_of(name)}
    return {
        table: checked_edition(workspace, name, file)
        for table, file in places.items()
        if file.exists() or was_noted(workspace, name, file)
    }


def _place(workspace: Workspace, name: str, edition: str, table: CodeList) -> Path:
    folder = workspace.codes / name
    return folder / edition / f"{table.name}.parquet" if name in PLANS else folder / f"{edition}.parquet"


def overlay_on(workspace: Workspace, day: dt.date) -> tuple[InUse | None, Overlay]:
    """What the province adds to the national dictionaries on a day: dictionary → its code → national code.

    Raises:
        Refusal: when overlays were loaded, but none holds on the day.
    """
    if not _editions(workspace, OVERLAY):
        return None, {}
    used = as_of(workspace, OVERLAY, day)
    overlay: Overlay = {}
    for row in rows_of(workspace, OVERLAY, used.edition)[OVERLAY]:
        overlay.setdefault(row["dictionary"], {})[row["code"]] = row["national_code"]
    return used, overlay


def _read(workspace: Workspace, path: Path, name: str) -> tuple[str, list[Edition], list[str]]:
    """The edition's name, its tables, and what was left aside or is odd."""
    if name in PLANS:
        plan = read_plan(PLANS[name], path)
        return plan.edition, list(plan.tables.values()), plan.notes
    read = read_edition(LISTS[name], path)
    if name == OVERLAY and (faults := overlay_faults(read.rows, _national(workspace), path.name)):
        raise Refusals(faults)
    if name == EXCEPTION and (faults := _unknown_rules(read, path.name)):
        raise Refusals(faults)
    return read.edition, [read], read.aside


def _unknown_rules(read: Edition, file: str) -> list[Refusal]:
    return [
        Refusal(f"there is no rule '{row['rule']}'", where=f"{file}:{row['line']}", cure=nearest(row["rule"], RULES))
        for row in read.rows
        if row["rule"] not in RULES
    ]


def _national(workspace: Workspace) -> Sequence[dict[str, Any]]:
    """The national dictionary: the latest that was loaded, or the one that ships."""
    if editions := _editions(workspace, NATIONAL):
        return rows_of(workspace, NATIONAL, editions[-1].edition)[NATIONAL]
    return shipped_dictionary()


def _editions(workspace: Workspace, name: str) -> list[InUse]:
    """The editions that were loaded; of a standard list without any, the one that ships."""
    if (loaded := _loaded(workspace, name)) or name not in STANDARD:
        return loaded
    edition, tables, _aside = _read(workspace, SHIPPED_FILES[name], name)
    if not all(is_noted(workspace, name, _place(workspace, name, edition, table.code_list)) for table in tables):
        note_files(workspace, name, edition, _write(workspace, name, edition, tables))
    return [InUse(edition, None, None, SHIPPED_FILES[name].name)]


def _loaded(workspace: Workspace, name: str) -> list[InUse]:
    return [InUse.from_json(one) for one in noted_entries(workspace, name) or ()]


def _write(workspace: Workspace, name: str, edition: str, tables: Sequence[Edition]) -> list[Path]:
    """Write the tables of an edition where they do not stand as they were loaded; gives the files."""
    files = []
    for read in tables:
        into = _place(workspace, name, edition, read.code_list)
        files.append(into)
        if not is_noted(workspace, name, into):
            table = pa.Table.from_pylist(read.rows, schema=read.code_list.schema.to_pyarrow())
            into.parent.mkdir(parents=True, exist_ok=True)
            with new_file(into) as part:
                pq.write_table(table, part)
    return files
