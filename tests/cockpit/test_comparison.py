"""The page of compared policies: scope, figures, the workbook, and what it says when there is nothing."""

from __future__ import annotations

import io

import openpyxl
import pytest

from .by_hand import add_run, made


@pytest.fixture
def result(served):
    from yiheng.cockpit import results

    return results.compared().result


def money(yuan: str) -> str:
    from yiheng.basis.money import Fen

    return str(Fen.from_yuan(yuan))


def test_the_fund_office_sees_every_party_under_every_policy(as_, result):
    page = as_("clerk").get("/comparison/").content.decode()
    assert {cell["party"] for cell in result["figures"]} == {"donghe", "xihai"}
    for cell in result["figures"]:
        assert f'<td class="number"><b>{money(cell["net"])}</b></td>' in page
    for sums in result["sums"]:
        assert f'<td class="number">{money(sums["fund_pays"])}</td>' in page
    assert page.count("<svg") == 1 and "增减情况（元）" in page


def test_a_consortium_sees_itself_alone(as_, result):
    page = as_("xihai").get("/comparison/").content.decode()
    assert "xihai 2025" in page and "donghe" not in page and "增减情况" not in page
    book = openpyxl.load_workbook(io.BytesIO(as_("xihai").get("/comparison.xlsx").content))
    shown = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row}
    assert "xihai" in shown and not [one for one in shown if "donghe" in one]
    both = openpyxl.load_workbook(io.BytesIO(as_("clerk").get("/comparison.xlsx").content))
    assert both["对比"].max_row - 1 == len(result["figures"]) == 2 * (book["对比"].max_row - 1)
    assert "您的权限范围内没有可以对比的医共体" in as_("newcomer").get("/comparison/").content.decode()


def test_why_a_policy_was_refused_is_for_the_fund_office(as_, result, tmp_path):
    from django.test import override_settings

    clerk, xihai = as_("clerk"), as_("xihai")
    folder = made(tmp_path / "refused")
    policies = [*result["policies"], {**result["policies"][0], "policy": "other", "refused": "donghe appears twice"}]
    with override_settings(WORKSPACE=folder):
        assert "还没有政策对比" in clerk.get("/comparison/").content.decode()
        assert clerk.get("/comparison.xlsx").status_code == 404
        add_run(folder, "compare-1", "comparison.json", {**result, "policies": policies}, at="2026-01-01")
        assert "donghe appears twice" in clerk.get("/comparison/").content.decode()
        assert "donghe" not in xihai.get("/comparison/").content.decode()


def test_a_party_that_was_refused_has_its_reason(as_, result, tmp_path):
    from django.test import override_settings

    client, folder = as_("clerk"), made(tmp_path / "by-hand")
    cells = [{**result["figures"][0], "party": f"p{n:02}", "refused": None, "net": "1.00"} for n in range(30)]
    cells[0] = {**cells[0], "net": None, "refused": "the fact 'x' of 'p00' is missing"}
    with override_settings(WORKSPACE=folder):
        add_run(folder, "compare-1", "comparison.json", {**result, "figures": cells}, at="2026-01-01")
        first, second = (client.get(f"/comparison/?page={n}").content.decode() for n in (1, 2))
    assert "缺少“p00”的数据“x”" in first
    assert '<th scope="row" title="p24">' in first and '<th scope="row" title="p25">' in second and "1 / 2" in first
    assert "p25" not in first and "p24" not in second
