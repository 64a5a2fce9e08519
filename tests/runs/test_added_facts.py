"""Facts that the lake does not hold, added from a file: where they count, what they never replace, what is refused."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.tiny import loaded
from yiheng.basis.refusals import Refusal
from yiheng.runs import Workspace, replay, run_compare, run_settle

# Spending of 2025 in the tiny county: xihai 1,530.00 yuan, donghe 500.00.
YANGXI = ROOT / "policies" / "yangxi"


@pytest.fixture
def space(tmp_path) -> Workspace:
    return loaded(tmp_path)[0]


def added(folder, *rows: str, header: str = "party,year,income,spend"):
    file = folder / "added.csv"
    file.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return file


def figures(result):
    return {one["party"]: one["figures"] for one in result["statements"]}


def test_a_fact_of_the_file_meets_those_of_the_lake(space, tmp_path):
    result = run_settle(space, YANGXI, year=2025, added=added(tmp_path, "xihai,2025,2000.00,", "donghe,2025,400.00,"))
    found = figures(result)
    # 2,000.00 x 98 % = 1,960.00; 1,960.00 - 1,530.00 = 430.00. 400.00 x 98 % = 392.00; 500.00 - 392.00 = 108.00.
    assert (found["xihai"]["budget"], found["xihai"]["kept"]) == ("1960.00", "430.00")
    assert (found["donghe"]["overrun"], found["donghe"]["party_bears"]) == ("108.00", "108.00")
    assert "added.csv" in str(result["statements"][0]["because"]["budget"])


def test_what_the_lake_gives_is_never_replaced(space, tmp_path):
    result = run_settle(space, YANGXI, year=2025, added=added(tmp_path, "xihai,2025,2000.00,1.00"))
    assert figures(result)["xihai"]["spend"] == "1530.00"


def test_a_party_without_a_row_is_refused_with_the_name_of_the_fact(space, tmp_path):
    result = run_settle(space, YANGXI, year=2025, added=added(tmp_path, "xihai,2025,2000.00,"))
    (refused,) = result["refused"]
    assert refused["party"] == "donghe" and "'income'" in refused["why"]


def test_a_column_of_one_policy_is_for_that_policy_alone(space, tmp_path):
    file = added(
        tmp_path, "xihai,2025,2000.00,1.00,10,700.00", "donghe,2025,400.00,1.00,10,600.00",
        header="party,year,income,spend,signed_people,yancheng-median.spend",
    )  # fmt: skip
    result = run_compare(space, [YANGXI, ROOT / "policies" / "yancheng-median"], year=2025, added=file)
    spend = {(one["party"], one["policy"]): one["spend"] for one in result["figures"]}
    assert spend["xihai", "yancheng-median"] == "700.00" and spend["xihai", "yangxi"] == "1530.00"
    assert replay(space, result["run"]).same


def test_a_replay_reads_the_file_as_it_was(space, tmp_path):
    file = added(tmp_path, "xihai,2025,2000.00,", "donghe,2025,400.00,")
    run = run_settle(space, YANGXI, year=2025, added=file)["run"]
    file.unlink()
    assert replay(space, run).same


def test_another_file_is_another_run(space, tmp_path):
    runs = {run_settle(space, YANGXI, year=2025, added=added(tmp_path, f"xihai,2025,{n}.00,"))["run"] for n in (1, 2)}
    assert len(runs) == 2


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("xihay,2025,1.00,", ("'xihay' answered for nobody in 2025", "did you mean 'xihai'?", "added.csv:2")),
        ("xihai,2025,many,", ("added.csv:2:income: 'many' is not an amount", "expected: yuan, from 0")),
    ],
)
def test_a_wrong_row_is_refused_with_its_line(space, tmp_path, row, words):
    """Point 8: the row is refused with its place; donghe, whose own row is right, is settled."""
    came = run_settle(space, YANGXI, year=2025, added=added(tmp_path, row, "donghe,2025,1000.00,"))
    why = [one["why"] for one in came["refused"] if one["party"] == row.partition(",")[0]]
    assert len(why) == 1 and all(one in why[0] for one in words), came["refused"]
    # 1,000.00 x 98 % = 980.00; less 500.00 spent.
    assert {party: one["kept"] for party, one in figures(came).items()} == {"donghe": "480.00"}


def test_facts_are_added_to_the_lake_only(space, tmp_path):
    file = added(tmp_path, "xihai,2025,1.00,")
    with pytest.raises(Refusal, match="added to those of the lake only"):
        run_settle(space, YANGXI, facts=file, added=file)
    with pytest.raises(Refusal, match="no such file"):
        run_settle(space, YANGXI, year=2025, added=tmp_path / "none.csv")


def test_a_policy_that_clears_no_package_is_left_out_of_a_comparison(space, tmp_path):
    result = run_compare(space, [ROOT / "policies" / "luohu", ROOT / "policies" / "tiantan"], year=2025)
    (left,) = [one for one in result["policies"] if one["refused"]]
    assert left["policy"] == "tiantan" and "clears no package" in left["refused"]
