"""From incoming text to typed columns, with a fault for everything that cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yiheng.basis.evidence import Words
from yiheng.basis.money import FEN_PER_YUAN
from yiheng.records import EXPECTED, FAR_DAY, LASTS_FROM, Codes, Column, Table

from . import sql
from .certificates import INSTEAD, WORDS_INSTEAD, in_words, may_be_one, one_in
from .tidy import code_of, nothing_in, tidy_of, words_of

WHOLE_DIGITS = {"yuan": 14, "whole": 18, "quantity": 12, "price": 10}
DECIMALS = {
    "yuan": "([.][0-9]{1,2}0*)?",
    "whole": "([.]0*)?",
    "quantity": "([.][0-9]{1,4}0*)?",
    "price": "([.][0-9]{1,6}0*)?",
}
# Exact texts only: a cast would round 1.234 yuan to 1.23 without a word.
PATTERNS = {name: f"[+-]?[0-9]{{1,{digits}}}{DECIMALS[name]}" for name, digits in WHOLE_DIGITS.items()}
# The engine's own reading is wider: it takes "infinity", "epoch", 2025013 and a time zone without a word.
CLOCK = "[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?"
DAY = rf"([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|[0-9]{{4}}/[0-9]{{1,2}}/[0-9]{{1,2}})({CLOCK})?|[0-9]{{8}}([0-9]{{6}})?"
# An instant with its zone, which is turned into the time of China; never into that of the machine.
ZONE = "(Z|[+-][0-9]{2}:?[0-9]{2})"
ZONED = rf"[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}{CLOCK} ?{ZONE}"
CHINA_IS_AHEAD = "INTERVAL 8 HOUR"
CHINA_IS_AHEAD_US = 8 * 3600 * 1_000_000
DAY_PATTERNS = ("%Y%m%d", "%Y/%m/%d", "%Y%m%d%H%M%S", "%Y/%m/%d %H:%M:%S")
# What a province adds to the national dictionaries: dictionary → its code → national code.
Overlay = Mapping[str, Mapping[str, str]]
YES, NO = ("1", "1.0", "true", "t", "是", "y"), ("0", "0.0", "false", "f", "否", "n")
WHOLE_TYPES = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
CERTIFICATE_NUMBER = "is_a_certificate_number"
PERSONAL_NUMBER = "holds_a_personal_number"


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
            listed_en = ", ".join(f"{w} ({'/'.join(codes)})" if codes else w for w, codes in c.codes.words.items())
            found.append(
                Fault(
                    f"{c.name}_not_in_list",
                    c.name,
                    Words(f"{c.zh}不在代码表内", f"{c.name} is not in its code list"),
                    Words(f"{listed} 之一", f"one of {listed_en}"),
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
        elif not c.free:
            found.append(
                Fault(
                    f"{c.name}_unreadable",
                    c.name,
                    Words(
                        f"{c.zh}不是原来的编码（科学计数法、丢失位数或形近字符）",
                        f"{c.name} is not the code that it was: digits are lost, or signs look like others",
                    ),
                    Words("原样的编码，以文本导出", "the code as it is, exported as text"),
                )
            )
        if c.kind == "text" and c.free:
            found.append(
                Fault(
                    f"{c.name}_{PERSONAL_NUMBER}",
                    c.name,
                    Words(f"{c.zh}中含证件号码或手机号码", f"{c.name} holds a certificate or telephone number"),
                    Words("不含个人号码的文字", "words without the number of a person"),
                )
            )
        if may_be_one(table, c):
            says = Words(f"{c.zh}是证件号码，或含有证件号码", f"{c.name} is or holds a certificate number")
            instead = INSTEAD[c.personal == "person"]
            if in_words(c):
                instead = WORDS_INSTEAD
                says = Words(f"{c.zh}中含证件号码或手机号码", f"{c.name} holds a certificate or telephone number")
            found.append(Fault(f"{c.name}_{CERTIFICATE_NUMBER}", c.name, says, instead))
        if c.at_least is not None or c.dated:
            found.append(
                Fault(
                    f"{c.name}_out_of_range", c.name, Words(f"{c.zh}超出范围", f"{c.name} is out of range"), _range(c)
                )
            )
    for i, check in enumerate(table.checks):
        found.append(Fault(check.name, check.columns[-1], check.says, check.expected, check=i))
    return found


def _range(column: Column) -> Words:
    if not column.dated:
        return Words(f"不小于 {column.at_least}", f"not below {column.at_least}")
    last = Words(f"不晚于 {column.latest}", f"not after {column.latest}")
    if column.open_end:
        last = Words(f"{last.zh}；长期有效的填 {FAR_DAY}", f"{last.en}, or {FAR_DAY} while it lasts")
    if column.earliest is None:
        return last
    return Words(f"不小于 {column.earliest}，{last.zh}", f"not below {column.earliest} and {last.en}")


def typed(column: Column, source: Incoming, raw: str, overlay: Overlay | None = None, closely: bool = True) -> str:
    """SQL that reads the raw value as the column's type; null where it cannot be read."""
    if source.codes is not None:
        # The mapping has the word on what a code means.
        whens = " ".join(f"when {sql.text(k)} then {sql.text(v)}" for k, v in source.codes.items())
        # Text keeps a code that the mapping does not name; of a closed list it is a fault.
        return f"case {raw} {whens} {'' if column.codes else f'else {_text(column, raw, source.type, closely)}'} end"
    if column.codes is not None:
        return _coded(column.codes, tidy_of(column), overlay or {})
    if column.kind == "text":
        return _text(column, raw, source.type, closely)
    if column.dated:
        return _time(column, source, raw)
    if column.kind == "yes":
        low = f"lower({raw if source.type == 'VARCHAR' else f'cast({raw} as VARCHAR)'})"
        return f"case when {low} in ({sql.texts(YES)}) then true when {low} in ({sql.texts(NO)}) then false end"
    if column.kind == "fen" and source.money == "yuan":
        return _number(raw, source.type, "yuan", "DECIMAL(16,2)", f"* {FEN_PER_YUAN}", "BIGINT")
    if column.kind in ("fen", "count"):
        return _number(raw, source.type, "whole", "BIGINT", "", "BIGINT")
    kept = "DECIMAL(16,4)" if column.kind == "quantity" else "DECIMAL(16,6)"
    return _number(raw, source.type, column.kind, kept, "", kept)


def _text(column: Column, raw: str, type_: str, closely: bool) -> str:
    return words_of(raw) if column.free else code_of(column, type_, closely)


def raw_value(source: Incoming) -> str:
    """SQL of the raw value: blanks are no value; types that must be read exactly become text."""
    if source.type == "VARCHAR":
        return f"nullif(trim({source.raw}), '')"
    if source.type in ("FLOAT", "DOUBLE"):
        return f"cast({source.raw} as VARCHAR)"
    return source.raw


def fault_conditions(table: Table, closely: bool = True) -> list[str]:
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
            absent = f"case when {value} is null then {_nothing(column, raw, closely)} else false end"
            conditions.append(f"({absent} and not {mark})")
        elif fault.name.endswith(CERTIFICATE_NUMBER):
            conditions.append(one_in(table, column) if closely else "false")
        elif fault.name.endswith(PERSONAL_NUMBER):
            conditions.append(f"coalesce(holds_a_number({value}), false)")
        elif fault.name.endswith("_out_of_range"):
            conditions.append(f"coalesce({_beyond(column, value)}, false)")
        else:
            present = f"case when {value} is null then not {_nothing(column, raw, closely)} else false end"
            conditions.append(f"({present} or {mark})")
    return conditions


def _nothing(column: Column, raw: str, closely: bool) -> str:
    """SQL that is true when the file says nothing in this column."""
    return f"{raw} is null" if column.kind != "text" or column.free else nothing_in(column, closely)


def is_open_end(value: str) -> str:
    """SQL: whether a day stands for an end that nobody knows: 9999, or the last or first day of a year from 2099 on.

    2125-07-30 is a day of this century, mistyped.
    """
    usual = f"(year({value}) = 9999 or strftime({value}, '%m%d') in ('1231', '0101'))"
    return f"({value} >= DATE '{LASTS_FROM}' and {usual})"


def _beyond(column: Column, value: str) -> str:
    if not column.dated:
        return f"{value} < {column.at_least}"
    late = f"{value} >= DATE '{column.latest}' + INTERVAL 1 DAY"
    if column.open_end:
        late = f"({late} and not {is_open_end(value)})"
    return late if column.earliest is None else f"({value} < DATE '{column.earliest}' or {late})"


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


def _time(column: Column, source: Incoming, raw: str) -> str:
    return f"cast({_moment(source, raw)} as {'DATE' if column.kind == 'day' else 'TIMESTAMP'})"


def _moment(source: Incoming, raw: str) -> str:
    """A day or an instant; one that carries its zone is the time of China at that instant."""
    if source.type == "TIMESTAMP WITH TIME ZONE":
        return f"make_timestamp(epoch_us({raw}) + {CHINA_IS_AHEAD_US})"
    if source.type == "DATE" or source.type.startswith("TIMESTAMP"):
        return raw
    as_text = raw if source.type == "VARCHAR" else f"cast({raw} as VARCHAR)"
    if source.dates is not None:
        return f"try_strptime({as_text}, {sql.text(source.dates)})"
    patterns = f"[{sql.texts(DAY_PATTERNS)}]"
    local = f"regexp_replace({as_text}, ' ?{ZONE}$', '')"
    zone = f"regexp_replace(regexp_replace(regexp_extract({as_text}, '{ZONE}$'), 'Z', '+0000'), ':', '')"
    ahead = f"to_minutes(cast(left({zone}, 3) as INTEGER) * 60 + cast(left({zone}, 1) || right({zone}, 2) as INTEGER))"
    return (
        f"case when regexp_full_match({as_text}, {sql.text(DAY)})"
        f" then coalesce(try_cast({as_text} as TIMESTAMP), try_strptime({as_text}, {patterns}))"
        f" when regexp_full_match({as_text}, {sql.text(ZONED)})"
        f" then try_cast({local} as TIMESTAMP) - {ahead} + {CHINA_IS_AHEAD} end"
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
