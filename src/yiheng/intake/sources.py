"""Which files there are to load, how they are encoded, and which columns they have."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import duckdb

from yiheng.basis.refusals import Refusal

from . import sql

ENDINGS = {".csv": "csv", ".txt": "csv", ".tsv": "csv", ".parquet": "parquet"}
DELIMITERS = ",\t;|"
CHUNK = 1 << 22
# Above this share of broken characters among all that are not ASCII a text is not UTF-8 at all;
# below it, it is UTF-8 with damaged rows, which are quarantined one by one.
BROKEN_SHARE = 10


@dataclass(frozen=True)
class SourceFile:
    """A readable file: where it is read from, its own name, how people are told of it, its columns' types."""

    path: Path
    name: str
    shown: str
    form: str
    delimiter: str
    columns: dict[str, str]
    sha256: str
    lines: int | None

    def relation(self, rejects: str) -> str:
        """SQL that reads the rows in file order; broken CSV rows go to the table ``rejects``."""
        path = sql.text(str(self.path))
        if self.form == "parquet":
            return f"(select *, file_row_number + 1 as _row from read_parquet({path}, file_row_number=true))"
        columns = "{" + ", ".join(f"{sql.text(c)}: 'VARCHAR'" for c in self.columns) + "}"
        return (
            f"(select *, row_number() over () as _row from read_csv({path}, header=true, auto_detect=false,"
            f" delim={sql.text(self.delimiter)}, quote='\"', escape='\"', null_padding=false,"
            f" columns={columns}, store_rejects=true, rejects_table={sql.text(rejects)},"
            f" rejects_scan={sql.text(rejects + '_scan')}, rejects_limit=0))"
        )


def files_under(paths: list[Path]) -> tuple[list[Path], list[Path]]:
    """The loadable files at or under the paths, in name order, and the others in the folders.

    Raises:
        Refusal: when a path does not exist or a named file has an ending that is not read.
    """
    found, left = [], []
    for path in paths:
        if not path.exists():
            raise Refusal("there is no such file or folder", where=str(path), cure="check the path")
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
            found += [p for p in inside if p.suffix.lower() in ENDINGS]
            left += [p for p in inside if p.suffix.lower() not in ENDINGS]
        elif path.suffix.lower() in ENDINGS:
            found.append(path)
        else:
            raise Refusal(f"files ending in '{path.suffix}' are not read", where=str(path), expected=" ".join(ENDINGS))
    if not found:
        raise Refusal("there is nothing to load", where=", ".join(map(str, paths)), expected=" ".join(ENDINGS))
    return found, left


def open_source(path: Path, scratch: Path, con: duckdb.DuckDBPyConnection) -> SourceFile:
    """Look at a file: its hash, encoding and columns. A GB18030 text is turned into UTF-8 in ``scratch``.

    Raises:
        Refusal: when the file is empty, is no Parquet file, or its header cannot be used.
    """
    form = ENDINGS[path.suffix.lower()]
    digest, lines, encoding = _scan(path, form)
    if form == "parquet":
        return SourceFile(path, path.name, path.name, form, "", _parquet_columns(path, con), digest, None)
    readable = path
    if encoding != "utf-8":
        readable = scratch / f"{digest[:16]}.csv"
        _transcode(path, readable, encoding)
    delimiter, header = _header(readable, path.name)
    return SourceFile(readable, path.name, path.name, form, delimiter, dict.fromkeys(header, "VARCHAR"), digest, lines)


def _scan(path: Path, form: str) -> tuple[str, int, str]:
    """Hash, number of lines and encoding in one reading."""
    digest, lines, last = hashlib.sha256(), 0, b"\n"
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    clean = True
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            if form == "csv":
                lines += chunk.count(b"\n")
                last = chunk[-1:]
                if clean:
                    try:
                        decoder.decode(chunk)
                    except UnicodeDecodeError:
                        clean = False
    if form == "csv" and last != b"\n":
        lines += 1
    return digest.hexdigest(), lines, "utf-8" if clean or form != "csv" else _encoding_of(path)


def _encoding_of(path: Path) -> str:
    """UTF-8 with a few damaged characters, or GB18030.

    Raises:
        Refusal: when it is neither.
    """
    broken = other = 0
    utf8 = codecs.getincrementaldecoder("utf-8")("replace")
    chinese: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("gb18030")("strict")
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            decoded = utf8.decode(chunk)
            broken += decoded.count("\N{REPLACEMENT CHARACTER}")
            other += sum(not c.isascii() for c in decoded)
            if chinese is not None:
                try:
                    chinese.decode(chunk)
                except UnicodeDecodeError:
                    chinese = None
    if broken * BROKEN_SHARE <= other:
        return "utf-8"
    if chinese is not None:
        return "gb18030"
    raise Refusal(
        "the text is neither UTF-8 nor GB18030", where=path.name, cure="save the file as UTF-8 and load it again"
    )


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
    for position, column in enumerate(header, start=1):
        if not column:
            raise Refusal(f"column {position} has no name", where=f"{shown}:1", cure="name it in the header")
        if column.lower() in [c.lower() for c in header[: position - 1]]:
            raise Refusal(f"the column '{column}' stands twice", where=f"{shown}:1", cure="remove one of the two")
    return delimiter, header


def _parquet_columns(path: Path, con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    try:
        rows = con.execute(f"describe select * from read_parquet({sql.text(str(path))})").fetchall()
    except duckdb.Error:
        raise Refusal(
            "this is not a readable Parquet file", where=path.name, cure="export it again; nothing of it was loaded"
        ) from None
    return {row[0]: row[1] for row in rows}
