"""Whether the files that say what a lake holds are all there, of one lake and of one moment: else nothing is read.

Four witnesses are held against each other: the head, the list of snapshot sets, the catalogue, and the loads that the
list of runs says to have ended. A lake that lacks what one of them knows would answer with too little, in the worst
case with zero.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path

from yiheng.basis.hashes import sign_of
from yiheng.basis.refusals import Refusal
from yiheng.documents import own_bytes

from .damage import CATALOG, RESTORE, SECONDS_TO_WAIT, told
from .head import HEAD, Head, older, other_lake, read_head, there, unnamed, write_head
from .place import NAMESPACE, PROPERTY, local
from .sets import SETS, Sets, SnapshotSet, opened, whole

# The loads that ended and made a set, each with its number, as the list of runs has them.
Ended = Callable[[], Mapping[str, int]]
TRIES = 5
RUNS = "runs.jsonl"


class State:
    """The state of the lake in a folder."""

    def __init__(self, folder: Path, sets: Sets, ended: Ended) -> None:
        self._folder, self._sets, self._ended = folder, sets, ended
        self._found_whole: object = None

    @property
    def seen(self) -> object:
        """What was found whole: the same object while no witness has changed."""
        return self._found_whole

    def check(self) -> None:
        """Hold the witnesses against each other, unless none of their files has changed since.

        Raises:
            Refusal: when one is gone, empty, unknown, older than another or of another lake.
        """
        with told(str(self._folder)):
            now = self._standing()
            if now is None or now != self._found_whole:
                self._check()
                self._found_whole = now

    def found(self) -> Iterator[Refusal]:
        """What is wrong with the state, looked at in full: every page of the databases, every set of the chain."""
        for look in (self._check, self._sets.check_whole, self._sets.check_chain, self._check_catalog_whole):
            try:
                with told(str(self._folder)):
                    look()
            except Refusal as refusal:
                yield refusal

    def heal(self) -> None:
        """Write the head that a killed load no longer wrote; the lake is held."""
        head, _ = self._sets.head()
        if read_head(self._folder) != head:
            write_head(self._folder, head)

    def _check(self) -> None:
        for _ in range(TRIES):
            # In this order: what is looked at later may know more, of a load that ends meanwhile.
            kept, ended = read_head(self._folder), self._ended()
            there(self._folder, SETS)
            catalog = there(self._folder, CATALOG)
            head, before = self._sets.head()
            if kept == head or kept == Head(head.lake, head.number - 1, before):
                break
            # A load may have ended between the two.
            if read_head(self._folder) == kept:
                raise self._contradiction(kept, head)
        loads, last = self._sets.loads(), self._sets.latest()
        if any(loads.get(run) != number for run, number in ended.items()):
            raise older(self._folder, SETS, RUNS)
        self._check_catalog(catalog, head.lake, last)

    def _contradiction(self, kept: Head, head: Head) -> Refusal:
        if kept.lake != head.lake:
            return other_lake(self._folder, SETS, HEAD)
        if kept.number > head.number:
            return older(self._folder, SETS, HEAD)
        if kept.number < head.number - 1:
            return older(self._folder, HEAD, SETS)
        return Refusal(
            f"'{SETS}' and '{HEAD}' of the lake tell of different loads", where=str(self._folder), cure=RESTORE
        )

    def _check_catalog(self, file: Path, lake: str, last: SnapshotSet) -> None:
        """Refuse a catalogue that does not know the snapshots of the last set."""
        properties = "select property_value from iceberg_namespace_properties where namespace = ? and property_key = ?"
        tables = "select table_name, metadata_location from iceberg_tables where table_namespace = ?"
        with told(str(file)), opened(file, SECONDS_TO_WAIT) as db:
            try:
                named = db.execute(properties, (NAMESPACE, PROPERTY)).fetchone()
                described = dict(db.execute(tables, (NAMESPACE,)).fetchall())
            except sqlite3.OperationalError as wrong:
                if "no such table" in str(wrong):
                    raise unnamed(self._folder, CATALOG) from None
                raise
        if named is None:
            raise unnamed(self._folder, CATALOG)
        if named[0] != lake:
            raise other_lake(self._folder, CATALOG, SETS)
        for table, snapshot in last.snapshots.items():
            if table not in described:
                raise older(self._folder, CATALOG, SETS)
            metadata = local(self._folder, described[table])
            if not metadata.is_file():
                raise Refusal(f"the file that describes '{table}' is gone", where=str(metadata), cure=RESTORE)
            if snapshot not in _snapshots(metadata, metadata.stat().st_mtime_ns):
                raise older(self._folder, CATALOG, SETS)

    def _check_catalog_whole(self) -> None:
        with opened(there(self._folder, CATALOG), SECONDS_TO_WAIT) as db:
            whole(db, self._folder / CATALOG)

    def _standing(self) -> object:
        """What tells whether a witness has changed; nothing where one is gone."""
        files = [self._folder / name for name in (HEAD, SETS, CATALOG)]
        try:
            signs = [sign_of(file) for file in files]
        except OSError:
            return None
        return signs, self._ended()


@lru_cache(maxsize=1024)
def _snapshots(metadata: Path, _written: int) -> frozenset[int]:
    """The snapshots that a table's description knows; a description is written once and never changed."""
    return frozenset(one["snapshot-id"] for one in json.loads(own_bytes(metadata)).get("snapshots", []))
