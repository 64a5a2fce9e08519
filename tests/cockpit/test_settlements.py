"""Point 1 of issue 12 in the cockpit: what is shown, who may propose and adopt, what the journal keeps."""

from __future__ import annotations

import io

import pypdf
import pytest

from tests.runs.test_comparing import policy
from tests.tiny import loaded
from yiheng.runs import register_of, run_settle

NOT_THERE, WRONG_METHOD, REFUSED, MOVED, DONE = 404, 405, 400, 302, 200


@pytest.fixture
def county(served, tmp_path):
    """The tiny county settled twice: under its policy, then under another one."""
    from django.test import override_settings

    workspace = loaded(tmp_path)[0]
    first = run_settle(workspace, policy(tmp_path, "first"), year=2025)["run"]
    other = run_settle(workspace, policy(tmp_path, "other", XIHAI="9000.00"), year=2025)["run"]
    with override_settings(WORKSPACE=workspace.folder):
        yield workspace, first, other


@pytest.fixture
def staff(people):
    """Somebody who prepares, somebody who approves, and somebody who may do both."""
    from yiheng.casework.services import user_create

    def user(name, *rights):
        return user_create(username=name, password="correct-horse-42", rights=[f"casework.{r}" for r in rights])

    return {
        "li": user("li", "propose_settlements"),
        "wang": user("wang", "adopt_settlements"),
        "sun": user("sun", "propose_settlements", "adopt_settlements"),
        **people,
    }


@pytest.fixture
def enter(staff):
    from .doors import client_of

    return lambda name: client_of(staff[name])


def act(client, verb, run, **more):
    return client.post(
        "/settlements/act/", {"act": verb, "run": run, "why": "totals agree", "marks_because": "minute 12", **more}
    )


def page(client):
    return client.get("/?party=xihai&year=2025").content.decode()


def paper(client):
    content = client.get("/statement.pdf?party=xihai&year=2025").content
    return pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text()


def test_point_1_two_people_make_a_settlement_official(county, enter):
    from yiheng.casework.models import JournalLine

    workspace, first, other = county
    trial = page(enter("li"))
    assert "未经批准，不作结算依据" in trial and first in trial and "2,000.00" in trial
    # The newer run under another policy is named and replaces nothing.
    assert "另有较新的试算" in trial and other in trial and "9,000.00" not in trial
    assert "（试算）" in paper(enter("li"))
    assert act(enter("li"), "propose", first).status_code == MOVED
    assert "须由另一人批准" in page(enter("li"))
    assert act(enter("wang"), "adopt", first).status_code == MOVED
    official = page(enter("li"))
    assert "li 提出，wang 于" in official and "未经批准" not in official
    assert "正式清算" in paper(enter("li")) and "（试算）" not in paper(enter("li"))
    assert "采用示例值与假设的理由" in paper(enter("li")) and "minute 12" in paper(enter("li"))
    lines = JournalLine.objects.filter(act__startswith="settlement.").order_by("pk")
    hashes = [one.hash for one in register_of(workspace).acts]
    assert [(one.act, one.by.username, one.subject) for one in lines] == [
        ("settlement.proposed", "li", first), ("settlement.adopted", "wang", first),
    ]  # fmt: skip
    assert [one.data["register_sha256"] for one in lines] == hashes


def test_point_1_one_person_cannot_do_both(county, enter):
    workspace, first, _ = county
    assert act(enter("sun"), "propose", first).status_code == MOVED
    alone = act(enter("sun"), "adopt", first)
    assert alone.status_code == REFUSED and "“sun”是提出人，不能批准" in alone.content.decode()
    assert 'value="adopt"' not in enter("sun").get("/settlements/").content.decode()
    assert 'value="adopt"' in enter("wang").get("/settlements/").content.decode()
    assert register_of(workspace).state(first) == "proposed"


def test_point_1_acts_need_their_right_and_another_policy_its_name(county, enter):
    workspace, first, other = county
    for name, verb in (("clerk", "propose"), ("wang", "propose"), ("li", "adopt"), ("clerk", "withdraw")):
        refused = act(enter(name), verb, first)
        assert refused.status_code == REFUSED and "您无权" in refused.content.decode()
    assert act(enter("li"), "propose", other).status_code == REFUSED
    assert act(enter("li"), "propose", first, why=" ").status_code == REFUSED
    assert act(enter("li"), "propose", "settle-none").status_code == NOT_THERE
    assert act(enter("li"), "erase", first).status_code == NOT_THERE
    assert enter("li").get("/settlements/act/").status_code == WRONG_METHOD
    for address in ("/settlements/", "/settlements/act/"):
        assert enter("xihai").post(address, {"act": "propose", "run": first}).status_code in (NOT_THERE, WRONG_METHOD)
    assert enter("xihai").get("/settlements/").status_code == NOT_THERE
    assert register_of(workspace).acts == []
    assert act(enter("li"), "propose", other, policy="other").status_code == MOVED
    assert act(enter("li"), "propose", first, policy="first").status_code == MOVED
    assert act(enter("li"), "withdraw", first).status_code == MOVED


def test_point_1_a_spoiled_register_is_a_sentence_and_everything_a_trial(county, enter):
    workspace, first, _ = county
    act(enter("li"), "propose", first)
    act(enter("wang"), "adopt", first)
    file = workspace.folder / "runs" / "standing.jsonl"
    file.write_text(file.read_text("utf-8").replace('"by": "wang"', '"by": "zhao"'), "utf-8")
    for address in ("/?party=xihai&year=2025", "/settlements/"):
        answer = enter("li").get(address)
        assert answer.status_code == DONE
        assert "清算登记簿与写入时不一致" in answer.content.decode()
    assert "未经批准" in page(enter("li"))


@pytest.mark.parametrize("spoil", ["cut", "gone", "forged"])
def test_point_4_no_statement_leaves_the_house_while_the_register_is_not_sound(county, enter, spoil):
    workspace, first, _ = county
    act(enter("li"), "propose", first)
    act(enter("wang"), "adopt", first)
    file = workspace.folder / "runs" / "standing.jsonl"
    text = file.read_text("utf-8")
    if spoil == "gone":
        file.unlink()
    else:
        file.write_text(text.splitlines(True)[0] if spoil == "cut" else text.replace('"wang"', '"zhao"'), "utf-8")
    for name in ("statement.json", "statement.xlsx", "statement.pdf"):
        for more in ("", f"&run={first}"):
            answer = enter("li").get(f"/{name}?party=xihai&year=2025{more}")
            assert answer.status_code == 409 and "Content-Disposition" not in answer
            assert "清算登记簿" in answer.content.decode()
    # As it was written, it is given out again.
    file.write_text(text, "utf-8")
    assert enter("li").get("/statement.json?party=xihai&year=2025").status_code == DONE


def test_point_1_no_findings_is_said_only_when_all_rules_were_asked_and_could_judge(county, enter):
    from yiheng.runs import run_audit

    workspace, _, _ = county
    run_audit(workspace, ["overlapping_stays"])
    partial = page(enter("clerk"))
    assert "部分审核，不是全部审核" in partial and "条规则未审核" in partial
    assert ">本年度没有发现疑点" not in partial and "已审核的规则在本年度没有发现疑点" in partial


@pytest.mark.parametrize("cut", ["tail", "forged"])
def test_point_1_a_register_that_the_journal_does_not_know_is_refused(county, staff, cut):
    from yiheng.basis.refusals import Refusal
    from yiheng.casework.settlements import settlement_adopt, settlement_propose
    from yiheng.runs import withdraw

    workspace, first, other = county
    why = {"why": "totals agree", "marks_because": "the council set them in minute 12"}
    settlement_propose(workspace=workspace, run=first, by=staff["li"], **why)
    settlement_adopt(workspace=workspace, run=first, why="checked", by=staff["wang"])
    file = workspace.folder / "runs" / "standing.jsonl"
    if cut == "tail":
        # The chain of hashes alone still holds.
        file.write_text(file.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    else:
        withdraw(workspace, first, by="nobody", why="put in past the journal", note=lambda act: None)
    with pytest.raises(Refusal, match="the register of settlements holds [13] acts since .* the journal 2"):
        settlement_propose(workspace=workspace, run=other, by=staff["sun"], **why)


def listed(client, **more):
    return client.get("/settlements/", **more).content.decode()


def test_point_1_a_refusal_is_chinese_names_its_box_and_keeps_what_was_typed(county, enter):
    workspace, first, _ = county
    answer = act(enter("li"), "propose", first, why="与台账一致", marks_because="")
    page = answer.content.decode()
    row = page.partition(f'<tr id="{first}">')[2].partition("</form>")[0]
    # Three assumptions and four example values: the two budgets, the kept share and the cap.
    assert "本次清算有 7 项取自示例值或假设（" in row and "该理由印在清算单首页" in row
    assert "examples-because" not in page and "expected:" not in page and "to do:" not in page
    assert '<details class="act" open>' in row and 'value="与台账一致"' in page
    english = enter("li")
    english.post("/language/", {"language": "en"})
    told = act(english, "propose", first, marks_because="").content.decode()
    assert "7 example values or assumptions decide this settlement (" in told and "examples-because" not in told
    assert register_of(workspace).acts == []


def test_point_1_another_policy_is_asked_for_by_its_box(county, enter):
    _, _, other = county
    page = act(enter("li"), "propose", other).content.decode()
    assert "2025 年度此前按另一政策清算" in page and "改用政策 试算政策 other" in page and "--policy" not in page


def test_point_2_who_approves_sees_amounts_marks_and_what_is_replaced(county, enter):
    _, first, other = county
    act(enter("li"), "propose", first)
    row = listed(enter("wang")).partition(f'<tr id="{first}">')[2]
    seen = row.partition("</form>")[0]
    # xihai keeps 50 % of 2,000.00 - 1,530.00 = 470.00: 235.00. donghe overran 400.00 by 100.00: the fund bears up to
    # 10 % of 400.00 = 40.00, the consortium 60.00.
    for yuan in ("2,000.00", "1,530.00", "235.00", "400.00", "500.00", "40.00", "60.00"):
        assert f'<td class="number">{yuan}</td>' in seen
    assert "医保基金应拨付医共体 235.00" in seen and "试算政策 first" in seen and "7 项取自示例值或假设" in seen
    assert "budget: 2,000.00" not in seen and "将取代" not in seen
    asked = row.partition('value="adopt" data-confirm="')[2].partition('"')[0]
    assert f"批准 2025 年度清算 {first}（试算政策 first）为正式清算？" in asked
    assert "2 个医共体：总额预算 2,400.00 元，基金支出 2,030.00 元；" in asked
    paper = enter("wang").get(f"/statement.pdf?party=xihai&year=2025&run={first}")
    assert "（试算，待批准）" in pypdf.PdfReader(io.BytesIO(paper.content)).pages[0].extract_text()
    act(enter("wang"), "adopt", first)
    act(enter("li"), "propose", other, policy="other")
    page = listed(enter("wang")).partition(f'<tr id="{other}">')[2].partition("</form>")[0]
    assert f"批准的正式清算 {first}" in page and "9,000.00" in page


def test_point_2_a_statement_of_a_run_before_it_is_official_is_the_fund_offices(county, enter):
    _, first, other = county
    address = f"/statement.pdf?party=xihai&year=2025&run={other}"
    assert enter("li").get(address).status_code == DONE
    assert enter("xihai").get(address).status_code == NOT_THERE
    assert enter("li").get(address.replace(other, "settle-none")).status_code == NOT_THERE
    assert enter("xihai").get(f"/statement.pdf?party=xihai&year=2025&run={first}").status_code == NOT_THERE


def test_point_3_after_a_withdrawal_no_experiment_takes_the_place(county, enter):
    _, first, other = county
    act(enter("li"), "propose", first)
    act(enter("wang"), "adopt", first)
    act(enter("wang"), "withdraw", first, why="三月数据有误")
    shown = page(enter("li"))
    assert "2025 年度正式清算已于" in shown and "撤回，目前没有正式结果" in shown and "三月数据有误" in shown
    # The other policy grants xihai 9,000.00 yuan.
    assert "9,000.00" not in shown and "2,000.00" not in shown
    act(enter("li"), "propose", other, policy="other")
    shown = page(enter("li"))
    assert "须由另一人批准" in shown and "9,000.00" in shown and "目前没有正式结果" in shown


def test_point_5_titles_beijing_time_and_a_run_that_settled_nobody(county, enter, tmp_path):
    from django.test import override_settings

    from .by_hand import add_settle, made

    assert county and "试算政策 first</bdi><small><code>first</code></small>" in listed(enter("li"))
    folder = made(tmp_path / "nobody")
    refused = dict.fromkeys([("xihai", 2025), ("donghe", 2025)], "the fact 'spend' of 'xihai' is missing")
    add_settle(folder, "settle-1", refused, at="2026-01-01")
    with override_settings(WORKSPACE=folder):
        shown = listed(enter("li"))
    # Midnight in UTC is eight in the morning in Beijing.
    assert "2026-01-01 08:00" in shown
    assert "2 个医共体均未能清算" in shown and 'value="propose"' not in shown and ">试算<" not in shown


def test_point_4_pages_of_what_was_adopted_keep_the_names_and_say_where_settings_differ(county, enter):
    workspace, first, _ = county
    settings = workspace.folder / "yiheng.toml"
    before = settings.read_text("utf-8")
    names = '[names]\nxihai = "{}"\ndonghe = "{}"\n'
    try:
        settings.write_text(before + names.format("西海医共体", "东河医共体"), "utf-8")
        act(enter("li"), "propose", first)
        act(enter("wang"), "adopt", first)
        assert "批准时" not in page(enter("li"))
        settings.write_text(before + names.format("东河医共体", "西海医共体"), "utf-8")
        shown = enter("li").get("/?party=xihai&year=2025").content.decode()
        assert '<h1 title="xihai"><bdi lang="zh">西海医共体</bdi>' in shown and "<title>西海医共体 2025" in shown
        assert "名称为“西海医共体”，现在的设置为“东河医共体”" in shown
        paper = enter("li").get("/statement.pdf?party=xihai&year=2025").content
        assert "西海医共体（xihai）" in pypdf.PdfReader(io.BytesIO(paper)).pages[0].extract_text()
    finally:
        settings.write_text(before, "utf-8")
