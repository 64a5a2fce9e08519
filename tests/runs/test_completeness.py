"""Point 3 and 21 of the issue on trust: no year is cleared whose claims or fund totals are not all there, unless somebody says why."""

from __future__ import annotations

import io
import json

import pypdf
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from tests.conftest import ROOT, SHARED
from yiheng.basis.refusals import Refusal
from yiheng.cli.main import main
from yiheng.runs import Workspace, replay, run_compare, run_load, run_settle
from yiheng.statements import write_statement_pdf, write_workbook

POLICY = ROOT / "policies" / "qingdao"
YEARS, PEOPLE = (2024, 2025), 120
WHY = "七月的结算在火灾中损毁"


def lake(folder, *, people=PEOPLE, lost=lambda party, year, month, person: False, more=None) -> Workspace:
    """Two consortia of equal size; every person has one claim of 100.00 yuan in each month, those lost left out."""
    source = folder / "source"
    source.mkdir(parents=True)
    party = {p: ("beishan", "nanhe")[p % 2] for p in range(people)}
    claims = [
        (f"{year}{month:02}-{p}", p, f"{year}-{month:02}-10")
        for year in YEARS for month in range(1, 13) for p in range(people) if not lost(party[p], year, month, p)
    ]  # fmt: skip
    files = {
        "institution": ["institution_id,name,kind,level,division", "H1,县医院,hospital,二级,379901"],
        "person": ["person_id,sex,born_on,insurance,division", *(f"N{p},male,1970-01-01,resident,379901" for p in party)],
        "enrolment": [
            "person_id,consortium,institution_id,enrolled_from,enrolled_until",
            *(f"N{p},{name},H1,2024-01-01,2025-12-31" for p, name in party.items()),
        ],
        "visit": [
            "visit_id,person_id,institution_id,kind,began_on,ended_on",
            *(f"V{i},N{p},H1,outpatient,{day},{day}" for i, p, day in claims),
        ],
        "settlement": [
            "settlement_id,visit_id,settled_at,total_fen,scope_fen,fund_fen,person_fen",
            *(f"S{i},V{i},{day} 10:00:00,15000,15000,10000,5000" for i, _, day in claims),
        ],
        **(more or {}),
    }  # fmt: skip
    for name, rows in files.items():
        (source / f"{name}.csv").write_text("\n".join(rows) + "\n", "utf-8")
    workspace = Workspace.new(folder / "workspace")
    run_load(workspace, [source])
    return workspace


def fund_flow(months) -> dict[str, list[str]]:
    """The fund's own spending in some months of both years."""
    rows = [f"resident,{year}-{month:02}-01,spending,1" for year in YEARS for month in months]
    return {"fund_flow": ["fund,month_from,kind,flow_fen", *rows]}


@pytest.fixture(scope="module")
def gap(tmp_path_factory) -> Workspace:
    """A lake that lost July 2025."""
    return lake(tmp_path_factory.mktemp("gap"), lost=lambda _, year, month, __: (year, month) == (2025, 7))


def test_point_3_a_whole_year_is_settled_and_a_tiny_place_needs_no_totals_of_the_fund(tmp_path):
    result = run_settle(lake(tmp_path), POLICY, year=2025)
    assert result["completeness"] == {"although": None, "found": []} and result["refused"] == []
    # 60 people x 12 months x 100.00.
    assert [s["figures"]["spend"] for s in result["statements"]] == ["72000.00", "72000.00"]
    assert "incomplete" not in result["statements"][0]


def test_point_3_a_month_without_claims_is_refused_with_table_year_month_found_expected_and_cure(gap):
    with pytest.raises(Refusal) as refused:
        run_settle(gap, POLICY, year=2025)
    told = str(refused.value)
    # 120 people with a claim each in every other month.
    for words in ("settlement", "2025 months 7", "0 claims", "about 120 claims", "load what is missing", "--although"):
        assert words in told, told
    assert "2024" not in told


@pytest.mark.parametrize(("kept", "complete"), [(47, False), (48, True)])
def test_point_3_a_month_far_below_its_neighbours_is_refused_from_the_limit_on(tmp_path, kept, complete):
    # Less than 40 % of 120 claims is 47 and fewer; beishan and nanhe lose the same share of 60: 24 is 40 %, 23 is less.
    workspace = lake(tmp_path, lost=lambda _, year, month, p: (year, month) == (2024, 3) and p >= kept)
    if complete:
        assert run_settle(workspace, POLICY, year=2025)["refused"] == []
        return
    with pytest.raises(Refusal, match=r"2024 months 3: 47 claims"):
        run_settle(workspace, POLICY, year=2025)


def test_point_3_what_one_party_lacks_is_refused_for_that_party_alone(tmp_path):
    lost = {("beishan", 2024, 5), ("beishan", 2024, 6)}
    workspace = lake(tmp_path, lost=lambda *when: when[:3] in lost)
    result = run_settle(workspace, POLICY, year=2025)
    assert [s["party"] for s in result["statements"]] == ["nanhe"]
    (refused,) = result["refused"]
    assert refused["party"] == "beishan" and "beishan 2024 months 5–6: 0 claims" in refused["why"]


def test_point_6_the_months_of_a_small_party_are_judged_by_the_quarter(tmp_path):
    # 18 people with a claim each month: no month has the 20 claims of a gap or the 50 of a judgement; a quarter has 54.
    lost = {("beishan", 2024, 7), ("beishan", 2024, 8)}
    workspace = lake(tmp_path, people=36, lost=lambda *when: when[:3] in lost)
    result = run_settle(workspace, POLICY, year=2025)
    assert [s["party"] for s in result["statements"]] == ["nanhe"]
    (refused,) = result["refused"]
    # 18 of 54 claims are a third, less than 40 %.
    assert refused["party"] == "beishan" and "beishan 2024 months 7–9: 18 claims" in refused["why"]
    assert "about 54 claims" in refused["why"]


def test_point_6_a_small_party_that_lost_one_month_of_a_quarter_is_not_refused(tmp_path):
    # 36 of 54 claims are two thirds.
    workspace = lake(tmp_path, people=36, lost=lambda *when: when[:3] == ("beishan", 2024, 7))
    assert run_settle(workspace, POLICY, year=2025)["refused"] == []


def test_point_3_a_base_year_without_claims_is_refused(tmp_path):
    workspace = lake(tmp_path, lost=lambda _, year, *__: year == 2024)
    # The other year has 1,440 claims of as many people.
    with pytest.raises(Refusal, match=r"all parties together 2024: 0 claims\n  expected: about 1,440 claims"):
        run_settle(workspace, POLICY, year=2025)


def test_point_3_enrolments_without_claims_do_not_keep_the_whole_budget_however_few(tmp_path):
    """Two people of beishan spent 2,500.00 in 2024 and have no claim in 2025: they would keep all of it."""
    workspace = Workspace.new(tmp_path / "workspace")
    source = tmp_path / "source"
    source.mkdir()
    for file in (SHARED / "field" / "base").iterdir():
        rows = file.read_text("utf-8").splitlines()
        gone = {"settlement.csv": ("Q1", "Q2"), "visit.csv": ("K1", "K2")}.get(file.name, ())
        (source / file.name).write_text("\n".join(r for r in rows if r.split(",")[0] not in gone) + "\n", "utf-8")
    run_load(workspace, [source])
    result = run_settle(workspace, POLICY, year=2025)
    assert [s["party"] for s in result["statements"]] == ["nanhe"]
    assert "beishan 2025: 0 claims" in result["refused"][0]["why"]
    act = run_settle(workspace, POLICY, year=2025, although="两人本年未就医，已电话核实")
    # 2,500.00 raised by 9 %, all of it kept.
    assert {s["party"]: s["figures"]["kept"] for s in act["statements"]} == {"beishan": "2725.00", "nanhe": "0.00"}


def test_point_3_the_smallest_place_with_a_claim_in_each_year_settles(tmp_path):
    workspace = Workspace.new(tmp_path / "workspace")
    run_load(workspace, [SHARED / "field" / "base"])
    result = run_settle(workspace, POLICY, year=2025)
    assert [s["figures"]["spend"] for s in result["statements"]] == ["3060.00", "4000.00"]


def test_point_3_the_funds_own_totals_are_due_from_a_thousand_people_on(tmp_path):
    # A claim each in every second month is enough for months to be judged.
    def lost(_, __, month, p):
        return (p + month) % 2 == 0

    for name, months in (("none", ()), ("some", (1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12))):
        workspace = lake(tmp_path / name, people=1000, lost=lost, more=fund_flow(months) if months else {})
        with pytest.raises(Refusal, match="fund_flow: no spending of the fund itself in 2024") as refused:
            run_settle(workspace, POLICY, year=2025)
        assert ("months 9" in str(refused.value)) == bool(months)
    assert run_settle(lake(tmp_path / "all", people=1000, lost=lost, more=fund_flow(range(1, 13))), POLICY, year=2025)


def test_point_3_a_stated_act_is_recorded_and_printed(gap, tmp_path):
    result = run_settle(gap, POLICY, year=2025, although=WHY)
    assert result["manifest"]["inputs"]["although"] == WHY
    (found,) = result["completeness"]["found"]
    assert (found["table"], found["year"], found["months"], found["found"], found["expected"]) == (
        "settlement", 2025, [7], 0, 120,
    )  # fmt: skip
    statement = result["statements"][0]
    assert statement["incomplete"] == {"although": WHY, "found": [found]}
    write_statement_pdf(result, statement, tmp_path / "s.pdf")
    page = pypdf.PdfReader(io.BytesIO((tmp_path / "s.pdf").read_bytes())).pages[0].extract_text()
    assert WHY in "".join(page.split())
    write_workbook(result, tmp_path / "s.xlsx")
    cells = {str(c.value) for sheet in load_workbook(tmp_path / "s.xlsx") for row in sheet for c in row if c.value}
    assert any(WHY in cell and "7 月" in cell for cell in cells)
    assert replay(gap, result["run"]).same
    assert json.loads((gap.run_folder(result["run"]) / "manifest.json").read_text("utf-8"))["inputs"]["although"] == WHY


@pytest.mark.parametrize("empty", ["", "  "])
def test_point_3_an_act_needs_a_reason(gap, empty):
    with pytest.raises(Refusal, match="has no reason"):
        run_settle(gap, POLICY, year=2025, although=empty)


def test_point_3_a_policy_sets_a_limit_with_its_source_and_an_unknown_one_is_refused(gap, tmp_path):
    text = next(POLICY.glob("*.yaml")).read_text("utf-8")
    limit = "{is: {zh: 缺口, en: gap}, value: 1000, mark: example, source: 试验}"
    for name, words in (
        ("complete_gap_claims", None),
        ("complete_gap", "unknown limit of completeness 'complete_gap'"),
    ):
        file = tmp_path / f"{name}.yaml"
        file.write_text(text.replace("rounding:", f"completeness:\n  {name}: {limit}\nrounding:"), "utf-8")
        if words:
            with pytest.raises(Refusal, match=words):
                run_settle(gap, file, year=2025)
        else:
            # July is now a month of which too few were expected to call it missing, yet it is far below its neighbours.
            with pytest.raises(Refusal, match="2025 months 7"):
                run_settle(gap, file, year=2025)


def test_point_21_settlements_in_quarantine_are_counted_until_they_are_corrected(tmp_path):
    head = "settlement_id,visit_id,settled_at,total_fen,scope_fen,fund_fen,person_fen"
    bad = [
        "Q7,K1,2025-03-09 11:00:00,100000,90000,70000,10000",  # 700.00 + 100.00 are not 1,000.00
        "Q8,K9,2025-05-01 11:00:00,5000,5000,4000,1000",  # 40.00 of a visit that nobody knows
        "Q9,K4,2025-01-05 11:00:00,100000,90000,70000,10000",  # of a stay that ended in 2024, on which the budget rests
        "Q5,K9,2023-05-01 11:00:00,5000,5000,4000,1000",  # of a year that nothing reads
        "Q6,K4,2025-01-06 11:00:00,1000,1000,much,100",  # of 2024, of an amount that nobody can read
    ]
    workspace = Workspace.new(tmp_path / "workspace")
    run_load(workspace, [SHARED / "field" / "base"])
    for name in ("first", "again"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "settlement.csv").write_text("\n".join([head, *bad]) + "\n", "utf-8")
        run_load(workspace, [tmp_path / name])
    waiting = run_settle(workspace, POLICY, year=2025)["quarantined"]
    # Sent twice, counted once: 700.00 + 40.00 of 2025; 700.00 and one unknown of 2024.
    by_year = [
        {"year": 2024, "rows": 2, "fen": 70_000, "unreadable": 1},
        {"year": 2025, "rows": 2, "fen": 74_000, "unreadable": 0},
    ]
    assert waiting == {"rows": 4, "fen": 144_000, "unreadable": 1, "year_unknown": 0, "years": by_year}
    said = CliRunner().invoke(
        main, ["settle", str(POLICY), "--year", "2025", "-w", str(workspace.folder), "--lang", "en"]
    )
    assert (
        "2 of 2024 with 700.00 yuan of the fund, the amount of 1 of them cannot be read; "
        "2 of 2025 with 740.00 yuan of the fund"
    ) in " ".join(said.stderr.split())
    # Of the year before it is told what the budget rests on; a budget alone and a comparison tell it too.
    ahead = run_settle(workspace, POLICY, year=2025, budget_only=True)
    assert ahead["quarantined"]["years"] == by_year
    compared = run_compare(workspace, [POLICY, ROOT / "policies" / "yangxi"], year=2025)
    assert compared["manifest"]["pins"]["quarantined"]["years"] == by_year
    (tmp_path / "right").mkdir()
    right = "Q7,K1,2025-03-09 11:00:00,100000,90000,70000,30000"
    (tmp_path / "right" / "settlement.csv").write_text(f"{head}\n{right}\n", "utf-8")
    assert run_load(workspace, [tmp_path / "right"]).clean
    after = run_settle(workspace, POLICY, year=2025)
    by_year[1] = {"year": 2025, "rows": 1, "fen": 4_000, "unreadable": 0}
    assert after["quarantined"]["years"] == by_year
    assert replay(workspace, after["run"]).same


def test_point_3_a_refused_settlement_whose_number_is_withheld_counts_once_however_often_it_comes(tmp_path):
    head = "settlement_id,visit_id,settled_at,total_fen,scope_fen,fund_fen,person_fen"
    # The number of each is that of a person's certificate, which quarantine withholds; of the first, 3.00 + 1.00 are
    # not 5.00, and of the second, 4.00 + 1.00 are not 6.00.
    rows = [
        "11010519491231002X,K1,2025-03-09 11:00:00,500,400,300,100",
        "11010519491231002X,K1,2025-03-09 12:00:00,600,500,400,100",
    ]
    workspace = Workspace.new(tmp_path / "workspace")
    run_load(workspace, [SHARED / "field" / "base"])
    for name, lines in (("a", rows[:1]), ("b", rows[:1]), ("c", rows[:1]), ("d", rows)):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"settlement_{name}.csv").write_text("\n".join([head, *lines]) + "\n", "utf-8")
        run_load(workspace, [tmp_path / name])
        waiting = run_settle(workspace, POLICY, year=2025)["quarantined"]
        if name != "d":
            # One file, loaded once, twice and three times: 3.00.
            assert (waiting["rows"], waiting["fen"]) == (1, 300)
    # Another file with two rows: 3.00, and its own 3.00 and 4.00, for nobody can tell whether the first is the same.
    assert (waiting["rows"], waiting["fen"]) == (3, 1_000)
