"""Migrations that put triggers on a table, which refuse to change or delete a row, whoever asks, and take them off."""

from __future__ import annotations

from django.db import NotSupportedError, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from yiheng.runs.journal import guards_of

SUPPORTED = ("sqlite", "postgresql")


def only_grows(table: str, named: str, says: str) -> migrations.RunPython:
    """The migration that guards a table; ``named`` begins the names of its triggers."""

    def on(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        guard(editor, table, named, says)

    def off(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        unguard(editor, table, named, says)

    return migrations.RunPython(on, off)


def guard(editor: BaseDatabaseSchemaEditor, table: str, named: str, says: str, *, always: bool = False) -> None:
    """Put the triggers on; ``always`` also where a session of PostgreSQL says that it replicates."""
    for name, statement in _statements(editor, table, named, says).items():
        editor.execute(statement)
        if always and editor.connection.vendor == "postgresql" and statement.startswith("CREATE TRIGGER"):
            editor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}")


def unguard(editor: BaseDatabaseSchemaEditor, table: str, named: str, says: str) -> None:
    """Take the triggers off."""
    sqlite = editor.connection.vendor == "sqlite"
    for name, statement in reversed(_statements(editor, table, named, says).items()):
        if statement.startswith("CREATE FUNCTION"):
            editor.execute(f"DROP FUNCTION {name}()")
        else:
            editor.execute(f"DROP TRIGGER {name}" if sqlite else f"DROP TRIGGER {name} ON {table}")


def _statements(editor: BaseDatabaseSchemaEditor, table: str, named: str, says: str) -> dict[str, str]:
    vendor = editor.connection.vendor
    if vendor not in SUPPORTED:
        raise NotSupportedError(f"{table} cannot be guarded on {vendor}; use SQLite or PostgreSQL")
    return guards_of(vendor, table, named, says)
