"""Verbs that take a workspace along: pack, unpack."""

from __future__ import annotations

from pathlib import Path

import click

from yiheng.runs import Workspace, pack_workspace, unpack_workspace

from .show import answer, say, working
from .spoken import listed
from .verb import DONE, format_option, named, says_refusals, workspace_option

COLUMNS = ["file", "files", "bytes", "sha256"]


@click.command()
@click.argument("directory", required=False, type=click.Path(path_type=Path))
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The file to write.")
@workspace_option
@format_option
@says_refusals
def pack(directory: Path | None, output: Path, workspace: Path | None, form: str) -> int:
    """Write a workspace into one file, with the SHA-256 of every file, for another machine or an auditor.

    Data, code lists, policies and runs travel. Left out are the keys of keyed hashes, which are outside the workspace,
    and the cockpit's users, passwords and settings.

    \b
    Example:
      yiheng pack demo -o demo.zip
    """
    with working("pack") as step:
        packed = pack_workspace(Workspace.open(directory or named(workspace, Path())), output, step)
    row = [packed.file, packed.files, packed.bytes, packed.sha256]
    answer(form, packed.as_json(), COLUMNS, [row])
    say(
        "未打包：个人信息摘要的密钥（本就在工作区之外）、驾驶舱的用户、密码与设置",
        "left out: the keys of keyed hashes (outside the workspace), and the cockpit's users, passwords and settings",
    )
    if packed.left_out:
        say(f"未打包的其他文件：{listed(packed.left_out)}", f"other files left out: {listed(packed.left_out)}")
    say(
        f"在另一台机器上：yiheng unpack {output.name} 文件夹", f"on another machine: yiheng unpack {output.name} FOLDER"
    )
    return DONE


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("directory", type=click.Path(path_type=Path))
@format_option
@says_refusals
def unpack(file: Path, directory: Path, form: str) -> int:
    """Write a pack out as a workspace, after checking the SHA-256 of every file.

    \b
    Examples:
      yiheng unpack demo.zip audited
      yiheng replay settle-0f3a -w audited
    """
    with working("unpack") as step:
        packed = unpack_workspace(file, directory, step)
    row = [packed.file, packed.files, packed.bytes, packed.sha256]
    answer(form, {**packed.as_json(), "workspace": str(directory)}, COLUMNS, [row])
    again = f"yiheng replay RUN -w {directory}"
    say(
        f"工作区 {directory}：{packed.files:,} 个文件的 SHA-256 全部相符。重算核对：{again}",
        f"workspace {directory}: the SHA-256 of all {packed.files:,} files agree; run again: {again}",
    )
    return DONE
