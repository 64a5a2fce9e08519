"""From incoming text to typed columns, with a fault for everything that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yiheng.basis.evidence import Words
from yiheng.basis.money import FEN_PER_YUAN
from yiheng.records import EXPECTED, Codes, Column, Table

from . import sql

WHOLE_DIGITS = {"yuan": 14, "whole": 18, "quantity": 12, "price": 10}
DECIMALS = {"yuan": "([.][0-9]{1,2}0*)?", "whole": "", "quantity": "([.][0-9]{1,4}0*)?", "price": "([.][0-9]{1,6}0*)?"}
# Exact texts only: a cast would round 1.234 yuan to 1.23 without a word.
PATTERNS = {name: f"[+-]?[0-9]{{1,{digits}}}{DECIMALS[name]}" for name, digits in WHOLE_DIGITS.items()}
# The engine's own reading is wider: it takes "infinity", "epoch", 2025013 and a time zone without a word.
DAY = (
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{4}/[0-9]{1,2}/[0-9]{1,2})([ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?)?"
    r"|[0-9]{8}([0-9]{6})?"
)
DAY_PATTERNS = ("%Y%m%d", "%Y/%m/%d", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M:%S")
# What a province adds to the national dictionaries: dictionary → its code → national code.
Overlay = Mapping[str, Mapping[str, str]]
YES, NO = ("1", "true", "t", "是", "y"), ("0", "false", "f", "否", "n")
WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
CERTIFICATE_NUMBER = "is_a_certificate_number"
# Eighteen signs: division, day of birth, number, check sign (GB 11643-1999).
CERTIFICATE = "[1-9][0-9]{5}(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"


@dataclass(frozen=True)
class Fault:
    """A way in which a row can be wrong: one bit of the row's verdict."""

    name: str
    column: str
    says: Words
    expected: Words
    check: int | None = None


@dataclass(frozen=True)
class Incoming:
    """How one column arrives: the SQL of its raw value, its type, and how to read it.

    ``unreadable`` is SQL that is true when a part of an expression could not be read.
    """

    raw: str
    type: str = "VARCHAR"
    money: str = "fen"
    dates: str | None = None
    codes: dict[str, str] | None = None
    unreadable: str | None = None


def faults_of(table: Table) -> list[Fault]:
    """Every fault that a row of the table can have, in the order of its bits."""
    found: list[Fault] = []
    for c in table:
        if not c.null:
            found.append(
                Fault(
                    f"{c.name}_missing",
                    c.name,
                    Words(f"缺少{c.zh}", f"{c.name} is missing"),
                    Words(f"必填：{EXPECTED[c.kind].zh}", f"required: {EXPECTED[c.kind].en}"),
                )
            )
        if c.codes is not None:
            listed = "、".join(f"{w}（{'/'.join(codes)}）" if codes else w for w, codes in c.codes.words.items())
            found.append(
                Fault(
                    f"{c.name}_not_in_list",
                    c.name,
                    Words(f"{c.zh}不在代码表内", f"{c.name} is not in its code list"),
                    Words(f"{listed} 之一", f"one of {listed}"),
                )
            )
        elif c.kind != "text":
            found.append(
                Fault(
                    f"{c.name}_unreadable",
                    c.name,
                    Words(f"{c.zh}无法识别", f"{c.name} cannot be read"),
                    EXPECTED[c.kind],
                )
            )
        if c.personal == "person":
            found.append(
                Fault(
                    f"{c.name}_{CERTIFICATE_NUMBER}",
                    c.name,
                    Words(f"{c.zh}是证件号码", f"{c.name} is a certificate number"),
                    Words(
                        "医保人员编号；本地以证件号码为人员编号的，新建工作区时用 --hash-person-id",
                        "the fund's own number; where that is the certificate, a workspace made with --hash-person-id",
                    ),
                )
            )
        if c.at_least is not None or c.earliest is not None:
            least = c.earliest if c.earliest is not None else str(c.at_least)
            found.append(
                Fault(
                    f"{c.name}_out_of_range",
                    c.name,
                    Words(f"{c.zh}超出范围", f"{c.name} is out of range"),
                    Words(f"不小于 {least}", f"not below {least}"),
                )
            )
    for i, check in enumerate(table.checks):
        found.append(Fault(check.name, check.columns[-1], check.says, check.expected, check=i))
    return found


def typed(column: Column, source: Incoming, raw: str, overlay: Overlay | None = None) -> str:
    """SQL that reads the raw value as the column's type; null where it cannot be read."""
    if source.codes is not None:
        whens = " ".join(f"when {sql.text(k)} then {sql.text(v)}" for k, v in source.codes.items())
        # Free text keeps a code that the mapping does not name; of a closed list it is a fault.
        return f"case {raw} {whens} {'' if column.codes else f'else {raw}'} end"
    if column.codes is not None:
        return _coded(column.codes, raw, overlay or {})
    if column.kind == "text":
        return raw
    if column.kind in ("day", "instant"):
        return _time(column.kind, source, raw)
    if column.kind == "yes":
        low = f"lower({raw if source.type == 'VARCHAR' else f'cast({raw} as VARCHAR)'})"
        return f"case when {low} in ({sql.texts(YES)}) then true when {low} in ({sql.texts(NO)}) then false end"
    if column.kind == "fen" and source.money == "yuan":
        return _number(raw, source.type, "yuan", "DECIMAL(16,2)", f"* {FEN_PER_YUAN}", "BIGINT")
    if column.kind in ("fen", "count"):
        return _number(raw, source.type, "whole", "BIGINT", "", "BIGINT")
    kept = "DECIMAL(16,4)" if column.kind == "quantity" else "DECIMAL(16,6)"
    return _number(raw, source.type, column.kind, kept, "", kept)


def raw_value(source: Incoming) -> str:
    """SQL of the raw value: blanks are no value; types that must be read exactly become text."""
    if source.type == "VARCHAR":
        return f"nullif(trim({source.raw}), '')"
    if source.type in ("FLOAT", "DOUBLE"):
        return f"cast({source.raw} as VARCHAR)"
    return source.raw


def fault_conditions(table: Table) -> list[str]:
    """For each fault but the cross-column checks, SQL that is true when a row has it.

    The SQL stands over a column ``c``, its raw value ``raw_c`` and its mark ``unreadable_c``.
    """
    conditions = []
    for fault in faults_of(table):
        if fault.check is not None:
            continue
        column = table[fault.column]
        value, raw, mark = (sql.name(prefix + column.name) for prefix in ("", "raw_", "unreadable_"))
        if fault.name.endswith("_missing"):
            conditions.append(f"({raw} is null and not {mark})")
        elif fault.name.endswith(CERTIFICATE_NUMBER):
            conditions.append(f"coalesce(regexp_full_match({value}, '{CERTIFICATE}'), false)")
        elif fault.name.endswith("_out_of_range"):
            least = f"DATE '{column.earliest}'" if column.earliest else str(column.at_least)
            conditions.append(f"coalesce({value} < {least}, false)")
        else:
            conditions.append(f"(({raw} is not null and {value} is null) or {mark})")
    return conditions


def _coded(codes: Codes, raw: str, overlay: Overlay) -> str:
    # A province's own codes first: as a whole, before the national code that they may begin with.
    added = [pair for name in codes.dictionaries for pair in overlay.get(name, {}).items()]
    local = {code: word for code, national in added if (word := codes.word(national))}
    whens = [f"when {raw} = {sql.text(code)} then {sql.text(word)}" for code, word in local.items()]
    for word, incoming in codes.words.items():
        if codes.by_prefix:
            starts = " or ".join(f"starts_with({raw}, {sql.text(code)})" for code in incoming)
            whens.append(
                f"when {raw} = {sql.text(word)}" + (f" or {starts}" if starts else "") + f" then {sql.text(word)}"
            )
        else:
            whens.append(f"when {raw} in ({sql.texts((word, *incoming))}) then {sql.text(word)}")
    return f"case {' '.join(whens)} end"


def _time(kind: str, source: Incoming, raw: str) -> str:
    kept = "DATE" if kind == "day" else "TIMESTAMP"
    if source.type == "DATE" or source.type.startswith("TIMESTAMP"):
        return f"cast({raw} as {kept})"
    as_text = raw if source.type == "VARCHAR" else f"cast({raw} as VARCHAR)"
    if source.dates is not None:
        return f"cast(try_strptime({as_text}, {sql.text(source.dates)}) as {kept})"
    patterns = f"[{sql.texts(DAY_PATTERNS)}]"
    return (
        f"case when regexp_full_match({as_text}, {sql.text(DAY)})"
        f" then cast(coalesce(try_cast({as_text} as TIMESTAMP), try_strptime({as_text}, {patterns})) as {kept}) end"
    )


def _number(raw: str, type_: str, pattern: str, between: str, scaled: str, kept: str) -> str:
    """A number read exactly: typed whole numbers as they are, everything else by its written form."""
    if type_ in WHOLE_TYPES:
        beyond = 10 ** WHOLE_DIGITS[pattern]
        value = f"cast(cast({raw} as {between}) {scaled} as {kept})"
        return f"case when {raw} > -{beyond} and {raw} < {beyond} then {value} end"
    if type_.startswith("DECIMAL") and _fits(type_, between):
        return f"cast(cast({raw} as {between}) {scaled} as {kept})"
    as_text = raw if type_ in ("VARCHAR", "FLOAT", "DOUBLE") else f"cast({raw} as VARCHAR)"
    return (
        f"case when regexp_full_match({as_text}, {sql.text(PATTERNS[pattern])})"
        f" then cast(try_cast({as_text} as {between}) {scaled} as {kept}) end"
    )


def _fits(type_: str, into: str) -> bool:
    """Whether every value of one decimal type fits another without rounding or overflow."""
    if not into.startswith("DECIMAL"):
        return False
    (p, s), (q, t) = (tuple(map(int, d[8:-1].split(","))) for d in (type_, into))
    return s <= t and p - s <= q - t
