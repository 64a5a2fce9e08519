"""What docs/commands.md tells of options: each option of each verb in the section of the verb, and no other."""

from __future__ import annotations

import re

import click
import pytest

from tests.conftest import ROOT
from yiheng.cli.main import main

PAGE = (ROOT / "docs" / "commands.md").read_text("utf-8")
HEADING = re.compile(r"^(##|###) `?(?:yiheng )?([^`\n]+)`?$", re.M)
FENCED = re.compile(r"^```.*?^```$", re.M | re.S)
OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*|-[a-z])(?![\w-])")
# Rows of a table below its line of dashes; the first cell names options.
ROW = re.compile(r"^\| (.*?) \|", re.M)
SENTENCE = re.compile(r"\bOptions?: ([^.]*)\.")
CODE = re.compile(r"`([^`]+)`")


def _sections() -> dict[str, str]:
    """The text of each section without its fenced blocks, by its verb, and by verb and subverb."""
    text = FENCED.sub("", PAGE)
    heads = list(HEADING.finditer(text))
    ends = [*(head.start() for head in heads[1:]), len(text)]
    sections, verb = {}, ""
    for head, end in zip(heads, ends, strict=True):
        verb = head[2] if head[1] == "##" else verb
        sections[verb if head[1] == "##" else f"{verb} {head[2]}"] = text[head.end() : end]
    return sections


def _told(section: str) -> set[str]:
    """The options that a section says its verb has: in the first cells of its tables, and in sentences such as "Options: …"."""
    tables = re.split(r"^\| -.*$", section, flags=re.M)[1:]
    cells = [cell for table in tables for cell in ROW.findall(table.split("\n\n")[0])]
    codes = [code for part in (*cells, *SENTENCE.findall(section)) for code in CODE.findall(part)]
    return {option for code in codes for option in OPTION.findall(code)}


def _verbs(command: click.Command, path: str = "") -> dict[str, click.Command]:
    if not isinstance(command, click.Group):
        return {path: command}
    found = {path: command}
    for name, below in command.commands.items():
        found |= _verbs(below, f"{path} {name}".strip())
    return found


def _options(command: click.Command) -> list[set[str]]:
    """The names of each option that a verb has and that the head of the page does not tell of all verbs."""
    own = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    return [{*one.opts, *one.secondary_opts} for one in own if not _of_all_verbs(one)]


def _of_all_verbs(option: click.Option) -> bool:
    """`--workspace`, `--lang`, and `--as` where it names who acts; of `tables export` it names the kind of file."""
    return bool({"--workspace", "--lang"} & {*option.opts}) or ("--as" in option.opts and not option.expose_value)


SECTIONS = _sections()
VERBS = {path: verb for path, verb in _verbs(main).items() if path}
OWNED: dict[str, list[set[str]]] = {}
for _path, _verb in VERBS.items():
    OWNED.setdefault(_path if _path in SECTIONS else _path.split()[0], []).extend(_options(_verb))
ANYWHERE = {"--workspace", "-w", "--lang", "--as"}


def test_every_verb_has_a_section_and_every_section_a_verb():
    told = {name for name in SECTIONS if not name.startswith("JSON ")}
    assert set(OWNED) == told
    assert len(VERBS) > 30


@pytest.mark.parametrize("name", OWNED)
def test_a_section_tells_each_option_of_its_verb_and_no_other(name):
    told, real = _told(SECTIONS[name]), OWNED[name]
    untold = [sorted(names) for names in real if not names & told]
    assert not untold, f"docs/commands.md, {name}: tell these options in its table"
    assert told - ANYWHERE <= set().union(*real), f"docs/commands.md, {name}: the verb has no such option"


def test_the_head_of_the_page_tells_the_options_of_all_verbs():
    head = PAGE[: PAGE.index("\n## ")]
    assert {option for code in CODE.findall(head) for option in OPTION.findall(code)} >= ANYWHERE


def test_an_option_that_is_untold_or_of_another_verb_is_found():
    section = "| option | meaning |\n| --- | --- |\n| `--year Y` | as `--facts` |\n| `-o FILE` | out |\n\nOptions: `--format`, `-w`. Not `--top`.\n"
    assert _told(section) == {"--year", "-o", "--format", "-w"}
