"""What programs of others rely on: keys may be added, these never change."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner

from tests.tiny import written
from yiheng.cli.main import main
from yiheng.runs import Workspace

YUAN = re.compile(r"-?\d+\.\d\d")


@pytest.fixture(scope="module")
def say(tmp_path_factory):
    """Run a verb on the tiny county and read its JSON."""
    folder = tmp_path_factory.mktemp("contract")
    workspace = Workspace.new(folder / "ws").folder
    source = written(folder / "source")

    def run(*arguments: str):
        arguments = tuple(str(source) if a == "SOURCE" else a for a in arguments)
        result = CliRunner().invoke(main, [*arguments, "--format", "json", "-w", str(workspace)])
        assert result.exit_code in (0, 1), result.output
        return json.loads(result.stdout)

    run.load = run("load", "SOURCE")
    return run


def test_load(say):
    assert set(say.load) >= {"run", "tables"}
    for counts in say.load["tables"].values():
        for key in (
            "read",
            "accepted",
            "quarantined",
            "duplicates",
            "fen_read",
            "fen_accepted",
            "fen_quarantined",
            "fen_duplicates",
        ):
            assert type(counts[key]) is int


def test_measure(say):
    answer = say("measure", "cost_per_stay", "--by", "institution,month")
    assert set(answer) >= {"run", "rows"} and answer["rows"]
    for row in answer["rows"]:
        assert {"indicator", "institution", "month", "top", "bottom", "value"} <= set(row)
        assert type(row["top"]) is int and type(row["bottom"]) is int
        assert row["value"] == pytest.approx(row["top"] / row["bottom"])


def test_quality(say):
    answer = say("quality")
    assert set(answer) >= {"run", "rows", "refused", "institutions"} and answer["rows"]
    for row in answer["rows"]:
        assert {"institution", "month", "kind", "check", "says", "valid", "invalid", "unknown", "share"} <= set(row)
        assert row["kind"] in {"structural", "logical", "timely", "analytical"}
        judged = row["valid"] + row["invalid"]
        assert row["share"] is None if judged == 0 else row["share"] == pytest.approx(row["valid"] / judged)
    for refused in answer["refused"]:
        assert {"institution", "file", "table_name", "fault", "says", "expected", "rows", "load"} <= set(refused)


def test_audit(say):
    source = say("audit")
    assert set(source) >= {"run", "findings", "not_computed"}
    for one in source["not_computed"]:
        assert set(one) >= {"seq", "official_code", "zh", "why", "why_en"}
    keys = {"rule", "official_code", "weight", "person", "institution", "visit", "settlement", "line", "occurred_on",
            "at_stake_fen", "says", "evidence"}  # fmt: skip
    for finding in source["findings"]:
        assert keys <= set(finding)
        assert type(finding["at_stake_fen"]) is int and isinstance(finding["evidence"], dict)


def test_settle(say):
    answer = say("settle", "qingdao", "--year", "2025")
    assert set(answer) >= {"run", "statements"} and answer["statements"]
    for statement in answer["statements"]:
        assert set(statement) >= {"party", "year", "policy", "figures", "assumptions"}
        assert set(statement["policy"]) >= {"id", "hash"}
        figures = statement["figures"]
        assert set(figures) >= {"budget", "spend", "surplus", "overrun", "kept", "fund_bears", "party_bears"}
        assert all(value is None or YUAN.fullmatch(value) for value in figures.values())
        for assumption in statement["assumptions"]:
            assert set(assumption) >= {"id", "text", "chosen", "alternatives"}


def test_compare(say):
    answer = say("compare", "qingdao", "guangdong", "--year", "2025", "--alternatives")
    assert set(answer) >= {"run", "base", "policies", "figures", "changes", "sums", "alternatives"}
    for policy in answer["policies"]:
        assert set(policy) >= {"policy", "id", "hash", "in_force", "values_of", "assumptions", "refused"}
    figures = ("budget", "spend", "surplus", "overrun", "kept", "fund_bears", "party_bears", "net", "fund_pays")
    assert answer["figures"] and answer["alternatives"]
    for cell in (*answer["figures"], *answer["alternatives"]):
        assert {"party", "year", "policy", "refused", *figures} <= set(cell)
        for name in figures:
            assert cell[name] is None if cell["refused"] else YUAN.fullmatch(cell[name])
    for other in answer["alternatives"]:
        assert {"assumption", "text", "chosen", "choice", "change"} <= set(other)
    for change in answer["changes"]:
        assert {"policy", "party", "year", "net", "net_under_base", "change"} <= set(change)
    for sums in answer["sums"]:
        assert {"policy", "settled", "refused", "compared", "gain", "lose", "same", "gained", "lost", "change"} <= set(
            sums
        )
        assert set(sums) >= {"largest_gain", "largest_loss", *figures}


def test_claims(say):
    run = say("settle", "qingdao", "--year", "2025")["run"]
    answer = say("explain", run, "xihai", "spend", "--claims")
    assert set(answer) >= {"run", "party", "year", "figure", "claims"} and answer["claims"]
    for fact in answer["claims"]:
        assert set(fact) >= {"total", "year", "fen", "count", "rows"} and len(fact["rows"]) == fact["count"]
        for row in fact["rows"]:
            assert {"settlement_id", "visit_id", "institution", "began_on", "ended_on", "fen"} <= set(row)
