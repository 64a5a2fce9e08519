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

SIDES = {"ours": "settle", "peer_sql": "one_join", "peer_sql by visits": "two_joins"}

HEAD = """\
| people | payments | yiheng | a million | payments a second | cpu | memory | plain SQL | its cpu | its memory \
| by visits | its cpu | its memory | load |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


def run() -> Iterator[str]:
    """Make each set, and give the rows of the table."""
    for millions in MILLIONS:
        with tempfile.TemporaryDirectory() as place:
            fill(Workspace.new(Path(place) / "nation").lake, millions * MILLION)
            yield row(f"{place}/nation", millions)


def row(folder: str, millions: int) -> str:
    """Measure all sides in the same minutes and check that they agree."""
    payments = millions * MILLION * len(YEARS)
    ours, *others = (
        measured(f"bench.{side.split()[0]}", work, folder, str(YEARS[-1]), times=TIMES) for side, work in SIDES.items()
    )
    assert all(other.result == ours.result for other in others), (
        f"{millions} million: {ours.result} and {others} differ"
    )
    cells = [f"{millions} million", f"{payments:,}", f"{ours.seconds:.1f} s", f"{ours.seconds / millions:.2f} s"]
    cells += [f"{payments / ours.seconds:,.0f}", f"{ours.cpu:.0f} s", f"{ours.peak_mib:,.0f} MiB"]
    for other in others:
        cells += [f"{other.seconds:.1f} s", f"{other.cpu:.0f} s", f"{other.peak_mib:,.0f} MiB"]
    return f"| {' | '.join([*cells, f'{os.getloadavg()[0]:.1f}'])} |"
