"""Point 9 of the issue on trust: what the lake knows comes from the lake, by fund, by signed people, and unknown where a claim is."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.tiny import FILES, loaded
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.runs import Workspace, claims_behind, replay, run_settle
from yiheng.runs.official import settle_runs

POLICIES = ROOT / "policies"
HEAD = "settlement_id,visit_id,settled_at,insurance,total_fen,scope_fen,fund_fen,pooled_fen,person_fen"
# In xihai A, a resident, and B, an employee; in donghe C, a resident. Of 2024 two claims, before the others.
CLAIMS = [
    "S1,V1,2025-01-15 10:00:00,390,100000,90000,60000,55000,40000",
    "S2,V2,2025-02-03 10:00:00,390,200000,150000,90000,80000,110000",
    "S3,V3,2025-03-01 10:00:00,310,5000,5000,3000,2000,2000",
    "S4,V4,2025-03-05 10:00:00,390,80000,80000,50000,50000,30000",
    "S5,V5,2024-06-03 10:00:00,390,90000,90000,70000,60000,20000",
    "S6,V6,2024-07-03 10:00:00,310,9000,9000,4000,3000,5000",
]
VISITS = [
    "V5,A,H1,inpatient,2024-06-01,2024-06-03,0,0",
    "V6,B,T1,outpatient,2024-07-03,2024-07-03,0,0",
]
# B belonged to donghe in 2024, C comes to donghe in the middle of 2025.
ENROLLED = """\
person_id,consortium,institution_id,enrolled_from,enrolled_until
A,xihai,T1,2024-01-01,2025-12-31
B,donghe,T1,2024-01-01,2024-12-31
B,xihai,T1,2025-01-01,2025-12-31
C,donghe,T1,2025-01-01,2025-12-31
"""
POLICY = """\
policy: example
title: {zh: 甲, en: one}
place: {zh: 甲, en: one}
in_force: {from: 2024-01-01, until: 2025-12-31}
issued: {by: 甲, number: 甲, on: 2024-01-01}
is: {zh: 甲, en: one}
facts:
  spend: {is: {zh: 支出, en: spending}, unit: yuan, %s, column: spend}
  people: {is: {zh: 人数, en: people}, kind: number, %s, column: people}
values:
  head:
    is: {zh: 标准, en: standard}
    unit: yuan_by
    mark: example
    history: [{from: 2024-01-01, value: {people: 1000}, article: 例}]
  all: {is: {zh: 全部, en: all}, unit: percent, mark: example, history: [{from: 2024-01-01, value: 100, article: 例}]}
rounding: {mode: half_up}
steps:
  - {step: budget_per_head, takes: {people: [people], standard: head}}
  - {step: pay_for_care, takes: {spend: spend}}
  - {step: keep_surplus, takes: {share: all}}
  - {step: overrun_owed}
  - {step: charge_owed}
"""


def lake(tmp_path, claims=CLAIMS, enrolled=ENROLLED, **more) -> Workspace:
    return loaded(
        tmp_path, settlement="\n".join([HEAD, *claims]) + "\n", visit=FILES["visit.csv"] + "\n".join(VISITS) + "\n",
        enrolment=enrolled, **more,
    )[0]  # fmt: skip


def policy(tmp_path, spend="total: fund_spend", people="unit: people, total: heads"):
    file = tmp_path / "example.yaml"
    file.write_text(POLICY % (spend, people), "utf-8")
    return file


def figures(result, name="spend"):
    return {one["party"]: one["figures"][name] for one in result["statements"]}


def settled(space, file, year=2025, **more):
    return run_settle(space, file, year=year, **more)


def test_point_9_the_pooled_fund_is_counted_alone_and_its_claims_are_opened(tmp_path):
    space = lake(tmp_path)
    result = settled(space, policy(tmp_path, "total: pooled_spend"))
    # xihai 550.00 + 800.00 + 20.00, donghe 500.00; all funds paid 1,530.00 and 500.00.
    assert figures(result) == {"xihai": "1370.00", "donghe": "500.00"}
    xihai = next(one for one in result["statements"] if one["party"] == "xihai")
    (claims,) = claims_behind(space, result, space.result(result["run"], "queries.json"), xihai, "spend")
    assert [(row["settlement_id"], row["fen"]) for row in claims.rows] == [("S2", 80000), ("S1", 55000), ("S3", 2000)]
    assert replay(space, result["run"]).same


def test_point_9_a_claim_without_the_pooled_part_makes_the_sum_unknown_not_smaller(tmp_path):
    claims = [CLAIMS[0].replace("60000,55000", "60000,"), *CLAIMS[1:], "S7,V3,2025-03-02 10:00:00,310,100,0,0,,100"]
    result = settled(lake(tmp_path, claims), policy(tmp_path, "total: pooled_spend"))
    (refused,) = result["refused"]
    # S7 was paid by no fund at all: of it the pooled part is known.
    assert refused["party"] == "xihai" and "1 settlements lack the amount, unknown" in refused["why"]
    assert figures(result) == {"donghe": "500.00"}


def test_point_9_employee_and_resident_funds_settled_apart_add_up_to_the_whole(tmp_path):
    space, spend, budget = lake(tmp_path), {}, {}
    for fund in ("employee", "resident", ""):
        of = f", insurance: {fund}" if fund else ""
        result = settled(space, policy(tmp_path, f"total: fund_spend{of}", f"unit: people, total: heads{of}"))
        spend[fund], budget[fund] = figures(result), figures(result, "budget")
        one = next(one for one in result["statements"] if one["party"] == "xihai")
        (claims,) = claims_behind(space, result, space.result(result["run"], "queries.json"), one, "spend")
        assert len(claims.rows) == {"employee": 1, "resident": 2, "": 3}[fund]
    # Resident 600.00 + 900.00 of A, employee 30.00 of B; nobody of donghe is an employee.
    assert spend["employee"] == {"xihai": "30.00", "donghe": "0.00"}
    assert spend["resident"] == {"xihai": "1500.00", "donghe": "500.00"}
    assert spend[""] == {"xihai": "1530.00", "donghe": "500.00"}
    # One head each, and two of xihai together, at 1,000.00.
    assert budget["employee"] == {"xihai": "1000.00", "donghe": "0.00"}
    assert budget["resident"] == {"xihai": "1000.00", "donghe": "1000.00"}
    assert budget[""] == {"xihai": "2000.00", "donghe": "1000.00"}


def test_point_9_a_claim_that_names_no_fund_of_a_person_who_has_none_belongs_to_neither(tmp_path):
    persons = FILES["person.csv"].replace("1960-02-02,employee", "1960-02-02,")
    claims = [*CLAIMS[:2], CLAIMS[2].replace(",310,", ",,"), *CLAIMS[3:]]
    result = settled(lake(tmp_path, claims, person=persons), policy(tmp_path, "total: fund_spend, insurance: resident"))
    (refused,) = result["refused"]
    assert refused["party"] == "xihai" and "1 rows do not name the fund, unknown" in refused["why"]


def test_point_9_heads_person_years_and_signed_people(tmp_path):
    # C comes on 1 July: 184 of 365 days; B goes on 30 June: 181. B signed with nobody.
    enrolled = ENROLLED.replace("C,donghe,T1,2025-01-01", "C,donghe,T1,2025-07-01").replace(
        "B,xihai,T1,2025-01-01,2025-12-31", "B,xihai,,2025-01-01,2025-06-30\nB,donghe,,2025-07-01,2025-12-31"
    )
    space = lake(tmp_path, enrolled=enrolled)
    # In the half year of C nobody of donghe was treated.
    stated = {"although": "nobody was ill"}
    budgets = {
        total: figures(settled(space, policy(tmp_path, people=f"unit: {unit}, total: {total}"), **stated), "budget")
        for total, unit in (("heads", "people"), ("person_years", "person_years"), ("signed_people", "people"))
    }
    # On 31 December A is in xihai, B and C in donghe.
    assert budgets["heads"] == {"xihai": "1000.00", "donghe": "2000.00"}
    # (365 + 181) / 365 x 1,000 = 1,495.890...; (184 + 184) / 365 x 1,000 = 1,008.219...
    assert budgets["person_years"] == {"xihai": "1495.89", "donghe": "1008.22"}
    assert budgets["signed_people"] == {"xihai": "1000.00", "donghe": "1000.00"}


def test_point_9_where_no_enrolment_names_a_signing_nobody_knows_who_is_signed(tmp_path):
    space = lake(tmp_path, enrolled=ENROLLED.replace(",T1,", ",,"))
    with_none = settled(space, policy(tmp_path, people="unit: people, total: signed_people"))
    assert len(with_none["refused"]) == 2 and "names a signing, unknown" in with_none["refused"][0]["why"]


def flows(months, year=2025):
    rows = [
        f"{fund},{year}-{month:02}-01,income,{fen}" for month in months for fund, fen in (("310", 100), ("390", 20000))
    ]
    return "\n".join(["fund,month_from,kind,flow_fen", *rows]) + "\n"


def test_point_9_the_income_of_the_fund_is_that_of_the_one_consortium(tmp_path):
    alone = ENROLLED.replace("donghe", "xihai")
    space = lake(tmp_path, enrolled=alone, fund_flow=flows(range(1, 13)))
    result = settled(space, POLICIES / "yangxi")
    # 12 x (1.00 + 200.00) = 2,412.00 x 98 % = 2,363.76; spending 1,530.00 + 500.00.
    assert figures(result, "budget") == {"xihai": "2363.76"} and figures(result) == {"xihai": "2030.00"}


@pytest.mark.parametrize(
    ("enrolled", "months", "why"),
    [
        (ENROLLED, range(1, 13), "several consortia"),
        (ENROLLED.replace("donghe", "xihai"), range(1, 12), "twelve months"),
    ],
)
def test_point_9_income_that_is_not_told_is_unknown_and_filled_from_a_file(tmp_path, enrolled, months, why):
    space = lake(tmp_path, enrolled=enrolled, fund_flow=flows(months))
    result = settled(space, POLICIES / "yangxi")
    assert not result["statements"] and all(why in one["why"] for one in result["refused"])
    added = tmp_path / "added.csv"
    added.write_text("party,year,income\nxihai,2025,2000.00\n", "utf-8")
    filled = settled(space, POLICIES / "yangxi", added=added)
    # 2,000.00 x 98 %.
    assert figures(filled, "budget") == {"xihai": "1960.00"}
    assert "unknown to the lake" in str(filled["statements"][0]["because"]["budget"])


def test_point_9_luohu_takes_last_years_spending_of_the_people_signed_this_year(tmp_path):
    space = lake(tmp_path)
    text = (POLICIES / "luohu" / "2016.yaml").read_text("utf-8").replace("until: 2016-12-31", "until: 2025-12-31")
    file = tmp_path / "luohu.yaml"
    file.write_text(text, "utf-8")
    result = settled(space, file)
    (xihai,) = result["statements"]
    # Signed with xihai at the end of 2025 are A, who cost 700.00 in 2024, and B, then of donghe, who cost 40.00.
    # By the day they belonged, xihai had 700.00 alone.
    assert xihai["figures"]["budget"] == "740.00" and xihai["figures"]["spend"] == "1530.00"
    assert "of the 2 people signed at the end of 2025, 2 of them covered in 2024" in str(xihai["because"]["budget"])
    queries = space.result(result["run"], "queries.json")
    (claims, _) = claims_behind(space, result, queries, xihai, "surplus")
    assert [row["settlement_id"] for row in claims.rows] == ["S5", "S6"]
    # C was in no consortium in 2024: what donghe's people cost is not known, and not zero.
    (refused,) = result["refused"]
    assert refused["party"] == "donghe" and "nobody of the signed was covered in 2024" in refused["why"]


def test_point_9_a_file_replaces_a_fact_of_the_lake_only_by_saying_so(tmp_path):
    space = lake(tmp_path)
    added = tmp_path / "added.csv"
    added.write_text("party,year,spend\nxihai,2025,1.00\ndonghe,2025,\n", "utf-8")
    file = policy(tmp_path)
    assert figures(settled(space, file, added=added)) == {"xihai": "1530.00", "donghe": "500.00"}
    result = settled(space, file, added=added, override=["spend"])
    # Where trials are listed it is named; it is no what-if, because the act says what was replaced and by what.
    (run,) = (one for one in settle_runs(space) if one.run == result["run"])
    assert run.departs is not None and run.departs.en == f"spend from {added.name}"
    assert run.of_lake and not run.what_if
    # An empty cell replaces nothing.
    assert figures(result) == {"xihai": "1.00", "donghe": "500.00"}
    assert result["manifest"]["inputs"]["override"] == ["spend"]
    assert "替换数据库中的 1,530.00（--override）" in str(list(result["statements"]))
    assert replay(space, result["run"]).same
    with pytest.raises(Refusal, match="'spent' is no fact that the lake gives"):
        settled(space, file, added=added, override=["spent"])
    with pytest.raises(Refusal, match="needs a file"):
        settled(space, file, override=["spend"])


@pytest.mark.parametrize(
    ("spend", "people", "words"),
    [
        ("total: pooled", "total: heads", "there is no total 'pooled'"),
        ("total: heads", "total: heads", "the total 'heads' is no amount"),
        ("total: fund_spend", "total: fund_spend", "the total 'fund_spend' is no number"),
        ("total: fund_spend, insurance: residents", "total: heads", "there is no insurance 'residents'"),
        ("total: fund_income, people: signed", "total: heads", "'fund_income' is not of settlements"),
    ],
)
def test_point_9_a_total_of_another_kind_is_refused_with_its_line(tmp_path, spend, people, words):
    with pytest.raises(Refusals, match=words):
        settled(lake(tmp_path), policy(tmp_path, spend, f"unit: people, {people}"))
