"""A set of audit rules on DuckDB, on Spark in local mode, in plain SQL and in pandas, over the same loaded county."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from .county import PEOPLE, make_claims
from .rule_sets import CHOSEN, SETS
from .timing import Measured, measured

HEAD = """\
| rules | side | seconds | processor | fee lines a second | peak memory | ÷ yiheng on DuckDB |
| --- | --- | ---: | ---: | ---: | ---: | ---: |"""

# Module and the last argument of each side.
SIDES = {
    "yiheng on DuckDB": ("bench.ours", "duckdb"),
    "yiheng on Spark, local[2]": ("bench.ours", "spark"),
    "plain SQL on DuckDB": ("bench.peer_rules", "duckdb"),
    "pandas": ("bench.peer_pandas", "pandas"),
}


def run() -> list[str]:
    """Make and load the county, run each side, check that all find the same rows, and give the rows of the table."""
    people = int(sys.argv[2]) if len(sys.argv) > 2 else PEOPLE
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_claims(folder, people)
        lines = measured("bench.ours", "load", place, "parquet", times=1).result
        measured("bench.peer_pandas", "load", place, "parquet", times=1)
        sides = {side: measured(module, "audit", place, "parquet", last) for side, (module, last) in SIDES.items()}
    ours, *peers = sides.values()
    for peer in peers:
        assert peer.result == ours.result, f"{peer.result} and {ours.result} differ"
    return [_row(side, lines, one, ours) for side, one in sides.items()]


def _row(side: str, lines: int, one: Measured, ours: Measured) -> str:
    seconds = f"{one.seconds:.1f} s | {one.cpu:.1f} s | {lines / one.seconds:,.0f}"
    ratio = one.seconds / ours.seconds
    return f"| {CHOSEN} ({len(SETS[CHOSEN])}) | {side} | {seconds} | {one.peak_mib:,.0f} MiB | {ratio:.1f} × |"
