"""What the reader of cells does not tell of a sheet: merged cells, formulas without a value, far cells, long numbers.

The parts of a workbook are read by an XML parser, piece by piece, however they are written; nothing is kept of them.
"""

from __future__ import annotations

import re
import zipfile
from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from yiheng.basis.refusals import Refusal

CHUNK = 1 << 20
SHARED = "xl/sharedStrings.xml"
# The reader of cells spans a rectangle over all of them, and gives each cell its own copy of a shared text.
MOST_CELLS, MOST_TEXT = 60_000_000, 1 << 30
# A rectangle that is larger than this and nearly empty has a cell that strayed.
HARMLESS_CELLS, FILLED_ONE_IN = 2_000_000, 20
MOST_DIGITS = 15
# So many merged areas are remembered; a sheet with more is refused for the first below its header all the same.
MOST_MERGED = 10_000
LETTERS = 26
# What a spreadsheet can hold. The reader of cells believes a place beyond it, and asks for memory up to there.
MOST_ROWS, MOST_COLUMNS = 1 << 20, 1 << 14
COLUMN = re.compile("[A-Z]{1,3}")


@dataclass
class Sheet:
    """What was seen of a sheet; rows count from 1, as people see them.

    Attributes:
        merged: the first cells of merged areas with their rows.
        unvalued: cells of formulas without a stored value, with their rows.
        long: the first number of more than 15 digits: a spreadsheet keeps no more of them.
    """

    merged: list[tuple[int, str]] = field(default_factory=list)
    unvalued: list[tuple[int, str]] = field(default_factory=list)
    long: str = ""
    cells: int = 0
    text: int = 0
    last_row: int = 0
    last_column: int = 0
    far_row: str = ""
    far_column: str = ""


def shared_lengths(packed: zipfile.ZipFile) -> array[int]:
    """How long each shared text of a workbook is."""
    lengths = array("Q")
    if SHARED not in packed.namelist():
        return lengths

    def start(name: str, _: dict[str, str]) -> None:
        if local(name) == "si":
            lengths.append(0)

    def chars(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    parser = parser_of(start)
    parser.CharacterDataHandler = chars
    feed(packed, SHARED, parser)
    return lengths


def surveyed(packed: zipfile.ZipFile, part: str, shared: array[int], place: str) -> Sheet:
    """Look through a sheet before its cells are read.

    Raises:
        Refusal: when its cells would fill memory: a far cell, a text that is used over and over.
        expat.ExpatError: when it is no XML.
    """
    reading = _Reading(shared)
    try:
        feed(packed, part, reading.parser)
    except _Stray as stray:
        raise Refusal(
            f"the file says that a cell stands at '{str(stray)[:MOST_DIGITS]}', where no spreadsheet has one",
            where=place,
            expected=f"rows 1 to {MOST_ROWS:,} and columns A to XFD, each cell in its row",
            cure="open it in a spreadsheet, save it as XLSX and load it again; nothing of the sheet was loaded",
        ) from None
    reading.end()
    sheet = reading.sheet
    area = sheet.last_row * sheet.last_column
    if area > MOST_CELLS or (area > HARMLESS_CELLS and area > sheet.cells * FILLED_ONE_IN):
        raise Refusal(
            f"the cells reach to row {sheet.last_row:,} and column {letters(sheet.last_column - 1)},"
            f" and {sheet.cells:,} of them are filled",
            where=f"{place}:{sheet.far_row if sheet.last_row > LETTERS * LETTERS else sheet.far_column}",
            expected="one header row, and below it one row for each record",
            cure="delete what strayed outside the table, or save the sheet as CSV",
        )
    if sheet.text > MOST_TEXT:
        raise Refusal(
            f"the texts of the sheet have {sheet.text:,} signs together", where=place,
            expected=f"at most {MOST_TEXT:,}", cure="save the sheet as CSV",
        )  # fmt: skip
    return sheet


def letters(column: int) -> str:
    """The letters of a column: 0 is A, 26 is AA."""
    name = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, LETTERS)
        name = chr(ord("A") + rest) + name
    return name


class _Stray(Exception):
    """A place that no sheet has."""


class _Locals(dict[str, str]):
    """Names of elements without the prefix of their namespace."""

    def __missing__(self, name: str) -> str:
        found = self[name] = local(name)
        return found


class _Reading:
    """One pass over the cells of a sheet.

    One call for each element is what this costs, so there is no other: a cell is closed when the next one begins, and
    the parser itself puts the texts into a list.
    """

    def __init__(self, shared: array[int]) -> None:
        self.sheet, self._shared = Sheet(), shared
        self._row = self._column = 0
        self._ref, self._type, self._formula = "", "n", False
        self._texts: list[str] = []
        self._columns: dict[str, int] = {}
        self._digits, self._valued = "", False
        self.parser = parser_of(self._handler())
        self.parser.CharacterDataHandler = None

    def end(self) -> None:
        """Close the last cell."""
        self._close()

    def _handler(self) -> Callable[[str, dict[str, str]], object]:
        """What is called for each element; names that it asks often are its own."""
        locals_, texts, close, heard = _Locals(), self._texts, self._close, False

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal heard
            kind = locals_[name]
            if kind == "v" or kind == "t":
                self._valued = True
                if not heard:
                    self.parser.CharacterDataHandler, heard = texts.append, True
            elif kind == "c":
                if texts or self._formula or self._valued:
                    close()
                ref = attributes.get("r")
                self._column = self._column_of(ref) if ref else self._column + 1
                self._ref, self._type = ref or "", attributes.get("t", "n")
            else:
                # Only what stands in v and t is a value.
                self.parser.CharacterDataHandler, heard = None, False
                if kind == "f":
                    self._formula = True
                elif kind == "row":
                    close()
                    self._begin_row(attributes.get("r") or str(self._row + 1))
                elif kind == "mergeCell" and len(self.sheet.merged) < MOST_MERGED:
                    first = attributes.get("ref", "").partition(":")[0]
                    self.sheet.merged.append((int(first.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ") or 0), first))

        return start

    def _close(self) -> None:
        """Count the cell that is open, if anything is in it."""
        sheet, texts, formula, kind = self.sheet, self._texts, self._formula, self._type
        # Line ends between elements come as texts too.
        text = (texts[0] if len(texts) == 1 else "".join(texts)).strip()
        texts.clear()
        valued, self._valued = self._valued, False
        self._formula = False
        if not text and not formula and not valued:
            return
        # An empty text is a value to the reader of cells as well.
        sheet.cells += bool(text or formula)
        if self._row > sheet.last_row:
            sheet.last_row, sheet.far_row = self._row, self._at
        if self._column > sheet.last_column:
            sheet.last_column, sheet.far_column = self._column, self._at
        if formula and not text and kind != "str":
            if len(sheet.unvalued) < MOST_MERGED:
                sheet.unvalued.append((self._row, self._at))
        elif kind == "s":
            sheet.text += self._shared[int(text)] if text.isdecimal() and int(text) < len(self._shared) else 0
        elif kind == "n" or not kind:
            if (len(text) > MOST_DIGITS or "E" in text or "e" in text) and not sheet.long and _is_long(text):
                sheet.long = self._at
        else:
            sheet.text += len(text)

    @property
    def _at(self) -> str:
        return self._ref or f"{letters(self._column - 1)}{self._row}"

    def _column_of(self, ref: str) -> int:
        # A cell stands in the row that it is written in, or the name of its column is none.
        name = ref.removesuffix(self._digits)
        column = self._columns.get(name)
        if column is None:
            column = 0
            if not COLUMN.fullmatch(name):
                raise _Stray(ref)
            for letter in name:
                column = column * LETTERS + ord(letter) - ord("A") + 1
            if column > MOST_COLUMNS:
                raise _Stray(ref)
            self._columns[name] = column
        return column

    def _begin_row(self, number: str) -> None:
        self._row, self._column, self._digits = int(number), 0, number
        if not 0 < self._row <= MOST_ROWS:
            raise _Stray(number)


def _is_long(text: str) -> bool:
    """A whole number of sixteen digits or more, however it is written."""
    whole = text.lstrip("-+")
    if whole.isdecimal():
        return len(whole) > MOST_DIGITS
    exponent = text.upper().partition("E")[2]
    if not exponent or exponent.startswith("-"):
        return False
    return len(exponent) > MOST_DIGITS or int(exponent) >= MOST_DIGITS


def parser_of(start: Callable[[str, dict[str, str]], object]) -> expat.XMLParserType:
    """A parser that calls ``start`` for each element, with its name and attributes."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _no_doctype
    return parser


def _no_doctype(*_: object) -> None:
    """A workbook has none; entities that grow are declared in one."""
    raise expat.ExpatError("a document type is declared")


def feed(packed: zipfile.ZipFile, part: str, parser: expat.XMLParserType) -> None:
    """Parse a part of a workbook piece by piece."""
    with packed.open(part) as xml:
        while chunk := xml.read(CHUNK):
            parser.Parse(chunk, False)
        parser.Parse(b"", True)


def local(name: str) -> str:
    """A name without the prefix of its namespace."""
    return name.rpartition(":")[2]
