"""The page of steps says what the declarations say."""

from __future__ import annotations

from tests.conftest import ROOT
from yiheng.payment import STEPS
from yiheng.payment.page import steps_page


def test_the_page_of_steps_is_the_one_the_declarations_make():
    page = (ROOT / "docs" / "reference" / "steps.md").read_text("utf-8")
    assert page == steps_page(), "run: python -m yiheng.payment.page > docs/reference/steps.md"


def test_the_page_lists_every_step():
    page = steps_page()
    assert not [name for name in STEPS if f"| `{name}` |" not in page]
