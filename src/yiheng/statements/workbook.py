"""Statements as a workbook: figures, reasons, assumptions, and what the run was made of."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from yiheng.payment import FIGURES

# A workbook carries a date of making; a fixed one keeps the same statement the same bytes.
MADE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
MONEY = "#,##0.00"
PARTY_WIDTH, MONEY_WIDTH, TEXT_WIDTH, PLACE_WIDTH = 16, 18, 72, 48


def write_workbook(result: dict[str, Any], into: Path) -> None:
    """Write the statements of a settle run as XLSX.

    Args:
        result: what the run kept in ``statements.json``. Amounts are yuan with two decimals.
    """
    book = xlsxwriter.Workbook(str(into), {"default_date_format": "yyyy-mm-dd"})
    book.set_properties({"title": "医保打包付费年度清算", "author": "Yiheng", "created": MADE})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True})
    money = book.add_format({"num_format": MONEY})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    _figures(book.add_worksheet("清算结果"), result["statements"], head, money)
    _reasons(book.add_worksheet("计算依据"), result["statements"], head, money, text)
    _assumptions(book.add_worksheet("假设"), result["statements"], head, text)
    _refused(book.add_worksheet("未能清算"), result["refused"], head, text)
    _manifest(book.add_worksheet("运行清单"), result, head, text)
    book.close()


def _figures(sheet: Worksheet, statements: list[dict[str, Any]], head: Format, money: Format) -> None:
    purposes = sorted({purpose for s in statements for purpose in s["shared"]})
    columns = [
        "医共体",
        "年度",
        "政策",
        *(f"{w.zh}（元）" for w in FIGURES.values()),
        *(f"分配·{p}（元）" for p in purposes),
    ]
    _header(sheet, columns, head)
    for row, s in enumerate(statements, start=1):
        sheet.write_string(row, 0, s["party"])
        sheet.write_number(row, 1, s["year"])
        sheet.write_string(row, 2, s["policy"]["title"])
        amounts = [s["figures"][name] for name in FIGURES] + [s["shared"].get(p) for p in purposes]
        for column, amount in enumerate(amounts, start=3):
            _amount(sheet, row, column, amount, money)
    sheet.set_column(0, 2, PARTY_WIDTH)
    sheet.set_column(3, 2 + len(FIGURES) + len(purposes), MONEY_WIDTH)


def _reasons(sheet: Worksheet, statements: list[dict[str, Any]], head: Format, money: Format, text: Format) -> None:
    _header(sheet, ["医共体", "年度", "项目", "层级", "说明", "金额（元）", "出处"], head)
    row = 1
    for s in statements:
        for figure, words in FIGURES.items():
            for depth, line in _flat(s["because"][figure]):
                sheet.write_string(row, 0, s["party"])
                sheet.write_number(row, 1, s["year"])
                sheet.write_string(row, 2, words.zh)
                sheet.write_number(row, 3, depth)
                sheet.write_string(row, 4, "　" * depth + line["says"], text)
                _amount(sheet, row, 5, line.get("amount"), money)
                sheet.write_string(row, 6, f"{line['where']}:{line['at']}" if "where" in line else "", text)
                row += 1
    sheet.set_column(0, 3, PARTY_WIDTH)
    sheet.set_column(4, 4, TEXT_WIDTH)
    sheet.set_column(5, 5, MONEY_WIDTH)
    sheet.set_column(6, 6, PLACE_WIDTH)


def _assumptions(sheet: Worksheet, statements: list[dict[str, Any]], head: Format, text: Format) -> None:
    _header(sheet, ["政策", "编号", "假设", "所选", "其他可能"], head)
    seen = {(s["policy"]["file"], a["id"]): (s["policy"]["title"], a) for s in statements for a in s["assumptions"]}
    for row, (title, a) in enumerate(seen.values(), start=1):
        for column, value in enumerate([title, a["id"], a["text"], a["chosen"], "；".join(a["alternatives"])]):
            sheet.write_string(row, column, value, text)
    sheet.set_column(0, 1, PARTY_WIDTH)
    sheet.set_column(2, 2, TEXT_WIDTH)
    sheet.set_column(3, 4, MONEY_WIDTH)


def _refused(sheet: Worksheet, refused: list[dict[str, Any]], head: Format, text: Format) -> None:
    _header(sheet, ["医共体", "年度", "原因"], head)
    for row, one in enumerate(refused, start=1):
        sheet.write_string(row, 0, one["party"])
        sheet.write_number(row, 1, one["year"])
        sheet.write_string(row, 2, one["why"], text)
    sheet.set_column(2, 2, TEXT_WIDTH)


def _manifest(sheet: Worksheet, result: dict[str, Any], head: Format, text: Format) -> None:
    _header(sheet, ["项目", "内容"], head)
    manifest = result["manifest"]
    lines = {"run": result["run"], **manifest["inputs"], **manifest["pins"], **manifest["versions"]}
    if result["unattributed"]:
        lines["不归属任何医共体的支出（笔、分）"] = result["unattributed"]
    for row, (name, value) in enumerate(lines.items(), start=1):
        sheet.write_string(row, 0, str(name))
        sheet.write_string(row, 1, "" if value is None else str(value), text)
    sheet.set_column(0, 0, MONEY_WIDTH * 2)
    sheet.set_column(1, 1, TEXT_WIDTH)


def _flat(because: dict[str, Any], depth: int = 0) -> list[tuple[int, dict[str, Any]]]:
    below = [line for child in because.get("rests_on", []) for line in _flat(child, depth + 1)]
    return [(depth, because), *below]


def _header(sheet: Worksheet, columns: list[str], head: Format) -> None:
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name, head)
    sheet.freeze_panes(1, 0)


def _amount(sheet: Worksheet, row: int, column: int, yuan: str | None, money: Format) -> None:
    """A cell holds at most fifteen digits exactly; an amount beyond that is written as text."""
    if yuan is None:
        return
    exact = Decimal(yuan)
    if len(exact.as_tuple().digits) <= EXACT_DIGITS:
        sheet.write_number(row, column, exact, money)
    else:
        sheet.write_string(row, column, yuan)


EXACT_DIGITS = 15
