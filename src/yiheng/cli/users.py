"""Verbs for the people who sign in to the cockpit: user add, list, password, end."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from yiheng import runs
from yiheng.basis.catalogue import refusal_in
from yiheng.basis.evidence import Words
from yiheng.basis.language import NAMED
from yiheng.basis.moments import moment
from yiheng.basis.refusals import Refusal, nearest
from yiheng.runs import Workspace

from .show import answer, say, write
from .spoken import language, told
from .verb import DONE, format_option, opened, says_refusals, workspace_option

PASSWORD_BYTES = 12
# Whose users see every party.
OFFICE = Words("医保经办机构", "the fund office")
COLUMNS = ("user", "consortium", "rights", "active", "last_sign_in")
HEADS_OF_USERS = [
    Words(*words)
    for words in (
        ("用户", "user"), ("范围", "scope"), ("权限", "rights"), ("状态", "state"), ("最近登录", "last sign-in")
    )
]  # fmt: skip


@click.group()
def user() -> None:
    """Who may sign in to the cockpit of a workspace: add, list, renew a password, end.

    \b
    Examples:
      yiheng user add zhang --workspace xihai
      yiheng user add li --consortium donghe --workspace xihai
      yiheng user list --workspace xihai
    """


def password_option(command: Any) -> Any:
    """``--random``: a password that the machine makes and shows once."""
    return click.option("--random", "made", is_flag=True, help="Make a random password and show it once.")(command)


@user.command()
@click.argument("name")
@click.option("--consortium", default="", help="Id of the only consortium this user sees; without it, the fund office.")
@click.option("--right", "rights", multiple=True, help="A right, such as judge_findings; repeat for several.")
@password_option
@workspace_option
@says_refusals
def add(name: str, consortium: str, rights: tuple[str, ...], made: bool, workspace: Path | None) -> int:
    """Add a user; the password is asked twice, or read from a pipe as one line.

    \b
    Examples:
      yiheng user add zhang --right judge_findings
      yiheng user add li --consortium donghe --random
    """
    space = opened(workspace)
    consortium = space.party(consortium) or ""
    password = _password(made)
    options = [f"--right={right if '.' in right else f'casework.{right}'}" for right in rights]
    in_cockpit(space, "user-add", name, f"--consortium={consortium}", *options, password=password)
    _say_added(name, consortium)
    _say_unknown(space, consortium)
    _show_once(made, password)
    return DONE


@user.command("password")
@click.argument("name")
@password_option
@workspace_option
@says_refusals
def renew(name: str, made: bool, workspace: Path | None) -> int:
    """Give a user another password; open sessions of the user end.

    \b
    Example:
      yiheng user password zhang --random
    """
    space = opened(workspace)
    password = _password(made)
    in_cockpit(space, "user-password", name, password=password)
    say(f"已更换用户 {name} 的密码", f"{name} has another password")
    _show_once(made, password)
    return DONE


@user.command()
@click.argument("name")
@workspace_option
@says_refusals
def end(name: str, workspace: Path | None) -> int:
    """End a user: the name cannot sign in any more; what the user did stays in the journal.

    \b
    Example:
      yiheng user end zhang
    """
    in_cockpit(opened(workspace), "user-end", name)
    say(f"已停用用户 {name}", f"{name} cannot sign in any more")
    return DONE


@user.command("list")
@format_option
@workspace_option
@says_refusals
def listed(form: str, workspace: Path | None) -> int:
    """List the users with scope, rights and last sign-in.

    \b
    Example:
      yiheng user list
    """
    users = json.loads(in_cockpit(opened(workspace), "user-list"))
    rows = [
        [
            one["user"],
            one["consortium"] or (told(*OFFICE) if form == "table" else ""),
            " ".join(one["rights"]) or None,
            _state(one["active"]) if form == "table" else one["active"],
            moment(one["last_sign_in"]) if form == "table" and one["last_sign_in"] else one["last_sign_in"],
        ]
        for one in users
    ]
    answer(form, users, HEADS_OF_USERS if form == "table" else COLUMNS, rows)
    if not users:
        say("尚无用户：yiheng user add 用户名", "no users yet: yiheng user add NAME")
    return DONE


def _state(active: bool) -> str:
    return told("在用", "active") if active else told("停用", "ended")


def _say_unknown(space: Workspace, consortium: str) -> None:
    """Say that the data know no such consortium: its user sees nothing, perhaps for a slip of the pen."""
    known = runs.parties_enrolled(space) if consortium else []
    if known and consortium not in known:
        near = refusal_in(nearest(consortium, known), language())
        say(
            f"数据中没有医共体“{consortium}”，该用户看不到任何数据；{near}",
            f"the data know no consortium '{consortium}', so this user sees nothing; {near}",
        )


def _say_added(name: str, consortium: str = "") -> None:
    say(f"已添加用户 {name}（{consortium or OFFICE.zh}）", f"added the user {name} ({consortium or OFFICE.en})")


def in_cockpit(space: Workspace, verb: str, *options: str, password: str | None = None) -> str:
    """Let the cockpit's own process do something to its users; returns what it printed.

    Raises:
        Refusal: when the cockpit is not installed, or what it refused.
    """
    refuse_without_cockpit()
    asked = [sys.executable, "-m", "yiheng.cockpit", verb, str(space.folder), *options]
    given = f"{password}\n" if password is not None else ""
    spoken = {**os.environ, NAMED: language()}
    done = subprocess.run(
        asked, input=given, capture_output=True, text=True, encoding="utf-8", check=False, env=spoken
    )  # fmt: skip
    if done.returncode != DONE:
        raise Refusal(done.stderr.strip() or f"the cockpit ended with code {done.returncode}")
    return done.stdout


def refuse_without_cockpit() -> None:
    """Say how the cockpit is installed where it is not.

    Raises:
        Refusal: when it is not.
    """
    if find_spec("django") is None:
        raise Refusal("the cockpit is not installed", cure='install it with: pip install "yiheng[web]"')


def offer_first_user(space: Workspace) -> None:
    """Once, at a terminal: add the first user where nobody can sign in."""
    if not sys.stdin.isatty() or any(one["active"] for one in json.loads(in_cockpit(space, "user-list"))):
        return
    asked = told("尚无用户，无法登录。现在添加第一个用户吗？", "No users yet: add the first one now?")
    if click.confirm(asked, default=True):
        name = click.prompt(told("用户名", "user name"))
        in_cockpit(space, "user-add", name, password=_password(False))
        _say_added(name)


def _password(made: bool) -> str:
    """Random, asked twice at a terminal, or one line of a pipe.

    Raises:
        Refusal: when a pipe gives none.
    """
    if made:
        return secrets.token_urlsafe(PASSWORD_BYTES)
    if sys.stdin.isatty():
        again = told("再输一次", "again")
        return str(click.prompt(told("密码", "password"), hide_input=True, confirmation_prompt=again))
    given = sys.stdin.readline().rstrip("\r\n")
    if not given:
        raise Refusal("no password given", expected="one line on the standard input, or --random")
    return given


def _show_once(made: bool, password: str) -> None:
    if made:
        write(f"{told('密码', 'password')}: {password}\n")
