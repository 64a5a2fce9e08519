"""The schema for editors: every shipped policy is valid by it, and mistakes that it can see are not."""

from __future__ import annotations

import json

import pytest
import yaml
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from tests.conftest import ROOT
from tests.errors.mistakes import GOOD, MISTAKES
from yiheng.cli.main import main

POLICIES = sorted((ROOT / "policies").glob("*/*.yaml"))
# What an editor can see: keys, words of a list, steps and what they take.
SEEN = [
    ("Keys", "a key is misspelt"), ("Keys", "a key deep inside is misspelt"), ("Keys", "a key is missing"),
    ("Keys", "a value has no article"), ("Keys", "the name has capitals"), ("Keys", "a sentence has no Chinese"),
    ("Values", "a unit does not exist"), ("Values", "a mark does not exist"), ("Values", "a rounding does not exist"),
    ("Values", "a value has no entry"), ("Facts", "a kind does not exist"), ("Assumptions", "it has no alternative"),
    ("Steps", "a step does not exist"), ("Steps", "a step lacks what it needs"), ("Steps", "a step gets too much"),
    ("Steps", "a list where one name belongs"), ("Steps", "there is no step"),
]  # fmt: skip


class AsAnEditor(yaml.SafeLoader):
    """Scalars as editors read YAML 1.2: numbers are numbers; a day and ``on`` are text."""


AsAnEditor.yaml_implicit_resolvers = {
    sign: [one for one in resolvers if one[0] in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")]
    for sign, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(CliRunner().invoke(main, ["policy", "schema"]).stdout)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def faults(validator, text: str) -> list[str]:
    return [f"{list(e.absolute_path)}: {e.message[:200]}" for e in validator.iter_errors(yaml.load(text, AsAnEditor))]


@pytest.mark.parametrize("file", POLICIES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_shipped_policy_is_valid(validator, file):
    assert faults(validator, file.read_text("utf-8")) == []


@pytest.mark.parametrize(("section", "what"), SEEN, ids=lambda text: text)
def test_a_mistake_is_seen_by_the_editor(validator, section, what):
    mistake = MISTAKES[section][what]
    assert faults(validator, GOOD) == []
    assert faults(validator, GOOD.replace(mistake.before, mistake.after, 1))
