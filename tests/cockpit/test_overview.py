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


def claims_of(as_, role: str, party: str) -> tuple[str, list[str]]:
    """The first list of claims of a party, and the addresses of their visits."""
    row = next(r for r in newest().result["institutions"] if r["party"] == party and r["settlements"] > 0)
    address = f"/overview/claims/?party={party}&year=2025&institution={row['institution']}&kind={row['kind']}"
    page = as_(role).get(address).content.decode()
    return address, [one.replace("&amp;", "&") for one in re.findall(r'href="(/visits/\?[^"]+)"', page)]


def test_point_15_every_claim_opens_with_its_settlements_and_lines_also_without_findings(as_):
    from yiheng.cockpit import results, suspects

    clerk, (_address, told) = as_("clerk"), claims_of(as_, "clerk", "xihai")
    suspect = {one["visit"] for one in suspects.of_run(results.audited())}
    clean = next(one for one in told if one.split("visit=")[1] not in suspect)
    page = clerk.get(clean).content.decode()
    assert "没有疑点" in page and 'id="settlements-title"' in page and 'id="lines-title"' in page
    fund = re.search(r'<tr>\s*<th scope="row"><code>S\d+</code></th>.*?</tr>', page, re.DOTALL)
    assert fund and len(re.findall(r'class="number"', fund[0])) == 5


def test_point_15_a_consortium_opens_visits_that_its_fund_paid_and_no_others(as_):
    _address, own = claims_of(as_, "xihai", "xihai")
    page = as_("xihai").get(own[0])
    assert page.status_code == 200 and "疑点" not in page.content.decode().split("<main")[1]
    assert "****" in page.content.decode()
    _address, others = claims_of(as_, "clerk", "donghe")
    assert as_("xihai").get(others[0]).status_code == 404
    assert as_("clerk").get(others[0]).status_code == 200


def test_point_15_a_visit_or_run_that_is_unknown_is_not_found(as_):
    _address, told = claims_of(as_, "clerk", "xihai")
    run = told[0].split("&")[0]
    for address in (f"{run}&visit=V0'--", f"{run}&visit=", "/visits/?run=audit-0&visit=V000000001", "/visits/"):
        assert as_("clerk").get(address).status_code == 404


def test_point_6_every_claim_is_on_a_page(as_):
    rows = [r for r in newest().result["institutions"] if r["party"] == "xihai" and r["settlements"] > 50]
    row = min(rows, key=lambda r: r["settlements"])
    address = f"/overview/claims/?party=xihai&year=2025&institution={row['institution']}&kind={row['kind']}"
    client, told = as_("clerk"), []
    # A page holds 50: of n settlements the last page holds what is left.
    for number in range(1, row["settlements"] // 50 + 3):
        page = client.get(f"{address}&page2025={number}").content.decode()
        own = page.split('id="claims-2025"')[1].split("</section>")[0]
        told += re.findall(r"<code>(S\d+)</code>", own)
        if 'rel="next"' not in own:
            break
    assert len(told) == len(set(told)) >= row["settlements"]
    assert client.get(f"{address}&page2025=-1").status_code == 200
