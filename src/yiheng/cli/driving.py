"""The verb that shows where a year's spending comes from: drivers."""

from __future__ import annotations

from pathlib import Path

import click

from yiheng.records.codes import VISIT_KIND
from yiheng.runs import names_of_institutions, run_drivers

from .show import answer, say, working, yuan
from .verb import DONE, format_option, opened, says_refusals, workspace_option

KINDS = VISIT_KIND.zh
COLUMNS = ("party", "institution", "place", "kind", "fen", "settlements", "fen_before", "expected_fen", "more_fen")


@click.command()
@click.argument("party", required=False)
@click.option("--year", type=int, required=True, help="The year that is broken down.")
@click.option("--top", type=click.IntRange(min=1), default=10, show_default=True, help="So many rows of each party.")
@workspace_option
@format_option
@says_refusals
def drivers(party: str | None, year: int, top: int, workspace: Path | None, form: str) -> int:
    """Show which institution and kind of care makes a party spend more or less than expected.

    Expected is last year's spending a person-day times this year's person-days. The largest differences come first;
    JSON also holds the comparison with the other parties, by kind of institution.

    \b
    Examples:
      yiheng drivers --year 2025
      yiheng drivers xihai --year 2025 --format csv
    """
    space = opened(workspace)
    with working("drivers"):
        result = run_drivers(space, year)
    parties = [one["party"] for one in result["parties"] if party in (None, one["party"])]
    names = names_of_institutions(space)
    rows = []
    for one in parties:
        mine = [row for row in result["institutions"] if row["party"] == one]
        rows += mine[:top] if form == "table" else mine
    if form == "table":
        columns = ["医共体", "机构", "类别", "基金支出（元）", "上年（元）", "按上年水平（元）", "增减（元）"]
        told = [
            [
                row["party"],
                names.get(row["institution"], row["institution"]),
                KINDS.get(row["kind"], row["kind"]),
                *(yuan(row[name]) for name in ("fen", "fen_before", "expected_fen", "more_fen")),
            ]
            for row in rows
        ]
        answer(form, result, columns, told, f"{year} · {result['run']}")
    else:
        answer(form, result, list(COLUMNS), [[row[name] for name in COLUMNS] for row in rows])
    if party and not parties:
        say(f"{year} 年没有医共体 {party} 的参保归属")
    return DONE
