"""Verbs for a bad day: backup, restore, verify."""

from __future__ import annotations

import datetime as dt
import shlex
from pathlib import Path

import click

from yiheng.basis.moments import moment
from yiheng.runs import Checked, Workspace, check_quickly, make_backup, restore_backup, verify_place
from yiheng.runs.keys import key_folder

from .show import answer, say, working
from .spoken import listed, told, why
from .verb import DONE, DONE_WITH_REFUSALS, format_option, named, says_refusals, workspace_option

COLUMNS = ["file", "files", "runs", "bytes", "sha256"]
RESTORED = ["workspace", "files", "runs", "bytes", "made_at"]
SECONDS_IN_A_MINUTE, SECONDS_IN_AN_HOUR = 60, 3600


@click.command()
@click.argument("into", metavar="TO", type=click.Path(path_type=Path))
@click.option("--keys", type=click.Path(path_type=Path), help="The folder for the keys; never that of the backup.")
@workspace_option
@format_option
@says_refusals
def backup(into: Path, keys: Path | None, workspace: Path | None, form: str) -> int:
    """Write a backup of a workspace into a folder, while loads, runs and the cockpit go on.

    It holds everything: data, runs, code lists, policies, mappings, settings, users, the journal and the register.
    Keys are never in it; --keys puts them into another folder, to be kept elsewhere.

    \b
    Example:
      yiheng backup /backup --keys /safe -w xihai
    """
    with working("backup") as step:
        space = Workspace.open(named(workspace, Path()))
        made = make_backup(space, into, keys, step)
        spoilt = sum(bool(one.faults) for one in check_quickly(space, step))
    whole = {**made.as_json(), "parts_at_fault": spoilt}
    answer(form, whole, COLUMNS, [[made.file, made.files, made.runs, made.bytes, made.sha256]])
    if made.keys_in:
        say(
            f"密钥在 {made.keys_in}，请与备份分开保管",
            f"the keys are in {made.keys_in}; keep them apart from the backup",
        )
    elif made.keys:
        say(
            f"未备份密钥：{listed(list(made.keys))}；用 --keys 文件夹 另存",
            f"keys not backed up: {listed(list(made.keys))}; put them elsewhere with --keys FOLDER",
        )
    file = shlex.quote(made.file)
    say(f"恢复：yiheng restore {file} 文件夹", f"to bring it back: yiheng restore {file} FOLDER")
    if not spoilt:
        return DONE
    verb = f"yiheng verify {shlex.quote(str(space.folder))}"
    say(
        f"已按现状备份，但有 {spoilt} 项存在问题：{verb}",
        f"backed up as it stands, but {spoilt} {'part is' if spoilt == 1 else 'parts are'} at fault: {verb}",
    )
    return DONE_WITH_REFUSALS


@click.command()
@click.argument("file", metavar="FROM", type=click.Path(path_type=Path))
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--keys", type=click.Path(path_type=Path), help="The folder that backup --keys wrote.")
@format_option
@says_refusals
def restore(file: Path, directory: Path, keys: Path | None, form: str) -> int:
    """Write a backup out as a workspace in an empty or new folder, on whatever path and machine.

    \b
    Examples:
      yiheng restore xihai-20261130T201500Z.yiheng-backup xihai
      yiheng restore xihai-20261130T201500Z.yiheng-backup xihai --keys /safe
    """
    with working("restore") as step:
        back = restore_backup(file, directory, keys, step)
    row = [back.workspace, back.files, back.runs, back.bytes, moment(back.made_at) if form == "table" else back.made_at]
    answer(form, back.as_json(), RESTORED, [row])
    age = _age(dt.datetime.now(dt.UTC) - dt.datetime.fromisoformat(back.made_at))
    say(
        f"备份于{age}；此后导入的数据须重新导入",
        f"backed up {age}; what was loaded since has to be loaded again",
    )
    if back.keys:
        say(f"已恢复密钥：{listed(back.keys)}", f"keys brought back: {listed(back.keys)}")
    if back.missing:
        say(
            f"缺少密钥：{listed(back.missing)}。找到后，casework.key 放入 {back.workspace}，其余放入 {key_folder()}"
            "（YIHENG_KEYS 可另指文件夹）。没有摘要密钥不能再导入；"
            "没有 casework.key 时，驾驶舱另建一个，用户须重新登录",
            f"keys missing: {listed(back.missing)}. When they are found, casework.key goes into {back.workspace}, any"
            f" other into {key_folder()} (YIHENG_KEYS names another folder). Without that of the hashes nothing more"
            " can be loaded; without casework.key the cockpit makes another and people sign in again",
        )
    if back.head_was:
        say(
            f"操作日志校验文件现为 {back.workspace}/journal.head，"
            f"yiheng.toml 中的 journal_head 已注释；原在 {back.head_was}，"
            "如仍放在别处，移动文件后重新设置",
            f"the head of the journal is {back.workspace}/journal.head now, and journal_head in yiheng.toml a comment;"
            f" it stood at {back.head_was}: to keep it elsewhere again, move the file and set it",
        )
    if back.dump:
        say(
            f"用户和日志在 {back.dump}：用 pg_restore --clean --if-exists --dbname 数据库 {back.dump} 写回 PostgreSQL",
            f"users and journal are in {back.dump}: pg_restore --clean --if-exists --dbname DATABASE {back.dump}",
        )
    verb = f"yiheng verify {shlex.quote(str(directory))}"
    say(f"下一步：{verb}", f"next: {verb}")
    return DONE


@click.command()
@click.argument("place", required=False, metavar="PLACE", type=click.Path(path_type=Path))
@workspace_option
@format_option
@says_refusals
def verify(place: Path | None, workspace: Path | None, form: str) -> int:
    """Check every part of a workspace, or every file of a backup; each fault with its cure.

    PLACE is a workspace or a backup; the current workspace by default. Ends with 1 where something is at fault.

    \b
    Examples:
      yiheng verify
      yiheng verify xihai-20261130T201500Z.yiheng-backup
    """
    with working("verify") as step:
        found = verify_place(place or named(workspace, Path()), step)
    sound = not any(one.faults for one in found)
    rows = [[told(*one.part), one.count, _state(one), len(one.faults)] for one in found]
    whole = {"sound": sound, "parts": [one.as_json() for one in found]}
    answer(form, whole, ["part", "count", "state", "faults"], rows)
    for one in found:
        for fault in one.faults:
            say(f"！{why(fault)}", f"! {fault}")
        for note in one.notes:
            say(*note)
    return DONE if sound else DONE_WITH_REFUSALS


def _state(one: Checked) -> str:
    if one.faults:
        return told("有误", "AT FAULT")
    return told("见其他检查项", "see the other part") if one.elsewhere else told("完好", "sound")


def _age(age: dt.timedelta) -> str:
    days, hours, minutes = age.days, age.seconds // SECONDS_IN_AN_HOUR, age.seconds // SECONDS_IN_A_MINUTE
    if days:
        return told(f" {days} 天 {hours} 小时以前", f"{days} days and {hours} hours ago")
    if hours:
        return told(f" {hours} 小时以前", f"{hours} hours ago")
    return told(f" {minutes} 分钟以前", f"{minutes} minutes ago") if minutes else told("刚才", "just now")
