"""Values on a day, as known on another, with article, file and line."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction

import pytest

from yiheng.basis.refusals import Refusal
from yiheng.policy import Terms, policy_for_year, read_policy

HEAD = """\
policy: small
title: {zh: 小例, en: small}
place: {zh: 某县, en: a county}
in_force: {from: 2025-01-01, until: 2025-12-31}
issued: {by: 某县, number: "1", on: 2024-12-18}
is: {zh: 例, en: example}
facts:
  spend: {is: {zh: 支出, en: spending}, total: fund_spend}
rounding: {mode: half_up}
steps:
  - {step: pay_for_care, takes: {spend: spend}}
"""
VALUES = """\
values:
  held_back:
    is: {zh: 考核预留, en: held back}
    unit: per_mille
    mark: example
    history:
      - {from: 2025-01-01, value: 50, article: 第九条}
      - {from: 2025-07-01, value: 40, article: 通知十二, known_on: 2025-08-05}
  split:
    is: {zh: 分配, en: split}
    unit: shares
    mark: example
    history:
      - {from: 2025-01-01, value: {a: 60, b: 40}, article: 第十条}
  agreed:
    is: {zh: 约定金额, en: agreed amount}
    unit: yuan_by_party
    mark: example
    history:
      - {from: 2025-01-01, value: {xihai: "100.00"}, article: 附件}
"""


@pytest.fixture
def source(tmp_path):
    file = tmp_path / "2025.yaml"
    file.write_text(HEAD + VALUES, "utf-8")
    return read_policy(file, shown_as="small/2025.yaml")


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_a_value_changes_on_its_day(source):
    assert Terms(source, day("2025-06-30")).rate("held_back").value == Fraction(50, 1000)
    assert Terms(source, day("2025-07-01")).rate("held_back").value == Fraction(40, 1000)


def test_what_was_announced_later_was_not_yet_known(source):
    july = day("2025-07-31")
    assert Terms(source, july, known_on=july).rate("held_back").value == Fraction(50, 1000)
    assert Terms(source, july, known_on=day("2025-08-05")).rate("held_back").value == Fraction(40, 1000)


def test_a_value_names_its_article_file_and_line(source):
    because = Terms(source, day("2025-07-01")).rate("held_back").because
    assert because.says.zh == "考核预留：40 ‰（通知十二）"
    assert str(because.source) == "small/2025.yaml:19"


def test_before_its_first_day_a_value_is_refused(source):
    with pytest.raises(Refusal, match="has no value on 2024-12-31"):
        Terms(source, day("2024-12-31")).rate("held_back")


def test_shares_make_one_whole(source):
    assert Terms(source, day("2025-01-01")).shares("split").value == {"a": Fraction(3, 5), "b": Fraction(2, 5)}


def test_an_unknown_value_names_the_nearest(source):
    with pytest.raises(Refusal, match="did you mean 'held_back'"):
        Terms(source, day("2025-01-01")).rate("held_bak")


def test_a_value_of_another_unit_is_refused(source):
    with pytest.raises(Refusal, match="'split' is in shares"):
        Terms(source, day("2025-01-01")).rate("split")


def test_an_amount_by_party_refuses_other_parties(source):
    terms = Terms(source, day("2025-01-01"))
    assert terms.amount("agreed", "xihai").value.yuan == "100.00"
    with pytest.raises(Refusal, match="no value for 'donghe'"):
        terms.amount("agreed", "donghe")


def test_from_a_folder_the_policy_in_force_is_taken(tmp_path, source):
    later = (HEAD + VALUES).replace("from: 2025-01-01, until: 2025-12-31", "from: 2026-01-01, until: 2026-12-31")
    (tmp_path / "2026.yaml").write_text(later, "utf-8")
    assert policy_for_year(tmp_path, 2025).policy.in_force.first == day("2025-01-01")
    assert policy_for_year(tmp_path, 2026).policy.in_force.first == day("2026-01-01")
    with pytest.raises(Refusal, match="no policy is in force on 2027-12-31"):
        policy_for_year(tmp_path, 2027)


def test_two_policies_in_force_at_once_are_refused(tmp_path, source):
    (tmp_path / "copy.yaml").write_text(HEAD + VALUES, "utf-8")
    with pytest.raises(Refusal, match="more than one policy is in force"):
        policy_for_year(tmp_path, 2025)
