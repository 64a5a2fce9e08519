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
from rich.console import Console
from rich.table import Table

FORMATS = ("table", "json", "csv")
# So many names of rules make a line that is still read.
FEW = 3
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


def answer(form: str, whole: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]], title: str = "") -> None:
    """Print one answer: ``whole`` as JSON, or the rows as a table or as CSV; as CSV they are written one by one."""
    if form == "json":
        click.echo(json.dumps(whole, ensure_ascii=False, indent=1, default=_plain))
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_cell(cell) for cell in row] for row in rows)
    else:
        out.print(_table(columns, list(rows), title))


def _plain(value: Any) -> Any:
    """Rows that lie in a file of their own are read for JSON; what JSON has no word for is text."""
    return list(value) if isinstance(value, Sequence) else str(value)


def _cell(value: Any) -> Any:
    """What is made of several values stays readable for programs inside a cell as well."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return "" if value is None else value


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]], title: str) -> Table:
    table = Table(title=title or None, title_justify="left", header_style="bold", show_lines=False)
    numbers = [all(_is_number(row[i]) for row in rows) for i in range(len(columns))]
    for name, number in zip(columns, numbers, strict=True):
        table.add_column(name, justify="right" if number else "left", overflow="fold")
    for row in rows:
        table.add_row(*("—" if cell is None else f"{cell:,}" if isinstance(cell, int) else str(cell) for cell in row))
    return table


def _is_number(cell: Any) -> bool:
    if cell is None or isinstance(cell, int):
        return True
    return str(cell).replace(",", "").replace("-", "", 1).replace(".", "", 1).replace("%", "").strip().isdigit()


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
        say(f"未能判定 {shown}：缺少 {missing}；请执行 {to_do}")
