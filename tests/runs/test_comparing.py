"""The same claims under several policies: figures worked by hand, winners and losers, what is refused and why."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.tiny import loaded
from yiheng.basis.hashes import sha256
from yiheng.basis.money import Fen, total
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, replay, run_compare, run_settle, settled_in

# Spending of 2025 in the tiny county: xihai 600 + 900 + 30 = 1,530.00 yuan, donghe 500.00.
TEXT = """\
policy: NAME
title: {zh: 试算政策 NAME, en: Policy NAME}
place: {zh: 某县, en: Some county}
in_force: {from: YEAR-01-01, until: YEAR-12-31}
issued: {by: 某局, number: 第一号, on: YEAR-01-01}
is: {zh: 约定预算，结余留用，超支分担。, en: "A given budget; a surplus is kept, an overrun shared."}
facts:
  spend: {is: {zh: 支出, en: spending}, TOTAL, column: spend}
  public_health: {is: {zh: 公卫, en: public health}, column: public_health}
values:
  budget:
    is: {zh: 预算, en: budget}
    unit: yuan_by_party
    mark: example
    history: [{from: YEAR-01-01, value: {xihai: XIHAI, donghe: DONGHE}, article: 一}]
  kept:
    is: {zh: 留用, en: kept share}
    unit: percent
    mark: example
    history: [{from: YEAR-01-01, value: KEPT, article: 二}]
  cap:
    is: {zh: 上限, en: cap}
    unit: percent
    mark: example
    history: [{from: YEAR-01-01, value: 10, article: 三}]
assumptions:
  kept: {is: {zh: 留用比例未载, en: the kept share is not told}, chosen: "KEPT", alternatives: ["0"], sets: kept}
  cap_base: {is: {zh: 基数, en: base}, chosen: budget, alternatives: [base_spend]}
  packed: {is: {zh: 公卫, en: public health}, chosen: PACKED, alternatives: [apart, packed]}
rounding: {mode: half_up}
steps:
  - {step: budget_given, takes: {amount: budget}}
  - {step: public_health_added, takes: {amount: public_health, packed: packed}}
  - {step: pay_for_care, takes: {spend: spend}}
  - {step: keep_surplus, takes: {share: kept}}
  - {step: share_overrun, takes: {cap: cap, cap_base: cap_base}}
"""
FIRST = {"XIHAI": "2000.00", "DONGHE": "400.00", "KEPT": "50"}
SECOND = {"XIHAI": "1600.00", "DONGHE": "600.00", "KEPT": "100"}


def policy(folder, name, *, changed=None, **words):
    text = TEXT
    defaults = {"YEAR": "2025", "TOTAL": "total: fund_spend", "PACKED": "apart", **FIRST}
    for word, value in {**defaults, **words, "NAME": changed or name}.items():
        text = text.replace(word, value)
    file = folder / name / "2025.yaml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file


@pytest.fixture
def two(tmp_path):
    return policy(tmp_path, "first", **FIRST), policy(tmp_path, "second", **SECOND)


@pytest.fixture
def workspace(tmp_path):
    return loaded(tmp_path)[0]


def by(result, *names):
    return {(c["party"], c["policy"]): tuple(c[name] for name in names) for c in result["figures"]}


def test_figures_under_two_policies_are_those_worked_by_hand(workspace, two):
    result = run_compare(workspace, two, year=2025)
    # first:  xihai  2,000 - 1,530 = 470, half is kept;   donghe 500 - 400 = 100 over, of it 10 % of 400 by the fund
    # second: xihai  1,600 - 1,530 = 70, all kept;        donghe 600 - 500 = 100, all kept
    assert by(result, "kept", "fund_bears", "party_bears", "net", "fund_pays") == {
        ("xihai", "first"): ("235.00", "0.00", "0.00", "235.00", "1765.00"),
        ("donghe", "first"): ("0.00", "40.00", "60.00", "-60.00", "440.00"),
        ("xihai", "second"): ("70.00", "0.00", "0.00", "70.00", "1600.00"),
        ("donghe", "second"): ("100.00", "0.00", "0.00", "100.00", "600.00"),
    }


def test_winners_and_losers_are_ranked_and_counted(workspace, two):
    result = run_compare(workspace, two, year=2025)
    # donghe 100 - -60 = 160; xihai 70 - 235 = -165
    assert [(c["policy"], c["party"], c["change"]) for c in result["changes"]] == [
        ("second", "donghe", "160.00"),
        ("second", "xihai", "-165.00"),
    ]
    first, second = result["sums"]
    assert (first["net"], first["fund_pays"], first["compared"]) == ("175.00", "2205.00", 0)
    wanted = {"net": "170.00", "fund_pays": "2200.00", "compared": 2, "gain": 1, "lose": 1, "same": 0}
    wanted |= {"gained": "160.00", "lost": "-165.00", "change": "-5.00"}
    assert {name: second[name] for name in wanted} == wanted
    assert second["largest_gain"]["party"] == "donghe" and second["largest_loss"]["party"] == "xihai"


def test_each_alternative_of_an_assumption_is_settled_alone(workspace, two):
    result = run_compare(workspace, two[:1], year=2025, alternatives=True)
    found = {(a["assumption"], a["choice"], a["party"]): (a["net"], a["change"]) for a in result["alternatives"]}
    # Nothing kept of 470; the overrun of donghe does not ask for the kept share.
    assert found["kept", "0", "xihai"] == ("0.00", "-235.00")
    assert found["kept", "0", "donghe"] == ("-60.00", "0.00")
    assert found["packed", "packed", "xihai"] == (None, None), "public-health money is unknown"
    assert found["cap_base", "base_spend", "xihai"] == ("235.00", "0.00")
    (why,) = {a["refused"] for a in result["alternatives"] if a["choice"] == "packed" and a["party"] == "donghe"}
    assert "the fact 'public_health' of 'donghe' is missing" in why


def test_another_choice_holds_for_the_policies_that_have_the_assumption(workspace, two):
    result = run_compare(workspace, two, year=2025, assume={"kept": "0"})
    assert by(result, "kept")["xihai", "first"] == by(result, "kept")["donghe", "second"] == ("0.00",)
    with pytest.raises(Refusal, match="no policy has an assumption 'kep'"):
        run_compare(workspace, two, year=2025, assume={"kep": "0"})


def test_the_order_of_the_policies_does_not_matter(workspace, two):
    one = run_compare(workspace, two, year=2025)
    before = sha256(workspace.find_run(one["run"]) / "comparison.json")
    other = run_compare(workspace, two[::-1], year=2025, base="first")
    assert other["run"] == one["run"]
    assert sha256(workspace.find_run(one["run"]) / "comparison.json") == before
    turned = run_compare(workspace, two[::-1], year=2025)
    assert turned["base"] == "second" and by(turned, "net") == by(one, "net")
    assert [(c["party"], c["change"]) for c in turned["changes"]] == [("xihai", "165.00"), ("donghe", "-160.00")]


def test_the_order_of_the_parties_does_not_matter(tmp_path, two):
    rows = ["xihai,2025,1530.00,", "donghe,2025,500.00,"]
    results = []
    for order in (rows, rows[::-1]):
        facts = tmp_path / "facts.csv"
        facts.write_text("\n".join(["party,year,spend,public_health", *order]) + "\n", "utf-8")
        workspace = Workspace.new(tmp_path / f"ws{len(results)}")
        results.append(run_compare(workspace, two, facts=facts))
        assert replay(workspace, results[-1]["run"]).same
    assert results[0]["figures"] == results[1]["figures"]
    assert results[0]["changes"] == results[1]["changes"] and results[0]["sums"] == results[1]["sums"]
    assert by(results[0], "net")["donghe", "first"] == ("-60.00",)


def test_a_policy_that_needs_what_the_lake_lacks_is_refused_alone_and_says_what(workspace, two, tmp_path):
    packed = policy(tmp_path, "packed", PACKED="packed")
    nowhere = policy(tmp_path, "nowhere", TOTAL="total: pharmacy_spend")
    result = run_compare(workspace, [*two, packed, nowhere], year=2025)
    assert by(result, "net")["xihai", "second"] == ("70.00",)
    why = {c["party"]: c["refused"] for c in result["figures"] if c["policy"] == "packed"}
    assert set(why) == {"xihai", "donghe"} and "the fact 'public_health'" in why["xihai"]
    refused = {p["policy"]: p["refused"] for p in result["policies"] if p["refused"]}
    assert set(refused) == {"nowhere"} and "there is no total 'pharmacy_spend'" in refused["nowhere"]
    assert {c["policy"] for c in result["changes"]} == {"second"}
    (sums,) = (s for s in result["sums"] if s["policy"] == "packed")
    assert (sums["settled"], sums["refused"], sums["compared"]) == (0, 2, 0)
    assert replay(workspace, result["run"]).same


def test_when_no_policy_can_be_settled_the_run_is_refused(workspace, tmp_path):
    nowhere = [policy(tmp_path, name, TOTAL="total: pharmacy_spend") for name in ("one", "other")]
    with pytest.raises(Refusal, match="there is no total 'pharmacy_spend'"):
        run_compare(workspace, nowhere, year=2025)
    assert not workspace.runs("compare")


def test_a_draft_for_a_later_year_is_tried_on_this_years_claims(workspace, two, tmp_path):
    draft = policy(tmp_path, "draft", YEAR="2027", **SECOND)
    result = run_compare(workspace, [two[0], draft], year=2025)
    assert by(result, "net")["xihai", "draft"] == ("70.00",)
    told = {p["policy"]: (p["in_force"], p["values_of"]) for p in result["policies"]}
    assert told == {"first": (True, "2025-12-31"), "draft": (False, "2027-01-01")}
    with pytest.raises(Refusal, match="no policy is in force"):
        run_settle(workspace, draft, year=2025)


def test_two_editions_of_one_policy_are_told_apart(workspace, tmp_path):
    old = policy(tmp_path, "old", changed="place", **FIRST)
    new = policy(tmp_path, "new", changed="place", **SECOND)
    assert run_compare(workspace, [old, new], year=2025)["manifest"]["inputs"]["policies"] == ["new/2025", "old/2025"]
    with pytest.raises(Refusal, match="appears twice"):
        run_compare(workspace, [old, old], year=2025)


def test_wrong_use_is_refused(workspace, two):
    for policies, more, words in [
        (two, {}, "nothing says what to settle"),
        (two[:1], {"year": 2025}, "one policy is no comparison"),
        (two, {"year": 2025, "base": "third"}, "'third' is not among the policies compared"),
        (two, {"facts": two[0].parent / "none.csv"}, "there is no such file"),
    ]:
        with pytest.raises(Refusal, match=words):
            run_compare(workspace, policies, **more)


def test_a_replay_gives_the_same_bytes_even_after_the_policy_was_edited(workspace, two):
    run = run_compare(workspace, two, year=2025, alternatives=True)["run"]
    two[0].write_text(two[0].read_text("utf-8").replace("2000.00", "9000.00"), "utf-8")
    again = replay(workspace, run)
    # Each of the two policies leaves what a settlement leaves.
    left = ("statements.json", "queries.json", "statement_lines.parquet")
    settled = {f"settled/{policy}/{name}" for policy in ("first", "second") for name in left}
    assert again.same and set(again.outputs) == {"comparison.json", *settled}
    file = workspace.find_run(run) / "comparison.json"
    file.write_text(file.read_text("utf-8").replace('"235.00"', '"236.00"'), "utf-8")
    assert not replay(workspace, run).same


def test_a_comparison_is_no_settlement_of_the_year_but_keeps_its_statements(workspace, two):
    run = run_compare(workspace, two, year=2025)["run"]
    assert not workspace.runs("settle") and [one["run"] for one in workspace.runs("compare")] == [run]
    compared = sha256(settled_in(workspace, run, "second") / "statements.json")
    settled = run_settle(workspace, two[1], year=2025)["run"]
    assert sha256(workspace.find_run(settled) / "statements.json") == compared
    for policy_named, words in ((None, "the run compares policies"), ("third", "nothing was settled under 'third'")):
        with pytest.raises(Refusal, match=words):
            settled_in(workspace, run, policy_named)


def test_under_every_shipped_policy_the_sums_are_those_of_the_parties_to_the_fen(county):
    shipped = sorted(folder for folder in (ROOT / "policies").iterdir() if folder.is_dir())
    result = run_compare(county, shipped, year=2025)
    settled = [cell for cell in result["figures"] if cell["refused"] is None]
    assert {cell["policy"] for cell in settled} >= {"qingdao", "guangdong"}
    fen = {(c["policy"], c["party"]): {n: Fen.from_yuan(c[n]) for n in c if "." in str(c[n])} for c in settled}
    for cell in fen.values():
        assert cell["net"] == cell["kept"] - cell["party_bears"]
        assert cell["fund_pays"] == cell["spend"] + cell["net"]
        assert cell["fund_bears"] + cell["party_bears"] == cell["overrun"]
    for sums in result["sums"]:
        own = [cell for (policy_of, _), cell in fen.items() if policy_of == sums["policy"]]
        for name in ("budget", "spend", "net", "fund_pays"):
            assert Fen.from_yuan(sums[name]) == total(cell[name] for cell in own)
        assert Fen.from_yuan(sums["gained"]) + Fen.from_yuan(sums["lost"]) == Fen.from_yuan(sums["change"])
        assert sums["gain"] + sums["lose"] + sums["same"] == sums["compared"]
