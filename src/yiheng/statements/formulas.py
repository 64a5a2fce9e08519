"""Live formulas beside written values: figures from their parts, accounts from transfers, checks that show zero."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from yiheng.basis.money import NOTHING, Fen, total
from yiheng.payment import FIGURES, STEPS

from .chosen import name_of
from .dues import account_name

# A cell holds at most fifteen digits exactly.
EXACT_DIGITS = 15
RESULTS, REASONS = "清算结果", "计算依据"
ACROSS = {"surplus": ("budget", "spend"), "overrun": ("spend", "budget")}


def exact(yuan: str | None) -> Decimal | None:
    """The number for a cell; None where it is unknown or has more digits than a cell holds."""
    if yuan is None:
        return None
    number = Decimal(yuan)
    return number if len(number.as_tuple().digits) <= EXACT_DIGITS else None


def write_amount(sheet: Worksheet, row: int, column: int, yuan: str | None, money: Format) -> None:
    """An amount as a number, or as text where a number would lose digits; unknown is an empty cell."""
    number = exact(yuan)
    if number is not None:
        sheet.write_number(row, column, number, money)
    elif yuan is not None:
        sheet.write_string(row, column, yuan)


def figure_formula(statement: dict[str, Any], figure: str, below: list[tuple[int, dict[str, Any]]]) -> str | None:
    """The formula of a figure over the amounts of its parts; None where the parts do not make it.

    Args:
        below: the lines right under the figure, each with the row of its amount in the sheet of reasons.
    """
    because = statement["because"]
    amounts = [line.get("amount") for _, line in below]
    if any(amount is not None and exact(amount) is None for amount in (*amounts, because[figure]["amount"])):
        return None
    whole = Fen.from_yuan(because[figure]["amount"])
    if figure in ACROSS:
        rows = {name: row for row, line in below for name in ACROSS[figure] if line == because[name]}
        more, less = (because[name]["amount"] for name in ACROSS[figure])
        if len(rows) != len(ACROSS[figure]) or max(Fen.from_yuan(more) - Fen.from_yuan(less), NOTHING) != whole:
            return None
        first, second = (_amount_cell(rows[name]) for name in ACROSS[figure])
        return f"=MAX({first}-{second},0)"
    # A figure named among the reasons of another is what it was cut from, not a part of it.
    parts = [(row, line) for row, line in below if "amount" in line and line not in because.values()]
    if total(Fen.from_yuan(line["amount"]) for _, line in parts) != whole:
        return None
    return _sum(_amount_cell(row) for row, _ in parts)


AMOUNT_COLUMN, FORMULA_COLUMN = 5, 6
TRANSFER_COLUMNS = ["医共体", "年度", "序号", "步骤", "付方", "收方", "金额（元）", "依据"]
ACCOUNT_COLUMNS = ["医共体", "年度", "账户", "转入（元）", "转出（元）", "余额（元）", "余额公式"]


def write_transfers(sheet: Worksheet, statements: list[dict[str, Any]], money: Format, text: Format) -> list[list[int]]:
    """The transfers, a row each; gives the rows of each statement."""
    rows: list[list[int]] = []
    row = 1
    for s in statements:
        rows.append([])
        for number, t in enumerate(s["transfers"], start=1):
            for column, cell in ((0, name_of(s)), (3, _step(t["step"]))):
                sheet.write_string(row, column, cell, text)
            for column, side in ((4, "from"), (5, "to")):
                sheet.write_string(row, column, account_name(s, t[side]), text)
            sheet.write_number(row, 1, s["year"])
            sheet.write_number(row, 2, number)
            write_amount(sheet, row, 6, t["yuan"], money)
            sheet.write_string(row, 7, t["because"]["says"], text)
            rows[-1].append(row)
            row += 1
    return rows


def _step(name: str) -> str:
    """The sentence of a step; a step that is no longer declared keeps its name."""
    declared = STEPS.get(name)
    return declared.zh.rstrip("。") if declared else name


def write_accounts(
    sheet: Worksheet, statements: list[dict[str, Any]], rows: list[list[int]], money: Format
) -> list[str]:
    """The accounts with what went in and out as sums of transfers; gives each statement's sum of balances."""
    sums, row = [], 1
    for s, own in zip(statements, rows, strict=True):
        taken, given = defaultdict(list), defaultdict(list)
        for at, t in zip(own, s["transfers"], strict=True):
            taken[t["to"]].append((at, t["yuan"]))
            given[t["from"]].append((at, t["yuan"]))
        cells = []
        for account in sorted({*taken, *given}):
            sheet.write_string(row, 0, name_of(s))
            sheet.write_number(row, 1, s["year"])
            sheet.write_string(row, 2, account_name(s, account))
            sides = [_moved(sheet, row, 3 + at, side[account], money) for at, side in enumerate((taken, given))]
            left = sides[0] - sides[1]
            if all(exact(amount.yuan) is not None for amount in (*sides, left)):
                balance = f"=D{row + 1}-E{row + 1}"
                sheet.write_formula(row, 5, balance, money, exact(left.yuan))
                sheet.write_string(row, 6, balance)
                cells.append(f"账户!F{row + 1}")
            else:
                write_amount(sheet, row, 5, left.yuan, money)
            row += 1
        # Where one balance is text the others alone would not come to nothing.
        whole = len(cells) == len({*taken, *given})
        sums.append("+".join(cells) if whole else "")
    return sums


def _moved(sheet: Worksheet, row: int, column: int, moves: list[tuple[int, str]], money: Format) -> Fen:
    """The sum of some transfers, live where a cell holds it; a sum that is written as text is in no formula."""
    moved = total(Fen.from_yuan(yuan) for _, yuan in moves)
    # No part is larger than the sum: what holds the sum holds the parts.
    if (number := exact(moved.yuan)) is not None:
        sheet.write_formula(row, column, _sum(f"转账!G{at + 1}" for at, _ in moves), money, number)
    else:
        write_amount(sheet, row, column, moved.yuan, money)
    return moved


def write_checks(
    sheet: Worksheet, statements: list[dict[str, Any]], formulas: list[dict[str, int]], sums: list[str], money: Format
) -> None:
    """What must be nothing: formula less written value of each figure, two identities, the sum of all accounts.

    Args:
        formulas: by statement the row of each figure's formula in the sheet of reasons.
        sums: by statement the sum of its balances.
    """
    for row, (s, own, balances) in enumerate(zip(statements, formulas, sums, strict=True), start=1):
        sheet.write_string(row, 0, name_of(s))
        sheet.write_number(row, 1, s["year"])
        cell = {name: f"{RESULTS}!{xl_rowcol_to_cell(row, 3 + at)}" for at, name in enumerate(FIGURES)}
        checks = [
            f"{REASONS}!{xl_rowcol_to_cell(own[name], FORMULA_COLUMN)}-{cell[name]}" if name in own else ""
            for name in FIGURES
        ]
        if all(exact(s["figures"][name]) is not None for name in FIGURES):
            checks.append(f"{cell['budget']}-{cell['spend']}-{cell['surplus']}+{cell['overrun']}")
            checks.append(f"{cell['fund_bears']}+{cell['party_bears']}-{cell['overrun']}")
        else:
            checks += ["", ""]
        for column, check in enumerate([*checks, balances], start=2):
            if check:
                # A spreadsheet counts in binary fractions; what is below a fen is its own noise.
                sheet.write_formula(row, column, f"=ROUND({check},2)", money, 0)
    last = len(statements)
    sheet.write_string(last + 1, 0, "差额绝对值合计（应为 0）")
    if last:
        corner = xl_rowcol_to_cell(last, 1 + len(CHECKS))
        sheet.write_formula(last + 1, 2, f"=SUMPRODUCT(ABS(C2:{corner}))", money, 0)


CHECKS = [
    *(f"{words.zh}：公式－所列" for words in FIGURES.values()),
    "预算－支出－结余＋超支",
    "基金分担＋医共体承担－超支",
    "账户余额合计",
]


def _sum(cells: Iterable[str]) -> str:
    return f"={'+'.join(cells) or '0'}"


def _amount_cell(row: int) -> str:
    return str(xl_rowcol_to_cell(row, AMOUNT_COLUMN))
