"""The triggers that refuse to change or delete a row: their text, and whether a database still has exactly them."""

from __future__ import annotations

from collections.abc import Iterator

from yiheng.basis.refusals import Refusal

from .asking import Asked
from .head import SEEN

# Table: how the names of its triggers begin, what they say, and the migration that made them.
GUARDED = {
    "casework_journalline": (
        "journal_refuses", "a line of the journal is never changed or deleted", "0002_journal_is_append_only",
    ),
    "casework_findingverdict": ("verdict_refuses", "a verdict is never changed or deleted", "0003_finding_verdict"),
}  # fmt: skip
# From this migration on triggers of PostgreSQL are asked even where a session says that it replicates.
ALWAYS = "0005_chained_journal"
# tgtype: before each row on update or delete; before the statement on truncate.
TYPES = {"change": 1 | 2 | 8 | 16, "truncate": 2 | 32}
TRIGGERS = """
select t.tgname, t.tgenabled, t.tgtype, t.tgqual is null and t.tgattr = '', p.proname, p.prosrc, l.lanname
from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_language l on l.oid = p.prolang
where t.tgrelid = to_regclass(%s) and not t.tgisinternal
"""
REPLICATES = "select current_setting('session_replication_role')"


def guards_of(vendor: str, table: str, named: str, says: str) -> dict[str, str]:
    """The triggers of a table by name, each with the statement that makes it; on PostgreSQL their function first."""
    if vendor == "sqlite":
        return _sqlite(table, named, says)
    return {
        named: f"CREATE FUNCTION {named}() RETURNS trigger LANGUAGE plpgsql AS $${_body(says)}$$",
        f"{named}_change": f"CREATE TRIGGER {named}_change BEFORE UPDATE OR DELETE ON {table}"
        f" FOR EACH ROW EXECUTE FUNCTION {named}()",
        # TRUNCATE passes row triggers by, so it needs one for the statement.
        f"{named}_truncate": f"CREATE TRIGGER {named}_truncate BEFORE TRUNCATE ON {table}"
        f" FOR EACH STATEMENT EXECUTE FUNCTION {named}()",
    }


def guard_faults(asked: Asked) -> list[Refusal]:
    """Each trigger that is missing, switched off, changed, or not ours."""
    done = {name for (name,) in asked.rows("select name from django_migrations where app = 'casework'")}
    found: list[Refusal] = []
    for table, (named, says, made) in GUARDED.items():
        if made in done:
            found += _sqlite_faults(asked, table, named, says) if asked.vendor == "sqlite" else _postgresql_faults(
                asked, table, named, says, "A" if ALWAYS in done else "O"
            )  # fmt: skip
    if asked.vendor == "postgresql" and asked.one(REPLICATES) != ("origin",):
        found.append(
            Refusal(
                "session_replication_role is not 'origin', so triggers are passed by",
                where=asked.place,
                cure="run in the database, as its owner: ALTER ROLE … RESET session_replication_role",
            )
        )
    return found


def _sqlite(table: str, named: str, says: str) -> dict[str, str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{says}'); END"
    made = {
        f"{named}_{act.lower()}": f"CREATE TRIGGER {named}_{act.lower()} BEFORE {act} ON {table} {refuse}"
        for act in ("UPDATE", "DELETE")
    }
    # REPLACE INTO removes the old row without asking the trigger for DELETE.
    there = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
    made[f"{named}_replace"] = f"CREATE TRIGGER {named}_replace BEFORE INSERT ON {table} {there} {refuse}"
    return made


def _sqlite_faults(asked: Asked, table: str, named: str, says: str) -> Iterator[Refusal]:
    there = dict(asked.rows("select name, sql from sqlite_master where type = 'trigger' and tbl_name = %s", [table]))
    wanted = guards_of("sqlite", table, named, says)
    yield from (_fault(asked, name, sql, name in there) for name, sql in wanted.items() if there.get(name) != sql)
    yield from (_stranger(asked, name, table) for name in there if name not in wanted)


def _postgresql_faults(asked: Asked, table: str, named: str, says: str, enabled: str) -> Iterator[Refusal]:
    there = {name: (str(state), *rest) for name, state, *rest in asked.rows(TRIGGERS, [table])}
    statements = guards_of("postgresql", table, named, says)
    for end, kind in TYPES.items():
        name = f"{named}_{end}"
        if there.get(name) == (enabled, kind, True, named, _body(says), "plpgsql"):
            continue
        if name in there and there[name][0] != enabled:
            yield Refusal(
                f"the trigger {name} is switched off",
                where=asked.place,
                cure=f"{SEEN}run in the database, as its owner: ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}",
            )
            continue
        yield _fault(asked, name, statements[name], name in there)
    yield from (_stranger(asked, name, table) for name in there if name not in statements)
    for (rule,) in asked.rows("select rulename from pg_rules where tablename = %s", [table]):
        yield _stranger(asked, rule, table)


def _body(says: str) -> str:
    return f" BEGIN RAISE EXCEPTION '{says}'; END "


def _fault(asked: Asked, name: str, statement: str, there: bool) -> Refusal:
    return Refusal(
        f"the trigger {name} is not as it was made" if there else f"the trigger {name} is missing",
        where=asked.place,
        expected=statement,
        cure=f"{SEEN}run in the database, as its owner: {_again(asked, name, statement, there)}",
    )


def _stranger(asked: Asked, name: str, table: str) -> Refusal:
    return Refusal(
        f"{name} on {table} is none of ours",
        where=asked.place,
        cure=f"{SEEN}take it off as the owner of the database: DROP TRIGGER {_dropped(asked, name, table)}",
    )


def _again(asked: Asked, name: str, statement: str, there: bool) -> str:
    """What makes a trigger as it was."""
    table = next(table for table, (named, *_) in GUARDED.items() if name.startswith(named))
    drop = f"DROP TRIGGER {_dropped(asked, name, table)}; " if there else ""
    if asked.vendor == "sqlite":
        return f"{drop}{statement};"
    named, says, _made = GUARDED[table]
    function = guards_of("postgresql", table, named, says)[named].replace("CREATE", "CREATE OR REPLACE", 1)
    return f"{function}; {drop}{statement}; ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name};"


def _dropped(asked: Asked, name: str, table: str) -> str:
    return name if asked.vendor == "sqlite" else f"{name} ON {table}"
