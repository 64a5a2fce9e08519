"""The reference page says what the declarations say."""

from __future__ import annotations

from tests.conftest import ROOT
from yiheng.codes.page import codes_page


def test_the_page_of_codes_is_the_one_the_declarations_make():
    page = (ROOT / "docs" / "reference" / "codes.md").read_text("utf-8")
    assert page == codes_page(), "run: python -m yiheng.codes.page > docs/reference/codes.md"
