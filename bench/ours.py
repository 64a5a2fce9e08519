"""Load or audit a county, check bills, or settle a nation, with Yiheng; prints seconds and what came out."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from yiheng.runs import Desk, Workspace, load_shipped_codes, run_audit, run_load, run_settle

from .rule_sets import CHOSEN, FOUND, SETS, said

POLICY = Path(__file__).parents[1] / "policies" / "guangdong"


def load(folder: Path, form: str) -> int:
    """Load the county's files into a new workspace; gives the accepted fee lines."""
    shutil.rmtree(folder / f"workspace-{form}", ignore_errors=True)
    workspace = Workspace.new(folder / f"workspace-{form}")
    loaded = run_load(workspace, [folder / form])
    assert loaded.clean, loaded.faults
    return loaded.tables["fee_line"].accepted


def audit(folder: Path, form: str, engine: str = "duckdb") -> dict[str, list[Any]]:
    """Audit the loaded county by the rules that the peers know; tells what each finds."""
    workspace = Workspace.open(folder / f"workspace-{form}")
    load_shipped_codes(workspace)
    findings = run_audit(workspace, list(SETS[CHOSEN]), engine=engine)["findings"]
    rows: dict[str, list[tuple[Any, ...]]] = {rule: [] for rule in SETS[CHOSEN]}
    for one in findings:
        rows[one["rule"]].append(tuple(one[name] for name in FOUND))
    return {rule: said(found) for rule, found in rows.items()}


def settle(folder: Path, year: str) -> dict[str, int]:
    """Settle a year of the workspace's lake from budget to statements; gives parties and what the funds paid."""
    settled = run_settle(Workspace.open(folder), POLICY, year=int(year))
    assert not settled["refused"], settled["refused"][:1]
    return {"parties": len(settled["statements"]), "nobody_fen": settled["unattributed"]["fen"]}


def check(folder: Path, part: str, of: str) -> dict[str, object]:
    """Check every so-manieth bill of a file, and give the seconds of each and of the start."""
    start = time.perf_counter()
    desk = Desk(Workspace.open(folder / "workspace"), dt.date(2025, 12, 31))
    started = time.perf_counter() - start
    took = []
    with (folder / "bills.jsonl").open(encoding="utf-8") as file:
        for bill in list(file)[int(part) :: int(of)]:
            start = time.perf_counter()
            desk.check(json.loads(bill, parse_float=str))
            took.append(time.perf_counter() - start)
    desk.close()
    return {"start": started, "took": took}


if __name__ == "__main__":
    work, place, *more = sys.argv[1:]
    start = time.perf_counter()
    result = {"load": load, "audit": audit, "settle": settle, "check": check}[work](Path(place), *more)
    print(json.dumps({"seconds": time.perf_counter() - start, "result": result}))
