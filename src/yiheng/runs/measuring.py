"""The run that computes indicators."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.lake import told
from yiheng.measures import CODES, DIMENSIONS, INDICATORS, LIMITS

from .editions import editions_in_use, pinned_editions
from .engine import Engine
from .making import making
from .manifest import Manifest, canonical, write_whole
from .official import standing
from .register import Pair
from .results import checked
from .settling import LINES
from .workspace import Workspace

VALUES = "values.json"
# Digits behind the point of a published ratio; the exact value is top divided by bottom.
DIGITS = 6


@told()
def run_measure(workspace: Workspace, names: list[str], keys: list[str]) -> dict[str, Any]:
    """Compute indicators by some keys, on the data as it is now.

    Args:
        names: indicators; none means all that can be cut by the keys.
        keys: dimensions such as ``consortium`` and ``month``.

    Raises:
        Refusals: unknown indicators or keys; an indicator named that cannot be cut by a key.
    """
    found = [
        Refusal(f"there is no indicator '{name}'", cure=nearest(name, INDICATORS))
        for name in names
        if name not in INDICATORS
    ] + [
        Refusal(f"unknown dimension '{key}'", expected=", ".join(DIMENSIONS), cure=nearest(key, DIMENSIONS))
        for key in keys
        if key not in DIMENSIONS
    ]
    if found:
        raise Refusals(found)
    # A run with facts from a file says nothing about the lake's parties.
    settled: dict[str, list[Pair]] = {}
    for pair, stand in sorted(standing(workspace, files=False).items()):
        settled.setdefault(stand.run, []).append(pair)
    manifest = Manifest(
        "measure",
        {"names": sorted(names), "keys": keys},
        {
            "data": workspace.data(),
            "settled": settled,
            "limits": {name: limit.value for name, limit in LIMITS.items()},
            "codes": {
                name: [one.as_json() for one in kept] for name, kept in editions_in_use(workspace, CODES).items()
            },
        },
    )
    with making(workspace, manifest) as folder:
        return measure(workspace, manifest, folder)


def measure(workspace: Workspace, manifest: Manifest, folder: Path) -> dict[str, Any]:
    """Compute what a manifest says into a folder."""
    engine = Engine(
        workspace,
        workspace.at(manifest.pins),
        codes=pinned_editions(manifest.pins["codes"]),
        statements=_lines(workspace, manifest.pins["settled"]),
    )
    engine.views()
    names, keys = manifest.inputs["names"], tuple(manifest.inputs["keys"])
    rows: list[dict[str, Any]] = []
    left: dict[str, str] = {}
    for name in names or INDICATORS:
        try:
            sums = INDICATORS[name].by(engine.tables, keys)
        except Refusal as refusal:
            if names:
                raise
            left[name] = refusal.what
            continue
        for row in engine.rows(sums, keys):
            top, bottom = row["top"] or 0, row["bottom"] or 0
            group = {key: row[key] for key in keys}
            rows.append({"indicator": name, **group, "top": top, "bottom": bottom, "value": divided(top, bottom)})
    engine.close()
    result = {"run": manifest.run, "keys": list(keys), "rows": rows, "left_out": left}
    write_whole(folder / VALUES, canonical(result))
    manifest.write(folder, [VALUES])
    return result


def _lines(workspace: Workspace, settled: dict[str, list[Pair]]) -> pa.Table | None:
    """The lines of some parties and years of each of some settlements; None of none."""
    parts = []
    for run, pairs in settled.items():
        parties, years = zip(*pairs, strict=True)
        lines = pq.read_table(checked(workspace.find_run(run), LINES))
        wanted = pa.table({"party": parties, "year": pa.array(years, lines.schema.field("year").type)})
        parts.append(lines.join(wanted, ["party", "year"], join_type="inner"))
    return pa.concat_tables(parts) if parts else None


def divided(top: int, bottom: int) -> float | None:
    """Top by bottom, divided once, exactly, then written with six digits; unknown over nothing."""
    if bottom == 0:
        return None
    return float(round(Fraction(top, bottom), DIGITS))
