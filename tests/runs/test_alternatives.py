"""A statement tells what each party would get under every other choice for every assumption."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.statements.settled import settled
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, replay, run_settle


def assumptions(result, party=None):
    one = next(s for s in result["statements"] if party in (None, s["party"]))
    return {a["id"]: a for a in one["assumptions"]}


def test_qingdao_under_both_bases_and_three_growth_rates(tmp_path):
    # Base 1,000,000.00; budget 1,090,000.00; spending 1,180,000.00; overrun 90,000.00.
    result = settled(tmp_path, "东河,1180000.00,1000000.00", alternatives=True)
    found = assumptions(result)
    (base,) = found["cap_base"]["under"]
    # 5 % of 1,000,000.00 = 50,000.00 for the fund; 40,000.00 for the party.
    assert (base["choice"], base["fund_bears"], base["party_bears"]) == ("base_spend", "50000.00", "40000.00")
    none, five = found["budget_growth"]["under"]
    # Budget 1,000,000.00: overrun 180,000.00, fund 50,000.00. Budget 1,050,000.00: overrun 130,000.00, fund 52,500.00.
    assert (none["party_bears"], five["party_bears"]) == ("130000.00", "77500.00")
    assert found["cap_base"]["called"] == {"budget": "当年预算", "base_spend": "基期支出"}


def test_an_alternative_that_needs_an_unknown_fact_names_it(tmp_path):
    (packed,) = assumptions(settled(tmp_path, "东河,1180000.00,1000000.00", alternatives=True))["public_health"][
        "under"
    ]
    assert packed["kept"] is None and "'public_health'" in packed["refused"]


def test_yancheng_under_both_denominators(tmp_path):
    # N 10k/8k/12k/6k, R = 100, E 850k/700k/1,150k/420k. S*: 50/60/40/40 %; P: 70/70/60/50 %.
    space, facts = Workspace.new(tmp_path / "ws"), tmp_path / "facts.csv"
    rows = ["a,10000,850000", "b,8000,700000", "c,12000,1150000", "d,6000,420000"]
    facts.write_text("\n".join(["party,signed_people,spend,year", *(f"{row},2017" for row in rows)]) + "\n", "utf-8")
    result = run_settle(space, ROOT / "policies" / "yancheng-median", facts=facts, alternatives=True)
    chosen = {one["party"]: one["figures"]["kept"] for one in result["statements"]}
    # Surpluses 150,000, 100,000, 50,000, 180,000.
    assert chosen == {"a": "75000.00", "b": "60000.00", "c": "20000.00", "d": "72000.00"}
    other = {p: assumptions(result, p)["deviation_base"]["under"][0]["kept"] for p in chosen}
    assert other == {"a": "105000.00", "b": "70000.00", "c": "30000.00", "d": "90000.00"}


def test_diabetes_between_sixty_and_eighty_per_cent(tmp_path):
    space, facts = Workspace.new(tmp_path / "ws"), tmp_path / "facts.csv"
    source = ROOT / "policies" / "diabetes-outcome"
    facts.write_text("party,year,patients,control_rate,complications\na,2025,100,70,0\n", "utf-8")
    result = run_settle(space, source, facts=facts, alternatives=True)
    assert not result["refused"], result["refused"]
    (one,) = result["statements"]
    # 100 x (800 + (1,200 - 800) x (70 - 60) / (80 - 60)) = 100 x 1,000.
    assert "100000.00" in one["further"].values()
    assert [row["choice"] for row in assumptions(result)["between"]["under"]] == ["lower", "upper"]


def test_without_asking_no_alternative_is_computed_and_the_run_is_another(tmp_path):
    plain, asked = (settled(tmp_path, "东河,1180000.00,1000000.00", alternatives=x) for x in (False, True))
    assert plain["run"] != asked["run"]
    assert all("under" not in one for one in assumptions(plain).values())
    assert replay(Workspace(tmp_path / "ws"), asked["run"]).same


def test_a_choice_that_nothing_computes_from_is_refused(tmp_path):
    with pytest.raises(Refusal, match="nothing in the policy is computed from the assumption 'blend'"):
        run_settle(
            Workspace.new(tmp_path / "ws"), ROOT / "policies" / "us-hcc-capitation", facts=hcc(tmp_path),
            assume={"blend": "67 % V24 and 33 % V28"},
        )  # fmt: skip


def test_a_choice_sets_a_value_of_one_class(tmp_path):
    space, facts = Workspace.new(tmp_path / "ws"), tmp_path / "facts.csv"
    facts.write_text("party,signed_people,spend,year\na,10,700,2017\nb,10,700,2017\n", "utf-8")
    how = {"facts": facts, "assume": {"per_head": "80.00"}}
    result = run_settle(space, ROOT / "policies" / "yancheng-median", **how)
    # 10 x 80.00
    assert result["statements"][0]["figures"]["budget"] == "800.00"


def hcc(folder):
    facts = folder / "facts.csv"
    facts.write_text("party,year,people,raw_score,spend\na,2024,1,1.234,1.00\n", "utf-8")
    return facts
