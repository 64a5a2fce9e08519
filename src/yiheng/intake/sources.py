"""A source: where its rows are read from, how people are told of it, and which columns it has."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TextIO

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yiheng.basis.engine_paths import duckdb_csv, duckdb_footer, duckdb_parquet
from yiheng.basis.refusals import Refusal
from yiheng.documents import checked_header, delimiter_of, encoding_of, scanned, separator, sha256_of, split_header

from . import sql

# Rows of a sheet, of messages and of a database table are first kept as Parquet parts with their place.
Form = Literal["csv", "parquet", "sheet", "messages", "database"]
CHUNK = 1 << 22
# A first line that is longer is no header.
MOST_IN_HEADER = 1 << 20
MOST_COLUMNS = 2_000
HARMLESS_ROWS, ROWS_FOR_EACH_BYTE = 1_000_000, 20
ROW, PLACE = "_row", "_place"
NESTED, MOST_SHOWN = re.compile(r"^(STRUCT|MAP|UNION|VARIANT)\b|\]$"), 60
# Whether a load reads the column of a source that has this name.
Asked = Callable[[str], bool]


def every_column(_: str) -> bool:
    """For who looks at a source without loading it."""
    return True


@dataclass(frozen=True)
class SourceFile:
    """One table of a file, a workbook, an archive or a database, ready to be read.

    Attributes:
        path: a file, or for kept parts their folder.
        names: the names that say which table it is, best first.
        shown: how people are told of it: the file, and the sheet or member or node in it.
        columns: their columns with the engine's types.
        sha256: of the bytes that were handed in.
        lines: lines of a text file, to tell whether rows and lines correspond.
        above: lines of a text file above its header.
    """

    path: Path
    names: tuple[str, ...]
    shown: str
    form: Form
    columns: dict[str, str]
    sha256: str
    delimiter: str = ""
    lines: int | None = None
    above: int = 0

    def relation(self, rejects: str, *, numbered: bool = True) -> str:
        """SQL that reads the rows in file order; broken CSV rows go to the table ``rejects``.

        Numbering the rows of a text file keeps the reader to one core.
        """
        if self.form == "parquet":
            return f"(select *, file_row_number + 1 as _row from {duckdb_parquet(self.path)})"
        if self.form != "csv":
            parts = sorted(self.path.glob("*.parquet"))
            return f"(select * from {duckdb_parquet(*parts, by_name=True)})"
        columns = "{" + ", ".join(f"{sql.text(c)}: 'VARCHAR'" for c in self.columns) + "}"
        number = ", row_number() over () as _row" if numbered else ""
        options = (
            f"header=true, auto_detect=false, skip={self.above},"
            f" delim={sql.text(self.delimiter)}, quote='\"', escape='\"', null_padding=false,"
            f" columns={columns}, store_rejects=true, rejects_table={sql.text(rejects)},"
            f" rejects_scan={sql.text(rejects + '_scan')}, rejects_limit=0"
        )
        return f"(select *{number} from {duckdb_csv(self.path, options)})"

    @property
    def place(self) -> str:
        """SQL of what a row's file is called; a message adds its number and node."""
        return sql.text(self.shown) if self.form != "messages" else f"{sql.text(self.shown + ' ')} || {PLACE}"


class Parts:
    """Rows on their way into Parquet parts in a scratch folder, all values as text.

    A part has the columns that its rows have; the reader puts the parts together by name. Columns that are not
    asked for are named, so that people can be told of them, and not written.
    """

    def __init__(self, scratch: Path, asked: Asked) -> None:
        # A folder of its own each time: the same file may come twice in one load.
        self.folder = Path(tempfile.mkdtemp(dir=scratch))
        self.columns: dict[str, str] = {}
        self._asked = asked
        self._parts = 0

    def add(self, rows: pa.Table) -> None:
        """Keep some rows; ``_row`` and ``_place`` are their places, not columns."""
        self.columns.update({c: "VARCHAR" for c in rows.column_names if c not in (ROW, PLACE)})
        kept = [c for c in rows.column_names if c in (ROW, PLACE) or self._asked(c)]
        pq.write_table(rows.select(kept), self.folder / f"{self._parts:06}.parquet")
        self._parts += 1


def text_source(path: Path, name: str, shown: str, scratch: Path) -> SourceFile:
    """A CSV file; a text in GB18030 or with several kinds of line ends is rewritten in ``scratch``.

    Raises:
        Refusal: when the file is empty, is no text, or its header cannot be used.
    """
    scan = scanned(path)
    encoding = "utf-8" if scan.clean else encoding_of(path, shown)
    readable = path
    if encoding != "utf-8" or scan.mixed:
        readable = scratch / f"{scan.sha256[:16]}.csv"
        lines = _rewritten(path, readable, encoding)
    else:
        lines = scan.lines
    above, delimiter, header = _header(readable, shown)
    columns = dict.fromkeys(header, "VARCHAR")
    return SourceFile(readable, (name,), shown, "csv", columns, scan.sha256, delimiter, lines, above)


def parquet_source(
    path: Path, name: str, shown: str, con: duckdb.DuckDBPyConnection, asked: Asked = every_column
) -> SourceFile:
    """A Parquet file.

    Raises:
        Refusal: when it is none, or a column that is asked for holds more than one value in a row.
    """
    return SourceFile(path, (name,), shown, "parquet", _parquet_columns(path, shown, con, asked), sha256_of(path))


def _rewritten(path: Path, into: Path, encoding: str) -> int:
    """Write a text as UTF-8 in which each line ends with a line feed; gives its lines. Damaged bytes stay as they are.

    A line end inside quotes becomes a line feed too: the engine takes one kind in a file.
    """
    lines, last = 0, "\n"
    held = ""
    with (
        path.open(encoding=encoding, errors="surrogateescape", newline="") as source,
        into.open("w", encoding="utf-8", errors="surrogateescape", newline="") as out,
    ):
        while chunk := source.read(CHUNK):
            text = held + chunk
            # What comes after a return decides what it is.
            kept = text.rstrip("\r")
            held, text = text[len(kept) :], kept
            lines, last = _put(text, out, lines, last)
        lines, last = _put(held, out, lines, last)
    return lines + (last != "\n")


def _put(text: str, out: TextIO, lines: int, last: str) -> tuple[int, str]:
    text = text.replace("\r\r\n", "\n").replace("\r\n", "\n").replace("\r", "\n")
    out.write(text)
    return lines + text.count("\n"), text[-1:] or last


def _header(path: Path, shown: str) -> tuple[int, str, list[str]]:
    """How many lines stand above the header, the delimiter, and the names of the columns."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        first = file.readline(MOST_IN_HEADER)
        above, delimiter = separator(first)
        if above:
            first = file.readline(MOST_IN_HEADER)
    where = f"{shown}:{above + 1}"
    if not first.strip():
        raise Refusal("the file is empty", where=where, expected="a header line with column names")
    if len(first) == MOST_IN_HEADER:
        raise Refusal(
            f"the first line has more than {MOST_IN_HEADER:,} signs", where=where, expected="a header line, and below"
            " it one line for each row", cure="check that it is the right file",
        )  # fmt: skip
    delimiter = delimiter or delimiter_of(first)
    header = split_header(first, delimiter)
    checked_columns(header, [where] * len(header))
    return above, delimiter, header


def checked_columns(header: list[str], places: list[str]) -> None:
    """Refuse a header that cannot be used, or a column that is called as the place of a row is."""
    checked_header(header, places)
    for column, place in zip(header, places, strict=True):
        if column.lower() in (ROW, PLACE):
            raise Refusal(f"the name '{column}' is kept for the place of a row", where=place, cure="rename the column")


def _parquet_columns(path: Path, shown: str, con: duckdb.DuckDBPyConnection, asked: Asked) -> dict[str, str]:
    try:
        rows = con.execute(f"describe select * from {duckdb_parquet(path)}").fetchall()
    except duckdb.Error:
        raise Refusal(
            "this is not a readable Parquet file", where=shown, cure="export it again; nothing of it was loaded"
        ) from None
    if len(rows) > MOST_COLUMNS:
        raise Refusal(f"the file has {len(rows):,} columns", where=shown, expected=f"at most {MOST_COLUMNS:,}")
    counted = con.execute(f"select sum(num_rows) from {duckdb_footer('parquet_file_metadata', path)}").fetchone()
    many = counted[0] if counted and counted[0] else 0
    if many > HARMLESS_ROWS and many > path.stat().st_size * ROWS_FOR_EACH_BYTE:
        # Each row of a table has a key of its own, which no packing shrinks so far.
        raise Refusal(
            f"the file says that it holds {many:,} rows in {path.stat().st_size:,} bytes",
            where=shown,
            cure="export it again; nothing of it was loaded",
        )
    for name, kind, *_ in rows:
        if asked(name) and NESTED.search(kind):
            raise Refusal(
                f"the column '{name}' holds lists or structures ({kind[:MOST_SHOWN]})", where=shown,
                expected="one value in each row", cure="write its parts into columns of their own, and export again",
            )  # fmt: skip
    return {row[0]: row[1] for row in rows}
