"""Bills of about a hundred lines with a year's history, checked one by one before they are paid."""

from __future__ import annotations

import json
import os
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from yiheng.county import make_county
from yiheng.records import TABLES
from yiheng.runs import Workspace, load_shipped_codes, run_load

from .timing import measured

PEOPLE = 20_000
YEARS = (2024, 2025)
BILLS = 400
LINES = 100
OF_VISIT = ("visit", "settlement", "fee_line", "diagnosis", "operation")

HEAD = """\
| bills | lines a bill | lines of history | processes | start | p50 | p99 | slowest | bills a second | peak memory |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


def run() -> list[str]:
    """Make and load a county, write its bills of about a hundred lines, and check them in one process and in two."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_county(folder / "source", folder / "labels.csv", people=PEOPLE, years=YEARS)
        workspace = Workspace.new(folder / "workspace")
        run_load(workspace, [folder / "source"])
        load_shipped_codes(workspace)
        own, history = write_bills(workspace, folder / "bills.jsonl")
        return [_row(place, processes, own, history) for processes in (1, os.cpu_count() or 1)]


def write_bills(workspace: Workspace, file: Path) -> tuple[list[int], list[int]]:
    """Write the bills nearest to a hundred lines; gives the lines of each and those of its history."""
    with duckdb.connect() as db:
        at = workspace.lake.latest()
        for name in (*OF_VISIT, "person", "institution"):
            columns = ", ".join(column.name for column in TABLES[name])
            db.read_parquet(workspace.lake.files(name, at)).create_view(f"{name}_kept")
            db.execute(f"create view {name} as select {columns} from {name}_kept")
        db.execute(f"""create table chosen as
            select visit_id as bill, person_id as who, began_on as day, count(*) as lines
            from visit join fee_line using (visit_id) where year(began_on) = {YEARS[-1]} group by all
            order by abs(count(*) - {LINES}), visit_id limit {BILLS}""")
        db.execute("""create table of_bill as select bill, visit_id, person_id, institution_id from chosen
            join visit on person_id = who and began_on between day - 365 and day""")
        rows = {name: _rows(db, name, "visit_id") for name in OF_VISIT}
        rows |= {name: _rows(db, name, f"{name}_id") for name in ("person", "institution")}
        own: list[int] = []
        history: list[int] = []
        with file.open("w", encoding="utf-8") as out:
            for bill, lines in db.sql("select bill, lines from chosen order by bill").fetchall():
                given = {name: of[bill] for name, of in rows.items() if bill in of}
                out.write(json.dumps({"visits": [bill], **given}, ensure_ascii=False) + "\n")
                own.append(lines)
                history.append(len(given["fee_line"]) - lines)
    return own, history


def _rows(db: duckdb.DuckDBPyConnection, name: str, key: str) -> dict[str, list[dict[str, str]]]:
    asked = f"""select bill, list(to_json({name}))
        from (select distinct bill, {key} from of_bill) join {name} using ({key}) group by bill"""
    return {bill: [json.loads(row) for row in rows] for bill, rows in db.sql(asked).fetchall()}


def _row(place: str, processes: int, own: list[int], history: list[int]) -> str:
    """The same bills, shared out to so many processes that work at once."""
    with ThreadPoolExecutor(processes) as pool:
        parts = [
            pool.submit(measured, "bench.ours", "check", place, str(part), str(processes), times=1)
            for part in range(processes)
        ]
        done = [part.result() for part in parts]
    took = sorted(seconds for one in done for seconds in one.result["took"])
    a_second = sum(len(one.result["took"]) / sum(one.result["took"]) for one in done)
    cells = [len(took), f"{min(own)} to {max(own)}", f"{sorted(history)[len(history) // 2]} (up to {max(history)})"]
    cells += [processes, f"{max(one.result['start'] for one in done):.1f} s"]
    cells += [f"{took[int(len(took) * share)] * 1000:.0f} ms" for share in (0.5, 0.99)]
    cells += [f"{took[-1] * 1000:.0f} ms", f"{a_second:.0f}", f"{sum(one.peak_mib for one in done):,.0f} MiB"]
    return f"| {' | '.join(str(cell) for cell in cells)} |"
