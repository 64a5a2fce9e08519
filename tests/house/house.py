"""The source of the house as syntax trees, for the tests that hold its laws."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "src" / "yiheng"

# Top to bottom; rooms on one floor do not see each other.
FLOORS = [
    {"cli", "cockpit"},
    # No rooms: the two modules at the top of the package that people outside import.
    {"testkit"},
    {"hooks"},
    {"casework", "statements"},
    {"runs"},
    {"planning"},
    {"payment", "supervision", "intake"},
    {"measures", "casemix", "county", "lake"},
    {"policy", "records", "codes"},
    {"documents"},
    {"basis"},
]
FLOOR_OF = {room: number for number, floor in enumerate(FLOORS) for room in floor}


@cache
def files(house: Path = HOUSE) -> tuple[tuple[str, Path, ast.Module], ...]:
    """Room, file and tree of every module; one at the top of the package is a room of its own."""
    found = []
    for file in sorted(house.rglob("*.py")):
        room = file.relative_to(house).parts[0].removesuffix(".py")
        if room != "__init__":
            found.append((room, file, ast.parse(file.read_text("utf-8"))))
    return tuple(found)


def imports(house: Path = HOUSE) -> Iterator[tuple[str, Path, str, int]]:
    """Every import of a module, also inside functions: room, file, dotted name, line."""
    for room, file, tree in files(house):
        own = ["yiheng", *file.relative_to(house).parts]
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield room, file, alias.name, node.lineno
            elif isinstance(node, ast.ImportFrom):
                base = own[: len(own) - node.level] if node.level else []
                module = [*base, *((node.module or "").split(".") if node.module else [])]
                for alias in node.names:
                    yield room, file, ".".join([*module, alias.name]), node.lineno


def wrong_arrows(house: Path = HOUSE) -> list[str]:
    """Imports that go up, or to another room of the same floor."""
    wrong = []
    for room, file, name, line in imports(house):
        parts = name.split(".")
        if parts[0] != "yiheng" or len(parts) < 2 or parts[1] not in FLOOR_OF or parts[1] == room:
            continue
        other = parts[1]
        if FLOOR_OF[other] <= FLOOR_OF[room]:
            wrong.append(f"{file.relative_to(house)}:{line}  {room} may not import {other}")
    return wrong


def place(file: Path, line: int) -> str:
    return f"{file.relative_to(HOUSE)}:{line}"
