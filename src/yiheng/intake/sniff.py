"""What the values of an unknown column look like: days, amounts, codes, flags."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from yiheng.records import Codes, Column

from . import sql
from .parse import DAY_PATTERNS, NO, PATTERNS, YES
from .sources import SourceFile

SAMPLE = 1000
# How a day is written where it is not in one of the forms that are read without being told.
OTHER_DAYS = (
    "%Y年%m月%d日", "%Y.%m.%d", "%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%d-%m-%Y", "%Y%m%d%H%M", "%Y-%m-%d %H:%M",
)  # fmt: skip
ISO = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}:\d{2}(\.\d+)?)?")
TWO_DECIMALS = re.compile(r"[+-]?\d+\.\d{1,2}")


@dataclass(frozen=True)
class Look:
    """One column of a source: its first values, and how its days are written if they are days.

    ``days`` is empty for the forms that are read without being told, None when the values are no days.
    """

    theirs: str
    values: tuple[str, ...]
    days: str | None

    @property
    def amounts(self) -> bool:
        """Whether the values look like yuan: exact numbers, some with decimals."""
        return bool(self.values) and self._all("yuan") and any(TWO_DECIMALS.fullmatch(v) for v in self.values)

    def can_be(self, column: Column) -> bool:
        """Whether most values could be read as this column; an empty column could be anything."""
        if not self.values or column.codes is not None or column.kind == "text":
            return True
        if column.kind in ("day", "instant"):
            return self.days is not None
        if column.kind == "yes":
            return {v.lower() for v in self.values} <= {*YES, *NO}
        return self._all({"fen": "yuan", "count": "whole"}.get(column.kind, column.kind))

    def words(self, codes: Codes) -> dict[str, str | None]:
        """Each value and our word for it, if the code list has one."""
        found: dict[str, str | None] = {}
        for value in sorted(set(self.values)):
            found[value] = None
            for word, known in codes.words.items():
                by_code = any(value.startswith(c) if codes.by_prefix else value == c for c in known)
                if by_code or value.lower() == word or value == codes.zh[word]:
                    found[value] = word
        return found

    def _all(self, pattern: str) -> bool:
        return all(re.fullmatch(PATTERNS[pattern], value) for value in self.values)


def looks(source: SourceFile, con: duckdb.DuckDBPyConnection) -> list[Look]:
    """The columns of a source by their first values, in the order of the file."""
    listed = ", ".join(f"nullif(trim(cast({sql.name(c)} as VARCHAR)), '')" for c in source.columns)
    rows = con.execute(f"select {listed} from {source.relation('sniffed')} limit {SAMPLE}").fetchall()
    found = []
    for i, theirs in enumerate(source.columns):
        values = tuple(row[i] for row in rows if row[i] is not None)
        found.append(Look(theirs, values, _days(values)))
    return found


def _days(values: Sequence[str]) -> str | None:
    if not values:
        return None
    if all(ISO.fullmatch(v) for v in values) or any(_all_days(values, p) for p in DAY_PATTERNS):
        return ""
    return next((p for p in OTHER_DAYS if _all_days(values, p)), None)


def _all_days(values: Sequence[str], pattern: str) -> bool:
    try:
        # Whole numbers such as 202512 parse as a day by accident; a day has eight digits.
        return all(len(v) >= len("20250101") and dt.datetime.strptime(v, pattern) for v in values)
    except ValueError:
        return False
