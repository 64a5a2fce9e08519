"""YAML as plain text: nothing guessed, nothing doubled, every line known."""

from __future__ import annotations

import pytest

from yiheng.basis.refusals import Refusal
from yiheng.policy.plain_yaml import read_document


def written(tmp_path, text: str, name: str = "p.yaml"):
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return file


def test_scalars_stay_what_was_typed(tmp_path):
    document = read_document(written(tmp_path, "a: 010\nb: no\nc: 0.10\nd: 2025-01-01\ne: ~\n"))
    assert document.content == {"a": "010", "b": "no", "c": "0.10", "d": "2025-01-01", "e": "~"}


def test_every_entry_knows_its_line(tmp_path):
    document = read_document(written(tmp_path, "a:\n  b:\n    - x\n    - {y: 1}\n"), shown_as="p.yaml")
    assert document.line_of(("a", "b")) == 2
    assert document.place(("a", "b", 1, "y")) == "p.yaml:4"
    assert document.line_of(("a", "b", 7, "unknown")) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", "p.yaml:3: the key 'a' is written twice (first on line 1)"),
        ("a: [1\nb: 2\n", "this is not YAML"),
        ("", "the file is empty"),
        ("? [a, b]\n: 1\n", "a key must be a word"),
        ("a: &x {b: 1}\nc: *x\n", "an alias (*name) stands here"),
        ("a: &x {b: *x}\n", "an alias (*name) stands here"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(tmp_path, text, says):
    with pytest.raises(Refusal) as refusal:
        read_document(written(tmp_path, text), shown_as="p.yaml")
    assert says in str(refusal.value)


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    file = tmp_path / "p.yaml"
    file.write_bytes("标题: 总额".encode("gb18030"))
    with pytest.raises(Refusal, match="not UTF-8"):
        read_document(file)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(Refusal, match="no such file"):
        read_document(tmp_path / "absent.yaml")
