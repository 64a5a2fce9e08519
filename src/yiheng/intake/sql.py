"""Safe pieces of SQL: names and texts quoted for the engine."""

from __future__ import annotations


def name(identifier: str) -> str:
    """An identifier in double quotes."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text literal in single quotes."""
    return "'" + value.replace("'", "''") + "'"


def texts(values: list[str] | tuple[str, ...]) -> str:
    """Text literals separated by commas."""
    return ", ".join(text(v) for v in values)


def names(identifiers: list[str] | tuple[str, ...]) -> str:
    """Identifiers separated by commas."""
    return ", ".join(name(i) for i in identifiers)
