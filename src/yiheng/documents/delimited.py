"""CSV, one dialect for every file of the product: quotes, one header, as many cells in each row as names in the header.

Bulk files are read by the engine in the same dialect; what is checked in front of it is here.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from yiheng.basis.refusals import Refusal, Refusals, nearest

from .encodings import decoded
from .files import MEBIBYTE, read_bytes

DELIMITERS = ",\t;|"
# Files that are read as a whole: facts, code lists, labels. The largest published list has some tens of megabytes.
MOST_BYTES = 256 * MEBIBYTE
MOST_COLUMNS = 2_000
MOST_IN_A_CELL = 1 << 20
MOST_REFUSALS = 20
# A first line with which a spreadsheet is told the delimiter; it stands above the header.
SEPARATOR_LINE = re.compile(r'"?sep=(?P<sign>[,;|\t])"?', re.IGNORECASE)
# A number of a person or a phone: the file has no header.
WHOLE, AFTER_COMMA = re.compile(r"\s*[+-]?\d+"), re.compile(r"\d{1,3}(\.\d+)?\s*")
VALUE = re.compile(r"\d{9}")
QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins, and its cells by column without blanks around them."""

    line: int
    cells: dict[str, str]


@dataclass(frozen=True)
class Delimited:
    """A CSV file that was read as a whole.

    Attributes:
        file: its name.
        sha256: of its bytes.
    """

    file: str
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    sha256: str

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def place(self, row: Row) -> str:
        """``file:line`` of a row."""
        return f"{self.file}:{row.line}"


def read_delimited(path: Path, needs: Sequence[str] = ()) -> Delimited:
    """A CSV file: UTF-8 or GB18030, delimited by comma, tab, semicolon or bar, lines ended in any way.

    Args:
        needs: columns that must be there.

    Raises:
        Refusals: a file that cannot be read; a header with an empty or doubled name or without a needed column; rows
            with more or fewer cells than the header; a quote that is not closed. Each with its line.
    """
    raw = read_bytes(path, most=MOST_BYTES, expected="a CSV file")
    text = decoded(raw, path, path.name)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise Refusal("the text contains a NUL", where=f"{path.name}:{line}", cure="remove it, or export again")
    # A file that went through two systems may end its lines with two returns.
    lines = text.replace("\r\r\n", "\r\n").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    above, delimiter = separator(lines[0])
    first = lines[above] if above < len(lines) else ""
    records = _records(lines, above, delimiter or delimiter_of(first), path.name)
    header = _header(next(records, (above + 1, [])), path.name, needs)
    rows: list[Row] = []
    faults: list[Refusal] = []
    for line, cells in records:
        # A delimiter too many at the end of a line holds no value; the engine passes over it too.
        if len(cells) == len(header) + 1 and not cells[-1] and not _cut_in_two(cells):
            cells.pop()
        if len(cells) == len(header):
            rows.append(Row(line, dict(zip(header, map(str.strip, cells), strict=True))))
        elif len(faults) < MOST_REFUSALS:
            faults.append(_uneven(path.name, line, len(cells), len(header)))
    if faults:
        raise Refusals(faults)
    return Delimited(path.name, header, tuple(rows), hashlib.sha256(raw).hexdigest())


def _cut_in_two(cells: Sequence[str]) -> bool:
    """Whether two cells side by side may be one amount that was cut at its comma, such as ``1000,50`` or ``1,000``."""
    return any(WHOLE.fullmatch(one) and AFTER_COMMA.fullmatch(other) for one, other in pairwise(cells))


def separator(line: str) -> tuple[int, str]:
    """How many lines stand above the header, and the delimiter that they name: ``sep=;`` is one such line."""
    told = SEPARATOR_LINE.fullmatch(line.strip("\r\n "))
    return (1, told["sign"]) if told else (0, "")


def delimiter_of(header: str) -> str:
    """The delimiter that occurs most often in a header outside quotes."""
    bare = QUOTED.sub("", header)
    return max(DELIMITERS, key=bare.count)


def split_header(line: str, delimiter: str) -> list[str]:
    """The names of a header line, without blanks around them."""
    return [name.strip() for name in next(csv.reader([line], delimiter=delimiter), [])]


def checked_header(header: Sequence[str], places: Sequence[str]) -> None:
    """Refuse a header with an empty or a doubled name; ``places`` says where each name stands."""
    seen: dict[str, int] = {}
    if len(header) > MOST_COLUMNS:
        raise Refusal(
            f"the header has {len(header):,} columns", where=places[0], expected=f"at most {MOST_COLUMNS:,}",
            cure="keep the columns that are needed",
        )  # fmt: skip
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
        if column.lower() in seen:
            raise Refusal(
                f"the column '{column}' appears twice (columns {seen[column.lower()]} and {position})",
                where=place,
                cure="remove one of the two",
            )
        seen[column.lower()] = position


def _header(record: tuple[int, list[str]], file: str, needs: Sequence[str]) -> tuple[str, ...]:
    line, cells = record
    where = f"{file}:{line}"
    header = tuple(name.strip() for name in cells)
    if not any(header):
        raise Refusal("the file is empty", where=where, expected="a header line with column names")
    checked_header(header, [where] * len(header))
    missing = [name for name in needs if name not in header]
    if missing:
        raise Refusals(
            Refusal(f"the column '{name}' is missing", where=where, cure=nearest(name, header)) for name in missing
        )
    return header


def _records(lines: list[str], above: int, delimiter: str, file: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line on which it begins; blank lines below the header are passed over."""
    limit = csv.field_size_limit(MOST_IN_A_CELL)
    begun = above
    try:
        # Lines keep an end so that one inside quotes stays part of its value.
        reader = csv.reader((line + "\n" for line in lines[above:]), delimiter=delimiter, strict=True)
        for cells in reader:
            line, begun = begun + 1, above + reader.line_num
            if cells or line == above + 1:
                yield line, cells
    except csv.Error as wrong:
        raise Refusal(
            _said_of(str(wrong)),
            where=f"{file}:{begun + 1}",
            expected="a quote that is closed, and doubled inside a value",
            cure="correct the line",
        ) from None
    finally:
        csv.field_size_limit(limit)


def _said_of(error: str) -> str:
    if "unexpected end" in error:
        return "a quote that opens in this row is not closed"
    if "field larger" in error:
        return f"a cell of this row has more than {MOST_IN_A_CELL:,} signs; perhaps a quote is not closed"
    return "a closed quote is followed by other signs"


def _uneven(file: str, line: int, found: int, wanted: int) -> Refusal:
    more = found > wanted
    return Refusal(
        f"this row has {found} cells, the header {wanted}",
        where=f"{file}:{line}",
        expected="as many cells as the header has names",
        cure="put quotes around a value that holds a comma" if more else "add the missing delimiters",
    )
