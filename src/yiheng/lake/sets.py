"""The list of snapshot sets, and what each of them holds: a small database beside the catalogue."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from yiheng.basis.engine_paths import sqlite_address
from yiheng.basis.refusals import Refusal
from yiheng.records import TABLES

from .content import Content, contract
from .damage import RESTORE, SECONDS_TO_WAIT, told
from .head import Head, there, unnamed

SETS = "sets.sqlite"
LAKE, KEY = "lake", "key"
MADE = (
    "create table said (name text primary key, value text not null)",
    "create table snapshot_set"
    " (number integer primary key, snapshots text not null, run text not null unique, chain text not null)",
    # The data files with their hashes, and the sets that hold them: since one of them, until before another.
    "create table data_file (file text primary key, of_table text not null, bytes integer not null,"
    " sha256 text not null, since integer not null, until integer)",
    # What files and sets hold, under the contracts by which it was worked out.
    "create table file_content (file text, contract text, rows integer, hashes text, primary key (file, contract))",
    "create table set_content (number integer, contracts text, content text, primary key (number, contracts))",
)
FileContents = dict[tuple[str, str], Content]


@dataclass(frozen=True)
class SnapshotSet:
    """The snapshot of every table at one moment; ``number`` rises with every load."""

    number: int
    snapshots: Mapping[str, int]


class DataFile(NamedTuple):
    """A data file by its name in the lake, and what it was when it was written."""

    file: str
    table: str
    bytes: int
    sha256: str


class Sets:
    """The sets of the lake in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def make(cls, folder: Path, lake: str) -> Sets:
        """An empty list for a new lake."""
        with closing(sqlite3.connect(folder / SETS)) as db, db:
            for made in MADE:
                db.execute(made)
            db.execute("insert into said values (?, ?)", (LAKE, lake))
        return cls(folder)

    def said(self, name: str) -> str | None:
        """What was noted of the whole lake: its id, the hash of the key of its hashes."""
        with self._open() as db:
            row = db.execute("select value from said where name = ?", (name,)).fetchone()
        return row[0] if row else None

    def say(self, name: str, value: str) -> None:
        """Note something of the whole lake, once and for all."""
        with self._open() as db, db:
            db.execute("insert or ignore into said values (?, ?)", (name, value))

    def latest(self) -> SnapshotSet:
        """The last set that a load finished; empty before the first."""
        with self._open() as db:
            return _latest(db)[0]

    def head(self) -> tuple[Head, str]:
        """What the head of the lake has to say after the last set, and the chain before it.

        Raises:
            Refusal: when the list does not say of which lake it is, or the last set is not as it was recorded.
        """
        with self._open() as db:
            row = db.execute("select value from said where name = ?", (LAKE,)).fetchone()
            if row is None:
                raise unnamed(self._folder, SETS)
            number = _latest(db)[0].number
            before = _chain_of(db, number - 1, row[0])
            return Head(row[0], number, _checked(db, number, before, self._folder) if number else before), before

    def check_chain(self) -> None:
        """Chain all sets afresh.

        Raises:
            Refusal: when one of them is not as it was recorded.
        """
        with self._open() as db:
            chain = _start(self.said(LAKE) or "")
            for (number,) in db.execute("select number from snapshot_set order by number").fetchall():
                chain = _checked(db, number, chain, self._folder)

    def at(self, number: int) -> SnapshotSet:
        """The set with a number.

        Raises:
            Refusal: when the lake has no such set.
        """
        with self._open() as db:
            row = db.execute("select snapshots from snapshot_set where number = ?", (number,)).fetchone()
        if row is None and number != 0:
            raise Refusal(f"the lake has no snapshot set {number}", where=str(self._folder))
        return SnapshotSet(number, json.loads(row[0]) if row else {})

    def numbers(self) -> list[int]:
        """The numbers of all sets, newest first; the empty lake is the last."""
        with self._open() as db:
            return [*(n for (n,) in db.execute("select number from snapshot_set order by number desc")), 0]

    def loads(self) -> dict[str, int]:
        """The loads that made a set, each with its number."""
        with self._open() as db:
            return dict(db.execute("select run, number from snapshot_set").fetchall())

    def data_files(self, table: str | None = None, number: int | None = None) -> dict[str, DataFile]:
        """The data files by name: of a table or of all, in a set or in any."""
        held = "(:number is null or since <= :number and (until is null or until > :number))"
        query = f"select file, of_table, bytes, sha256 from data_file where (:t is null or of_table = :t) and {held}"
        with self._open() as db:
            return {row[0]: DataFile(*row) for row in db.execute(query, {"t": table, "number": number})}

    def record(
        self,
        run: str,
        changed: Mapping[str, int],
        added: Iterable[DataFile],
        dropped: Iterable[str],
        after: SnapshotSet,
    ) -> SnapshotSet:
        """Add the set that a load made: from here on readers see it.

        Args:
            after: the set that the load began with.

        Raises:
            Refusal: when another load has made a set since: what this one judged its rows by is not the lake's last.
        """
        with self._open() as db, db:
            db.execute("begin immediate")
            last, chain = _latest(db)
            if last != after:
                raise Refusal(
                    "another load has written to the lake meanwhile",
                    where=str(self._folder),
                    cure="load again; nothing of this load was kept",
                )
            made = SnapshotSet(last.number + 1, {**last.snapshots, **changed})
            db.executemany("insert into data_file values (?, ?, ?, ?, ?, null)", [(*one, made.number) for one in added])
            db.executemany("update data_file set until = ? where file = ?", [(made.number, file) for file in dropped])
            told = (made.number, json.dumps(made.snapshots, sort_keys=True), run)
            before = chain or _start(self._lake(db))
            db.execute("insert into snapshot_set values (?, ?, ?, ?)", (*told, _link(db, before, *told)))
        return made

    def content(self, number: int) -> dict[str, str] | None:
        """What a set holds, if it was noted under today's contracts."""
        query = "select content from set_content where number = ? and contracts = ?"
        with self._open() as db:
            row = db.execute(query, (number, _contracts())).fetchone()
        return json.loads(row[0]) if row else None

    def with_content(self, held: Mapping[str, str]) -> int | None:
        """The newest set of which just this was noted, under whatever contracts."""
        with self._open() as db:
            row = db.execute("select max(number) from set_content where content = ?", (_json(held),)).fetchone()
        number: int | None = row[0]
        return number

    def file_contents(self) -> FileContents:
        """What each data file holds, by its name and the contract."""
        query = "select file, contract, rows, hashes from file_content"
        with self._open() as db:
            return {(file, of): Content(rows, int(hashes, 16)) for file, of, rows, hashes in db.execute(query)}

    def note(self, number: int, held: Mapping[str, str], files: FileContents) -> None:
        """Keep what was worked out, unless the lake may only be read: then it is worked out again."""
        rows = [(file, of, one.rows, f"{one.hashes:064x}") for (file, of), one in files.items()]
        with self._open() as db, suppress(sqlite3.OperationalError), db:
            db.executemany("insert or ignore into file_content values (?, ?, ?, ?)", rows)
            db.execute("insert or ignore into set_content values (?, ?, ?)", (number, _contracts(), _json(held)))

    def check_whole(self) -> None:
        """Have SQLite look at the whole file.

        Raises:
            Refusal: when it is broken.
        """
        with self._open() as db:
            whole(db, self._folder / SETS)

    @staticmethod
    def _lake(db: sqlite3.Connection) -> str:
        return str(db.execute("select value from said where name = ?", (LAKE,)).fetchone()[0])

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with told(str(self._folder / SETS)), opened(there(self._folder, SETS), SECONDS_TO_WAIT) as db:
            yield db


@contextmanager
def opened(file: Path, seconds: float) -> Iterator[sqlite3.Connection]:
    """A database that is there: to open one never makes it. What a killed process left half written is taken back."""
    with closing(sqlite3.connect(sqlite_address(file, "mode=rw"), uri=True, timeout=seconds)) as db:
        yield db


def whole(db: sqlite3.Connection, file: Path) -> None:
    """Refuse a database that SQLite finds broken."""
    if db.execute("pragma integrity_check").fetchone() != ("ok",):
        raise Refusal(f"'{file.name}' of the lake is broken", where=str(file), cure=RESTORE)


def _latest(db: sqlite3.Connection) -> tuple[SnapshotSet, str]:
    row = db.execute("select number, snapshots, chain from snapshot_set order by number desc limit 1").fetchone()
    return (SnapshotSet(row[0], json.loads(row[1])), row[2]) if row else (SnapshotSet(0, {}), "")


def _start(lake: str) -> str:
    return hashlib.sha256(lake.encode()).hexdigest()


def _chain_of(db: sqlite3.Connection, number: int, lake: str) -> str:
    row = db.execute("select chain from snapshot_set where number = ?", (number,)).fetchone()
    return row[0] if row else _start(lake)


def _checked(db: sqlite3.Connection, number: int, before: str, folder: Path) -> str:
    """The chain up to a set, as it follows from what is kept of the set."""
    *told, kept = db.execute(
        "select number, snapshots, run, chain from snapshot_set where number = ?", (number,)
    ).fetchone()
    if _link(db, before, *told) != kept:
        raise Refusal(f"snapshot set {number} is not as it was recorded", where=str(folder / SETS), cure=RESTORE)
    return str(kept)


def _link(db: sqlite3.Connection, before: str, number: int, snapshots: str, run: str) -> str:
    """The chain up to a set: of the chain before it, the set, and the data files that it adds and drops."""
    since = "select file, of_table, bytes, sha256 from data_file where since = ? order by file"
    added = db.execute(since, (number,)).fetchall()
    dropped = db.execute("select file from data_file where until = ? order by file", (number,)).fetchall()
    link = json.dumps([before, number, snapshots, run, added, dropped])
    return hashlib.sha256(link.encode()).hexdigest()


def _json(held: Mapping[str, str]) -> str:
    return json.dumps(dict(held), sort_keys=True)


def _contracts() -> str:
    """The hash of the contracts of all tables: with others a set is told by other hashes."""
    return hashlib.sha256("".join(map(contract, TABLES.values())).encode()).hexdigest()
