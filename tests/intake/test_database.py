"""Databases: tables by name, every value as it stands there, no password anywhere."""

from __future__ import annotations

import sqlite3

import pytest

from tests.intake import forms
from tests.intake.test_forms import postgres  # noqa: F401
from tests.intake.test_load import quarantine, rows
from tests.tiny import loaded
from yiheng.basis.refusals import Refusal
from yiheng.intake import Database
from yiheng.intake import database as reading
from yiheng.runs import Workspace, run_load

SECRET = "se:cr@t"
QUOTED = "se%3Acr%40t"


def sqlite(tmp_path, *statements: str) -> str:
    con = sqlite3.connect(tmp_path / "claims.db")
    for statement in statements:
        con.execute(statement)
    con.commit()
    con.close()
    return f"sqlite:///{tmp_path / 'claims.db'}"


def refusal(tmp_path, database: Database) -> str:
    with pytest.raises(Refusal) as refused:
        run_load(Workspace.new(tmp_path / "ws"), [], databases=[database])
    return str(refused.value)


def test_tables_under_other_names_are_given_in_pairs(tmp_path):
    workspace, _ = loaded(tmp_path)
    url = sqlite(
        tmp_path,
        "create table js_2025 (setl_id text, mdtrt_id text, setl_time text, fund_pay_sumamt numeric(16,2))",
        "insert into js_2025 values ('S7', 'V1', '2025-01-15', 600.25), ('S8', 'V1', 'never', 1)",
        "create table other (x text)",
    )
    result = run_load(workspace, [], databases=[Database(url, {"js_2025": "settlement"})])
    counts = result.tables["settlement"]
    assert (counts.read, counts.accepted, counts.quarantined) == (2, 1, 1)
    (kept,) = quarantine(workspace, result.run)
    assert (kept["file"], kept["row_number"], kept["found"]) == ("sqlite://claims.db/js_2025", 2, "never")
    assert {r["fund_fen"] for r in rows(workspace, "settlement") if r["settlement_id"] == "S7"} == {60025}


def test_a_value_of_another_type_than_its_column_is_a_fault_of_its_row(tmp_path):
    workspace, _ = loaded(tmp_path)
    url = sqlite(
        tmp_path,
        "create table diagnosis (visit_id text, ordinal integer, code text, is_main boolean)",
        "insert into diagnosis values ('V1', 'first', 'I10', 0), ('V1', 2, 'I10', 0)",
    )
    result = run_load(workspace, [], databases=[Database(url)])
    assert [f.fault for f in result.faults] == ["ordinal_unreadable"]
    assert result.tables["diagnosis"].accepted == 1


def test_an_empty_table_and_many_batches(tmp_path, monkeypatch):
    monkeypatch.setattr(reading, "BATCH", 2)
    url = forms.as_sqlite(tmp_path / "county.db")
    with sqlite3.connect(tmp_path / "county.db") as con:
        con.execute("delete from setl_list_oprn_d")
    result = run_load(Workspace.new(tmp_path / "ws"), [], databases=[Database(url)])
    assert result.clean
    assert (result.tables["fee_line"].accepted, result.tables["operation"].read) == (5, 0)


@pytest.mark.parametrize(
    ("tables", "words"),
    [
        ({"setl": "settlement"}, ["there is no table 'setl'", "did you mean 'setl_d'?"]),
        ({"setl_d": "setlement"}, ["'setlement' is none of our tables", "did you mean 'settlement'?"]),
    ],
)
def test_a_wrong_pair_is_told_with_the_nearest_name(tmp_path, tables, words):
    told = refusal(tmp_path, Database(forms.as_sqlite(tmp_path / "county.db"), tables))
    for word in words:
        assert word in told


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:///nowhere/claims.db", ["sqlite://claims.db: there is no such database file"]),
        ("claims", ["the database cannot be read", "sqlite:///claims.db or postgres://"]),
        ("nosuch://host/claims", ["the database cannot be read"]),
    ],
)
def test_a_database_that_is_not_there_is_refused(tmp_path, url, words):
    told = refusal(tmp_path, Database(url))
    for word in words:
        assert word in told


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "claims.db").write_bytes(b"no database at all" * 100)
    assert "sqlite://claims.db: the database cannot be read" in refusal(
        tmp_path, Database(f"sqlite:///{tmp_path / 'claims.db'}")
    )


def test_a_database_without_any_of_our_tables_says_what_there_is(tmp_path):
    told = refusal(tmp_path, Database(sqlite(tmp_path, "create table other (x text)")))
    assert "no table is named after one of ours" in told and "--table theirs=ours; there are: other" in told


@pytest.mark.parametrize(
    "url",
    [
        f"postgres://clerk:{QUOTED}@127.0.0.1:1/claims",
        f"postgres://clerk@127.0.0.1:1/claims?password={QUOTED}",
        f"nosuch://clerk:{QUOTED}@127.0.0.1:1/claims",
        f"postgres://clerk:{QUOTED}@127.0.0.1:port/claims",
    ],
)
def test_no_password_reaches_a_message(tmp_path, url):
    database = Database(url)
    told = refusal(tmp_path, database) + repr(database)
    assert SECRET not in told and QUOTED not in told and "cannot be read" in told


def test_no_password_reaches_what_a_load_keeps(tmp_path, postgres):  # noqa: F811
    url = postgres.replace("postgres:@", f"postgres:{QUOTED}@")
    workspace = Workspace.new(tmp_path / "ws")
    result = run_load(workspace, [], databases=[Database(url)])
    assert result.clean
    kept = b"".join(f.read_bytes() for f in workspace.folder.rglob("*") if f.is_file())
    assert SECRET.encode() not in kept and QUOTED.encode() not in kept
    assert SECRET not in str(result.as_json()) and QUOTED not in str(result.as_json())


def test_a_right_that_lacks_is_told_and_nothing_lands(tmp_path, postgres):  # noqa: F811
    workspace = Workspace.new(tmp_path / "ws")
    url = postgres.replace("postgres:@", f"clerk:{QUOTED}@")
    with pytest.raises(Refusal, match="InsufficientPrivilege") as refused:
        run_load(workspace, [], databases=[Database(url)])
    assert SECRET not in str(refused.value)
    assert workspace.lake.latest().number == 0


def test_a_time_with_a_zone_is_refused_because_its_day_is_not_certain(tmp_path, postgres):  # noqa: F811
    import psycopg

    with psycopg.connect(postgres) as con:
        con.execute("drop table if exists zoned")
        con.execute("create table zoned (setl_id text, mdtrt_id text, setl_time timestamptz, fund_pay_sumamt numeric)")
    told = refusal(tmp_path, Database(postgres, {"zoned": "settlement"}))
    assert "the column 'setl_time' carries a time zone" in told and "make a view" in told
