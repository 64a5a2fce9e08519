"""YAML in which every scalar is text, no key appears twice, and every entry knows its line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from yiheng.basis.refusals import Refusal
from yiheng.documents import read_bytes

# The largest policy has some tens of kilobytes; the parser takes a second for a megabyte.
MOST_BYTES = 2 * 1024 * 1024
Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """What a file says, with the line of each entry by its path, such as ``("values", "growth")``.

    Attributes:
        sha256: of the bytes that were read.
    """

    file: str
    content: Any
    lines: dict[Path_, int] = field(repr=False)
    sha256: str = ""

    def line_of(self, path: Path_) -> int:
        """The line of an entry, or of the nearest entry above it that stands in the file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def place(self, path: Path_) -> str:
        """``file:line`` of an entry."""
        return f"{self.file}:{self.line_of(path)}"


def read_document(path: Path, *, shown_as: str | None = None) -> Document:
    """Read one YAML file as plain text values.

    YAML on its own makes ``010`` an 8, ``no`` a False and keeps the last of two equal keys; here a
    scalar stays what was typed and a doubled key is refused.

    Raises:
        Refusal: when the file is missing, is not UTF-8 or not YAML, doubles a key or uses an alias.
    """
    file = shown_as or str(path)
    raw = read_bytes(path, most=MOST_BYTES, expected="a YAML file")
    try:
        text = raw.decode()
    except UnicodeDecodeError as wrong:
        raise Refusal(f"the file is not UTF-8 (byte {wrong.start})", where=file, cure="save it as UTF-8") from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as wrong:
        line = wrong.problem_mark.line + 1 if wrong.problem_mark else 1
        raise Refusal(
            f"this is not YAML: {wrong.problem}", where=f"{file}:{line}", cure="mend the indentation or quotes"
        ) from None
    except yaml.YAMLError as wrong:
        raise Refusal(f"this is not YAML: {wrong}", where=file, cure="remove unprintable characters") from None
    except RecursionError:
        raise Refusal(
            "the entries are nested too deeply", where=file, expected="a few levels", cure="write them out flat"
        ) from None
    if node is None:
        raise Refusal("the file is empty", where=file, expected="a mapping")
    reading = _Reading(file)
    return Document(file, reading.plain(node, ()), reading.lines, hashlib.sha256(raw).hexdigest())


@dataclass
class _Reading:
    file: str
    lines: dict[Path_, int] = field(default_factory=dict)
    seen: set[int] = field(default_factory=set)

    def plain(self, node: yaml.Node, path: Path_) -> Any:
        """A node as plain values; notes the line of every entry."""
        self.lines[path] = line = node.start_mark.line + 1
        if id(node) in self.seen:
            raise Refusal(
                "an alias (*name) stands here", where=f"{self.file}:{line}", cure="write the entry out where it belongs"
            )
        self.seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            return node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(child, (*path, i)) for i, child in enumerate(node.value)]
        return self._mapping(node, path)

    def _mapping(self, node: yaml.Node, path: Path_) -> dict[str, Any]:
        content: dict[str, Any] = {}
        for key_node, child in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise Refusal("a key must be a word", where=f"{self.file}:{line}", expected="key: value")
            key = key_node.value
            if key in content:
                raise Refusal(
                    f"the key '{key}' is written twice (first on line {self.lines[(*path, key)]})",
                    where=f"{self.file}:{line}",
                    expected="each key once",
                    cure="remove one of the two",
                )
            content[key] = self.plain(child, (*path, key))
            self.lines[(*path, key)] = line
        return content
