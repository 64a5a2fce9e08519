"""Limits of indicators and rules: whole numbers kept as data, each with its meaning and source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import Field, RootModel

from yiheng.basis.evidence import Words
from yiheng.basis.refusals import Refusal, nearest

from .plain_yaml import read_document
from .read import validated
from .schema import Mark, Sentence, Strict, WholeNumber


class _Limit(Strict):
    says: Sentence = Field(alias="is")
    value: WholeNumber
    unit: str
    mark: Mark
    source: str


class _Limits(RootModel[dict[str, _Limit]]):
    pass


@dataclass(frozen=True)
class Limit:
    """One limit with where it was written."""

    value: int
    says: Words
    unit: str
    source: str
    place: str


class Limits(Mapping[str, Limit]):
    """Limits by name; an unknown name is refused with the nearest one."""

    def __init__(self, limits: Mapping[str, Limit], file: str) -> None:
        self._limits, self._file = dict(limits), file

    def __getitem__(self, name: str) -> Limit:
        if name not in self._limits:
            raise Refusal(f"there is no limit '{name}'", where=self._file, cure=nearest(name, self._limits))
        return self._limits[name]

    def with_values(self, values: Mapping[str, int]) -> Limits:
        """The same limits with other values, such as those that an old run pinned."""
        changed = {name: replace(limit, value=values.get(name, limit.value)) for name, limit in self._limits.items()}
        return Limits(changed, self._file)

    def __iter__(self) -> Iterator[str]:
        return iter(self._limits)

    def __len__(self) -> int:
        return len(self._limits)


def read_limits(path: Path) -> Limits:
    """Read a file of limits.

    Raises:
        Refusals: unknown keys or values that are no whole numbers, with file and line.
    """
    document = read_document(path, shown_as=path.name)
    read = validated(_Limits, document).root
    found = {
        name: Limit(limit.value, limit.says.words, limit.unit, limit.source, document.place((name,)))
        for name, limit in read.items()
    }
    return Limits(found, document.file)
