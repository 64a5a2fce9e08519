"""Point 9 of the issue on trust: a budget and its prepayment are issued before the year is over, and clear nothing."""

from __future__ import annotations

import io
import json

import pypdf
import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from tests.runs.test_totals import ENROLLED, lake
from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.payment import FIGURES
from yiheng.runs import Workspace, replay, run_settle, standing
from yiheng.statements import write_notice_pdf

POLICIES = ROOT / "policies"


@pytest.fixture(scope="module")
def space(tmp_path_factory) -> Workspace:
    """The tiny county with claims to the end of 2025, its people enrolled for 2026 too."""
    return lake(tmp_path_factory.mktemp("notice"), enrolled=ENROLLED.replace("2025-12-31", "2026-12-31"))


@pytest.fixture(scope="module")
def notice(space):
    return run_settle(space, POLICIES / "consortium-agreement", year=2026, budget_only=True)


def test_point_9_the_budget_and_its_months_are_stated_and_nothing_that_needs_the_years_spending(space, notice):
    budgets = {one["party"]: one["figures"] for one in notice["statements"]}
    # 1,530.00 and 500.00 of 2025 x 1.05.
    assert budgets["xihai"]["budget"] == "1606.50" and budgets["donghe"]["budget"] == "525.00"
    assert {name for name, yuan in budgets["xihai"].items() if yuan is None} == set(FIGURES) - {"budget"}
    donghe, xihai = notice["statements"]
    # 525.00 / 12 = 43.75; 1,606.50 / 12 = 133.875: six months have the half fen more.
    assert donghe["further"] == {f"prepaid/2026-{month:02}": "43.75" for month in range(1, 13)}
    assert sorted(xihai["further"].values()) == ["133.87"] * 6 + ["133.88"] * 6
    assert set(xihai["because"]) == {"budget", *xihai["further"]} and notice["refused"] == []
    assert replay(space, notice["run"]).same


def test_point_9_a_notice_settles_nothing(space, notice):
    assert notice["run"].startswith("budget-") and notice["manifest"]["inputs"]["budget_only"] is True
    assert not [pair for pair in standing(space) if pair[1] == 2026]


def test_point_9_the_paper_says_that_nothing_was_cleared(notice, tmp_path):
    donghe = notice["statements"][0]
    write_notice_pdf(notice, donghe, tmp_path / "n.pdf")
    pages = pypdf.PdfReader(io.BytesIO((tmp_path / "n.pdf").read_bytes())).pages
    text = "".join("".join(page.extract_text().split()) for page in pages)
    for words in ("医保基金预算与预付通知", "尚未清算", "预付日历", "2026-12", "43.75", "525.00"):
        assert words in text, words
    # Nobody approved it, and the year's claims, which may be there, are not in it.
    for words in (
        "（未经批准，仅供测算）",
        "状态未经批准，仅供测算；尚未清算：预算通知不计本年度支出",
        "不作拨付依据",
        "预算（元）",
    ):
        assert words in text, words
    assert "支出未知" not in text
    # Nothing of a clearing, and no assumption that only a clearing needs.
    assert "清算结果" not in text and "应收应付" not in text and "院长" not in text


def test_point_9_the_command_line_issues_it_and_has_no_paper_of_a_settlement(space, tmp_path):
    def call(*words):
        return CliRunner().invoke(main, [*words, "-w", str(space.folder)])

    told = call("settle", str(POLICIES / "consortium-agreement"), "--year", "2026", "--budget-only", "--format", "json")
    assert told.exit_code == 0, told.output
    result = json.loads(told.stdout)
    assert result["statements"][0]["figures"]["surplus"] is None
    assert "not approved; not cleared" in told.stderr
    papers = call("statement", result["run"], "--pdf", str(tmp_path / "papers"))
    assert papers.exit_code == 0 and len(list((tmp_path / "papers").glob("*.pdf"))) == 2
    chart = call("statement", result["run"], "--chart", str(tmp_path / "c.svg"))
    assert chart.exit_code != 0 and "no such paper" in chart.output
    why = call("explain", result["run"], "donghe")
    assert why.exit_code == 0 and "500.00" in why.stdout


def test_point_9_a_policy_without_a_budget_before_its_care_has_no_notice(space):
    with pytest.raises(Refusal, match="sets no budget before the year's care"):
        run_settle(space, POLICIES / "tiantan", year=2026, budget_only=True)
