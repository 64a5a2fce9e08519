"""Mapping files: how a foreign layout becomes our tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import sqlglot
from pydantic import Field
from sqlglot import exp

from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.policy.plain_yaml import Document, read_document
from yiheng.policy.read import validated
from yiheng.policy.schema import Sentence, Strict, WholeNumber
from yiheng.records import TABLES, Personal, is_personal

# What an expression may be made of: choosing, cutting and joining text, and adding money.
ALLOWED = (
    exp.Column, exp.Identifier, exp.Literal, exp.Null, exp.Paren, exp.Neg, exp.Add, exp.Sub, exp.DPipe, exp.Concat,
    exp.Case, exp.If, exp.Coalesce, exp.Nullif, exp.Left, exp.Right, exp.Substring, exp.Trim, exp.Upper, exp.Lower,
    exp.Replace, exp.EQ, exp.NEQ, exp.Is, exp.Not, exp.And, exp.Or, exp.In,
)  # fmt: skip
# The word that stands for the number of a repeated row; people write it as {n}.
ROW_NUMBER = "n"
WORDS = "|| coalesce nullif left right substring trim upper lower replace case when, and + - for money"


class TableMapping(Strict):
    """How the rows of some files become rows of one table.

    Attributes:
        files: name pattern; ``*`` stands for anything, ``{year}`` for a word that expressions may use.
        columns: our column → their column, or an expression over their columns.
        codes: our column → their code → our word.
        repeat: their columns that are numbered 1 to n become n rows; ``{n}`` stands for the number.
        only_if: a column that must be filled for a row to exist (mostly with ``repeat``).
    """

    table: str
    files: str
    columns: dict[str, str]
    codes: dict[str, dict[str, str]] = Field(default_factory=dict)
    repeat: WholeNumber = 1
    only_if: str | None = None


class Mapping(Strict):
    """A mapping file.

    Attributes:
        money: whether their amounts are in yuan (or another whole currency) or already in fen.
        dates: how their days are written, as a strptime pattern; empty for ISO.
    """

    mapping: str
    title: Sentence
    source: str
    money: Literal["yuan", "fen"] = "yuan"
    dates: str | None = None
    tables: list[TableMapping] = Field(min_length=1)


@dataclass(frozen=True)
class MappingFile:
    """A mapping with the document it was read from."""

    mapping: Mapping
    document: Document
    sha256: str

    def for_file(self, names: tuple[str, ...]) -> list[tuple[int, TableMapping, dict[str, str]]]:
        """The table mappings that take a source of one of these names, with the words that the name carries."""
        taken = []
        for i, entry in enumerate(self.mapping.tables):
            matches = (_pattern(entry.files).fullmatch(name) for name in names)
            if match := next(filter(None, matches), None):
                taken.append((i, entry, match.groupdict()))
        return taken

    def personal_faults(self, kept: Personal | None) -> list[Refusal]:
        """Personal fields that go into a column of this kind, where it keeps its values as they came."""
        hashed = ", ".join(c.name for t in TABLES.values() for c in t if c.personal not in (None, "person"))
        return [
            Refusal(
                f"'{field}' is personal and would be kept in '{column}' as it came",
                where=self.document.place(("tables", i, "columns", column)),
                expected=f"a personal field only where a keyed hash is kept: {hashed}",
                cure="leave it out"
                if kept is None
                else "map another number, or make the workspace with --hash-person-id",
            )
            for i, entry in enumerate(self.mapping.tables)
            for column, written in entry.columns.items()
            if TABLES[entry.table][column].personal == kept
            for field in _personal_in(written)
        ]


def read_mapping(path: Path) -> MappingFile:
    """Read a mapping file.

    Raises:
        Refusals: unknown keys, tables or columns, with file and line.
    """
    document = read_document(path, shown_as=path.name)
    mapping = validated(Mapping, document)
    found = [fault for i, entry in enumerate(mapping.tables) for fault in _faults(document, i, entry)]
    read = MappingFile(mapping, document, document.sha256)
    if found := found or read.personal_faults(None):
        raise Refusals(found)
    return read


def expression_sql(written: str, columns: dict[str, str], place: str, words: dict[str, str]) -> tuple[str, set[str]]:
    """An expression as SQL over quoted columns, and the columns it uses.

    ``columns`` maps the usable names to SQL; ``words`` are literal texts by name.

    Raises:
        Refusal: when it is no expression, uses what is not allowed, or names an unknown column.
    """
    try:
        tree = sqlglot.parse_one(written, dialect="duckdb")
    except sqlglot.errors.ParseError:
        raise Refusal(f"'{written}' is not an expression", where=place, expected=WORDS) from None
    by_lower = {c.lower(): c for c in columns}
    used: set[str] = set()

    def known(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, ALLOWED):
            raise Refusal(f"'{written}' uses {type(node).__name__}", where=place, expected=WORDS)
        if not isinstance(node, exp.Column):
            return node
        wanted = node.name
        if wanted in words:
            return exp.Literal.string(words[wanted])
        column = by_lower.get(wanted.lower())
        if column is None:
            raise Refusal(
                f"the file has no column '{wanted}'",
                where=place,
                cure=nearest(wanted, [*columns, *(word for word in words if word != ROW_NUMBER)]),
            )
        used.add(column)
        return sqlglot.parse_one(columns[column], dialect="duckdb")

    return tree.transform(known).sql(dialect="duckdb"), used


def _faults(document: Document, i: int, entry: TableMapping) -> list[Refusal]:
    table = TABLES.get(entry.table)
    if table is None:
        where = document.place(("tables", i, "table"))
        return [Refusal(f"there is no table '{entry.table}'", where=where, cure=nearest(entry.table, TABLES))]
    ours = [c.name for c in table]
    faults = [
        Refusal(
            f"table '{table.name}' has no column '{column}'",
            where=document.place(("tables", i, part, column)),
            cure=nearest(column, ours),
        )
        for part, columns in (("columns", entry.columns), ("codes", entry.codes))
        for column in columns
        if column not in ours
    ]
    faults += [fault for column in entry.codes if column in ours for fault in _code_faults(document, i, entry, column)]
    missing = [c.name for c in table if table.needs(c, entry.columns)]
    if missing:
        where = document.place(("tables", i, "columns"))
        faults.append(
            Refusal(f"table '{table.name}' needs {', '.join(missing)}", where=where, cure="map these columns")
        )
    return faults


def _personal_in(written: str) -> list[str]:
    """The personal fields that an expression names; what is no expression is a column's whole name."""
    try:
        named = {column.name for column in sqlglot.parse_one(written, dialect="duckdb").find_all(exp.Column)}
    except sqlglot.errors.SqlglotError:
        named = set()
    return sorted(filter(is_personal, named)) or [written] * is_personal(written)


def _code_faults(document: Document, i: int, entry: TableMapping, column: str) -> list[Refusal]:
    """Codes translate text only, and into the words of our list where there is one."""
    declared = TABLES[entry.table][column]
    if declared.kind != "text":
        where = document.place(("tables", i, "codes", column))
        return [Refusal(f"'{column}' is {declared.kind}, not text: codes cannot translate it", where=where)]
    words = declared.codes.words if declared.codes else None
    return [
        Refusal(
            f"'{word}' is no word of '{column}'",
            where=document.place(("tables", i, "codes", column, theirs)),
            expected=" | ".join(words),
            cure=nearest(word, words),
        )
        for theirs, word in entry.codes[column].items()
        if words is not None and word not in words
    ]


def _pattern(glob: str) -> re.Pattern[str]:
    parts = re.split(r"(\*|\{[a-z_]+\})", glob)
    regex = "".join(
        ".*" if p == "*" else f"(?P<{p[1:-1]}>[A-Za-z0-9]+)" if p.startswith("{") else re.escape(p) for p in parts
    )
    return re.compile(regex, re.IGNORECASE)
