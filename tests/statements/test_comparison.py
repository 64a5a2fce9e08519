"""The workbook and the bars of a comparison say what the run says."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree

import openpyxl
import pytest

from tests.conftest import ROOT
from yiheng.runs import run_compare
from yiheng.statements import comparison_svg, write_comparison
from yiheng.statements.bars import MOST, NAMES, WIDTH

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def result(county):
    policies = [ROOT / "policies" / name for name in ("qingdao", "guangdong")]
    return run_compare(county, policies, year=2025, alternatives=True)


def sheets(result, folder):
    write_comparison(result, folder / "c.xlsx")
    book = openpyxl.load_workbook(folder / "c.xlsx")
    found = {}
    for sheet in book:
        header, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(header, row, strict=True)) for row in rows]
    return found


def yuan(cell) -> str:
    return f"{Decimal(repr(cell)):.2f}"


def test_every_figure_stands_in_the_workbook_to_the_fen(result, tmp_path):
    book = sheets(result, tmp_path)
    assert list(book) == ["对比", "合计", "增减情况", "假设", "计算批次清单"]
    rows = {(row["医共体"], row["政策"].split()[0]): row for row in book["对比"]}
    assert len(rows) == len(result["figures"]) > 3
    for cell in result["figures"]:
        row = rows[cell["party"], cell["policy"]]
        assert [yuan(row[f"{zh}（元）"]) for zh in ("总额预算", "结余留用", "净结算额", "基金合计支付")] == [
            cell[name] for name in ("budget", "kept", "net", "fund_pays")
        ]
    ranked = [(row["医共体"], yuan(row["与基准相差（元）"]), row["结果"]) for row in book["增减情况"]]
    assert [one[:2] for one in ranked] == [(c["party"], c["change"]) for c in result["changes"]]
    assert all(("-" in change) == (word == "减少") for _, change, word in ranked)
    assert [row["增加"] + row["减少"] + row["不变"] for row in book["合计"]] == [s["compared"] for s in result["sums"]]


def test_the_figure_under_each_alternative_stands_in_the_workbook(result, tmp_path):
    rows = sheets(result, tmp_path)["假设"]
    assert len(rows) == len(result["alternatives"])
    packed = [row for row in rows if row["改选"] == "packed"]
    assert packed and all("public_health" in row["未能清算"] and row["净结算额（元）"] is None for row in packed)
    unsettled = sheets({**result, "alternatives": []}, tmp_path)["假设"]
    assert {(row["编号"], row["改选"]) for row in unsettled} == {(row["编号"], row["改选"]) for row in rows}


def bars(svg: str):
    """Length, side and amount of each bar."""
    tree = ElementTree.fromstring(svg)
    line = tree.find(f"{SVG}line")
    zero = int(line.get("x1"))
    found = [r for r in tree.iter(f"{SVG}rect") if r.get("fill") != "#ffffff"]
    amounts = [t.text for t in tree.iter(f"{SVG}text") if re.fullmatch(r"-?[\d,]+\.\d\d", t.text or "")]
    return zero, [(int(r.get("x")), int(r.get("width"))) for r in found], amounts


def cell(party, policy, net):
    return {"party": party, "year": 2025, "policy": policy, "net": net}


def test_bars_start_at_the_line_of_zero_and_their_lengths_are_to_scale():
    policies = [{"policy": "一"}, {"policy": "二"}]
    figures = [cell("a", "一", "300.00"), cell("a", "二", "-100.00"), cell("b", "一", "0.00"), cell("b", "二", None)]
    svg = comparison_svg({"policies": policies, "figures": figures})
    zero, found, amounts = bars(svg)
    assert amounts == ["300.00", "-100.00", "0.00"] and "未能清算" in svg
    (right, three), (left, one), (nothing, thin) = found
    assert right == zero == left + one == nothing and thin == 1
    assert abs(three - 3 * one) <= 3 and left > NAMES and right + three < WIDTH


def test_of_many_parties_those_farthest_apart_are_drawn_and_the_rest_counted():
    policies = [{"policy": "一"}, {"policy": "二"}]
    names = [f"p{n:02}" for n in range(MOST + 3)]
    figures = [c for n, p in enumerate(names) for c in (cell(p, "一", "0.00"), cell(p, "二", f"{n}.00"))]
    svg = comparison_svg({"policies": policies, "figures": figures})
    assert "另有 3 家未画出" in svg and "p02 2025" not in svg and "p03 2025" in svg
    assert "3 more are not drawn" in comparison_svg({"policies": policies, "figures": figures}, "en")


def test_a_name_with_signs_of_markup_is_shown_as_it_is():
    svg = comparison_svg({"policies": [{"policy": "x"}], "figures": [cell("<a&b>", "x", "1.00")]})
    assert "<a&b> 2025" in [t.text for t in ElementTree.fromstring(svg).iter(f"{SVG}text")]
