"""Amounts in capital numerals, the conclusion of a statement, and what the alternatives come to on paper."""

from __future__ import annotations

import io

import pypdf
import pytest

from yiheng.basis.money import Fen
from yiheng.statements import statements_of, write_statement_pdf
from yiheng.statements.assumed import assumption_rows, conclusion
from yiheng.statements.in_words import in_words

from .settled import settled


@pytest.mark.parametrize(
    ("yuan", "words"),
    [
        ("0.00", "零元整"), ("0.05", "伍分"), ("0.50", "伍角整"), ("1.00", "壹元整"), ("105.30", "壹佰零伍元叁角整"),
        ("1005.03", "壹仟零伍元零叁分"), ("10005.00", "壹万零伍元整"), ("107000.53", "壹拾万柒仟元伍角叁分"),
        ("100000005.00", "壹亿零伍元整"), ("100500000.00", "壹亿零伍拾万元整"),
        ("1000010000.00", "壹拾亿零壹万元整"), ("20003000400.00", "贰佰亿零叁佰万零肆佰元整"), ("-35.40", "负叁拾伍元肆角整"),
    ],
)  # fmt: skip
def test_an_amount_in_capital_numerals(yuan, words):
    assert in_words(Fen.from_yuan(yuan)) == words


def test_an_amount_beyond_the_names_of_places_is_refused():
    with pytest.raises(ValueError, match="more places than have names"):
        in_words(Fen.from_yuan("1" + "0" * 16))


def test_the_conclusion_says_who_gets_or_bears_what(tmp_path):
    result = settled(tmp_path, "东河,1050000.00,1000000.00", "西海,1180000.13,1000000.07", "南山,1090000.00,1000000.00")
    told = {one["party"]: "".join(conclusion(one)) for one in statements_of(result)}
    assert "结余 40,000.00 元" in told["东河"] and "结余留用归医共体 40,000.00 元（大写：肆万元整）" in told["东河"]
    # Overrun 90,000.05; the fund bears 54,500.00, the party 35,500.05.
    assert "超支 90,000.05 元，其中医保基金分担 54,500.00 元" in told["西海"]
    assert "医共体承担 35,500.05 元（大写：叁万伍仟伍佰元零伍分）" in told["西海"]
    assert "预算与支出相等" in told["南山"] and "也不承担超支" in told["南山"]


def test_the_paper_tells_what_each_alternative_comes_to(tmp_path):
    result = settled(tmp_path, "西海,1180000.00,1000000.00", alternatives=True)
    (statement,) = statements_of(result)
    write_statement_pdf(result, statement, tmp_path / "s.pdf")
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO((tmp_path / "s.pdf").read_bytes())).pages]
    text = "".join("".join(pages).replace("\u200b", "").split())
    # 5 % of the base 1,000,000.00 leaves 40,000.00 of the overrun of 90,000.00.
    assert "基期支出（base_spend）：医共体承担40,000.00元" in text and "缺少所需事实，不能计算" in text
    assert "青岛市医保局、财政局、卫生健康委" in text and "（2021-12-31）" in text
    assert "复核人（签字）" in "".join(pages[0].split()), "what is signed is the first sheet"


def test_choices_without_figures_stand_in_words(tmp_path):
    (statement,) = statements_of(settled(tmp_path, "西海,1180000.00,1000000.00"))
    rows = {row[0]: row for row in assumption_rows(statement)}
    assert rows["budget_growth"][2:] == ("9 %", "0 %\n5 %") and rows["cap_base"][2] == "当年预算（budget）"
