"""A real browser signs in, reads, opens reasons and definitions, switches the language; nothing complains."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

CHROMIUM = "/usr/bin/chromium"
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
SECONDS_TO_START = 30
STICKS = "cell => getComputedStyle(cell).position"
MODULE = [sys.executable, "-m", "yiheng.cockpit"]


@pytest.fixture(scope="module")
def password(served) -> str:
    """The demo user's password, as the command prints it."""
    said = subprocess.run([*MODULE, "demo-user", str(served)], capture_output=True, text=True, check=True).stdout
    return re.search(r"demo .*: (\S+)", said)[1]


@pytest.fixture(scope="module")
def address(served, password):
    """A server of its own process on a free port of this machine, stopped by its number."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([*MODULE, "serve", str(served), "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        _wait_for(f"http://127.0.0.1:{port}/login/", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=SECONDS_TO_START)


def _wait_for(url: str, server: subprocess.Popen) -> None:
    last = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < last:
        assert server.poll() is None, "the server ended"
        try:
            urllib.request.urlopen(url)
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise AssertionError("the server did not start")


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], headless=True)
        yield browser
        browser.close()


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def page(request, chromium, address, password):
    """A page on which the demo user signed in; at its end nothing may have complained."""
    context = chromium.new_context(viewport=request.param, base_url=address)
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda fault: complaints.append(str(fault)))
    page.on(
        "request", lambda asked: complaints.append(asked.url) if not asked.url.startswith((address, "data:")) else None
    )
    page.goto("/")
    page.get_by_label("用户名").fill("demo")
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    # Tests begin on the page behind the door, whole: a busy machine may still be drawing it.
    expect(page.get_by_role("button", name="退出")).to_be_visible()
    page.wait_for_load_state()
    yield page
    context.close()
    assert not complaints


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def picture(page: Page, folder: Path, name: str) -> None:
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    assert (folder / f"{name}.png").stat().st_size > 0


def test_a_clerk_reads_the_cockpit(page, tmp_path):
    expect(page.get_by_role("heading", level=1)).to_contain_text("东河医共体")
    expect(page.locator("#trend-chart .main-svg").first).to_be_visible()
    assert fits(page)
    picture(page, tmp_path, "cockpit")

    card = page.locator(".card").filter(has_text="次均住院费用")
    card.get_by_text("口径").click()
    expect(card.get_by_text("每次住院的平均医疗费总额")).to_be_visible()

    figure = page.get_by_role("button", name="总额预算")
    figure.click()
    expect(page.locator("#reasons")).to_contain_text("预算等于前几年基金支出的平均数")
    expect(figure).to_have_attribute("aria-expanded", "true")
    page.locator("#reasons summary").nth(1).click()
    expect(page.locator("#reasons")).to_contain_text(re.compile(r"policy\.yaml:\d+"))
    picture(page, tmp_path, "reasons")
    page.get_by_role("button", name="收起").click()
    expect(page.locator("#reasons")).to_be_empty()
    expect(figure).to_be_focused()


def test_another_indicator_is_drawn_in_place(page):
    page.locator(".pills").get_by_text("药占比").click()
    expect(page.locator("#trend-title")).to_contain_text("药占比")
    expect(page.locator("#trend-chart .main-svg").first).to_be_visible()
    expect(page.locator("#trend-chart .scatterlayer .trace")).to_have_count(2)
    # Without Plotly's rules its layers would stand below each other, over what follows.
    expect(page.locator("#trend-chart .main-svg").nth(1)).to_have_css("position", "absolute")
    page.get_by_text("看表格").click()
    expect(page.locator(".table-view tbody tr")).to_have_count(12)
    with page.expect_download() as got:
        page.locator("#trend").get_by_role("link", name="下载 CSV").click()
    assert got.value.suggested_filename == "drug_share-donghe-2025.csv"


def test_the_pages_are_read_in_english(page, tmp_path):
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Key figures")).to_be_visible()
    page.wait_for_load_state()
    page.get_by_role("button", name="Kept surplus").click()
    expect(page.locator("#reasons")).to_contain_text("surplus = budget − spending")
    picture(page, tmp_path, "english")
    page.get_by_role("link", name="Findings", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Findings")
    assert fits(page)
    picture(page, tmp_path, "findings")


def test_a_clerk_judges_a_finding_and_takes_it_back(page, tmp_path):
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.get_by_role("link", name="疑点", exact=True).click()
    row = page.locator(".findings tbody tr").nth(1 if page.viewport_size == DESK else 2)
    expect(row.locator(".verdict")).to_have_count(0)
    row.locator("summary").click()
    row.get_by_role("button", name="属实", exact=True).click()
    # Without a reason the browser itself holds the form back.
    expect(row.locator(".verdict")).to_have_count(0)
    row.get_by_label("理由").fill("no record in the file")
    assert fits(page)
    picture(page, tmp_path, "judging")
    row.get_by_role("button", name="属实", exact=True).click()
    expect(row.locator(".verdict")).to_have_text("属实")
    expect(row).to_contain_text("no record in the file")
    expect(page.locator(".precision strong").first).to_be_visible()
    row.locator("summary").click()
    row.get_by_label("理由").fill("the file was handed in")
    row.get_by_role("button", name="不属实").click()
    expect(row.locator(".verdict")).to_have_text("不属实")
    assert fits(page)
    picture(page, tmp_path, "judged")
    assert len(asked) == 2 and "永久留存" in asked[0]


def test_a_clerk_goes_from_a_month_to_the_lists_in_question(page, tmp_path):
    page.get_by_role("link", name="质量", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("结算清单质量")
    assert fits(page)
    page.locator(".months td a").first.click()
    # Which checks a month fails depends on the county; each says what was expected.
    page.locator(".checks").get_by_role("link").first.click()
    expect(page.locator("#rows").get_by_text("应为：").first).to_be_visible()
    page.get_by_role("link", name="无法判断").click()
    expect(page.locator("#rows .pills a[aria-current]")).to_have_text("无法判断")
    assert fits(page)
    picture(page, tmp_path, "quality")
    with page.expect_download() as got:
        page.get_by_role("link", name="下载 XLSX").click()
    assert got.value.suggested_filename.startswith("quality-")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Settlement list quality")
    assert fits(page)


def test_a_clerk_compares_policies(page, tmp_path):
    page.get_by_role("link", name="对比", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("政策对比")
    expect(page.get_by_role("img", name="净结算额")).to_be_visible()
    assert fits(page)
    picture(page, tmp_path, "comparison")
    with page.expect_download() as got:
        page.get_by_role("link", name="下载 XLSX").click()
    assert got.value.suggested_filename.startswith("compare-")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Comparison of policies")
    assert fits(page)


def test_no_card_stands_alone_in_its_row(page):
    tops = page.locator(".card").evaluate_all("cards => cards.map(card => card.getBoundingClientRect().top)")
    widths = page.locator(".card").evaluate_all("cards => cards.map(card => card.getBoundingClientRect().width)")
    alone = tops.count(tops[-1]) == 1 and widths[-1] < 2 * widths[0]
    assert not alone, tops


def test_choosing_acts_at_once(page):
    page.get_by_label("医共体", exact=True).select_option("xihai")
    expect(page.get_by_role("heading", level=1)).to_contain_text("xihai")
    page.get_by_label("年度", exact=True).select_option("2024")
    expect(page.get_by_role("heading", level=1)).to_contain_text("2024")
    page.get_by_role("button", name="退出").click()
    expect(page.get_by_label("用户名")).to_be_visible()


@pytest.mark.parametrize(
    "path",
    [
        "/", "/?party=xihai&year=2025", "/findings/", "/overview/", "/overview/party/?party=xihai&year=2025",
        "/settlements/", "/quality/", "/comparison/",
    ],
)  # fmt: skip
def test_point_15_no_page_is_wider_than_its_window(page, path):
    assert page.goto(path).ok
    page.wait_for_load_state()
    assert fits(page)
    for box in page.locator(".scroll > table:not(.findings)").all():
        assert page.viewport_size == DESK or box.locator("tr > :first-child").first.evaluate(STICKS) == "sticky"


@pytest.mark.parametrize("link", ["/findings/?rule=split_stay", "/overview/party/?party=xihai&year=2025"])
def test_point_15_what_a_table_opens_fits_the_window(page, link):
    """A finding with its visit, and the claims of a driver."""
    page.goto(link)
    page.locator("td.says a" if "findings" in link else "th[scope=row] a").first.click()
    page.wait_for_load_state()
    expect(page.locator("table").first).to_be_visible()
    assert fits(page)
    box = page.locator(".scroll").first
    assert box.evaluate("box => box.getBoundingClientRect().right <= window.innerWidth")
