"""What must hold of every settlement, whatever the figures."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.payment.test_examples import POLICIES, shipped
from yiheng.basis.evidence import Because, Words
from yiheng.basis.money import NOTHING, Fen, total
from yiheng.payment import Fact, PartyFacts, settle

YEAR = {"us-desynpuf": 2010, "qingdao": 2025, "guangdong": 2025}
# These start from amounts alone; policies with scores and tracks have properties of their own.
SOURCES = [source for source in map(shipped, POLICIES) if source.policy.policy in YEAR]
WHY = Because(Words("例", "example"))

sources = st.sampled_from(SOURCES)
amounts = st.integers(0, 10**13)


def settled(source, figures: dict[str, int]):
    names = source.policy.facts
    facts = PartyFacts("p", {name: Fact(Fen(figures.get(name, 0)), WHY) for name in names})
    return settle(source, YEAR[source.policy.policy], facts)


@st.composite
def cases(draw):
    source = draw(sources)
    return source, {name: draw(amounts) for name in source.policy.facts}


@settings(max_examples=400)
@given(cases())
def test_an_overrun_is_borne_to_the_fen_and_a_surplus_is_kept_or_returned(case):
    figures = settled(*case).figures
    assert figures["fund_bears"] + figures["party_bears"] == figures["overrun"]
    assert NOTHING <= figures["kept"] <= figures["surplus"]
    assert not (figures["surplus"] and figures["overrun"])
    assert figures["budget"] - figures["spend"] == figures["surplus"] - figures["overrun"]


@settings(max_examples=400)
@given(cases())
def test_the_parts_shared_inside_add_up_to_what_was_kept(case):
    statement = settled(*case)
    if statement.shared:
        assert total(statement.shared.values()) == statement.figures["kept"]


@settings(max_examples=400)
@given(cases())
def test_the_book_makes_and_loses_nothing(case):
    statement = settled(*case)
    balances: dict[str, int] = {}
    for t in statement.transfers:
        balances[str(t.giver)] = balances.get(str(t.giver), 0) - t.amount.n
        balances[str(t.taker)] = balances.get(str(t.taker), 0) + t.amount.n
    assert sum(balances.values()) == 0
    assert balances.get("budget/p", 0) == 0


@settings(max_examples=400)
@given(cases(), st.integers(1, 10**9))
def test_more_spending_never_yields_more_kept(case, more):
    source, figures = case
    assert (
        settled(source, {**figures, "spend": figures["spend"] + more}).figures["kept"]
        <= settled(source, figures).figures["kept"]
    )


@settings(max_examples=400)
@given(cases(), st.integers(2, 1000))
def test_scaling_all_money_scales_the_result_up_to_rounding(case, k):
    source, figures = case
    once = settled(source, figures).figures
    scaled = settled(source, {name: n * k for name, n in figures.items()}).figures
    # Each figure is off by less than a fen before scaling, and rounds a few times on its way.
    for name, amount in once.items():
        assert abs(Fraction(scaled[name].n, k) - amount.n) <= 3, name


@settings(max_examples=200)
@given(cases())
def test_every_figure_has_a_reason_that_arrives_at_it(case):
    statement = settled(*case)
    for name, amount in statement.figures.items():
        assert statement.because[name].amount == amount
