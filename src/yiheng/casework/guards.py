"""Triggers that refuse to change or delete a row of a table, whoever asks."""

from __future__ import annotations

from django.db import NotSupportedError, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def only_grows(table: str, named: str, says: str) -> migrations.RunPython:
    """The migration that guards a table; ``named`` begins the names of its triggers."""

    def guard(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _statements(editor, table, named, says)[0]:
            editor.execute(statement)

    def unguard(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
        for statement in _statements(editor, table, named, says)[1]:
            editor.execute(statement)

    return migrations.RunPython(guard, unguard)


def _statements(editor: BaseDatabaseSchemaEditor, table: str, named: str, says: str) -> tuple[list[str], list[str]]:
    vendor = editor.connection.vendor
    if vendor == "sqlite":
        return _sqlite(table, named, says)
    if vendor == "postgresql":
        return _postgresql(table, named, says)
    raise NotSupportedError(f"{table} cannot be guarded on {vendor}; use SQLite or PostgreSQL")


def _sqlite(table: str, named: str, says: str) -> tuple[list[str], list[str]]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
    on = [f"CREATE TRIGGER {named}_{act.lower()} BEFORE {act} ON {table} {refuse}" for act in ("UPDATE", "DELETE")]
    # REPLACE INTO removes the old row without asking the trigger for DELETE.
    there = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
    on.append(f"CREATE TRIGGER {named}_replace BEFORE INSERT ON {table} {there} {refuse}")
    return on, [f"DROP TRIGGER {named}_{act}" for act in ("update", "delete", "replace")]


def _postgresql(table: str, named: str, says: str) -> tuple[list[str], list[str]]:
    on = [
        f"CREATE FUNCTION {named}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{says}'; END $$",
        f"CREATE TRIGGER {named}_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {named}()",
        # TRUNCATE passes row triggers by, so it needs one for the statement.
        f"CREATE TRIGGER {named}_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {named}()",
    ]
    off = [f"DROP TRIGGER {named}_{act} ON {table}" for act in ("change", "truncate")]
    return on, [*off, f"DROP FUNCTION {named}()"]
