"""How figures are written for people."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def chinese(served):
    from django.utils import translation

    with translation.override("zh-hans"):
        yield


@pytest.mark.parametrize(
    ("yuan", "zh", "en"),
    [
        ("0.00", "0.00 元", "0.00 yuan"),
        ("9999999.99", "9,999,999.99 元", "9,999,999.99 yuan"),
        # 10 000 000 / 10 000 = 1000 万.
        ("10000000.00", "1,000.00 万元", "10.00 million yuan"),
        # 123 456 789.01 / 10 000 = 12 345.678901.
        ("123456789.01", "12,345.68 万元", "123.46 million yuan"),
        ("-20000000.00", "-2,000.00 万元", "-20.00 million yuan"),
        ("-5.50", "-5.50 元", "-5.50 yuan"),
    ],
)
def test_money_on_a_card(yuan, zh, en):
    from django.utils import translation

    from yiheng.cockpit.show import money_short

    assert money_short(yuan) == zh
    with translation.override("en"):
        assert money_short(yuan) == en


def test_money_elsewhere_is_exact():
    from yiheng.cockpit.show import money

    assert money("123456789012345678.01") == "123,456,789,012,345,678.01"


@pytest.mark.parametrize(
    ("number", "shown"),
    [("P0008766", "P0****66"), ("12345", "12****45"), ("1234", "****"), ("1", "****"), ("", ""), (None, "")],
)
def test_a_person_number_keeps_two_signs_at_each_end(number, shown):
    from yiheng.cockpit.show import masked

    assert masked(number) == shown


@pytest.mark.parametrize(
    ("name", "now", "before", "text", "judged"),
    [
        # A share moves in points: 40.0 % after 50.0 %.
        ("in_county_fund_share", (40, 100), (50, 100), "↓ 10.0 个百分点", "worse"),
        ("drug_share", (40, 100), (50, 100), "↓ 10.0 个百分点", "better"),
        ("budget_use", (60, 100), (50, 100), "↑ 10.0 个百分点", "neutral"),
        ("drug_share", (50001, 100000), (50, 100), "→ 持平", "neutral"),
        ("drug_share", (1, 2), (0, 100), "↑ 50.0 个百分点", "worse"),
        # Days move in per cent: 9 after 8 is 12.5 %.
        ("mean_stay_days", (9, 1), (8, 1), "↑ 12.5 %", "worse"),
    ],
)
def test_the_change_against_the_year_before(name, now, before, text, judged):
    from yiheng.cockpit.results import Value
    from yiheng.cockpit.show import change
    from yiheng.measures import INDICATORS

    moved = change(INDICATORS[name], Value(*now), Value(*before))
    assert (f"{moved.arrow} {moved.text}", moved.judged) == (text, judged)


@pytest.mark.parametrize(("now", "before"), [((1, 0), (1, 2)), ((1, 2), (1, 0)), ((1, 2), (0, 2)), ((1, 2), None)])
def test_nothing_is_compared_with_the_unknown_or_with_nothing(now, before):
    from yiheng.cockpit.results import Value
    from yiheng.cockpit.show import change
    from yiheng.measures import INDICATORS

    assert change(INDICATORS["mean_stay_days"], Value(*now), Value(*before) if before else None) is None


def test_what_nobody_translated_reads_as_its_code_name():
    from django.utils import translation

    from yiheng.cockpit.show import declared

    assert declared("某新指标", "some_new_indicator") == "某新指标"
    with translation.override("en"):
        assert declared("某新指标", "some_new_indicator") == "some new indicator"
        assert declared("药占比", "drug_share") == "Share of drugs"
