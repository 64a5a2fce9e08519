"""Point 13 of trust: one language for each output, named, from the environment or from the locale."""

from __future__ import annotations

import ast
import re
import time
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from tests.house.house import files, place
from yiheng.basis.catalogue import CATALOGUE, read_po, refusal_in, sentence
from yiheng.basis.evidence import Words
from yiheng.basis.language import language_of
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.cli.main import main

CHINESE = re.compile("[一-鿿]")
SLOT = re.compile(r"\{\d+\}")
# A word of English: names and ids hold a sign, a digit or a capital, or are one of these.
WORD = re.compile(r"\b[a-z]{2,}\b")


def templates() -> Iterator[tuple[str, str]]:
    """Every sentence that a refusal is raised with in the source, with the line; what is put in is a numbered slot."""
    for _, file, tree in files():
        for around, call in _calls(tree):
            if ast.unparse(call.func).split(".")[-1] == "Refusal":
                given = [*call.args, *(one.value for one in call.keywords if one.arg in ("what", "expected", "cure"))]
                for text in (text for one in given for said in _assigned(around, one) for text in _texts(said)):
                    yield _numbered(text), place(file, call.lineno)


def _calls(tree: ast.Module) -> Iterator[tuple[ast.AST, ast.Call]]:
    """Every call with the function around it."""
    for around in (tree, *(one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))):
        for call in ast.walk(around):
            if isinstance(call, ast.Call):
                yield around, call


def _assigned(around: ast.AST, given: ast.expr) -> Iterator[ast.expr]:
    """What is given, or where that is a name all that the function around it calls so."""
    yield given
    if isinstance(given, ast.Name):
        for one in ast.walk(around):
            if isinstance(one, ast.Assign) and any(ast.unparse(target) == given.id for target in one.targets):
                yield one.value


def _texts(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.JoinedStr):
        return ["".join(part.value if isinstance(part, ast.Constant) else "\0" for part in node.values)]
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return [a + b for a in _texts(node.left) or ["\0"] for b in _texts(node.right) or ["\0"]]
    return [text for one in node.values for text in _texts(one)] if isinstance(node, ast.BoolOp) else []


def _numbered(text: str) -> str:
    parts = text.split("\0")
    return parts[0] + "".join(f"{{{at}}}{part}" for at, part in enumerate(parts[1:], start=1))


def words_of(text: str) -> list[str]:
    return WORD.findall(SLOT.sub("", text))


def test_point_13_every_sentence_of_a_refusal_has_chinese():
    known = read_po(CATALOGUE.read_text("utf-8"))
    missing = sorted({f"{where}  {text}" for text, where in templates() if words_of(text) and text not in known})
    assert not missing, "add to basis/refusals_zh.po:\n" + "\n".join(missing)


def test_point_13_the_catalogue_keeps_every_slot():
    for en, zh in read_po(CATALOGUE.read_text("utf-8")).items():
        assert en == "" or sorted(SLOT.findall(en)) == sorted(SLOT.findall(zh)), en


def test_point_13_a_refusal_is_chinese_as_a_whole_and_again_from_its_text():
    one = Refusal(
        "the fact 'x' of 'y' is missing", where="facts.csv:3", expected="a figure for x", cure="check the path"
    )
    chinese = "facts.csv:3: 缺少“y”的数据“x”\n  应为：x 的数值\n  处理：检查路径"
    assert refusal_in(one, "zh") == chinese == refusal_in(str(one), "zh")
    assert refusal_in(one, "en") == str(one)
    both = Refusals([one, Refusal(Words("两种都有", "given in both"), expected=Words("甲", "A"))])
    assert refusal_in(both, "zh") == f"{chinese}\n两种都有\n  应为：甲"
    assert sentence("no such sentence") == "no such sentence"


@pytest.mark.parametrize("text", [", ".join(["x: y"] * 20_000), "the column '" + "x' (1) and " * 20_000, ": " * 50_000])
def test_point_11_a_long_text_is_answered_at_once(text):
    began = time.perf_counter()
    assert sentence(text) == text
    # A pattern tries all ways to part such a text: for ten thousand signs more than two minutes.
    assert time.perf_counter() - began < 5


def test_what_is_put_in_is_as_short_as_can_be_and_may_be_a_sentence_itself():
    assert sentence("'a' 'b' appears twice (lines 2) (lines 3)") == "“a”'b' 出现两次（第 2) (lines 3 行）"
    assert sentence("the fact 'x' of 'y' of 'z' is missing") == "缺少“y' of 'z”的数据“x”"
    assert (
        sentence("f.csv:3:party: the fact 'check the path' of 'y' is missing")
        == "f.csv:3:party: 缺少“y”的数据“检查路径”"
    )


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "YIHENG_LANG": "en"}, "en"),
        ({"LANG": "fr_FR.UTF-8"}, "zh"),
    ],
)
def test_point_13_the_language_comes_from_the_environment(environment, language):
    assert language_of(environment) == language


def test_point_13_lang_is_taken_before_and_after_every_verb(tmp_path, monkeypatch):
    monkeypatch.setenv("YIHENG_LANG", "zh")
    for arguments in (["--lang", "en", "audit"], ["audit", "--lang", "en"], ["official", "list", "--lang", "en"]):
        done = CliRunner().invoke(main, [*arguments, "-w", str(tmp_path)])
        assert done.exit_code == 2 and "this folder is no workspace" in done.stderr, done.output
    assert "该文件夹不是工作区" in CliRunner().invoke(main, ["audit", "-w", str(tmp_path)]).stderr
    unknown = CliRunner().invoke(main, ["audit", "--lang", "fr"])
    assert unknown.exit_code == 2
