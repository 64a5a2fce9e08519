"""Which table a file holds, and which of its columns become which of ours."""

from __future__ import annotations

import re

from yiheng.basis.refusals import Refusal, nearest
from yiheng.records import TABLES, Column, Table

from . import sql
from .mapping import ROW_NUMBER, MappingFile, expression_sql
from .parse import Incoming, raw_value, typed
from .sources import SourceFile

# One way to make a row of a table out of a row of a file.
Arm = dict[str, Incoming]


def recognised(source: SourceFile) -> Table:
    """The table a source holds: by its names, else by the columns that only one table needs.

    Raises:
        Refusal: when the source fits no table or several.
    """
    for name in source.names:
        if (table := table_named(name)) is not None:
            return table
    fits = [t for t in TABLES.values() if not _missing(t, {_name(t, c) for c in source.columns})]
    # A table that needs little fits almost everything; the one that knows most of the columns is meant.
    known = {t.name: sum(_name(t, c) is not None for c in source.columns) for t in fits}
    fits = [t for t in fits if known[t.name] == max(known.values())]
    if len(fits) == 1:
        return fits[0]
    several = ", ".join(t.name for t in fits)
    raise Refusal(
        f"the file fits several tables: {several}" if fits else "the file fits no table",
        where=source.shown,
        expected="a file named after its table (ours or national), or all columns a table needs",
        cure="rename the file, for example settlement.csv or setl_d.csv, or write a mapping",
    )


def table_named(name: str) -> Table | None:
    """The table that a file, sheet or database table is named after: our name, a national or the Chinese one."""
    stem = name.strip().lower().rsplit(".", 1)[0]
    named = [
        (len(known), table)
        for table in TABLES.values()
        for known in (table.name, *table.aliases, table.zh)
        # A further letter makes it another word, and so does a further character of a Chinese name.
        if re.match(re.escape(known) + ("(?![a-z])" if known.isascii() else r"(?![^\W\d_])"), stem)
    ]
    return max(named, key=lambda pair: pair[0])[1] if named else None


def by_name(table: Table, source: SourceFile) -> tuple[Arm, list[str]]:
    """Columns that arrive under our names or national ones, and the columns left aside.

    Raises:
        Refusal: when a required column is missing; nothing of the file is loaded.
    """
    arm: Arm = {}
    aside = []
    for theirs, type_ in source.columns.items():
        column = table.column_under(theirs)
        if column is None or column.name in arm:
            aside.append(theirs)
            continue
        # Amounts come in yuan under a national name, in fen under ours.
        money = "fen" if theirs.lower() == column.name else "yuan"
        arm[column.name] = Incoming(sql.name(theirs), type_, money)
    missing = _missing(table, set(arm))
    if not missing:
        return arm, aside
    wanted = "; ".join(c.name + (f" ({'/'.join(c.aliases)})" if c.aliases else "") for c in missing)
    known = [name for c in missing for name in (c.name, *c.aliases)]
    hints = [f"'{theirs}': {hint}" for theirs in aside if "did you mean" in (hint := nearest(theirs.lower(), known))]
    draft = "add the columns, or let a mapping be drafted: --draft-mapping FILE"
    raise Refusal(
        f"the file lacks columns that table '{table.name}' needs: {wanted}",
        where=f"{source.shown}:1",
        expected="these columns under our names or the national ones",
        cure="rename in the header; " + "; ".join(hints) if hints else draft,
    )


def by_mapping(table: Table, source: SourceFile, mapping: MappingFile, i: int, words: dict[str, str]) -> Arm:
    """Columns that a mapping makes out of theirs.

    Raises:
        Refusal: when an expression names a column that the file does not have.
    """
    entry, arm = mapping.mapping.tables[i], {}
    for ours, written in entry.columns.items():
        place = mapping.document.place(("tables", i, "columns", ours))
        text = written.replace("{n}", words[ROW_NUMBER])
        if text in source.columns:
            arm[ours] = Incoming(
                sql.name(text),
                source.columns[text],
                mapping.mapping.money,
                mapping.mapping.dates,
                entry.codes.get(ours),
            )
        elif table[ours].kind == "fen":
            arm[ours] = _added_money(table[ours], source, text, mapping.mapping.money, place, words)
        else:
            plain = {c: _plain(c, source) for c in source.columns}
            expression, _ = expression_sql(text, plain, place, words)
            arm[ours] = Incoming(expression, dates=mapping.mapping.dates, codes=entry.codes.get(ours))
    return arm


def _added_money(
    column: Column, source: SourceFile, text: str, money: str, place: str, words: dict[str, str]
) -> Incoming:
    """Amounts are read exactly one by one, then added as whole fen."""
    fen = {c: typed(column, Incoming(sql.name(c), money=money), _plain(c, source)) for c in source.columns}
    expression, used = expression_sql(text, fen, place, words)
    broken = [f"({_plain(c, source)} is not null and ({fen[c]}) is null)" for c in sorted(used)]
    return Incoming(expression, "BIGINT", "fen", unreadable=" or ".join(broken) or None)


def _plain(theirs: str, source: SourceFile) -> str:
    """A source column inside an expression: as text, blanks are no value."""
    raw = raw_value(Incoming(sql.name(theirs), source.columns[theirs]))
    return raw if source.columns[theirs] == "VARCHAR" else f"cast({raw} as VARCHAR)"


def _missing(table: Table, have: set[str | None]) -> list[Column]:
    return [c for c in table if table.needs(c, have)]


def _name(table: Table, theirs: str) -> str | None:
    column = table.column_under(theirs)
    return column.name if column else None
