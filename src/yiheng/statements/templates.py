"""Empty files to fill in: a CSV for each table, and one workbook with a sheet for each."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal
from yiheng.intake.workbooks import Book
from yiheng.records import EXPECTED, Column, Table
from yiheng.records.national import Spelling, field_name, national_codes, table_name

WORKBOOK = "templates.xlsx"
# A workbook carries a date of making; a fixed one keeps the same templates the same bytes.
MADE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
# How a column of a sheet is formatted: text keeps the leading zeros and last digits of numbers.
FORMATS = {
    "day": "yyyy-mm-dd", "instant": "yyyy-mm-dd hh:mm:ss", "count": "0", "quantity": "0.####", "price": "0.00####",
}  # fmt: skip
YUAN, FEN, TEXT = "0.00", "0", "@"
WIDTH = 20
# Lists and rows of a sheet: what a spreadsheet takes.
LONGEST_LIST, LAST_ROW, LONGEST_NAME = 255, 1_048_575, 31


def write_templates(folder: Path, tables: Sequence[Table], spelling: Spelling = "ours") -> list[Path]:
    """Write a CSV with the header only for each table, and a workbook with all of them; gives the files.

    Raises:
        Refusal: when a file is there already or cannot be written.
    """
    files = {folder / f"{table_name(table, spelling)}.csv": table for table in tables}
    book = folder / WORKBOOK
    if there := [file for file in (*files, book) if file.exists()]:
        raise Refusal("the file is there already", where=str(there[0]), cure="name an empty folder")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, table in files.items():
            # With a mark at its beginning a spreadsheet knows that the text is UTF-8.
            with new_file(file) as part:
                part.write_text(header(table, spelling), "utf-8-sig")
        _write_book(book, tables, spelling)
    except OSError as wrong:
        raise Refusal(
            f"the templates cannot be written: {wrong}", where=str(folder), cure="name another folder"
        ) from None
    return [*files, book]


def header(table: Table, spelling: Spelling) -> str:
    """The header line of a CSV file of the table."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([field_name(table, column, spelling) for column in table])
    return out.getvalue()


def _write_book(into: Path, tables: Sequence[Table], spelling: Spelling) -> None:
    book = Book(str(into))
    book.set_properties({"title": "数据填报模板", "author": "Yiheng", "created": MADE})
    must = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1})
    may = book.add_format({"bg_color": "#FFFFFF", "border": 1})
    formats = {shape: book.add_format({"num_format": shape}) for shape in (*FORMATS.values(), YUAN, FEN, TEXT)}
    for table in tables:
        sheet = book.add_worksheet(table_name(table, spelling)[:LONGEST_NAME])
        sheet.freeze_panes(1, 0)
        for at, column in enumerate(table):
            name = field_name(table, column, spelling)
            sheet.write_string(0, at, name, must if column.must else may)
            sheet.write_comment(0, at, _told(column, name), {"x_scale": 2})
            sheet.set_column(at, at, WIDTH, _format(column, name, formats))
            _list(sheet, at, column, name)
    book.close()


def _told(column: Column, name: str) -> str:
    """What the note of a header cell says: Chinese name, must or may, what is expected, the codes."""
    if column.kind == "fen":
        expected = "以分计的整数" if name == column.name else "以元计，至多两位小数"
    else:
        expected = EXPECTED[column.kind].zh
    lines = [f"{column.zh}（{'必填' if column.must else '可空'}）", expected]
    if column.codes is not None:
        labels = column.codes.zh
        lines[1:] = [f"{value} {labels[word]}" for word, value in _accepted(column, name).items()]
    return "\n".join(lines)


def _accepted(column: Column, name: str) -> dict[str, str]:
    """The value to fill in for each word of the column's list."""
    codes = column.codes
    if codes is None:
        return {}
    known = national_codes(codes) if name != column.name else {}
    return {word: known.get(word, word) for word in codes.words}


def _format(column: Column, name: str, formats: dict[str, Format]) -> Format:
    if column.kind == "fen":
        return formats[FEN if name == column.name else YUAN]
    return formats[FORMATS.get(column.kind, TEXT)]


def _list(sheet: Worksheet, at: int, column: Column, name: str) -> None:
    values = ["1", "0"] if column.kind == "yes" else list(_accepted(column, name).values())
    if values and len(",".join(values)) <= LONGEST_LIST:
        sheet.data_validation(1, at, LAST_ROW, at, {"validate": "list", "source": values, "ignore_blank": True})
