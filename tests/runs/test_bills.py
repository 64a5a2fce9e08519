"""A bill before payment is judged by the rules of the audit: the same findings, and nothing is taken in silence."""

from __future__ import annotations

import datetime as dt
import json
import re

import pytest

from yiheng.basis.refusals import Refusal
from yiheng.records import TABLES
from yiheng.runs import Desk, Workspace, read_bill, run_audit
from yiheng.runs.engine import Engine
from yiheng.supervision import RULES

ON = dt.date(2025, 6, 30)
ASKED = {name for name, rule in RULES.items() if {"before", "during"} & set(rule.stages)}
PARTS = ("visit", "settlement", "fee_line", "diagnosis", "operation")


@pytest.fixture(scope="module")
def found(county):
    """What the audit finds by the rules that are asked before payment, by visit."""
    by_visit: dict[str, set] = {}
    for one in run_audit(county, sorted(ASKED))["findings"]:
        by_visit.setdefault(one["visit"], set()).add((one["rule"], one["line"], one["about"], one["at_stake_fen"]))
    return by_visit


@pytest.fixture(scope="module")
def bills(county, found):
    """The bill of each visit that the audit found, with all other visits of its person as history."""
    engine = Engine(county, county.lake.latest())
    t = {name: engine.tables[name].select(*(c.name for c in TABLES[name].columns)) for name in TABLES}
    people = t["visit"].filter(t["visit"].visit_id.isin(sorted(found))).select("person_id").distinct()
    visits = t["visit"].semi_join(people, "person_id")
    rows = {"visit": engine.rows(visits), "person": engine.rows(t["person"].semi_join(people, "person_id"))}
    rows |= {name: engine.rows(t[name].semi_join(visits, "visit_id")) for name in PARTS[1:]}
    rows["institution"] = engine.rows(t["institution"])
    engine.close()
    return {visit: _bill(visit, rows) for visit in sorted(found)}


def _bill(visit, rows):
    person = next(row["person_id"] for row in rows["visit"] if row["visit_id"] == visit)
    his = {row["visit_id"] for row in rows["visit"] if row["person_id"] == person}
    bill = {name: [row for row in rows[name] if row["visit_id"] in his] for name in PARTS}
    bill |= {"person": [row for row in rows["person"] if row["person_id"] == person]}
    bill |= {"institution": rows["institution"], "visits": [visit]}
    return json.loads(json.dumps(bill, default=str))


@pytest.fixture(scope="module")
def desk(county):
    desk = Desk(county, ON)
    yield desk
    desk.close()


def test_a_bill_alone_gets_the_findings_that_the_audit_of_all_gives(desk, bills, found):
    assert len({rule for some in found.values() for rule, *_ in some}) > len(ASKED) // 2
    for visit, bill in bills.items():
        checked = desk.check(bill)
        told = {(f["rule"], f["line"], f["about"], f["at_stake_fen"]) for f in checked["findings"]}
        assert told == found[visit], visit
        assert checked["at_stake_fen"] == sum(f["at_stake_fen"] for f in checked["findings"])


def test_a_bill_says_the_same_after_another_one(desk, bills):
    first, second = list(bills.values())[:2]
    alone = desk.check(first)
    desk.check(second)
    assert desk.check(first) == alone


def test_only_rules_whose_items_occur_are_asked(desk, bills):
    bill = next(iter(bills.values()))
    asked = set(desk.check({**bill, "fee_line": []})["asked"])
    assert asked == {name for name in ASKED if not RULES[name].limits_of}


def test_national_names_and_yuan_are_taken_too(desk, bills):
    bill = next(iter(bills.values()))
    named = {
        **{name: rows for name, rows in bill.items() if name != "fee_line"},
        "fee_list_d": [
            {
                "bkkp_sn": row["line_id"], "mdtrt_id": row["visit_id"], "setl_id": row["settlement_id"],
                "med_list_codg": row["item_code"], "list_type": row["kind"], "cnt": row["quantity"],
                "pric": row["unit_price"], "fee_ocur_time": row["occurred_at"],
                "det_item_fee_sumamt": f"{row['amount_fen'] // 100}.{row['amount_fen'] % 100:02d}",
                "inscp_amt": f"{row['scope_fen'] // 100}.{row['scope_fen'] % 100:02d}",
                "hilist_name": row["item_name"], "prd_days": row["days_supplied"],
            }
            for row in bill["fee_line"] if row["amount_fen"] >= 0 and row["scope_fen"] >= 0
        ],
    }  # fmt: skip
    kept = [row for row in bill["fee_line"] if row["amount_fen"] >= 0 and row["scope_fen"] >= 0]
    assert desk.check(named)["findings"] == desk.check({**bill, "fee_line": kept})["findings"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"visit": []}, "the bill names no visit"),
        ({"visits": [], "fee_lines": []}, "'fee_lines' is no table of rows"),
        ({"person": [{"person_id": "P1", "gend": "7"}]}, "'7' is not what gend takes"),
        ({"person": [{"person_id": "P1", "agee": "7"}]}, "person has no column 'agee'"),
        ({"person": [{"sex": "male"}]}, "person_id is missing"),
        ({"fee_line": [{"line_id": "F1", "amount_fen": 12.5}]}, "'12.5' is not what amount_fen takes"),
        ({"person": [{"person_id": "P1", "psn_no": "P1"}]}, "'psn_no' is given twice"),
    ],
)
def test_a_bill_that_cannot_be_read_is_refused_with_its_place(desk, bills, change, says):
    with pytest.raises(Refusal) as refused:
        desk.check({**next(iter(bills.values())), **change}, "bill.json")
    assert says in str(refused.value) and "bill.json" in str(refused.value)


def test_without_code_lists_the_rules_that_need_them_are_unknown(tmp_path, bills):
    desk = Desk(Workspace.new(tmp_path / "ws"), ON)
    checked = desk.check(next(iter(bills.values())))
    assert {one["rule"] for one in checked["unknown"]} == {
        name for name in ASKED if RULES[name].codes and "coding_rule" not in RULES[name].codes
    }
    desk.close()


@pytest.mark.parametrize("text", ["{", "[]", "\udcff"])
def test_a_file_that_is_no_bill_is_refused(tmp_path, text):
    file = tmp_path / "bill.json"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(Refusal, match=r"bill\.json"):
        read_bill(file)


def test_amounts_with_a_fraction_stay_exact(tmp_path):
    file = tmp_path / "bill.json"
    file.write_text('{"settlement": [{"medfee_sumamt": 0.07}]}', "utf-8")
    assert read_bill(file) == {"settlement": [{"medfee_sumamt": "0.07"}]}


S1 = {
    "settlement_id": "S1", "visit_id": "V1", "settled_at": "2025-01-15 10:00:00", "total_fen": "3000",
    "scope_fen": "3000", "fund_fen": "3000", "person_fen": "0",
}  # fmt: skip
F1 = {
    "line_id": "F1", "visit_id": "V1", "settlement_id": "S1", "item_code": "X", "item_name": "药", "kind": "drug",
    "quantity": "1", "unit_price": "30.00", "amount_fen": "3000", "scope_fen": "3000",
    "occurred_at": "2025-01-11 08:00:00",
}  # fmt: skip
V1 = {
    "visit_id": "V1", "person_id": "A", "institution_id": "H1", "kind": "inpatient", "began_on": "2025-01-10",
    "ended_on": "2025-01-15",
}  # fmt: skip
V2 = {**V1, "visit_id": "V2", "began_on": "2024-01-10", "ended_on": "2024-01-15"}
WHOLE = {
    "person": [{"person_id": "A", "sex": "female", "born_on": "1950-01-01"}],
    "institution": [{"institution_id": "H1", "name": "医院", "kind": "hospital", "level": "三级"}],
    "visit": [V1],
    "settlement": [S1],
    "fee_line": [F1],
}


@pytest.fixture(scope="module")
def plain_desk(tmp_path_factory):
    desk = Desk(Workspace.new(tmp_path_factory.mktemp("bills") / "ws"), dt.date(2025, 6, 30))
    yield desk
    desk.close()


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"settlement": [{**S1, "settlement_id": "S9"}]}, "no settlement of the bill is 'S1', which settlement_id names"),
        (
            {"visit": [V1, V2], "settlement": [{**S1, "visit_id": "V2"}]},
            "the settlement 'S1' is of the visit 'V2', this row of 'V1'",
        ),
        (
            {"visit": [V1, {**V2, "person_id": "B"}], "visits": ["V1"]},
            "the visit 'V2' is of a person of whom no visit is asked about",
        ),
        (
            {"fee_line": [F1, {**F1, "line_id": "F2", "quantity": "-1", "amount_fen": "-3000", "scope_fen": "-3000",
                               "reversal_of": "F9"}]},
            "no fee_line of the bill is 'F9', which reversal_of names",
        ),
        ({"fee_line": [{**F1, "visit_id": "V9"}]}, "no visit of the bill is 'V9'"),
        ({"visits": ["V9"]}, "the visit asked about, 'V9', is not in the bill; visits of the bill: V1"),
        ({"visits": []}, "'visits' names no visit"),
        ({"visits": False}, "'visits' names no visit"),
        ({"visits": {"V1": 1}}, "'visits' names no visit"),
        # It was read as V1: the engine ends a value at a NUL.
        ({"visit": [{**V1, "visit_id": "V1\0"}]}, "visit_id contains a NUL"),
    ],
)  # fmt: skip
def test_point_8_a_bill_that_names_what_it_does_not_hold_or_what_is_anothers_is_refused(plain_desk, changed, says):
    with pytest.raises(Refusal, match=re.escape(says)):
        plain_desk.check({**WHOLE, **changed})


def test_point_8_the_same_bill_without_a_fault_is_checked(plain_desk):
    checked = plain_desk.check({**WHOLE, "visit": [V1, V2], "visits": ["V1", "V1"]})
    assert (checked["visits"], checked["decision"]) == (["V1"], "pass")
    # Before payment there is no settlement, although the line already names one.
    assert plain_desk.check({k: v for k, v in WHOLE.items() if k != "settlement"})["visits"] == ["V1"]
