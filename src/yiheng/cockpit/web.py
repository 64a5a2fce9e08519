"""``[web]`` of a workspace's ``yiheng.toml``, checked by type: what is meant otherwise is refused, not guessed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from yiheng.basis.refusals import Refusal, nearest

KEYS = ("hosts", "https", "database", "journal_head")
# On these the journal is guarded by triggers.
ENGINES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")
ENGINE = "ENGINE"
# A name that people type, perhaps with all names below it; no port, no scheme, and never every name there is.
HOST = re.compile(r"\.?[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\]")


def checked(web: Any, file: Path) -> dict[str, Any]:
    """The table, when every entry is of its kind.

    Raises:
        Refusal: which says what was expected.
    """
    where = f"{file} [web]"
    if not isinstance(web, dict):
        raise Refusal("'web' is no table", where=str(file), expected="[web] and below it hosts, https, database")
    for key in web:
        if key not in KEYS:
            raise Refusal(f"[web] has no '{key}'", where=str(file), cure=nearest(key, KEYS))
    _hosts(web.get("hosts", []), where)
    if not isinstance(web.get("https", False), bool):
        raise Refusal("'https' is no truth value", where=where, expected="true or false")
    if not isinstance(web.get("journal_head", ""), str):
        raise Refusal("'journal_head' is no text", where=where, expected="the path of a file")
    if "database" in web:
        _database(web["database"], where)
    return web


def _hosts(hosts: Any, where: str) -> None:
    if not isinstance(hosts, list) or not all(isinstance(host, str) for host in hosts):
        raise Refusal("'hosts' is no list of names", where=where, expected='hosts = ["yiheng.local"]')
    for host in hosts:
        if not HOST.fullmatch(host):
            raise Refusal(
                f"'{host}' is no name of a host",
                where=where,
                expected='hosts = ["yiheng.local"], without scheme and port',
            )


def _database(database: Any, where: str) -> None:
    if not isinstance(database, Mapping) or not all(isinstance(key, str) for key in database):
        raise Refusal("'database' is no table", where=where, expected="a table with ENGINE and NAME")
    engine = database.get(ENGINE)
    if engine not in ENGINES:
        raise Refusal(f"no engine of a database is called '{engine}'", where=where, expected=" or ".join(ENGINES))
    if not isinstance(database.get("NAME"), str) or not database["NAME"]:
        raise Refusal("'database' has no NAME", where=where, expected="the name of the database")
