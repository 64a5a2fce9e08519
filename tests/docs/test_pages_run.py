"""Point 14 of trust: what README, the how-to pages and the page of commands show is what a reader gets."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT

from .pages import PAGES
from .session import Session, allows, steps_of


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_point_14_the_commands_of_a_page_print_what_it_shows(page, tmp_path):
    session = Session(tmp_path)
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
        ([], "said\n", False),
    ],
)
def test_a_page_that_shows_something_else_is_found(expected, output, right):
    assert allows(expected, output) is right
