"""The sheet that computes a settlement again: facts, values and choices to change, and every step as a formula."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from yiheng.basis.evidence import Because, Words
from yiheng.basis.money import FEN_PER_YUAN, Fen
from yiheng.basis.refusals import Refusal
from yiheng.payment import Fact, PartyFacts
from yiheng.payment.traced import Cell, Traced, trace
from yiheng.policy import PolicyFile

from .chosen import name_of

SHEET = "重算"
COLUMNS = ["医共体", "类别", "项目", "数值（金额为元）", "分", "公式", "出处", "清算单所列（元）", "差额（元）"]
WIDTHS = [28, 10, 60, 20, 20, 60, 28, 20, 14]
SECTIONS = {"figure": "重算结果", "value": "政策参数", "choice": "所选假设", "fact": "事实", "step": "计算步骤"}
ORDER = tuple(SECTIONS)
NOTES = (
    "黄色单元格（事实、政策参数、所选假设）可以修改，其余均为公式，随之重算。金额先按分计算，再列为元。",
    "显示 #N/A 的，是所改情形缺少数据或超出政策规定范围，须重新清算。本表供核对和试算，正式结果以清算单为准。",
)
REF = re.compile(r"#(\d+)#")
# Beyond so many parties a sheet is not read by anybody; each party's own workbook has its formulas.
MOST_PARTIES = 200
Row = dict[str, Any]


def write_recompute(
    book: Workbook, result: Row, policies: Mapping[int, PolicyFile], head: Format, money: Format, text: Format
) -> None:
    """Write a sheet for each year that computes its statements again.

    Args:
        policies: the policies that the run kept, by year.
    """
    years = sorted({s["year"] for s in result["statements"]})
    for year in years:
        sheet = book.add_worksheet(SHEET if len(years) == 1 else f"{SHEET}{year}")
        statements = [s for s in result["statements"] if s["year"] == year]
        for column, (name, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
            sheet.write_string(len(NOTES), column, name, head)
            sheet.set_column(column, column, width)
        sheet.freeze_panes(len(NOTES) + 1, 3)
        sheet.repeat_rows(len(NOTES))
        try:
            made = _traced(result, statements, policies[year], year)
        except Refusal as refusal:
            sheet.write_string(0, 0, f"本次清算不能写成公式：{refusal.what}")
            continue
        for at, note in enumerate(NOTES):
            sheet.write_string(at, 0, note)
        formats = {"input": book.add_format({"bg_color": "#FFF6CC", "border": 1}), "money": money, "text": text}
        formats["input_money"] = book.add_format({"bg_color": "#FFF6CC", "border": 1, "num_format": "#,##0.00"})
        _write(sheet, made, {s["party"]: s for s in statements}, formats)


def _traced(result: Row, statements: list[Row], source: PolicyFile, year: int) -> Traced:
    if len(statements) > MOST_PARTIES:
        raise Refusal(f"{len(statements)} parties are too many for one sheet", cure="write one party's workbook")
    if any("inputs" not in s for s in statements):
        raise Refusal("the run did not keep its facts", cure="settle again")
    inputs = result["manifest"]["inputs"]
    known_on = dt.date.fromisoformat(inputs["known_on"]) if inputs["known_on"] else None
    parties = [facts_of(s, source) for s in statements]
    return trace(source, year, parties, known_on=known_on, assume=inputs["assume"])


def facts_of(statement: Row, source: PolicyFile) -> PartyFacts:
    """The facts that a statement was made of."""
    facts = {}
    for name, known in statement["inputs"].items():
        policy = source.policy
        declared = policy.facts.get(name) or policy.pools.get(name) or policy.risk.get(name)
        because = Because(declared.says.words if declared else Words(name, name))
        if "amount" in known:
            facts[name] = Fact(Fen.from_yuan(known["amount"]), because)
        elif "number" in known:
            facts[name] = Fact(None, because, number=Fraction(known["number"]))
        else:
            facts[name] = Fact(None, because, word=known["word"])
    return PartyFacts(statement["party"], facts)


def _write(sheet: Worksheet, made: Traced, statements: dict[str, Row], formats: dict[str, Format]) -> None:
    cells = made.formulas.cells
    order = sorted(range(len(cells)), key=lambda at: (ORDER.index(cells[at].section), at))
    rows = {index: len(NOTES) + 1 + at for at, index in enumerate(order)}

    def placed(formula: str) -> str:
        return "=" + REF.sub(lambda ref: _cell(cells[int(ref[1])], rows[int(ref[1])]), formula)

    listed = {
        index: {**statements[party]["figures"], **statements[party]["further"]}.get(name, "0.00")
        for party, figures in made.figures.items()
        for name, index in figures.items()
    }
    for index, row in rows.items():
        cell = cells[index]
        sheet.write_string(row, 0, name_of(statements[cell.party]) if cell.party in statements else cell.party)
        sheet.write_string(row, 1, SECTIONS[cell.section])
        sheet.write_string(row, 2, cell.says.zh, formats["text"])
        sheet.write_string(row, 6, cell.place)
        if cell.formula is None:
            _input(sheet, row, cell, formats)
            continue
        formula, value = placed(cell.formula), Fraction(cell.value or 0)
        sheet.write_string(row, 5, formula, formats["text"])
        if cell.kind != "money":
            sheet.write_formula(row, 3, formula, None, _decimal(value))
            continue
        sheet.write_formula(row, 4, formula, None, _decimal(value))
        sheet.write_formula(row, 3, f"=E{row + 1}/{FEN_PER_YUAN}", formats["money"], _decimal(value / FEN_PER_YUAN))
        if index in listed:
            sheet.write_number(row, 7, Decimal(listed[index]), formats["money"])
            sheet.write_formula(row, 8, f"=ROUND(D{row + 1}-H{row + 1},2)", formats["money"], 0)


def _input(sheet: Worksheet, row: int, cell: Cell, formats: dict[str, Format]) -> None:
    if isinstance(cell.value, str) or cell.value is None:
        sheet.write_string(row, 3, cell.value or "", formats["input"])
        return
    shown = cell.value / FEN_PER_YUAN if cell.kind == "money" else cell.value
    kind = formats["input_money" if cell.kind == "money" else "input"]
    if ends(shown):
        sheet.write_number(row, 3, _decimal(shown), kind)
    else:
        sheet.write_formula(row, 3, f"={shown.numerator}/{shown.denominator}", kind, _decimal(shown))
    if cell.kind == "money":
        sheet.write_formula(row, 4, f"=ROUND(D{row + 1}*{FEN_PER_YUAN},0)", None, _decimal(cell.value))


def _cell(cell: Cell, row: int) -> str:
    return f"{'E' if cell.kind == 'money' else 'D'}{row + 1}"


def ends(number: Fraction) -> bool:
    """Whether a number is written with an end: its denominator has no other factor than 2 and 5."""
    rest = number.denominator
    for factor in (2, 5):
        while rest % factor == 0:
            rest //= factor
    return rest == 1


def _decimal(number: Fraction) -> Decimal:
    return Decimal(number.numerator) / number.denominator
