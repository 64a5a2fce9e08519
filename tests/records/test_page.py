"""The reference page and the templates say what the contracts say."""

from __future__ import annotations

from tests.conftest import ROOT
from tests.tiny import written
from yiheng.records import TABLES
from yiheng.records.page import tables_page, template
from yiheng.runs import Workspace, run_load


def test_the_page_of_tables_is_the_one_the_contracts_make():
    page = (ROOT / "docs" / "reference" / "tables.md").read_text("utf-8")
    assert page == tables_page(), "run: python -m yiheng.records.page > docs/reference/tables.md"


def test_every_template_is_a_file_that_its_table_takes(tmp_path):
    ours = {f"{name}.csv": template(table) for name, table in TABLES.items()}
    national = {f"{t.aliases[0]}.csv": template(t, national=True) for t in TABLES.values() if t.aliases}
    result = run_load(
        Workspace.new(tmp_path / "ws"), [written(tmp_path / "a", ours), written(tmp_path / "b", national)]
    )
    assert result.refused == [] and result.aside == {}
    assert set(result.tables) == set(TABLES)


def test_no_two_tables_have_the_same_national_name():
    names = [n for t in TABLES.values() for n in (t.name, *t.aliases)]
    assert len(names) == len(set(names))
