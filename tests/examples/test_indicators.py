"""Every indicator comes to what its worked example says; one test a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from yiheng.measures import INDICATORS, VIEWS
from yiheng.policy.plain_yaml import read_document
from yiheng.testkit import few_rows

FOLDER = Path(__file__).parent / "indicators"


def examples():
    for name in INDICATORS:
        for one in read_document(FOLDER / f"{name}.yaml").content:
            yield pytest.param(name, one, id=f"{name}: {one['name']}")


@pytest.mark.parametrize(("name", "one"), list(examples()))
def test_an_indicator_comes_to_what_its_example_says(name, one):
    keys = tuple(one.get("by", ()))
    sums = INDICATORS[name].by(few_rows(one["given"], name, VIEWS), keys)
    rows = sums.to_pyarrow().to_pylist()
    told = sorted(
        ({column: str(row[column]) for column in (*keys, "top", "bottom")} for row in rows),
        key=lambda row: list(row.values()),
    )
    assert told == one["gives"]
