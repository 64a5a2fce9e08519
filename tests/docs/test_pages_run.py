"""Point 14 of trust: what README, the how-to pages and the page of commands show is what a reader gets."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.conftest import ROOT

from .pages import ELSEWHERE, PAGES, with_commands
from .session import Command, Session, allows, language_of_page, renewed, steps_of


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_point_14_the_commands_of_a_page_print_what_it_shows(page, tmp_path):
    session = Session(tmp_path, language_of_page(page))
    wrong = []
    for step in steps_of(page):
        output = session.take(step)
        if output is not None and not allows(step.expected, output):
            wrong.append(
                f"{page.name}:{step.line}: $ {step.text}\n--- prints\n{output}\n--- the page shows\n"
                + "\n".join(step.expected)
            )
    assert not wrong, "\n\n".join(wrong)


@pytest.mark.parametrize(
    ("expected", "output", "right"),
    [
        (["a", "…", "z"], "a\nb\nc\nz\n", True),
        (["a", "…", "z"], "a\nb\nc\n", False),
        (["settle-0f3a … yuan"], "settle-99bc12  12.00 yuan\n", True),
        (["settle-0f3a"], "settled\n", False),
        (["x  1.00"], "┏━━━┓\n┃ x ┃ 1.00 ┃\n┗━━━┛\n".replace("┗", "└").replace("┛", "┘"), True),
        (["x  1.00"], "x 1.01\n", False),
        (["SHA-256 e255d83721ff870c"], "SHA-256 66a9cf684b438258\n", True),
        ([], "said\n", False),
    ],
)
def test_a_page_that_shows_something_else_is_found(expected, output, right):
    assert allows(expected, output) is right


def test_point_14_every_page_with_a_command_is_run_or_says_where_it_is():
    told = {page.relative_to(ROOT).as_posix() for page in with_commands()}
    run = {page.relative_to(ROOT).as_posix() for page in PAGES}
    assert told <= run | set(ELSEWHERE)
    assert not run & set(ELSEWHERE)
    assert all((ROOT / name).exists() for name in ELSEWHERE)


def test_point_14_every_pip_line_names_what_the_project_offers():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    offered = set(project["optional-dependencies"])
    pinned = {line.split("==")[0].lower() for line in (ROOT / "constraints.txt").read_text("utf-8").split()}
    pages = [*ROOT.glob("README*.md"), *ROOT.glob("docs/*.md"), *ROOT.glob("docs/howto/*.md")]
    lines = [line for page in pages for line in re.findall(r"pip install [^`\n]+", page.read_text("utf-8"))]
    ours = [re.search(r"\[(\w+)\]", line)[1] for line in lines if re.search(r"\[\w+\]", line)]
    assert {"web", "all"} <= set(ours) <= offered
    assert all("-c constraints.txt -e " in line for line in lines if '".[' in line)
    for extra in ours:
        names = {re.split(r"[\[<>=!~; ]", one)[0].lower() for one in project["optional-dependencies"][extra]}
        assert names - {project["name"]} <= pinned, extra


def test_point_14_the_lines_before_pip_stand_for_linux_and_windows():
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text("utf-8")
        assert "$ python3 -m venv .venv\n$ . .venv/bin/activate\n$ pip install -c constraints.txt -e" in text
        assert "`py -m venv .venv`" in text and "`.venv\\Scripts\\activate`" in text


def test_the_readme_chooses_english_before_the_program_speaks():
    """In a shell without a locale the program speaks Chinese; the English page says how to change that, and is run so."""
    page = ROOT / "README.md"
    typed = [step.text for step in steps_of(page) if isinstance(step, Command)]
    first = next(i for i, text in enumerate(typed) if text.startswith("yiheng "))
    assert "export YIHENG_LANG=en" in typed[:first]
    assert language_of_page(page) == "zh"
    assert language_of_page(ROOT / "README.zh-CN.md") == "zh"
    assert language_of_page(ROOT / "docs" / "howto" / "read-a-statement.md") == "en"


def test_a_page_that_chooses_its_language_is_run_in_it(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```\n$ yiheng new a\n$ export YIHENG_LANG=en\n$ yiheng new b\n```\n", "utf-8")
    session = Session(tmp_path, language_of_page(page))
    told = [session.take(step) for step in steps_of(page)]
    assert told[0].startswith("已建立工作区 a")
    assert told[2].startswith("made the workspace b")


def test_a_renewed_page_is_cut_where_it_was_cut():
    assert renewed(["load-0a1b", "…", "b", "z"], "load-77aa 1\na 2\nb 3\nc 4\nz 5\ny\n") == [
        "load-77aa 1", "…", "b 3", "…", "z 5", "…"
    ]  # fmt: skip
    assert renewed(["old"], "new 1\nnew 2\n") == ["new 1", "new 2"]
    assert renewed(["…", "password: (random)"], "a\npassword: x7\n") == ["…", "password: (random)"]
