"""The verb that shows where a year's spending comes from: drivers."""

from __future__ import annotations

from pathlib import Path

import click

from yiheng.basis.evidence import Words
from yiheng.basis.refusals import Refusal, nearest
from yiheng.records.codes import VISIT_KIND
from yiheng.runs import names_of_institutions, run_drivers

from .heads import Heads
from .numbers import YEAR, Whole
from .show import answer, working, yuan
from .spoken import in_words
from .verb import DONE, format_option, opened, says_refusals, workspace_option

COLUMNS = ("party", "institution", "place", "kind", "fen", "settlements", "fen_before", "expected_fen", "more_fen")


@click.command()
@click.argument("party", required=False)
@click.option("--year", type=YEAR, required=True, help="The year that is broken down.")
@click.option("--top", type=Whole(1), default=10, show_default=True, help="So many rows of each party.")
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
    party = space.party(party)
    with working("drivers"):
        result = run_drivers(space, year)
    parties = [one["party"] for one in result["parties"] if party in (None, one["party"])]
    if party and not parties:
        near = nearest(party, [one["party"] for one in result["parties"]])
        raise Refusal(f"nobody was enrolled with '{party}' in {year}", cure=near)
    names = names_of_institutions(space)
    rows = []
    for one in parties:
        mine = [row for row in result["institutions"] if row["party"] == one]
        rows += mine[:top] if form == "table" else mine
    if form == "table":
        columns: Heads = [
            "party", "institution", Words("类别", "kind"), Words("基金支出（元）", "spending (yuan)"),
            Words("上年（元）", "last year (yuan)"), Words("按上年水平（元）", "expected (yuan)"),
            Words("增减（元）", "more or less (yuan)"),
        ]  # fmt: skip
        shown = [
            [
                row["party"],
                names.get(row["institution"], row["institution"]),
                in_words(VISIT_KIND, row["kind"]),
                *(yuan(row[name]) for name in ("fen", "fen_before", "expected_fen", "more_fen")),
            ]
            for row in rows
        ]
        answer(form, result, columns, shown, f"{year} · {result['run']}")
    else:
        answer(form, result, list(COLUMNS), [[row[name] for name in COLUMNS] for row in rows])
    return DONE
