"""The list of snapshot sets, and what each of them holds: a small database beside the catalogue."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from yiheng.basis.refusals import Refusal
from yiheng.records import TABLES

from .content import Content, contract
from .damage import told

SECONDS_TO_WAIT = 30
SETS = "sets.sqlite"
MADE = (
    "create table if not exists snapshot_set"
    " (number integer primary key, snapshots text not null, run text not null unique)",
    # What files and sets hold, under the contracts by which it was worked out.
    "create table if not exists file_content"
    " (file text, contract text, rows integer, hashes text, primary key (file, contract))",
    "create table if not exists set_content"
    " (number integer, contracts text, content text, primary key (number, contracts))",
)
FileContents = dict[tuple[str, str], Content]


@dataclass(frozen=True)
class SnapshotSet:
    """The snapshot of every table at one moment; ``number`` rises with every load."""

    number: int
    snapshots: Mapping[str, int]


class Sets:
    """The sets of the lake in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with closing(self._open()) as db, db:
            for made in MADE:
                db.execute(made)

    def latest(self) -> SnapshotSet:
        """The last set that a load finished; empty before the first."""
        with told(str(self._folder)), closing(self._open()) as db:
            row = db.execute("select number, snapshots from snapshot_set order by number desc limit 1").fetchone()
        return SnapshotSet(row[0], json.loads(row[1])) if row else SnapshotSet(0, {})

    def at(self, number: int) -> SnapshotSet:
        """The set with a number.

        Raises:
            Refusal: when the lake has no such set.
        """
        with told(str(self._folder)), closing(self._open()) as db:
            row = db.execute("select snapshots from snapshot_set where number = ?", (number,)).fetchone()
        if row is None and number != 0:
            raise Refusal(f"the lake has no snapshot set {number}", where=str(self._folder))
        return SnapshotSet(number, json.loads(row[0]) if row else {})

    def numbers(self) -> list[int]:
        """The numbers of all sets, newest first; the empty lake is the last."""
        with told(str(self._folder)), closing(self._open()) as db:
            return [*(n for (n,) in db.execute("select number from snapshot_set order by number desc")), 0]

    def loads(self) -> set[str]:
        """The loads that made a set."""
        with closing(self._open()) as db:
            return {row[0] for row in db.execute("select run from snapshot_set")}

    def record(self, run: str, changed: Mapping[str, int]) -> SnapshotSet:
        """Add the set that a load made: from here on readers see it."""
        last = self.latest()
        made = SnapshotSet(last.number + 1, {**last.snapshots, **changed})
        with closing(self._open()) as db, db:
            db.execute(
                "insert into snapshot_set (number, snapshots, run) values (?, ?, ?)",
                (made.number, json.dumps(made.snapshots, sort_keys=True), run),
            )
        return made

    def content(self, number: int) -> dict[str, str] | None:
        """What a set holds, if it was noted under today's contracts."""
        query = "select content from set_content where number = ? and contracts = ?"
        with told(str(self._folder)), closing(self._open()) as db:
            row = db.execute(query, (number, _contracts())).fetchone()
        return json.loads(row[0]) if row else None

    def with_content(self, held: Mapping[str, str]) -> int | None:
        """The newest set of which just this was noted, under whatever contracts."""
        with told(str(self._folder)), closing(self._open()) as db:
            row = db.execute("select max(number) from set_content where content = ?", (_json(held),)).fetchone()
        number: int | None = row[0]
        return number

    def file_contents(self) -> FileContents:
        """What each data file holds, by its name and the contract."""
        query = "select file, contract, rows, hashes from file_content"
        with told(str(self._folder)), closing(self._open()) as db:
            return {(file, of): Content(rows, int(hashes, 16)) for file, of, rows, hashes in db.execute(query)}

    def note(self, number: int, held: Mapping[str, str], files: FileContents) -> None:
        """Keep what was worked out, unless the lake may only be read: then it is worked out again."""
        rows = [(file, of, one.rows, f"{one.hashes:064x}") for (file, of), one in files.items()]
        with closing(self._open()) as db, suppress(sqlite3.OperationalError), db:
            db.executemany("insert or ignore into file_content values (?, ?, ?, ?)", rows)
            db.execute("insert or ignore into set_content values (?, ?, ?)", (number, _contracts(), _json(held)))

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._folder / SETS, timeout=SECONDS_TO_WAIT)


def _json(held: Mapping[str, str]) -> str:
    return json.dumps(dict(held), sort_keys=True)


def _contracts() -> str:
    """The hash of the contracts of all tables: with others a set is told by other hashes."""
    return hashlib.sha256("".join(map(contract, TABLES.values())).encode()).hexdigest()
