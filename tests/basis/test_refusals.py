"""Refusals say what, where, what was expected and what to do; reasons print as a tree."""

from __future__ import annotations

import json

from yiheng.basis.evidence import Because, Place, Words
from yiheng.basis.money import Fen
from yiheng.basis.refusals import Refusal, nearest


def test_a_refusal_reads_as_four_answers():
    refusal = Refusal("the key 'groth' is not known", where="p.yaml:3", expected="a known key", cure="mend it")
    assert str(refusal).splitlines() == [
        "p.yaml:3: the key 'groth' is not known",
        "  expected: a known key",
        "  to do: mend it",
    ]


def test_the_nearest_known_name_is_named():
    assert nearest("groth", ["growth", "share"]) == "did you mean 'growth'?"
    assert nearest("zzz", ["growth", "share"]) == "known: growth, share"
    assert nearest("zzz", []) == "none are known here"


def test_a_tree_of_reasons_prints_indented_with_places():
    below = Because(Words("增长率：2 %", "growth: 2 %"), source=Place("p.yaml", "7"))
    tree = Because(Words("预算", "budget"), Fen(100), rests_on=(below,))
    assert list(tree.lines("zh")) == ["1.00  预算", "  增长率：2 %   [p.yaml:7]"]
    assert list(tree.lines("en")) == ["1.00  budget", "  growth: 2 %   [p.yaml:7]"]
    assert json.loads(tree.as_json({})) == {
        "says": "预算",
        "says_en": "budget",
        "amount": "1.00",
        "rests_on": [{"says": "增长率：2 %", "says_en": "growth: 2 %", "where": "p.yaml", "at": "7"}],
    }
