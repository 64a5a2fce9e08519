"""Signs that steer: what a paper holds of them."""

from __future__ import annotations

import pytest

from yiheng.basis.signs import named


@pytest.mark.parametrize("sign", ["\u2028", "\u2029"])
def test_point_8_what_parts_lines_is_a_space_on_paper(sign):
    """Typesetting takes it for a line that is to be justified, which tears a title apart."""
    assert named(f"清算{sign}办法") == "清算 办法"


def test_point_8_what_turns_the_direction_is_told_by_its_number():
    assert named("a\u202eb\x1b") == "a<U+202E>b<U+001B>"
