"""Point 6 of trust: the first user, users by command, a demo that touches nothing of others."""

from __future__ import annotations

import json
import socket
import subprocess
import sys

import pytest

from tests.tiny import loaded
from yiheng.runs import Workspace

DONE, WRONG_USE = 0, 2
PATIENCE = 60


def yiheng(*arguments, given: str = ""):
    command = [sys.executable, "-m", "yiheng.cli", *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, text=True, timeout=PATIENCE, check=False)


@pytest.fixture
def space(tmp_path):
    return Workspace.new(tmp_path / "xihai").folder


def test_point_6_a_user_is_added_listed_renewed_and_ended(space):
    added = yiheng("user", "add", "zhang", "--right", "judge_findings", "-w", space, given="correct-horse-9\n")
    assert added.returncode == DONE, added.stderr
    made = yiheng("user", "add", "li", "--consortium", "donghe", "--random", "-w", space)
    assert made.returncode == DONE and "password: " in made.stdout
    renewed = yiheng("user", "password", "zhang", "-w", space, given="battery-staple-7\n")
    assert renewed.returncode == DONE, renewed.stderr
    assert yiheng("user", "end", "li", "-w", space).returncode == DONE
    users = json.loads(yiheng("user", "list", "--format", "json", "-w", space).stdout)
    assert [(u["user"], u["consortium"], u["rights"], u["active"]) for u in users] == [
        ("li", "donghe", [], False),
        ("zhang", "", ["judge_findings"], True),
    ]


def test_point_6_a_consortium_that_the_data_do_not_know_is_told(tmp_path):
    space = loaded(tmp_path)[0].folder
    known, unknown = (
        yiheng("user", "add", name, "--consortium", of, "--random", "-w", space)
        for name, of in (("li", "donghe"), ("wu", "dongh"))
    )
    assert known.returncode == unknown.returncode == DONE and "sees nothing" not in known.stderr
    assert "the data know no consortium 'dongh', so this user sees nothing; did you mean 'donghe'?" in unknown.stderr


def test_point_13_a_misspelt_right_names_the_rights(space):
    refused = yiheng("user", "add", "qian", "--right", "judge_finding", "--random", "-w", space)
    assert refused.returncode == WRONG_USE
    assert "did you mean 'judge_findings'?" in refused.stderr and "see_person_numbers" in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "given", "says"),
    [
        (("add", "zhang"), "", "no password given"),
        (("add", "zhang"), "12345678901\n", "password"),
        (("add", "zhang", "--right", "fly", "--random"), "", "fly"),
        (("add", "a b", "--random"), "", "username"),
        (("end", "nobody"), "", "user not found: 'nobody'"),
        (("password", "nobody", "--random"), "", "user not found: 'nobody'"),
    ],
)
def test_point_6_what_cannot_be_done_is_a_sentence(space, arguments, given, says):
    refused = yiheng("user", *arguments, "-w", space, given=given)
    assert refused.returncode == WRONG_USE
    assert says in refused.stderr and "Traceback" not in refused.stderr


def test_point_6_a_user_is_not_added_or_ended_twice(space):
    yiheng("user", "add", "zhang", "--random", "-w", space)
    again = yiheng("user", "add", "zhang", "--random", "-w", space)
    assert again.returncode == WRONG_USE and "exists already" in again.stderr
    yiheng("user", "end", "zhang", "-w", space)
    ended = yiheng("user", "end", "zhang", "-w", space)
    assert ended.returncode == WRONG_USE and "ended already" in ended.stderr


def test_point_6_serve_without_users_says_how_one_is_added(space):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "yiheng.cli", "serve", "--port", str(port), "-w", str(space)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True) as serving:
        told = serving.stdout.readline() + serving.stdout.readline()
        serving.terminate()
    assert f"127.0.0.1:{port}" in told and "yiheng user add" in told


def test_point_6_a_port_in_use_is_a_sentence(space):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = yiheng("serve", "--port", port, "-w", space)
    assert refused.returncode == WRONG_USE
    assert f"port {port} is in use" in refused.stderr and "Traceback" not in refused.stderr


def test_point_6_the_demo_refuses_a_workspace_that_it_did_not_make(space):
    before = sorted(p.relative_to(space) for p in space.rglob("*"))
    refused = yiheng("demo", "--no-serve", "-w", space)
    assert refused.returncode == WRONG_USE and "was not made by the demo" in refused.stderr
    assert sorted(p.relative_to(space) for p in space.rglob("*")) == before
