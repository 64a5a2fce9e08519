"""A value announced after the year: settled as known before it, settled again, and the difference paid."""

from __future__ import annotations

import csv
import io

from click.testing import CliRunner

from tests.conftest import ROOT
from yiheng.cli.main import main

OLD = "- {from: 2022-01-01, value: 5, article: 年度结算规则；数值为示例}"
NEW = "- {from: 2025-07-01, value: 6, article: 补充通知第三条, known_on: 2026-02-05}"


def run(*arguments: object):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def test_what_was_announced_later_is_a_difference_statement(tmp_path):
    text = (ROOT / "policies" / "qingdao" / "2022.yaml").read_text("utf-8")
    policy, facts, ws = tmp_path / "2022.yaml", tmp_path / "facts.csv", tmp_path / "ws"
    policy.write_text(text.replace(OLD, f"{OLD}\n      {NEW}"), "utf-8")
    facts.write_text("party,year,spend,base_spend,public_health\n东河,2025,1180000.00,1000000.00,\n", "utf-8")
    run("new", ws)
    runs = []
    for clock in (["--known-on", "2026-01-31"], []):
        told = run("settle", policy, "--facts", facts, *clock, "-w", ws)
        assert told.exit_code == 0, told.stderr
        runs.append(told.stdout.split(" ", 1)[0])
    told = run("statement", runs[1], "--against", runs[0], "--format", "csv", "-w", ws)
    rows = {row["figure"]: row for row in csv.DictReader(io.StringIO(told.stdout))}
    # Budget 1,090,000: the fund bears 5 % = 54,500 as known in January, 6 % = 65,400 as known today.
    assert (rows["fund_bears"]["old"], rows["fund_bears"]["new"]) == ("54500.00", "65400.00")
    assert rows["party_bears"]["difference"] == "-10900.00"
    assert "补充通知第三条" in told.stderr
