"""Point 15 of trust: findings filtered and in order, and one finding opened down to its lines."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest


def of_newest_audit():
    from yiheng.cockpit import results, suspects

    return suspects.of_run(results.audited())


def listed(client, query: str) -> list[str]:
    page = client.get(f"/findings/?{query}").content.decode()
    return re.findall(r'<tr id="finding-([0-9a-f]+)"', page)


def test_point_15_the_list_stands_before_the_sums_by_rule(as_):
    page = as_("clerk").get("/findings/").content.decode()
    assert page.index('id="list-title"') < page.index('id="sums-title"') < page.index('id="not-computed"')


def test_point_15_the_filters_leave_what_was_asked_for(as_):
    found = of_newest_audit()
    client = as_("clerk")
    place = found[0]["institution"]
    mine = {one["id"] for one in found if one["institution"] == place}
    assert set(listed(client, f"institution={place}")) == mine if len(mine) <= 50 else True
    large = sorted((one["at_stake_fen"] for one in found), reverse=True)[2]
    told = listed(client, f"least={large // 100}.{large % 100:02d}&order=amount")
    assert told and {one["at_stake_fen"] >= large for one in found if one["id"] in told} == {True}
    breaches = listed(client, "weight=breach")
    assert {one["weight"] for one in found if one["id"] in breaches} == {"breach"}


def test_point_15_the_order_and_the_total_are_those_of_what_is_listed(as_):
    found = of_newest_audit()
    first = listed(as_("clerk"), "order=amount")[0]
    most = max(one["at_stake_fen"] for one in found)
    assert next(one for one in found if one["id"] == first)["at_stake_fen"] == most
    page = as_("clerk").get("/findings/?weight=clue").content.decode()
    clues = [one for one in found if one["weight"] == "clue"]
    fen = sum(one["at_stake_fen"] for one in clues)
    assert f"共 {len(clues):,} 条，涉及 {fen // 100:,}.{fen % 100:02d} 元" in page


def test_point_15_what_was_judged_can_be_left_out(as_):
    found = of_newest_audit()[0]
    client = as_("judge")
    of_rule = [one["id"] for one in of_newest_audit() if one["rule"] == found["rule"]]
    client.post("/findings/judge/", {"finding": found["id"], "verdict": "confirmed", "reason": "票据已核对"})
    assert set(listed(client, f"rule={found['rule']}&verdict=none")) == set(of_rule[:50]) - {found["id"]}
    assert listed(client, f"rule={found['rule']}&verdict=confirmed") == [found["id"]]


def test_point_15_a_split_stay_opens_with_both_stays_and_its_lines(as_):
    one = next(f for f in of_newest_audit() if f["rule"] == "split_stay")
    page = as_("clerk").get(f"/findings/{one['id']}/").content.decode()
    assert one["visit"] in page and one["evidence"]["earlier_visit"] in page
    assert "本次就诊和与之比较的就诊" in page and "条例第三十八条" in page
    assert one["person"] not in page
    assert one["person"] in as_("reviewer").get(f"/findings/{one['id']}/").content.decode()


@pytest.mark.parametrize("rule", ["drug_over_days", "charged_outside_stay"])
def test_point_15_the_line_of_a_finding_is_marked(as_, rule):
    one = next(f for f in of_newest_audit() if f["rule"] == rule)
    lines = (
        as_("clerk").get(f"/findings/{one['id']}/").content.decode().split('id="lines-title"')[1].split("</section>")[0]
    )
    marked = re.findall(r'<tr class="flagged">.*?<code>([^<]+)</code>', lines, re.DOTALL)
    assert marked == [one["evidence"]["item_code"]]


def test_point_15_a_verdict_given_on_its_page_leads_back_to_it(as_):
    one = of_newest_audit()[0]
    given = {"finding": one["id"], "verdict": "confirmed", "reason": "病历已调阅"}
    answer = as_("judge").post("/findings/judge/?opened=", given)
    assert answer.headers["Location"] == f"/findings/{one['id']}/"
    refused = as_("judge").post("/findings/judge/?opened=", {**given, "reason": ""})
    assert refused.status_code == 400 and "请写明理由" in refused.content.decode()


def test_point_15_institutions_are_named(as_):
    from yiheng.cockpit import names

    one = next(f for f in of_newest_audit() if f["institution"] and f["visit"])
    page = as_("clerk").get(f"/findings/{one['id']}/").content.decode()
    assert names.institution(one["institution"]) in page and names.institution("gone") == "gone"


def test_point_15_quantity_times_unit_price_is_the_amount_on_the_page_too(as_):
    """The lake holds 54.59 yuan as 54.590000; a page once showed 0.00005459."""
    one = next(f for f in of_newest_audit() if f["rule"] == "drug_over_days")
    page = as_("clerk").get(f"/findings/{one['id']}/").content.decode()
    lines = page.split('id="lines-title"')[1].split("</section>")[0]
    rows = re.findall(r"<tr.*?</tr>", lines.split("<tbody>")[1], re.DOTALL)
    assert rows
    for row in rows:
        quantity, unit_price, amount = (
            Decimal(cell.replace(",", "")) for cell in re.findall(r'class="number">(-?[\d,.]+)</td>', row)[:3]
        )
        assert (quantity * unit_price).quantize(Decimal("0.01"), ROUND_HALF_UP) == amount
