"""Verbs for data: new, load."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from yiheng.basis.refusals import Refusal
from yiheng.intake import Database, Loaded, draft_mapping, read_mapping, write_rejects
from yiheng.records import TABLES
from yiheng.runs import Workspace, run_load
from yiheng.statements import write_file

from .show import answer, say, working, write, yuan
from .spoken import listed, told, why
from .verb import DONE, DONE_WITH_REFUSALS, format_option, found, opened, says_refusals, workspace_option


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@click.option("--hash-person-id", is_flag=True, help="Keep the fund's own number of a person as a keyed hash only.")
@format_option
@says_refusals
def new(directory: Path, hash_person_id: bool, form: str) -> int:
    """Make an empty workspace.

    \b
    Examples:
      yiheng new xihai
      yiheng new xihai --hash-person-id
    """
    Workspace.new(directory, hash_person_id=hash_person_id)
    if form != "table":
        answer(form, {"workspace": str(directory)}, ["workspace"], [[str(directory)]])
    say(
        f"已建立工作区 {directory}。下一步：yiheng load 文件或文件夹 --workspace {directory}",
        f"made the workspace {directory}; next: yiheng load FILE-OR-FOLDER --workspace {directory}",
    )
    return DONE


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--mapping", help="Mapping file for another layout.")
@click.option("--database", metavar="URL", help="Read a database: sqlite:///claims.db, postgres://user@host/name.")
@click.option("--table", "tables", multiple=True, metavar="THEIRS=OURS", help="A table of it under another name.")
@click.option("--draft-mapping", "unknown", type=click.Path(path_type=Path), help="Propose a mapping for this file.")
@click.option("--into", type=click.Path(path_type=Path), help="Where to write the draft; printed by default.")
@click.option("--hidden-sheets", is_flag=True, help="Read hidden sheets of workbooks too; they are left by default.")
@click.option("--rejects", type=click.Path(path_type=Path), help="Write what was not accepted to this XLSX.")
@workspace_option
@format_option
@says_refusals
def load(
    paths: tuple[Path, ...],
    mapping: str | None,
    database: str | None,
    tables: tuple[str, ...],
    unknown: Path | None,
    into: Path | None,
    hidden_sheets: bool,
    rejects: Path | None,
    workspace: Path | None,
    form: str,
) -> int:
    """Load files or folders (CSV, Parquet, XLSX, JSON messages, zip) or a database into the lake.

    Files come under our table and column names or the national ones (setl_d.csv with fund_pay_sumamt);
    other layouts by a mapping. Rows that are not accepted are kept in quarantine with place and reason.

    \b
    Examples:
      yiheng load export/2025
      yiheng load setl_d.csv fee_list_d.csv
      yiheng load synpuf --mapping mappings/us-desynpuf.yaml
      yiheng load --draft-mapping 医院导出.csv --into mine.yaml
      yiheng load 上报.xlsx export.zip --rejects 退回.xlsx
      yiheng load --database postgres://reader@claims.example/yibao --table js_2025=settlement
    """
    if unknown is not None:
        return show_draft(unknown, into)
    if tables and not database:
        raise Refusal("--table names tables of a database", expected="--database URL", cure="see --help")
    if into is not None:
        raise Refusal("--into is where a draft goes", expected="--draft-mapping FILE", cure="see --help")
    databases = [Database(database, _pairs(tables))] if database else []
    if not paths and not databases:
        raise Refusal(
            "nothing is named to load", expected="files, folders or a database", cure="yiheng load PATH, see --help"
        )
    space = opened(workspace)
    reading = read_mapping(found(mapping, "mappings", space)) if mapping else None
    with working("load") as step:
        loaded = run_load(space, list(paths), reading, step, databases, hidden_sheets=hidden_sheets)
    show_load(loaded, form, space)
    if rejects is not None:
        lines = write_rejects(space.run_folder(loaded.run) / "quarantine.parquet", rejects)
        say(f"退回清单 {rejects}：{lines:,} 条", f"list for the sender {rejects}: {lines:,} entries")
    return DONE if loaded.clean else DONE_WITH_REFUSALS


def _pairs(tables: tuple[str, ...]) -> dict[str, str]:
    """``THEIRS=OURS`` as their table → ours."""
    pairs = dict(table.partition("=")[::2] for table in tables)
    if wrong := [theirs for theirs, ours in pairs.items() if not theirs or not ours]:
        raise Refusal(
            f"'{wrong[0]}' names no pair", where="--table", expected="THEIRS=OURS, such as JS_2025=settlement"
        )
    return pairs


def show_draft(unknown: Path, into: Path | None) -> int:
    """Print or write the draft of a mapping; nothing is loaded."""
    if not unknown.is_file():
        raise Refusal("there is no such file", where=str(unknown), cure="check the path")
    draft = draft_mapping(unknown)
    if into is None:
        write(draft)
        return DONE
    if into.exists():
        raise Refusal("the file is there already", where=str(into), cure="name another file for the draft")
    write_file(into, draft.encode())
    say(
        f"映射草案写入 {into}：请核对后用 --mapping 导入",
        f"draft written to {into}: check it, then load with --mapping",
    )
    return DONE


def show_load(loaded: Loaded, form: str, space: Workspace) -> None:
    """Print what a load did."""
    counts: tuple[str, ...] = ("read", "accepted", "quarantined", "duplicates")
    if any(c.withdrawn for c in loaded.tables.values()):
        counts = (*counts, "withdrawn")
    columns = ["table", *counts, *(f"yuan {name}" if form == "table" else f"fen_{name}" for name in counts)]
    rows = []
    for name, c in loaded.tables.items():
        fen: list[Any] = [getattr(c, f"fen_{count}") for count in counts]
        if form == "table":
            fen = [yuan(n) if TABLES[name].money else None for n in fen]
        rows.append([name, *(getattr(c, count) for count in counts), *fen])
    answer(
        form,
        loaded.as_json(),
        columns,
        rows,
        f"{loaded.run} · {told('数据版本', 'snapshot set')} {loaded.snapshot.number}",
    )
    _say_changes(loaded)
    for file, derived in loaded.derived.items():
        for column, count in derived.items():
            say(
                f"{file}：没有 {column} 列，{count:,} 行按国家编码推定",
                f"{file}: no column {column}, derived from the national code in {_rows(count)}",
            )
    for file, aside in loaded.aside.items():
        say(f"{file}：未使用的列 {listed(aside)}", f"{file}: columns not used: {listed(aside)}")
    for refused in loaded.refused:
        say(f"文件被拒收：{why(refused)}", f"file refused: {refused}")
    if loaded.left:
        say(f"未读取的文件：{listed(loaded.left)}", f"files not read: {listed(loaded.left)}")
    if any(c.quarantined for c in loaded.tables.values()):
        place = space.folder / "runs" / loaded.run / "quarantine.parquet"
        say(
            f"校验未通过的行在 {place}，改正后重新导入即可",
            f"the quarantined rows are in {place}; correct them and load them again",
        )


def _rows(n: int) -> str:
    return f"{n:,} row" if n == 1 else f"{n:,} rows"


def _say_changes(loaded: Loaded) -> None:
    """What was corrected, and what was not accepted."""
    for name, c in loaded.tables.items():
        if c.corrected:
            was, now = yuan(c.fen_superseded), yuan(c.fen_corrected)
            zh, en = (
                (f"，金额由 {was} 元改为 {now} 元", f", from {was} to {now} yuan") if TABLES[name].money else ("", "")
            )
            say(f"更正 {c.corrected:,} 行：{name}{zh}", f"corrected {_rows(c.corrected)}: {name}{en}")
        if c.fen_unknown:
            say(
                f"{name}：{c.fen_unknown:,} 行金额未知，未计入任何金额合计",
                f"{name}: {_rows(c.fen_unknown)} of unknown amount, in no sum of yuan",
            )
    for fault in loaded.faults:
        of = f"{fault.table}.{fault.fault}"
        say(
            f"校验未通过 {fault.rows:,} 行：{of} {fault.says}；首见 {fault.first}",
            f"quarantined {_rows(fault.rows)}: {of} {fault.says_en}; first {fault.first_en}",
        )
        say(f"  应为：{fault.expected}", f"  expected: {fault.expected_en}")
