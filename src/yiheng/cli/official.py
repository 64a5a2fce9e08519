"""Verbs about what is official: official list, propose, adopt, withdraw."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import click

from yiheng.basis.evidence import Words
from yiheng.basis.moments import moment
from yiheng.basis.refusals import Refusal
from yiheng.runs import Register, SettleRun, Workspace, altered, pairs_of, register_of, settle_runs, standing
from yiheng.runs.deciding import deciding

from .show import answer, say, say_refusal, separated
from .spoken import language, told
from .spoken import listed as listed_names
from .users import in_cockpit, refuse_without_cockpit
from .verb import DONE, DONE_WITH_REFUSALS, acting, format_option, opened, says_refusals, workspace_option

STATES = {
    "trial": Words("试算", "trial"),
    "proposed": Words("待批准", "proposed"),
    "adopted": Words("正式", "adopted"),
    "superseded": Words("已被取代", "superseded"),
    "withdrawn": Words("已撤回", "withdrawn"),
}
# What an act names a settlement by.
NAMED_RUN = re.compile(r"settle-[0-9a-f]{4,}$")
AMOUNTS = ("budget", "spend", "kept", "fund_bears", "party_bears")
STATEMENTS = "statements.json"
COLUMNS = (
    "run",
    "year",
    "policy",
    "state",
    "by",
    "at",
    "proposed_by",
    "adopted_by",
    "what_if",
    "altered",
    "gone",
    "reasons",
)
HEADS_OF_RUNS = [
    Words(*words)
    for words in (
        ("计算批次", "run"), ("年度", "year"), ("政策", "policy"), ("状态", "state"), ("运行人", "by"), ("时间", "at"),
        ("提出", "proposed by"), ("批准", "adopted by"), ("说明", "remarks"),
    )
]  # fmt: skip


@click.group()
def official() -> None:
    """Which settlement is official: one person proposes a run, a second one adopts it.

    \b
    Examples:
      yiheng official list
      yiheng official propose settle-0f3a --why "totals agree with the ledger" --as li
      yiheng official adopt settle-0f3a --why "checked" --as wang
    """


def why_option(command: Any) -> Any:
    """``--why TEXT``: the reason, which is kept with the act."""
    return click.option("--why", required=True, help="The reason; it is kept with the act.")(command)


@official.command("list")
@format_option
@workspace_option
@says_refusals
def listed(form: str, workspace: Path | None) -> int:
    """List the settlements with their state: trial, proposed, adopted, superseded, withdrawn.

    \b
    Example:
      yiheng official list
    """
    space = opened(workspace)
    register = register_of(space)
    there = settle_runs(space)
    runs = [_one(space, register, one) for one in there]
    # What people decided on is listed also where its folder is not there any more.
    gone = [_gone(register, run) for run in register.last if run not in {one.run for one in there}]
    runs += gone
    code = DONE_WITH_REFUSALS if gone else DONE
    if form != "table":
        answer(form, runs, COLUMNS, [[one[column] for column in COLUMNS] for one in runs])
        return code
    rows = [
        [
            one["run"], str(one["year"] or "—"), one["policy"] or "—", STATES[one["state"]].in_language(language()),
            one["by"], moment(one["at"]), one["proposed_by"], one["adopted_by"], _remarks(one) or None,
        ]
        for one in runs
    ]  # fmt: skip
    answer(form, runs, HEADS_OF_RUNS, rows)
    return code


def _remarks(one: dict[str, Any]) -> str:
    """What a reader of the list must know of a run: changed files first, then in what it departs, then the acts."""
    said = []
    if one["gone"]:
        cure = "yiheng restore"
        said.append(
            told(f"！批次文件夹缺失，请用 {cure} 恢复", f"! the folder of the run is gone: bring it back with {cure}")
        )
    if one["altered"]:
        said.append(told("！计算后文件被改动：", "! changed after the run: ") + listed_names(one["altered"]))
    if one["what_if"]:
        said.append(told("试算：", "what-if: ") + one[told("what_if_zh", "what_if")])
    return told("；", "; ").join([*said, *one["reasons"]])


@official.command()
@click.argument("run")
@why_option
@click.option("--refused-because", default="", metavar="TEXT", help="Why it stands although parties were refused.")
@click.option("--examples-because", default="", metavar="TEXT", help="Why example values and assumptions may decide.")
@click.option("--policy", default="", metavar="ID", help="Its policy, where the year had another one so far.")
@workspace_option
@says_refusals
def propose(
    run: str, why: str, refused_because: str, examples_because: str, policy: str, workspace: Path | None
) -> int:
    """Propose a whole settlement of the lake as the official one of its year; asks for your password.

    The run is computed again from the lake first: it is proposed only where every output is the same.

    \b
    Examples:
      yiheng official propose settle-0f3a --why "totals agree with the ledger" --as li
      yiheng official propose settle-0f3a --why "…" --examples-because "council minute 12" --as li
      yiheng official propose settle-0f3a --why "…" --refused-because "beishan joins in 2026" --as li
    """
    given = [f"--refused-because={refused_because}", f"--marks-because={examples_because}", f"--policy={policy}"]
    done = _done(workspace, "propose", run, why, *given)
    cure = f"yiheng official adopt {done}"
    say(f"已提出 {done}，须由另一人批准：{cure}", f"proposed {done}; another person adopts it: {cure}")
    return DONE


@official.command()
@click.argument("run")
@why_option
@workspace_option
@says_refusals
def adopt(run: str, why: str, workspace: Path | None) -> int:
    """Adopt a settlement that another person proposed; asks for your password.

    \b
    Example:
      yiheng official adopt settle-0f3a --why "checked against the ledger" --as wang
    """
    space = opened(workspace)
    _say_adopted(space, _whole(space, run))
    done = _done(workspace, "adopt", run, why)
    papers = "yiheng statement official --pdf statements/"
    say(f"已批准 {done}，现为正式清算：{papers}", f"adopted {done}, now the official settlement: {papers}")
    return DONE


@official.command()
@click.argument("run")
@why_option
@workspace_option
@says_refusals
def withdraw(run: str, why: str, workspace: Path | None) -> int:
    """Withdraw a trial, a proposal or an adopted settlement; what it had replaced does not come back by itself.

    \b
    Example:
      yiheng official withdraw settle-0f3a --why "claims of March were missing" --as wang
    """
    done = _done(workspace, "withdraw", run, why)
    say(f"已撤回 {done}", f"withdrawn: {done}")
    return DONE


def _whole(space: Workspace, run: str) -> str:
    """The id of the run; an act that makes something official takes no start of an id that would fit any run."""
    if not NAMED_RUN.match(run):
        raise Refusal(
            f"'{run}' does not name one run beyond doubt",
            expected="the id of a settlement, or its start with four signs or more behind the dash: settle-0f3a",
            cure="yiheng official list",
        )
    return space.find_run(run).name


def _say_adopted(space: Workspace, run: str) -> None:
    """What is about to become official: amounts, what it replaces, and which examples and assumptions decide it."""
    register = register_of(space)
    proposed = register.open.get(run)
    if proposed is None:
        return
    statements = space.result(run, STATEMENTS)["statements"]
    rows = [[s["party"], str(s["year"]), *(separated(s["figures"][name]) for name in AMOUNTS)] for s in statements]
    answer("table", statements, ["party", "year", *AMOUNTS], rows, f"{run} · {statements[0]['policy']['id']}")
    for act in register.replaced_by(run, pairs_of(space, run)):
        say(
            f"将取代 {act.by} 批准的正式清算 {act.run}（{listed_names(act.parties)}）",
            f"replaces the official settlement {act.run} that {act.by} adopted ({listed_names(act.parties)})",
        )
    if not proposed.marks_because:
        return
    marks = deciding(statements)
    for mark in marks:
        say(f"  示例值或假设：{mark.zh}", f"  example or assumption: {mark.en}")
    about = f"{proposed.by}: {proposed.marks_because}"
    say(f"  采用的理由：{about}", f"  taken because: {about}")


def _done(workspace: Path | None, act: str, run: str, why: str, *options: str) -> str:
    """Sign in and do an act in the cockpit's own process; gives the full id of the run."""
    space = opened(workspace)
    refuse_without_cockpit()
    full = _whole(space, run)
    user = acting() or _asked(told("用户名", "user name"), hidden=False)
    password = _asked(told(f"{user} 的密码", f"password of {user}"), hidden=True)
    if act == "propose":
        say("重新计算并逐字节核对……", "computing it again, to be held byte for byte against what lies there")
    in_cockpit(space, f"official-{act}", user, full, f"--why={why}", *options, password=password)
    return full


def _asked(what: str, *, hidden: bool) -> str:
    """Asked at the terminal, or one line of a pipe."""
    if sys.stdin.isatty():
        return str(click.prompt(what, hide_input=hidden))
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise Refusal(
            f"no answer to: {what}", expected="one line on the standard input", cure="name yourself with --as"
        )
    return given


def _one(space: Workspace, register: Register, one: SettleRun) -> dict[str, Any]:
    return {
        "run": one.run,
        "year": one.year,
        "policy": one.manifest["inputs"].get("policy"),
        "by": one.by or None,
        "at": one.at,
        "what_if": one.departs and one.departs.en,
        "what_if_zh": one.departs and one.departs.zh,
        "altered": list(altered(space, one.run)),
        "gone": False,
        **_decided(register, one.run),
    }


def _gone(register: Register, run: str) -> dict[str, Any]:
    """A run that only the register tells of."""
    act = register.last[run]
    empty: dict[str, Any] = dict.fromkeys(("policy", "by", "what_if", "what_if_zh"))
    return {
        "run": run, "year": act.year, **empty, "at": act.at, "altered": [], "gone": True, **_decided(register, run),
    }  # fmt: skip


def _decided(register: Register, run: str) -> dict[str, Any]:
    acts = [act for act in register.acts if act.run == run]
    by = {act.act: act.by for act in acts}
    return {
        "state": register.state(run),
        "proposed_by": by.get("proposed"),
        "adopted_by": by.get("adopted"),
        "reasons": [act.why for act in acts],
    }


def say_standing(space: Workspace, run: str) -> None:
    """Say that a settlement is a trial, and which one counts where this one replaced nothing."""
    others = sorted(
        {stand.run for pair, stand in standing(space, passed_over=say_refusal).items() if pair in pairs_of(space, run)}
        - {run}
    )
    state = STATES[register_of(space).state(run)]
    say(
        f"状态：{state.zh}" + (f"；未取代 {listed_names(others)}" if others else ""),
        f"state: {state.en}" + (f"; did not replace {listed_names(others)}" if others else ""),
    )
