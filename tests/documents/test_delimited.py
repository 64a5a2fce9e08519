"""The one dialect of CSV: what is read, what is refused, and with which line."""

from __future__ import annotations

import csv
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yiheng.basis.refusals import Refusal, Refusals
from yiheng.documents import read_delimited

HEAD = "party,year,spend\n"


def read(tmp_path, content: str | bytes, needs=("party", "year")):
    file = tmp_path / "facts.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_delimited(file, needs)


ROWS = [{"party": "甲", "year": "2025", "spend": "1,000.50"}, {"party": "乙", "year": "2025", "spend": ""}]


@pytest.mark.parametrize(
    "content",
    [
        'party,year,spend\n甲,2025,"1,000.50"\n乙,2025,\n',
        '\ufeffparty,year,spend\r\n甲,2025,"1,000.50"\r\n乙,2025,\r\n',
        'party,year,spend\r甲,2025,"1,000.50"\r乙,2025,',
        'party,year,spend\r\r\n甲,2025,"1,000.50"\r\r\n乙,2025,\r\r\n',
        'party,year,spend\r\n甲,2025,"1,000.50"\n乙,2025,\r',
        "party\tyear\tspend\n甲\t2025\t1,000.50\n乙\t2025\t\n",
        "party;year;spend\n甲;2025;1,000.50\n乙;2025;\n",
        "sep=;\nparty;year;spend\n甲;2025;1,000.50\n乙;2025;\n",
        "sep=\t\nparty\tyear\tspend\n甲\t2025\t1,000.50\n乙\t2025\t\n",
        ' party ,"year",spend\n 甲 ,"2025","1,000.50"\n\n乙,2025,\n\n',
        'party,year,spend\n甲,2025,"1,000.50"\n乙,2025,\n'.encode("gb18030"),
        'party,year,spend\n甲,2025,"1,000.50",\n乙,2025,,\n',
    ],
)
def test_the_same_rows_in_every_layout(tmp_path, content):
    assert [row.cells for row in read(tmp_path, content)] == ROWS


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (HEAD + "甲,2025,1,000.50\n", "facts.csv:2: this row has 4 cells, the header 3"),
        (HEAD + "甲,2025,1\n乙,2025\n", "facts.csv:3: this row has 2 cells, the header 3"),
        (HEAD + "甲,2025,1\n合计：1 户\n", "facts.csv:3: this row has 1 cells, the header 3"),
        ("sep=,\n" + HEAD + "甲,2025\n", "facts.csv:3: this row has 2 cells, the header 3"),
        (HEAD + '"甲\n乙",2025,1\n丙,2025\n', "facts.csv:4: this row has 2 cells, the header 3"),
        (HEAD + '甲,2025,1\n"乙,2025,1\n丙,2025,1\n', "facts.csv:3: a quote that opens in this row is not closed"),
        (HEAD + '"甲"x,2025,1\n', "facts.csv:2: a closed quote is followed by other signs"),
        ("party,year,spend,Spend\n", "facts.csv:1: the column 'Spend' appears twice (columns 3 and 4)"),
        ("party,year,,\n", "facts.csv:1: column 3 has no name"),
        ("party,spend\n", "facts.csv:1: the column 'year' is missing"),
        ("", "facts.csv:1: the file is empty"),
        ("\n" + HEAD, "facts.csv:1: the file is empty"),
        (HEAD + "甲,2025,\0\n", "facts.csv:2: the text contains a NUL"),
        ((HEAD + "甲,2025,1\n").encode("utf-16"), "facts.csv: the text is UTF-16"),
        ((HEAD + "甲,2025,1\n").encode("utf-16-le"), "facts.csv: the text is UTF-16 or UTF-32"),
        ((HEAD + "東河縣醫院,2025,1\n").encode("big5"), "facts.csv: the text is Big5"),
        # Of ül and ën GB18030 makes one rare sign each, 黮 and 雗: read so, the names would be wrong without a word.
        ((HEAD + "Müller,2025,1\n").encode("cp1252"), "facts.csv: the text is Windows-1252"),
        ((HEAD + "Noëns,2025,1\n").encode("cp1252"), "facts.csv: the text is Windows-1252"),
        ((HEAD + "甲,2025,1\n甲乙丙,2025,2\n").encode() + b"\xff,2025,1\n", "facts.csv:4: this line holds a byte"),
        ((HEAD + "甲,2025,1\n").encode("gb18030") + b"\xff,2025,1\n", "facts.csv:3: this line holds a byte"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused_with_its_line(tmp_path, content, says):
    with pytest.raises(Refusal) as refused:
        read(tmp_path, content)
    assert str(refused.value).startswith(says)


def test_all_uneven_rows_are_told_together_and_no_more_than_people_read(tmp_path):
    with pytest.raises(Refusals) as refused:
        read(tmp_path, HEAD + "甲,2025\n" * 50)
    assert [one.where for one in refused.value.found] == [f"facts.csv:{n}" for n in range(2, 22)]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("fact.csv", "there is no such file\n  to do: check the path; did you mean 'facts.csv'?"),
        ("", "this is a folder, not a file\n  expected: a CSV file\n  to do: name a file in it"),
        ("facts.csv/x", "the file cannot be opened: Not a directory"),
        ("x\0y", "the file cannot be opened: embedded null byte"),
        ("x" * 300, "the file cannot be opened: File name too long"),
    ],
)
def test_what_stands_in_the_way_of_a_file_is_a_sentence(tmp_path, name, says):
    (tmp_path / "facts.csv").write_text(HEAD)
    with pytest.raises(Refusal) as refused:
        read_delimited(tmp_path / name)
    assert says in str(refused.value)


def test_a_file_that_may_not_be_read_is_a_sentence(tmp_path, monkeypatch):
    def forbidden(*_):
        raise PermissionError(13, "Permission denied")

    file = tmp_path / "facts.csv"
    file.write_text(HEAD)
    monkeypatch.setattr(os, "open", forbidden)
    with pytest.raises(Refusal, match="you may not read this file"):
        read_delimited(file)


@given(
    st.lists(st.lists(st.text("a中, ;\t\"'|\n1x", max_size=4).map(str.strip), min_size=3, max_size=3), max_size=6),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_what_the_standard_writer_wrote_comes_back(tmp_path_factory, rows, end):
    """Whatever is in the cells; a line end inside quotes comes back as one line feed."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator=end, quoting=csv.QUOTE_ALL)
    writer.writerows([["party", "year", "spend"], *rows])
    file = tmp_path_factory.getbasetemp() / "written.csv"
    file.write_bytes(out.getvalue().encode())
    assert [list(row.cells.values()) for row in read_delimited(file)] == rows


@pytest.mark.parametrize("content", [b'"' + b"x" * 3_000_000, b"x," * 3_000_000, HEAD.encode() + b"x" * 3_000_000])
def test_point_11_one_gigantic_line_is_a_sentence(tmp_path, content):
    with pytest.raises(Refusal, match=r"facts\.csv:"):
        read(tmp_path, content)


def test_point_10_an_amount_cut_in_two_is_not_hidden_by_an_empty_last_cell(tmp_path):
    # 1100000,50 without quotes gives a cell more; the empty last cell must not make room for it.
    content = "party,year,spend,last,before\na,2010,1100000,50,1000000.00,\n"
    with pytest.raises(Refusals, match="facts.csv:2: this row has 6 cells, the header 5"):
        read(tmp_path, content)
