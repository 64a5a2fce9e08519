"""The file of a settle run: its statements are written one by one as they are made, and read one by one."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, overload

STATEMENTS = "statements.json"


def write_statements(file: Path, head: dict[str, Any], statements: Iterable[str], refused: list[Any]) -> list[int]:
    """Write one JSON document: the head's keys, a statement a line as its text says, then what was refused on the way.

    Args:
        refused: filled while the statements are made; read when all of them are.

    Returns:
        Where each statement's line begins, in bytes, and where the last one ends.
    """
    places = []
    with file.open("wb") as out:
        out.write(b"{\n")
        out.writelines(f'"{key}": {_plain(value)},\n'.encode() for key, value in sorted(head.items()))
        out.write(b'"statements": [')
        for i, one in enumerate(statements):
            out.write(b",\n" if i else b"\n")
            places.append(out.tell())
            out.write(one.encode())
        places.append(out.tell())
        out.write(f'\n],\n"refused": {_plain(refused)}\n}}\n'.encode())
    return places


def _plain(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


class KeptStatements(Sequence[dict[str, Any]]):
    """The statements of a run as they stand in its file; each is read when it is asked for.

    A province's statements with their reasons do not fit into memory at once.
    """

    def __init__(self, file: Path, places: list[int]) -> None:
        self._file, self._places = file, places

    def __len__(self) -> int:
        return len(self._places) - 1

    @overload
    def __getitem__(self, at: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, at: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, at: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(at, slice):
            return [self[i] for i in range(*at.indices(len(self)))]
        i = range(len(self))[at]
        with self._file.open("rb") as opened:
            opened.seek(self._places[i])
            one: dict[str, Any] = json.loads(opened.read(self._places[i + 1] - self._places[i]).rstrip(b",\n"))
        return one

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[i] for i in range(len(self)))
