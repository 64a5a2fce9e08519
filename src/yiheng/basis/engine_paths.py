"""Paths given to an engine: each names one file and nothing else, whatever signs are in it.

DuckDB takes ``[ ] * ?`` of a path that is read for a pattern, and ``key=value`` folders for columns; a path that is
written it takes as it is. Spark takes more signs for patterns. SQLite and SQLAlchemy read addresses, in which ``? # %``
have a meaning. No other module builds such a path: a law of the house holds it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from .refusals import Refusal

PATTERN = re.compile(r"[\[*?]")
PATTERN_OF_SPARK = re.compile(r"([\\{}\[\]*?])")
# What is expected of each file of a workspace.
AS_WRITTEN = "an ordinary file, as the program wrote it"
CURE = "give the file or its folder another name"


def whole_path(path: Path | str) -> str:
    """A path from the root on: it is never taken for an address, a home folder or an option.

    Raises:
        Refusal: a path that no engine can open: with a NUL, or with bytes that are no UTF-8.
    """
    # Not resolved: a symbolic link keeps the name under which people know it.
    whole = Path(os.path.abspath(path)).as_posix()
    try:
        whole.encode()
    except UnicodeEncodeError:
        raise Refusal("the path holds bytes that are no UTF-8", where=whole, cure=CURE) from None
    if "\0" in whole:
        raise Refusal("the path holds a NUL", where=whole, cure=CURE)
    return whole


def duckdb_text(path: Path | str) -> str:
    """SQL of a path that DuckDB writes, or is told of as it is: settings, file names in its answers."""
    return _text(whole_path(path))


def duckdb_pattern(path: Path | str) -> str:
    """The pattern under which DuckDB reads this file and no other; a list of allowed paths takes the same.

    Raises:
        Refusal: when there is none: a backslash beside signs of patterns.
    """
    whole = whole_path(path)
    if "\\" in whole and PATTERN.search(whole):
        raise Refusal("the path holds a backslash beside one of [ * ?", where=whole, cure=CURE)
    return PATTERN.sub(lambda sign: f"[{sign[0]}]", whole)


def duckdb_allowed(files: Sequence[Path | str]) -> str:
    """SQL of the list of paths that may be read: each as it is named in a query, and as it is on the disk."""
    named = dict.fromkeys(one for file in files for one in (duckdb_pattern(file), whole_path(file)))
    return f"[{', '.join(map(_text, named))}]"


def duckdb_csv(file: Path | str, options: str) -> str:
    """SQL of the rows of one CSV file; ``options`` are those of ``read_csv``."""
    return f"read_csv({_text(duckdb_pattern(file))}, hive_partitioning=false, {options})"


def duckdb_parquet(*files: Path | str, by_name: bool = False, named: bool = False) -> str:
    """SQL of the rows of Parquet files.

    Args:
        by_name: put files together by the names of their columns; one that a file lacks is null in its rows.
        named: with a column ``filename``.
    """
    listed = ", ".join(_text(duckdb_pattern(file)) for file in files)
    options = f"{', union_by_name=true' * by_name}{', filename=true' * named}"
    return f"read_parquet([{listed}], hive_partitioning=false{options})"


def duckdb_footer(function: str, *files: Path | str) -> str:
    """SQL of what Parquet files say of themselves, by a function such as ``parquet_schema``."""
    return f"{function}([{', '.join(_text(duckdb_pattern(file)) for file in files)}])"


def duckdb_copy(rows: str, file: Path | str, options: str) -> str:
    """The statement that writes the rows of a query into a file."""
    return f"copy ({rows}) to {duckdb_text(file)} ({options})"


def spark_address(file: Path | str) -> str:
    """What Spark reads a file by."""
    return "file://" + PATTERN_OF_SPARK.sub(r"\\\1", whole_path(file))


def sqlite_address(file: Path, how: str) -> str:
    """The address of an SQLite file with options such as ``mode=ro``."""
    return f"{sqlite_uri(file)}?{how}"


def sqlite_uri(file: Path) -> str:
    """The address of an SQLite file, to which options may be added.

    Raises:
        Refusal: something else is in its place: a pipe would keep SQLite waiting for ever.
    """
    refuse_other_kinds(file, expected="an SQLite database")
    return Path(whole_path(file)).as_uri()


def refuse_other_kinds(file: Path, expected: str) -> None:
    """Refuse what is there and is not a file: an engine that opens a pipe waits for ever.

    Args:
        expected: what belongs here, for the sentence.

    Raises:
        Refusal: a folder, a pipe, a socket or a device.
    """
    if file.exists() and not file.is_file():
        raise Refusal(
            "not an ordinary file", where=str(file), expected=expected,
            cure="copy it back from a backup that was restored into a new folder",
        )  # fmt: skip


def _text(path: str) -> str:
    return "'" + path.replace("'", "''") + "'"
