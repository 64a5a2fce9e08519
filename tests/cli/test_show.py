"""Point 13 of trust: how tables are printed at any width."""

from __future__ import annotations

import pytest
from rich.console import Console

from yiheng.cli import show

COLUMNS = ["party", "year", "budget", "spend", "surplus", "overrun", "kept"]
ROW = ["xihai", "2025", *["189,087,234.08"] * 5]


@pytest.fixture
def printed(monkeypatch, capsys):
    def at(width: int, *arguments, **more) -> str:
        monkeypatch.setattr(show, "out", Console(highlight=False, width=width))
        show.answer("table", None, *arguments, **more)
        return capsys.readouterr().out

    return at


@pytest.mark.parametrize("width", [40, 60, 80, 100, 132, 200])
def test_point_13_no_figure_is_broken_at_any_width(printed, width):
    told = printed(width, COLUMNS, [ROW, ROW])
    assert told.count("189,087,234.08") == 10
    assert all(len(line.rstrip()) <= width for line in told.splitlines())


def test_point_13_a_table_that_fits_stays_a_table(printed):
    told = printed(132, COLUMNS, [ROW])
    assert "│ xihai │ 2025 │ 189,087,234.08 │" in told


def test_point_13_data_is_never_read_as_markup(printed):
    told = printed(80, ["[bold]名称"], [["[/x] 东河 [red]"]], "[i] 标题")
    assert "[bold]名称" in told and "[/x] 东河 [red]" in told and "[i] 标题" in told


def test_point_13_whole_numbers_of_a_free_query_have_no_separators(printed):
    assert "2,025" in printed(80, ["n"], [[2025]])
    asked = printed(80, ["year"], [[2025]], verbatim=True)
    assert "2025" in asked and "2,025" not in asked
