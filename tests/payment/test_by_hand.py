"""The shipped policies against a computation of their own, on random facts inside their domains (shows of point 8)."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from tests.payment.by_hand import POLICIES as BY_HAND
from tests.payment.outside import inside
from tests.payment.test_domains import settled
from tests.payment.test_examples import POLICIES, shipped
from yiheng.payment import Statement
from yiheng.runs.facts import FactsRow

ROWS = 100
# The computation keeps the exact amount and the book moves whole fen: they are less than a fen apart.
FEN = 1
SOURCES = {file.parent.name: shipped(file) for file in POLICIES}


def near(rng: Random, source) -> dict[str, str]:
    """Facts as a place has them: money of one size, people for whom it is enough."""
    row = {}
    for fact in source.policy.facts.values():
        if fact.column is None:
            continue
        if fact.kind == "amount":
            row[fact.column] = f"{rng.randint(60_000_000, 140_000_000)}.{rng.randint(0, 99):02d}"
        elif fact.kind == "word":
            row[fact.column] = rng.choice(sorted(fact.words))
        elif fact.unit in ("people", "visits", "times", "points"):
            row[fact.column] = str(rng.randint(1, 1_500_000))
        elif fact.unit == "cases":
            row[fact.column] = str(rng.randint(0, 50))
        elif fact.unit == "factor":
            row[fact.column] = f"{rng.randint(1, min(3, int(fact.domain.most)) * 1000) / 1000:.3f}"
        else:
            row[fact.column] = inside(rng, fact)
    return row


def moved(statement: Statement) -> tuple[int, int]:
    """What is paid to the party in all, and what it bears; of a person's cost the own part."""
    further = {name: amount.n for name, amount in statement.further.items()}
    paid = statement.figures["kept"].n + sum(n for name, n in further.items() if name.startswith("reward"))
    own = sum(n for name, n in further.items() if name.startswith("payer/") and name != "payer/商业保险")
    return paid, statement.figures["party_bears"].n + own


@pytest.mark.parametrize("name", sorted(BY_HAND))
def test_point_8_a_policy_pays_what_a_computation_of_its_own_gives(name):
    """20 policies by 100 rows; us-mssp has 2,250 rows of its own, ``test_figures_by_hand`` has the others."""
    rng, source = Random(name), SOURCES[name]
    year = source.policy.in_force.last.year
    rows = [FactsRow(f"p{i}", year, i + 2, near(rng, source)) for i in range(ROWS)]
    came, expected = settled(source, rows), BY_HAND[name]([row.cells for row in rows])
    for row, (paid, borne) in zip(rows, expected, strict=True):
        statement = came[row.party]
        assert isinstance(statement, Statement), statement
        got = moved(statement)
        assert abs(Fraction(got[0]) - paid) < FEN and abs(Fraction(got[1]) - borne) < FEN, (
            row.cells,
            got,
            paid,
            borne,
        )
