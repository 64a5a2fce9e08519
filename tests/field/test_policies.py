"""Field cases 03 and 30: days, numbers and shapes in policy files, answered at once with a sentence (point 11)."""

from __future__ import annotations

import pytest

from yiheng.basis.numbers import exact_number
from yiheng.basis.refusals import Refusal
from yiheng.policy.read import read_policy

from .conftest import field, yiheng


@pytest.mark.parametrize(
    "name",
    ["zero", "seconds", "compact", "year", "cn", "short", "time", "time-z"],
)
def test_03_a_day_in_another_form_is_refused_with_the_form_that_is_due(name):
    with pytest.raises(Refusal, match=rf"date-{name}\.yaml:39: .* is not a day such as 2025-01-31"):
        read_policy(field(f"03-policy-numbers/date-{name}.yaml"))


def test_03_a_day_of_knowledge_in_seconds_is_refused():
    with pytest.raises(Refusal, match="known_on': '86400' is not a day such as 2025-01-31"):
        read_policy(field("03-policy-numbers/known-on-day.yaml"))


# What the file writes for the share of an overrun, and what it comes to on the facts of the case.
RIGHT = {"base.yaml": "5", "exp.yaml": "0.5", "wide.yaml": "5", "octal.yaml": "10"}


@pytest.mark.parametrize("name", RIGHT)
def test_03_a_number_in_another_writing_is_the_same_number(name):
    done = yiheng("policy", "check", field("03-policy-numbers") / name)
    assert done.exit_code == 0, done.output
    entry = read_policy(field("03-policy-numbers") / name).policy.values["recognised_growth"].history[0]
    assert exact_number(str(entry.value)) == exact_number(RIGHT[name])


@pytest.mark.parametrize("name", ["percent", "comma", "hex", "null", "sexagesimal", "slash", "under", "arab", "neg"])
def test_03_what_is_no_number_is_refused_with_its_line(name):
    done = yiheng("policy", "check", field("03-policy-numbers") / f"{name}.yaml")
    assert done.exit_code != 0 and f"{name}.yaml:39" in done.output


def test_03_a_gigantic_exponent_is_answered_at_once(county):
    file = field("03-policy-numbers/huge-exponent.yaml")
    done = yiheng("settle", file, "--facts", field("03-policy-numbers/facts.csv"), "-w", county)
    assert done.exit_code != 0 and "huge-exponent.yaml:" in done.output


@pytest.mark.parametrize(
    "name", ["nested.yaml", "billion-laughs.yaml", "two-documents.yaml", "null-byte.yaml", "tab.yaml"]
)
def test_30_a_shape_that_is_no_policy_is_a_sentence(name):
    done = yiheng("policy", "check", field("30-yaml-shapes") / name)
    assert done.exit_code != 0 and name.removesuffix(".yaml") in done.output


def test_30_nested_entries_are_named_as_such():
    with pytest.raises(Refusal, match="the entries are nested too deeply"):
        read_policy(field("30-yaml-shapes/nested.yaml"))


@pytest.mark.parametrize(
    ("name", "says"),
    [("none.yaml", "there is no such file"), (".", "this is a folder, not a file"), ("a.yaml/b", "cannot be opened")],
)
def test_point_13_a_policy_that_is_not_there_is_a_sentence(tmp_path, name, says):
    (tmp_path / "a.yaml").write_text("policy: a\n")
    with pytest.raises(Refusal, match=says):
        read_policy(tmp_path / name)


def test_point_11_a_policy_of_many_megabytes_is_refused_before_it_is_read(tmp_path):
    (tmp_path / "a.yaml").write_text("# " + "x" * 3_000_000)
    with pytest.raises(Refusal, match="at most 2 MiB"):
        read_policy(tmp_path / "a.yaml")
