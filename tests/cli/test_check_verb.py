"""The example of the how-to page about checking a bill, run as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from yiheng.cli.main import main

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "check-a-bill.md"


@pytest.fixture
def blocks(tmp_path, monkeypatch):
    """The table, the bill and the commands of the page; the files stand where the commands are run."""
    catalogue, bill, run = re.findall(r"```[^\n]*\n(.*?)```", PAGE.read_text("utf-8"), re.S)
    (tmp_path / "catalogue.csv").write_text(catalogue, encoding="utf-8")
    (tmp_path / "bill.json").write_text(bill, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return run


def test_the_page_shows_what_the_commands_say(blocks):
    shown = blocks.splitlines()
    commands = [line.removeprefix("$ yiheng ").split() for line in shown if line.startswith("$")]
    said = [CliRunner().invoke(main, command) for command in commands]
    assert [one.exit_code for one in said] == [0, 0, 0]
    last = max(number for number, line in enumerate(shown) if line.startswith("$"))
    assert said[-1].output.splitlines() == shown[last + 1 :]


def test_rules_that_lack_the_same_list_are_told_in_one_line(blocks):
    for command in (["new", "desk"], ["codes", "load", "catalogue.csv", "--list", "catalogue", "-w", "desk"]):
        assert CliRunner().invoke(main, command).exit_code == 0
    said = CliRunner().invoke(main, ["check", "bill.json", "-w", "desk"]).output
    lines = [line for line in said.splitlines() if line.startswith("not judged")]
    assert [line[line.rindex(": ") :] for line in lines] == [
        ": knowledge_point, item_limit missing; run yiheng codes load FILE --list knowledge_point",
        ": code_limit missing; run yiheng codes load FILE --list code_limit",
    ]
