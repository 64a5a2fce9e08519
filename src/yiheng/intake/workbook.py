"""Workbooks (XLSX): every sheet with rows is a source; values come as their exact text."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc

from yiheng.basis.refusals import Refusal

from .archive import UNPACKING_FAILED, check_size
from .sources import ROW, Asked, Parts, SourceFile, checked_columns, sha256_of

CHUNK = 1 << 22
# Longer than any piece of the sheet's XML that is looked for: it may lie across two chunks.
OVERLAP = 1 << 10
MERGED = re.compile(rb'<mergeCell ref="([A-Z]+)([0-9]+):[A-Z]+[0-9]+"')
# A number cell (text cells carry a type and a small index) of sixteen digits or more.
LONG_NUMBER = re.compile(rb'<c r="([A-Z]+[0-9]+)"[^>]*><v>(?:[0-9]{16,}|[0-9.]+E\+(?:1[5-9]|[2-9][0-9]))</v>')
NINE_DECIMALS = r"^-?\d+\.\d{9}$"
MIDNIGHT = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"
ERROR = re.compile(r"Error\((\w+)\)")
ERRORS = {
    "Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!", "Ref": "#REF!",
    "Value": "#VALUE!", "GettingData": "#GETTING_DATA",
}  # fmt: skip
SHEETS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}sheet"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
LETTERS = 26


def workbook_sources(
    path: Path, name: str, shown: str, scratch: Path, asked: Asked
) -> tuple[list[SourceFile], list[Refusal]]:
    """The sheets of a workbook that hold anything, and why the others of them are refused.

    Raises:
        Refusal: when it is no workbook that can be read.
    """
    try:
        with zipfile.ZipFile(path) as packed:
            check_size(packed, shown)
            # The reader of cells passes over wrong checksums, and a changed byte may still be a number.
            if packed.testzip() is not None:
                raise zipfile.BadZipFile
            parts = _sheet_parts(packed)
        book = fastexcel.read_excel(str(path))
        sheets = [(title, cells) for title in book.sheet_names if (cells := _Cells.read(book, title)) is not None]
    except (*UNPACKING_FAILED, KeyError, ElementTree.ParseError, fastexcel.FastExcelError):
        raise Refusal(
            "this is not a readable workbook",
            where=shown,
            expected="an XLSX file without a password",
            cure="open it, take the password off and save it as XLSX again",
        ) from None
    digest = sha256_of(path)
    sources: list[SourceFile] = []
    refused: list[Refusal] = []
    for title, cells in sheets:
        place = f"{shown}/{title}"
        # The file's name speaks for a sheet only where there is no other.
        names = (title, name) if len(sheets) == 1 else (title,)
        kept = Parts(scratch, asked)
        try:
            if title in parts:
                _check_xml(path, parts[title], cells.header_row, place)
            kept.add(cells.rows(place))
        except Refusal as refusal:
            refused.append(refusal)
            continue
        sources.append(SourceFile(kept.folder, names, place, "sheet", kept.columns, digest))
    return sources, refused


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


def letters(column: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, LETTERS)
        name = chr(ord("A") + rest) + name
    return name


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


def _check_xml(path: Path, part: str, header_row: int, place: str) -> None:
    """What the reader of cells does not tell: merged cells, and numbers that have lost their last digits."""
    with zipfile.ZipFile(path) as packed, packed.open(part) as xml:
        tail = b""
        while chunk := xml.read(CHUNK):
            text = tail + chunk
            if found := LONG_NUMBER.search(text):
                raise Refusal(
                    "a number of more than 15 digits has lost its last ones",
                    where=f"{place}:{found.group(1).decode()}",
                    cure="format the column as text and fill it again from its source",
                )
            for found in MERGED.finditer(text):
                if int(found.group(2)) > header_row:
                    raise Refusal(
                        "cells are merged here",
                        where=f"{place}:{(found.group(1) + found.group(2)).decode()}",
                        expected="one header row, and below it one row for each record",
                        cure="unmerge the cells and fill each of them",
                    )
            tail = text[-OVERLAP:]


def _sheet_parts(packed: zipfile.ZipFile) -> dict[str, str]:
    """The file inside the workbook that holds each sheet."""
    links = ElementTree.fromstring(packed.read("xl/_rels/workbook.xml.rels"))
    targets = {link.get("Id"): link.get("Target", "") for link in links}
    book = ElementTree.fromstring(packed.read("xl/workbook.xml"))
    found = {sheet.get("name", ""): targets.get(sheet.get(LINK), "") for sheet in book.iter(SHEETS)}
    named = {title: t.lstrip("/") if t.startswith("/") else f"xl/{t}" for title, t in found.items()}
    return {title: target for title, target in named.items() if target in packed.namelist()}
