"""Verbs for the tables themselves: tables (list, template, export), sql."""

from __future__ import annotations

from pathlib import Path

import click

from yiheng.basis.refusals import Refusal
from yiheng.documents import decoded, read_bytes
from yiheng.records import TABLES
from yiheng.records.national import SPELLINGS, Spelling
from yiheng.runs.tables import WRITTEN, Form, chosen, export, query, row_counts
from yiheng.statements import write_templates

from .numbers import Whole
from .show import answer, say
from .verb import DONE, folder_option, format_option, opened, says_refusals, workspace_option

# Beyond so many rows a terminal shows nothing anyone reads.
SHOWN = 200
MOST_BYTES = 1 << 20

at_option = click.option("--at", type=Whole(), metavar="SET", help="Number of a snapshot set; the last one by default.")
names_option = click.option(
    "--names", "spelling", type=click.Choice(SPELLINGS), default="ours", show_default=True,
    help="Our names, or the national ones of the platform's tables or of the interface.",
)  # fmt: skip


@click.group(invoke_without_command=True)
@workspace_option
@format_option
@click.pass_context
def tables(context: click.Context, workspace: Path | None, form: str) -> None:
    """List the tables; write empty files to fill in; export rows.

    \b
    Examples:
      yiheng tables -w xihai
      yiheng tables template 模板 --names platform
      yiheng tables export out settlement fee_line --names platform
    """
    if context.invoked_subcommand is None:
        _list(workspace, form)


@says_refusals
def _list(workspace: Path | None, form: str) -> int:
    try:
        counts = row_counts(opened(workspace))
    except Refusal:
        # Without a workspace the contracts are still there to be listed.
        if workspace is not None:
            raise
        counts = {}
    rows = [[t.name, t.zh, ", ".join(t.aliases) or None, counts.get(t.name)] for t in TABLES.values()]
    listed = [dict(zip(("table", "zh", "national", "rows"), row, strict=True)) for row in rows]
    answer(form, {"tables": listed}, ["table", "zh", "national", "rows"], rows)
    return DONE


@tables.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.argument("names", nargs=-1, metavar="[TABLE]...")
@names_option
@says_refusals
def template(directory: Path, names: tuple[str, ...], spelling: Spelling) -> int:
    """Write empty CSV files and a workbook to fill in; no table named means all of them.

    \b
    Example:
      yiheng tables template 模板 --names platform
    """
    files = write_templates(directory, [TABLES[name] for name in chosen(names) or TABLES], spelling)
    many, book = len(files) - 1, files[-1].name
    say(
        f"模板写入 {directory}：{many} 个 CSV 文件和 {book}；填好后用 yiheng load 导入",
        f"templates written to {directory}: {many} CSV files and {book}; fill them in, then yiheng load",
    )
    return DONE


@tables.command("export")
@click.argument("directory", type=click.Path(path_type=Path))
@click.argument("names", nargs=-1, metavar="[TABLE]...")
@names_option
@click.option("--as", "kind", type=click.Choice(list(WRITTEN)), default="parquet", show_default=True, help="File kind.")
@at_option
@folder_option
@format_option
@says_refusals
def export_rows(
    directory: Path,
    names: tuple[str, ...],
    spelling: Spelling,
    kind: Form,
    at: int | None,
    workspace: Path | None,
    form: str,
) -> int:
    """Write the rows of the lake as files; no table named means all that hold rows. They load again as they are.

    \b
    Examples:
      yiheng tables export out
      yiheng tables export out settlement --names platform --as csv --at 3
    """
    written = export(opened(workspace), directory, names, spelling=spelling, form=kind, at=at)
    whole = {"files": {name: {"file": str(file), "rows": rows} for name, (file, rows) in written.items()}}
    answer(form, whole, ["table", "file", "rows"], [[name, str(file), n] for name, (file, n) in written.items()])
    return DONE


@click.command()
@click.argument("text", metavar="QUERY|@FILE")
@at_option
@workspace_option
@format_option
@says_refusals
def sql(text: str, at: int | None, workspace: Path | None, form: str) -> int:
    """Ask the lake in SQL: our tables (whole fen) and views under the national names (yuan). Nothing can be changed.

    \b
    Examples:
      yiheng sql "select clr_way, sum(fund_pay_sumamt) from setl_d group by all"
      yiheng sql "select count(*) from visit where kind = 'inpatient'" --at 1 --format json
      yiheng sql "describe fee_list_d"
      yiheng sql @examples/county/facts.sql --format csv > facts.csv
    """
    if text.startswith("@"):
        text = _query_in(Path(text.removeprefix("@")))
    found = query(opened(workspace), text, at=at, most=SHOWN if form == "table" else None)
    answer(form, {"columns": found.columns, "rows": found.rows}, found.columns, found.rows, verbatim=True)
    if found.cut:
        say(
            f"…… 只显示前 {SHOWN} 行，全部见 --format csv 或 --format json",
            f"… the first {SHOWN} rows; all with --format csv or --format json",
        )
    return DONE


def _query_in(file: Path) -> str:
    try:
        return decoded(read_bytes(file, most=MOST_BYTES, expected="a text file with a query"), file, file.name)
    except Refusal as refusal:
        what = f"the query cannot be read: {refusal.what}"
        raise Refusal(what, where=str(file), cure="name a text file in UTF-8") from None
