"""Who gets which page: a table of addresses and roles, and what the pages hold."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import re

import pypdf
import pytest
import typst

X, D = "party=xihai&year=2025", "party=donghe&year=2025"
ROLES = ("stranger", "clerk", "xihai", "donghe", "newcomer")
# What each role gets; 302 leads to the login.
TABLE = {
    "/": (302, 200, 200, 200, 200),
    f"/?{X}": (302, 200, 200, 404, 404),
    f"/?{D}": (302, 200, 404, 200, 404),
    "/?party=nowhere": (302, 404, 404, 404, 404),
    "/?year=1999": (302, 404, 404, 404, 200),
    "/?year=abc": (302, 404, 404, 404, 200),
    f"/trend/?{X}": (302, 200, 200, 404, 404),
    f"/trend/?{X}&indicator=drug_share": (302, 200, 200, 404, 404),
    f"/trend/?{X}&indicator=nothing": (302, 404, 404, 404, 404),
    f"/trend.csv?{X}": (302, 200, 200, 404, 404),
    f"/reasons/?{X}&figure=budget": (302, 200, 200, 404, 404),
    f"/reasons/?{X}&figure=nothing": (302, 404, 404, 404, 404),
    "/reasons/": (302, 404, 404, 404, 404),
    f"/statement.json?{X}": (302, 200, 200, 404, 404),
    f"/statement.pdf?{X}": (302, 200, 200, 404, 404),
    "/statement.pdf?party=xihai&year=2022": (302, 404, 404, 404, 404),
    f"/statement.xlsx?{X}": (302, 200, 200, 404, 404),
    "/statement.json?party=xihai&year=2022": (302, 404, 404, 404, 404),
    "/findings/": (302, 200, 404, 404, 404),
    "/findings/?rule=split_stay&year=2025": (302, 200, 404, 404, 404),
    "/findings/?rule=nothing": (302, 404, 404, 404, 404),
    "/findings/?page=99999": (302, 200, 404, 404, 404),
    "/findings/?institution=nowhere": (302, 404, 404, 404, 404),
    "/findings/?least=abc": (302, 404, 404, 404, 404),
    "/findings/?weight=breach&least=100.5&verdict=none&order=amount": (302, 200, 404, 404, 404),
    "/findings/<slug:finding>/": (404, 404, 404, 404, 404),
    "/findings/0123456789abcdef/": (302, 404, 404, 404, 404),
    "/findings/judge/": (302, 405, 405, 405, 405),
    "/findings.csv": (302, 200, 404, 404, 404),
    "/overview/": (302, 200, 200, 200, 200),
    "/overview/?year=1999": (302, 404, 404, 404, 404),
    f"/overview/party/?{X}": (302, 200, 200, 404, 404),
    "/overview/party/": (302, 404, 404, 404, 404),
    "/overview/party/?party=nowhere&year=2025": (302, 404, 404, 404, 404),
    f"/overview/claims/?{X}&institution=H37029900002&kind=inpatient": (302, 200, 200, 404, 404),
    f"/overview/claims/?{X}&institution=nowhere&kind=inpatient": (302, 404, 404, 404, 404),
    "/overview/claims/": (302, 404, 404, 404, 404),
    "/visits/": (302, 404, 404, 404, 404),
    "/visits/?run=audit-0&visit=V000000001": (302, 404, 404, 404, 404),
    "/quality/": (302, 200, 200, 200, 200),
    "/quality/?year=2025&kind=timely&check=listed_late": (302, 200, 200, 200, 404),
    "/quality/?year=1999": (302, 404, 404, 404, 404),
    "/quality/?institution=nowhere": (302, 404, 404, 404, 404),
    "/quality/?month=2025-13": (302, 404, 404, 404, 404),
    "/quality/?check=nothing": (302, 404, 404, 404, 404),
    "/quality/?verdict=valid": (302, 404, 404, 404, 404),
    "/quality.xlsx": (302, 200, 200, 200, 200),
    "/comparison/": (302, 200, 200, 200, 200),
    "/comparison/?page=99999": (302, 200, 200, 200, 200),
    "/comparison.xlsx": (302, 200, 200, 200, 200),
    "/settlements/": (302, 200, 404, 404, 404),
    "/settlements/act/": (302, 405, 405, 405, 405),
    "/login/": (200, 302, 302, 302, 302),
    "/logout/": (302, 405, 405, 405, 405),
    "/language/": (405, 405, 405, 405, 405),
    "/no-such-page/": (404, 404, 404, 404, 404),
}
READ_ONLY = [
    "/",
    "/trend/",
    "/trend.csv",
    "/reasons/",
    "/statement.json",
    "/statement.pdf",
    "/statement.xlsx",
    "/findings/",
    "/findings.csv",
    "/overview/",
    "/overview/party/",
    "/overview/claims/",
    "/quality/",
    "/quality.xlsx",
    "/comparison/",
    "/comparison.xlsx",
]


@pytest.mark.parametrize("address", TABLE)
def test_each_role_gets_what_the_table_says(as_, address):
    got = tuple(as_(role).get(address).status_code for role in ROLES)
    assert got == TABLE[address]


def test_the_table_holds_every_address(served):
    from yiheng.cockpit.urls import urlpatterns

    told = {address.partition("?")[0] for address in TABLE}
    declared = [one for pattern in urlpatterns for one in getattr(pattern, "url_patterns", [pattern])]
    assert {f"/{pattern.pattern}" for pattern in declared} <= told


@pytest.mark.parametrize("address", READ_ONLY)
def test_what_is_only_read_takes_no_post(as_, address):
    assert as_("clerk").post(address).status_code == 405


def test_a_stranger_is_led_to_the_login_and_back(as_):
    answer = as_("stranger").get(f"/?{X}")
    assert answer.headers["Location"] == "/login/?next=/%3Fparty%3Dxihai%26year%3D2025"


@pytest.mark.parametrize("address", ["/login/", "/", "/no-such-page/", "/findings/"])
def test_every_answer_carries_the_headers(as_, address):
    headers = as_("clerk").get(address).headers
    policy = headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "default-src 'none'" in policy and "script-src 'self'" in policy
    assert "style-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]


def test_no_page_holds_inline_script_or_style(as_):
    for address in (
        "/",
        f"/?{X}",
        "/findings/",
        "/quality/",
        "/no-such-page/",
        f"/reasons/?{X}&figure=kept",
        f"/trend/?{X}",
    ):
        page = as_("clerk").get(address).content.decode()
        scripts = re.findall(r"<script([^>]*)>", page)
        assert all("src=" in script or 'type="application/json"' in script for script in scripts)
        assert not re.search(r"<style|\sstyle=|\son\w+=", page)


def test_a_strange_host_is_refused(as_):
    assert as_("clerk").get("/", headers={"host": "evil.example"}).status_code == 400


def test_the_chooser_offers_only_the_scope(as_):
    page = as_("xihai").get("/").content.decode()
    assert re.findall(r"<option[^>]*>(\D+?)</option>", page) == ["xihai"]
    assert "donghe" not in page
    assert "只对经办机构开放" in page


def test_a_downloaded_statement_holds_no_other_party(as_):
    import openpyxl

    made = json.loads(as_("xihai").get(f"/statement.json?{X}").content)
    assert [(one["party"], one["year"]) for one in made["statements"]] == [("xihai", 2025)]
    assert "donghe" not in json.dumps(made)
    book = openpyxl.load_workbook(io.BytesIO(as_("xihai").get(f"/statement.xlsx?{X}").content))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert "xihai" in cells and not [cell for cell in cells if "donghe" in cell]
    paper = pypdf.PdfReader(io.BytesIO(as_("xihai").get(f"/statement.pdf?{X}").content))
    text = "".join(page.extract_text() for page in paper.pages)
    assert "xihai" in text and "donghe" not in text


def test_the_json_that_is_downloaded_has_the_hash_that_the_paper_names(as_):
    made = hashlib.sha256(as_("xihai").get(f"/statement.json?{X}").content).hexdigest()
    paper = pypdf.PdfReader(io.BytesIO(as_("xihai").get(f"/statement.pdf?{X}").content))
    assert made in "".join("".join(page.extract_text() for page in paper.pages).replace("\u200b", "").split())


def test_where_no_chinese_font_is_installed_the_page_says_what_to_do(as_, monkeypatch):
    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr("yiheng.statements.paper.fonts", lambda: bare)
    answer = as_("xihai").get(f"/statement.pdf?{X}")
    assert answer.status_code == 503 and "fonts-noto-cjk" in answer.content.decode()


def test_the_page_shows_the_figures_of_the_run(as_):
    from yiheng.cockpit.results import settled
    from yiheng.cockpit.show import money

    page = as_("clerk").get(f"/?{X}").content.decode()
    figures = settled()[("xihai", 2025)].statement["figures"]
    assert len(figures) == 7
    for yuan in figures.values():
        assert f'title="{money(yuan)} 元"' in page


def test_point_2_the_page_lists_every_account_its_sum_and_the_hash(as_):
    from yiheng.cockpit.results import settled
    from yiheng.statements import dues, statement_hash, sums

    page = as_("clerk").get(f"/?{X}").content.decode()
    run = settled()[("xihai", 2025)]
    found = dues(run.statement)
    assert found
    for one in found:
        assert f"<td>{one.says.zh}</td>" in page and f">{one.amount}</td>" in page
    for amount in sums(found).values():
        assert not amount or f"<strong>{amount}</strong>" in page
    assert statement_hash(run.run.result, run.statement) in page


def test_a_reason_leads_down_to_the_policy_line_and_the_query(as_):
    page = as_("xihai").get(f"/reasons/?{X}&figure=budget").content.decode()
    assert re.search(r"policy\.yaml:\d+", page)
    assert "settlement@" in page and "SUM(" in page
    assert page.count("<details") > page.count("open>") == 1


def test_parts_shared_inside_open_their_reasons_too(as_):
    from yiheng.cockpit.results import settled

    shared = [(key, purpose) for key, one in settled().items() if one.statement for purpose in one.statement["shared"]]
    assert shared, "the county needs a year with a surplus"
    (party, year), purpose = shared[0]
    client = as_("clerk")
    assert purpose in client.get(f"/?party={party}&year={year}").content.decode()
    answer = client.get("/reasons/", {"party": party, "year": year, "figure": f"use/{purpose}"})
    assert answer.status_code == 200


def test_empty_states_say_what_to_do(as_):
    page = as_("clerk").get("/?party=xihai&year=2022").content.decode()
    assert "还没有结算结果。请先运行" in page and "yiheng settle … --year 2022" in page
    # Who has no terminal is sent to who has one.
    own = as_("xihai").get("/?party=xihai&year=2022").content.decode()
    assert "本年度预算尚未测算，请联系经办机构。" in own and "<code>yiheng" not in own
    assert "还没有“beishan”的结果" in as_("newcomer").get("/").content.decode()


def test_a_workspace_without_results_says_how_to_begin(as_, tmp_path):
    from django.test import override_settings

    from .by_hand import made

    client = as_("clerk")
    with override_settings(WORKSPACE=made(tmp_path / "empty")):
        page = client.get("/").content.decode()
        assert "还没有可看的结果" in page and "yiheng load" in page
        assert "请先运行" in client.get("/findings/").content.decode()
        assert client.get("/findings.csv").status_code == 404
        assert client.get("/trend/").status_code == 404


def test_a_refused_settlement_shows_its_sentence(as_, tmp_path):
    from django.test import override_settings

    from .by_hand import add_settle, made

    client = as_("clerk")
    folder = made(tmp_path / "refused")
    add_settle(folder, "settle-1", {("xihai", 2025): "the fact 'spend' of 'xihai' is unknown"}, at="2026-01-01")
    with override_settings(WORKSPACE=folder):
        page = client.get("/").content.decode()
    assert "本年度未能清算" in page and "&#x27;spend&#x27; of &#x27;xihai&#x27; is unknown" in page


def test_person_numbers_are_masked_but_by_right(as_):
    from yiheng.cockpit.results import audited

    persons = {f["person"] for f in audited().result["findings"] if f["person"]}
    pages = {role: as_(role).get("/findings/").content.decode() for role in ("clerk", "reviewer")}
    home = as_("clerk").get("/").content.decode()
    assert not [person for person in persons if person in pages["clerk"] + home]
    assert [person for person in persons if person in pages["reviewer"]]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_point_8_a_fault_answers_in_the_same_look_and_with_a_number_of_the_log(as_, monkeypatch, language):
    from yiheng.cockpit import board, faults

    def fail(*_: object) -> None:
        raise ValueError("欧阳虚构 110101194912310024 '甲'")

    lines: list[str] = []
    kept = logging.Handler()
    kept.setFormatter(faults.Line())
    kept.emit = lambda record: lines.append(kept.format(record))  # type: ignore[method-assign]
    monkeypatch.setattr(logging.getLogger("django.request"), "handlers", [kept])
    client = as_("clerk", raise_request_exception=False)
    monkeypatch.setattr(board, "cards", fail)
    client.cookies["django_language"] = {"zh": "zh-hans", "en": "en"}[language]
    answer = client.get(f"/?{X}")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert (
        {"zh": "页面暂时无法显示", "en": "wrong"}[language] in page
        and "cockpit/cockpit" in page
        and "ValueError" not in page
    )
    (line,) = lines
    number = line.partition("[")[2].partition("]")[0]
    assert len(number) == 8 and {"zh": f"编号 {number}", "en": f"number {number}."}[language] in page
    assert "builtins.ValueError: … *** …" in line and " fail" in line and "欧阳虚构" not in line and "甲" not in line


def test_point_9_who_signs_in_with_a_certificate_number_leaves_none_behind(as_):
    from axes.models import AccessAttempt

    from yiheng.casework.models import JournalLine

    client = as_("stranger")
    for _ in range(12):
        client.post("/login/", {"username": "110101194912310024", "password": "x"})
    kept = [
        *AccessAttempt.objects.values_list("username", flat=True),
        *JournalLine.objects.values_list("subject", flat=True),
    ]
    assert [name for name in kept if name.startswith("***~")] and not [name for name in kept if "19491231" in name]
