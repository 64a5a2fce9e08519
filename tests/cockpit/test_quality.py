"""The page of quality: scope by membership, filters, rows, the workbook and its line in the journal."""

from __future__ import annotations

import io

import openpyxl
import pytest


@pytest.fixture
def run(served):
    from yiheng.cockpit import results

    return results.quality()


def names(run, *consortia):
    """Institutions that belonged to these in any month; one moved from one consortium to the other."""
    known = run.result["institutions"]
    return {known[row["institution"]]["name"] for row in run.result["rows"] if row["consortium"] in consortia}


def test_a_consortium_sees_its_members_and_nobody_else(as_, run):
    own = names(run, "xihai")
    others = names(run, "donghe", None) - own
    assert own and others
    page = as_("xihai").get("/quality/").content.decode()
    assert all(name in page for name in own) and not [name for name in others if name in page]
    office = as_("clerk").get("/quality/").content.decode()
    assert all(name in office for name in own | others)


def test_a_member_that_moved_is_seen_for_its_own_months(as_, run):
    months = {}
    for row in run.result["rows"]:
        months.setdefault(row["institution"], {}).setdefault(row["consortium"], set()).add(row["month"])
    moved, of = next((one, of) for one, of in months.items() if {"xihai", "donghe"} <= set(of))
    assert not of["xihai"] & of["donghe"]
    for consortium, other in (("xihai", "donghe"), ("donghe", "xihai")):
        own, foreign = max(of[consortium]), max(of[other])
        page = "/quality/?institution={}&year={}&month={}"
        assert as_(consortium).get(page.format(moved, own[:4], own)).status_code == 200
        answer = as_(consortium).get(page.format(moved, foreign[:4], foreign))
        assert answer.status_code == 404 or "没有符合条件的清单" in answer.content.decode()
        book = cells(as_(consortium).get(f"/quality.xlsx?institution={moved}&year={own[:4]}"))
        assert {row[1] for row in book["问题明细"]} <= of[consortium] | {None}


def test_no_address_leads_out_of_the_scope(as_, run):
    mine = {row["institution"] for row in run.result["rows"] if row["consortium"] == "xihai"}
    foreign = next(
        row["institution"]
        for row in run.result["rows"]
        if row["consortium"] == "donghe" and row["institution"] not in mine
    )
    for address in (f"/quality/?institution={foreign}", f"/quality.xlsx?institution={foreign}"):
        assert as_("xihai").get(address).status_code == 404
        assert as_("donghe").get(address).status_code == 200


def cells(answer):
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    return {sheet.title: list(sheet.iter_rows(min_row=2, values_only=True)) for sheet in book}


def test_the_workbook_holds_the_scope_and_is_journalled(as_, people, run):
    from yiheng.casework.models import JournalLine
    from yiheng.runs import questioned_rows

    own = {
        (r["institution"], r["month"])
        for r in run.result["rows"]
        if r["consortium"] == "xihai" and "2025" in r["month"]
    }
    from yiheng.cockpit import results

    wanted = [
        row["visit"]
        for row in questioned_rows(results.folder_of(run), verdict="invalid")
        if (row["institution"], row["month"]) in own
    ]
    found = cells(as_("xihai").get("/quality.xlsx?year=2025"))
    assert sorted(str(row[2]) for row in found["问题明细"]) == sorted(map(str, wanted)) and wanted
    (line,) = JournalLine.objects.filter(act="quality.exported", by=people["xihai"])
    assert line.subject == run.id and line.data == {"year": 2025, "person_numbers": "masked"}


def test_a_check_opens_its_rows(as_, run):
    row = next(r for r in run.result["rows"] if r["check"] == "listed_late" and r["invalid"] and r["consortium"])
    where = f"institution={row['institution']}&month={row['month']}&year={row['month'][:4]}"
    page = as_("clerk").get(f"/quality/?{where}&check=listed_late").content.decode()
    assert page.count('<td class="found">') == row["invalid"]
    assert "出院时间 dscg_time / 申报时间 dcla_time" in page and "出院后 7 日内上报" in page
    none = as_("clerk").get(f"/quality/?{where}&check=list_missing&verdict=unknown").content.decode()
    assert "没有这样的记录。" in none


def test_many_rows_come_page_by_page(as_, run):
    from yiheng.cockpit.quality import ROWS_ON_A_PAGE

    late = sum(
        r["invalid"] for r in run.result["rows"] if r["check"] == "listed_late" and r["month"].startswith("2025")
    )
    assert late > ROWS_ON_A_PAGE
    client = as_("clerk")
    first, last = (client.get(f"/quality/?year=2025&check=listed_late&page={n}").content.decode() for n in (1, 99999))
    assert first.count('<td class="found">') == ROWS_ON_A_PAGE
    assert last.count('<td class="found">') == late % ROWS_ON_A_PAGE or ROWS_ON_A_PAGE


def test_what_a_refused_row_held_is_masked_where_it_is_a_person(as_, run, monkeypatch):
    from yiheng.cockpit import quality

    row = {
        "institution": None, "file": "visit.csv", "line": 2, "row_number": 1, "table_name": "visit",
        "column_name": "person_id", "says": "不存在", "found": "P0008766", "expected": "", "fault": "person_not_known",
    }  # fmt: skip
    monkeypatch.setattr(quality, "refused_rows", lambda *_: iter([row]))
    found = {role: cells(as_(role).get("/quality.xlsx"))["拒收记录"][0][7] for role in ("clerk", "reviewer")}
    assert found == {"clerk": "P0****66", "reviewer": "P0008766"}


def test_without_a_run_or_without_lists_the_page_says_so(as_, tmp_path):
    from django.test import override_settings

    from .by_hand import add_run, made

    client, newcomer = as_("clerk"), as_("newcomer")
    assert "您的权限范围内没有住院清单可以判断" in newcomer.get("/quality/").content.decode()
    assert newcomer.get("/quality.xlsx").status_code == 200
    folder = made(tmp_path / "empty")
    with override_settings(WORKSPACE=folder):
        assert "还没有质量结果" in client.get("/quality/").content.decode()
        assert client.get("/quality.xlsx").status_code == 404
        inputs = {"institution": "H1", "since": None, "until": None}
        add_run(folder, "quality-1", "quality.json", {"rows": []}, at="2026-01-01", inputs=inputs)
        assert "还没有质量结果" in client.get("/quality/").content.decode(), "a run of one institution hides the others"
