"""Point 19 of the issue on trust: cut by insurance means the fund that paid, whatever the person is insured with now."""

from __future__ import annotations

from tests.tiny import loaded
from yiheng.runs import run_measure

# B is insured with the employees' fund; his visit V3 was paid by the residents'. S1 and S4 do not say which fund.
SETTLEMENTS = """\
settlement_id,visit_id,settled_at,insurance,total_fen,scope_fen,fund_fen,person_fen
S1,V1,2025-01-15 10:00:00,,100000,90000,60000,40000
S2,V2,2025-02-03 10:00:00,310,200000,150000,90000,110000
S3,V3,2025-03-01 10:00:00,390,5000,5000,3000,2000
S4,V4,2025-03-05 10:00:00,,80000,80000,50000,30000
"""


def test_point_19_money_is_cut_by_the_fund_that_paid(tmp_path):
    workspace, _ = loaded(tmp_path, settlement=SETTLEMENTS)
    rows = run_measure(workspace, ["in_county_fund_share", "cost_per_stay", "drug_share"], ["insurance"])["rows"]
    got = {(r["indicator"], r["insurance"]): (r["top"], r["bottom"]) for r in rows}
    # Employees' fund: S2 alone, outside the county. Residents' fund: S1 of A, S3 of B, S4 of C, all inside.
    assert got["in_county_fund_share", "employee"] == (0, 90000)
    assert got["in_county_fund_share", "resident"] == (113000, 113000)
    # Stays: V2 was paid by the employees' fund; V1 and V4 by those of the persons, residents.
    assert got["cost_per_stay", "employee"] == (200000, 1)
    assert got["cost_per_stay", "resident"] == (180000, 2)
    # Lines of V1, V3, V4 in the residents' fund: drugs 300 + 50 of 1,850 yuan.
    assert got["drug_share", "resident"] == (35000, 185000)
    assert got["drug_share", "employee"] == (0, 200000)
