"""Every figure of the policies of ``figures_by_hand``, to the fen, on random facts inside their domains (shows of point 8)."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from functools import partial
from math import floor
from random import Random

import pytest

from tests.payment import test_by_hand, test_mssp_all_tracks
from tests.payment.by_hand import POLICIES as BY_HAND
from tests.payment.figures_by_hand import FIGURES, each, four_layers
from tests.payment.test_by_hand import SOURCES, near
from yiheng.payment import Statement, settle_each, share_pools
from yiheng.runs.facts import FactsRow, facts_of_row

YEARS = {"luohu": [2016], "us-ahead": range(2026, 2036), "merged-hospital": range(2017, 2020)}
# Rows of a year; those of the norm by risk make one pool.
EACH, POOL = 25, 12
VISITS = 400


def visit(rng: Random, source) -> dict[str, str]:
    """A visit near the deductibles, the ceiling and a thousand points, as well as far from them."""
    row = near(rng, source)
    covered = rng.choice((rng.randint(0, 100_000), rng.randint(0, 5_000_000), rng.randint(0, 60_000_000)))
    row |= {"covered": yuan(covered), "cost": yuan(covered + rng.choice((0, rng.randint(0, 1_000_000))))}
    row |= {"deductible_used": yuan(rng.choice((0, rng.randint(0, 120_000))))}
    return row | {
        "paid_before": yuan(rng.choice((0, rng.randint(0, 25_000_000)))),
        "points": rng.choice(("0", "999", "1000", "999.99", "5000")),
    }


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def agreement(rng: Random, source) -> dict[str, str]:
    """Half of the rows within the budget; of an overrun no more than there is has a cause."""
    row = near(rng, source)
    left = max(floor(Fraction(row["spend"]) * 100 - Fraction(row["base_spend"]) * 105) - 1000, 0)
    for name in ("uncontrollable", "justified", "mismanagement"):
        part = rng.randint(0, left)
        row[name], left = yuan(part), left - part
    return row


def people(rng: Random, source) -> dict[str, str]:
    """Cells from a handful of people to a town; some are met in the year alone, some no more."""
    row = near(rng, source)
    for column in ("cells_2", "cells_1", "cells"):
        names = rng.sample(["child", "adult", "old", "ill", "rare"], rng.randint(1, 5))
        row[column] = "; ".join(
            f"{one} {rng.choice((rng.randint(1, 20_000), rng.randint(1, 10**7)))} {yuan(rng.randint(1, 4 * 10**9))}"
            for one in names
        )
    return row


DRAWN = {"four-layer-benefit": visit, "consortium-agreement": agreement, "risk-example": people, "zero-base": near}


def shown(statement: Statement) -> dict[str, int]:
    further = {name: amount.n for name, amount in statement.further.items()}
    uses = {f"use/{name}": amount.n for name, amount in statement.shared.items()}
    figures = {name: amount.n for name, amount in statement.figures.items()}
    return figures | further | uses | {"still_payable": max(further.get("payable", 0), 0)}


def compared(name: str, rows: list[dict[str, str]], year: int, by_hand, **assume: str) -> Counter:
    """Settle the rows of a year together; how many moved each figure."""
    source = SOURCES[name]
    cells = {f"p{i}": row for i, row in enumerate(rows)}
    read = [facts_of_row(source, "f.csv", FactsRow(p, year, i + 2, row)) for i, (p, row) in enumerate(cells.items())]
    parties = share_pools(source, year, read, assume=assume)
    expected, moved = by_hand(cells, year), Counter()
    for party, came in settle_each(source, year, parties, assume=assume):
        assert isinstance(came, Statement), came
        got = shown(came)
        # A layer or use that is not shown is nothing.
        assert {one: got.get(one, 0) for one in expected[party]} == expected[party], (cells[party], assume)
        moved.update(one for one, amount in expected[party].items() if amount)
    return moved


@pytest.mark.parametrize("name", [one for one in FIGURES if one not in ("four-layer-benefit", "risk-example")])
def test_point_8_every_figure_is_what_a_computation_of_its_own_gives(name):
    """Luohu 25, AHEAD 250, merged hospital 75, projects and agreement 125 each by years: 600 rows."""
    rng, source, moved = Random(name), SOURCES[name], Counter()
    draw = DRAWN.get(name, near)
    for year in YEARS.get(name, range(source.policy.in_force.first.year, source.policy.in_force.last.year + 1)):
        rows = [draw(rng, source) for _ in range(EACH)]
        moved += compared(name, rows, year, FIGURES[name])
    # No side of a policy is left untried.
    assert moved["kept"] > 5 and moved["party_bears"] + moved["fund_bears"] > 5, moved


def test_point_8_a_norm_by_risk_is_shared_to_the_fen_by_a_computation_of_its_own():
    """20 pools of 12 parties: 240 rows."""
    rng, moved = Random("risk"), Counter()
    for _ in range(20):
        rows = [people(rng, SOURCES["risk-example"]) for _ in range(POOL)]
        moved += compared("risk-example", rows, 2025, FIGURES["risk-example"])
    assert moved["kept"] > 20 and moved["party_bears"] > 5, moved


@pytest.mark.parametrize(
    "assume",
    [{}, {"reads": "of the ratio"}, {"over": "big hospital"}, {"reads": "of the ratio", "over": "big hospital"}],
)
def test_point_8_each_layer_of_a_visit_is_what_a_computation_of_its_own_gives(assume):
    """400 visits under each of four readings: 1,600 rows."""
    rng = Random(f"visits{assume}")
    rows = [visit(rng, SOURCES["four-layer-benefit"]) for _ in range(VISITS)]
    moved = compared("four-layer-benefit", rows, 2025, each(partial(four_layers, **assume)), **assume)
    assert all(moved[f"payer/{one}"] > 20 for one in ("基本医保", "补充保险", "医疗救助", "个人")), moved


def test_point_8_every_shipped_policy_is_computed_twice():
    """20 by 100 rows, us-mssp 9 years by 10 tracks by 25, the rest above: 6,690 rows of all policies."""
    assert set(BY_HAND) | set(FIGURES) | {"us-mssp"} == set(SOURCES)
    mssp = len(test_mssp_all_tracks.YEARS) * len(test_mssp_all_tracks.LARGEST) * test_mssp_all_tracks.EACH
    assert len(BY_HAND) * test_by_hand.ROWS + mssp + 600 + 240 + 4 * VISITS >= 2_000
