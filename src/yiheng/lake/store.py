"""The lake: one Iceberg table for each contract, and sets of snapshots that belong together.

Iceberg commits one table at a time. A load touches several, so what readers see is a *set*: the
snapshot of every table, written in one transaction after all tables were committed. A load killed
half-way leaves tables ahead of the last set; the next writer rolls them back.

To read makes nothing: a lake is made once, and one whose state is not whole is refused.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from secrets import token_hex

import pyarrow as pa
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.table import Table as IcebergTable
from pyiceberg.table import TableProperties

from yiheng.basis.refusals import Refusal
from yiheng.records import TABLES, WAITING, Table

from . import content
from .damage import CATALOG, RESTORE, SECONDS_TO_WAIT, described, told
from .files import check_files
from .head import older, write_head
from .place import NAMESPACE, Catalog, local
from .sets import KEY, SETS, DataFile, FileContents, Sets, SnapshotSet, opened
from .state import Ended, State
from .writing import Writing

WRITER, ASIDE = "writer.sqlite", "aside"
ID_BYTES = 16
# So much of a hash is shown where a person compares.
SHOWN_SIGNS = 12
KEPT = {**TABLES, **{table.name: table for table in WAITING.values()}}


class Lake:
    """The tables of one workspace.

    Args:
        folder: where catalogue and data files stand.
        ended: the loads that ended, by the list of runs.

    Raises:
        Refusal: when there is no lake, or its state is not whole.
    """

    def __init__(self, folder: Path, ended: Ended = dict) -> None:
        self.folder = folder.resolve()
        self._sets = Sets(self.folder)
        self.state = State(self.folder, self._sets, ended)
        self._ended = ended
        # The state under which they were asked, and the files of each table and set.
        self._plans: tuple[object, dict[tuple[str, int, int], dict[Path, DataFile]]] = (None, {})
        self.state.check()
        self._sweep()

    @classmethod
    def make(cls, folder: Path) -> Lake:
        """An empty lake in a new folder, or in one that is empty.

        Raises:
            Refusal: when there is something in it.
        """
        folder = folder.resolve()
        with told(str(folder)):
            folder.mkdir(parents=True, exist_ok=True)
            if any(folder.iterdir()):
                raise Refusal("the folder is not empty", where=str(folder), cure="choose an empty or new folder")
            made = token_hex(ID_BYTES)
            Catalog(folder, made)
            head, _ = Sets.make(folder, made).head()
            # Last: with it the lake is whole.
            write_head(folder, head)
        return cls(folder)

    @cached_property
    def _catalog(self) -> Catalog:
        return Catalog(self.folder)

    # ---- reading

    def latest(self) -> SnapshotSet:
        """The last set that a load finished; empty before the first.

        Raises:
            Refusal: when a file that says what the lake holds is gone, empty, older than another or of another lake.
        """
        self.state.check()
        return self._sets.latest()

    def at(self, number: int) -> SnapshotSet:
        """The set with a number.

        Raises:
            Refusal: when the lake has no such set, or its state is not whole.
        """
        self.state.check()
        return self._sets.at(number)

    def files(self, table: str, at: SnapshotSet) -> list[str]:
        """The Parquet files of a table in a set, in a fixed order.

        Raises:
            Refusal: when one of them is gone or is not as it was written.
        """
        snapshot = at.snapshots.get(table)
        if snapshot is None:
            return []
        self.state.check()
        with told(str(self.folder)):
            kept = self._planned(table, at.number, snapshot)
            check_files(kept)
        return sorted(map(str, kept))

    def _planned(self, table: str, number: int, snapshot: int) -> dict[Path, DataFile]:
        """The files of a table in a set as they were written: asked of the catalogue once while the state is the same.

        Raises:
            Refusal: when catalogue and list of sets name different files.
        """
        seen, plans = self._plans
        if seen is not self.state.seen:
            seen, plans = self._plans = (self.state.seen, {})
        asked = table, number, snapshot
        if asked not in plans:
            with described(table, str(self.folder)):
                tasks = list(self._table(table).scan(snapshot_id=snapshot).plan_files())
            files = sorted(self.file(task.file.file_path) for task in tasks)
            kept = {self.folder / name: one for name, one in self._sets.data_files(table, number).items()}
            if files != sorted(map(str, kept)):
                raise Refusal(
                    f"the files of '{table}' are not those of snapshot set {number}",
                    where=str(self.folder),
                    cure=RESTORE,
                )
            plans[asked] = kept
        return plans[asked]

    def check_files(self) -> Iterator[Refusal]:
        """What is wrong with the data files of all sets, each of which is read."""
        for name, one in sorted(self._sets.data_files().items()):
            try:
                with told(str(self.folder / name)):
                    check_files({self.folder / name: one})
            except Refusal as refusal:
                yield refusal

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

    def file(self, called: str) -> str:
        """Where a data file stands, by what the catalogue calls it."""
        return str(local(self.folder, called))

    # ---- writing

    @contextmanager
    def writing(self, run: str, progress: Callable[[str], None] = lambda _: None) -> Iterator[Writing]:
        """Hold the lake for one load; two loads at once wait for each other.

        The lock is a database transaction, so the system frees it when the process dies.

        Args:
            progress: is told what is waited for, and what a killed load left.

        Raises:
            Refusal: when another load holds the lake for longer than half a minute, or the place is damaged.
        """
        with self.held(progress):
            self._recover(progress)
            writing = Writing(self, run)
            try:
                yield writing
            except BaseException:
                writing.take_back()
                raise
            finally:
                shutil.rmtree(writing.staging.parent, ignore_errors=True)

    @contextmanager
    def held(self, progress: Callable[[str], None] = lambda _: None) -> Iterator[None]:
        """Keep loads out; what one that was killed left may still be there.

        Raises:
            Refusal: when a load holds the lake for longer than half a minute, or the place is damaged.
        """
        self.state.check()
        with told(str(self.folder)), closing(sqlite3.connect(self.folder / WRITER, timeout=0)) as lock:
            try:
                lock.execute("begin exclusive")
            except sqlite3.OperationalError as wrong:
                if "locked" not in str(wrong):
                    raise
                progress("wait for another load")
                self._wait(lock)
            self.state.check()
            yield

    def _wait(self, lock: sqlite3.Connection) -> None:
        try:
            lock.execute(f"pragma busy_timeout = {int(SECONDS_TO_WAIT * 1000)}")
            lock.execute("begin exclusive")
        except sqlite3.OperationalError as wrong:
            if "locked" not in str(wrong):
                raise
            raise Refusal(
                "another load is writing to this workspace",
                where=str(self.folder),
                cure="wait until it has ended, then load again",
            ) from None

    def loads(self) -> set[str]:
        """The loads that made a set."""
        return set(self._sets.loads())

    @property
    def key(self) -> str | None:
        """The hash of the key that the lake's hashes were made with; nothing while it holds none."""
        return self._sets.said(KEY)

    def keep_key(self, sha256: str) -> None:
        """Note the hash of the key before anything is hashed with it."""
        self._sets.say(KEY, sha256)

    def record(
        self, run: str, changed: Mapping[str, int], added: list[DataFile], dropped: list[str], after: SnapshotSet
    ) -> SnapshotSet:
        """Make a set of what a load wrote: from here on readers see it."""
        made = self._sets.record(run, changed, added, dropped, after)
        self.state.heal()
        return made

    def _sweep(self) -> None:
        """Remove the scratch files of a killed load, which hold what its source held."""
        if not (self.folder / "staging").exists() or not (self.folder / WRITER).exists():
            return
        # A load that is running holds the lock, and its own scratch.
        with suppress(sqlite3.OperationalError), opened(self.folder / WRITER, 0) as lock:
            lock.execute("begin exclusive")
            shutil.rmtree(self.folder / "staging", ignore_errors=True)

    def _recover(self, progress: Callable[[str], None]) -> None:
        """Take back what a killed load left: tables ahead of the last set, files of unknown loads."""
        data, known = self.folder / "data", self._sets.loads()
        unknown = [folder for folder in sorted(data.iterdir()) if folder.name not in known] if data.exists() else []
        self.state.heal()
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
        for folder in unknown:
            self._move_aside(folder, progress)

    def _move_aside(self, folder: Path, progress: Callable[[str], None]) -> None:
        """What no set knows is kept where nobody reads it: a person decides what becomes of it."""
        aside = self.folder / ASIDE
        aside.mkdir(exist_ok=True)
        into = aside / folder.name
        while into.exists():
            into = aside / f"{folder.name}-{token_hex(2)}"
        folder.rename(into)
        progress(f"move aside {into.relative_to(self.folder.parent)}, which no load that ended left")

    def _find(self, name: str) -> IcebergTable | None:
        with suppress(NoSuchTableError):
            return self._catalog.load_table((NAMESPACE, name))
        return None

    def snapshot_of(self, name: str) -> int:
        """The snapshot that a table stands at."""
        snapshot = self._table(name).current_snapshot()
        if snapshot is None:
            raise RuntimeError(f"the commit of {name} left no snapshot")
        return snapshot.snapshot_id

    def _table(self, name: str) -> IcebergTable:
        if (table := self._find(name)) is None:
            raise older(self.folder, CATALOG, SETS)
        return table

    def opened_for_writing(self, name: str) -> IcebergTable:
        """A table as today's contract has it, made on first need."""
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


def _arrow_schema(table: Table) -> pa.Schema:
    schema = table.kept
    arrow: pa.Schema = schema.to_pyarrow()
    return arrow
