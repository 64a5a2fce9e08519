"""The list of bundled charges says words and exceptions that the rule knows, or is refused with line and cure."""

from __future__ import annotations

import pytest

from yiheng.basis.refusals import Refusals
from yiheng.codes import LISTS, SHIPPED_FILES, read_edition
from yiheng.codes.bundled import COLUMNS

LIST = LISTS["bundled_charge"]
GOOD = {
    "bundle": "ct",
    "number": "",
    "domain": "医学影像",
    "fault_type": "重复收费",
    "trigger": "CT&增强|计算机体层 & 增强",
    "trigger_without": "不增强",
    "charged": "CT&平扫",
    "charged_without": "",
    "scope": "same_day",
    "spares": "emergency|rescue",
    "mark": "said_by_source",
    "source": "某清单",
}


def edition(folder, *rows):
    file = folder / "bundled.csv"
    lines = [COLUMNS, *([row[name] for name in COLUMNS] for row in rows)]
    file.write_text("\n".join(",".join(line) for line in lines) + "\n", "utf-8")
    return read_edition(LIST, file)


def test_words_are_told_by_side_and_alternative(tmp_path):
    rows = edition(tmp_path, GOOD).rows
    told = [(row["side"], row["alternative"], row["word"], row["words"]) for row in rows]
    assert sorted(told) == sorted(
        [
            ("trigger", 1, "CT", 2),
            ("trigger", 1, "增强", 2),
            ("trigger", 2, "计算机体层", 2),
            ("trigger", 2, "增强", 2),
            ("trigger_without", 1, "不增强", 1),
            ("charged", 1, "CT", 2),
            ("charged", 1, "平扫", 2),
        ]
    )
    assert {(row["scope"], row["spares"]) for row in rows} == {("same_day", "emergency|rescue")}


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"scope": "same_days"}, "did you mean 'same_day'"),
        ({"spares": "emergency|rescues"}, "did you mean 'rescue'"),
        ({"mark": "guess"}, "mark 'guess' is not known"),
        ({"charged": ""}, "charged is empty"),
        ({"source": ""}, "source is empty"),
    ],
)
def test_what_the_rule_would_not_understand_is_refused(wrong, says, tmp_path):
    with pytest.raises(Refusals, match=says):
        edition(tmp_path, GOOD | wrong)


def test_a_bundle_stands_once(tmp_path):
    with pytest.raises(Refusals, match="ct stands already in line 2"):
        edition(tmp_path, GOOD, GOOD)


def test_what_ships_is_read_whole():
    assert read_edition(LIST, SHIPPED_FILES["bundled_charge"]).aside == []
