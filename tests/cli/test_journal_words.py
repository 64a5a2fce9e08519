"""What `journal show` says of an act, for people."""

from __future__ import annotations

import pytest

from yiheng.cli.journal import _words


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "权限：批准清算、核实疑点"), ("en", "rights: adopt settlements, judge findings")],
)
def test_point_5_rights_are_words_and_what_is_empty_or_a_hash_is_left_out(monkeypatch, language, said):
    monkeypatch.setenv("YIHENG_LANG", language)
    rights = ["casework.adopt_settlements", "casework.judge_findings"]
    assert _words({"consortium": "", "rights": rights, "row_sha256": "0" * 64}) == said


def test_point_5_a_name_that_has_no_words_is_shown_as_it_is(monkeypatch):
    monkeypatch.setenv("YIHENG_LANG", "zh")
    assert _words({"verdict": "confirmed", "clock_set_back_from": 7, "rights": ["casework.other"]}) == (
        "核实结论：属实，clock_set_back_from：7，权限：casework.other"
    )
