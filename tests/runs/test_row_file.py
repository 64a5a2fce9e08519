"""A file of many rows is one JSON document, and each of its rows is read alone."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal

import pytest

from yiheng.runs.row_file import KeptRows, as_line, plain, write_rows

ROWS = [{"b": "一", "a": 1}, {"b": "line\nend", "a": 2}, {"b": None, "a": [3, {"c": "]"}]}]


@pytest.fixture
def kept(tmp_path):
    file = tmp_path / "rows.json"
    later = []
    lines = (later.append(row["a"]) or as_line(row) for row in ROWS)
    places = write_rows(
        file, {"run": "r-1", "at": {}}, {"rows": lines, "none": iter(()), "later": (as_line([one]) for one in later)}
    )
    return file, KeptRows(file, places["rows"]), KeptRows(file, places["none"])


def test_the_file_is_one_document_with_a_row_a_line(kept):
    file, *_ = kept
    assert json.loads(file.read_text("utf-8")) == {
        "run": "r-1", "at": {}, "rows": ROWS, "none": [], "later": [[1], [2], [[3, {"c": "]"}]]],
    }  # fmt: skip
    assert '\n{"a": 1, "b": "一"},\n' in file.read_text("utf-8")


def test_rows_are_read_by_place_from_either_end_and_by_slice(kept):
    _, rows, none = kept
    assert len(rows) == 3 and len(none) == 0
    assert rows[0] == ROWS[0] and rows[-1] == ROWS[2]
    assert rows[1:] == ROWS[1:] and rows[:-1] == ROWS[:2] and list(none) == []
    with pytest.raises(IndexError):
        _ = rows[3]


def test_rows_equal_any_sequence_of_the_same_rows(kept):
    _, rows, none = kept
    assert rows == ROWS and none == [] and rows == rows[:]
    assert rows != ROWS[:2] and rows != [*ROWS[:2], {"a": 4}] and rows != "rows"


def test_days_and_quantities_stand_as_text_and_what_is_no_value_is_refused():
    row = {"on": dt.date(2025, 3, 1), "of": {"quantity": Decimal("2.5000"), "fen": 7, "none": None}}
    assert plain(row) == {"on": "2025-03-01", "of": {"quantity": "2.5", "fen": 7, "none": None}}
    assert json.loads(as_line(row)) == plain(row)
    with pytest.raises(TypeError, match="set cannot be written"):
        as_line({"a": {1}})
