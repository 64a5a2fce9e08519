"""Point 15 of trust: all parties at a glance, and which care makes the difference."""

from __future__ import annotations

import re
from decimal import Decimal


def newest():
    from yiheng.cockpit.overview import drivers

    return drivers.runs_by_year()[2025]


def test_point_15_every_party_stands_with_its_drivers(as_):
    page = as_("clerk").get("/overview/").content.decode()
    rows = re.findall(r"<tr>\s*<th scope=\"row\">.*?</tr>", page, re.DOTALL)
    assert len(rows) == 2 and all("试算" in row for row in rows)
    for row in rows:
        assert len(re.findall(r'class="amount">', row)) == 3


def test_point_15_the_largest_overrun_stands_first(as_):
    from yiheng.cockpit import results

    page = as_("clerk").get("/overview/").content.decode()
    told = re.findall(r"party=(\w+)&amp;year=2025", page)
    figures = {party: results.settled()[party, 2025].statement["figures"] for party in told}
    over = [Decimal(figures[party]["spend"]) - Decimal(figures[party]["budget"]) for party in told]
    assert over == sorted(over, reverse=True)


def test_point_15_a_consortium_sees_itself_alone(as_):
    page = as_("xihai").get("/overview/").content.decode()
    assert "xihai" in page and "donghe" not in page
    own = as_("xihai").get("/overview/party/?party=xihai&year=2025").content.decode()
    assert "各机构与上年相比" in own and "各类就医与其他医共体相比" not in own
    assert "各类就医与其他医共体相比" in as_("clerk").get("/overview/party/?party=xihai&year=2025").content.decode()


def test_point_15_a_driver_opens_into_claims_that_add_up(as_):
    row = min(
        (r for r in newest().result["institutions"] if r["party"] == "xihai" and 0 < r["settlements"] <= 50),
        key=lambda r: -r["fen"],
    )
    address = f"/overview/claims/?party=xihai&year=2025&institution={row['institution']}&kind={row['kind']}"
    page = as_("clerk").get(address).content.decode()
    told = re.findall(
        r'<td class="number">(-?[\d,]+)\.(\d\d)</td>', page.split('id="claims-2025"')[1].split("</section>")[0]
    )
    fen = sum(int(whole.replace(",", "")) * 100 + int(rest) for whole, rest in told)
    assert len(told) == row["settlements"] and fen == row["fen"]
