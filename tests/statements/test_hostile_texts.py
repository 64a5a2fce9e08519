"""Point 8: markup, formulas and control signs of data stay texts on paper, in workbooks and in charts."""

from __future__ import annotations

import io
import xml.dom.minidom

import openpyxl
import pypdf
import pytest

from yiheng.basis.signs import visible
from yiheng.intake.workbooks import CUT, LONGEST_TEXT, Book
from yiheng.statements import comparison_svg, statements_of, write_comparison, write_statement_pdf, write_workbook
from yiheng.statements.waterfall import waterfall

from .settled import settled

MARKUP = "#panic() *b* _i_ $x$ <a href='x'>y</a> @x \\ `r` // ] [bold] [/x]"
STEERS = "a\x0bb\x01c\u202ed\u2066e\ufffff\x1b[31m"
FORMULAS = ('=HYPERLINK("http://x")', "+1+1", "-2", "@SUM(A1)", "http://x.example/", "mailto:a@b", "{=1}", "00123")
LONG = "字" * 40_000


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return settled(tmp_path_factory.mktemp("hostile"), "东河,1050000.00,1000000.00")


def spoilt(result, text):
    """The statement with a text of an attacker wherever data may put one."""
    whole = statements_of(result, "东河")[0]
    because = {name: {**one, "says": text} for name, one in whole["because"].items()}
    policy = {**whole["policy"], "title": text, "issued_by": text, "file": text}
    return {**whole, "policy": policy, "because": because, "called": text}


def numbered(text):
    """Control signs by their numbers, for fonts without their pictures."""
    return visible(text).translate({0x240B: "<U+000B>", 0x2401: "<U+0001>", 0x241B: "<U+001B>"})


def text_of(pdf):
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.mark.parametrize("text", [MARKUP, STEERS, *FORMULAS, "x\n\n= h"], ids=ascii)
def test_point_8_every_sign_of_a_text_is_seen_on_paper(result, tmp_path, text):
    into = tmp_path / "paper.pdf"
    write_statement_pdf(result, spoilt(result, text), into, None, text)
    shown = text_of(into.read_bytes())
    # The title, the issuer, the party, and at least the seven figures.
    seen = numbered(text)
    assert shown.count("".join(seen.split())) >= 10
    assert "1,090,000.00" in shown and "清算单SHA-256" in shown
    assert not {"\x00", "\x0b", "\u202e"} & set(shown)


def test_point_8_ten_thousand_signs_stand_once_in_full_and_not_at_the_edge_of_every_page(result, tmp_path):
    into, name = tmp_path / "long.pdf", "鑫" * 10_000
    write_statement_pdf(result, statements_of(result, "东河")[0], into, None, name)
    pages = [page.extract_text() for page in pypdf.PdfReader(into).pages]
    # Both on the first pages in the row of the party; the conclusion and the chart may name it again.
    assert sum(page.count("鑫") for page in pages) >= 10_000
    assert pages[-1].count("鑫") == 36 and "1,090,000.00" in "".join(pages)


def cells_of(into):
    return [cell for sheet in openpyxl.load_workbook(into) for row in sheet.iter_rows() for cell in row]


@pytest.mark.parametrize("text", [MARKUP, STEERS, *FORMULAS], ids=ascii)
def test_point_8_cells_of_a_statement_are_texts(result, tmp_path, text):
    into = tmp_path / "statement.xlsx"
    write_workbook({**result, "statements": [spoilt(result, text)]}, into, names={"东河": text})
    held = [cell for cell in cells_of(into) if isinstance(cell.value, str) and visible(text) in cell.value]
    assert len(held) > 10 and {cell.data_type for cell in held} == {"s"}
    assert not [cell for cell in held if cell.hyperlink]


@pytest.mark.parametrize("text", [MARKUP, STEERS, *FORMULAS], ids=ascii)
def test_point_8_cells_of_a_comparison_are_texts(tmp_path, text):
    into = tmp_path / "comparison.xlsx"
    write_comparison(compared(text), into)
    held = [cell for cell in cells_of(into) if isinstance(cell.value, str) and visible(text) in cell.value]
    assert len(held) >= 3 and {cell.data_type for cell in held} == {"s"}


def compared(text):
    cell = {"policy": "p", "party": text, "year": 2025, "net": "1.00", "refused": None}
    figures = dict.fromkeys(("budget", "spend", "surplus", "overrun", "kept", "fund_bears", "party_bears", "fund_pays"))
    return {
        "run": "compare-1", "figures": [{**figures, **cell}], "changes": [], "alternatives": [], "sums": [], "base": "p",
        "policies": [{"policy": "p", "title": text, "assumptions": [], "refused": text, "in_force": True}],
        "manifest": {"inputs": {"facts": text}, "pins": {"data": {}}, "versions": {}},
    }  # fmt: skip


@pytest.mark.parametrize("options", [{}, {"constant_memory": True}])
def test_point_8_a_cell_that_is_too_long_says_where_it_was_cut(tmp_path, options):
    book = Book(str(tmp_path / "long.xlsx"), options)
    sheet = book.add_worksheet("一")
    texts = (LONG, "a" + "𠀀" * 20_000, "x" * LONGEST_TEXT, '=HYPERLINK("http://x")', "half \ud800")
    for at, text in enumerate(texts):
        sheet.write(at, 0, text)
    book.close()
    long, halves, whole, formula, half = (cell.value for cell in cells_of(tmp_path / "long.xlsx"))
    assert long == "字" * (LONGEST_TEXT - len(CUT)) + CUT
    # Each of these signs counts twice: (32,767 − 15 − 1) ÷ 2 = 16,375 and a half, which goes as a whole.
    assert len(CUT) == 15 and halves == "a" + "𠀀" * 16_375 + CUT
    assert half == "half <U+D800>"
    assert whole == "x" * LONGEST_TEXT and formula == '=HYPERLINK("http://x")'


@pytest.mark.parametrize("text", ["<b>x</b>", '<a href="x">y</a>', "<script>alert(1)</script>", '"/><rect/>', STEERS])
def test_point_8_charts_show_markup_as_text(result, text):
    for drawn in (comparison_svg(compared(text)), waterfall({**statements_of(result, "东河")[0], "called": text})):
        svg = xml.dom.minidom.parseString(drawn)
        names = {one.tagName for one in svg.getElementsByTagName("*")}
        assert names <= {"svg", "rect", "text", "line"}
        said = ["".join(part.data for part in one.childNodes) for one in svg.getElementsByTagName("text")]
        assert any(visible(text) in one or numbered(text) in one for one in said)
