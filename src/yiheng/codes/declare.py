"""What a code list is: its columns, how its published file is read, which edition it is."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import ibis

from yiheng.basis.refusals import Refusal, Refusals, nearest

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
        Refusal: when the file is missing, is not UTF-8 text, or lacks columns.
        Refusals: when rows contradict each other, or one of a strict list cannot be used.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except (FileNotFoundError, IsADirectoryError):
        raise Refusal("there is no such file", where=str(path), cure="check the path") from None
    except UnicodeDecodeError as wrong:
        raise Refusal(f"the file is not UTF-8 (byte {wrong.start})", where=path.name, cure="save it as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text))
    header = reader.fieldnames or []
    missing = [column for column in code_list.needs if column not in header]
    if missing:
        raise Refusals(
            Refusal(f"the column '{column}' is missing", where=f"{path.name}:1", cure=nearest(column, header))
            for column in missing
        )
    rows: list[Row] = []
    aside: list[Refusal] = []
    for published in reader:
        read = code_list.read({k: (v or "").strip() for k, v in published.items() if k})
        if isinstance(read, str):
            aside.append(Refusal(read, where=f"{path.name}:{reader.line_num}"))
        else:
            rows += ({**row, "line": reader.line_num} for row in read)
    faults = [*(aside if code_list.strict else []), *(code_list.check(rows, path.name) if code_list.check else [])]
    if faults:
        raise Refusals(faults[:MOST_FAULTS])
    return Edition(code_list, path.name, hashlib.sha256(raw).hexdigest(), rows, [str(one) for one in aside])


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
