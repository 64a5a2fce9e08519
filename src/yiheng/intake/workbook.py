"""Workbooks (XLSX): every sheet with rows is a source; values come as their exact text."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from yiheng.basis.hidden import masked
from yiheng.basis.refusals import Refusal
from yiheng.documents import sha256_of

from .archive import UNPACKING_FAILED, check_size
from .sheet_xml import Sheet, feed, letters, local, parser_of, shared_lengths, surveyed
from .sources import ROW, Asked, Parts, SourceFile, checked_columns

# The largest list of sheets is some kilobytes; an XLSX of the most rows that a sheet holds, some hundred megabytes.
MOST_IN_LIST, MOST_UNPACKED = 1 << 24, 4 * 1024**3
NINE_DECIMALS = r"^-?\d+\.\d{9}$"
MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"
ERROR = re.compile(r"Error\((\w+)\)")
ERRORS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
    "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}  # fmt: skip
LINK = "id"


@dataclass(frozen=True)
class Book:
    """What a workbook holds.

    Attributes:
        sources: its sheets that hold anything.
        refused: sheets that cannot be read.
        hidden: names of sheets that are hidden and were not asked for.
    """

    sources: list[SourceFile]
    refused: list[Refusal]
    hidden: list[str]


@dataclass(frozen=True)
class _Part:
    """Where the XML of a sheet is, and whether people see the sheet."""

    name: str
    hidden: bool


def opened_book(path: Path, name: str, shown: str, scratch: Path, asked: Asked, *, hidden_too: bool = False) -> Book:
    """The sheets of a workbook that hold anything, and why others are refused or left.

    Args:
        hidden_too: read sheets that are hidden as well: mostly they are drafts of others.

    Raises:
        Refusal: when it is no workbook that can be read.
    """
    refused: list[Refusal] = []
    surveys: dict[str, Sheet] = {}
    try:
        with zipfile.ZipFile(path) as packed:
            check_size(packed, shown, most=MOST_UNPACKED)
            # The reader of cells passes over wrong checksums, and a changed byte may still be a number.
            if packed.testzip() is not None:
                raise zipfile.BadZipFile
            parts = _sheet_parts(packed, shown)
            wanted = [title for title, part in parts.items() if hidden_too or not part.hidden]
            shared = shared_lengths(packed)
            for title in wanted:
                try:
                    surveys[title] = surveyed(packed, parts[title].name, shared, _place(shown, title, parts))
                except Refusal as refusal:
                    refused.append(refusal)
        book = fastexcel.read_excel(str(path))
        sheets = [(title, cells) for title in surveys if (cells := _Cells.read(book, title)) is not None]
    except (*UNPACKING_FAILED, KeyError, ValueError, expat.ExpatError, fastexcel.FastExcelError):
        raise Refusal(
            "this is not a readable workbook",
            where=shown,
            expected="an XLSX file without a password",
            cure="open it, take the password off and save it as XLSX again",
        ) from None
    digest = sha256_of(path)
    sources: list[SourceFile] = []
    for title, cells in sheets:
        place = _place(shown, title, parts)
        # The file's name speaks for a sheet only where there is no other.
        names = (title, name) if len(sheets) == 1 else (title,)
        kept = Parts(scratch, asked)
        try:
            _check(surveys[title], cells.header_row, place)
            kept.add(cells.rows(place))
        except Refusal as refusal:
            refused.append(refusal)
            continue
        sources.append(SourceFile(kept.folder, names, place, "sheet", kept.columns, digest))
    return Book(sources, refused, [_place(shown, title, parts) for title in parts if title not in wanted])


def _place(shown: str, title: str, titles: Iterable[str]) -> str:
    """What people are told of a sheet: its title, without numbers of persons."""
    bare = masked(title)
    return f"{shown}/{bare}" if bare == title else f"{shown}/{bare} ({list(titles).index(title) + 1})"


class _Cells:
    """The cells of a sheet as columns of text; row and column numbers count from 0."""

    def __init__(self, columns: list[pa.Array], first_column: int, header_row: int) -> None:
        self.columns, self.first_column, self.header_row = columns, first_column, header_row

    @classmethod
    def read(cls, book: fastexcel.ExcelReader, title: str) -> _Cells | None:
        """The cells, or nothing when the sheet is empty. The first row with anything in it is the header."""
        # All rows from the first on, so that a row keeps its number.
        sheet = book.load_sheet(title, header_row=None, skip_rows=0, dtypes="string", whitespace_as_null=True)
        batch, errors = sheet.to_arrow_with_errors()
        columns = [batch.column(i) for i in range(batch.num_columns)]
        for column, broken in _errors_by_column(errors).items():
            columns[column] = _with_errors(columns[column], broken)
        filled = [pc.index(c.is_valid(), True).as_py() for c in columns if c.null_count < len(c)]
        if not filled:
            return None
        return cls(columns, sheet.available_columns()[0].absolute_index, min(filled))

    def rows(self, place: str) -> pa.Table:
        """The rows below the header that are not empty, with their numbers.

        Raises:
            Refusal: when the header cannot be used or nothing stands below it.
        """
        header, below = self.header_row, self.header_row + 1
        used = [
            (number, column)
            for number, column in enumerate(self.columns, start=self.first_column)
            # A column without name and values is only a formatted one.
            if column[header].is_valid or column.slice(below).null_count < len(column) - below
        ]
        names = [(column[header].as_py() or "").strip() for _, column in used]
        checked_columns(names, [f"{place}:{letters(number)}{below}" for number, _ in used])
        values = [_as_written(pc.replace_substring_regex(c.slice(below), MIDNIGHT, r"\1")) for _, c in used]
        # The row on line 2 is the first record, as in a text file.
        numbers = pa.array(range(below, below + len(values[0])), pa.int64())
        filled = values[0].is_valid()
        for column in values[1:]:
            filled = pc.or_(filled, column.is_valid())
        return pa.table([*values, numbers], names=[*names, ROW]).filter(filled)


def _as_written(column: pa.Array) -> pa.Array:
    """Numbers as they were typed: the reader writes 45035996.37 as 45035996.369999997, to nine decimals."""
    noisy = pc.fill_null(pc.match_substring_regex(column, NINE_DECIMALS), False)
    if not noisy.true_count:
        return column
    shortest = column.filter(noisy).cast(pa.float64()).cast(pa.string())
    return pc.replace_with_mask(column, noisy, shortest)


def _errors_by_column(errors: fastexcel.CellErrors | None) -> dict[int, dict[int, str]]:
    """A formula's error shows as people see it: it is a value that cannot be read, not an empty cell."""
    found: dict[int, dict[int, str]] = {}
    for error in errors.errors if errors else ():
        row, column = error.position
        kind = ERROR.search(error.detail)
        found.setdefault(column, {})[row] = ERRORS.get(kind.group(1), "#ERROR") if kind else "#ERROR"
    return found


def _with_errors(column: pa.Array, broken: dict[int, str]) -> pa.Array:
    values = column.to_pylist()
    for row, text in broken.items():
        values[row] = text
    return pa.array(values, pa.string())


def _check(sheet: Sheet, header_row: int, place: str) -> None:
    """Refuse what the reader of cells does not tell; ``header_row`` counts from 0."""
    if sheet.long:
        raise Refusal(
            "a number of more than 15 digits has lost its last ones",
            where=f"{place}:{sheet.long}",
            cure="format the column as text and fill it again from its source",
        )
    for row, cell in sheet.merged:
        if row > header_row:
            raise Refusal(
                "cells are merged here",
                where=f"{place}:{cell}",
                expected="one header row, and below it one row for each record",
                cure="unmerge the cells and fill each of them",
            )
    for row, cell in sheet.unvalued:
        if row > header_row:
            raise Refusal(
                "the formula of this cell was never computed: the file holds no value of it",
                where=f"{place}:{cell}",
                expected="a value, or a formula with its value",
                cure="open the file in a spreadsheet and save it",
            )


def _sheet_parts(packed: zipfile.ZipFile, shown: str) -> dict[str, _Part]:
    """The file inside the workbook that holds each sheet, in the order of the sheets."""
    targets = {
        link["Id"]: link.get("Target", "")
        for name, link in _listed(packed, "xl/_rels/workbook.xml.rels")
        if "Id" in link
    }
    found = {}
    for name, sheet in _listed(packed, "xl/workbook.xml"):
        if name == "sheet":
            target = targets.get(sheet.get(LINK, ""), "")
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            title = sheet.get("name", "")
            if title in found:
                raise Refusal(
                    "two sheets of the workbook have one name", where=f"{shown}/{masked(title)}",
                    expected="a name for each sheet", cure="rename one of them",
                )  # fmt: skip
            # A sheet of charts has no cells.
            if part in packed.namelist() and "chartsheet" not in part:
                found[title] = _Part(part, sheet.get("state", "visible") != "visible")
    return found


def _listed(packed: zipfile.ZipFile, part: str) -> list[tuple[str, dict[str, str]]]:
    """The elements of a small part: their names and attributes without namespaces."""
    if packed.getinfo(part).file_size > MOST_IN_LIST:
        raise zipfile.BadZipFile
    found: list[tuple[str, dict[str, str]]] = []
    feed(packed, part, parser_of(lambda name, its: found.append((local(name), {local(k): v for k, v in its.items()}))))
    return found
