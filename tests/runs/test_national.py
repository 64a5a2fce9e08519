"""The national set in small: what the statements rest on is what plain SQL sums, to the fen, for every party."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pyarrow.parquet as pq
import pytest
from bench.national_set import YEARS, fill
from bench.peer_sql import sums

from tests.conftest import ROOT
from yiheng.basis.money import Fen
from yiheng.records import TABLES
from yiheng.runs import Workspace, replay, run_settle

PEOPLE, PARTIES = 2_000, 13
FACTS = {YEARS[0]: "前三年", YEARS[1]: "前二年", YEARS[2]: "前一年", YEARS[3]: "当年"}

# Small parties of this nation have whole quarters without claims.
WHY = "claims are drawn without seasons"


def filled(folder, *, copies: bool) -> Workspace:
    """The small nation; without copies as in a lake that was filled before settlements had them."""
    workspace = Workspace.new(folder / "workspace")
    with pytest.MonkeyPatch.context() as older:
        if not copies:
            older.setitem(TABLES, "settlement", replace(TABLES["settlement"], copies=(), _by_name={}))
        fill(workspace.lake, PEOPLE, PARTIES)
    return workspace


@pytest.fixture(scope="module", params=[True, False], ids=["with copies", "older lake"])
def nation(tmp_path_factory, request) -> Workspace:
    return filled(tmp_path_factory.mktemp("nation"), copies=request.param)


@pytest.fixture(scope="module")
def settled(nation):
    return run_settle(nation, ROOT / "policies" / "guangdong", year=YEARS[-1], although=WHY)


def facts_of(statement) -> dict[int, str]:
    """Yuan by year, read from the lines of the reasons that name the settlements of a year."""
    found = {}
    lines = [statement["because"]["budget"], statement["because"]["spend"]]
    while lines:
        line = lines.pop()
        lines += line.get("rests_on", [])
        for year, words in FACTS.items():
            if line["says"].startswith(f"{words}统筹基金支付额："):
                found[year] = line["amount"]
    return found


def test_every_fact_of_every_party_is_the_sum_in_plain_sql(nation, settled):
    plain = {(party, year): fen for party, year, fen, _ in sums(nation.folder)}
    assert len(settled["statements"]) == PARTIES and settled["refused"] == []
    for statement in settled["statements"]:
        got = {year: Fen.from_yuan(yuan).n for year, yuan in facts_of(statement).items()}
        assert got == {year: plain[statement["party"], year] for year in YEARS}, statement["party"]


def test_plain_sql_by_copies_gives_what_it_gives_by_visits(tmp_path):
    workspace = filled(tmp_path, copies=True)
    assert sorted(sums(workspace.folder, "one_join"), key=str) == sorted(sums(workspace.folder), key=str)


def test_money_of_people_whom_nobody_covers_is_stated(nation, settled):
    ((fen, rows),) = [(f, n) for party, year, f, n in sums(nation.folder) if party is None and year == YEARS[-1]]
    # Persons 0, 499, 998, 1497 and 1996 are covered until the middle of 2025.
    assert 0 < rows <= 5
    assert settled["unattributed"] == {"rows": rows, "fen": fen}


def test_statements_are_read_one_by_one_and_from_the_end(settled):
    kept = settled["statements"]
    assert [one["party"] for one in kept] == [f"C{i:05}" for i in range(PARTIES)]
    assert kept[-1] == list(kept)[12] == kept[12:][0]
    with pytest.raises(IndexError):
        kept[PARTIES]


def test_a_replay_gives_the_same_bytes(nation, settled):
    assert replay(nation, settled["run"]).same


def test_an_older_lake_gives_the_same_statements(nation, settled, tmp_path):
    has = "visit_person" in pq.read_schema(nation.lake.files("settlement", nation.lake.latest())[0]).names
    other = filled(tmp_path, copies=not has)
    theirs = run_settle(other, ROOT / "policies" / "guangdong", year=YEARS[-1], although=WHY)
    at = re.compile(r"settlement@\w+")
    ours, others = (at.sub("", json.dumps(list(one["statements"]))) for one in (settled, theirs))
    assert ours == others
