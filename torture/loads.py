"""Loads killed at random instants: no row and no fen lost or doubled, and the next start is clean."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

from yiheng.runs import Workspace, run_load

ROWS = 20_000
FEN = 137
SEED = 20_250_101

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


def run(kills: int) -> str:
    """Kill ``kills`` loads; gives the line that is printed.

    Raises:
        AssertionError: when a reader ever sees a state that is neither before nor after a load.
    """
    dice = random.Random(SEED)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        workspace = _prepared(folder)
        state, landed, began = _state(workspace), 0, time.monotonic()
        whole = _duration(folder, workspace)
        state = _state(workspace)
        for number in range(kills):
            batch = _batch(folder, f"k{number}")
            _killed(workspace, batch, dice.uniform(0, whole))
            after = State(tuple(n + ROWS for n in state.rows), state.fen + ROWS * FEN)
            seen = _state(workspace)
            assert seen in (state, after), f"kill {number}: {seen} is neither {state} nor {after}"
            landed += seen == after
            again = run_load(Workspace.open(workspace.folder), [batch])
            assert again.clean, again.faults
            counts = again.tables["settlement"]
            assert (counts.accepted, counts.duplicates) == ((0, ROWS) if seen == after else (ROWS, 0)), counts
            state = _state(workspace)
            assert state == after, f"kill {number}: after loading again {state} is not {after}"
        seconds = time.monotonic() - began
    return (
        f"{kills} loads of {len(BATCH)} x {ROWS:,} rows killed within {whole:.2f} s: {landed} had landed,"
        f" {kills - landed} had not, no row and no fen lost or doubled, every next load clean ({seconds:.0f} s)"
    )


def _prepared(folder: Path) -> Workspace:
    workspace = Workspace.new(folder / "workspace")
    first = folder / "first"
    first.mkdir()
    (first / "institution.csv").write_text(
        "institution_id,name,kind,division\nH1,西海第一人民医院,hospital,370299\n", "utf-8"
    )
    assert run_load(workspace, [first, _batch(folder, "b0")]).clean
    return workspace


def _batch(folder: Path, name: str) -> Path:
    batch = folder / name
    batch.mkdir()
    for table, query in BATCH.items():
        rows = f"{query.format(b=name, fen=FEN)} from range({ROWS}) r(i)"
        duckdb.execute(f"copy ({rows}) to '{batch / table}.parquet' (format parquet)")
    return batch


def _child(workspace: Workspace, batch: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "torture.loads", str(workspace.folder), str(batch)]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    return child


def _duration(folder: Path, workspace: Workspace) -> float:
    """How long a load takes that nobody kills."""
    child = _child(workspace, _batch(folder, "whole"))
    began = time.monotonic()
    assert child.wait() == 0
    return time.monotonic() - began


def _killed(workspace: Workspace, batch: Path, after: float) -> None:
    child = _child(workspace, batch)
    time.sleep(after)
    child.send_signal(signal.SIGKILL)
    child.wait()
    if child.stdout is not None:
        child.stdout.close()


def _state(workspace: Workspace) -> State:
    lake = Workspace.open(workspace.folder).lake
    at, rows, fen = lake.latest(), [], 0
    for table in BATCH:
        money = "coalesce(sum(fund_fen), 0)" if table == "settlement" else "0"
        found = duckdb.execute(f"select count(*), {money} from read_parquet(?)", [lake.files(table, at)]).fetchone()
        assert found is not None
        rows.append(found[0])
        fen += int(found[1])
    return State(tuple(rows), fen)


if __name__ == "__main__":
    print("ready", flush=True)
    run_load(Workspace.open(Path(sys.argv[1])), [Path(sys.argv[2])])
