"""A fact from the text of a cell: read exactly, known by its aliases, refused outside its domain."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from fractions import Fraction

from yiheng.basis.evidence import Because, Place, Words
from yiheng.basis.money import FEN_PER_YUAN, Fen
from yiheng.basis.numbers import exact_number, plain_text
from yiheng.basis.refusals import Refusal, nearest
from yiheng.policy.dates import year_of
from yiheng.policy.domains import OF_A_HUNDRED, OWN_SIGN, UNITS, OutOfDomain
from yiheng.policy.schema import Fact as DeclaredFact

from .facts import CellSum, Fact

CELL = re.compile(r"(?P<cell>\S+) (?P<days>\d{1,13}) (?P<yuan>\S+)", re.ASCII)
# What programs and clerks write into a cell that holds nothing; a word fact may declare one of them as its word.
NOTHING_THERE = frozenset({"nan", "null", "none", "n/a", "#n/a", "na", "<na>", "-", "--", "—", "——", "/", "."})
# Years that a date of a settlement can be in.
YEARS = range(1900, 2200)


def scale_in_doubt(declared: DeclaredFact, texts: Iterable[str]) -> bool:
    """Whether a column of percentages or scores of a hundred says nothing above 1: its 1 may mean 100.

    A policy that sets ``most`` below 100 says itself how large the figures are.
    """
    domain = declared.domain
    if (
        declared.kind != "number"
        or domain is None
        or domain.unit not in OF_A_HUNDRED
        or domain.most < UNITS[domain.unit].most
    ):
        return False
    sign, plain = OWN_SIGN[domain.unit], [plain_text(text) for text in texts]
    numbers = [number for text in plain if (number := _number_or_none(text.removesuffix(sign))) is not None]
    return bool(numbers) and max(numbers) == 1 and any(_number_or_none(text) == 1 for text in plain)


def _number_or_none(text: str) -> Fraction | None:
    try:
        return exact_number(text)
    except ValueError:
        return None


def fact_read(declared: DeclaredFact, text: str, column: str, place: Place, doubted: bool = False) -> Fact:
    """A fact from the text of a cell; an empty one is unknown, or what the policy says of an empty cell.

    Args:
        doubted: whether a 1 of the column may mean 100 (:func:`scale_in_doubt`).

    Raises:
        Refusal: the text is no figure of the fact's kind, or one outside its domain; with column and range.
    """
    zh, en = declared.says.words
    plain = _filled(declared, text)
    shown = f"：{plain}" if plain and declared.kind in ("number", "year", "word") else ""
    because = Because(Words(f"{zh}{shown}（列 {column}）", f"{en}{shown} (column {column})"), source=place)
    if not plain:
        return Fact(None, because)
    try:
        if doubted and declared.domain is not None and _number_or_none(plain) == 1:
            raise declared.domain.other_scale(Fraction(1), plain)
        return _known(declared, plain, because)
    except ValueError as wrong:
        raise _refused(declared, column, str(place), wrong) from None


def fact_or_fault(declared: DeclaredFact, text: str, column: str, place: Place, doubted: bool = False) -> Fact:
    """As :func:`fact_read`, but what is refused comes as a fact with its fault: the other parties are settled."""
    try:
        return fact_read(declared, text, column, place, doubted)
    except Refusal as fault:
        zh, en = declared.says.words
        says = Words(f"{zh}（列 {column}）", f"{en} (column {column})")
        return Fact(None, Because(says, source=place), fault=fault, judged=declared.judged)


def judged(declared: DeclaredFact, fact: Fact) -> Fact:
    """A fact that did not come from text, such as one of the lake, with its fault when it is outside its domain."""
    domain = declared.domain
    amount = None if fact.amount is None else Fraction(fact.amount.n, FEN_PER_YUAN)
    number = amount if fact.number is None or domain is None else fact.number * UNITS[domain.unit].parts
    if domain is None or number is None or declared.kind not in ("amount", "number"):
        return fact
    try:
        domain.judge(number, str(fact.amount if fact.amount is not None else number), marked=True)
    except OutOfDomain as wrong:
        zh = declared.says.zh
        fault = _refused(declared, zh, str(fact.because.source or ""), wrong)
        return Fact(None, fact.because, fault=fault, judged=declared.judged)
    return fact


def _refused(declared: DeclaredFact, column: str, place: str, wrong: ValueError) -> Refusal:
    domain = declared.domain
    expected = domain.words.en if domain else ""
    if isinstance(wrong, OutOfDomain):
        return Refusal(str(wrong), where=f"{place}:{column}", expected=wrong.expected, cure=wrong.cure)
    return Refusal(str(wrong), where=f"{place}:{column}", expected=expected)


def _filled(declared: DeclaredFact, text: str) -> str:
    """The text as it is read: plain, and what an empty cell means where the policy says so."""
    plain = plain_text(text)
    if plain.lower() in NOTHING_THERE and not (declared.kind == "word" and _word(declared, plain)):
        plain = ""
    return plain or declared.empty or ""


def _known(declared: DeclaredFact, plain: str, because: Because) -> Fact:
    if declared.kind == "word":
        return Fact(None, because, word=_word_read(declared, plain))
    if declared.kind == "cells":
        return Fact(None, because, cells=_cells_read(declared, plain))
    if declared.kind == "year":
        return Fact(None, because, number=Fraction(_year_read(declared, plain)))
    if declared.kind == "number":
        return Fact(None, because, number=_number_read(declared, plain))
    return Fact(_amount_read(declared, plain), because)


def _amount_read(declared: DeclaredFact, plain: str) -> Fen:
    amount = Fen.from_yuan(plain)
    if domain := declared.domain:
        domain.judge(Fraction(amount.n, FEN_PER_YUAN), plain)
    return amount


def _number_read(declared: DeclaredFact, plain: str) -> Fraction:
    """A number as steps take it: percentages and scores of a hundred as fractions of one.

    A per cent sign makes plain what a percentage or a share is in, 分 what a score is in.
    """
    domain = declared.domain
    sign = {**OWN_SIGN, "share": "%"}.get(domain.unit, "") if domain is not None else ""
    marked = bool(sign) and plain.endswith(sign)
    text = plain.removesuffix(sign).rstrip() if marked else plain
    if re.search("[eE][+]?[0-9]", text):
        raise ValueError(f"{plain[:40]!r} is in scientific form, which may have lost digits; write it out")
    number = exact_number(text)
    if domain is None:
        return number
    if marked and domain.unit == "share":
        number /= 100
    domain.judge(number, text if not (marked and domain.unit == "share") else plain, marked=marked)
    return number / UNITS[domain.unit].parts


def _year_read(declared: DeclaredFact, plain: str) -> int:
    dates = declared.dates
    forms, century = (dates.forms, dates.century) if dates else (["YYYY-MM-DD", "YYYY"], None)
    year = year_of(plain, forms, century)
    if year is None:
        raise OutOfDomain(f"{plain!r} is not a date in a form of this policy", " or ".join(forms))
    least = int(declared.least) if declared.least else YEARS.start
    most = int(declared.most) if declared.most else YEARS.stop - 1
    if not least <= year <= most:
        raise OutOfDomain(f"{plain!r} is in the year {year}", f"a year from {least} to {most}")
    return year


def _word(declared: DeclaredFact, plain: str) -> str | None:
    """The declared word that a text stands for: by the word or an alias, in capitals or not, a number by its value."""
    said = _spelled(plain)
    for word, aliases in declared.spellings.items():
        if said in map(_spelled, (word, *aliases)):
            return word
    return None


def _word_read(declared: DeclaredFact, plain: str) -> str:
    if not declared.words:
        return plain
    word = _word(declared, plain)
    if word is None:
        known = [*declared.spellings, *(alias for aliases in declared.spellings.values() for alias in aliases)]
        near = nearest(plain, known)
        cure = near if near.startswith("did") else "write one of these, or add the spelling to the words of the policy"
        raise OutOfDomain(f"{plain[:40]!r} is none of its words", " | ".join(declared.spellings), cure)
    return word


def _spelled(text: str) -> str:
    """A word without what does not matter; of a number its value, so that 1.0 is 1."""
    plain = plain_text(text).casefold()
    try:
        return str(exact_number(plain))
    except ValueError:
        return plain


def _cells_read(declared: DeclaredFact, text: str) -> Mapping[str, CellSum]:
    """Cells written as ``65+_male_2+ 730 1234.50; …``: the cell, its person-days, its yuan."""
    cells: dict[str, CellSum] = {}
    for part in text.split(";"):
        read = CELL.fullmatch(part.strip())
        if read is None:
            raise ValueError(f"{part.strip()[:40]!r} is no cell such as '65+_male_2+ 730 1234.50'")
        if read["cell"] in cells:
            raise ValueError(f"the cell {read['cell']!r} appears twice")
        cells[read["cell"]] = CellSum(int(read["days"]), _amount_read(declared, read["yuan"]))
    return cells
