"""A pot is shared by the same day and the same rows as the parties are settled."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from tests.conftest import ROOT
from yiheng.basis.evidence import Because, Words
from yiheng.basis.refusals import Refusal
from yiheng.payment import Fact, PartyFacts, share_pools
from yiheng.policy import read_policy
from yiheng.runs import Workspace, run_settle

PACK = ROOT / "tests" / "payment" / "packs" / "openimis" / "2025.yaml"
WHY = Because(Words("例", "example"))


def party(name: str, insured: int, visits: int) -> PartyFacts:
    facts = {"insured": Fact(None, WHY, Fraction(insured)), "visits": Fact(None, WHY, Fraction(visits))}
    return PartyFacts(name, facts)


def test_a_pot_that_was_not_yet_announced_is_not_shared():
    source, parties = read_policy(PACK), [party("a", 4000, 9000), party("b", 6000, 6000)]
    shared = share_pools(source, 2025, parties, known_on=source.policy.issued.on)
    # 600,000 x (0.7 x 4/10 + 0.3 x 9/15)
    assert shared[0].known("part")[0].yuan == "276000.00"
    with pytest.raises(Refusal, match="as known on"):
        share_pools(source, 2025, parties, known_on=source.policy.issued.on - dt.timedelta(days=1))


def test_point_9_one_party_alone_is_told_that_it_shares_with_nobody():
    source = read_policy(PACK)
    (alone,) = share_pools(source, 2025, [party("a", 4000, 9000)])
    amount, because = alone.known("part")
    # 600,000 x (0.7 x 4/4 + 0.3 x 9/9)
    assert amount.yuan == "600000.00" and because.says.zh.endswith("只有一方，资金池全归该方")
    both = share_pools(source, 2025, [party("a", 4000, 9000), party("b", 6000, 6000)])
    assert "只有一方" not in both[0].known("part")[1].says.zh


def test_point_9_one_party_alone_is_ranked_among_nobody_and_may_be_refused_where_a_step_needs_the_others():
    xiamen = read_policy(ROOT / "policies" / "xiamen" / "2025.yaml")
    (alone,) = share_pools(xiamen, 2025, [PartyFacts("a", {"score": Fact(None, WHY, Fraction(9, 10))})])
    rank, because = alone.number("rank")
    assert rank == 1 and because.says.zh == "评估排名：1 方中第 1；只有一方，无可比较，既是第一也是末位"
    yancheng = read_policy(ROOT / "policies" / "yancheng-median" / "2017.yaml")
    (alone,) = share_pools(yancheng, 2017, [PartyFacts("a", {})])
    alone.refuse_faults()
    with pytest.raises(Refusal, match="'a' is the only party, and 'mean_per_head' compares it to others"):
        alone.number("mean_per_head")


def test_a_row_that_cannot_be_read_leaves_the_pot_of_its_year_unshared(tmp_path):
    facts = tmp_path / "facts.csv"
    facts.write_text("party,year,insured,visits,spend\na,2025,4000,9000,1.00\nb,2025,many,6000,1.00\n", "utf-8")
    result = run_settle(Workspace.new(tmp_path / "ws"), PACK, facts=facts)
    assert list(result["statements"]) == []
    assert {one["party"] for one in result["refused"]} == {"a", "b"}
    assert all("'many' is not a number" in one["why"] for one in result["refused"])
