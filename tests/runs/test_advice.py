"""A bill or prescription before payment: what is decided, what would be right, what is covered, what is cheaper."""

from __future__ import annotations

import pytest

from yiheng.runs import Desk, Workspace, load_codes

from .test_bills import ON

CATALOGUE = """\
item_code,item_name,kind,coverage,own_per_mille,limit_price,unit_price,equivalent_group,domestic
X1,苯磺酸氨氯地平片（进口）,drug,partial,200,4.50,5.00,氨氯地平 5mg 片,false
X2,苯磺酸氨氯地平片,drug,full,,,1.60,氨氯地平 5mg 片,true
X3,维生素泡腾片,drug,none,,,2.00,,
X4,左氧氟沙星片,drug,partial,,,0.80,,
"""
LIMITS = """\
rule_class,official_code,item_code,item_name,measure,value
药品儿童禁用,GZ10000301003000,X4,左氧氟沙星片,min_age,18
医疗服务项目重复收费,GZ10000102012000,S1,全麻,contains,S2
"""
EXCEPTIONS = """\
rule,institution,person,visit,item_code,reason,granted_by,until
drug_forbidden_for_children,,P1,,X4,罕见病用药已备案,张,2025-12-31
"""
VISIT = {"visit_id": "V1", "person_id": "P1", "institution_id": "H1", "kind": "outpatient", "began_on": "2025-06-30"}
PERSON = {"person_id": "P1", "sex": "male", "born_on": "2015-01-01"}
PLACE = {"institution_id": "H1", "name": "县医院", "kind": "hospital", "level": "二级"}


def line(line_id, item_code, quantity, unit_price=None, **more):
    return {
        "line_id": line_id, "visit_id": "V1", "settlement_id": "S1", "item_code": item_code, "kind": "drug",
        "quantity": quantity, "unit_price": unit_price, "occurred_at": "2025-06-30T09:00:00", **more,
    }  # fmt: skip


def bill(*lines, **more):
    return {"visit": [VISIT], "person": [PERSON], "institution": [PLACE], "fee_line": list(lines), **more}


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    folder = tmp_path_factory.mktemp("advice")
    workspace = Workspace.new(folder / "workspace")
    for name, text in (("catalogue", CATALOGUE), ("item_limit", LIMITS)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
        load_codes(workspace, folder / f"{name}.csv", name)
    return workspace


@pytest.fixture(scope="module")
def desk(workspace):
    desk = Desk(workspace, ON)
    yield desk
    desk.close()


def told(desk, *lines):
    (one,) = desk.check(bill(*lines))["lines"]
    return one


def test_the_catalogue_gives_own_share_and_what_is_cheaper(desk):
    # 12 × 5.00 = 60.00; payable at most 12 × 4.50 = 54.00, of which 80 % = 43.20 are covered: own 16.80.
    # The equivalent costs 1.60: 12 × 3.40 = 40.80 less.
    one = told(desk, line("F1", "X1", "12", "5.00", amount_fen=6000))
    assert (one["coverage"], one["own_fen"], one["cheaper_code"], one["saved_fen"]) == ("partial", 1680, "X2", 4080)
    assert one["cheaper_domestic"] is True
    assert one["says"] == (
        "“苯磺酸氨氯地平片（进口）”部分纳入医保范围，范围外自付 16.80 元；"
        "国产同效“苯磺酸氨氯地平片”单价 1.60 元，可省 40.80 元"
    )


def test_what_the_line_says_of_its_covered_amount_goes_first(desk):
    one = told(desk, line("F1", "X1", "12", "5.00", amount_fen=6000, scope_fen=5000))
    assert one["own_fen"] == 1000


def test_half_a_fen_of_the_covered_part_is_rounded_up(desk):
    # 0.03 × 0.8 = 0.024 covered, rounded to 0.02; 0.08 × 0.8 = 0.064 to 0.06: own 0.01 and 0.02. 5.00 limits neither.
    assert told(desk, line("F1", "X1", "0.01", "3.00", amount_fen=3))["own_fen"] == 1
    assert told(desk, line("F1", "X1", "0.02", "4.00", amount_fen=8))["own_fen"] == 2


def test_of_the_cheapest_nothing_is_cheaper_and_all_is_covered(desk):
    one = told(desk, line("F1", "X2", "10", "1.60", amount_fen=1600))
    assert (one["coverage"], one["own_fen"], one["cheaper_code"], one["saved_fen"]) == ("full", 0, None, None)


def test_an_item_that_is_not_covered_is_the_persons_own(desk):
    assert told(desk, line("F1", "X3", "3", "2.00", amount_fen=600))["own_fen"] == 600


def test_a_share_that_nobody_tells_is_unknown_and_not_zero(desk):
    one = told(desk, line("F1", "X4", "10", "0.80", amount_fen=800))
    assert (one["coverage"], one["own_fen"]) == ("partial", None)
    assert "未知" in one["says"]
    unlisted = told(desk, line("F1", "X9", "1", "7.00", amount_fen=700))
    assert (unlisted["coverage"], unlisted["own_fen"]) == (None, None)


def test_a_breach_stops_a_suspicion_hints_and_nothing_passes(desk):
    services = [
        line(f"F{n}", f"S{n}", "1", "10.00", amount_fen=1000, scope_fen=1000) | {"kind": "service"} for n in (1, 2)
    ]
    breach = desk.check(bill(*services))
    assert breach["decision"] == "stop"
    assert [(f["rule"], f["right_en"]) for f in breach["findings"]] == [("duplicate_charge", "charge “S1” alone")]
    hint = desk.check(bill(line("F1", "X4", "1", "0.80", amount_fen=80)))
    assert hint["decision"] == "hint"
    assert [f["right"] for f in hint["findings"]] == ["只用于 18 岁及以上"]
    assert desk.check(bill(line("F1", "X2", "1", "1.60", amount_fen=160)))["decision"] == "pass"


def test_a_prescription_is_checked_before_anything_is_charged(desk):
    order = {
        "order_id": "O1", "order_no": "1", "visit_id": "V1", "item_code": "X4", "quantity": "6",
        "ordered_at": "2025-06-30T09:00:00",
    }  # fmt: skip
    checked = desk.check(bill(order_line=[order]))
    assert [(f["rule"], f["line"], f["at_stake_fen"]) for f in checked["findings"]] == [
        ("drug_forbidden_for_children", "O1", 0)
    ]
    # Six at the listed price of 0.80.
    assert [(one["line"], one["amount_fen"], one["own_fen"]) for one in checked["lines"]] == [("O1", 480, None)]


def test_orders_of_a_visit_that_was_charged_are_not_counted_again(desk):
    order = {
        "order_id": "O1",
        "order_no": "1",
        "visit_id": "V1",
        "item_code": "X4",
        "ordered_at": "2025-06-30T09:00:00",
    }
    checked = desk.check(bill(line("F1", "X2", "1", "1.60", amount_fen=160), order_line=[order]))
    assert [one["line"] for one in checked["lines"]] == ["F1"]
    assert checked["findings"] == []


def test_an_exception_spares_a_bill(workspace, tmp_path):
    own = Workspace.new(tmp_path / "workspace")
    files = {"catalogue": CATALOGUE, "item_limit": LIMITS, "exception": EXCEPTIONS}
    for name, text in files.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        load_codes(own, tmp_path / f"{name}.csv", name)
    desk = Desk(own, ON)
    checked = desk.check(bill(line("F1", "X4", "1", "0.80", amount_fen=80, scope_fen=80)))
    desk.close()
    assert (checked["decision"], checked["findings"], checked["at_stake_fen"]) == ("pass", [], 0)
    assert [(one["rule"], one["exception"]["reason"]) for one in checked["excepted"]] == [
        ("drug_forbidden_for_children", "罕见病用药已备案")
    ]
