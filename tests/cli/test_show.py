"""Point 13 of trust: how tables are printed at any width."""

from __future__ import annotations

import io

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


STEERING = "\x1b[2J\x1b]0;t\x07\r\u202e[/x] [bold]:cat:"
SEEN = "␛[2J␛]0;t␇␍<U+202E>[/x] [bold]:cat:"


def test_point_8_no_sign_of_data_steers_the_terminal(printed, capsys):
    assert SEEN in printed(200, ["a"], [[STEERING]]) and SEEN in printed(200, [STEERING], [["a"]], verbatim=True)
    # Too wide for a table: the same as blocks.
    assert SEEN in printed(60, [STEERING, "b", "c", "d"], [["x" * 20] * 4], STEERING, verbatim=True)
    show.say_text(f"{STEERING} 13900001234")
    assert capsys.readouterr().err == f"{SEEN} ***\n"
    show.say_answer(STEERING)
    assert capsys.readouterr().out == f"{SEEN}\n"


def test_point_8_a_name_in_a_status_line_is_no_markup(monkeypatch):
    terminal = Console(file=io.StringIO(), force_terminal=True, width=200, color_system=None)
    monkeypatch.setattr(show, "err", terminal)
    with show.working("load") as step:
        step(f"read {STEERING} 张三110101194912310024.csv")
        terminal._live_stack[0].refresh()
    assert f"load: read {SEEN} 张三***.csv" in terminal.file.getvalue()


@pytest.mark.parametrize(
    ("cell", "kept"),
    [
        ("=1+1", "'=1+1"),
        ("@x", "'@x"),
        ("\t=1", "'\t=1"),
        ("-2+3", "'-2+3"),
        ("+5", "'+5"),
        ("-5.00", "-5.00"),
        (-5, "-5"),
    ],
)
def test_point_9_no_cell_of_a_text_file_is_a_formula(cell, kept, capsys):
    show.answer("csv", None, ["a"], [[cell]])
    assert capsys.readouterr().out == f"a\n{kept}\n"
