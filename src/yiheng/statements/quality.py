"""Quality of settlement lists for people: sums by check, and the workbook that goes back to the sender."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from xlsxwriter.format import Format

from yiheng.basis.evidence import Words
from yiheng.intake.rejects import MOST_ROWS, close_book, what_to_do, write_row
from yiheng.intake.workbooks import Book
from yiheng.measures import CHECKS, FIELDS, KINDS
from yiheng.measures.quality import BETWEEN_VALUES
from yiheng.records import TABLES

from .shown import exact, written
from .workbook import MADE

OVERVIEW = (
    ("类别", 10), ("校验", 38), ("含义", 52), ("不符", 10), ("无法判断", 10), ("符合", 10), ("符合率（%）", 12),
)  # fmt: skip
IN_QUESTION = (
    ("机构", 18), ("月份", 10), ("就诊ID", 20), ("结算ID", 20), ("校验", 38), ("问题", 44), ("字段", 40), ("原值", 40),
    ("应为", 36),
)  # fmt: skip
REFUSED = (
    ("机构", 18), ("文件", 36), ("行号", 9), ("第几条记录", 11), ("表", 18), ("列", 22), ("问题", 40), ("原值", 24),
    ("应为", 44), ("如何处理", 48),
)  # fmt: skip
ABOUT = (("项目", 18), ("内容", 90))
NOTHING_IN_QUESTION, NOTHING_REFUSED = "没有需要更正的记录。", "导入时没有被拒收的记录。"
READING = (
    ("符合", "已判断，没有该问题"),
    ("不符", "已判断，有该问题；逐条见“问题明细”"),
    ("无法判断", "所需的值或代码表缺失，或当月住院太少；不算符合，也不算不符"),
    ("符合率", "符合÷（符合＋不符）"),
    ("未计入", "校验不适用的清单（如非新生儿的新生儿项目）不在三者之中"),
)


@dataclass(frozen=True)
class CheckSum:
    """What one check came to; both sums may be zero, then there is no share."""

    name: str
    kind: str
    valid: int
    invalid: int
    unknown: int

    @property
    def says(self) -> Words:
        """What is wrong where it is invalid; of a check that is no longer declared its name."""
        return CHECKS[self.name].says if self.name in CHECKS else Words(self.name, self.name)

    @property
    def kind_words(self) -> Words:
        """The question it belongs to."""
        return {str(name): words for name, words in KINDS.items()}.get(self.kind, Words(self.kind, self.kind))

    @property
    def share(self) -> str | None:
        """Per cent that passed; None where nothing could be judged."""
        passed = exact(self.valid, self.valid + self.invalid, "share")
        return None if passed is None else written(passed, "share")


def sums_by_check(rows: Iterable[dict[str, Any]]) -> list[CheckSum]:
    """The rows of a quality run added up by check, in the order of declaration."""
    added: dict[str, list[Any]] = {}
    for row in rows:
        sums = added.setdefault(row["check"], [row["kind"], 0, 0, 0])
        for place, verdict in enumerate(("valid", "invalid", "unknown"), start=1):
            sums[place] += row[verdict]
    order = {name: place for place, name in enumerate(CHECKS)}
    return [
        CheckSum(name, *added[name]) for name in sorted(added, key=lambda name: (order.get(name, len(order)), name))
    ]


def field_words(check: str) -> Words:
    """The fields that a check looks at, in the order of the values found; national names in brackets."""
    page, pairs = TABLES["front_page"], []
    for field in CHECKS[check].fields if check in CHECKS else ():
        column = page.column_under(field) if field not in FIELDS else None
        words = Words(column.zh, column.en) if column else FIELDS[field]
        national = f" {column.aliases[0]}" if column and column.aliases else ""
        pairs.append(Words(words.zh + national, words.en + national))
    return Words(BETWEEN_VALUES.join(p.zh for p in pairs), BETWEEN_VALUES.join(p.en for p in pairs))


def write_quality(
    about: dict[str, str],
    rows: Iterable[dict[str, Any]],
    questioned: Iterable[dict[str, Any]],
    refused: Iterable[dict[str, Any]],
    into: Path,
) -> None:
    """Write the quality of what a sender sent as XLSX: sums by check, rows to mend, rows refused, how to read it.

    Args:
        about: what the workbook speaks of, such as run, institution and months.
        rows, questioned, refused: of a quality run; only invalid rows of ``questioned`` are written.

    Raises:
        Refusal: when the workbook cannot be written.
    """
    book = Book(str(into), {"constant_memory": True})
    book.set_properties({"title": "结算清单质量报告", "author": "Yiheng", "created": MADE})
    head = book.add_format({"bold": True, "bg_color": "#E8EEF4", "border": 1, "text_wrap": True})
    sums = [
        (one.kind_words.zh, one.name, one.says.zh, one.invalid, one.unknown, one.valid, one.share or "—")
        for one in sums_by_check(rows)
    ]
    _sheet(book, "总览", OVERVIEW, sums, "没有可以判断的清单。", head)
    _sheet(
        book,
        "问题明细",
        IN_QUESTION,
        (_to_mend(row) for row in questioned if row["verdict"] == "invalid"),
        NOTHING_IN_QUESTION,
        head,
    )
    _sheet(book, "拒收记录", REFUSED, (_not_let_in(row) for row in refused), NOTHING_REFUSED, head)
    _sheet(book, "说明", ABOUT, [*about.items(), *READING], "", head)
    close_book(book, into)


def _to_mend(row: dict[str, Any]) -> tuple[Any, ...]:
    one = CHECKS.get(row["check"])
    says, expected = (one.says.zh, one.expected.zh) if one else (row["check"], "")
    fields = field_words(row["check"]).zh
    return (
        row["institution"], row["month"], row["visit"], row["settlement"], row["check"], says, fields, row["found"],
        expected,
    )  # fmt: skip


def _not_let_in(row: dict[str, Any]) -> tuple[Any, ...]:
    table = TABLES[row["table_name"]]
    column = table.column_under(row["column_name"] or "")
    return (
        row["institution"], row["file"], row["line"], row["row_number"], table.zh, column.zh if column else "",
        row["says"], row["found"], row["expected"], what_to_do(row["fault"]),
    )  # fmt: skip


def _sheet(
    book: Book,
    name: str,
    header: Sequence[tuple[str, int]],
    rows: Iterable[tuple[Any, ...]],
    when_empty: str,
    head: Format,
) -> None:
    """A sheet of rows as far as it holds them; how many it leaves out stands in its last row."""
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, (title, width) in enumerate(header):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, head)
    waiting, at = iter(rows), 0
    for at, row in enumerate(islice(waiting, MOST_ROWS - 1), start=1):
        write_row(sheet, at, row)
    if at == 0 and when_empty:
        sheet.write_string(1, 0, when_empty)
    if left := sum(1 for _ in waiting):
        sheet.write_string(at + 1, 0, f"另有 {left:,} 行未列出：请按机构或月份分别导出。")
