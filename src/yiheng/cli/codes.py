"""Verbs for code lists: load, list, show."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from yiheng.basis.refusals import Refusal
from yiheng.codes import SHIPPED_FILES, STANDARD
from yiheng.runs import KNOWN, lists_known, load_codes, look_up

from .numbers import DAY
from .show import answer, say
from .spoken import why
from .verb import DONE, format_option, opened, says_refusals, workspace_option

SHOWN = 20


@click.group()
def codes() -> None:
    """Code lists, national dictionaries, grouping plans and knowledge points."""


@codes.command("load")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--list", "name", required=True, type=click.Choice(sorted(KNOWN)), help="Which list the file holds.")
@click.option("--from", "first", type=DAY, help="First day for which the edition holds.")
@click.option("--until", "last", type=DAY, help="Last day for which the edition holds.")
@click.option("--replace", is_flag=True, help="Take editions that hold on the same days out of use.")
@workspace_option
@format_option
@says_refusals
def codes_load(
    file: Path | None,
    name: str,
    first: dt.date | None,
    last: dt.date | None,
    replace: bool,
    workspace: Path | None,
    form: str,
) -> int:
    """Load a published code list, or the folder of a grouping plan; it is used from then on.

    An edition with days is used for these days only; two editions never hold on the same day. Without FILE the list
    that ships is taken, where one does.

    \b
    Examples:
      yiheng codes load knowledge_points.csv --list knowledge_point --from 2025-07-22
      yiheng codes load drg_chs_1.1 --list chs_drg --from 2021-01-01
      yiheng codes load 省内代码.csv --list dictionary_overlay
      yiheng codes load --list dictionary
    """
    if file is None and name not in SHIPPED_FILES:
        raise Refusal(f"no '{name}' ships", expected="FILE", cure=f"lists that ship: {', '.join(SHIPPED_FILES)}")
    kept = load_codes(
        opened(workspace),
        file or SHIPPED_FILES[name],
        name,
        first=first,
        last=last,
        replace=replace,
    )
    whole = {
        "list": kept.name, "edition": kept.edition, "rows": kept.rows, "tables": kept.tables, "aside": kept.aside
    }  # fmt: skip
    rows = [[table, kept.edition, count] for table, count in kept.tables.items()]
    answer(form, whole, ["list", "edition", "rows"], rows)
    for line in kept.aside[:SHOWN]:
        say(f"请注意：{why(line)}", f"note: {line}")
    if len(kept.aside) > SHOWN:
        many = f"{len(kept.aside):,}"
        say(f"…… 共 {many} 条，全部见 --format json", f"… {many} in all: --format json")
    return DONE


@codes.command("list")
@workspace_option
@format_option
@says_refusals
def codes_list(workspace: Path | None, form: str) -> int:
    """List the code lists with their editions, days, rows and files.

    \b
    Example:
      yiheng codes list
    """
    lists = lists_known(opened(workspace))
    rows = [
        [one["list"], one["zh"], *(edition[key] for key in ("edition", "from", "until", "rows", "file"))]
        for one in lists
        for edition in one["editions"] or [dict.fromkeys(("edition", "from", "until", "rows", "file"))]
    ]
    answer(form, {"lists": lists}, ["list", "zh", "edition", "from", "until", "rows", "file"], rows)
    if not any(one["editions"] for one in lists if one["list"] not in STANDARD):
        cure = "yiheng codes load --list dictionary"
        say(f"尚未导入代码表。下一步：{cure}", f"no list is loaded yet; next: {cure}")
    return DONE


@codes.command("show")
@click.argument("name", metavar="LIST")
@click.argument("code", required=False)
@click.option("--on", "day", type=DAY, help="In the edition that holds on this day; today by default.")
@workspace_option
@format_option
@says_refusals
def codes_show(name: str, code: str | None, day: dt.date | None, workspace: Path | None, form: str) -> int:
    """Show a list, or look up a code or a part of a name in it.

    \b
    Examples:
      yiheng codes show dictionary med_type
      yiheng codes show dictionary 日间手术
      yiheng codes show chs_drg_drg BB11 --on 2025-06-30
    """
    found = look_up(opened(workspace), name, code, day or dt.date.today())
    rows = found["rows"] if form != "table" else found["rows"][:SHOWN]
    columns = list(found["rows"][0]) if found["rows"] else []
    title = f"{name} · {found['edition']} · {found['from'] or '…'} – {found['until'] or '…'}"
    answer(form, found, columns, [[row[column] for column in columns] for row in rows], title)
    if len(rows) < len(found["rows"]):
        many = f"{len(found['rows']):,}"
        say(
            f"…… 共 {many} 条，全部见 --format json 或 --format csv",
            f"… {many} in all: --format json or --format csv",
        )
    return DONE
