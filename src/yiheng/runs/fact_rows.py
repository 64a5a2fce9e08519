"""The rows of a facts file: one party and year each; what is no party, or one party twice, is told with its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from yiheng.basis.numbers import plain_text
from yiheng.basis.refusals import Refusal
from yiheng.documents import read_delimited

FIRST_YEAR, LAST_YEAR = 1900, 2199
# What a sheet writes under its rows: sums and means of all, which would be settled as one more party.
_SUMS = "合计|总计|小计|共计|累计|总和|汇总|平均值?|均值"
_TOTAL = re.compile(
    rf"(全县|全市|全省|全部|本页|各?医共体)?({_SUMS})([(（:：].*)?|.*(合计|总计|小计)"
    r"|(grand|sub)?[- ]?totals?|sum|average|mean",
    re.IGNORECASE,
)
_IDLE_BLANK = re.compile("(?<![0-9a-z]) | (?![0-9a-z])")


@dataclass(frozen=True)
class FactsRow:
    """One row of a facts file.

    Attributes:
        fault: why the row is of no party and year, or of one that has another row; its facts are not read then.
        of_all: whether it is a sum of rows, and so of no party: the others are settled without it.
    """

    party: str
    year: int
    line: int
    cells: dict[str, str]
    fault: Refusal | None = None
    of_all: bool = False


def facts_rows(file: Path, party_column: str, year_column: str) -> Iterator[FactsRow]:
    """The rows of a facts file, one party and year each; a row that is not is there with its fault.

    Raises:
        Refusals: the file cannot be read, or lacks a column.
    """
    rows: list[FactsRow] = []
    same: dict[tuple[str, int], list[FactsRow]] = {}
    for one in read_delimited(file, (party_column, year_column)):
        party, year = plain_text(one.cells[party_column]), _year(one.cells[year_column])
        where, of_all = f"{file.name}:{one.line}", bool(_TOTAL.fullmatch(_spelled(party)))
        fault = None
        if of_all:
            fault = Refusal(
                f"'{party}' is a sum of the rows, not a party", where=f"{where}:{party_column}",
                expected="the name of a party", cure="leave the row out",
            )  # fmt: skip
        elif not party or year is None:
            what = f"party '{party}' or year '{one.cells[year_column]}' is no name or year"
            fault = Refusal(what, where=where, expected="a party and a year such as 2025")
        row = FactsRow(party, year or 0, one.line, one.cells, fault, of_all)
        rows.append(row)
        if fault is None:
            same.setdefault((_spelled(party), row.year), []).append(row)
    for row in rows:
        alike = same.get((_spelled(row.party), row.year), [])
        yield row if row.fault is not None or len(alike) < 2 else replace(row, fault=_twice(file, row, alike))


def _twice(file: Path, row: FactsRow, alike: list[FactsRow]) -> Refusal:
    lines, names = ", ".join(str(one.line) for one in alike), sorted({one.party for one in alike})
    where = f"{file.name}:{row.line}"
    if len(names) == 1:
        return Refusal(f"'{row.party}' {row.year} appears twice (lines {lines})", where=where, cure="keep one of them")
    told = " and ".join(f"'{name}'" for name in names)
    return Refusal(
        f"{told} of {row.year} are one party in {len(names)} spellings (lines {lines})", where=where,
        expected="one row for each party and year", cure="keep one of them, or give two parties different names",
    )  # fmt: skip


def _spelled(party: str) -> str:
    """A name without what does not tell parties apart: capitals, and blanks that part no two words or numbers."""
    return _IDLE_BLANK.sub("", plain_text(party).casefold())


def _year(text: str) -> int | None:
    """A year; a program that knows only numbers writes 2025 as 2025.0."""
    plain = re.fullmatch(r"(\d{4})(\.0+)?", plain_text(text), re.ASCII)
    return int(plain[1]) if plain and FIRST_YEAR <= int(plain[1]) <= LAST_YEAR else None
