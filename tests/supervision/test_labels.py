"""Recall, precision and their intervals are taken from labels as counted by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from yiheng.basis.refusals import Refusals
from yiheng.supervision.labels import judge_rule, read_labels, wilson

HEAD = "rule,expect,visit,line,at_stake_fen,person,institution,about\n"
# Four to catch, one of them by its line, one an institution's year; two to spare.
LABELS = """\
r,catch,V1,,1000,A,H1,
r,catch,V2,L2,300,A,H1,
r,catch,V3,,700,B,H1,
r,catch,,,0,,H2,2025
r,spare,V4,,,C,H1,
r,spare,V5,,,C,H1,
other,catch,V9,,1,C,H1,
"""


def finding(visit=None, line=None, institution="H1", about=None, fen=0, rule="r"):
    return {
        "rule": rule,
        "person": None,
        "institution": institution,
        "visit": visit,
        "line": line,
        "about": about,
        "at_stake_fen": fen,
    }


# V1 as it should be, V2 on its line for another amount, V4 though it must be spared, V7 of which nothing is known.
FOUND = [
    finding("V1", fen=1000),
    finding("V2", "L2", fen=200),
    finding(institution="H2", about="2025"),
    finding("V4", fen=600),
    finding("V7", fen=200),
    finding("V9", fen=1, rule="other"),
]


@pytest.fixture
def labels(tmp_path):
    return read_labels(written(tmp_path, LABELS))


def written(folder, text):
    file = folder / "labels.csv"
    file.write_text(HEAD + text, "utf-8")
    return file


def test_a_rule_is_judged_by_complete_labels(labels):
    judged = judge_rule("r", FOUND, labels)
    assert (judged.caught, judged.missed, judged.spared) == (3, 1, 1)
    assert (judged.right, judged.wrong, judged.unlabelled, judged.other_amount) == (3, 1, 1, 1)
    # 3 of 4 labels; 1,000 + 300 + 0 of these and 700 more.
    assert (judged.recall, judged.recall_of_money) == (Fraction(3, 4), Fraction(1300, 2000))
    # 3 of 5 findings; 1,000 + 200 + 0 of these, 600 and 200 more.
    assert (judged.precision, judged.precision_of_money) == (Fraction(3, 5), Fraction(1200, 2000))


def test_where_labels_are_not_complete_a_finding_without_one_counts_neither_way(labels):
    judged = judge_rule("r", FOUND, labels, complete=False)
    assert (judged.precision, judged.precision_of_money) == (Fraction(3, 4), Fraction(1200, 1800))
    assert judged.recall == Fraction(3, 4)


def test_of_a_rule_without_labels_nothing_is_known(labels):
    judged = judge_rule("unheard_of", [finding("V1", fen=9, rule="unheard_of")], labels)
    assert not judged.known and judged.unlabelled == 1
    assert (judged.recall, judged.precision, judged.recall_of_money, judged.precision_of_money) == (None,) * 4
    assert judged.recall_between is judged.precision_between is None


def test_labels_of_one_line_are_met_by_one_finding_each(tmp_path):
    labels = read_labels(written(tmp_path, "r,catch,V1,L1,300,,,\nr,catch,V1,L1,500,,,\nr,catch,V1,L1,800,,,\n"))
    judged = judge_rule("r", [finding("V1", "L1", fen=500), finding("V1", "L1", fen=300)], labels)
    assert (judged.caught, judged.missed, judged.other_amount) == (2, 1, 0)
    assert judged.missed_fen == 800


def test_a_line_may_be_the_ordinal_that_a_finding_is_about(tmp_path):
    labels = read_labels(written(tmp_path, "r,catch,V1,2,0,,,\n"))
    assert judge_rule("r", [finding("V1", about="2")], labels).caught == 1
    assert judge_rule("r", [finding("V1", about="1")], labels).missed == 1


def test_an_amount_that_no_label_says_is_unknown(tmp_path):
    labels = read_labels(written(tmp_path, "r,catch,V1,,,,,\nr,catch,V2,,100,,,\n"))
    judged = judge_rule("r", [finding("V1", fen=10), finding("V2", fen=100)], labels)
    assert (judged.recall, judged.recall_of_money, judged.precision_of_money) == (1, None, 1)


def test_wilson_is_never_narrower_than_it_is():
    # p = 1/2, n = 10, z² = 3.841459: (0.5 + 0.192073 ± 1.959964 √(0.025 + 0.009604)) / 1.384146 = 0.236593, 0.763407.
    assert wilson(5, 10) == (Fraction(236, 1000), Fraction(764, 1000))
    # All of 10: 10 / (10 + 3.841459) = 0.722467.
    assert wilson(10, 10) == (Fraction(722, 1000), 1)
    assert wilson(0, 10) == (0, Fraction(278, 1000))
    assert wilson(0, 0) is None


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("r,maybe,V1,,1,,,", "labels.csv:2: 'maybe' is neither catch nor spare"),
        ("r,catch,V1,,1.5,,,", "labels.csv:2: '1.5' is no amount"),
        ("r,catch,,,1,,,", "labels.csv:2: the label names nothing"),
    ],
)
def test_a_label_that_says_nothing_is_refused_with_its_line(row, says, tmp_path):
    with pytest.raises(Refusals) as refused:
        read_labels(written(tmp_path, row + "\n"))
    assert says in str(refused.value)
