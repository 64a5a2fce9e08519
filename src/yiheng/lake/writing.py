"""One load in progress: its data files, and the set that they become."""

from __future__ import annotations

import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from pyiceberg.exceptions import CommitFailedException
from pyiceberg.io.pyarrow import parquet_files_to_data_files

from yiheng.basis.refusals import Refusal

from .damage import RESTORE
from .hashes import flush, hashes_of
from .place import address
from .sets import DataFile, SnapshotSet

if TYPE_CHECKING:
    from .store import Lake


class Writing:
    """One load in progress: files are staged, then all tables are committed as one set."""

    def __init__(self, lake: Lake, run: str) -> None:
        self.lake, self.run, self.after = lake, run, lake.latest()
        self.staging = lake.folder / "staging" / run
        self.staging.mkdir(parents=True)
        self._folder = lake.folder / "data" / run
        self._added: dict[str, list[Path]] = {}
        self._dropped: dict[str, list[str]] = {}

    def new_file(self, table: str) -> Path:
        """Where to write the next Parquet file of a table; it becomes data when the set is committed.

        Raises:
            Refusal: when there is something already where this load alone may write.
        """
        files = self._added.setdefault(table, [])
        file = self._folder / f"{table}-{len(files)}.parquet"
        try:
            if not any(self._added.values()):
                self._folder.mkdir(parents=True)
            file.touch(exist_ok=False)
        except FileExistsError as wrong:
            raise Refusal(
                "there is something already where this load writes its data", where=str(wrong.filename), cure=RESTORE
            ) from None
        files.append(file)
        return file

    def drop_file(self, table: str, file: str) -> None:
        """Replace a data file: its rows that still hold were written to a new file."""
        self._dropped.setdefault(table, []).append(file)

    def take_back(self) -> None:
        """Remove what this load wrote, unless it made a set: what it read is where it came from."""
        with suppress(Refusal):
            if any(self._added.values()) and self.run not in self.lake.loads():
                shutil.rmtree(self._folder, ignore_errors=True)

    def commit(self) -> SnapshotSet:
        """Commit every touched table, then the set. Nothing is visible before the last line.

        Raises:
            Refusal: when another load has written meanwhile.
        """
        added = self._written()
        changed = {}
        try:
            for name in sorted({*self._added, *self._dropped}):
                changed[name] = self._commit_table(name)
        except CommitFailedException as wrong:
            raise Refusal(
                "another load has written to the lake meanwhile",
                where=str(self.lake.folder),
                cure="load again; nothing of this load was kept",
            ) from wrong
        dropped = [
            Path(file).relative_to(self.lake.folder).as_posix() for some in self._dropped.values() for file in some
        ]
        return self.lake.record(self.run, changed, added, dropped, self.after)

    def _written(self) -> list[DataFile]:
        """The data files of this load with their hashes, on the disk.

        What was begun and not written is none, nor is one without rows: the catalogue plans no reading of it.
        """
        for table, files in self._added.items():
            for file in files:
                if not file.stat().st_size or not pq.read_metadata(file).num_rows:
                    file.unlink()
            self._added[table] = [file for file in files if file.exists()]
            for file in self._added[table]:
                flush(file)
        hashes = hashes_of(file for files in self._added.values() for file in files)
        if hashes:
            flush(self._folder)
        return [
            DataFile(file.relative_to(self.lake.folder).as_posix(), table, file.stat().st_size, hashes[file])
            for table, files in self._added.items() for file in files
        ]  # fmt: skip

    def _commit_table(self, name: str) -> int:
        table = self.lake.opened_for_writing(name)
        added = [address(self.lake.folder, file) for file in self._added.get(name, [])]
        dropped = set(self._dropped.get(name, []))
        old = [t.file for t in table.scan().plan_files() if self.lake.file(t.file.file_path) in dropped]
        with table.transaction() as change, change.update_snapshot().overwrite() as overwrite:
            for data_file in old:
                overwrite.delete_data_file(data_file)
            for data_file in parquet_files_to_data_files(table.io, table.metadata, iter(added)):
                overwrite.append_data_file(data_file)
        return self.lake.snapshot_of(name)
