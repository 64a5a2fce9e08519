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
