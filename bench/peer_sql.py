"""The joins and sums behind a national settlement, in plain SQL and nothing more: the limit of what can be reached."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import duckdb

from yiheng.runs import Workspace

# The memory that the settlement has as a whole.
MEMORY = "1700MiB"

SUMS = """
select consortium, year(ended_on) as year, sum(fund_fen)::bigint as fen, count(*) as rows
from settlement join visit using (visit_id)
left join enrolment on enrolment.person_id = visit.person_id and ended_on between enrolled_from and enrolled_until
group by all"""


def sums(folder: Path) -> list[tuple[str | None, int, int, int]]:
    """Consortium, year, fen and rows. Right only where enrolments never overlap and every visit has ended."""
    lake = Workspace.open(folder).lake
    con = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder / ".peer")})
    con.execute("set preserve_insertion_order = false")
    for name in ("settlement", "visit", "enrolment"):
        con.read_parquet(lake.files(name, lake.latest())).create_view(name)
    rows = con.execute(SUMS).fetchall()
    con.close()
    return rows


if __name__ == "__main__":
    _, place, settled = sys.argv[1:4]
    start = time.perf_counter()
    of_year = {party: fen for party, year, fen, _ in sums(Path(place)) if year == int(settled)}
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "result": {"parties": len(of_year) - 1, "nobody_fen": of_year[None]}}))
