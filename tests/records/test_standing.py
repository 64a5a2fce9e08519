"""What stands after refunds and reversals, worked by hand: one situation a visit."""

from __future__ import annotations

import pytest

from yiheng.records import standing
from yiheng.runs import few_rows


def paid(settlement, total, **more):
    amount = {} if total is None else {"total_fen": str(total)}
    return {"settlement_id": settlement, "visit_id": settlement[0], "fund_fen": "0", **amount, **more}


BACK = {"refund": "yes"}
SETTLEMENTS = [
    # in full, by name; in part, by name: 500 - 200
    paid("A1", 500), paid("A2", -500, **BACK, reversal_of="A1"),
    paid("B1", 500), paid("B2", -200, **BACK, reversal_of="B1"),
    # without a name: the one of that amount; all that the visit paid; the only one, in part; one of two, nobody knows
    paid("C1", 500), paid("C2", 300), paid("C3", -300, **BACK),
    paid("D1", 500), paid("D2", 300), paid("D3", -800, **BACK),
    paid("E1", 500), paid("E2", -100),
    paid("F1", 500), paid("F2", 300), paid("F3", -100),
    # a reversal that was itself reversed; a bill corrected by a new one
    paid("G1", 500), paid("G2", -500, reversal_of="G1"), paid("G3", 500, reversal_of="G2"),
    paid("H1", 500), paid("H2", -500, reversal_of="H1"), paid("H3", 450),
    # nothing was charged, and nothing taken back; no total is known, the fund's part is taken back
    paid("I1", 0),
    paid("J1", None, fund_fen="300"), paid("J2", None, fund_fen="-300", reversal_of="J1"),
    # one part is unknown: so is what is left
    paid("K1", 500, scope_fen="400"), paid("K2", -100, reversal_of="K1"),
]  # fmt: skip


def line(number, quantity, settlement=None):
    named = {"settlement_id": settlement} if settlement else {}
    return {"line_id": number, "visit_id": number[0], "item_code": number[1], "quantity": quantity, **named}


LINES = [
    line("Ax1", "1", "A1"),
    line("Hx1", "1", "H1"), line("Hx2", "1", "H3"),
    # of x nothing is kept, of y one of two
    line("Lx1", "1"), line("Lx2", "-1"), line("Ly1", "2"), line("Ly2", "-1"),
]  # fmt: skip


@pytest.fixture(scope="module")
def stands():
    visits = [{"visit_id": one, "person_id": "P", "institution_id": "H"} for one in "ABCDEFGHIJKL"]
    return standing(few_rows({"settlement": SETTLEMENTS, "visit": visits, "fee_line": LINES}))


def test_point_12_what_is_left_of_a_settlement_stands_once(stands):
    rows = stands["settlement"].order_by("settlement_id").to_pyarrow().to_pylist()
    assert {row["settlement_id"]: row["total_fen"] for row in rows} == {
        "B1": 300,
        "C1": 500,
        "E1": 400,
        "F1": 500,
        "F2": 300,
        "F3": -100,
        "G1": 500,
        "H3": 450,
        "I1": 0,
        "K1": 400,
    }
    assert [row["scope_fen"] for row in rows if row["settlement_id"] == "K1"] == [None]


def test_point_12_a_visit_of_which_all_was_taken_back_counts_nowhere(stands):
    assert set(stands["visit"].visit_id.to_pyarrow().to_pylist()) == set("BCEFGHIKL")


def test_point_12_lines_that_were_taken_back_count_nowhere(stands):
    assert set(stands["fee_line"].line_id.to_pyarrow().to_pylist()) == {"Hx2", "Ly1", "Ly2"}
