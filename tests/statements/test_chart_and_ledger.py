"""The waterfall and the book as text: every amount to the fen, names that stay text, lines that compare."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from yiheng.payment import FIGURES
from yiheng.statements import ledger, statements_of, waterfall
from yiheng.statements.waterfall import bars_of

from .settled import HOSTILE, settled

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return settled(tmp_path_factory.mktemp("ws"), "东河,1050000.00,1000000.00", "西海,1180000.13,1000000.07")


def figures(**given: str) -> dict[str, str]:
    return {name: given.get(name, "0.00") for name in FIGURES}


def ends(bars):
    return [(bar.name, bar.since, bar.until) for bar in bars]


def test_a_surplus_goes_from_budget_to_what_is_kept_and_what_returns():
    above, below = bars_of(figures(budget="10.00", spend="7.00", surplus="3.00", kept="1.20"))
    assert ends(above) == [("总额预算", 0, 1000), ("基金支出", 0, 700), ("结余", 700, 1000)]
    assert ends(below) == [("结余", 0, 300), ("结余留用", 0, 120), ("退回基金", 120, 300)]


def test_an_overrun_is_borne_by_fund_and_party():
    given = figures(budget="7.00", spend="10.00", overrun="3.00", fund_bears="1.00", party_bears="2.00")
    above, below = bars_of(given)
    assert ends(above)[2] == ("超支", 700, 1000)
    assert ends(below) == [("超支", 0, 300), ("基金分担", 0, 100), ("医共体承担", 100, 300)]


def test_an_even_year_says_so():
    even = {"party": "x", "year": 2025, "figures": figures(budget="7.00", spend="7.00")}
    assert bars_of(even["figures"])[1] == []
    assert "没有结余，也没有超支。" in waterfall(even)


def test_every_bar_of_the_chart_carries_its_amount(result):
    tree = ElementTree.fromstring(waterfall(statements_of(result, "西海")[0]))
    said = [one.text for one in tree.iter(f"{SVG}text")]
    for words in ("1,090,000.08", "1,180,000.13", "90,000.05", "54,500.00", "35,500.05", "基金分担", "医共体承担"):
        assert words in said
    # One for the ground, three of the year, three of the overrun.
    assert len(list(tree.iter(f"{SVG}rect"))) == 7


def test_bars_are_as_long_as_their_amounts():
    one = {"party": "x", "year": 2025, "figures": figures(budget="10.00", spend="5.00", surplus="5.00", kept="5.00")}
    tree = ElementTree.fromstring(waterfall(one))
    budget, spend, surplus = [float(r.get("width")) for r in tree.iter(f"{SVG}rect")][1:4]
    assert budget == 2 * spend == 2 * surplus


@pytest.mark.parametrize("party", [*HOSTILE, "\x00\x1b]", ""])
def test_hostile_names_stay_text_in_the_chart(party):
    one = {"party": party, "year": 2025, "figures": figures(budget="7.00", spend="7.00")}
    tree = ElementTree.fromstring(waterfall(one))
    title = next(tree.iter(f"{SVG}text")).text
    assert title.startswith(party[:30].replace("\x00", "<U+0000>").replace("\x1b", "<U+001B>"))
    assert {child.tag for child in tree} <= {f"{SVG}{tag}" for tag in ("rect", "text", "line")}


def test_the_book_is_a_line_a_transfer_in_the_order_of_steps_and_closes(result):
    transfers, balances = ledger(statements_of(result, "西海")).split("\n\n")
    assert transfers.splitlines() == [
        "party\tyear\tstep\tfrom\tto\tyuan\treason",
        "西海\t2025\tbudget_from_history\tfund/西海\tbudget/西海\t1090000.08\t1 年支出的平均数 ×（1 ＋ 9 %）",
        "西海\t2025\tpay_for_care\tbudget/西海\tcare/西海\t1180000.13\t全年基金支出",
        "西海\t2025\tshare_overrun\tfund/西海\tbudget/西海\t54500.00\t超支与分担上限取小者",
        "西海\t2025\tshare_overrun\town/西海\tbudget/西海\t35500.05\t超支－基金分担",
    ]
    # The fund gave 1,090,000.08 + 54,500.00; what all accounts hold adds up to nothing.
    assert balances.splitlines() == [
        "party\tyear\taccount\tyuan",
        "西海\t2025\tbudget/西海\t0.00",
        "西海\t2025\tcare/西海\t1180000.13",
        "西海\t2025\tfund/西海\t-1144500.08",
        "西海\t2025\town/西海\t-35500.05",
    ]


def test_a_changed_fact_changes_only_the_lines_it_moved(result, tmp_path):
    later = settled(tmp_path, "东河,1050000.00,1000000.00", "西海,1180000.14,1000000.07")
    old, new = (ledger(statements_of(one)).splitlines() for one in (result, later))
    assert len(old) == len(new)
    changed = [line.split("\t") for was, line in zip(old, new, strict=True) if was != line]
    assert [(row[0], row[2], row[-1] if len(row) == 4 else row[5]) for row in changed] == [
        ("西海", "pay_for_care", "1180000.14"),
        ("西海", "share_overrun", "35500.06"),
        ("西海", "care/西海", "1180000.14"),
        ("西海", "own/西海", "-35500.06"),
    ]


def test_a_tab_or_break_in_a_name_moves_no_column():
    why = {"says": "a\tb\nc"}
    one = {
        "party": "x\ty",
        "year": 2025,
        "transfers": [{"from": "fund/x\ty", "to": "care/x\ty", "yuan": "1.00", "step": "s", "because": why}],
    }
    lines = ledger([one]).splitlines()
    assert lines[1].split("\t") == ["x y", "2025", "s", "fund/x y", "care/x y", "1.00", "a b c"]
