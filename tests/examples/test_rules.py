"""Every rule catches what its examples say and spares the rest; one test a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from yiheng.supervision import RULES

from .tables import read_examples, tables

FOLDER = Path(__file__).parent / "rules"
# In the examples of a measure this stands for the class of whatever rule is tested.
CLASS = "CLASS"


def examples_of(rule):
    """Its own file; of a rule about limited items the files of what it measures, under its class."""
    if not rule.limits_of:
        return read_examples(FOLDER / f"{rule.name}.yaml")
    read = [one for measure in rule.measures for one in read_examples(FOLDER / "measures" / f"{measure}.yaml")]
    for one in read:
        for row in one["given"]["item_limit"]:
            row["rule_class"] = rule.limits_of if row["rule_class"] == CLASS else row["rule_class"]
    return read


def examples():
    for name, rule in RULES.items():
        for one in examples_of(rule):
            yield pytest.param(name, one, id=f"{name}: {one['name']}")


@pytest.mark.parametrize(("name", "one"), list(examples()))
def test_a_rule_does_as_its_example_says(name, one, tmp_path):
    rule = RULES[name]
    found = [rule.finding(row) for row in rule.rows(tables(one["given"], tmp_path)).to_pyarrow().to_pylist()]
    found.sort(key=lambda f: [f[key] or "" for key in ("visit", "line", "about")])
    told = [
        {key: "" if f[key] is None else str(f[key]) for key in want}
        for f, want in zip(found, one["catches"], strict=False)
    ]
    assert len(found) == len(one["catches"]), [f["says"] for f in found]
    assert told == one["catches"]
    for finding in found:
        assert "{" not in finding["says"] and "None" not in finding["says"], finding["says"]
        assert "{" not in finding["says_en"] and "None" not in finding["says_en"], finding["says_en"]


@pytest.mark.parametrize("name", sorted(RULES))
def test_every_rule_has_rows_to_catch_and_rows_to_spare(name):
    read = examples_of(RULES[name])
    assert any(one["catches"] for one in read), f"{name} catches nothing"
    assert any(not one["catches"] for one in read), f"{name} spares nothing"
