"""A source: where its rows are read from, how people are told of it, and which columns it has."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from yiheng.basis.refusals import Refusal

from . import sql

# Rows of a sheet, of messages and of a database table are first kept as Parquet parts with their place.
Form = Literal["csv", "parquet", "sheet", "messages", "database"]
DELIMITERS = ",\t;|"
CHUNK = 1 << 22
# With at least so many Chinese characters for each doubtful one a text is UTF-8 with damaged rows, which are
# quarantined one by one. Read as UTF-8, Chinese in GB18030 is broken or turns into letters of other scripts: of 某药
# become ĳҩ.
CHINESE_FOR_EACH_DOUBTFUL = 2
CHINESE, DOUBTFUL = re.compile("[\u2e80-\ufffc]"), re.compile("[\u0100-\u07ff\ufffd]")
ROW, PLACE = "_row", "_place"
# A number of a person or a phone: the file has no header.
VALUE = re.compile(r"\d{9}")
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
    """

    path: Path
    names: tuple[str, ...]
    shown: str
    form: Form
    columns: dict[str, str]
    sha256: str
    delimiter: str = ""
    lines: int | None = None

    def relation(self, rejects: str, *, numbered: bool = True) -> str:
        """SQL that reads the rows in file order; broken CSV rows go to the table ``rejects``.

        Numbering the rows of a text file keeps the reader to one core.
        """
        path = sql.text(str(self.path))
        if self.form == "parquet":
            return f"(select *, file_row_number + 1 as _row from read_parquet({path}))"
        if self.form != "csv":
            parts = [str(p) for p in sorted(self.path.glob("*.parquet"))]
            return f"(select * from read_parquet([{sql.texts(parts)}], union_by_name=true))"
        columns = "{" + ", ".join(f"{sql.text(c)}: 'VARCHAR'" for c in self.columns) + "}"
        number = ", row_number() over () as _row" if numbered else ""
        return (
            f"(select *{number} from read_csv({path}, header=true, auto_detect=false,"
            f" delim={sql.text(self.delimiter)}, quote='\"', escape='\"', null_padding=false,"
            f" columns={columns}, store_rejects=true, rejects_table={sql.text(rejects)},"
            f" rejects_scan={sql.text(rejects + '_scan')}, rejects_limit=0))"
        )

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
    """A CSV file; a GB18030 text is turned into UTF-8 in ``scratch``.

    Raises:
        Refusal: when the file is empty, is no text, or its header cannot be used.
    """
    digest, lines, clean = scanned(path)
    readable = path
    if not clean and encoding_of(path, shown) != "utf-8":
        readable = scratch / f"{digest[:16]}.csv"
        _transcode(path, readable, "gb18030")
    delimiter, header = _header(readable, shown)
    return SourceFile(readable, (name,), shown, "csv", dict.fromkeys(header, "VARCHAR"), digest, delimiter, lines)


def parquet_source(path: Path, name: str, shown: str, con: duckdb.DuckDBPyConnection) -> SourceFile:
    """A Parquet file.

    Raises:
        Refusal: when it is none.
    """
    return SourceFile(path, (name,), shown, "parquet", _parquet_columns(path, shown, con), sha256_of(path))


def checked_header(header: list[str], places: list[str]) -> None:
    """Refuse a header with an empty or a doubled name; ``places`` says where each name stands."""
    seen: dict[str, str] = {}
    for position, (column, place) in enumerate(zip(header, places, strict=True), start=1):
        if not column:
            raise Refusal(
                f"column {position} has no name", where=place, cure="name it in the header; do not merge header cells"
            )
        if VALUE.search(column):
            # Not quoted: it may be a person's.
            raise Refusal(
                f"column {position} of the header is a value, not a name",
                where=place,
                expected="a header line with column names",
                cure="put the names of the columns first",
            )
        if column.lower() in (ROW, PLACE):
            raise Refusal(f"the name '{column}' is kept for the place of a row", where=place, cure="rename the column")
        if column.lower() in seen:
            raise Refusal(f"the column '{column}' stands twice", where=place, cure="remove one of the two")
        seen[column.lower()] = place


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def scanned(path: Path) -> tuple[str, int, bool]:
    """Hash, number of lines and whether it is UTF-8 beyond doubt, in one reading."""
    digest, lines, last = hashlib.sha256(), 0, b"\n"
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    clean, chinese, doubtful = True, False, False
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            lines += chunk.count(b"\n")
            last = chunk[-1:]
            if clean:
                try:
                    decoded = decoder.decode(chunk)
                except UnicodeDecodeError:
                    clean = False
                    continue
                if not chinese and not decoded.isascii():
                    chinese = CHINESE.search(decoded) is not None
                    doubtful = doubtful or DOUBTFUL.search(decoded) is not None
    return digest.hexdigest(), lines + (last != b"\n"), clean and (chinese or not doubtful)


def encoding_of(path: Path, shown: str) -> str:
    """UTF-8 with a few damaged characters, or GB18030.

    Raises:
        Refusal: when it is neither.
    """
    doubtful = characters = 0
    utf8 = codecs.getincrementaldecoder("utf-8")("replace")
    chinese: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("gb18030")("strict")
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            decoded = utf8.decode(chunk)
            doubtful += len(DOUBTFUL.findall(decoded))
            characters += len(CHINESE.findall(decoded))
            if chinese is not None:
                try:
                    chinese.decode(chunk)
                except UnicodeDecodeError:
                    chinese = None
    if doubtful * CHINESE_FOR_EACH_DOUBTFUL <= characters:
        return "utf-8"
    if chinese is not None:
        return "gb18030"
    raise Refusal("the text is neither UTF-8 nor GB18030", where=shown, cure="save the file as UTF-8 and load it again")


def _transcode(path: Path, into: Path, encoding: str) -> None:
    with path.open(encoding=encoding, newline="") as source, into.open("w", encoding="utf-8", newline="") as out:
        while chunk := source.read(CHUNK):
            out.write(chunk)


def _header(path: Path, shown: str) -> tuple[str, list[str]]:
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        first = file.readline()
    if not first.strip():
        raise Refusal("the file is empty", where=f"{shown}:1", expected="a header line with column names")
    delimiter = max(DELIMITERS, key=first.count)
    header = [c.strip() for c in next(csv.reader(io.StringIO(first), delimiter=delimiter))]
    checked_header(header, [f"{shown}:1"] * len(header))
    return delimiter, header


def _parquet_columns(path: Path, shown: str, con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    try:
        rows = con.execute(f"describe select * from read_parquet({sql.text(str(path))})").fetchall()
    except duckdb.Error:
        raise Refusal(
            "this is not a readable Parquet file", where=shown, cure="export it again; nothing of it was loaded"
        ) from None
    return {row[0]: row[1] for row in rows}
