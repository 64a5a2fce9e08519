"""A proposal for a mapping: which table an unknown layout holds, and which column becomes which of ours."""

from __future__ import annotations

import difflib
import json
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from yiheng.basis.hidden import holds_number, masked
from yiheng.basis.refusals import Refusals
from yiheng.basis.signs import on_one_line
from yiheng.records import EXPECTED, TABLES, Column, Table, is_personal

from .opening import Opening
from .sniff import Look, looks
from .sources import SourceFile

# A name is near from here on; with values that fit, a good deal earlier.
NEAR, NEAR_WITH_VALUES = 0.72, 0.55
SAME = 1.0
# A name that holds another one whole, as 患者性别 holds 性别.
HOLDS = 0.85
# Endings that say the same: 结算单号 is 结算ID, a date is a time.
FOLDED = 0.9
ENDINGS = (
    (re.compile(r"(流水号|编号|单号|号码|编码|代码|id号|号|id|no|sn|code|codg|num)$"), "id"),
    (re.compile(r"(日期|时间|date|time)$"), "time"),
)
NUMBERS = re.compile(r"\d{4,}")
PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Match:
    """Their column for one of ours, how sure that is (0 to 1), and why in words."""

    column: Column
    look: Look
    score: float
    why: str


def draft_mapping(file: Path) -> str:
    """A mapping file for a file of unknown layout; each line says in a comment why it is proposed.

    Where a column that must be there was not found, the draft says so in a comment and does not load yet.

    Raises:
        Refusal: when the file cannot be read.
    """
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as con:
        opening = Opening(con, Path(scratch))
        opening.open(file, file.name, file.name)
        if not opening.sources:
            raise Refusals(opening.refused)
        proposed = [(source, *_best(looks(source, con))) for source in opening.sources]
    matched = [match for *_, matches, _ in proposed for match in matches]
    lines = [
        "# 映射草案：请逐行核对。注释说明每一行的依据；定稿前请补全以“缺”开头的行。",
        f"mapping: {_written(file.stem)}",
        f"title: {{zh: {_written(file.stem)}, en: {_written(file.stem)}}}",
        f"source: {_written(file.name)}",
        *_money(matched),
        *_dates(matched),
        "tables:",
    ]
    for source, table, matches, left in proposed:
        lines += _entry(source, table, matches, left)
    return "\n".join(lines) + "\n"


def _best(columns: list[Look]) -> tuple[Table, list[Match], list[Look]]:
    """The table that finds most of what it must have, and the most columns; the earlier one when equal."""

    def rank(table: Table) -> tuple[float, int, float]:
        matches = _matches(table, columns)
        must = [c for c in table if c.must]
        found = sum(m.column.must for m in matches)
        return found * len(matches) / len(must), len(matches), sum(m.score for m in matches)

    table = max(TABLES.values(), key=rank)
    matches = _matches(table, columns)
    used = {m.look.theirs for m in matches}
    return table, matches, [look for look in columns if look.theirs not in used]


def _matches(table: Table, columns: list[Look]) -> list[Match]:
    """The best pairs first; each column once on either side."""
    pairs = [m for column in table for look in columns if (m := _match(column, look)) is not None]
    pairs.sort(key=lambda m: -m.score)
    taken: dict[str, Match] = {}
    used: set[str] = set()
    for match in pairs:
        if match.column.name not in taken and match.look.theirs not in used:
            taken[match.column.name] = match
            used.add(match.look.theirs)
    return [taken[c.name] for c in table if c.name in taken]


def _match(column: Column, look: Look) -> Match | None:
    if (
        holds_number(look.theirs)
        or not look.can_be(column)
        or (is_personal(look.theirs) and column.personal in (None, "person"))
    ):
        return None
    near = max((_likeness(look.theirs, known), known) for known in (column.name, *column.aliases, column.zh))
    telling = _telling(column, look)
    if near[0] < (NEAR_WITH_VALUES if telling else NEAR):
        return None
    why = f"名称{'相同' if near[0] == SAME else '相近'}（{near[1]}，{near[0]:.0%}）" + (
        f"；{telling}" if telling else ""
    )
    return Match(column, look, near[0], why)


def _telling(column: Column, look: Look) -> str:
    """What the values themselves say for the column; empty when they say nothing special."""
    if look.values and column.codes is not None and None not in look.words(column.codes).values():
        return "取值都在代码表内"
    if column.kind in ("day", "instant") and look.days is not None:
        return "取值是日期" + (f"，写作 {look.days}" if look.days else "")
    if column.kind == "fen" and look.amounts:
        return "取值是两位小数的金额"
    return ""


def _likeness(theirs: str, known: str) -> float:
    a, b = (re.sub(r"[\W_]+", "", name).lower() for name in (theirs, known))
    if not a or not b:
        return 0.0
    if a == b:
        return SAME
    if _folded(a) == _folded(b):
        return FOLDED
    if not known.isascii() and (a in b or b in a) and min(len(a), len(b)) > 1:
        return HOLDS
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio()


def _folded(name: str) -> str:
    for ending, word in ENDINGS:
        name = ending.sub(word, name)
    return name


def _money(matches: list[Match]) -> list[str]:
    amounts = [m.look for m in matches if m.column.kind == "fen"]
    whole = amounts and all(look.theirs.lower().endswith("_fen") for look in amounts)
    if whole:
        return ["money: fen      # 金额列名以 _fen 结尾，按分计"]
    why = "有两位小数的金额，按元计" if any(look.amounts for look in amounts) else "未见小数：请核对金额是元还是分"
    return [f"money: yuan     # {why}"]


def _dates(matches: list[Match]) -> list[str]:
    written = sorted({m.look.days for m in matches if m.column.kind in ("day", "instant") and m.look.days is not None})
    if len(written) > 1:
        listed = "、".join(pattern or "ISO" for pattern in written)
        return [f"# 缺 dates：各列日期写法不一（{listed}），一个映射只能有一种，请先统一"]
    return [f"dates: {json.dumps(p, ensure_ascii=False)}     # 所有日期列都这样写" for p in written if p]


def _entry(source: SourceFile, table: Table, matches: list[Match], left: list[Look]) -> list[str]:
    found = {m.column.name: m for m in matches}
    must = [c.name for c in table if c.must]
    lines = [
        f"  - table: {table.name}     # {table.zh}：认出 {len(matches)} 列，必填 {len(must)} 列中的"
        f" {sum(name in found for name in must)} 列",
        f"    files: {json.dumps(NUMBERS.sub('*', source.shown), ensure_ascii=False)}",
        "    columns:" if matches else "    columns: {}",
    ]
    for column in table:
        if column.name in found:
            match = found[column.name]
            lines.append(f"      {column.name}: {_written(match.look.theirs)}     # {column.zh}：{match.why}")
        elif column.must:
            lines.append(f"      # 缺 {column.name}: ?     # {column.zh}，必填；{EXPECTED[column.kind].zh}")
    lines += _codes(matches)
    lines += [f"    # 未用的列：{_commented(look.theirs)}（{_kind(look)}）" for look in left]
    return lines


def _codes(matches: list[Match]) -> list[str]:
    """Code tables where a column holds values that our list does not know."""
    lines = []
    for match in matches:
        codes = match.column.codes
        if codes is None or None not in (words := match.look.words(codes)).values():
            continue
        lines.append(f"      {match.column.name}:")
        if not any(words.values()):
            lines[-1] += " {}"
        # A code comes again; what stands once only may be a misplaced name.
        once = [v for v, word in words.items() if word is None and match.look.values.count(v) == 1]
        if once:
            lines.append(f"        # 缺：另有 {len(once)} 种只出现一次的取值，可能含个人信息，不列出")
        for theirs, word in words.items():
            if word is None and theirs not in once:
                lines.append(f"        # 缺 {_commented(theirs)}: {' | '.join(codes.words)} 之一")
            elif word is not None and not holds_number(theirs):
                lines.append(f"        {json.dumps(theirs, ensure_ascii=False)}: {word}")
    return ["    codes:", *lines] if lines else []


def _kind(look: Look) -> str:
    if not look.values:
        return "全空"
    if look.days is not None:
        return "日期"
    return "金额" if look.amounts else "数字" if all(v.isdigit() for v in look.values) else "文字"


def _written(name: str) -> str:
    """A name as YAML, in quotes unless it is a plain word."""
    name = masked(on_one_line(name))
    return name if PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)


def _commented(text: str) -> str:
    """A text of theirs inside a comment: on one line."""
    return masked(on_one_line(" ".join(text.split())))
