"""The lake: one Iceberg table for each contract, and sets of snapshots that belong together.

Iceberg commits one table at a time. A load touches several, so what readers see is a *set*: the
snapshot of every table, written in one transaction after all tables were committed. A load killed
half-way leaves tables ahead of the last set; the next writer rolls them back.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
from pyiceberg.catalog.sql import SqlCatalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.io.pyarrow import parquet_files_to_data_files
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table import TableProperties

from yiheng.basis.refusals import Refusal
from yiheng.records import TABLES, Table

from .damage import check_file, told

NAMESPACE = "yiheng"
SECONDS_TO_WAIT = 30


@dataclass(frozen=True)
class SnapshotSet:
    """The snapshot of every table at one moment; ``number`` rises with every load."""

    number: int
    snapshots: Mapping[str, int]

    def place(self, table: str) -> str:
        """How a reason names the data it rests on."""
        return f"{table}@{self.snapshots[table]}" if table in self.snapshots else f"{table}@empty"


class Lake:
    """The tables of one workspace.

    Args:
        folder: where catalogue and data files stand; made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        with told(str(self.folder)):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._catalog = SqlCatalog(
                NAMESPACE,
                uri=f"sqlite:///{self.folder / 'catalog.sqlite'}",
                warehouse=_uri(self.folder / "tables"),
            )
            self._catalog.create_namespace_if_not_exists(NAMESPACE)
            with closing(self._sets()) as db, db:
                db.execute(
                    "create table if not exists snapshot_set"
                    " (number integer primary key, snapshots text not null, run text not null unique)"
                )
            self._sweep()

    # ---- reading

    def latest(self) -> SnapshotSet:
        """The last set that a load finished; empty before the first."""
        with told(str(self.folder)), closing(self._sets()) as db:
            row = db.execute("select number, snapshots from snapshot_set order by number desc limit 1").fetchone()
        return SnapshotSet(row[0], json.loads(row[1])) if row else SnapshotSet(0, {})

    def at(self, number: int) -> SnapshotSet:
        """The set with a number.

        Raises:
            Refusal: when the lake has no such set.
        """
        with told(str(self.folder)), closing(self._sets()) as db:
            row = db.execute("select snapshots from snapshot_set where number = ?", (number,)).fetchone()
        if row is None and number != 0:
            raise Refusal(f"the lake has no snapshot set {number}", where=str(self.folder))
        return SnapshotSet(number, json.loads(row[0]) if row else {})

    def files(self, table: str, at: SnapshotSet) -> list[str]:
        """The Parquet files of a table in a set, in a fixed order.

        Raises:
            Refusal: when one of them is gone or is not as it was written.
        """
        snapshot = at.snapshots.get(table)
        if snapshot is None:
            return []
        with told(str(self.folder)):
            tasks = self._open(table).scan(snapshot_id=snapshot).plan_files()
            sizes = {_local(task.file.file_path): task.file.file_size_in_bytes for task in tasks}
            for file, size in sizes.items():
                check_file(table, file, size)
        return sorted(sizes)

    # ---- writing

    @contextmanager
    def writing(self, run: str) -> Iterator[Writing]:
        """Hold the lake for one load; two loads at once wait for each other.

        The lock is a database transaction, so the system frees it when the process dies.

        Raises:
            Refusal: when another load holds the lake for longer than half a minute, or the place is damaged.
        """
        writer = sqlite3.connect(self.folder / "writer.sqlite", timeout=SECONDS_TO_WAIT)
        with told(str(self.folder)), closing(writer) as lock:
            try:
                lock.execute("begin exclusive")
            except sqlite3.OperationalError as wrong:
                if "locked" not in str(wrong):
                    raise
                raise Refusal(
                    "another load is writing to this workspace",
                    where=str(self.folder),
                    cure="wait until it has ended, then load again",
                ) from None
            self._recover()
            writing = Writing(self, run)
            try:
                yield writing
            finally:
                shutil.rmtree(writing.staging.parent, ignore_errors=True)

    def _sweep(self) -> None:
        """Remove the scratch files of a killed load, which hold what its source held."""
        if not (self.folder / "staging").exists():
            return
        # A load that is running holds the lock, and its own scratch.
        with (
            closing(sqlite3.connect(self.folder / "writer.sqlite", timeout=0)) as lock,
            suppress(sqlite3.OperationalError),
        ):
            lock.execute("begin exclusive")
            shutil.rmtree(self.folder / "staging", ignore_errors=True)

    def _recover(self) -> None:
        """Take back what a killed load left: tables ahead of the last set, files of unknown loads."""
        last = self.latest()
        for name in TABLES:
            table = self._find(name)
            current = table.current_snapshot() if table else None
            if table is None or current is None or current.snapshot_id == last.snapshots.get(name):
                continue
            if name in last.snapshots:
                table.manage_snapshots().set_current_snapshot(last.snapshots[name]).commit()
            else:
                self._catalog.drop_table((NAMESPACE, name))
        shutil.rmtree(self.folder / "staging", ignore_errors=True)
        with closing(self._sets()) as db:
            known = {row[0] for row in db.execute("select run from snapshot_set")}
        data = self.folder / "data"
        for folder in data.iterdir() if data.exists() else ():
            if folder.name not in known:
                shutil.rmtree(folder, ignore_errors=True)

    def _record(self, run: str, changed: Mapping[str, int]) -> SnapshotSet:
        last = self.latest()
        snapshots = {**last.snapshots, **changed}
        with closing(self._sets()) as db, db:
            db.execute(
                "insert into snapshot_set (number, snapshots, run) values (?, ?, ?)",
                (last.number + 1, json.dumps(snapshots, sort_keys=True), run),
            )
        return SnapshotSet(last.number + 1, snapshots)

    def _sets(self) -> sqlite3.Connection:
        return sqlite3.connect(self.folder / "sets.sqlite", timeout=SECONDS_TO_WAIT)

    def _find(self, name: str) -> IcebergTable | None:
        with suppress(NoSuchTableError):
            return self._catalog.load_table((NAMESPACE, name))
        return None

    def _open(self, name: str) -> IcebergTable:
        schema = _arrow_schema(TABLES[name])
        table = self._find(name)
        if table is None:
            table = self._catalog.create_table((NAMESPACE, name), schema=schema)
        elif set(schema.names) <= {field.name for field in table.schema().fields}:
            return table
        else:
            # The contract has gained columns: older rows do not know them.
            with table.update_schema() as change:
                change.union_by_name(schema)
            table = self._catalog.load_table((NAMESPACE, name))
        mapping = table.schema().name_mapping.model_dump_json()
        with table.transaction() as change:
            change.set_properties({TableProperties.DEFAULT_NAME_MAPPING: mapping})
        return self._catalog.load_table((NAMESPACE, name))


class Writing:
    """One load in progress: files are staged, then all tables are committed as one set."""

    def __init__(self, lake: Lake, run: str) -> None:
        self.lake, self.run = lake, run
        self.staging = lake.folder / "staging" / run
        self.staging.mkdir(parents=True, exist_ok=True)
        self._added: dict[str, list[Path]] = {}
        self._dropped: dict[str, list[str]] = {}

    def new_file(self, table: str) -> Path:
        """Where to write the next Parquet file of a table; it becomes data when the set is committed."""
        folder = self.lake.folder / "data" / self.run
        folder.mkdir(parents=True, exist_ok=True)
        files = self._added.setdefault(table, [])
        files.append(folder / f"{table}-{len(files)}.parquet")
        return files[-1]

    def drop_file(self, table: str, file: str) -> None:
        """Replace a data file: its rows that still hold were written to a new file."""
        self._dropped.setdefault(table, []).append(file)

    def commit(self) -> SnapshotSet:
        """Commit every touched table, then the set. Nothing is visible before the last line."""
        changed = {}
        for name in sorted({*self._added, *self._dropped}):
            changed[name] = self._commit_table(name)
        return self.lake._record(self.run, changed)

    def _commit_table(self, name: str) -> int:
        table = self.lake._open(name)
        added = [_uri(file) for file in self._added.get(name, []) if file.exists()]
        dropped = set(self._dropped.get(name, []))
        old = [t.file for t in table.scan().plan_files() if _local(t.file.file_path) in dropped]
        with table.transaction() as change, change.update_snapshot().overwrite() as overwrite:
            for data_file in old:
                overwrite.delete_data_file(data_file)
            for data_file in parquet_files_to_data_files(table.io, table.metadata, iter(added)):
                overwrite.append_data_file(data_file)
        snapshot = self.lake._catalog.load_table((NAMESPACE, name)).current_snapshot()
        if snapshot is None:
            raise RuntimeError(f"the commit of {name} left no snapshot")
        return snapshot.snapshot_id


def _arrow_schema(table: Table) -> pa.Schema:
    schema = table.kept
    arrow: pa.Schema = schema.to_pyarrow()
    return arrow


def _uri(file: Path) -> str:
    # As it is written: a percent-encoded name, such as that of a folder called 西海, is not found again.
    return f"file://{file}"


def _local(uri: str) -> str:
    return uri.removeprefix("file://")
