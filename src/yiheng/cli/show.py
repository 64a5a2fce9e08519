"""How answers are printed: as a table for people, as JSON or CSV for programs."""

from __future__ import annotations

import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import click
from rich.cells import cell_len
from rich.console import Console, Group, JustifyMethod
from rich.table import Table
from rich.text import Text

from yiheng.basis.evidence import Words
from yiheng.basis.hidden import masked
from yiheng.basis.refusals import Refusal
from yiheng.basis.signs import no_formula, visible

from .heads import Heads, words_of
from .spoken import language, listed, told, why

FORMATS = ("table", "json", "csv")
# What consortia are called in tables for people, once a workspace is open; programs read ids.
NAMES = "yiheng.names"
PARTIES = ("party", "consortium")
# So many names of rules make a line that is still read.
FEW = 3
# Text in a table is folded, but not into columns narrower than this.
NARROWEST = 12
FEN_PER_YUAN = 100
# What a column takes beside its cells, and a table beside its columns.
BESIDE, BORDER = 3, 1

# A pipe has no width of its own; a table must not be cut to a narrow terminal's there.
WIDE = 200
out = Console(highlight=False, width=None if sys.stdout.isatty() or "COLUMNS" in os.environ else WIDE)
err = Console(stderr=True, highlight=False, soft_wrap=True)


def say(zh: str, en: str) -> None:
    """A line for people, beside the answer: programs that read the answer do not see it."""
    say_text(told(zh, en))


def say_text(text: str) -> None:
    """A line that is in the right language already, or in none."""
    err.print(_line(masked(text)))


def say_answer(text: str) -> None:
    """A line of an answer, as it is."""
    out.print(_line(text), soft_wrap=True)


def write(text: str) -> None:
    """An answer that is a text of its own, such as a page or a schema; on a terminal no sign of it steers."""
    click.echo(visible(text) if sys.stdout.isatty() else text, nl=False)


def _line(text: str) -> Text:
    """Data is never read as markup, and no sign of it steers the terminal."""
    return Text(visible(text))


def say_refusal(refusal: Refusal | str) -> None:
    """A refusal, in the language that is spoken."""
    say_text(why(refusal))


@contextmanager
def working(what: str) -> Iterator[Any]:
    """Show that something is being done; gives a function that says what just now."""
    with err.status(_line(what), spinner="line") as status:
        yield lambda step: status.update(_line(masked(f"{what}: {step}")))


def answer(
    form: str,
    whole: Any,
    columns: Heads,
    rows: Iterable[Sequence[Any]],
    title: str = "",
    *,
    verbatim: bool = False,
) -> None:
    """Print one answer: ``whole`` as JSON, or the rows as a table or as CSV; as CSV they are written one by one.

    A program reads the same names of columns in every language; a table has their words.

    Args:
        verbatim: rows that the user asked for freely: years and codes have no thousands separators, heads stay.
    """
    if form == "json":
        write(json.dumps(whole, ensure_ascii=False, indent=1, default=_plain) + "\n")
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow([_cell(name) for name in columns])
        writer.writerows([_cell(cell) for cell in row] for row in rows)
    else:
        called = {} if verbatim else _names()
        whose = [bool(called) and name in PARTIES for name in columns]
        shown = [
            [
                _shown(called.get(cell, cell) if named else cell, not verbatim)
                for cell, named in zip(row, whose, strict=True)
            ]
            for row in rows
        ]
        heads = [str(name) if verbatim else head(name) for name in columns]
        table = _table(heads, shown, title)
        # A figure that is broken over two lines is read wrong: where the table is too wide, each row is a block.
        fits = sum(_narrowest(column) for column in _columns(heads, shown)) + BORDER <= out.width
        out.print(table if fits else _blocks(heads, shown, title))


def call(party: str, name: str) -> None:
    """Call a consortium by another name until the verb ends."""
    meta = click.get_current_context().meta
    meta[NAMES] = {**meta.get(NAMES, {}), party: name}


def called(party: str) -> str:
    """What a consortium is called in the workspace that is open; one without a name by its id."""
    return _names().get(party, party)


def with_id(party: str) -> str:
    """The name of a consortium with the id by which it is asked for, told once."""
    name = called(party)
    return party if name == party else f"{name}（{party}）"


def _names() -> dict[str, str]:
    """Names as the place wrote them; English output keeps the ids."""
    context = click.get_current_context(silent=True)
    return dict(context.meta.get(NAMES, {})) if context and language() == "zh" else {}


def head(name: str | Words) -> str:
    """What a column or a figure is called in the language that is spoken."""
    words = words_of(name) if isinstance(name, str) else name
    return words.in_language(language())


def _plain(value: Any) -> Any:
    """Rows that lie in a file of their own are read for JSON; what JSON has no word for is text."""
    return list(value) if isinstance(value, Sequence) else str(value)


def _cell(value: Any) -> Any:
    """What is made of several values stays readable for programs inside a cell as well; no text is a formula."""
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    if isinstance(value, str):
        return no_formula(visible(value) if sys.stdout.isatty() else value)
    return "" if value is None else value


def _shown(cell: Any, separators: bool) -> str:
    if cell is None:
        return "—"
    return f"{cell:,}" if separators and isinstance(cell, int) and not isinstance(cell, bool) else str(cell)


def _table(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> Table:
    table = Table(title=_line(title) if title else None, title_justify="left", header_style="bold", show_lines=False)
    for i, name in enumerate(columns):
        cells = [row[i] for row in rows]
        number = all(_is_number(cell) for cell in cells)
        narrowest = min(NARROWEST, max(map(len, [name, *cells])))
        justify: JustifyMethod = "right" if number else "left"
        table.add_column(_line(name), justify=justify, overflow="fold", no_wrap=number, min_width=narrowest)
    for row in rows:
        table.add_row(*(_line(cell) for cell in row))
    return table


def _columns(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    """The cells of each column, its head first."""
    return [[name, *(row[i] for row in rows)] for i, name in enumerate(heads)]


def _narrowest(column: list[str]) -> int:
    """How narrow a column may become, with its border: figures are never broken, texts and heads are folded."""
    widest = max(map(cell_len, column))
    return BESIDE + (widest if all(map(_is_number, column[1:])) else min(NARROWEST, widest))


def _blocks(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> Group:
    """Each row as lines of ``column  cell``."""
    parts: list[Any] = [_line(title)] if title else []
    for row in rows:
        block = Table.grid(padding=(0, 2))
        block.add_column(no_wrap=True, style="bold")
        block.add_column(overflow="fold")
        for name, cell in zip(columns, row, strict=True):
            if cell:
                block.add_row(_line(name), _line(cell))
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
        missing = one["missing"] if language() == "zh" else one.get("missing_en", one["missing"])
        lacking.setdefault((listed(missing), one["to_do"]), []).append(told(f"{one['zh']} {one['rule']}", one["rule"]))
    for (missing, to_do), rules in lacking.items():
        more = told(f"等 {len(rules)} 条规则", f" and {len(rules) - FEW} more") if len(rules) > FEW else ""
        shown = listed(rules[:FEW]) + more
        if to_do:
            say(
                f"未能判定 {shown}：缺少 {missing}；请执行 {to_do}",
                f"not judged: {shown}: {missing} missing; run {to_do}",
            )
        else:
            say(f"未能判定 {shown}：{missing}", f"not judged: {shown}: {missing}")
