"""One load: files in, checked rows into the lake, the rest into quarantine, every row and fen accounted for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from yiheng.basis.refusals import Refusal, Refusals
from yiheng.lake import Lake, SnapshotSet, Writing
from yiheng.records import TABLES

from . import sql
from .database import Database, database_sources
from .judge import Verdicts, judge
from .mapping import MappingFile
from .opening import Opening, files_under, told_apart
from .quarantine import FaultCount, write_quarantine
from .stage import Staging, staged_name

Progress = Callable[[str], None]

# What a load holds in memory at most; beyond it the engine writes to the scratch folder. A county of 300,000 people
# and four years (45 million rows) loads in it.
MEMORY = "1500MiB"


@dataclass(frozen=True)
class Counts:
    """Rows and fen of one table: read = accepted + quarantined + duplicates.

    ``corrected`` rows are accepted rows that supersede an older row of the lake. ``fen_unknown``
    counts the quarantined rows whose amount could not be read at all.
    """

    read: int
    accepted: int
    quarantined: int
    duplicates: int
    fen_read: int
    fen_accepted: int
    fen_quarantined: int
    fen_duplicates: int
    corrected: int
    fen_unknown: int


@dataclass(frozen=True)
class Loaded:
    """What a load did.

    Attributes:
        snapshot: the set that readers see now; unchanged when nothing new was accepted.
        refused: files of which nothing was loaded, with the reason.
        left: files in the folders that are of no kind that is read.
    """

    run: str
    tables: dict[str, Counts]
    faults: list[FaultCount]
    aside: dict[str, list[str]]
    refused: list[str]
    left: list[str]
    sources: dict[str, str]
    snapshot: SnapshotSet = field(repr=False)

    def as_json(self) -> dict[str, Any]:
        """The load as plain values: the contract of ``yiheng load --format json``, with details."""
        return {
            "run": self.run,
            "tables": {name: asdict(counts) for name, counts in self.tables.items()},
            "faults": [asdict(fault) for fault in self.faults],
            "columns_left_aside": self.aside,
            "files_refused": self.refused,
            "files_left": self.left,
            "files": self.sources,
            "snapshot_set": self.snapshot.number,
        }

    @property
    def clean(self) -> bool:
        """Whether nothing was refused or quarantined."""
        return not self.refused and not any(c.quarantined for c in self.tables.values())


def load(
    paths: list[Path],
    lake: Lake,
    *,
    run: str,
    mapping: MappingFile | None = None,
    databases: Sequence[Database] = (),
    quarantine: Path,
    progress: Progress = lambda _: None,
) -> Loaded:
    """Load files, folders and databases in one commit.

    Args:
        run: the id of this load; names its data files.
        quarantine: Parquet file for the rows that are not accepted.
        progress: is told in words what is being done.

    Raises:
        Refusal: when nothing can be loaded: no file is readable or recognised.
    """
    files, left = files_under(paths) if paths or not databases else ([], [])
    with lake.writing(run) as writing, tempfile.TemporaryDirectory(dir=writing.staging) as scratch:
        con = _engine(Path(scratch))
        staging = Staging(con)
        opening = Opening(con, Path(scratch))
        for path, shown in told_apart(files):
            progress(f"read {shown}")
            opening.open(path, path.name, shown)
        for database in databases:
            progress(f"read {database.shown}")
            opening.sources += database_sources(database, Path(scratch))
        _stage_all(opening, staging, mapping, progress)
        before = lake.latest()
        lake_files = {name: lake.files(name, before) for name in TABLES}
        verdicts: dict[str, Verdicts] = {}
        for name in staging.tables:
            progress(f"check {name}")
            verdicts[name] = judge(con, name, lake_files, list(verdicts))
        faults, quarantined = write_quarantine(con, staging, verdicts, quarantine)
        tables = {name: _counted(con, name, v, staging, quarantined[name]) for name, v in verdicts.items()}
        for name, v in verdicts.items():
            if tables[name].accepted:
                progress(f"write {name}")
                _write(con, v, writing, lake_files[name])
        changed = any(c.accepted for c in tables.values())
        snapshot = writing.commit() if changed else before
        con.close()
    sources = {s.shown: s.sha256 for s in staging.sources.values()}
    refused = [str(refusal) for refusal in opening.refused]
    left_alone = [*(p.name for p in left), *opening.left]
    return Loaded(run, tables, faults, staging.aside, refused, left_alone, sources, snapshot)


def _engine(scratch: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"set temp_directory = {sql.text(str(scratch))}")
    con.execute("set preserve_insertion_order = true")
    con.execute(f"set memory_limit = {sql.text(MEMORY)}")
    return con


def _stage_all(opening: Opening, staging: Staging, mapping: MappingFile | None, progress: Progress) -> None:
    """Stage every source; one that cannot be read at all is refused and does not stop the others."""
    for source in opening.sources:
        progress(f"read {source.shown}")
        try:
            staging.stage(source, mapping)
        except Refusal as refusal:
            opening.refused.append(refusal)
        except duckdb.Error as wrong:
            first = str(wrong).splitlines()[0]
            unread = Refusal(f"the file cannot be read: {first}", where=source.shown, cure="export it again")
            opening.refused.append(unread)
    if not staging.sources:
        raise Refusals(opening.refused)


def _counted(
    con: duckdb.DuckDBPyConnection, name: str, verdicts: Verdicts, staging: Staging, quarantined: int
) -> Counts:
    money = TABLES[name].money
    fen = f"coalesce(sum({sql.name(money)}), 0)::BIGINT" if money else "0"
    rows = staged_name(name)

    def sums(relation: str) -> tuple[int, int]:
        row = con.execute(f"select count(*), {fen} from {relation}").fetchone()
        return (row[0], row[1]) if row else (0, 0)

    broken = sum(1 for table, *_ in staging.broken if table == name)
    read, fen_read = sums(rows)
    accepted, fen_accepted = sums(verdicts.accepted)
    repeats, fen_repeats = sums(f"{rows} where rowid in (select id from {verdicts.repeats})")
    bad, fen_bad = sums(f"{rows} where _mask <> 0 or rowid in (select id from {verdicts.late})")
    unknown = broken if money else 0
    if money:
        row = con.execute(f"select count(*) from {rows} where {sql.name(money)} is null").fetchone()
        unknown += row[0] if row else 0
    counts = Counts(
        read + broken, accepted, bad + broken, repeats, fen_read, fen_accepted, fen_bad, fen_repeats,
        verdicts.corrections, unknown,
    )  # fmt: skip
    balanced = (
        counts.read == counts.accepted + counts.quarantined + counts.duplicates
        and counts.fen_read == counts.fen_accepted + counts.fen_quarantined + counts.fen_duplicates
        and counts.quarantined == quarantined
    )
    if not balanced:
        raise RuntimeError(f"the load of {name} does not reconcile: {counts}, {quarantined} rows in quarantine")
    return counts


def _write(con: duckdb.DuckDBPyConnection, verdicts: Verdicts, writing: Writing, old: list[str]) -> None:
    """Accepted rows become a new data file; files with superseded rows are written anew without them."""
    table = TABLES[verdicts.table]
    columns = sql.names([c.name for c in table])
    _copy(con, f"select {columns} from {verdicts.accepted}", writing.new_file(table.name))
    if not verdicts.corrections:
        return
    keys = sql.names(table.key)
    superseded = f"select {keys} from {staged_name(table.name)} where rowid in (select id from {verdicts.corrected})"
    for file in old:
        read = f"read_parquet({sql.text(file)})"
        row = con.execute(f"select count(*) from {read} semi join ({superseded}) using ({keys})").fetchone()
        if row and row[0]:
            kept = f"select {columns} from {read} anti join ({superseded}) using ({keys})"
            _copy(con, kept, writing.new_file(table.name))
            writing.drop_file(table.name, file)


def _copy(con: duckdb.DuckDBPyConnection, query: str, file: Path) -> None:
    con.execute(f"copy ({query}) to {sql.text(str(file))} (format parquet, compression zstd)")
