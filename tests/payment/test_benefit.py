"""What must hold of the benefit of a person, whatever the visit."""

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
from yiheng.payment import Fact, PartyFacts, settle

SOURCE = shipped(ROOT / "policies" / "four-layer-benefit" / "2025.yaml")
WHY = Because(Words("例", "example"))
WORDS = {name: list(fact.words) for name, fact in SOURCE.policy.facts.items() if fact.kind == "word"}

amounts = st.one_of(st.integers(0, 50_000), st.integers(0, 10**9))


@st.composite
def visits(draw, **fixed):
    visit = {name: draw(st.sampled_from(words)) for name, words in WORDS.items()} | fixed
    covered = draw(amounts)
    visit |= {"covered": covered, "cost": covered + draw(amounts)}
    visit |= {"deductible_used": draw(st.integers(0, 100_000)), "paid_before": draw(st.integers(0, 25_000_000))}
    return visit | {"points": draw(st.sampled_from([0, 999, 1000, 5000]))}


def fact(name, value):
    kind = SOURCE.policy.facts[name].kind
    if kind == "word":
        return Fact(None, WHY, word=value)
    return Fact(None, WHY, number=Fraction(value)) if kind == "number" else Fact(Fen(value), WHY)


def borne(visit, **assume):
    facts = PartyFacts("v1", {name: fact(name, value) for name, value in visit.items()})
    further = settle(SOURCE, 2025, facts, assume=assume).further
    return {name.removeprefix("payer/"): amount for name, amount in further.items()}


def own(visit, **assume):
    return borne(visit, **assume)["个人"]


@settings(max_examples=500)
@given(visits())
def test_the_layers_add_up_to_the_cost_and_the_person_bears_all_that_is_not_covered(visit):
    layers = borne(visit)
    assert total(layers.values()) == Fen(visit["cost"])
    assert all(amount >= Fen(0) for amount in layers.values())
    assert layers["个人"] >= Fen(visit["cost"] - visit["covered"])
    assert layers["基本医保"] <= Fen(max(20_000_000 - visit["paid_before"], 0))


@settings(max_examples=500)
@given(visits())
def test_a_low_income_never_pays_more_and_no_more_than_a_tenth_of_what_is_covered(visit):
    poor = own({**visit, "low_income": "yes"})
    assert poor <= own({**visit, "low_income": "no"})
    # A tenth, rounded half up.
    assert poor <= Fen(visit["cost"] - visit["covered"] + (visit["covered"] + 5) // 10)


@settings(max_examples=500)
@given(visits(), st.sampled_from(["signed", "referred", "path_clear", "supplementary", "chronic"]))
def test_what_is_meant_as_a_favour_never_costs_the_person(visit, favour):
    # Who signed goes step by step (source D): going past it to a tertiary hospital costs, and is no favour.
    if favour == "signed" and visit["level"] == "tertiary":
        visit = {**visit, "referred": "yes"}
    assert own({**visit, favour: "yes"}) <= own({**visit, favour: "no"})


@settings(max_examples=500)
@given(visits(), st.integers(1, 10**7))
def test_a_dearer_visit_never_costs_the_person_less(visit, more):
    dearer = {**visit, "covered": visit["covered"] + more, "cost": visit["cost"] + more}
    assert own(dearer) >= own(visit)
    assert total(borne(dearer).values()) == Fen(visit["cost"] + more)


@settings(max_examples=300)
@given(visits(setting="outpatient", level="primary", signed="yes"), st.sampled_from([("10", "15"), ("15", "20")]))
def test_a_larger_raise_never_costs_the_signed_more(visit, raises):
    less, more = raises
    assert own(visit, signed_raise=more) <= own(visit, signed_raise=less)
    assert own(visit, signed_cut="100") <= own(visit, signed_cut="50")


@settings(max_examples=300)
@given(visits(), st.integers(0, 2000), st.integers(0, 2000))
def test_more_health_points_never_cost_more(visit, some, more):
    assert own({**visit, "points": some + more}) <= own({**visit, "points": some})


def test_a_word_that_is_neither_yes_nor_no_is_refused():
    visit = {name: words[0] for name, words in WORDS.items()} | {"path_clear": "perhaps"}
    visit |= {"cost": 100, "covered": 100, "deductible_used": 0, "paid_before": 0, "points": 0}
    with pytest.raises(Refusal, match="'path_clear' of 'v1' is 'perhaps'"):
        borne(visit)


def test_point_9_a_guarantee_is_rounded_in_favour_of_the_person():
    """Of 95,872.65 covered 90 % are 86,285.385. The own part is 9,587.265 at most, so 9,587.26, and 86,285.39 are paid."""
    visit = dict.fromkeys(WORDS, "no") | {"setting": "inpatient", "level": "tertiary", "low_income": "yes"}
    visit |= {"cost": 9_587_265, "covered": 9_587_265, "deductible_used": 0, "paid_before": 0, "points": 0}
    layers = borne(visit)
    assert layers["个人"] == Fen(958_726)
    assert total(amount for name, amount in layers.items() if name != "个人") == Fen(8_628_539)


@given(visits(low_income="yes"))
def test_point_9_never_less_is_paid_than_was_guaranteed(visit):
    layers = borne(visit | {"cost": visit["covered"]})
    assert 100 * layers["个人"].n <= 10 * visit["covered"]


def test_point_9_a_chinese_reason_names_a_class_in_chinese():
    visit = dict.fromkeys(WORDS, "no") | {"setting": "inpatient", "level": "tertiary"}
    visit |= {"cost": 100_000, "covered": 100_000, "deductible_used": 0, "paid_before": 0, "points": 0}
    facts = PartyFacts("v1", {name: fact(name, value) for name, value in visit.items()})
    told = settle(SOURCE, 2025, facts).as_json()
    assert "住院起付线：三级 800 元" in told and "in-patient deductible: tertiary 800 yuan" in told
