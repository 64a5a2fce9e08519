"""Statements as a workbook: figures, reasons, assumptions, and what the run was made of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from yiheng.intake.rejects import close_book
from yiheng.intake.workbooks import Book
from yiheng.payment import FIGURES
from yiheng.policy import PolicyFile
from yiheng.runs import Pair, Stand
from yiheng.runs.deciding import lines_of, place_of
from yiheng.runs.manifest import told_pins

from .assumed import assumption_rows, due_rows, mark_rows
from .chosen import name_of, statement_hash, with_id
from .dues import MOVES, WAYS, dues, further_words, sums
from .formulas import (
    ACCOUNT_COLUMNS,
    AMOUNT_COLUMN,
    CHECKS,
    FORMULA_COLUMN,
    REASONS,
    RESULTS,
    TRANSFER_COLUMNS,
    exact,
    figure_formula,
    write_accounts,
    write_amount,
    write_checks,
    write_transfers,
)
from .recompute import write_recompute
from .stamp import accepted_because, name_kept, stamp_rows

# A workbook carries a date of making; a fixed one keeps the same statement the same bytes.
MADE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC).replace(tzinfo=None)
MONEY = "#,##0.00"
# As a workbook counts sizes of paper.
A4 = 9
NAME_WIDTH, YEAR_WIDTH, MONEY_WIDTH, TEXT_WIDTH, PLACE_WIDTH = 28, 8, 18, 72, 48
STANDARD: Mapping[int, int] = {}
# Points.
TWO_LINES = 32


def write_workbook(
    result: dict[str, Any],
    into: Path,
    stands: Mapping[Pair, Stand] | None = None,
    policies: Mapping[int, PolicyFile] | None = None,
    names: Mapping[str, str] | None = None,
) -> None:
    """Write the statements of a settle run as XLSX.

    Args:
        result: what the run kept in ``statements.json``. Amounts are yuan with two decimals.
        stands: how each statement stands; one that is not there is a trial.
        policies: those that the run kept, by year; with them a sheet computes the statements again.
        names: of parties by id as they are today; each sheet tells both, of what was adopted the name of then.
    """
    book = Book(str(into), {"default_date_format": "yyyy-mm-dd"})
    book.set_properties({"title": "医保打包付费年度清算", "author": "Yiheng", "created": MADE})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True})
    money = book.add_format({"num_format": MONEY})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    stood, called = stands or {}, names or {}
    statements = labelled(result["statements"], called, stood)
    states = [
        (s, *row)
        for s in statements
        for row in stamp_rows(stood.get((s["party"], s["year"])), s["party"], called.get(s["party"], ""))
    ]
    write_standing(book.add_worksheet("状态"), states, head, text)
    hashes = [statement_hash(result, one) for one in result["statements"]]
    _figures(book.add_worksheet(RESULTS), statements, hashes, head, money)
    _dues(
        listed(book.add_worksheet("应收应付"), ["医共体", "年度", "账户", "处理", "金额（元）"], head),
        statements,
        money,
    )
    _marks(
        listed(book.add_worksheet("示例值与假设"), ["医共体", "年度", "性质", "内容"], head),
        statements,
        stands or {},
        text,
    )
    if policies:
        write_recompute(book, {**result, "statements": statements}, policies, head, money, text)
    formulas = _reasons(book.add_worksheet(REASONS), statements, head, money, text)
    moved = listed(
        book.add_worksheet("转账"), TRANSFER_COLUMNS, head,
        {2: YEAR_WIDTH, 3: PLACE_WIDTH, 4: NAME_WIDTH, 5: NAME_WIDTH, 7: TEXT_WIDTH},
    )  # fmt: skip
    rows = write_transfers(moved, statements, money, text)
    sums = write_accounts(
        listed(book.add_worksheet("账户"), ACCOUNT_COLUMNS, head, {2: NAME_WIDTH}), statements, rows, money
    )
    write_checks(
        listed(book.add_worksheet("核对"), ["医共体", "年度", *CHECKS], head), statements, formulas, sums, money
    )
    _assumptions(book.add_worksheet("假设"), statements, head, text)
    _refused(book.add_worksheet("未能清算"), labelled(result["refused"], names), head, text)
    _manifest(book.add_worksheet("计算批次清单"), result, head, text)
    close_printable(book, into)


def labelled(
    statements: list[dict[str, Any]], names: Mapping[str, str] | None, stands: Mapping[Pair, Stand | None] | None = None
) -> list[dict[str, Any]]:
    """The statements with the name and id of their party for text; a hash is that of the id alone."""

    def called(party: str, year: int) -> str:
        return with_id(party, name_kept((stands or {}).get((party, year)), (names or {}).get(party, ""), party))

    return [{**s, "called": called(s["party"], s["year"])} for s in statements]


def write_standing(sheet: Worksheet, rows: list[tuple[dict[str, Any], str, str]], head: Format, text: Format) -> None:
    """The first sheet: how each statement stands and who made it so, an item and its words a row."""
    write_header(sheet, ["医共体", "年度", "项目", "内容"], head)
    for row, (s, label, words) in enumerate(rows, start=1):
        named_row(sheet, row, s, label)
        sheet.write_string(row, 3, words, text)
    sheet.set_column(0, 0, NAME_WIDTH)
    sheet.set_column(1, 1, YEAR_WIDTH)
    sheet.set_column(2, 2, NAME_WIDTH)
    sheet.set_column(3, 3, TEXT_WIDTH)


def listed(sheet: Worksheet, columns: list[str], head: Format, widths: Mapping[int, int] = STANDARD) -> Worksheet:
    """A sheet with its heads; columns are as wide as money where ``widths`` does not say otherwise."""
    write_header(sheet, columns, head)
    sheet.set_column(0, len(columns) - 1, MONEY_WIDTH)
    sheet.set_column(0, 0, NAME_WIDTH)
    sheet.set_column(1, 1, YEAR_WIDTH)
    for column, width in widths.items():
        sheet.set_column(column, column, width)
    return sheet


def named_row(sheet: Worksheet, row: int, statement: dict[str, Any], third: str) -> None:
    sheet.write_string(row, 0, name_of(statement))
    sheet.write_number(row, 1, statement["year"])
    sheet.write_string(row, 2, third)


def _dues(sheet: Worksheet, statements: list[dict[str, Any]], money: Format) -> None:
    """Every account of each statement that is due, withheld, deducted, prepaid or borne, then the sums."""
    row = 1
    for s in statements:
        for says, way, amount in due_rows(s):
            named_row(sheet, row, s, says)
            sheet.write_string(row, 3, way)
            write_amount(sheet, row, 4, amount.replace(",", ""), money)
            row += 1
    sheet.set_column(2, 3, PLACE_WIDTH)


def _marks(sheet: Worksheet, statements: list[dict[str, Any]], stands: Mapping[Pair, Stand], text: Format) -> None:
    """Example values and assumptions of each statement: to be settled before anything is paid."""
    whys = [accepted_because(stands.get((s["party"], s["year"]))) for s in statements]
    marked = [(s, *row) for s, why in zip(statements, whys, strict=True) for row in mark_rows(s, why)]
    for at, (s, kind, says) in enumerate(marked, start=1):
        named_row(sheet, at, s, kind)
        sheet.write_string(at, 3, says, text)
    sheet.set_column(3, 3, TEXT_WIDTH)


def _figures(
    sheet: Worksheet, statements: list[dict[str, Any]], hashes: list[str], head: Format, money: Format
) -> None:
    purposes = sorted({purpose for s in statements for purpose in s["shared"]})
    further = sorted({name for s in statements for name in s["further"]})
    columns = [
        "医共体",
        "年度",
        "政策",
        *(f"{w.zh}（元）" for w in FIGURES.values()),
        *(f"分配·{p}（元）" for p in purposes),
        *(f"{further_words(name, statements).zh}（元）" for name in further),
        *(f"{WAYS[way].zh}（元）" for way in MOVES),
        "清算单 SHA-256",
    ]
    write_header(sheet, columns, head)
    for row, s in enumerate(statements, start=1):
        sheet.write_string(row, 0, name_of(s))
        sheet.write_number(row, 1, s["year"])
        sheet.write_string(row, 2, s["policy"]["title"])
        parts = [*(s["shared"].get(p) for p in purposes), *(s["further"].get(name) for name in further)]
        parts += [amount.yuan for amount in sums(dues(s)).values()]
        for column, amount in enumerate([*(s["figures"][name] for name in FIGURES), *parts], start=3):
            write_amount(sheet, row, column, amount, money)
        sheet.write_string(row, len(columns) - 1, hashes[row - 1])
    sheet.set_column(0, 2, NAME_WIDTH)
    sheet.set_column(1, 1, YEAR_WIDTH)
    sheet.set_column(3, len(columns) - 2, MONEY_WIDTH)
    sheet.set_column(len(columns) - 1, len(columns) - 1, TEXT_WIDTH)


def _reasons(
    sheet: Worksheet, statements: list[dict[str, Any]], head: Format, money: Format, text: Format
) -> list[dict[str, int]]:
    """The trees of reasons, a line a row; gives by statement the row of each figure that has a live formula."""
    write_header(
        sheet, ["医共体", "年度", "项目", "层级", "说明", "金额（元）", "公式算得（元）", "公式", "出处"], head
    )
    formulas: list[dict[str, int]] = []
    row = 1
    for s in statements:
        formulas.append({})
        shown = {name: words.zh for name, words in FIGURES.items()} | {
            name: further_words(name, [s]).zh for name in s["further"]
        }
        for figure, words in shown.items():
            first, below = row, []
            for depth, line in lines_of(s["because"][figure]):
                sheet.write_string(row, 0, name_of(s))
                sheet.write_number(row, 1, s["year"])
                sheet.write_string(row, 2, words)
                sheet.write_number(row, 3, depth)
                sheet.write_string(row, 4, "　" * depth + line["says"], text)
                write_amount(sheet, row, AMOUNT_COLUMN, line.get("amount"), money)
                sheet.write_string(row, 8, place_of(line), text)
                if depth == 1:
                    below.append((row, line))
                row += 1
            if figure in FIGURES and (formula := figure_formula(s, figure, below)):
                sheet.write_formula(first, FORMULA_COLUMN, formula, money, exact(s["figures"][figure]))
                sheet.write_string(first, FORMULA_COLUMN + 1, formula)
                formulas[-1][figure] = first
    sheet.set_column(0, 0, NAME_WIDTH)
    sheet.set_column(1, 1, YEAR_WIDTH)
    sheet.set_column(2, 2, NAME_WIDTH)
    sheet.set_column(3, 3, YEAR_WIDTH)
    sheet.set_column(4, 4, TEXT_WIDTH)
    sheet.set_column(5, 7, MONEY_WIDTH)
    sheet.set_column(8, 8, PLACE_WIDTH)
    return formulas


def _assumptions(sheet: Worksheet, statements: list[dict[str, Any]], head: Format, text: Format) -> None:
    write_header(sheet, ["政策", "编号", "假设", "所选", "其他可能", "医共体"], head)
    # Of many parties the choices are told once; what each would get under the others is told of each.
    seen = {
        (s["policy"]["title"], *row, f"{name_of(s)} {s['year']}" if _computed(s) else "")
        for s in statements
        for row in assumption_rows(s)
    }
    for at, values in enumerate(sorted(seen), start=1):
        for column, value in enumerate(values):
            sheet.write_string(at, column, value, text)
    sheet.set_column(0, 1, NAME_WIDTH)
    sheet.set_column(2, 2, TEXT_WIDTH)
    sheet.set_column(3, 3, MONEY_WIDTH)
    sheet.set_column(4, 4, TEXT_WIDTH)
    sheet.set_column(5, 5, NAME_WIDTH)


def _computed(statement: dict[str, Any]) -> bool:
    return any("under" in one for one in statement["assumptions"])


def _refused(sheet: Worksheet, refused: list[dict[str, Any]], head: Format, text: Format) -> None:
    write_header(sheet, ["医共体", "年度", "原因"], head)
    for row, one in enumerate(refused, start=1):
        sheet.write_string(row, 0, name_of(one))
        sheet.write_number(row, 1, one["year"])
        sheet.write_string(row, 2, one["why"], text)
    sheet.set_column(2, 2, TEXT_WIDTH)


def _manifest(sheet: Worksheet, result: dict[str, Any], head: Format, text: Format) -> None:
    write_header(sheet, ["项目", "内容"], head)
    manifest = result["manifest"]
    lines = {"run": result["run"], **manifest["inputs"], **told_pins(manifest["pins"]), **manifest["versions"]}
    if result["unattributed"]:
        lines["不归属任何医共体的支出（笔、分）"] = result["unattributed"]
    for number, one in enumerate(result.get("completeness", {}).get("found", ()), start=1):
        lines[f"数据缺失 {number}"] = f"{one['says']}；{one['expected_zh']}"
    for row, (name, value) in enumerate(lines.items(), start=1):
        sheet.write_string(row, 0, str(name))
        sheet.write_string(row, 1, "" if value is None else str(value), text)
    sheet.set_column(0, 0, MONEY_WIDTH * 2)
    sheet.set_column(1, 1, TEXT_WIDTH)


def write_header(sheet: Worksheet, columns: list[str], head: Format) -> None:
    """The first row, which stays in sight; where a head is wider than a column of money, all have two lines."""
    if any(len(name.encode("gb18030")) >= MONEY_WIDTH for name in columns):
        sheet.set_row(0, TWO_LINES)
    for column, name in enumerate(columns):
        sheet.write_string(0, column, name, head)
    sheet.freeze_panes(1, 0)
    sheet.repeat_rows(0)


def close_printable(book: Book, into: Path) -> None:
    """Close a workbook whose sheets print on A4 across: what is written, all columns on one page, name and page below.

    Raises:
        Refusal: when it cannot be written.
    """
    for sheet in book.worksheets():
        sheet.set_landscape()
        sheet.set_paper(A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&A&R&P / &N")
        sheet.print_area(0, 0, sheet.dim_rowmax or 0, sheet.dim_colmax or 0)
    close_book(book, into)
