"""CSV files that people hand over: UTF-8, one header, columns that must be there."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from yiheng.basis.refusals import Refusal, Refusals, nearest


def read_csv(file: Path, columns: tuple[str, ...]) -> csv.DictReader[str]:
    """A file's rows by column.

    Raises:
        Refusals: when the file is not there, is not UTF-8, or lacks a column; all missing ones together.
    """
    try:
        text = file.read_text("utf-8-sig")
    except FileNotFoundError:
        raise Refusal("there is no such file", where=str(file), cure="check the path") from None
    except UnicodeDecodeError as wrong:
        raise Refusal(f"the file is not UTF-8 (byte {wrong.start})", where=file.name, cure="save it as UTF-8") from None
    reader = csv.DictReader(io.StringIO(text))
    header = reader.fieldnames or []
    found = [
        Refusal(f"the column '{column}' is missing", where=f"{file.name}:1", cure=nearest(column, header))
        for column in columns
        if column not in header
    ]
    if found:
        raise Refusals(found)
    return reader
