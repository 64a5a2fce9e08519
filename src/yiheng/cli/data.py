"""Verbs for data: new, load, codes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from yiheng.codes import LISTS
from yiheng.intake import Loaded, read_mapping
from yiheng.runs import Workspace, load_codes, run_load

from .show import answer, say, working, yuan
from .verb import DONE, DONE_WITH_REFUSALS, format_option, found, opened, says_refusals, workspace_option


@click.command()
@click.argument("directory", type=click.Path(path_type=Path))
@format_option
@says_refusals
def new(directory: Path, form: str) -> int:
    """Make an empty workspace.

    \b
    Example:
      yiheng new xihai
      cd xihai
    """
    Workspace.new(directory)
    if form != "table":
        answer(form, {"workspace": str(directory)}, ["workspace"], [[str(directory)]])
    say(f"已建立工作区 {directory}。下一步：yiheng load 文件或文件夹 --workspace {directory}")
    return DONE


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--mapping", help="Mapping file for another layout.")
@workspace_option
@format_option
@says_refusals
def load(paths: tuple[Path, ...], mapping: str | None, workspace: Path | None, form: str) -> int:
    """Load files or folders (CSV, Parquet) into the lake.

    Files come under our table and column names or the national ones (setl_d.csv with fund_pay_sumamt);
    other layouts by a mapping. Rows that are not accepted are kept in quarantine with place and reason.

    \b
    Examples:
      yiheng load export/2025
      yiheng load setl_d.csv fee_list_d.csv
      yiheng load synpuf --mapping mappings/us-desynpuf.yaml
    """
    space = opened(workspace)
    reading = read_mapping(found(mapping, "mappings", space)) if mapping else None
    with working("load") as step:
        loaded = run_load(space, list(paths), reading, step)
    show_load(loaded, form, space)
    return DONE if loaded.clean else DONE_WITH_REFUSALS


def show_load(loaded: Loaded, form: str, space: Workspace) -> None:
    """Print what a load did."""
    counts = ("read", "accepted", "quarantined", "duplicates")
    columns = ["table", *counts, *(f"yuan {name}" if form == "table" else f"fen_{name}" for name in counts)]
    rows = []
    for name, c in loaded.tables.items():
        fen: list[Any] = [c.fen_read, c.fen_accepted, c.fen_quarantined, c.fen_duplicates]
        if form == "table":
            fen = [yuan(n) if c.fen_read or c.fen_unknown else None for n in fen]
        rows.append([name, c.read, c.accepted, c.quarantined, c.duplicates, *fen])
    answer(form, loaded.as_json(), columns, rows, f"{loaded.run} · snapshot set {loaded.snapshot.number}")
    for fault in loaded.faults:
        say(f"隔离 {fault.rows:,} 行：{fault.table}.{fault.fault} {fault.says}；首见 {fault.first}")
        say(f"  应为：{fault.expected}")
    for file, aside in loaded.aside.items():
        say(f"{file}：未使用的列 {', '.join(aside)}")
    for refused in loaded.refused:
        say(f"文件被拒收：{refused}")
    if loaded.left:
        say(f"未读取的文件：{', '.join(loaded.left)}")
    if any(c.quarantined for c in loaded.tables.values()):
        say(f"隔离的行在 {space.folder / 'runs' / loaded.run / 'quarantine.parquet'}，改正后重新导入即可")


@click.group()
def codes() -> None:
    """Code lists and knowledge points."""


@codes.command("load")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--list", "name", required=True, type=click.Choice(sorted(LISTS)), help="Which list the file holds.")
@workspace_option
@format_option
@says_refusals
def codes_load(file: Path, name: str, workspace: Path | None, form: str) -> int:
    """Load a published code list; the rules use it from then on.

    \b
    Example:
      yiheng codes load knowledge_points.csv --list knowledge_point
    """
    kept = load_codes(opened(workspace), file, name)
    whole = {"list": kept.name, "edition": kept.edition, "rows": kept.rows, "aside": kept.aside}
    answer(
        form, whole, ["list", "edition", "rows", "left aside"], [[kept.name, kept.edition, kept.rows, len(kept.aside)]]
    )
    for line in kept.aside:
        say(f"未使用：{line}")
    return DONE
