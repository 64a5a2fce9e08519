"""The database that holds the journal, opened for reading in one way by cockpit and command line."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from yiheng.basis.engine_paths import sqlite_address
from yiheng.basis.refusals import Refusal
from yiheng.runs.workspace import FILE, Workspace

JOURNAL = "casework.sqlite3"
TABLE = "casework_journalline"
SECONDS_TO_WAIT = 10
# Options of Django's connection, not of the server's.
DJANGOS_OWN = {"pool", "isolation_level", "server_side_binding", "assume_role"}
NUMBERS = itertools.count()


@dataclass(frozen=True)
class Asked:
    """The journal's database at one moment.

    Attributes:
        place: what a refusal names: the file, or the name of the database.
    """

    vendor: Literal["sqlite", "postgresql"]
    place: str
    connection: Any

    def rows(self, question: str, given: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """The answer row by row; ``%s`` stands for what is given."""
        if self.vendor == "sqlite":
            yield from map(tuple, self.connection.execute(question.replace("%s", "?"), given))
            return
        # A cursor of the server keeps a long journal out of the memory.
        with self.connection.cursor(name=f"journal_{next(NUMBERS)}") as cursor:
            yield from cursor.execute(question, given)

    def one(self, question: str, given: Sequence[Any] = ()) -> tuple[Any, ...] | None:
        """The first row."""
        return next(iter(list(self.rows(question, given))), None)

    def has(self, table: str, column: str = "id") -> bool:
        """Whether there is such a column."""
        if self.vendor == "sqlite":
            return self.one("select 1 from pragma_table_info(%s) where name = %s", [table, column]) is not None
        known = "select 1 from pg_attribute where attrelid = to_regclass(%s) and attname = %s and not attisdropped"
        return self.one(known, [table, column]) is not None


@contextmanager
def journal_of(workspace: Workspace) -> Iterator[Asked | None]:
    """The database of users and journal; None where there is none yet.

    Raises:
        Refusal: when it cannot be read.
    """
    described = described_database(workspace)
    if described and "postgresql" in str(described.get("ENGINE")):
        with _server(described) as asked:
            yield asked
        return
    file = Path(described["NAME"]) if described else workspace.folder / JOURNAL
    if not file.exists():
        yield None
        return
    try:
        with closing(_opened(file)) as connection:
            connection.execute("begin")
            yield Asked("sqlite", str(file), connection)
    except sqlite3.DatabaseError:
        raise _unreadable(file.name) from None


def described_database(workspace: Workspace) -> Mapping[str, Any] | None:
    """What ``[web] database`` says.

    Raises:
        Refusal: when it names no database.
    """
    web = workspace.settings.get("web", {})
    found = web.get("database") if isinstance(web, dict) else None
    if isinstance(found, dict) and not isinstance(found.get("NAME"), str):
        where = f"{workspace.folder / FILE} [web] database"
        raise Refusal("'database' has no NAME", where=where, expected="the name of the database")
    return found if isinstance(found, dict) else None


def _opened(file: Path) -> sqlite3.Connection:
    for how in ("mode=ro", "immutable=1"):
        connection = sqlite3.connect(sqlite_address(file, how), uri=True, timeout=SECONDS_TO_WAIT, isolation_level=None)
        try:
            connection.execute("select count(*) from sqlite_master").fetchone()
        except sqlite3.OperationalError:
            # Of a folder that nobody may write to, or a copy that nobody else has open.
            connection.close()
        except sqlite3.DatabaseError:
            connection.close()
            raise
        else:
            return connection
    raise _unreadable(file.name)


@contextmanager
def _server(described: Mapping[str, Any]) -> Iterator[Asked]:
    try:
        import psycopg
    except ImportError:
        raise Refusal(
            "the journal lies in PostgreSQL, and its driver is not installed", cure="pip install psycopg"
        ) from None
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given = {ours: described[theirs] for ours, theirs in named.items() if described.get(theirs)}
    options = {name: one for name, one in described.get("OPTIONS", {}).items() if name not in DJANGOS_OWN}
    place = f"PostgreSQL, database {described.get('NAME', '')}"
    try:
        with psycopg.connect(**{"connect_timeout": SECONDS_TO_WAIT, **options, **given}) as connection:
            connection.execute("set transaction isolation level repeatable read read only")
            yield Asked("postgresql", place, connection)
    except psycopg.Error:
        raise _unreadable(place) from None


def _unreadable(place: str) -> Refusal:
    return Refusal(
        "the journal cannot be read, so nothing shows whether the register of settlements is whole",
        where=place,
        cure="restore a backup into a new folder (yiheng restore), check it with yiheng verify, and work on there",
    )
