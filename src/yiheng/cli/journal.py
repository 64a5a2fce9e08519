"""Verbs about the journal of acts: journal show, verify."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import click

from yiheng.basis.evidence import Words
from yiheng.basis.moments import BEIJING, moment
from yiheng.basis.refusals import Refusal, nearest

from .numbers import Whole
from .show import answer, say, say_answer, say_refusal
from .spoken import language, told
from .verb import DONE, DONE_WITH_REFUSALS, format_option, opened, says_refusals, workspace_option

# What an act is called; one that is not here is shown by its name.
ACTS = {
    "user.created": Words("新增用户", "user added"),
    "user.password_renewed": Words("更换密码", "password renewed"),
    "user.password_hashed_anew": Words("重新计算密码摘要", "password hashed anew"),
    "user.ended": Words("停用用户", "user ended"),
    "user.signed_in": Words("登录", "signed in"),
    "user.signed_out": Words("退出登录", "signed out"),
    "user.sign_in_failed": Words("登录失败", "sign-in failed"),
    "user.locked_out": Words("登录锁定", "sign-in locked"),
    "finding.judged": Words("核实疑点", "finding judged"),
    "findings.exported": Words("导出疑点", "findings exported"),
    "quality.exported": Words("导出质量核查结果", "quality exported"),
    "settlement.proposed": Words("提出清算结果", "settlement proposed"),
    "settlement.adopted": Words("批准清算结果", "settlement adopted"),
    "settlement.withdrawn": Words("撤回清算结果", "settlement withdrawn"),
    "journal.chained": Words("建立日志校验链", "chain of hashes begun"),
}
# What belongs to an act; a name that is not here is shown as it is.
DATA = {
    "rights": Words("权限", "rights"),
    "consortium": Words("医共体", "consortium"),
    "address": Words("网络地址", "address"),
    "tries": Words("次数", "tries"),
    "rule": Words("规则", "rule"),
    "verdict": Words("核实结论", "verdict"),
    "row": Words("记录", "row"),
    "why": Words("理由", "why"),
    "findings": Words("疑点数", "findings"),
    "person_numbers": Words("人员编号", "person numbers"),
    "asked": Words("筛选条件", "asked"),
    "institution": Words("定点医药机构", "institution"),
    "month": Words("月份", "month"),
    "check": Words("校验", "check"),
}
LISTS = ("rights",)
RIGHTS = {
    "see_person_numbers": Words("查看完整的人员编号", "see person numbers"),
    "propose_settlements": Words("提出清算", "propose settlements"),
    "adopt_settlements": Words("批准清算", "adopt settlements"),
    "judge_findings": Words("核实疑点", "judge findings"),
    "add_user": Words("管理用户", "manage users"),
}
VALUES = {
    "confirmed": Words("属实", "confirmed"),
    "false_alarm": Words("不属实", "false alarm"),
    "unclear": Words("待核实", "unclear"),
    "full": Words("完整", "in full"),
    "masked": Words("遮蔽", "masked"),
}
COLUMNS = ("number", "at", "act", "by", "subject", "data", "before", "hash")
HEADS = [
    Words(*words)
    for words in (
        ("序号", "line"),
        ("时间", "time"),
        ("操作", "act"),
        ("操作人", "by"),
        ("对象", "subject"),
        ("内容", "data"),
    )
]
# Who acts where no user does.
COMMAND_LINE = Words("系统", "system")


@click.group()
def journal() -> None:
    """The journal of acts: who did what and when; check that nothing was changed, cut off or put in.

    \b
    Examples:
      yiheng journal show --limit 20
      yiheng journal verify
    """


@journal.command("show")
@click.option(
    "--act", help="Only this act, by its name or as it is shown: settlement.adopted, its beginning, 'user added'."
)
@click.option("--by", help="Only acts of this user.")
@click.option("--subject", help="Only acts on this: a user, run or finding.")
@click.option("--since", metavar="DATE", help="From this day or moment on, Beijing time.")
@click.option("--until", metavar="DATE", help="Up to this day, included, or before this moment, Beijing time.")
@click.option("--limit", type=Whole(1), help="So many lines, the newest; by default all.")
@format_option
@workspace_option
@says_refusals
def shown(
    act: str | None, by: str | None, subject: str | None, since: str | None, until: str | None, limit: int | None,
    form: str, workspace: Path | None,
) -> int:  # fmt: skip
    """Show the acts, newest first; json and csv hold what is hashed, with the moment in UTC.

    \b
    Examples:
      yiheng journal show --act settlement --since 2025-01-01
      yiheng journal show --format csv > journal.csv
    """
    from yiheng.runs.journal.shown import acts_shown

    named = next((name for name, words in ACTS.items() if act in words), act)
    lines = acts_shown(
        opened(workspace), act=named, by=by, subject=subject, limit=limit,
        since=_moment(since, "--since"), until=_moment(until, "--until", dt.timedelta(days=1)),
    )  # fmt: skip
    if form == "table":
        rows = [
            [
                str(one.number),
                _when(one.at),
                _called(one.act),
                one.by or told(*COMMAND_LINE),
                one.subject,
                _words(one.data),
            ]
            for one in lines
        ]
        answer(form, None, [one.in_language(language()) for one in HEADS], rows, verbatim=True)
    else:
        whole = [one.as_json() for one in lines]
        answer(form, whole, COLUMNS, [list(one.values()) for one in whole])
    if not lines:
        say("日志中没有符合条件的操作", "the journal holds no such act")
        if act and named not in ACTS and not any(name.startswith(f"{act}.") for name in ACTS):
            say(f"--act 可用的名称：{'、'.join(ACTS)}", f"--act '{act}': {nearest(act, ACTS)}")
    return DONE


@journal.command()
@click.option("--format", "form", type=click.Choice(("table", "json")), default="table", show_default=True,
              help="How to print.")  # fmt: skip
@workspace_option
@says_refusals
def verify(form: str, workspace: Path | None) -> int:
    """Check the journal: its chain, its head, the triggers, verdicts, users and the register of settlements.

    Exit code 1 where anything is not as it was written; each fault with its place.

    \b
    Example:
      yiheng journal verify
    """
    from yiheng.runs.journal.checked import check_journal

    checked = check_journal(opened(workspace))
    if form == "json":
        answer(form, checked.as_json(), (), ())
    elif checked.lines:
        since, until = _when(checked.first), _when(checked.last)
        say_answer(
            told(
                f"操作日志 {checked.lines:,} 条，{since} 至 {until}；"
                f"与核实结论 {checked.verdicts:,} 条、用户 {checked.users:,} 名、"
                f"清算办理记录 {checked.settlements:,} 项核对一致"
                if not checked.faults
                else f"操作日志 {checked.lines:,} 条，{since} 至 {until}；"
                f"已核对核实结论 {checked.verdicts:,} 条、用户 {checked.users:,} 名、"
                f"清算办理记录 {checked.settlements:,} 项",
                f"{checked.lines:,} lines from {since} to {until};"
                f" held against {checked.verdicts:,} verdicts, {checked.users:,} users, {checked.settlements:,} acts on"
                " settlements",
            )
        )
        say_answer(
            told(
                f"末条 {checked.number}，SHA-256 {checked.hash}", f"last line {checked.number}, SHA-256 {checked.hash}"
            )
        )
    else:
        say_answer(told("操作日志中没有记录", "the journal holds no line"))
    if checked.behind and not checked.faults:
        say(
            f"操作日志校验文件落后 {checked.behind} 条（进程曾被中断）；下一项操作会补齐",
            f"the head is {checked.behind} lines behind, as a killed process leaves it; the next act heals it",
        )
    if checked.unnoted_passwords:
        say(
            f"{checked.unnoted_passwords} 名用户的密码未在日志中登记；更换密码后即登记",
            f"passwords not noted, of users of before: {checked.unnoted_passwords}; yiheng user password notes one",
        )
    if checked.ended_strangers:
        names = ", ".join(checked.ended_strangers)
        say(f"非经本系统添加、现已停用的用户：{names}", f"ended users whom no act in the journal added: {names}")
    for fault in checked.faults:
        say_refusal(fault)
    if checked.faults:
        say(f"发现 {len(checked.faults)} 处问题", f"faults: {len(checked.faults)}")
        return DONE_WITH_REFUSALS
    if form == "table" and checked.lines:
        say_answer(told("完整，未发现改动", "whole: nothing was changed, cut off or put in"))
    return DONE


def _called(act: str) -> str:
    return ACTS[act].in_language(language()) if act in ACTS else act


def _when(at: str) -> str:
    try:
        return moment(at)
    except ValueError:
        return at


def _words(data: object) -> str:
    """What belongs to the act, in words and without hashes, which tell people nothing."""
    if not isinstance(data, dict):
        return str(data)
    colon, comma = told("：", ": "), told("，", ", ")
    return comma.join(
        f"{DATA[name].in_language(language()) if name in DATA else name}{colon}{_value(name, value)}"
        for name, value in data.items() if not name.endswith("sha256") and value not in ("", [])
    )  # fmt: skip


def _value(name: str, value: object) -> str:
    if name in LISTS and isinstance(value, list):
        known = (RIGHTS.get(str(one).rpartition(".")[2]) for one in value)
        between = told("、", ", ")
        return between.join(
            words.in_language(language()) if words else str(one) for one, words in zip(value, known, strict=True)
        )
    if name in ("verdict", "person_numbers") and value in VALUES:
        return VALUES[str(value)].in_language(language())
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _moment(text: str | None, option: str, day: dt.timedelta = dt.timedelta()) -> dt.datetime | None:
    """A day or moment in Beijing time; of a day its beginning, or its end."""
    if text is None:
        return None
    try:
        when = dt.datetime.fromisoformat(text)
    except ValueError:
        raise Refusal(f"{option} '{text}' is no day", expected="such as 2025-03-31 or 2025-03-31T12:00") from None
    when = when.replace(tzinfo=BEIJING) if when.tzinfo is None else when
    return when + day if len(text) == len("2025-03-31") else when
