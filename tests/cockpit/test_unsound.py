"""Point 4 in the cockpit: a result that was edited is shown nowhere and given out nowhere; the others stay visible."""

from __future__ import annotations

import pytest

from .by_hand import add_measure, add_settle, figures, made
from .doors import PASSWORD, client_of

CHANGED = 409


@pytest.fixture
def edited(as_, tmp_path):
    """A clerk before a workspace with indicators and a settlement whose money was raised by hand."""
    from django.test import override_settings

    folder = made(tmp_path / "edited")
    add_measure(folder, "measure-1", "year", [("drug_share", "xihai", 2025, 3, 10)], at="2026-01-01")
    run = add_settle(folder, "settle-1", {("xihai", 2025): figures("2000.00", "1530.00")}, at="2026-01-02")
    client = as_("clerk")
    with override_settings(WORKSPACE=folder):
        assert "2,000.00" in client.get("/").content.decode()
        file = folder / "runs" / run / "statements.json"
        file.write_text(file.read_text("utf-8").replace("2000.00", "9000.00"), "utf-8")
        yield client, folder, run


def test_point_4_an_edited_settlement_is_told_and_the_indicators_stay(edited):
    client, folder, run = edited
    page = client.get("/")
    shown = page.content.decode()
    assert page.status_code == 200 and "9,000.00" not in shown and "2,000.00" not in shown
    # In the language of the page, with the place inside the workspace only.
    assert f"runs/{run}/statements.json" in shown and str(folder) not in shown
    assert "statements.json 与计算批次写出时不一致" in shown and "yiheng restore" in shown
    # For who reads it: one sentence for both files of the run; the rest is folded.
    assert shown.count(f"2025 年度清算结果（{run[:13]}…）的文件被改动，已停止显示和下载。") == 1
    assert "<details><summary>技术信息</summary>" in shown
    assert "2025 年度清算结果异常，预算执行情况暂不显示，请联系系统管理员。" in shown and "还没有预算" not in shown
    assert "还没有结算结果" not in shown
    # 3 of 10, of the other run.
    assert "30.0" in shown
    client.cookies["django_language"] = "en"
    assert "statements.json is not what the run wrote" in client.get("/").content.decode()


@pytest.mark.parametrize("name", ["statement.json", "statement.xlsx", "statement.pdf"])
def test_point_4_no_download_of_it_leaves_the_house(edited, name):
    client, _folder, run = edited
    for more in ("", f"&run={run}"):
        answer = client.get(f"/{name}?party=xihai&year=2025{more}")
        told = answer.content.decode()
        assert answer.status_code == CHANGED and "Content-Disposition" not in answer
        assert "与计算批次写出时不一致" in told and "9,000.00" not in told and "9000.00" not in told


def test_point_4_a_manifest_that_was_edited_hides_its_run_and_nothing_older_stands_in(edited):
    client, folder, _run = edited
    newer = add_measure(folder, "measure-2", "year", [("drug_share", "xihai", 2025, 4, 10)], at="2026-01-03")
    assert "40.0" in client.get("/").content.decode()
    file = folder / "runs" / newer / "manifest.json"
    file.write_text(
        file.read_text("utf-8").replace('"drug_share"', '"other"').replace("measure-2", "measure-3"), "utf-8"
    )
    shown = client.get("/").content.decode()
    assert "40.0" not in shown and "30.0" not in shown and "manifest" in shown


def test_point_4_nothing_is_done_with_an_edited_settlement_until_it_is_back(edited):
    """Withdrawn, a sound settlement with a damaged file would be gone for good."""
    from yiheng.casework.services import user_create

    _clerk, folder, run = edited
    rights = ("casework.propose_settlements", "casework.adopt_settlements")
    client = client_of(user_create(username="wang", password=PASSWORD, rights=rights))
    shown = client.get("/settlements/").content.decode()
    assert "结果异常，已停用" in shown and "结果文件与计算时不一致，恢复前不能办理。" in shown
    assert "未能清算" not in shown and 'name="act"' not in shown
    for act in ("withdraw", "propose", "adopt"):
        answer = client.post("/settlements/act/", {"act": act, "run": run, "why": "totals differ"})
        assert answer.status_code == 400 and not (folder / "runs" / "standing.jsonl").exists()
    answer = client.post("/settlements/act/", {"act": "withdraw", "run": run, "why": "totals differ"})
    told = answer.content.decode()
    assert told.count("恢复前不能办理") == 2 and f"{run}: statements.json" in told
    client.cookies["django_language"] = "en"
    assert "Result changed – blocked" in client.get("/settlements/").content.decode()
    client.cookies["django_language"] = "zh-hans"
    file = folder / "runs" / run / "statements.json"
    file.write_text(file.read_text("utf-8").replace("9000.00", "2000.00"), "utf-8")
    shown = client.get("/settlements/").content.decode()
    assert "结果异常" not in shown and 'value="withdraw"' in shown


def test_point_4_a_list_of_runs_that_is_gone_is_told_as_such(edited):
    client, folder, _run = edited
    (folder / "runs" / "runs.jsonl").unlink()
    answer = client.get("/")
    told = answer.content.decode()
    assert answer.status_code == CHANGED and "已入库数据异常，暂停查询" in told and "结果与计算时不一致" not in told
    answer = client.post("/settlements/act/", {"act": "adopt", "run": "x", "why": "totals agree"})
    assert answer.status_code == 503 and "已入库数据异常，暂停查询" in answer.content.decode()
