"""Field cases 01 and 03: amounts with a decimal comma, and every way to write a number or a day in a policy."""

from __future__ import annotations

import pytest

from .conftest import field, said, yiheng

NUMBERS = "03-policy-numbers"


def test_01_a_decimal_comma_in_a_facts_file_refuses_the_party_by_row_and_column(county):
    done = yiheng("settle", "qingdao", "--facts", field("01-decimal-comma/facts.csv"), "-w", county, "--format", "json")
    assert done.exit_code == 1 and not said(done)["statements"]
    (refused,) = said(done)["refused"]
    assert "facts.csv:2:base_spend: '1000,50' is not an amount in yuan" in refused["why"]


def test_01_a_decimal_comma_in_a_policy_is_refused(county):
    policy, facts = field("01-decimal-comma/policy-yuan.yaml"), field("01-decimal-comma/facts-diabetes.csv")
    done = yiheng("settle", policy, "--facts", facts, "-w", county)
    assert done.exit_code != 0 and "policy-yuan.yaml:32: 'high': '1200,5' is not an amount in yuan" in done.output


@pytest.mark.parametrize(
    ("file", "fund_bears"),
    [("base", "54.50"), ("wide", "54.50"), ("exp", "5.45"), ("dot", "5.45"), ("octal", "109.00")],
)  # the budget is 1,000.00 x 1.09 = 1,090.00: 5 % of it is 54.50, 0.5 % is 5.45, 010 is 10 %: 109.00 of 110.00
def test_03_a_number_in_another_writing_is_that_number(county, file, fund_bears):
    facts = field(f"{NUMBERS}/facts.csv")
    done = yiheng("settle", field(f"{NUMBERS}/{file}.yaml"), "--facts", facts, "-w", county, "--format", "json")
    (statement,) = said(done)["statements"]
    assert statement["figures"]["fund_bears"] == fund_bears


@pytest.mark.parametrize(
    ("file", "says"),
    [
        ("huge-exponent", "'1e999999999' is out of bounds"), ("tiny-exponent", "'1e-5000' is out of bounds"),
        ("comma", "'5,5' is not a number"), ("percent", "'5%' is not a number"), ("hex", "'0x5' is not a number"),
        ("null", "'null' is not a number"), ("yes", "'yes' is not a number"), ("slash", "'1/20' is not a number"),
        ("sexagesimal", "'1:30' is not a number"), ("under", "'1_0' is not a number"), ("neg", "-5, out of its bounds"),
        ("date-zero", "'0' is not a day such as 2025-01-31"), ("date-seconds", "'1640995200' is not a day such as"),
        ("known-on-day", "'86400' is not a day such as 2025-01-31"), ("date-compact", "'20220101' is not a day such as"),
        ("date-year", "'2022' is not a day such as 2025-01-31"), ("date-cn", "'2022年1月1日' is not a day such as"),
    ],
)  # fmt: skip
def test_03_what_is_no_number_or_day_is_refused_at_once(county, file, says):
    done = yiheng("settle", field(f"{NUMBERS}/{file}.yaml"), "--facts", field(f"{NUMBERS}/facts.csv"), "-w", county)
    assert done.exit_code != 0 and says in done.output
