"""What must hold of pots, ranks, outcome pay and grades, whatever the figures."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.payment.test_examples import shipped
from yiheng.basis.evidence import Because, Words
from yiheng.basis.money import Fen, total
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.payment import Fact, PartyFacts, settle, share_pools
from yiheng.policy import read_policy

WHY = Because(Words("例", "example"))
YEAR = 2025


def policy(name):
    return shipped(ROOT / "policies" / name / "2025.yaml")


PROVINCE, XIAMEN, DIABETES = policy("province-subsidy"), policy("xiamen"), policy("diabetes-outcome")
CREDIT, CENTRE, CAR_T = policy("institution-credit"), policy("shared-centre"), policy("car-t-instalments")


def party(name, amounts=(), **numbers):
    facts = {n: Fact(None, WHY, number=Fraction(v)) for n, v in numbers.items()}
    return PartyFacts(name, facts | {n: Fact(Fen(v), WHY) for n, v in dict(amounts).items()})


counties = st.lists(
    st.tuples(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 1000), st.integers(1, 1000)),
    min_size=1,
    max_size=8,
)


def provinces(rows):
    return [
        party(
            f"c{i}",
            people=people,
            signed_services=signed,
            primary_share=Fraction(share, 1000),
            satisfaction=Fraction(liked, 1000),
        )
        for i, (people, signed, share, liked) in enumerate(rows)
    ]


@settings(max_examples=200)
@given(counties)
def test_the_parts_of_the_province_add_up_to_fifteen_yuan_a_head(rows):
    paid = [settle(PROVINCE, YEAR, one).further["reward"] for one in share_pools(PROVINCE, YEAR, provinces(rows))]
    assert total(paid) == Fen(1500 * sum(people for people, *_ in rows))


@settings(max_examples=200)
@given(counties)
def test_the_order_of_parties_does_not_matter(rows):
    def parts(parties):
        return {one.party: one.known("part")[0] for one in share_pools(PROVINCE, YEAR, parties)}

    parties = provinces(rows)
    assert parts(parties) == parts(parties[::-1])


@settings(max_examples=100)
@given(st.lists(st.integers(0, 100), min_size=1, max_size=12))
def test_no_more_than_the_best_fifth_and_its_equals_is_rewarded(scores):
    parties = [party(f"c{i:02}", signed=1000, score=Fraction(score, 100)) for i, score in enumerate(scores)]
    statements = [settle(XIAMEN, YEAR, one) for one in share_pools(XIAMEN, YEAR, parties)]
    # Who gets nothing is told so under the reward; a fee of 1,000 people is never nothing.
    best = {score for score, s in zip(scores, statements, strict=True) if s.further["reward/排名奖励"]}
    rest = {score for score, s in zip(scores, statements, strict=True) if not s.further["reward/排名奖励"]}
    assert bool(best) == (len(scores) >= 5)
    assert not best or not rest or min(best) > max(rest)
    assert sum(score > min(best, default=100) for score in scores) * 5 < len(scores)


@settings(max_examples=200)
@given(st.integers(1, 10**5), st.integers(0, 1000), st.integers(0, 1000))
def test_a_better_result_never_pays_less_and_linear_lies_between_the_ends(people, some, more):
    def paid(result, between):
        one = party("h", patients=people, control_rate=Fraction(min(result, 1000), 1000), complications=0)
        return settle(DIABETES, YEAR, one, assume={"between": between}).further["reward"]

    assert paid(some + more, "linear") >= paid(some, "linear")
    assert paid(some, "lower") <= paid(some, "linear") <= paid(some, "upper")


@settings(max_examples=200)
@given(st.integers(0, 10**13), st.integers(0, 1000))
def test_a_grade_begins_at_its_lower_edge(payment, tenths):
    statement = settle(CREDIT, YEAR, party("h", {"payment": payment}, score=Fraction(tenths, 1000)))
    added, cut = statement.further.get("reward", Fen(0)), statement.figures["party_bears"]
    assert bool(added) == (tenths >= 900 and payment >= 10)
    assert bool(cut) == (tenths < 600 and payment >= 5)


@settings(max_examples=200)
@given(st.integers(0, 10**12), st.integers(0, 10**12))
def test_income_and_cost_of_a_shared_centre_are_split_to_the_fen(income, cost):
    further = settle(CENTRE, YEAR, party("lab", {"income": income, "cost": cost})).further
    assert total(v for n, v in further.items() if n.startswith("reward/")) == Fen(income)
    assert total(v for n, v in further.items() if n.startswith("payer/")) == Fen(cost)


def changed(tmp_path, name, old, new):
    text = (ROOT / "policies" / name / "2025.yaml").read_text("utf-8")
    assert old in text
    file = tmp_path / "2025.yaml"
    file.write_text(text.replace(old, new), "utf-8")
    return read_policy(file)


def test_an_instalment_without_its_event_is_refused(tmp_path):
    source = changed(tmp_path, "car-t-instalments", "events: [remission, relapse_free]", "events: [remission]")
    with pytest.raises(Refusal, match="the instalments are remission, relapse_free, the events remission"):
        settle(source, YEAR, party("h", remission=1, relapse_free=0))


def test_marks_that_are_turned_round_are_refused(tmp_path):
    source = changed(tmp_path, "diabetes-outcome", "value: 80, article", "value: 50, article")
    with pytest.raises(Refusal, match="the high result \\(50 %\\) is not above the low one"):
        settle(source, YEAR, party("h", patients=1, control_rate=1, complications=0))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("rank_of: score", "rank_of: score\n    pot: fee\n    by: {score: 100}", "needs one of"),
        ("rank_of: score", "rank_of: score\n    each: signed", "belong to a pot"),
    ],
)
def test_a_pool_of_two_kinds_is_refused(tmp_path, old, new, says):
    with pytest.raises(Refusals, match=says):
        changed(tmp_path, "xiamen", old, new)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 100)), min_size=1, max_size=8))
def test_point_9_gains_and_losses_of_all_institutions_add_up_to_nothing_to_the_fen(rows):
    """The larger side comes down to the smaller; nobody gains more than 5 % or loses more than 10 %."""
    parties = [party(f"i{i}", {"payment": fen}, score=Fraction(score, 100)) for i, (fen, score) in enumerate(rows)]
    shared = share_pools(CREDIT, YEAR, parties, assume={"adds_up": "zero_sum"})
    settled = [settle(CREDIT, YEAR, one, assume={"adds_up": "zero_sum"}) for one in shared]
    gained = sum(s.further["reward"].n for s in settled if "reward" in s.further)
    lost = sum(s.figures["party_bears"].n for s in settled)
    # Half up: a twentieth of what an institution from 90 on was paid, a tenth below 60.
    gains = {f"i{i}": (fen + 10) // 20 for i, (fen, score) in enumerate(rows) if score >= 90}
    losses = {f"i{i}": (fen + 5) // 10 for i, (fen, score) in enumerate(rows) if score < 60}
    assert gained == lost == min(sum(gains.values()), sum(losses.values()))
    for s in settled:
        assert "reward" not in s.further or s.further["reward"].n <= gains.get(s.party, 0)
        assert s.figures["party_bears"].n <= losses.get(s.party, 0)
