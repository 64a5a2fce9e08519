"""A year settled again: figures and facts, old, new and by how much; the old statement stays."""

from __future__ import annotations

import hashlib
import io
import json
from decimal import Decimal

import openpyxl
import pypdf
import pytest

from yiheng.basis.refusals import Refusal
from yiheng.runs import Act, Stand, run_settle
from yiheng.runs.manifest import canonical
from yiheng.statements import (
    Sides,
    difference,
    due_words,
    paired,
    statement_hash,
    statements_of,
    write_difference_pdf,
    write_difference_workbook,
)

from .settled import POLICY, settled

OLD = ("东河,1050000.00,1000000.00", "西海,1180000.13,1000000.07", "南山,1.00,1.00")
NEW = ("东河,1061234.56,1000000.00", "西海,1180000.13,1000000.07", "北江,1.00,1.00")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ws")
    return settled(folder, *OLD), settled(folder, *NEW, name="late.csv")


@pytest.fixture(scope="module")
def compared(runs):
    old, new = runs
    return difference(new, old)


def of(compared, party):
    return next(one for one in compared["statements"] if one["party"] == party)


def test_each_figure_has_what_it_was_is_and_differs_by(compared):
    # 1,061,234.56 − 1,050,000.00 more was spent, so so much less is left and kept.
    figures = of(compared, "东河")["figures"]
    sides = {name: (f["old"], f["new"], f["difference"]) for name, f in figures.items()}
    assert sides == {
        "budget": ("1090000.00", "1090000.00", "0.00"),
        "spend": ("1050000.00", "1061234.56", "11234.56"),
        "surplus": ("40000.00", "28765.44", "-11234.56"),
        "overrun": ("0.00", "0.00", "0.00"),
        "kept": ("40000.00", "28765.44", "-11234.56"),
        "fund_bears": ("0.00", "0.00", "0.00"),
        "party_bears": ("0.00", "0.00", "0.00"),
    }
    # Half of 28,765.44 is 14,382.72; it was 20,000.00.
    assert of(compared, "东河")["shared"]["基层设备与培训"]["difference"] == "-5617.28"


def test_the_fact_that_changed_is_named_and_no_other(compared):
    (fact,) = of(compared, "东河")["facts"]
    assert (fact["old"]["amount"], fact["new"]["amount"], fact["difference"]) == (
        "1050000.00",
        "1061234.56",
        "11234.56",
    )
    assert fact["old"]["where"] == "facts.csv" and fact["new"]["where"] == "late.csv"
    assert of(compared, "西海")["facts"] == []


def test_who_was_settled_once_only_is_named(compared):
    assert [one["party"] for one in compared["only_new"]] == ["北江"]
    assert [one["party"] for one in compared["only_old"]] == ["南山"]


def test_a_surplus_that_became_an_overrun_names_the_values_that_now_count(tmp_path):
    old = settled(tmp_path, "东河,1050000.00,1000000.00")
    new = settled(tmp_path, "东河,1100000.00,1000000.00", name="late.csv")
    one = of(difference(new, old), "东河")
    assert one["figures"]["overrun"]["difference"] == "10000.00"
    # Kept parts of before are nothing now: each purpose gives back all it got.
    assert one["shared"]["基层设备与培训"] == {"old": "20000.00", "new": "0.00", "difference": "-20000.00"}
    only_new = [fact["new"]["says"] for fact in one["facts"] if fact["old"] is None]
    only_old = [fact["old"]["says"] for fact in one["facts"] if fact["new"] is None]
    assert any("全市医保决算认可的平均增长率：5 %" in says for says in only_new)
    assert any("结余留用比例：100 %" in says for says in only_old)


def test_a_changed_assumption_is_a_changed_fact(tmp_path):
    old = settled(tmp_path, "东河,900000.00,1000000.00")
    new = settled(tmp_path, "东河,900000.00,1000000.00", assume={"budget_growth": "5"})
    (fact,) = of(difference(new, old), "东河")["facts"]
    assert "9 %" in fact["old"]["says"] and "5 %" in fact["new"]["says"] and fact["difference"] is None
    assert of(difference(new, old), "东河")["figures"]["budget"]["difference"] == "-40000.00"


def test_a_fact_of_the_lake_keeps_its_name_when_its_snapshot_changes(county):
    old = run_settle(county, POLICY, year=2025)
    old = {**old, "statements": list(old["statements"])}
    new = {**json.loads(canonical(old).replace('"settlement@', '"settlement@9')), "run": "settle-later"}
    assert new["statements"] != old["statements"]
    assert all(one["facts"] == [] for one in difference(new, old)["statements"])


def test_both_statements_are_named_by_their_own_hashes(runs, compared):
    old, new = runs
    one = of(compared, "西海")
    assert one["hashes"] == {
        side: statement_hash(run, statements_of(run, "西海")[0]) for side, run in (("old", old), ("new", new))
    }


def test_runs_that_share_no_year_and_policy_are_refused(runs, tmp_path):
    old, new = runs
    other = {
        **old,
        "run": "settle-x",
        "statements": [{**s, "policy": {**s["policy"], "id": "other"}} for s in old["statements"]],
    }
    with pytest.raises(Refusal, match="no party and year under the same policy"):
        difference(new, other)
    with pytest.raises(Refusal, match="does not differ from itself"):
        difference(new, new)


def test_the_paper_of_a_difference_holds_it_and_its_own_hash(compared, tmp_path):
    one = of(compared, "东河")
    for name in ("a.pdf", "b.pdf"):
        write_difference_pdf(compared, one, tmp_path / name)
    made = (tmp_path / "a.pdf").read_bytes()
    assert made == (tmp_path / "b.pdf").read_bytes()
    text = "".join(
        "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(made)).pages).replace("\u200b", "").split()
    )
    assert "基金支出1,050,000.001,061,234.5611,234.56" in text
    assert "结余留用40,000.0028,765.44-11,234.56" in text
    assert "更正单" in text and one["hashes"]["old"] in text and one["hashes"]["new"] in text
    alone = {**compared, "statements": [one], "only_new": [], "only_old": []}
    assert hashlib.sha256(canonical(alone).encode()).hexdigest() in text


def test_the_workbook_of_a_difference_subtracts_in_the_sheet(compared, tmp_path):
    write_difference_workbook(compared, tmp_path / "d.xlsx")
    live = openpyxl.load_workbook(tmp_path / "d.xlsx")
    kept = openpyxl.load_workbook(tmp_path / "d.xlsx", data_only=True)["差额"]
    rows = {(row[0].value, row[2].value): row for row in live["差额"].iter_rows(min_row=2)}
    spend = rows[("东河", "基金支出")]
    assert spend[5].value == f"=E{spend[0].row}-D{spend[0].row}" == spend[6].value
    assert Decimal(repr(spend[4].value)) - Decimal(repr(spend[3].value)) == Decimal("11234.56")
    assert Decimal(repr(kept[spend[5].coordinate].value)) == Decimal("11234.56")
    assert [row[0].value for row in live["变化的数据"].iter_rows(min_row=2)] == ["东河"]


def adopted(run):
    done = Act("2026-11-30T09:00:00+08:00", run, "adopt", "wang", "核对一致", "0" * 64, "1" * 64, 2025, ("东河",))
    return Stand(run, "adopted", None, done)


TRIAL, WAS = "现清算单为试算，未经批准，不得据以补付或追回。", "原清算单为试算，未经批准，差额不是补付或追回的依据。"
PAID = "按差额补付或追回。"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [(None, None, TRIAL), ("settle-1", None, TRIAL), (None, "settle-2", WAS), ("settle-1", "settle-2", PAID)],
)
def test_a_correction_says_how_both_statements_stand_and_what_it_may_be_used_for(compared, tmp_path, old, new, says):
    """Only the difference of two statements that people adopted is paid; all else is marked as a trial."""
    sides = Sides(old and Stand(old, "superseded"), new and adopted(new))
    one = of(compared, "东河")
    write_difference_pdf(compared, one, tmp_path / "d.pdf", "东河医共体", sides)
    page = pypdf.PdfReader(tmp_path / "d.pdf").pages[0].extract_text()
    text = "".join(page.replace("\u200b", "").split())
    assert says in text and (PAID in text) == (says == PAID)
    assert ("清算更正单（试算）" in text) == (says != PAID)
    write_difference_workbook(compared, tmp_path / "d.xlsx", {("东河", 2025): sides}, {"东河": "东河医共体"})
    head, *rows = openpyxl.load_workbook(tmp_path / "d.xlsx").worksheets[0].iter_rows(values_only=True)
    assert head == ("医共体", "年度", "项目", "内容")
    told = {row[2]: row[3] for row in rows if row[0] == "东河医共体（东河）"}
    assert told["用途"] == says
    assert told["原清算单状态"] == ("已被更正的清算取代，不作结算依据" if old else "试算，未经批准，不作结算依据")
    assert told["现清算单状态"] == ("正式清算" if new else "试算，未经批准，不作结算依据")
    # The other party is not among the sides: a trial.
    assert {row[3] for row in rows if row[0] == "西海" and row[2] == "用途"} == {TRIAL}


def test_a_correction_ends_in_what_is_paid_more_or_collected(compared):
    """40,000.00 were kept and are 28,765.44 now: 11,234.56 are collected; the other year is as it was."""
    told = due_words(of(compared, "东河")).zh
    assert told == "应追回合计 11,234.56 元（大写：壹万壹仟贰佰叁拾肆元伍角陆分）。"
    assert due_words(of(compared, "西海")).zh == "应补付、应追回合计 0.00 元。"


def test_a_choice_that_changed_is_one_row_old_and_new(tmp_path):
    """Overrun 90,000.05: the fund's part is 5 % of the budget of 1,090,000.08 before, of 1,000,000.07 now."""
    old = settled(tmp_path, "西海,1180000.13,1000000.07")
    new = settled(tmp_path, "西海,1180000.13,1000000.07", assume={"cap_base": "base_spend"})
    one = of(difference(new, old), "西海")
    choices = [f for f in paired(one["facts"]) if "以何为基数" in (f["new"] or f["old"])["says"]]
    (choice,) = choices
    assert "（选择：当年预算）" in choice["old"]["says"] and "（选择：基期支出）" in choice["new"]["says"]
    # 54,500.00 − 50,000.00: so much more is borne by the party.
    assert due_words(one).zh.startswith("应追回合计 4,500.00 元")
