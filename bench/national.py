"""A national settlement from the lake to statements with reasons, beside its bare joins and sums in plain SQL."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from yiheng.runs import Workspace

from .national_set import YEARS, fill
from .timing import measured

MILLION = 1_000_000
MILLIONS = (1, 2, 4, 8, 16)
TIMES = 2

HEAD = """\
| people | payments | yiheng | a million | payments a second | cpu | memory | plain SQL | its cpu | its memory | load |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


def run() -> Iterator[str]:
    """Make each set, measure both sides in the same minutes, check that they agree, and give the rows of the table."""
    for millions in MILLIONS:
        payments = millions * MILLION * len(YEARS)
        with tempfile.TemporaryDirectory() as place:
            fill(Workspace.new(Path(place) / "nation").lake, millions * MILLION)
            sides = ("ours", "peer_sql")
            ours, bare = (
                measured(f"bench.{side}", "settle", f"{place}/nation", str(YEARS[-1]), times=TIMES) for side in sides
            )
            assert ours.result == bare.result, f"{millions} million: {ours.result} and {bare.result} differ"
        yield (
            f"| {millions} million | {payments:,} | {ours.seconds:.1f} s | {ours.seconds / millions:.2f} s"
            f" | {payments / ours.seconds:,.0f} | {ours.cpu:.0f} s | {ours.peak_mib:,.0f} MiB | {bare.seconds:.1f} s"
            f" | {bare.cpu:.0f} s | {bare.peak_mib:,.0f} MiB | {os.getloadavg()[0]:.1f} |"
        )
