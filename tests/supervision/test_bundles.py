"""Findings of one subject are one bundle, in which each fen counts once; sums are worked by hand."""

from __future__ import annotations

from yiheng.supervision.bundles import Covered, at_stake_once, bundled, stake_of

# V1 covered 900: item X 500 in two lines, item Y 300, the rest is no item that anybody asked about.
COVERED = Covered({"V1": 900, "V2": 400}, {("V1", "X"): 500, ("V1", "Y"): 300})


def finding(
    name, fen, *, line=None, item=None, visit="V1", person="A", institution="H1", rule="r", visits=None, about=None
):
    evidence = {"item_code": item} if item else {}
    evidence |= {"visits_staked": visits} if visits else {}
    return {"id": name, "rule": rule, "visit": visit, "person": person, "institution": institution, "line": line,
            "about": about, "at_stake_fen": fen, "evidence": evidence}  # fmt: skip


def once(*findings, covered=COVERED):
    return at_stake_once([stake_of(one) for one in findings], covered)


def test_of_one_line_the_largest_stake_counts():
    assert once(finding("a", 200, line="L1", item="X"), finding("b", 150, line="L1", item="X")) == 200


def test_lines_of_an_item_add_up_but_not_beyond_what_was_covered_of_it():
    assert once(finding("a", 200, line="L1", item="X"), finding("b", 250, line="L2", item="X")) == 450
    # All lines of X under the name of the first, and one more line of it: 500 + 250 would count 250 twice.
    assert once(finding("a", 500, line="L1", item="X"), finding("b", 250, line="L2", item="X")) == 500


def test_a_class_weighed_together_may_stake_more_than_the_item_it_names():
    assert once(finding("a", 700, line="L1", item="X"), finding("b", 100, line="L2", item="X")) == 700


def test_items_add_up_and_the_whole_visit_covers_them():
    x, y = finding("a", 500, line="L1", item="X"), finding("b", 300, line="L3", item="Y")
    assert once(x, y) == 800
    assert once(x, y, finding("c", 900)) == 900
    assert once(x, y, finding("c", 100)) == 800


def test_never_more_than_the_visit_covered_where_that_is_known():
    lines = [finding(name, 600, line=name, item=name) for name in ("p", "q")]
    assert once(*lines) == 900
    assert once(*lines, covered=Covered()) == 1200


def test_a_finding_about_several_visits_stakes_each_whole_and_none_twice():
    both = finding("a", 1300, visits="V1、V2")
    # V1 900 + V2 400; the finding about V2 alone is within.
    assert once(both, finding("b", 400, visit="V2")) == 1300
    assert once(both, finding("b", 50, line="L9", item="Z", visit="V3")) == 1350


def test_without_a_visit_the_largest_stake_of_a_person_at_a_place_counts():
    place = [finding(name, fen, visit=None) for name, fen in (("a", 70), ("b", 40))]
    assert once(*place, finding("c", 30, visit=None, person="B")) == 100


def test_of_an_institution_each_year_counts_and_in_a_year_the_largest_stake():
    first = [finding(name, fen, visit=None, person=None, about="2024") for name, fen in (("a", 70), ("b", 40))]
    assert once(*first, finding("c", 30, visit=None, person=None, about="2025")) == 100


def test_a_stake_below_zero_takes_nothing_from_others():
    assert once(finding("a", -50, line="L1", item="X"), finding("b", 300, line="L3", item="Y")) == 300


def test_bundles_hold_each_finding_once_the_most_at_stake_first():
    found = [
        finding("a", 500, line="L1", item="X", rule="one"),
        finding("b", 900, rule="two"),
        finding("c", 70, visit=None),
        finding("d", 60, visit=None),
        finding("e", 10, visit=None, person=None),
    ]
    made = list(bundled(map(stake_of, found), COVERED))
    assert [(b["visit"], b["person"], b["institution"]) for b in made] == [
        ("V1", "A", "H1"), (None, "A", "H1"), (None, None, "H1"),
    ]  # fmt: skip
    assert [b["findings"] for b in made] == [["a", "b"], ["c", "d"], ["e"]]
    assert made[0]["rules"] == ["one", "two"]
    assert [(b["at_stake_fen"], b["at_stake_once_fen"]) for b in made] == [(1400, 900), (130, 70), (10, 10)]


def test_nothing_found_stakes_nothing():
    assert list(bundled([], COVERED)) == [] and once() == 0
