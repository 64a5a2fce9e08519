"""Verbs about what is official: official list, propose, adopt, withdraw."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from yiheng.basis.refusals import Refusal
from yiheng.runs import Register, SettleRun, Workspace, pairs_of, register_of, settle_runs, standing

from .show import answer, say
from .users import in_cockpit, refuse_without_cockpit
from .verb import DONE, acting, format_option, opened, says_refusals, workspace_option

STATES = {"trial": "试算", "proposed": "待批准", "adopted": "正式", "superseded": "已被取代", "withdrawn": "已撤回"}
COLUMNS = ("run", "year", "policy", "state", "by", "at", "proposed_by", "adopted_by", "what_if")


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
    told = [_told(register, one) for one in settle_runs(space)]
    rows = [[one[column] for column in COLUMNS] for one in told]
    columns: tuple[str, ...] = COLUMNS
    if form == "table":
        columns = ("批次", "年度", "政策", "状态", "运行人", "时间（UTC）", "提出", "批准", "说明")
        rows = [
            [row[0], str(row[1] or "—"), row[2], STATES[row[3]], row[4], row[5][:16].replace("T", " "), *row[6:]]
            for row in rows
        ]
    answer(form, told, columns, rows)
    return DONE


@official.command()
@click.argument("run")
@why_option
@click.option("--refused-because", default="", metavar="TEXT", help="Why it stands although parties were refused.")
@click.option("--policy", default="", metavar="ID", help="Its policy, where the year had another one so far.")
@workspace_option
@says_refusals
def propose(run: str, why: str, refused_because: str, policy: str, workspace: Path | None) -> int:
    """Propose a whole settlement of the lake as the official one of its year; asks for your password.

    \b
    Examples:
      yiheng official propose settle-0f3a --why "totals agree with the ledger" --as li
      yiheng official propose settle-0f3a --why "…" --refused-because "beishan joins in 2026" --as li
    """
    done = _done(workspace, "propose", run, why, f"--refused-because={refused_because}", f"--policy={policy}")
    say(f"已提出 {done}，须由另一人批准：yiheng official adopt {done}")
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
    done = _done(workspace, "adopt", run, why)
    say(f"已批准 {done}，现为正式清算：yiheng statement official --pdf statements/")
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
    say(f"已撤回 {_done(workspace, 'withdraw', run, why)}")
    return DONE


def _done(workspace: Path | None, act: str, run: str, why: str, *options: str) -> str:
    """Sign in and do an act in the cockpit's own process; gives the full id of the run."""
    space = opened(workspace)
    refuse_without_cockpit()
    full = space.find_run(run).name
    user = acting() or _asked("用户名 user name", hidden=False)
    password = _asked(f"{user} 的密码 password of {user}", hidden=True)
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


def _told(register: Register, one: SettleRun) -> dict[str, Any]:
    acts = {act.act: act.by for act in register.acts if act.run == one.run}
    return {
        "run": one.run,
        "year": one.year,
        "policy": one.manifest["inputs"].get("policy"),
        "state": register.state(one.run),
        "by": one.by or None,
        "at": one.at,
        "proposed_by": acts.get("proposed"),
        "adopted_by": acts.get("adopted"),
        "what_if": one.departs,
    }


def say_standing(space: Workspace, run: str) -> None:
    """Say that a settlement is a trial, and which one counts where this one replaced nothing."""
    others = sorted({stand.run for pair, stand in standing(space).items() if pair in pairs_of(space, run)} - {run})
    say(f"状态：{STATES[register_of(space).state(run)]}" + (f"；未取代 {'、'.join(others)}" if others else ""))
