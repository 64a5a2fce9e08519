"""One load: files in, checked rows into the lake, the rest into quarantine, every row and fen accounted for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from yiheng.basis.engine_paths import duckdb_text
from yiheng.basis.hidden import masked
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.basis.signs import on_one_line
from yiheng.records import TABLES, WAITING

from . import sql
from .database import Database, database_sources
from .judge import Verdicts, judge
from .land import land, stale
from .mapping import MappingFile
from .opening import ENDINGS, Opening, files_under, told_apart, unread
from .parse import Overlay
from .privacy import Privacy, Sealing, asked_for
from .quarantine import FaultCount, write_quarantine
from .stage import Staging
from .tidy import prepare
from .waiting import come_of_age, keep_waiting
from .withdrawals import Withdrawn

if TYPE_CHECKING:
    from yiheng.lake import Lake, SnapshotSet

Progress = Callable[[str], None]

# What a load holds in memory at most; beyond it the engine writes to the scratch folder. A county of 300,000 people
# and four years (45 million rows) loads in it.
MEMORY = "1500MiB"
MOST_NAMED = 5


@dataclass(frozen=True)
class Counts:
    """Rows and fen of one table: read = accepted + quarantined + duplicates + withdrawn.

    ``withdrawn`` are rows that a later message of the same file withdraws: they were never charged.
    ``corrected`` rows are accepted rows that supersede an older row of the lake; ``fen_superseded`` is what those older
    rows came to, ``fen_corrected`` what the new ones come to, an unknown amount left out. ``fen_unknown``
    counts the quarantined rows whose amount could not be read at all. ``unknown`` counts, for each check of
    the contract, the accepted rows that it could not judge because a value is absent.
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
    fen_superseded: int
    fen_corrected: int
    fen_unknown: int
    unknown: dict[str, int]
    withdrawn: int = 0
    fen_withdrawn: int = 0


@dataclass(frozen=True)
class Loaded:
    """What a load did.

    Attributes:
        snapshot: the set that readers see now; unchanged when nothing new was accepted.
        derived: columns that a file does not bring and that follow from another: how many rows, by file.
        refused: files of which nothing was loaded, with the reason.
        left: files in the folders that are of no kind that is read.
    """

    run: str
    tables: dict[str, Counts]
    faults: list[FaultCount]
    aside: dict[str, list[str]]
    derived: dict[str, dict[str, int]]
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
            "columns_derived": self.derived,
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
    privacy: Privacy,
    progress: Progress = lambda _: None,
    overlay: Overlay | None = None,
    hidden_sheets: bool = False,
) -> Loaded:
    """Load files, folders and databases in one commit.

    Args:
        run: the id of this load; names its data files.
        quarantine: Parquet file for the rows that are not accepted.
        privacy: what is done with personal values.
        progress: is told in words what is being done.
        overlay: codes that the province adds to the national dictionaries.
        hidden_sheets: whether hidden sheets of workbooks are read too.

    Raises:
        Refusal: when nothing can be loaded: no file is readable or recognised.
    """
    if mapping is not None and not privacy.hash_person_id and (found := mapping.personal_faults("person")):
        raise Refusals(found)
    files, left = files_under(paths) if paths or not databases else ([], [])
    with lake.writing(run, progress) as writing, tempfile.TemporaryDirectory(dir=writing.staging) as scratch:
        con = _engine(Path(scratch))
        asked = asked_for(mapping)
        sealing = Sealing(con, privacy, asked)
        staging = Staging(con, Path(scratch), sealing, overlay or {})
        opening = Opening(con, Path(scratch), asked, hidden_sheets)
        for path, shown in told_apart(files):
            progress(f"read {shown}")
            opening.open(path, path.name, shown)
        for database in databases:
            progress(f"read {database.shown}")
            opening.sources += database_sources(database, Path(scratch), asked)
        _stage_all(opening, staging, mapping, progress)
        before = lake.latest()
        lake_files = {name: lake.files(name, before) for name in TABLES}
        waiting = {name: lake.files(table.name, before) for name, table in WAITING.items()}
        for source in come_of_age(con, staging, waiting, Path(scratch)):
            staging.stage(source, None)
        sealing.agrees_with(lake_files["person"])
        verdicts: dict[str, Verdicts] = {}
        for name in staging.tables:
            progress(f"check {name}")
            verdicts[name] = judge(con, staging, name, lake_files, verdicts)
        faults, quarantined = write_quarantine(con, staging, verdicts, quarantine)
        # Nothing reads the files after this.
        opening.refuse_changed()
        tables = {name: _counted(con, name, v, staging, quarantined[name]) for name, v in verdicts.items()}
        tables = _with_withdrawn(tables, opening.withdrawn)
        # Before anything lands: landing may move staged rows away.
        others_wait = [
            keep_waiting(con, verdicts[name], waiting[name], writing) for name in WAITING if name in verdicts
        ]
        for name in sorted(TABLES, key=lambda name: not TABLES[name].copies):
            if (name in tables and tables[name].accepted) or stale(con, TABLES[name], verdicts, lake_files):
                progress(f"write {name}")
                land(con, staging, name, verdicts, writing, lake_files)
        changed = any(others_wait) or any(c.accepted for c in tables.values())
        snapshot = writing.commit() if changed else before
        con.close()
    sources = {s.shown: s.sha256 for s in staging.sources.values()}
    refused = [str(refusal) for refusal in opening.refused]
    left_alone = [masked(on_one_line(name)) for name in (*(p.name for p in left), *opening.left)]
    return Loaded(run, tables, faults, staging.aside, staging.derived, refused, left_alone, sources, snapshot)


def _engine(scratch: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(f"set temp_directory = {duckdb_text(scratch)}")
    con.execute("set preserve_insertion_order = true")
    con.execute(f"set memory_limit = {sql.text(MEMORY)}")
    prepare(con)
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
            opening.refused.append(unread(source.shown, wrong))
    if not staging.sources:
        raise Refusals(opening.refused or [_nothing(opening.left)])


def _nothing(left: list[str]) -> Refusal:
    return Refusal(
        "found no data to load",
        where=", ".join(left[:MOST_NAMED]),
        expected=" ".join(ENDINGS),
        cure="name files that hold rows of a table",
    )


def _with_withdrawn(tables: dict[str, Counts], withdrawn: Mapping[str, Withdrawn]) -> dict[str, Counts]:
    """The counts, with the rows that were read and withdrawn; a table may hold nothing else."""
    empty = Counts(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, {})
    counted = {
        name: replace(
            counts, read=counts.read + gone.rows, fen_read=counts.fen_read + gone.fen,
            withdrawn=gone.rows, fen_withdrawn=gone.fen,
        )
        for name, gone in withdrawn.items() for counts in [tables.get(name, empty)]
    }  # fmt: skip
    return {name: counted.get(name) or tables[name] for name in TABLES if name in counted or name in tables}


def _counted(
    con: duckdb.DuckDBPyConnection, name: str, verdicts: Verdicts, staging: Staging, quarantined: int
) -> Counts:
    money = TABLES[name].money
    fen = f"coalesce(sum({sql.name(money)}), 0)" if money else "0"
    unknown_fen = f"count(*) - count({sql.name(money)})" if money else "0"

    def sums(relation: str) -> tuple[int, int, int]:
        row = con.execute(f"select count(*), {fen}, {unknown_fen} from {relation}").fetchone()
        return row or (0, 0, 0)

    def these(ids: str) -> tuple[int, int, int]:
        return sums(f"{verdicts.good} semi join {ids} using (_id)")

    broken = sum(1 for table, *_ in staging.broken if table == name)
    good, fen_good, unknown_good = sums(verdicts.good)
    faulty, fen_faulty, unknown_faulty = sums(staging.bad(name)) if staging.bad_rows(name) else (0, 0, 0)
    late, fen_late, _ = these(verdicts.late) if verdicts.late_rows else (0, 0, 0)
    repeats, fen_repeats, _ = these(verdicts.repeats) if verdicts.repeated_rows else (0, 0, 0)
    accepted, fen_accepted, _ = sums(verdicts.accepted)
    superseded, corrected = con.execute(
        f"select coalesce(sum(fen_before), 0), coalesce(sum(fen_after), 0) from {verdicts.corrected}"
    ).fetchone() or (0, 0)
    unknown = unknown_good + unknown_faulty + (broken if money else 0)
    counts = Counts(
        good + faulty + broken, accepted, faulty + late + broken, repeats,
        fen_good + fen_faulty, fen_accepted, fen_faulty + fen_late, fen_repeats,
        verdicts.corrections, int(superseded), int(corrected), unknown, verdicts.unknown,
    )  # fmt: skip
    balanced = (
        counts.read == counts.accepted + counts.quarantined + counts.duplicates
        and counts.fen_read == counts.fen_accepted + counts.fen_quarantined + counts.fen_duplicates
        and counts.quarantined == quarantined
    )
    if not balanced:
        raise RuntimeError(f"the load of {name} does not reconcile: {counts}, {quarantined} rows in quarantine")
    return counts
