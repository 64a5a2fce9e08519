"""Files of a run whose rows are many: written one by one as they are made, and read one by one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, overload

Row = dict[str, Any]


def _text(value: Any) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")


# Made once: rows are many.
ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, default=_text)


def as_line(row: Any) -> str:
    """A row as JSON on one line, in a fixed order of keys; days and quantities as text."""
    return ENCODER.encode(row)


def plain(row: Row) -> Row:
    """A row with days and quantities as text, as they stand in a file."""
    kinds = (dt.date, Decimal)
    return {
        name: plain(value) if isinstance(value, dict) else _text(value) if isinstance(value, kinds) else value
        for name, value in row.items()
    }


def write_rows(file: Path, head: Mapping[str, Any], rows: Mapping[str, Iterable[str | bytes]]) -> dict[str, list[int]]:
    """Write one JSON document: a line for each key of the head, then the lists of rows, a row a line.

    Args:
        rows: by key the rows as lines; each list is asked for only when those before it are written.

    Returns:
        By key where each row's line begins, in bytes, and where the last one ends.
    """
    places: dict[str, list[int]] = {}
    with file.open("wb") as out:
        out.write(b"{\n")
        out.writelines(f'"{key}": {as_line(value)},\n'.encode() for key, value in sorted(head.items()))
        for key, lines in rows.items():
            out.write(f'{"," if places else ""}"{key}": ['.encode())
            places[key] = _written(out, lines)
            out.write(b"\n]\n")
        out.write(b"}\n")
    return places


def _written(out: BinaryIO, lines: Iterable[str | bytes]) -> list[int]:
    places = []
    for i, line in enumerate(lines):
        out.write(b",\n" if i else b"\n")
        places.append(out.tell())
        out.write(line.encode() if isinstance(line, str) else line)
    return [*places, out.tell()]


class KeptRows(Sequence[Row]):
    """Rows of a run as they stand in its file; each is read when it is asked for.

    A province's statements with their reasons, or half a million findings, do not fit into memory at once.
    """

    def __init__(self, file: Path, places: list[int]) -> None:
        self._file, self._places = file, places

    def moved(self, folder: Path) -> KeptRows:
        """The same rows of a file that was moved to another folder."""
        return KeptRows(folder / self._file.name, self._places)

    def __len__(self) -> int:
        return len(self._places) - 1

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        asked = range(len(self))[at]
        if isinstance(asked, range):
            return list(self._read(asked))
        return next(self._read([asked]))

    def __iter__(self) -> Iterator[Row]:
        return self._read(range(len(self)))

    def __eq__(self, other: object) -> bool:
        """Equal to any sequence of the same rows."""
        if not isinstance(other, Sequence):
            return NotImplemented
        return len(self) == len(other) and all(one == that for one, that in zip(self, other, strict=True))

    def _read(self, asked: Iterable[int]) -> Iterator[Row]:
        with self._file.open("rb") as opened:
            for i in asked:
                opened.seek(self._places[i])
                one: Row = json.loads(opened.read(self._places[i + 1] - self._places[i]).rstrip(b",\n"))
                yield one


def in_place(result: Row, folder: Path) -> Row:
    """A result whose files were moved to the folder of their run."""
    return {name: one.moved(folder) if isinstance(one, KeptRows) else one for name, one in result.items()}
