"""What a code list is: its columns, how its published file is read, which edition it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis

from yiheng.basis.refusals import Refusal, Refusals
from yiheng.documents import read_delimited

Row = dict[str, Any]

# Where a run reads a list, each row also carries the days for which its edition holds; an open end is null.
HOLDS = {"holds_from": "date", "holds_until": "date"}

# A file of another kind is wrong in every row; nobody reads more than these.
MOST_FAULTS = 20


@dataclass(frozen=True)
class CodeList:
    """A kind of code list.

    Attributes:
        needs: columns that the published file must have.
        schema: the columns that rules read.
        read: turns one published row into rows, or a sentence that says why it cannot.
        check: faults of the rows beside each other; each row also knows its ``line`` in the file.
        strict: whether a row that cannot be used refuses the whole file; otherwise it is left aside.
    """

    name: str
    zh: str
    en: str
    needs: tuple[str, ...]
    schema: ibis.Schema
    read: Callable[[dict[str, str]], list[Row] | str]
    check: Callable[[list[Row], str], list[Refusal]] | None = None
    strict: bool = False


@dataclass(frozen=True)
class Edition:
    """One edition of a code list: its rows and what could not be used.

    ``aside`` lists rows that carry no rule of their own (place and reason); ``sha256`` names the edition. Each row
    has the columns of the list and its ``line`` in the file.
    """

    code_list: CodeList
    file: str
    sha256: str
    rows: list[Row]
    aside: list[str]

    @property
    def edition(self) -> str:
        """Short name of the edition."""
        return self.sha256[:12]


def read_edition(code_list: CodeList, path: Path) -> Edition:
    """Read a published CSV file of a code list.

    Raises:
        Refusal: when the file is missing or is no CSV with these columns.
        Refusals: when rows contradict each other, or one of a strict list cannot be used.
    """
    published = read_delimited(path, code_list.needs)
    rows: list[Row] = []
    aside: list[Refusal] = []
    for one in published:
        read = code_list.read(one.cells)
        if isinstance(read, str):
            aside.append(Refusal(read, where=published.place(one)))
        else:
            rows += ({**row, "line": one.line} for row in read)
    faults = [*(aside if code_list.strict else []), *(code_list.check(rows, path.name) if code_list.check else [])]
    if faults:
        raise Refusals(faults[:MOST_FAULTS])
    return Edition(code_list, path.name, published.sha256, rows, [str(one) for one in aside])


def doubled(rows: list[Row], key: tuple[str, ...], file: str) -> list[Refusal]:
    """A refusal for each row whose key stands in an earlier one."""
    first: dict[tuple[Any, ...], int] = {}
    faults = []
    for row in rows:
        its = tuple(row[name] for name in key)
        if its in first:
            shown = " ".join(str(part) for part in its)
            faults.append(
                Refusal(f"{shown} stands already in line {first[its]}", where=f"{file}:{row['line']}", cure="keep one")
            )
        first.setdefault(its, row["line"])
    return faults
