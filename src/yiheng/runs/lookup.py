"""Looking things up in the code lists of a workspace."""

from __future__ import annotations

import datetime as dt
import difflib
from typing import Any

from yiheng.basis.refusals import Refusal, nearest
from yiheng.codes import LISTS, PLANS, tables_of

from .editions import KNOWN, InUse, as_of, counts_of, editions_in_use, rows_of
from .workspace import Workspace

# How many of the nearest are named, how like they must be, and how many words of their row are shown.
NEAR, LIKE, MOST_WORDS = 5, 0.3, 5
Row = dict[str, Any]


def lists_known(workspace: Workspace) -> list[Row]:
    """Every kind of list with its editions.

    Returns:
        ``{"list", "zh", "editions": [{"edition", "from", "until", "rows", "file"}]}`` for each.
    """
    used = editions_in_use(workspace)

    def told(name: str, edition: InUse) -> Row:
        return {**edition.as_json(), "rows": counts_of(workspace, name, edition.edition), "file": edition.file}

    names = {n: one.zh for n, one in LISTS.items()} | {n: plan.zh for n, plan in PLANS.items()}
    return [{"list": n, "zh": zh, "editions": [told(n, one) for one in used.get(n, [])]} for n, zh in names.items()]


def look_up(workspace: Workspace, name: str, text: str | None, day: dt.date) -> Row:
    """The rows of a list, or of one table of a plan, in the edition of a day: ``{"list", "edition", …, "rows"}``.

    Args:
        text: a code, or a part of a Chinese name; none gives every row.

    Raises:
        Refusal: no such list, no edition for the day, or nothing of that code or name; the nearest are named.
    """
    tables = {table.name: of for of in KNOWN for table in tables_of(of)}
    if name in PLANS:
        choice = ", ".join(table.name for table in tables_of(name))
        raise Refusal(f"'{name}' is a plan of several tables", expected=f"one of {choice}", cure="name a table of it")
    if name not in tables:
        raise Refusal(f"there is no code list '{name}'", expected=", ".join(tables), cure=nearest(name, tables))
    used = as_of(workspace, tables[name], day)
    rows = rows_of(workspace, tables[name], used.edition).get(name, [])
    if text is not None:
        rows = _fitting(rows, name, text)
    return {"list": name, **used.as_json(), "rows": rows}


def _fitting(rows: list[Row], name: str, text: str) -> list[Row]:
    """Rows with the text as a whole value; failing that, with a value that holds it."""
    exact = [row for row in rows if text in row.values()]
    fitting = exact or [row for row in rows if any(text in value for value in _texts(row))]
    if fitting:
        return fitting
    words = {value: " ".join(_texts(row)[:MOST_WORDS]) for row in reversed(rows) for value in _texts(row)}
    near = dict.fromkeys(words[word] for word in difflib.get_close_matches(text, words, n=NEAR, cutoff=LIKE))
    raise Refusal(
        f"'{name}' has no '{text}'",
        expected="a code, or a part of a name",
        cure=f"nearest: {'; '.join(near)}" if near else "list all rows",
    )


def _texts(row: Row) -> list[str]:
    return [value for value in row.values() if isinstance(value, str)]
