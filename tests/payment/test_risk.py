"""Norms by risk: weights, small cells, the cap on coding growth, and the pool to the fen."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.payment.test_examples import shipped
from yiheng.basis.evidence import Because, Words
from yiheng.basis.money import Fen, total
from yiheng.basis.refusals import Refusal
from yiheng.payment import CellSum, Fact, PartyFacts, fact_read, share_pools
from yiheng.payment.risk import cell_weights

POLICY = shipped(ROOT / "policies" / "risk-example" / "2025.yaml")
WHY = Because(Words("例", "example"))
YEAR_DAYS = 365


def cells(**sums: tuple[int, int]) -> dict[str, CellSum]:
    """Cells from person-years and yuan."""
    return {name: CellSum(years * YEAR_DAYS, Fen(yuan * 100)) for name, (years, yuan) in sums.items()}


def party(name: str, base: dict[str, CellSum], now: dict[str, CellSum] | None = None) -> PartyFacts:
    by_cell = {"cells": now or base, "cells_1": base, "cells_2": base}
    return PartyFacts(name, {fact: Fact(None, WHY, cells=sums) for fact, sums in by_cell.items()})


def norms(*parties: PartyFacts) -> dict[str, Fact]:
    return {one.party: one.facts["norm"] for one in share_pools(POLICY, 2025, parties)}


def test_a_cell_below_the_minimum_counts_by_its_credibility():
    base = cells(young=(150, 15_000), rare=(50, 45_000))
    weights = cell_weights(base, Fraction(100), Fraction(100))
    # Mean of all 60,000 / 200 = 300. Young 100 / 300 = 1/3. Rare 900 / 300 = 3, Z = 50 / 150 = 1/3: 1/3 x 3 + 2/3 = 5/3.
    # Their mean (150 x 1/3 + 50 x 5/3) / 200 = 2/3, so young 1/2 and rare 5/2.
    assert {name: one.value for name, one in weights.items()} == {"young": Fraction(1, 2), "rare": Fraction(5, 2)}
    # From the minimum on, a cell counts as it is.
    assert cell_weights(base, Fraction(50), Fraction(100))["rare"].value == 3


def test_a_cell_that_nobody_was_in_before_counts_as_the_mean_of_all():
    east, west = cells(child=(200, 20_000)), cells(old=(200, 60_000))
    made = norms(party("east", east, cells(child=(100, 0), new=(100, 0))), party("west", west))
    # Mean 200; weights 1/2, 3/2, new 1. East 100 x 1/2 + 100 x 1 = 150, its base 200 x 1/2 = 100, capped at 103.
    # West 300. Pool 80,000: east 80,000 x 103 / 403 = 20,446.650…, west 59,553.349….
    assert {name: fact.amount for name, fact in made.items()} == {"east": Fen(20_446_65), "west": Fen(59_553_35)}


def test_the_reasons_show_cells_and_own_history_and_add_up():
    east = cells(child=(100, 8_000), adult=(100, 42_000))
    west = cells(child=(100, 12_000), adult=(100, 18_000), old=(100, 120_000))
    because = norms(party("east", east), party("west", west))["west"].because
    *_, by_cell, history, gain = because.rests_on
    # west's 160,000 by index 25, 75, 300
    assert {line.says.en.split(":")[0]: line.amount for line in by_cell.rests_on} == {
        "child": Fen(10_000_00),
        "adult": Fen(30_000_00),
        "old": Fen(120_000_00),
    }
    assert by_cell.amount == because.amount == Fen(160_000_00)
    assert (history.amount, gain.amount, gain.says.en) == (
        Fen(150_000_00),
        Fen(10_000_00),
        "gains against own history",
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [("old 365", "is no cell"), ("old 365 1.00; old 365 1.00", "appears twice"), ("old 365 1.005", "not an amount")],
)
def test_cells_of_a_file_that_cannot_be_read_are_refused(text, words):
    with pytest.raises(Refusal, match=words):
        fact_read(POLICY.policy.facts["cells"], text, "cells", None)


def test_base_years_without_people_or_money_give_no_norm():
    with pytest.raises(Refusal, match="no person-days or no money"):
        norms(party("east", cells(old=(0, 0))))
    with pytest.raises(Refusal, match="'east' answered for nobody"):
        norms(party("east", cells(old=(0, 0))), party("west", cells(old=(1, 1))))


def test_people_of_nobody_now_or_money_below_zero_give_no_norm():
    with pytest.raises(Refusal, match="nothing or below zero"):
        norms(party("east", cells(old=(1, 1)), cells(old=(0, 0))))
    east, west = cells(old=(200, -10)), cells(young=(200, 100))
    with pytest.raises(Refusal, match="nothing or below zero"):
        norms(party("east", east), party("west", west))


def test_a_file_that_names_no_cells_or_values_of_another_unit_is_refused(tmp_path):
    text = (ROOT / "policies" / "risk-example" / "2025.yaml").read_text("utf-8")
    for old, new, words in (
        ("now: cells\n", "now: spend\n", "takes 'spend', which is not a fact of kind cells"),
        ("minimum: smallest_cell", "minimum: corridor", "takes 'corridor', which is not a value in count"),
    ):
        assert old in text
        file = tmp_path / "2025.yaml"
        file.write_text(text.replace(old, new), "utf-8")
        with pytest.raises(Refusal, match=words):
            shipped(file)


sums = st.dictionaries(
    st.sampled_from("abc"),
    st.builds(CellSum, st.integers(1, 10**6), st.builds(Fen, st.integers(1, 10**11))),
    min_size=1,
)


@settings(max_examples=2000, derandomize=True, deadline=None)
@given(st.lists(st.tuples(sums, sums), min_size=1, max_size=3))
def test_the_norms_of_all_parties_add_up_to_the_pool_to_the_fen(drawn):
    parties = [party(f"p{i}", base, now) for i, (base, now) in enumerate(drawn)]
    made = norms(*parties)
    # Both base years are the same here, so the pool is one year's money.
    assert total(fact.amount for fact in made.values()) == total(
        one.amount for base, _ in drawn for one in base.values()
    )
    for fact in made.values():
        by_cell = fact.because.rests_on[2]
        assert total(line.amount for line in by_cell.rests_on) == by_cell.amount == fact.amount
