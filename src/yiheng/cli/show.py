"""How answers are printed: as a table for people, as JSON or CSV for programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import click
from rich.console import Console, Group, JustifyMethod
from rich.table import Table
from rich.text import Text

FORMATS = ("table", "json", "csv")
# So many names of rules make a line that is still read.
FEW = 3
# Text in a table is folded, but not into columns narrower than this.
NARROWEST = 12
FEN_PER_YUAN = 100

# A pipe has no width of its own; a table must not be cut to a narrow terminal's there.
WIDE = 200
out = Console(highlight=False, width=None if sys.stdout.isatty() else WIDE)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(text: str) -> None:
    """A line for people, beside the answer: programs that read the answer do not see it."""
    err.print(text, markup=False)


@contextmanager
def working(what: str) -> Iterator[Any]:
    """Show that something is being done; gives a function that says what just now."""
    with err.status(what, spinner="line") as status:
        yield lambda step: status.update(f"{what}: {step}")


def answer(
    form: str,
    whole: Any,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    title: str = "",
    *,
    separators: bool = True,
) -> None:
    """Print one answer: ``whole`` as JSON, or the rows as a table or as CSV; as CSV they are written one by one.

    Args:
        separators: whether whole numbers of a table have thousands separators; years and codes in rows that the user
            asked for freely must not.
    """
    if form == "json":
        click.echo(json.dumps(whole, ensure_ascii=False, indent=1, default=_plain))
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(cell) for cell in row] for row in rows)
    else:
        told = [[_shown(cell, separators) for cell in row] for row in rows]
        table = _table(columns, told, title)
        # A figure that is broken over two lines is read wrong: where the table is too wide, each row is a block.
        fits = table.__rich_measure__(out, out.options).minimum <= out.width
        out.print(table if fits else _blocks(columns, told, title))


def _plain(value: Any) -> Any:
    """Rows that lie in a file of their own are read for JSON; what JSON has no word for is text."""
    return list(value) if isinstance(value, Sequence) else str(value)


def _cell(value: Any) -> Any:
    """What is made of several values stays readable for programs inside a cell as well."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else value


def _shown(cell: Any, separators: bool) -> str:
    if cell is None:
        return "—"
    return f"{cell:,}" if separators and isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> Table:
    table = Table(title=Text(title) if title else None, title_justify="left", header_style="bold", show_lines=False)
    for i, name in enumerate(columns):
        cells = [row[i] for row in rows]
        number = all(_is_number(cell) for cell in cells)
        narrowest = min(NARROWEST, max(map(len, [name, *cells])))
        justify: JustifyMethod = "right" if number else "left"
        table.add_column(Text(name), justify=justify, overflow="fold", no_wrap=number, min_width=narrowest)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _blocks(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> Group:
    """Each row as lines of ``column  cell``."""
    parts: list[Any] = [Text(title)] if title else []
    for row in rows:
        block = Table.grid(padding=(0, 2))
        block.add_column(no_wrap=True, style="bold")
        block.add_column(overflow="fold")
        for name, cell in zip(columns, row, strict=True):
            if cell:
                block.add_row(name, Text(cell))
        parts += [block, Text("")]
    return Group(*parts)


def _is_number(cell: str) -> bool:
    bare = cell.replace(",", "").replace("-", "", 1).replace(".", "", 1).replace("%", "").strip()
    return bare.isdigit() or cell in ("—", "")


def separated(amount: str) -> str:
    """Yuan text with separators, for a table."""
    return f"{Decimal(amount):,}"


def yuan(fen: int | None) -> str | None:
    """Fen as yuan with separators, for a table."""
    if fen is None:
        return None
    whole, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d}"


def say_unknown(unknown: Sequence[Mapping[str, Any]]) -> None:
    """Say which rules could not judge; those that lack the same are told in one line."""
    lacking: dict[tuple[str, str], list[str]] = {}
    for one in unknown:
        lacking.setdefault((", ".join(one["missing"]), one["to_do"]), []).append(f"{one['zh']} {one['rule']}")
    for (missing, to_do), rules in lacking.items():
        shown = "、".join(rules[:FEW]) + (f"等 {len(rules)} 条规则" if len(rules) > FEW else "")
        say(f"未能判定 {shown}：缺少 {missing}；请执行 {to_do}" if to_do else f"未能判定 {shown}：{missing}")
