"""Point 15: what a finding rests on is read in the language of the page."""

from __future__ import annotations

import re

import pytest

from yiheng.basis.money import Fen
from yiheng.supervision import RULES
from yiheng.supervision.declare import ABOUT, EXPECTED, SUBJECT, shown
from yiheng.supervision.seen import _MEASURES, LABELS
from yiheng.supervision.shape import _Defined

HAN = re.compile("[一-鿿]")


@pytest.mark.parametrize("name", RULES)
def test_point_15_every_field_of_evidence_has_a_label_in_both_languages(name):
    rule = RULES[name]
    fields = set(rule.find(_Defined(), rule.limits).columns) - {*SUBJECT, ABOUT}
    if set(EXPECTED) <= fields:
        fields.add("expected_per_mille")
    assert fields - set(LABELS) == set()
    for field in fields:
        assert HAN.search(LABELS[field].zh) and not re.search("[a-z_]{3,}", LABELS[field].zh), field
        assert LABELS[field].en and not HAN.search(LABELS[field].en) and "_" not in LABELS[field].en, field


def test_point_15_every_kind_of_limit_has_a_name():
    measures = {measure for rule in RULES.values() for measure in rule.says_of}
    assert measures - set(_MEASURES) == set()


@pytest.mark.parametrize("name", RULES)
def test_point_15_sentences_tell_shares_in_per_cent(name):
    rule = RULES[name]
    for says in (rule.says, *rule.says_of.values()):
        assert "‰" not in says.zh + says.en


def test_point_15_values_are_written_as_clerks_write_them():
    # 123,456 fen = 1,234.56 yuan; 438 ‰ = 43.8 %; 12,345,000 ÷ 10,000 = 1,234.5 pieces; years stay as they are.
    assert shown("amount_fen", 123456) == str(Fen(123456)) == "1,234.56"
    assert shown("expected_per_mille", 438) == "43.8 %"
    assert shown("most_per_mille", 600) == "60 %"
    assert shown("had_units", 12_345_000) == "1,234.5"
    assert shown("year", 2025) == "2025"
