"""The order of the rows of a facts file decides nothing."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from yiheng.runs import Workspace, run_settle

FILES = {
    "qingdao": [
        "party,year,spend,base_spend,public_health",
        "a,2025,115.00,100.00,",
        "b,2025,80.00,90.00,",
        "c,2025,1.00,,",
    ],
    "risk-example": [
        "party,year,spend,spend_1,spend_2,cells,cells_1,cells_2",
        "a,2025,45.00,50.00,50.00,young 100 1.00,young 100 50.00,young 90 50.00",
        "b,2025,160.00,150.01,150.00,young 50 1.00; old 70 2.00,old 80 150.01,old 80 150.00",
        "c,2025,10.00,9.00,9.00,old 5 1.00,old 4 9.00,old 4 9.00",
    ],
}


@pytest.mark.parametrize("policy", FILES)
def test_shuffled_rows_give_the_same_statements(tmp_path, policy):
    header, *rows = FILES[policy]
    told = []
    for i, order in enumerate((rows, rows[::-1], [rows[1], rows[2], rows[0]])):
        facts = tmp_path / f"facts{i}.csv"
        facts.write_text("\n".join([header, *order]) + "\n", "utf-8")
        result = run_settle(Workspace.new(tmp_path / f"ws{i}"), ROOT / "policies" / policy, facts=facts)
        figures = {s["party"]: (s["figures"], s["shared"], s["further"]) for s in result["statements"]}
        told.append((figures, sorted(one["party"] for one in result["refused"])))
    assert told[0] == told[1] == told[2]
    assert len(told[0][0]) + len(told[0][1]) == len(rows)
