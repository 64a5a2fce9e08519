"""Tables of another database: found by name, read in batches as text, kept as Parquet for the ordinary way."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import ibis
import pyarrow as pa

from yiheng.basis.engine_paths import whole_path
from yiheng.basis.hidden import masked
from yiheng.basis.refusals import Refusal, nearest
from yiheng.documents import refuse_unreadable, sha256_of
from yiheng.records import TABLES

from .recognise import table_named
from .sources import ROW, Asked, Parts, SourceFile, checked_columns

BATCH = 100_000
HIDDEN = "***"
# Three slashes and a path from here, four and one from the root.
SQLITE = "sqlite:///"
EXAMPLES = "sqlite:///claims.db or postgres://user@host/name"


@dataclass(frozen=True)
class Database:
    """A database by its connection URL, which may hold a password and is therefore never shown.

    Attributes:
        tables: their table → ours; tables that are named after one of ours are found without.
    """

    url: str = field(repr=False)
    tables: dict[str, str] = field(default_factory=dict)

    @property
    def file(self) -> Path | None:
        """The file of an SQLite database: what stands after ``sqlite:///`` as it stands there, with every sign."""
        return Path(self.url.removeprefix(SQLITE)) if self.url.startswith(SQLITE) else None

    @property
    def shown(self) -> str:
        """The URL without user, password and options."""
        if self.file is not None:
            return f"sqlite://{self.file.name}"
        parts = urlsplit(self.url)
        try:
            host = parts.hostname or ""
        except ValueError:
            host = HIDDEN
        return masked(f"{parts.scheme}://{host}{parts.path.rpartition('/')[2] if not host else parts.path}")

    def without_secrets(self, text: str) -> str:
        """A text of the driver's, on one line, with everything secret taken out."""
        parts = urlsplit(self.url)
        _, _, login = parts.netloc.rpartition("@")[0].partition(":")
        secrets = {self.url, parts.netloc, login, unquote(login), *(v for _, v in parse_qsl(parts.query))}
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            text = text.replace(secret, HIDDEN)
        return " ".join(text.split())


def database_sources(database: Database, scratch: Path, asked: Asked) -> list[SourceFile]:
    """A source for each table of a database that holds one of ours.

    Raises:
        Refusal: when it cannot be connected to or read, or a table is not there.
    """
    con = _connected(database)
    try:
        names = sorted(con.list_tables())
        wanted = _wanted(database, names)
        return [_source(database, con, theirs, ours, scratch, asked) for theirs, ours in wanted.items()]
    except Refusal:
        raise
    except Exception as wrong:
        # Each driver has its own errors; any of them may carry the connection or quote a value.
        raise _unreadable(database, type(wrong).__name__) from None
    finally:
        con.disconnect()


def _connected(database: Database) -> Any:
    try:
        if database.file is None:
            return ibis.connect(database.url)
        if not database.file.exists():
            # SQLite would make an empty one.
            what = "there is no such database file"
            raise Refusal(what, where=database.shown, cure="check the path after sqlite:///")
        refuse_unreadable(database.file, expected="a database file")
        return ibis.sqlite.connect(whole_path(database.file))
    except Refusal:
        raise
    except Exception as wrong:
        raise _unreadable(database, database.without_secrets(str(wrong))) from None


def _unreadable(database: Database, what: str) -> Refusal:
    return Refusal(
        f"the database cannot be read: {what}",
        where=database.shown,
        expected=f"a connection URL such as {EXAMPLES}",
        cure="check address, user and rights; the driver may have to be installed",
    )


def _wanted(database: Database, names: list[str]) -> dict[str, str]:
    """Their table → ours."""
    for theirs, ours in database.tables.items():
        if theirs not in names:
            raise Refusal(f"there is no table '{theirs}'", where=database.shown, cure=nearest(theirs, names))
        if ours not in TABLES:
            raise Refusal(f"'{ours}' is none of our tables", where=f"{theirs}={ours}", cure=nearest(ours, TABLES))
    if database.tables:
        return database.tables
    found = {name: table.name for name in names if (table := table_named(name)) is not None}
    if not found:
        raise Refusal(
            "no table is named after one of ours",
            where=database.shown,
            expected="tables such as settlement or setl_d",
            cure=f"name them with --table theirs=ours; there are: {', '.join(names) or 'none'}",
        )
    return found


def _source(database: Database, con: Any, theirs: str, ours: str, scratch: Path, asked: Asked) -> SourceFile:
    """One table, its values as the text that the database itself writes: exact for every type."""
    table = con.table(theirs)
    shown = masked(f"{database.shown}/{theirs}")
    for name, type_ in table.schema().items():
        if type_.is_timestamp() and type_.timezone is not None and TABLES[ours].column_under(name) is not None:
            raise Refusal(
                f"the column '{name}' carries a time zone: its day depends on who reads it",
                where=shown,
                cure="make a view that casts it to a timestamp of local time, and load the view",
            )
    checked_columns(list(table.columns), [shown] * len(table.columns))
    # What is not asked for does not leave the database; a row is a row even if nothing of it is.
    read = {name: table[name].cast("string") if asked(name) else ibis.null("string") for name in table.columns}
    texts = table.select(**read)
    parts = Parts(scratch, asked)
    first = 1
    schema = pa.schema({name: pa.string() for name in table.columns})
    # An empty part first, so that an empty table has its columns too.
    for batch in chain([schema.empty_table()], con.to_pyarrow_batches(texts, chunk_size=BATCH)):
        rows = pa.table(batch.columns, schema=schema)
        numbers = pa.array(range(first, first + rows.num_rows), pa.int64())
        parts.add(rows.append_column(ROW, numbers))
        first += rows.num_rows
    digest = hashlib.sha256("".join(sha256_of(p) for p in sorted(parts.folder.iterdir())).encode()).hexdigest()
    return SourceFile(parts.folder, (ours, theirs), shown, "database", parts.columns, digest)
