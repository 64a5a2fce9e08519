"""Every indicator comes to what its worked example says; one test a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from yiheng.measures import INDICATORS

from .tables import read_examples, tables

FOLDER = Path(__file__).parent / "indicators"


def examples():
    for name in INDICATORS:
        for one in read_examples(FOLDER / f"{name}.yaml"):
            yield pytest.param(name, one, id=f"{name}: {one['name']}")


@pytest.mark.parametrize(("name", "one"), list(examples()))
def test_an_indicator_comes_to_what_its_example_says(name, one, tmp_path):
    keys = tuple(one.get("by", ()))
    sums = INDICATORS[name].by(tables(one["given"], tmp_path), keys)
    rows = sums.to_pyarrow().to_pylist()
    told = sorted(
        ({column: str(row[column]) for column in (*keys, "top", "bottom")} for row in rows),
        key=lambda row: list(row.values()),
    )
    assert told == one["gives"]
