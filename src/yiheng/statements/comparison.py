"""A comparison of policies as a workbook: figures side by side, who gains and loses, what the assumptions come to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from yiheng.basis.evidence import Words
from yiheng.basis.money import NOTHING, Fen
from yiheng.intake.workbooks import Book
from yiheng.payment import FIGURES
from yiheng.runs.manifest import told_pins

from .formulas import write_amount
from .workbook import MADE, MONEY, MONEY_WIDTH, NAME_WIDTH, TEXT_WIDTH, close_printable, write_header

NET, FUND_PAYS = Words("净结算额", "net to the consortium"), Words("基金合计支付", "paid by the fund in all")
AMOUNTS = {**FIGURES, "net": NET, "fund_pays": FUND_PAYS}
GAINS, LOSES, SAME = "增加", "减少", "不变"
ABOUT = (
    ("净结算额", "结余留用－医共体承担"),
    ("基金合计支付", "基金支出＋结余留用－医共体承担"),
    ("不在施行期的政策", "按其施行期内最近一天的取值试算"),
)
Column = tuple[str, str]


def write_comparison(result: dict[str, Any], into: Path) -> None:
    """Write a comparison as XLSX; amounts are yuan with two decimals.

    Args:
        result: what the run kept in ``comparison.json``.

    Raises:
        Refusal: when the workbook cannot be written.
    """
    book = Book(str(into))
    book.set_properties({"title": "政策对比", "author": "Yiheng", "created": MADE})
    titles = {one["policy"]: one["title"] for one in result["policies"]}
    changes = {(c["policy"], c["party"], c["year"]): c["change"] for c in result["changes"]}
    figures = [
        {**cell, "change": changes.get((cell["policy"], cell["party"], cell["year"]))} for cell in result["figures"]
    ]
    party, amounts = [("医共体", "party"), ("年度", "year")], [(words.zh, name) for name, words in AMOUNTS.items()]
    keys, why = [*party, ("政策", "policy")], [("未能清算", "refused")]
    _sheet(book, "对比", keys, [*amounts, ("与基准相差", "change")], why, figures, titles)
    counts = [("已清算", "settled"), ("未能清算", "refused"), (GAINS, "gain"), (LOSES, "lose"), (SAME, "same")]
    money = [*amounts, ("增加合计", "gained"), ("减少合计", "lost"), ("与基准相差", "change")]
    _sheet(book, "合计", [("政策", "policy"), *counts], money, [], result["sums"], titles)
    ranked = [{**c, "outcome": outcome(c["change"])} for c in result["changes"]]
    keys = [("政策", "policy"), ("结果", "outcome"), *party]
    money = [("净结算额", "net"), ("基准下净结算额", "net_under_base"), ("与基准相差", "change")]
    _sheet(book, "增减情况", keys, money, [], ranked, titles)
    keys = [("政策", "policy"), ("编号", "assumption"), ("所选", "chosen"), ("改选", "choice"), *party]
    choices = result["alternatives"] or _assumptions(result)
    _sheet(book, "假设", keys, [*amounts, ("与所选相差", "change")], [("假设", "text"), *why], choices, titles)
    _about(book, result)
    close_printable(book, into)


def outcome(change: str) -> str:
    """Whether a difference in yuan is a gain or a loss, in a word."""
    amount = Fen.from_yuan(change)
    return SAME if amount == NOTHING else GAINS if amount > NOTHING else LOSES


def _assumptions(result: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The choices there are, without figures: the run did not settle under them."""
    for policy in result["policies"]:
        for one in policy["assumptions"]:
            for choice in one["alternatives"]:
                yield {**one, "policy": policy["policy"], "assumption": one["id"], "choice": choice}


def _sheet(
    book: Book,
    name: str,
    keys: list[Column],
    amounts: list[Column],
    words: list[Column],
    rows: Iterable[dict[str, Any]],
    titles: dict[str, str],
) -> None:
    """Columns of keys, then of money, then of sentences."""
    sheet, money = book.add_worksheet(name), book.add_format({"num_format": MONEY})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True})
    text = book.add_format({"text_wrap": True, "valign": "top"})
    columns = [*(zh for zh, _ in keys), *(f"{zh}（元）" for zh, _ in amounts), *(zh for zh, _ in words)]
    write_header(sheet, columns, head)
    for at, row in enumerate(rows, start=1):
        for place, (_, column) in enumerate(keys):
            value = f"{row[column]} {titles[row[column]]}" if column == "policy" else row.get(column)
            if isinstance(value, int):
                sheet.write_number(at, place, value)
            elif value is not None:
                sheet.write_string(at, place, value)
        for place, (_, column) in enumerate(amounts, start=len(keys)):
            write_amount(sheet, at, place, row.get(column), money)
        for place, (_, column) in enumerate(words, start=len(keys) + len(amounts)):
            sheet.write_string(at, place, row.get(column) or "", text)
    first, last = len(keys), len(keys) + len(amounts)
    sheet.set_column(0, first - 1, NAME_WIDTH)
    sheet.set_column(first, last - 1, MONEY_WIDTH)
    if words:
        sheet.set_column(last, last + len(words) - 1, TEXT_WIDTH)


def _about(book: Book, result: dict[str, Any]) -> None:
    sheet = book.add_worksheet("计算批次清单")
    manifest = result["manifest"]
    lines = {
        "run": result["run"],
        **manifest["inputs"],
        **told_pins(manifest["pins"]),
        **manifest["versions"],
        **dict(ABOUT),
    }
    lines |= {f"未能清算 {p['policy']}": p["refused"] for p in result["policies"] if p["refused"]}
    lines |= {f"取值日期 {p['policy']}": p["values_of"] for p in result["policies"] if not p["in_force"]}
    for at, (name, value) in enumerate(lines.items()):
        sheet.write_string(at, 0, name)
        sheet.write_string(at, 1, "" if value is None else str(value))
    sheet.set_column(0, 0, MONEY_WIDTH * 2)
    sheet.set_column(1, 1, TEXT_WIDTH)
