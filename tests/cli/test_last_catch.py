"""Point 8: whatever a verb did not foresee ends in one sentence that names a log, and the log quotes no data."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from yiheng.basis.fallen import told_fault
from yiheng.runs import Workspace

CERTIFICATE, MOBILE, NAME = "110101194912310024", "13900001234", "欧阳锋"
# The verb itself fails: what stands in the middle of it is replaced by the fault.
RUN = """
import sys
from yiheng.cli import tables
from yiheng.cli.main import main
def fail(*_args, **_more):
    {fault}
tables.query = fail
main(sys.argv[1:], prog_name="yiheng")
"""


def run(fault: str, *words: str, state: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    script = RUN.format(fault=textwrap.indent(fault, "    ").strip())
    env = {**os.environ, "XDG_STATE_HOME": str(state), "YIHENG_LANG": "en", **environment}
    return subprocess.run(
        [sys.executable, "-c", script, *words], capture_output=True, text=True, check=False, env=env, encoding="utf-8"
    )


FAULTS = [
    f"raise ValueError('invalid literal: {NAME} {CERTIFICATE} {MOBILE}')",
    f"raise KeyError('{NAME}')",
    "raise MemoryError",
    "return fail()",
    f"'{NAME}'.encode('ascii')",
    "import nowhere_at_all",
    "raise AssertionError",
]


@pytest.fixture
def space(tmp_path) -> Path:
    return Workspace.new(tmp_path / "xihai").folder


@pytest.mark.parametrize("fault", FAULTS)
def test_point_8_a_fault_is_one_sentence_that_names_a_log(fault, space, tmp_path):
    done = run(fault, "sql", "select 1", "-w", str(space), state=tmp_path / "state")
    assert done.returncode == 70
    assert done.stdout == ""
    assert done.stderr.startswith("the program failed (") and "Traceback" not in done.stderr
    (log,) = (space / "logs").iterdir()
    assert f"The log is {log.resolve()};" in done.stderr and done.stderr.count("\n") == 1
    assert stat.S_IMODE(log.stat().st_mode) == 0o600
    kept = log.read_text("utf-8")
    assert "yiheng" in kept.splitlines()[0] and " sql" in kept.splitlines()[0] and "<string>:6 fail" in kept
    for told in (done.stderr, kept):
        assert not any(sign in told for sign in (CERTIFICATE, MOBILE, NAME))


def test_point_8_without_a_workspace_the_log_is_the_users(tmp_path):
    script = (
        "import sys, yiheng.cli.verbs as verbs\n"
        "verbs.VERBS['sql'] = ('no_such_module', '')\n"
        "from yiheng.cli.main import main\nmain(['sql', 'select 1'])\n"
    )
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state"), "YIHENG_LANG": "zh"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, env=env)
    (log,) = (tmp_path / "state" / "yiheng" / "logs").iterdir()
    assert (
        done.returncode == 70
        and done.stderr.startswith("系统故障，本次操作未完成")
        and f"故障日志：{log}（不含业务数据）" in done.stderr
    )
    assert stat.S_IMODE(log.parent.stat().st_mode) == 0o700


def test_point_8_where_no_log_can_be_kept_the_sentence_says_so(space, tmp_path):
    (space / "logs").write_text("")
    (tmp_path / "state").write_text("")
    done = run("raise ValueError", "sql", "select 1", "-w", str(space), state=tmp_path / "state")
    assert done.returncode == 70 and "No log could be written." in done.stderr


def test_point_8_who_stops_a_verb_is_told_so(space, tmp_path):
    fault = f"import os, signal\nos.kill(os.getpid(), {int(signal.SIGINT)})\nimport time\ntime.sleep(5)"
    done = run(fault, "sql", "select 1", "-w", str(space), state=tmp_path / "state")
    assert (done.returncode, done.stdout) == (130, "") and done.stderr.strip().startswith("stopped;")
    assert not (space / "logs").exists()


def test_point_8_a_reader_that_goes_away_is_no_fault(space, tmp_path):
    env = {**os.environ, "XDG_STATE_HOME": str(tmp_path / "state")}
    query = "select range from range(2000000)"
    words = [sys.executable, "-m", "yiheng.cli", "sql", query, "-w", str(space), "--format", "csv"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env) as asked:
        assert asked.stdout is not None and asked.stderr is not None
        asked.stdout.readline()
        asked.stdout.close()
        assert asked.stderr.read() == b""
    assert not (space / "logs").exists() and not (tmp_path / "state").exists()


@pytest.mark.parametrize("form", ["table", "csv", "json"])
def test_point_8_a_terminal_that_lacks_a_sign_is_shown_its_number(form, space, tmp_path):
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    words = [sys.executable, "-m", "yiheng.cli", "sql", "select '医' as a", "-w", str(space), "--format", form]
    done = subprocess.run(words, capture_output=True, check=False, env=env)
    # JSON is UTF-8 wherever it goes: a program reads it.
    shown = "医".encode() if form == "json" else b"\\u533b"
    assert done.returncode == 0 and shown in done.stdout, done.stderr


def test_point_8_a_fault_is_told_with_its_causes_and_without_values():
    try:
        try:
            int(f"{NAME}")
        except ValueError as wrong:
            raise RuntimeError(f"row of {CERTIFICATE} and '{MOBILE}'") from wrong
    except RuntimeError as wrong:
        told = told_fault(wrong)
    first, *_, last = told.splitlines()
    assert first == "builtins.RuntimeError: row of *** and …"
    assert "builtins.ValueError: invalid literal for int() with base 10: …" in told
    assert last.startswith("  test_last_catch.py:") and last.endswith(
        "test_point_8_a_fault_is_told_with_its_causes_and_without_values"
    )


@pytest.mark.parametrize(
    "words", [["sql", "--[/x]\x1b[2J"], ["\x1b[31mred"], ["sql", "select 1", "--format", "\x1b]0;t\x07"]]
)
def test_point_8_what_was_typed_wrong_is_shown_and_not_obeyed(words, tmp_path):
    done = run("pass", *words, state=tmp_path)
    assert done.returncode == 2 and "\x1b" not in done.stderr and "\\x1b" in done.stderr


@pytest.mark.parametrize(("verb", "sound"), [("settle", True), ("official", False), ("restore", False)])
def test_point_8_what_is_official_is_called_unchanged_only_where_no_act_was_running(verb, sound, space, monkeypatch):
    from yiheng.cli import fallen

    said: list[str] = []
    monkeypatch.setattr(fallen, "say", lambda *words: said.extend(words))
    assert fallen.say_fallen(ValueError("x"), verb, space) == 70
    zh, en = said
    assert ("正式清算结果未改动" in zh, "No official settlement was changed" in en) == (sound, sound)
