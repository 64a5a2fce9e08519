"""What must hold of every settlement, whatever the policy and the figures: of all that ship, and of made ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.payment.drawn import SHARING, SHIPPED, SPENDING, Drawn, cases, scaled, spend_facts
from yiheng.basis.evidence import Because, Words
from yiheng.basis.money import NOTHING, Fen, total
from yiheng.basis.refusals import Refusal
from yiheng.payment import FIGURES, STEPS, Account, Book, Fact, PartyFacts, Statement, settle, share_pools
from yiheng.payment.settle import FURTHER, NO_OVERRUN, NO_SURPLUS, NOT_CLEARED, NOT_SHARED
from yiheng.policy import PolicyFile, Terms

WHY_NOTHING = (NO_OVERRUN, NO_SURPLUS, NOT_CLEARED, NOT_SHARED)

# Policies that pay more to a party that spends more, each with the test that shows where and why.
MAY_PAY_FOR_SPENDING = {"yancheng-median": "test_the_median_rule_pays_more_for_a_surplus_nearer_to_the_mean"}
# No other transfer of a step rounds, and none rounds more than what it moves and the limit it moves up to.
ROUNDINGS_OF_A_STEP = 2
# Policies whose gates and scores shut a surplus in every draw; their examples pay one.
SHUT = {"us-mssp/2023.yaml": {"kept"}, "guangyuan/2019.yaml": {"kept"}}
WHY = Because(Words("例", "example"))

many = settings(max_examples=2000, derandomize=True, deadline=None)


@many
@given(cases())
def test_what_must_hold_of_a_statement(case):
    for party, statement in case.statements().items():
        _overrun_is_borne_and_surplus_kept_or_returned(statement)
        _book_makes_and_loses_nothing(statement)
        _parts_add_up(statement)
        _reasons_add_up(statement)
        _reasons_name_their_places(case.source, party, statement)


def _overrun_is_borne_and_surplus_kept_or_returned(statement: Statement) -> None:
    figures = statement.figures
    assert figures["fund_bears"] + figures["party_bears"] == figures["overrun"]
    assert NOTHING <= figures["kept"] <= figures["surplus"]
    assert not (figures["surplus"] and figures["overrun"])
    assert figures["budget"] - figures["spend"] == figures["surplus"] - figures["overrun"]


def _book_makes_and_loses_nothing(statement: Statement) -> None:
    book, accounts = Book(), {a for t in statement.transfers for a in (t.giver, t.taker)}
    for account in accounts:
        book.open(account)
    for transfer in statement.transfers:
        book.post(transfer)
        assert total(book.balance(account) for account in accounts) == NOTHING
    book.close()
    assert not any(book.balance(a) for a in accounts if a.kind in ("budget", "due", "owed"))


def _parts_add_up(statement: Statement) -> None:
    kept = Account("kept", statement.party)
    if statement.shared:
        assert total(statement.shared.values()) == total(t.amount for t in statement.transfers if t.giver == kept)


def _reasons_add_up(statement: Statement) -> None:
    """A figure that is a sum of transfers is the sum of the lines that tell of them."""
    stepped = tuple(step.en.rstrip(".") for step in STEPS.values())
    for name, amount in statement.figures.items():
        because = statement.because[name]
        assert because.amount == amount
        if name not in ("surplus", "overrun"):
            lines = [line for line in because.rests_on if line.says.en.startswith(stepped)]
            assert total(line.amount for line in lines) == amount, name
    sides = [statement.because["surplus"].rests_on, statement.because["overrun"].rests_on]
    assert all(
        [side.amount for side in two] == [statement.figures["budget"], statement.figures["spend"]] for two in sides
    )
    for name, amount in statement.further.items():
        assert name.split("/")[0] in FURTHER and amount >= NOTHING
    for line in (one for because in statement.because.values() for one in _nodes(because)):
        if line.says.en == "sum over cells":
            assert total(below.amount for below in line.rests_on) == line.amount


def _reasons_name_their_places(source: PolicyFile, party: str, statement: Statement) -> None:
    """The lowest lines name the policy's file and line or the fact's place, are money that stands in the book, or say why
    a figure is nothing."""
    book = {t.amount for t in statement.transfers} | set(statement.figures.values())
    balances: dict[Account, Fen] = {}
    for t in statement.transfers:
        balances[t.giver] = balances.get(t.giver, NOTHING) - t.amount
        balances[t.taker] = balances.get(t.taker, NOTHING) + t.amount
        book |= {balances[t.giver], balances[t.taker], -balances[t.giver]}
    for name, because in statement.because.items():
        for leaf in (one for one in _nodes(because) if not one.rests_on):
            if leaf in WHY_NOTHING:
                assert not statement.figures[name], (name, leaf)
            elif leaf.source is None:
                assert leaf.amount is not None and leaf.amount in book, (name, leaf)
            elif leaf.source.where == source.file:
                assert leaf.source.at.isdecimal(), leaf
            else:
                assert leaf.source.where == "facts.csv", leaf


def _nodes(because: Because) -> Iterator[Because]:
    yield because
    for below in because.rests_on:
        yield from _nodes(below)


@many
@given(cases())
def test_the_parts_of_a_pot_add_up_to_it_and_the_norms_to_their_pool(case):
    statements = case.statements()
    terms = Terms(case.source, dt.date(case.year, 12, 31))
    for name, pool in case.source.policy.pools.items():
        if pool.pot is not None:
            parts = [_used(statement, pool.says.en) for statement in statements.values()]
            assert None in parts or total(parts) == terms.amount(pool.pot, "").value, name
    for name, risk in case.source.policy.risk.items():
        norms = [_used(statement, risk.says.en) for statement in statements.values()]
        base = sum(s.amount.n for p in case.parties for fact in risk.base for s in p.facts[fact].cells.values())
        assert total(norms) == terms.rounded(Fraction(base, len(risk.base))), name


def _used(statement: Statement, says: str) -> Fen | None:
    """What the budget's reasons say of a fact that was made of all parties' figures."""
    told = [one.amount for one in _nodes(statement.because["budget"]) if one.says.en.startswith(says + ":")]
    return told[0] if told else None


@many
@given(cases(SPENDING), st.integers(0, 9), st.integers(1, 10**9))
def test_more_spending_never_yields_more_kept(case, nth, more):
    names = spend_facts(case.source)
    name = names[nth % len(names)]
    before = case.parties[0].facts[name]
    dearer = case.with_fact(name, replace(before, amount=before.amount + Fen(more)))
    party = case.parties[0].party
    once = case.statements()[party].figures["kept"]
    assert dearer.statements()[party].figures["kept"] <= once or case.source.policy.policy in MAY_PAY_FOR_SPENDING


@pytest.mark.parametrize(("spend", "kept"), [(720_000, 140_000), (740_000, 156_000)])
def test_the_median_rule_pays_more_for_a_surplus_nearer_to_the_mean(spend, kept):
    # Package 10,000 x 100. The other 26,000 people cost 2,270,000.
    # 720,000: mean 2,990,000 / 36,000 = 83.06, reasonable 169,444; (280,000 - 169,444) / 1,000,000 = 11.1 %: 50 %.
    # 740,000: mean 3,010,000 / 36,000 = 83.61, reasonable 163,889; (260,000 - 163,889) / 1,000,000 = 9.6 %: 60 %.
    (source,) = (one for one in SHIPPED if one.policy.policy == "yancheng-median")
    people, spends = {"a": 10_000, "b": 26_000}, {"a": spend, "b": 2_270_000}
    parties = [
        PartyFacts(p, {"signed_people": Fact(None, WHY, Fraction(people[p])), "spend": Fact(Fen(spends[p] * 100), WHY)})
        for p in people
    ]
    statement = settle(source, 2017, share_pools(source, 2017, parties)[0], assume={"deviation_base": "budget"})
    assert statement.figures["kept"] == Fen(kept * 100)


@many
@given(cases(), st.integers(2, 1000))
def test_scaling_all_money_scales_the_result_up_to_rounding(case, k):
    once, times_k = case.statements(), scaled(case, k).statements()
    policy = case.source.policy
    # A rounding is off by less than a fen before scaling and by less than a k-th of one after.
    bound = ROUNDINGS_OF_A_STEP * (len(policy.steps) + len(policy.pools) + len(policy.risk)) * (1 + Fraction(1, k))
    for party, statement in once.items():
        if _gates_shut(statement) != _gates_shut(times_k[party]):
            # At the very edge the fen of a rounded budget decides whether a gate is open.
            continue
        for name, amount in statement.figures.items():
            assert abs(Fraction(times_k[party].figures[name].n, k) - amount.n) <= bound, name


def _gates_shut(statement: Statement) -> set[str]:
    return {t.step for t in statement.transfers if t.step.startswith("gate_")}


@many
@given(cases(), st.integers(0, 99), st.booleans())
def test_a_missing_fact_is_refused_by_name_or_was_not_needed(case, nth, absent):
    names = sorted(case.source.policy.facts)
    name = names[nth % len(names)]
    known = case.parties[0].facts[name]
    figures = {party: one.figures for party, one in case.statements().items()}
    poorer = case.with_fact(name, None if absent else Fact(None, known.because))
    try:
        assert {party: one.figures for party, one in poorer.statements_or_refusal().items()} == figures
    except Refusal as refusal:
        assert f"the fact '{name}' of '{case.parties[0].party}'" in str(refusal)


@many
@given(cases(SHARING))
def test_the_order_of_parties_does_not_matter(case):
    again = replace(case, parties=case.parties[::-1])
    assert again.statements() == case.statements()


@pytest.mark.parametrize("source", SHIPPED, ids=lambda source: source.file)
def test_every_shipped_policy_is_reached(source):
    """A strategy that never settles a policy would prove nothing of it."""
    reached = []

    @settings(max_examples=100, derandomize=True, deadline=None, database=None)
    @given(cases(st.just(source)))
    def draw(case: Drawn) -> None:
        reached.append(case.statements())

    draw()
    told = {name for statements in reached for one in statements.values() for name, n in one.figures.items() if n}
    assert told >= set(FIGURES) - {"fund_bears", "party_bears"} - SHUT.get(source.file, set()), told
