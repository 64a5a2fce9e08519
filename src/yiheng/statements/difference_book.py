"""The difference of two runs as a workbook: figures, changed facts, claims, and how both statements stand."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from yiheng.intake.workbooks import Book
from yiheng.runs import Pair
from yiheng.runs.deciding import place_of

from .difference import due_words, paired
from .formulas import exact, write_amount
from .stamp import Sides, correction_rows, use_of
from .workbook import (
    MADE,
    MONEY,
    MONEY_WIDTH,
    TEXT_WIDTH,
    close_printable,
    labelled,
    listed,
    named_row,
    write_header,
    write_standing,
)


def write_difference_workbook(
    compared: dict[str, Any],
    into: Path,
    sides: Mapping[Pair, Sides] | None = None,
    names: Mapping[str, str] | None = None,
) -> None:
    """Write the differences of two runs as XLSX, the difference of each figure as a live formula.

    Args:
        compared: what :func:`~yiheng.statements.difference.difference` gave.
        sides: how both statements stand; those that are not there are trials.
        names: of parties by id; each sheet tells both.

    Raises:
        Refusal: when the workbook cannot be written.
    """
    book = Book(str(into))
    book.set_properties({"title": "医保打包付费年度清算更正", "author": "Yiheng", "created": MADE})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True})
    money = book.add_format({"num_format": MONEY})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    newer = {pair: one.new for pair, one in (sides or {}).items()}
    statements = labelled(compared["statements"], names, newer)
    states: list[tuple[dict[str, Any], str, str]] = []
    for s in statements:
        stand = (sides or {}).get((s["party"], s["year"]), Sides())
        states += [
            (s, *row)
            for row in (
                *correction_rows(stand, s["party"], (names or {}).get(s["party"], "")),
                ("合计", due_words(s).zh),
                ("用途", use_of(stand).zh),
            )
        ]
    write_standing(book.add_worksheet("状态"), states, head, text)
    sheet = listed(
        book.add_worksheet("差额"), ["医共体", "年度", "项目", "原（元）", "现（元）", "差额（元）", "公式"], head
    )
    lines = [(s, f["says"], f) for s in statements for f in s["figures"].values()]
    lines += [(s, f"内部分配·{p}", f) for s in statements for p, f in s["shared"].items()]
    for row, (s, says, one) in enumerate(lines, start=1):
        named_row(sheet, row, s, says)
        write_amount(sheet, row, 3, one["old"], money)
        write_amount(sheet, row, 4, one["new"], money)
        if all(exact(one[side]) is not None for side in ("old", "new", "difference")):
            sheet.write_formula(row, 5, f"=E{row + 1}-D{row + 1}", money, exact(one["difference"]))
            sheet.write_string(row, 6, f"=E{row + 1}-D{row + 1}")
        else:
            write_amount(sheet, row, 5, one["difference"], money)
    _changed(book.add_worksheet("变化的数据"), statements, head, money, text)
    sheet = listed(
        book.add_worksheet("变动的结算"),
        ["医共体", "年度", "结算", "就诊", "结算年度", "原（元）", "现（元）", "差额（元）"], head,
    )  # fmt: skip
    changed = ((s, claim) for s in statements for claim in s.get("claims", []))
    for row, (s, claim) in enumerate(changed, start=1):
        named_row(sheet, row, s, claim["settlement_id"])
        sheet.write_string(row, 3, claim["visit_id"])
        sheet.write_number(row, 4, claim["year"])
        for column, side in enumerate(("old", "new", "difference"), start=5):
            write_amount(sheet, row, column, claim[side], money)
    sheet = book.add_worksheet("清算单")
    write_header(sheet, ["医共体", "年度", "原清算单 SHA-256", "现清算单 SHA-256"], head)
    for row, s in enumerate(statements, start=1):
        named_row(sheet, row, s, s["hashes"]["old"])
        sheet.write_string(row, 3, s["hashes"]["new"])
    sheet.set_column(2, 3, TEXT_WIDTH)
    close_printable(book, into)


def _changed(sheet: Worksheet, statements: list[dict[str, Any]], head: Format, money: Format, text: Format) -> None:
    columns = ["医共体", "年度", "原", "原金额（元）", "原出处", "现", "现金额（元）", "现出处", "差额（元）"]
    write_header(sheet, columns, head)
    facts = [(s, fact) for s in statements for fact in paired(s["facts"])]
    for row, (s, fact) in enumerate(facts, start=1):
        named_row(sheet, row, s, "")
        for column, line in ((2, fact["old"] or {}), (5, fact["new"] or {})):
            sheet.write_string(row, column, line.get("says", ""), text)
            write_amount(sheet, row, column + 1, line.get("amount"), money)
            sheet.write_string(row, column + 2, place_of(line), text)
        write_amount(sheet, row, 8, fact["difference"], money)
    sheet.set_column(0, len(columns) - 1, MONEY_WIDTH)
