"""Load and audit of a county of two million fee lines, beside the same work in pandas."""

from __future__ import annotations

import tempfile
from pathlib import Path

import duckdb

from yiheng.county import make_county

from .peer_pandas import CLAIMS
from .timing import Measured, measured

# The synthetic county has about 63 fee lines a person in four years.
PEOPLE = 35_200

HEAD = """\
| work | fee lines | yiheng | fee lines a second | peak memory | pandas | its memory | pandas ÷ yiheng |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"""


def run() -> list[str]:
    """Make the county, measure both sides, check that they agree, and give the rows of the table."""
    rows = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        make_claims(folder, PEOPLE)
        _as_csv(folder)
        for form in ("parquet", "csv"):
            lines = 0
            for work in ("load", "audit"):
                ours, theirs = (measured(f"bench.{side}", work, place, form) for side in ("ours", "peer_pandas"))
                assert ours.result == theirs.result, f"{work} {form}: {ours.result} and {theirs.result} differ"
                lines = ours.result if work == "load" else lines
                rows.append(_row(f"{work}, {form}", lines, ours, theirs))
    return rows


def make_claims(folder: Path, people: int) -> None:
    """A county with the tables that a load of claims is made of, as Parquet."""
    make_county(folder / "parquet", folder / "labels.csv", people=people)
    for file in (folder / "parquet").iterdir():
        if file.stem not in CLAIMS:
            file.unlink()


def _row(what: str, lines: int, ours: Measured, theirs: Measured) -> str:
    return (
        f"| {what} | {lines:,} | {ours.seconds:.1f} s | {lines / ours.seconds:,.0f} | {ours.peak_mib:,.0f} MiB"
        f" | {theirs.seconds:.1f} s | {theirs.peak_mib:,.0f} MiB | {theirs.seconds / ours.seconds:.1f} × |"
    )


def _as_csv(folder: Path) -> None:
    (folder / "csv").mkdir()
    for name in CLAIMS:
        source, into = folder / "parquet" / f"{name}.parquet", folder / "csv" / f"{name}.csv"
        duckdb.execute(f"copy (select * from read_parquet('{source}')) to '{into}' (header, delimiter ',')")
