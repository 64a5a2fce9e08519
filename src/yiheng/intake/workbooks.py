"""Workbooks in which data is text: signs that steer are seen, and what a cell cannot hold is told to be cut."""

from __future__ import annotations

from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from yiheng.basis.signs import visible

# The longest text of a cell, counted in UTF-16 as spreadsheets do.
LONGEST_TEXT = 32_767
CUT = "…（单元格容纳不下，以下略去）"


class Sheet(Worksheet):  # type: ignore[misc]
    """A sheet whose strings hold no sign that steers and say where they were cut."""

    def _write_string(self, row: int, col: int, string: str, cell_format: Any = None) -> int:
        # What every way of writing a string comes to, so that none passes by it.
        return int(super()._write_string(row, col, for_cell(string), cell_format))


class Book(xlsxwriter.Workbook):  # type: ignore[misc]
    """A workbook of such sheets; no string is taken for a formula, an address or a number."""

    worksheet_class = Sheet

    def __init__(self, filename: str, options: dict[str, Any] | None = None) -> None:
        as_text = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        super().__init__(filename, {**(options or {}), **as_text})


def for_cell(text: str) -> str:
    """A text as a cell holds it."""
    shown = visible(text)
    if _signs(shown) <= LONGEST_TEXT:
        return shown
    room = 2 * (LONGEST_TEXT - _signs(CUT))
    # A sign of two halves at the border goes as a whole.
    return shown.encode("utf-16-le")[:room].decode("utf-16-le", "ignore") + CUT


def _signs(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
