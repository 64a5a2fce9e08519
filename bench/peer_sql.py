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

# By what the lake keeps with each settlement, and by its visit.
PAID = {
    "one_join": "select visit_person as person_id, visit_on as day, fund_fen from settlement",
    "two_joins": "select person_id, ended_on as day, fund_fen from settlement join visit using (visit_id)",
}
SUMS = """
select consortium, year(day) as year, sum(fund_fen)::bigint as fen, count(*) as rows
from ({paid}) paid
left join enrolment on enrolment.person_id = paid.person_id and day between enrolled_from and enrolled_until
group by all"""


def sums(folder: Path, way: str = "two_joins") -> list[tuple[str | None, int, int, int]]:
    """Consortium, year, fen and rows. Right only where enrolments never overlap and every visit has ended."""
    lake = Workspace.open(folder).lake
    con = duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(folder / ".peer")})
    con.execute("set preserve_insertion_order = false")
    # Nearly every row finds its match: filtering by each other's keys first costs time and saves nothing.
    con.execute("set disabled_optimizers = 'join_filter_pushdown'")
    for name in ("settlement", "visit", "enrolment"):
        con.read_parquet(lake.files(name, lake.latest())).create_view(name)
    rows = con.execute(SUMS.format(paid=PAID[way])).fetchall()
    con.close()
    return rows


if __name__ == "__main__":
    way, place, settled = sys.argv[1:4]
    start = time.perf_counter()
    of_year = {party: fen for party, year, fen, _ in sums(Path(place), way) if year == int(settled)}
    seconds = time.perf_counter() - start
    print(json.dumps({"seconds": seconds, "result": {"parties": len(of_year) - 1, "nobody_fen": of_year[None]}}))
