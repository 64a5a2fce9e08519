"""The rows that were not accepted as a workbook that goes back to the sender."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path
from typing import Any

import duckdb
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from yiheng.basis.engine_paths import duckdb_parquet
from yiheng.basis.files import new_file
from yiheng.basis.refusals import Refusal
from yiheng.records import TABLES

from . import sql
from .workbooks import Book

# A sheet holds 1,048,576 rows; one is the header.
MOST_ROWS = 1_048_575
# The longest name of a sheet.
LONGEST_NAME = 31
BATCH = 10_000
# A workbook carries a date of making; a fixed one keeps the same rejects the same bytes.
MADE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
HEADER = (
    ("文件", 36), ("行号", 9), ("第几条记录", 11), ("列", 22), ("国家字段名", 26), ("问题", 36), ("原值", 24),
    ("应为", 44), ("如何处理", 48),
)  # fmt: skip
# The end of a fault's name says what kind of fault it is.
TO_DO = {
    "_missing": "在源系统中补录该列后重新报送",
    "_unreadable": "按“应为”一列的格式改正后重新报送",
    "_not_in_list": "改为代码表中的值后重新报送",
    "_out_of_range": "核对原始记录，改正后重新报送",
    "_not_known": "先报送（或改正）所引用的记录，再重新报送本行",
    "_is_a_certificate_number": "按“应为”一列改报，不要填写证件号码或手机号码",
    "_holds_a_personal_number": "从名称中删去证件号码、手机号码后重新报送",
    "key_used_twice": "只保留正确的一行；确需更正的，首次报送后另行单独报送",
    "row_broken": "检查该行的列数、引号和编码，重新导出后报送",
}
CONTRADICTION = "各列相互矛盾：逐列核对原始记录，改正后重新报送"
QUERY = "select file, line, row_number, column_name, fault, says, found, expected from {} where {}"


def write_rejects(quarantine: Path, into: Path) -> int:
    """Write the quarantine of a load as XLSX, a sheet for each table; gives back the number of lines.

    Each line is one fault of one row: where the row stood, what was wrong, what was found and expected, what to do.

    Raises:
        Refusal: when the workbook cannot be written.
    """
    con = duckdb.connect()
    rows = duckdb_parquet(quarantine)
    tables = con.execute(f"select distinct table_name from {rows} order by table_name").fetchall()
    book = Book(str(into), {"constant_memory": True})
    book.set_properties({"title": "未通过校验的记录", "author": "Yiheng", "created": MADE})
    written = 0
    for (name,) in sorted(tables, key=lambda t: list(TABLES).index(t[0])):
        found = con.execute(QUERY.format(rows, f"table_name = {sql.text(name)} order by file, row_number, fault"))
        written += _write_table(book, name, found)
    if not written:
        book.add_worksheet("没有问题").write_string(0, 0, "本次导入没有未通过校验的记录。")
    try:
        close_book(book, into)
    finally:
        con.close()
    return written


def close_book(book: Book, into: Path) -> None:
    """Write a workbook to its file.

    Raises:
        Refusal: when it cannot be written.
    """
    try:
        with new_file(into) as part:
            book.filename = str(part)
            book.close()
    except (OSError, xlsxwriter.exceptions.XlsxFileError) as wrong:
        raise Refusal(
            f"the workbook cannot be written: {wrong}", where=str(into), cure="close it, or name another file"
        ) from None


def _write_table(book: Book, name: str, found: duckdb.DuckDBPyConnection) -> int:
    written = 0
    for number in count(1):
        rows = _rows(found, name, MOST_ROWS)
        first = next(rows, None)
        if first is None:
            return written
        sheet = _new_sheet(book, f"{TABLES[name].zh} {name}", number)
        for at, row in enumerate(chain((first,), rows), start=1):
            write_row(sheet, at, row)
            written += 1
    return written


def _rows(found: duckdb.DuckDBPyConnection, name: str, most: int) -> Iterator[tuple[Any, ...]]:
    """The next lines of the sheet, at most so many."""
    while most and (batch := found.fetchmany(min(BATCH, most))):
        most -= len(batch)
        for file, line, record, column, fault, says, value, expected in batch:
            label, national = column, ""
            if column:
                declared = TABLES[name][column]
                label, national = f"{declared.zh} {column}", "、".join(declared.aliases)
            yield file, line, record, label, national, says, value, expected, what_to_do(fault)


def what_to_do(fault: str) -> str:
    """What the sender does about a fault, in Chinese."""
    return next((words for ending, words in TO_DO.items() if fault.endswith(ending)), CONTRADICTION)


def _new_sheet(book: Book, name: str, number: int) -> Worksheet:
    ending = f" ({number})" if number > 1 else ""
    sheet = book.add_worksheet(name[: LONGEST_NAME - len(ending)] + ending)
    sheet.freeze_panes(1, 0)
    for column, (title, width) in enumerate(HEADER):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title)
    return sheet


def write_row(sheet: Worksheet, at: int, row: tuple[Any, ...]) -> None:
    """Numbers as numbers, everything else as text."""
    for column, value in enumerate(row):
        if isinstance(value, int):
            sheet.write_number(at, column, value)
        elif value is not None:
            # As text, so that a value beginning with '=' stays what it was.
            sheet.write_string(at, column, str(value))
