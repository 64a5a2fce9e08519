"""What the how-to on policies shows can be written: each snippet is read by the models, each step exists."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT
from yiheng.payment import STEPS
from yiheng.policy.plain_yaml import read_document
from yiheng.policy.schema import Assumption, Fact, Pool, Step, Value

HOWTO = (ROOT / "docs" / "howto" / "write-a-policy.md").read_text("utf-8")
SNIPPETS = re.findall(r"^```yaml\n(.*?)^```", HOWTO, re.MULTILINE | re.DOTALL)
PARTS = {"facts": Fact, "values": Value, "pools": Pool, "assumptions": Assumption}


@pytest.mark.parametrize("snippet", SNIPPETS, ids=[s.splitlines()[0] for s in SNIPPETS])
def test_a_snippet_is_read_by_the_models(snippet, tmp_path):
    file = tmp_path / "snippet.yaml"
    file.write_text(snippet, "utf-8")
    content = read_document(file).content
    if not isinstance(content, dict):
        return
    for part, model in PARTS.items():
        for entry in content.get(part, {}).values():
            model.model_validate(entry)
    for written in map(Step.model_validate, content.get("steps", [])):
        assert set(written.takes) <= set(STEPS[written.step].takes), written.step


def test_the_tables_name_what_each_step_takes():
    rows = [[c.strip() for c in line.split("|")[1:-1]] for line in HOWTO.splitlines() if line.startswith("| ")]
    told = {
        name: set(re.findall(r"`(\w+)`", takes))
        for first, second, takes, _ in (row for row in rows if len(row) == 4)
        for name in re.findall(r"`(\w+)`", first + second)
    }
    assert told.keys() >= {"keep_in_bands", "pay_due", "charge_owed"}
    for name, takes in told.items():
        assert set(STEPS[name].takes) - STEPS[name].optional <= takes, name
