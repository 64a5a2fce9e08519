"""The reference page of all tables, made from the contracts."""

from __future__ import annotations

import sys

from . import PERSONAL_FIELDS, RESULTS, TABLES
from .declare import Column, Table
from .national import PLATFORM_FIELDS

HEAD = """\
# Tables

Made from the declarations in `yiheng.records`; do not edit. A file may name its columns by the first name or by any
national one. Amounts are whole fen under our name and yuan under a national one. `*` marks the key, `?` a column that
may be empty, `†` a name that only the platform's tables use (the interface says it otherwise).
"""

PERSONAL = """\
# Personal fields

Fields of the national interface and tables that are personal. They are dropped at the door; those that are named with a
column ending in `_hash` are kept as a keyed hash. A mapping may not take them, or fields that are called alike, into
another column.
"""


def tables_page() -> str:
    """The page ``docs/reference/tables.md``."""
    parts = [HEAD, *(_section(t) for t in TABLES.values()), "# Results\n", *(_section(t) for t in RESULTS.values())]
    return "\n".join([*parts, PERSONAL, *(_fields(kind, named) for kind, named in PERSONAL_FIELDS.items())]) + "\n"


def _fields(kind: str, named: tuple[str, ...]) -> str:
    return f"- {kind}: {', '.join(f'`{field}`' for field in named)}"


def _section(table: Table) -> str:
    lines = [f"## `{table.name}` {table.zh}", "", table.en]
    if table.aliases:
        lines += ["", f"National tables: {', '.join(f'`{a}`' for a in table.aliases)}."]
    lines += ["", "| column | kind | 中文 | meaning | national names |", "| --- | --- | --- | --- | --- |"]
    lines += [_row(table, c) for c in table]
    if table.copies:
        lines += ["", "Kept with each row by the lake, from the row that a column refers to; no file brings it:", ""]
        lines += [f"- `{c.name}` {c.kind}, by `{c.by}`: {c.en}. {c.zh}。" for c in table.copies]
    if table.checks:
        lines += ["", "Checks of a row:", ""]
        lines += [f"- `{c.name}`: {c.says.en}; expected {c.expected.en}. {c.says.zh}。" for c in table.checks]
    return "\n".join(lines) + "\n"


def _row(table: Table, column: Column) -> str:
    name = f"`{column.name}`" + ("*" if column.name in table.key else "" if column.must else "?")
    meaning = column.en
    if column.codes is not None:
        words = ", ".join(
            f"`{word}`" + (f" ({', '.join(codes)})" if codes else "") for word, codes in column.codes.words.items()
        )
        meaning += f": {words}" + ("; codes by prefix" if column.codes.by_prefix else "")
        if column.codes.not_taken:
            meaning += f"; not taken: {', '.join(column.codes.not_taken)}"
    if column.refers_to is not None:
        meaning += f" → `{column.refers_to}`"
    platform = PLATFORM_FIELDS.get(table.name, frozenset())
    aliases = ", ".join(f"`{a}`" + ("†" if a in platform else "") for a in column.aliases)
    return f"| {name} | {column.kind} | {column.zh} | {meaning} | {aliases} |"


if __name__ == "__main__":
    sys.stdout.write(tables_page())
