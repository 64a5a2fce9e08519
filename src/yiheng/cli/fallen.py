"""The last catch: what nobody foresaw is told in a sentence that names a log."""

from __future__ import annotations

import datetime as dt
import os
import platform
from pathlib import Path
from secrets import token_hex

from yiheng import __version__
from yiheng.basis.fallen import told_fault

from .show import say

# As sysexits.h has it: a fault of the program itself; and as a shell says it of who pressed Ctrl-C.
FALLEN, STOPPED = 70, 130
LOGS, NAME_SIGNS = "logs", 4
# Verbs that change what is official, or put a workspace in the place of another.
ACTING = ("official", "restore", "serve", "demo")
# Where a workspace that is open is told to the last catch.
WORKSPACE = "yiheng.workspace"


def say_fallen(wrong: BaseException, verb: str, workspace: Path | None) -> int:
    """Say that the program failed, and where its log stands; gives the exit code."""
    kind = type(wrong).__name__
    log = _written(_text(wrong, verb), workspace)
    kept_zh = (
        f"故障日志：{log}（不含业务数据），请交系统管理员。"
        if log
        else f"故障日志无处可写（{kind}），请告知系统管理员。"
    )
    kept_en = (
        f"The log is {log}; it quotes no data: give it to who maintains this installation."
        if log
        else "No log could be written."
    )
    # Where an act may have been done before the fault, nobody knows.
    sound_zh, sound_en = (
        ("", "") if verb in ACTING else ("，正式清算结果未改动", " No official settlement was changed.")
    )
    say(
        f"系统故障，本次操作未完成{sound_zh}。{kept_zh}",
        f"the program failed ({kind}) and did not finish.{sound_en} {kept_en}",
    )
    return FALLEN


def say_stopped() -> int:
    """Say that the user stopped the verb; gives the exit code."""
    say("已中止；未完成的部分没有生效。", "stopped; what was not finished has no effect.")
    return STOPPED


def _text(wrong: BaseException, verb: str) -> str:
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return f"{now} yiheng {__version__} {verb}\n{platform.platform()} Python {platform.python_version()}\n" + (
        told_fault(wrong) + "\n"
    )


def _written(text: str, workspace: Path | None) -> Path | None:
    """The log, for its owner only: in the workspace, or where the user's programs keep their state."""
    name = f"{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%S}-{token_hex(NAME_SIGNS)}.log"
    for folder in [*([workspace / LOGS] if workspace else []), *_of_user()]:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = folder / name
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
                opened.write(text)
        except OSError:
            continue
        return file.resolve()
    return None


def _of_user() -> list[Path]:
    try:
        of_user = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
        return [(Path(of_user) if of_user else Path.home() / ".local" / "state") / "yiheng" / LOGS]
    except RuntimeError:
        # A user without a home.
        return []
