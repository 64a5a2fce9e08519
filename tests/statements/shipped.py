"""Every shipped policy settled on the facts of its own examples, for the tests of what is given out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from yiheng.payment import examples_file
from yiheng.policy import Example, read_examples, read_policy
from yiheng.runs import Workspace, run_settle

POLICIES = sorted((ROOT / "policies").glob("*/*.yaml"))


@cache
def settled_examples(file: Path) -> list[Example]:
    """The examples of a policy that are settled, not refused."""
    return [one for _, one in read_examples(examples_file(file)) if one.refused is None]


def write_facts(file: Path, one: Example, into: Path, **changed: str) -> None:
    """The facts of an example as a CSV; ``changed`` facts of its own party are written instead."""
    policy = read_policy(file).policy
    rows = [
        {policy.facts_file.party: party, policy.facts_file.year: str(one.year)}
        | {str(policy.facts[name].column): "" if text == "unknown" else text for name, text in given.items()}
        for party, given in {one.party: {**one.given, **changed}, **one.others}.items()
    ]
    columns = dict.fromkeys([*(c for row in rows for c in row), *(f.column for f in policy.facts.values() if f.column)])
    with into.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, list(columns))
        writer.writeheader()
        writer.writerows(rows)


def settle_example(file: Path, one: Example, folder: Path, **changed: str) -> dict[str, Any]:
    """What a run keeps that settled the parties of an example."""
    space = Workspace(folder / "ws") if (folder / "ws").exists() else Workspace.new(folder / "ws")
    write_facts(file, one, folder / "facts.csv", **changed)
    return run_settle(space, file, facts=folder / "facts.csv", assume=one.assume)


def every_example() -> Iterator[tuple[Path, Example]]:
    for file in POLICIES:
        for one in settled_examples(file):
            yield file, one
