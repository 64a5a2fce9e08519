"""The query that makes the added facts of a county gives a column for every fact of the policies that clear a package."""

from __future__ import annotations

import csv
import io

from click.testing import CliRunner

from tests.conftest import ROOT
from tests.tiny import written
from yiheng.cli.main import main
from yiheng.payment import STEPS
from yiheng.policy import read_policy

# Money that the policies add where it is packed or known; a county without it is settled all the same.
LEFT_OUT = {"public_health", "public_health_spend"}


def run(*arguments: object):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_every_packaged_policy_finds_its_columns(tmp_path):
    assert run("new", tmp_path / "ws").exit_code == 0
    assert run("load", written(tmp_path / "source"), "-w", tmp_path / "ws").exit_code == 0
    told = run("sql", f"@{ROOT / 'examples' / 'county' / 'facts.sql'}", "--format", "csv", "-w", tmp_path / "ws")
    assert told.exit_code == 0, told.stderr
    header = set(next(csv.reader(io.StringIO(told.stdout))))
    assert {"party", "year"} <= header
    packaged = 0
    for file in sorted((ROOT / "policies").glob("*/*.yaml")):
        policy = read_policy(file).policy
        if all(STEPS[written_step.step].stage != "care" for written_step in policy.steps):
            continue
        packaged += 1
        needed = {f.column for f in policy.facts.values() if f.total is None and f.column and f.empty is None}
        own = {column for column in needed if f"{policy.policy}.{column}" in header}
        assert needed - own - header <= LEFT_OUT, policy.policy
    assert packaged >= 16
