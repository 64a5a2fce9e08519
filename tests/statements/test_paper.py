"""Statements on paper: what stands there, the same bytes each time, texts that stay texts, no font."""

from __future__ import annotations

import hashlib
import io

import pypdf
import pytest
import typst

from yiheng.basis.refusals import Refusal
from yiheng.runs.manifest import canonical
from yiheng.statements import only, paper, statement_hash, statements_of, write_statement_pdf

from .settled import HOSTILE, settled


@pytest.fixture(scope="module")
def result(tmp_path_factory):
    return settled(tmp_path_factory.mktemp("ws"), "东河,1050000.00,1000000.00", "西海,1180000.13,1000000.07")


def text_of(pdf: bytes) -> str:
    """All text of a PDF without the blanks and breaks that setting it brought."""
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    return "".join("".join(pages).replace("\u200b", "").split())


def made(result, party, folder) -> bytes:
    into = folder / "statement.pdf"
    write_statement_pdf(result, statements_of(result, party)[0], into)
    return into.read_bytes()


def test_figures_party_article_place_and_hash_stand_on_the_paper(result, tmp_path):
    text = text_of(made(result, "西海", tmp_path))
    # 1,000,000.07 × 1.09 = 1,090,000.0763; 5 % of the budget = 54,500.004; the rest of 90,000.05 is the party's.
    for words in (
        "总额预算1,090,000.08",
        "基金支出1,180,000.13",
        "超支90,000.05",
        "基金分担54,500.00",
        "医共体承担35,500.05",
        "结余0.00",
    ):
        assert words in text
    assert "医共体西海" in text and "统筹地区山东省青岛市" in text and "清算年度2025年" in text
    assert "年度结算规则；数值为示例" in text and "qingdao/2022.yaml:" in text and "facts.csv:3" in text
    assert "所选其他可能" in text and "base_spend" in text
    assert result["run"] in text and result["statements"][0]["policy"]["hash"] in text
    assert "（盖章）" in text and "第1页共" in text


def test_the_hash_on_the_paper_is_that_of_the_json_file(result, tmp_path):
    statement = statements_of(result, "东河")[0]
    file = canonical(only(result, [statement])).encode()
    expected = hashlib.sha256(file).hexdigest()
    assert statement_hash(result, statement) == expected
    assert expected in text_of(made(result, "东河", tmp_path))


def test_a_tree_that_was_told_is_told_by_its_number(result, tmp_path):
    text = text_of(made(result, "东河", tmp_path))
    assert "3.1总额预算（见1）" in text and "3.2基金支出（见2）" in text
    assert text.count("基期（上年）参保人医保基金支出（列base_spend）") == 1


def test_what_is_shared_inside_stands_on_the_paper(result, tmp_path):
    text = text_of(made(result, "东河", tmp_path))
    for words in ("基层设备与培训20,000.00", "双向转诊人员12,000.00", "学科建设8,000.00"):
        assert words in text


def test_the_same_statement_gives_the_same_bytes(result, tmp_path):
    first = made(result, "东河", tmp_path)
    assert first == made(result, "东河", tmp_path)
    assert first != made(result, "西海", tmp_path)
    assert b"/CreationDate(D:1970" in first or b"/CreationDate" not in first


def test_the_sections_are_bookmarks(result, tmp_path):
    outline = pypdf.PdfReader(io.BytesIO(made(result, "东河", tmp_path))).outline
    titles = "".join(one.title for one in outline)
    assert "清算结果" in titles and "计算依据" in titles and "计算批次清单" in titles


@pytest.mark.parametrize("party", HOSTILE)
def test_hostile_names_stay_text(party, tmp_path):
    row = '"{}",1050000.00,1000000.00'.format(party.replace('"', '""'))
    result = settled(tmp_path, row)
    text = text_of(made(result, party, tmp_path))
    assert f"医共体{''.join(party.split())}" in text
    assert "总额预算1,090,000.00" in text


def test_without_a_chinese_font_the_cure_is_told(result, tmp_path, monkeypatch):
    bare = typst.Fonts(include_system_fonts=False, font_paths=[str(tmp_path)])
    monkeypatch.setattr(paper, "fonts", lambda: bare)
    with pytest.raises(Refusal) as refused:
        made(result, "东河", tmp_path)
    assert "no Chinese font" in refused.value.what and "fonts-noto-cjk" in refused.value.cure
    assert not (tmp_path / "statement.pdf").exists()
