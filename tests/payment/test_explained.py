"""Issue 12, point 22: what the reasons say gives the amount, and what moved nothing says why."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from tests.statements.shipped import POLICIES
from yiheng.basis.money import Fen, round_fen, share_out
from yiheng.payment import examples_file, settle, share_pools
from yiheng.payment.declare import percent, percent_of
from yiheng.payment.examples import example_facts
from yiheng.payment.leftovers import leftovers
from yiheng.policy import read_examples, read_policy

# An amount, or a number of people, times a rate; and an amount in parts as outcome pay writes it.
AMOUNT = r"(-?[\d,]+\.\d\d)"
# A rate in percent, or where that does not end about so much and the two numbers that are exact.
PRODUCT = re.compile(rf"(?:^|：|预算 ){AMOUNT} 元 × (?:(-?[\d.]+) %|≈-?[\d.]+ %（＝(-?\d+) ÷ (\d+)）)$")
DIFFERENCES = ("结余＝预算－支出，不足为零", "超支＝支出－预算，不足为零")
OUTCOME = re.compile(rf"(\d+) 人 ×（{AMOUNT} ＋ {AMOUNT} × ([\d./]+) %）元")


def settled():
    for file in POLICIES:
        source = read_policy(file, shown_as=f"{file.parent.name}/{file.name}")
        for place, one in read_examples(examples_file(file)):
            if one.refused is None:
                given = [example_facts(source, p, g, place) for p, g in {one.party: one.given, **one.others}.items()]
                parties = share_pools(source, one.year, given, assume=one.assume)
                yield pytest.param(
                    settle(source, one.year, parties[0], assume=one.assume), id=f"{file.parent.name}: {one.name}"
                )


def lines(because):
    yield because
    for below in because.rests_on:
        yield from lines(below)


@pytest.mark.parametrize("statement", list(settled()))
def test_point_22_a_product_gives_its_amount(statement):
    for why in (line for tree in statement.because.values() for line in lines(tree)):
        for says in why.says:
            assert "% %" not in says and "点值约" not in says
        if why.amount is not None and (found := PRODUCT.search(why.says.zh)):
            rate = Fraction(found[2]) / 100 if found[2] else Fraction(int(found[3]), int(found[4]))
            exact = Fen.from_yuan(found[1]).n * rate
            assert abs(why.amount.n) == abs(round_fen(exact, "half_up").n), why.says.zh
        if why.amount is not None and (found := OUTCOME.search(why.says.zh)):
            each = Fen.from_yuan(found[2]).n + Fen.from_yuan(found[3]).n * Fraction(found[4]) / 100
            assert abs(why.amount.n) == round_fen(int(found[1]) * each, "half_up").n, why.says.zh


def named(policy: str, start: str):
    return next(p.values[0] for p in settled() if p.id.startswith(f"{policy}: {start}"))


def test_point_22_a_gate_that_is_passed_leaves_its_trace():
    """5,500,000 of 110,000,000 are 5 per cent, above the elected 1 per cent."""
    told = "\n".join(named("us-mssp", "ENHANCED keeps three quarters").because["kept"].lines())
    assert "结余率 5 % 达到最低结余率 1 %，不扣减" in told


def test_point_22_leftover_fen_are_named():
    """0.11 by 50, 30 and 20 per cent: 5.5, 3.3 and 2.2 fen; one fen is left for the largest fraction."""
    because = named("qingdao", "A surplus is kept and shared").because
    assert "分得尾差 0.01 元" in because["use/基层设备与培训"].says.zh
    assert "零头舍去" in because["use/双向转诊人员"].says.zh


@pytest.mark.parametrize("statement", list(settled()))
def test_point_22_every_zero_has_its_reason_under_its_own_figure(statement):
    """Beside surplus and overrun, which are the difference of two figures, every figure that is nothing says why."""
    for name, amount in {**statement.figures, **statement.further}.items():
        if amount or name in ("surplus", "overrun"):
            continue
        own = [why for why in statement.because[name].rests_on if why.says.zh not in DIFFERENCES]
        # A surplus or an overrun that is there leaves its cuts; spending and budget of nothing say what they are.
        assert own, (name, list(statement.because[name].lines()))


def test_point_22_the_zeros_of_both_sides_say_what_was_not_there_or_who_bore_it():
    saved, borne = named("luohu", "Less spending"), named("luohu", "More spending")
    assert "支出未超过预算，没有超支可分担" in {one.says.zh for one in saved.because["fund_bears"].rests_on}
    assert "支出未超过预算，没有超支可分担" in {one.says.zh for one in saved.because["party_bears"].rests_on}
    assert "支出不低于预算，没有结余可留用" in {one.says.zh for one in borne.because["kept"].rests_on}
    # The group bears none of 5,000,000: what the fund took over of it stands under the zero.
    lines = "\n".join(borne.because["party_bears"].lines())
    assert "待清算超支 ×（1 － 0 %）" in lines and "-5,000,000.00" in lines
    none = named("car-t-instalments", "One case").because
    assert [one.says.zh for one in none["budget"].rests_on] == ["本政策不设总额预算，不清算结余和超支"]


def test_point_22_ties_of_shares_points_and_needs_over_a_leftover_fen_are_told():
    """100 fen by thirds are 33.33…: one fen is left, and a comes first by name."""
    weights = dict.fromkeys(("c", "a", "b"), Fraction(1, 3))
    told = leftovers(Fen(100), weights, share_out(Fen(100), weights))
    assert {name: words.zh for name, words in told.items()} == {
        "a": "分得尾差 0.01 元：零头与 b、c 相同，按名称先后",
        "b": "零头舍去：与 a 相同，尾差按名称先后",
        "c": "零头舍去：与 a 相同，尾差按名称先后",
    }
    # 0.11 by 50, 30 and 20 per cent: 5.5, 3.3 and 2.2 fen; no fraction is like another, so no order decides.
    split = {"a": Fraction(1, 2), "b": Fraction(3, 10), "c": Fraction(1, 5)}
    told = leftovers(Fen(11), split, share_out(Fen(11), split))
    assert [told[name].en for name in split] == [
        "with a leftover fen: a larger fraction was cut off", "cut down: leftover fen go to larger fractions",
        "cut down: leftover fen go to larger fractions",
    ]  # fmt: skip


def test_point_9_a_share_that_does_not_end_is_told_about_with_its_two_amounts():
    """1 of 3 is 33.33 and more per cent; 1 of 4 is 25 per cent, and needs no more."""
    assert percent_of(Fen(100_000_000), Fen(300_000_000)) == "≈33.33 %（＝1,000,000.00 ÷ 3,000,000.00）"
    assert percent_of(Fen(100_000_000), Fen(400_000_000)) == "25 %"
    assert percent(Fraction(-2, 3)) == "≈-66.67 %（＝-2 ÷ 3）"
