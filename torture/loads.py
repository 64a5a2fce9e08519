"""Loads killed at random instants: no row and no fen lost or doubled, and the next start is clean."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from yiheng.runs import Workspace, run_load

from .kills import DONE, Child

ROWS = 2_000
FEN = 137
SEED = 20_250_101
# The step from which on a load writes and commits.
WRITES = "write"
# Half of the kills come over the whole load, half from the first written file on, until a bit after the end.
BEYOND = 1.5
# A workspace is left after so many loads, so that reading its many small files does not take all the time.
KILLS_IN_A_WORKSPACE = 25

BATCH = {
    "person": "select '{b}-' || i person_id, 'male' sex, date '1960-01-01' born_on, '370299' division",
    "visit": "select '{b}-' || i visit_id, '{b}-' || i person_id, 'H1' institution_id, 'outpatient' kind,"
    " date '2025-03-01' began_on, date '2025-03-01' ended_on",
    "settlement": "select '{b}-' || i settlement_id, '{b}-' || i visit_id, timestamp '2025-03-01 10:00:00' settled_at,"
    " {fen}::bigint fund_fen",
}


@dataclass(frozen=True)
class State:
    """What a reader sees: rows of each table, and the money."""

    rows: tuple[int, ...]
    fen: int

    def and_loads(self, number: int) -> State:
        """The state after so many more loads."""
        return State(tuple(n + number * ROWS for n in self.rows), self.fen + number * ROWS * FEN)


def run(kills: int) -> str:
    """Kill ``kills`` loads; gives the line that is printed.

    Raises:
        AssertionError: when a reader ever sees a state that is neither before nor after a load.
    """
    dice = random.Random(SEED)
    began, landed, over = time.monotonic(), 0, 0
    whole = write = 0.0
    with tempfile.TemporaryDirectory() as place:
        for number in range(kills):
            if number % KILLS_IN_A_WORKSPACE == 0:
                folder = Path(place) / str(number)
                folder.mkdir()
                workspace = prepared(folder)
                whole, write = _durations(folder, workspace)
                state = state_of(workspace)
            file = batch(folder, f"k{number}")
            child = Child(load_file, workspace.folder, file)
            if number % 2:
                child.reached(WRITES)
            over += not child.kill(dice.uniform(0, BEYOND * (write if number % 2 else whole)))
            after, seen = state.and_loads(1), state_of(workspace)
            assert seen in (state, after), f"kill {number}: {seen} is neither {state} nor {after}"
            landed += seen == after
            again = run_load(Workspace.open(workspace.folder), [file])
            assert again.clean, again.faults
            counts = again.tables["settlement"]
            assert (counts.accepted, counts.duplicates) == ((0, ROWS) if seen == after else (ROWS, 0)), counts
            state = state_of(workspace)
            assert state == after, f"kill {number}: after loading again {state} is not {after}"
    seconds = time.monotonic() - began
    return (
        f"{kills} loads of {len(BATCH)} x {ROWS:,} rows killed (a load takes {whole:.2f} s, of which writing and"
        f" committing {write:.2f} s): {kills - landed} left the state before, {landed} the state after ({over} of these"
        f" had ended); no row and no fen lost or doubled, every next load clean ({seconds:.0f} s)"
    )


def prepared(folder: Path) -> Workspace:
    """A workspace with one institution and one batch."""
    workspace = Workspace.new(folder / "workspace")
    first = folder / "first"
    first.mkdir()
    (first / "institution.csv").write_text(
        "institution_id,name,kind,division\nH1,西海第一人民医院,hospital,370299\n", "utf-8"
    )
    assert run_load(workspace, [first, batch(folder, "b0")]).clean
    return workspace


def batch(folder: Path, name: str, rows: int = ROWS) -> Path:
    """A folder of files with rows that no other batch has."""
    into = folder / name
    into.mkdir()
    for table, query in BATCH.items():
        made = f"{query.format(b=name, fen=FEN)} from range({rows}) r(i)"
        duckdb.execute(f"copy ({made}) to '{into / table}.parquet' (format parquet)")
    return into


def load_file(workspace: Path, file: Path, step: Callable[[str], None]) -> None:
    """What a child does."""
    assert run_load(Workspace.open(workspace), [file], progress=step).clean


def state_of(workspace: Workspace) -> State:
    """What a reader sees who opens the workspace now."""
    lake = Workspace.open(workspace.folder).lake
    at, rows, fen = lake.latest(), [], 0
    for table in BATCH:
        money = "coalesce(sum(fund_fen), 0)" if table == "settlement" else "0"
        found = duckdb.execute(f"select count(*), {money} from read_parquet(?)", [lake.files(table, at)]).fetchone()
        assert found is not None
        rows.append(found[0])
        fen += int(found[1])
    return State(tuple(rows), fen)


def _durations(folder: Path, workspace: Workspace) -> tuple[float, float]:
    """Seconds of a load that nobody kills, and of its part that writes and commits."""
    for name in ("first", "whole"):
        # The first child also waits for the server that starts all of them.
        child = Child(load_file, workspace.folder, batch(folder, f"{name}-load"))
        writes = child.reached(WRITES)
        assert child.ended()[0] == DONE
    return time.monotonic() - child.began, time.monotonic() - writes
