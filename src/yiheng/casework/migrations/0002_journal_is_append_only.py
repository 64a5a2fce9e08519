"""Triggers that refuse to change or delete a line of the journal, whoever asks."""

from django.db import NotSupportedError, migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "casework_journalline"
SAYS = "a line of the journal is never changed or deleted"

SQLITE = [
    f"CREATE TRIGGER journal_refuses_{act.lower()} BEFORE {act} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
    for act in ("UPDATE", "DELETE")
] + [
    # REPLACE INTO removes the old row without asking the trigger for DELETE.
    f"CREATE TRIGGER journal_refuses_replace BEFORE INSERT ON {TABLE} "
    f"WHEN EXISTS (SELECT 1 FROM {TABLE} WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, '{SAYS}'); END"
]
SQLITE_BACK = [f"DROP TRIGGER journal_refuses_{act}" for act in ("update", "delete", "replace")]

POSTGRESQL = [
    f"CREATE FUNCTION journal_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '{SAYS}'; END $$",
    # TRUNCATE passes row triggers by, so it needs one for the statement.
    f"CREATE TRIGGER journal_refuses_change BEFORE UPDATE OR DELETE ON {TABLE} "
    "FOR EACH ROW EXECUTE FUNCTION journal_refuses()",
    f"CREATE TRIGGER journal_refuses_truncate BEFORE TRUNCATE ON {TABLE} "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuses()",
]
POSTGRESQL_BACK = [
    f"DROP TRIGGER journal_refuses_change ON {TABLE}",
    f"DROP TRIGGER journal_refuses_truncate ON {TABLE}",
    "DROP FUNCTION journal_refuses()",
]

GUARDS = {"sqlite": (SQLITE, SQLITE_BACK), "postgresql": (POSTGRESQL, POSTGRESQL_BACK)}


def guard(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Put the triggers on."""
    for statement in _of(editor)[0]:
        editor.execute(statement)


def unguard(_apps: object, editor: BaseDatabaseSchemaEditor) -> None:
    """Take the triggers off."""
    for statement in _of(editor)[1]:
        editor.execute(statement)


def _of(editor: BaseDatabaseSchemaEditor) -> tuple[list[str], list[str]]:
    vendor = editor.connection.vendor
    if vendor not in GUARDS:
        raise NotSupportedError(f"the journal cannot be guarded on {vendor}; use SQLite or PostgreSQL")
    return GUARDS[vendor]


class Migration(migrations.Migration):
    """Guard the journal."""

    dependencies = (("casework", "0001_initial"),)
    operations = (migrations.RunPython(guard, unguard),)
