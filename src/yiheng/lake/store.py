"""The lake: one Iceberg table for each contract, and sets of snapshots that belong together.

Iceberg commits one table at a time. A load touches several, so what readers see is a *set*: the
snapshot of every table, written in one transaction after all tables were committed. A load killed
half-way leaves tables ahead of the last set; the next writer rolls them back.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pyarrow as pa
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.io.pyarrow import parquet_files_to_data_files
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table import TableProperties

from yiheng.basis.refusals import Refusal
from yiheng.records import TABLES, WAITING, Table

from . import content
from .damage import RESTORE, check_file, described, told
from .place import CATALOG, Catalog, address, local
from .sets import SECONDS_TO_WAIT, SETS, FileContents, Sets, SnapshotSet

NAMESPACE = "yiheng"
# So much of a hash is shown where a person compares.
SHOWN_SIGNS = 12
KEPT = {**TABLES, **{table.name: table for table in WAITING.values()}}


class Lake:
    """The tables of one workspace.

    Args:
        folder: where catalogue and data files stand; made if it is not there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        with told(str(self.folder)):
            self.folder.mkdir(parents=True, exist_ok=True)
            self._refuse_lost()
            self._catalog = Catalog(NAMESPACE, self.folder)
            self._catalog.create_namespace_if_not_exists(NAMESPACE)
            self._sets = Sets(self.folder)
            self._sweep()

    def _refuse_lost(self) -> None:
        """Refuse a lake whose databases are gone: made again they would call it empty."""
        lost = [name for name in (CATALOG, SETS) if not (self.folder / name).exists()]
        if lost and (self.folder / "tables").exists():
            where = str(self.folder / lost[0])
            raise Refusal("a database of the lake is gone", where=where, cure=RESTORE)

    # ---- reading

    def latest(self) -> SnapshotSet:
        """The last set that a load finished; empty before the first."""
        return self._sets.latest()

    def at(self, number: int) -> SnapshotSet:
        """The set with a number.

        Raises:
            Refusal: when the lake has no such set.
        """
        return self._sets.at(number)

    def files(self, table: str, at: SnapshotSet) -> list[str]:
        """The Parquet files of a table in a set, in a fixed order.

        Raises:
            Refusal: when one of them is gone or is not as it was written.
        """
        snapshot = at.snapshots.get(table)
        if snapshot is None:
            return []
        with told(str(self.folder)):
            with described(table, str(self.folder)):
                tasks = list(self._open(table).scan(snapshot_id=snapshot).plan_files())
            sizes = {self._file(task.file.file_path): task.file.file_size_in_bytes for task in tasks}
            for file, size in sizes.items():
                check_file(table, file, size)
        return sorted(sizes)

    # ---- what the tables hold

    def content(self, at: SnapshotSet) -> dict[str, str]:
        """The hash of the rows of every table that holds some: the same wherever and however the rows were loaded.

        It is worked out once for each data file, when it is first asked for, and noted beside the sets.

        Raises:
            Refusal: when a data file is gone or is not as it was written.
        """
        if (noted := self._sets.content(at.number)) is not None:
            return noted
        known = self._sets.file_contents()
        before = set(known)
        held = self._worked_out(at, known)
        self._sets.note(at.number, held, {key: one for key, one in known.items() if key not in before})
        return held

    def holding(self, held: Mapping[str, str]) -> SnapshotSet:
        """The newest set whose tables hold just this.

        Raises:
            Refusal: when the lake has no such set.
        """
        if (number := self._sets.with_content(held)) is not None:
            return self.at(number)
        for at in map(self.at, self._sets.numbers()):
            if self.content(at) == held:
                return at
        now = self.content(self.latest())
        other = [name for name in sorted({*held, *now}) if held.get(name) != now.get(name)]
        raise Refusal(
            f"the lake does not hold the data of this run; today others are {', '.join(other)}",
            where=str(self.folder),
            expected=", ".join(f"{name} {held.get(name, 'empty')[:SHOWN_SIGNS]}" for name in other),
            cure="use the workspace of the run, a copy or a pack of it, or load the same files",
        )

    def check_content(self, at: SnapshotSet) -> None:
        """Work out afresh what a set holds.

        Raises:
            Refusal: when a table does not hold what was noted.
        """
        noted, found = self.content(at), self._worked_out(at, {})
        if wrong := [name for name in sorted({*found, *noted}) if noted.get(name) != found.get(name)]:
            raise Refusal(
                f"the rows of {', '.join(wrong)} are not those that were loaded",
                where=str(self.folder),
                cure=RESTORE,
            )

    def _worked_out(self, at: SnapshotSet, known: FileContents) -> dict[str, str]:
        """What a set holds; what had to be worked out of its files is added to what is known."""
        found = {}
        for name in filter(TABLES.__contains__, at.snapshots):
            files, held = [*map(Path, self.files(name, at))], content.NOTHING
            for file in files:
                key = (file.relative_to(self.folder).as_posix(), content.contract(TABLES[name]))
                if key not in known:
                    with told(str(file)):
                        known[key] = content.content_of(TABLES[name], file)
                held += known[key]
            if held.rows:
                found[name] = content.digest(TABLES[name], held, content.sharing(TABLES[name], files))
        return found

    def _file(self, called: str) -> str:
        return str(local(self.folder, called))

    # ---- writing

    @contextmanager
    def writing(self, run: str) -> Iterator[Writing]:
        """Hold the lake for one load; two loads at once wait for each other.

        The lock is a database transaction, so the system frees it when the process dies.

        Raises:
            Refusal: when another load holds the lake for longer than half a minute, or the place is damaged.
        """
        with self.held():
            self._recover()
            writing = Writing(self, run)
            try:
                yield writing
            finally:
                shutil.rmtree(writing.staging.parent, ignore_errors=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep loads out; what one that was killed left may still be there.

        Raises:
            Refusal: when a load holds the lake for longer than half a minute, or the place is damaged.
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
            yield

    def loads(self) -> set[str]:
        """The loads that made a set."""
        return self._sets.loads()

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
        for name in KEPT:
            table = self._find(name)
            current = table.current_snapshot() if table else None
            if table is None or current is None or current.snapshot_id == last.snapshots.get(name):
                continue
            if name in last.snapshots:
                table.manage_snapshots().set_current_snapshot(last.snapshots[name]).commit()
            else:
                self._catalog.drop_table((NAMESPACE, name))
        shutil.rmtree(self.folder / "staging", ignore_errors=True)
        known = self._sets.loads()
        data = self.folder / "data"
        for folder in data.iterdir() if data.exists() else ():
            if folder.name not in known:
                shutil.rmtree(folder, ignore_errors=True)

    def _find(self, name: str) -> IcebergTable | None:
        with suppress(NoSuchTableError):
            return self._catalog.load_table((NAMESPACE, name))
        return None

    def _open(self, name: str) -> IcebergTable:
        schema = _arrow_schema(KEPT[name])
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
        return self.lake._sets.record(self.run, changed)

    def _commit_table(self, name: str) -> int:
        table = self.lake._open(name)
        added = [address(self.lake.folder, file) for file in self._added.get(name, []) if file.exists()]
        dropped = set(self._dropped.get(name, []))
        old = [t.file for t in table.scan().plan_files() if self.lake._file(t.file.file_path) in dropped]
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
