"""How codes are written: what is invisible goes, what looks like another sign or has lost digits is not read."""

from __future__ import annotations

import duckdb

from yiheng.basis.signs import APOSTROPHE
from yiheng.records import Column

from . import certificates, sql

# Nothing, as exports and people write it in any case; but 无 and none, as it is here, are words of code lists as well.
NOTHING = (
    "null", "(null)", "<null>", "nil", "nan", "n/a", "na", "#n/a", r"\n", "undefined", "-", "--", "---", "—",
    "——", "/", "_", "空", "暂无",
)  # fmt: skip
NONE_IN_CHINESE, PYTHONS = "无", ("None", "NONE")
WIDE = "".join(chr(n) for r in ((0xFF10, 0xFF1A), (0xFF21, 0xFF3B), (0xFF41, 0xFF5B)) for n in range(*r)) + "－＿＇＝＂"
NARROW = "".join(chr(ord(c) - 0xFEE0) for c in WIDE)
# No-break, thin and wide spaces are spaces; they end a value like any other.
SPACES = "\t\n\v\f\r\x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
# Soft hyphen, joiners and marks of zero width, marks of direction, byte order mark, control characters.
INVISIBLE = (
    r"[\x00-\x08\x0e-\x1f\x7f\x{80}-\x{84}\x{86}-\x{9f}\x{ad}\x{34f}\x{61c}\x{115f}\x{1160}\x{17b4}\x{17b5}"
    r"\x{180b}-\x{180f}\x{200b}-\x{200f}\x{202a}-\x{202e}\x{2060}-\x{206f}\x{3164}\x{fe00}-\x{fe0f}\x{feff}\x{ffa0}"
    r"\x{fff9}-\x{fffb}\x{e0000}-\x{e01ef}]"
)
# What a code consists of: ASCII, Chinese characters and their punctuation, letters with an accent, Roman numerals.
# All else (Cyrillic А for A, mathematical and superscript digits ...) only looks like it.
WRITTEN_IN = (
    r"[ -~\p{Han}\x{b7}\x{c0}-\x{d6}\x{d8}-\x{f6}\x{f8}-\x{ff}\x{2014}\x{2018}\x{2019}\x{201c}\x{201d}\x{2026}"
    r"\x{2160}-\x{216b}\x{3001}-\x{3017}\x{ff01}-\x{ff0f}\x{ff1a}-\x{ff20}]+"
)
SCIENTIFIC = r"[+-]?[0-9]([.][0-9]+)?[eE][+-]?[0-9]{1,3}"
# A float keeps fifteen digits, of single precision six: a longer one is not the number that it was.
WHOLE_FLOAT, WHOLE_SINGLE = r"[0-9]{1,15}[.]0*", r"[0-9]{1,6}[.]0*"
ANY_WHOLE = r"[0-9]+[.]0*"
# A code that is none of this is taken as it is: most are, and only the others are looked at closely.
_WHOLE = (
    r"(?i:null|nil|nan|na|undefined|#?n/a|[(<]null[)>]|\\n)|None|NONE|[-/_]+|0+|[0-9]+[.]0*|无|空|暂无|—+"
    rf"|{SCIENTIFIC}"
)
ODD = rf"^({_WHOLE})$|[^!-~\p{{Han}}]|^['`=]|^\"|'$"
# All codes of a row are first looked at as one text, with this between them.
BETWEEN = "\x1f"
ODD_ROW = rf"(^|{BETWEEN})({_WHOLE}|['`=\"][^{BETWEEN}]*|[^{BETWEEN}]*')({BETWEEN}|$)|[^!-~{BETWEEN}\p{{Han}}]"
ROW_IS_ODD = "row_is_odd"
# A spreadsheet takes what stands behind an apostrophe for text; our own exports put one there.
MARKED = sql.text(rf"^{APOSTROPHE}+([=+\-@\t\r])") + r", '\1'"
MACROS = f"""
create or replace temp macro tidied(given) as nullif(trim(regexp_replace(regexp_replace(trim(regexp_replace(
  translate(given, {sql.text(WIDE + SPACES)}, {sql.text(NARROW + " " * len(SPACES))}), {sql.text(INVISIBLE)}, '', 'g')),
  '^="([^"]*)"$', '\\1'), '^[''`‘’]+|[''`‘’]+$', '', 'g')), '')
"""


def prepare(con: duckdb.DuckDBPyConnection) -> None:
    """Make the macros that the SQL of codes and of certificates is written in."""
    con.execute(MACROS)
    con.execute(certificates.MACROS)


def odd_row(raws: list[str], persons: list[str], others: list[str], words: list[str]) -> str:
    """SQL that is true when one of the raw codes of a row has to be looked at closely.

    Args:
        persons: those of them that may be a person's number.
        others: those that may hold one although they are the number of something else.
        words: those in which the number of a mobile telephone is told.
    """
    ever, long_ago = certificates.in_row(certificates.EVER), certificates.in_row(certificates.LONG_AGO)
    tests = [_found(raws, ODD_ROW)] if raws else []
    shortest, mobile = certificates.SHORTEST, certificates.SHORTEST_WITHIN
    asked = (
        (persons, ever, shortest), (others, long_ago, shortest), (words, certificates.MOBILE, mobile),
    )  # fmt: skip
    for some, pattern, least in asked:
        if some:
            longest = f"greatest(0, {', '.join(f'length(cast({raw} as VARCHAR))' for raw in some)})"
            found = _found(some, pattern)
            tests.append(f"case when {longest} < {least} then false else {found} end")
    return f"({' or '.join(tests) or 'false'})"


def _found(raws: list[str], pattern: str) -> str:
    return f"coalesce(regexp_matches(concat_ws({sql.text(BETWEEN)}, {', '.join(raws)}), {sql.text(pattern)}), false)"


def looked_at(column: Column, raw: str, type_: str, closely: bool) -> str:
    """SQL of a raw code as it was meant: without marks and what is invisible."""
    text = raw if type_ == "VARCHAR" else f"cast({raw} as VARCHAR)"
    if not closely:
        return f"{text} as {tidy_of(column)}"
    tidy = f"tidied({text})"
    if column.codes is not None:
        # Of a closed list a float is a whole number; what digits were lost of is in no list.
        tidy = f"regexp_replace({tidy}, '^([0-9]+)[.]0*$', '\\1')"
    odd = f"case when regexp_matches({text}, {sql.text(ODD)}) then {tidy} else {text} end"
    return f"case when {ROW_IS_ODD} then {odd} else {text} end as {tidy_of(column)}"


def nothing_in(column: Column, closely: bool) -> str:
    """SQL that is true when a value says that there is nothing."""
    tidy, words = tidy_of(column), NOTHING if column.codes else (*NOTHING, NONE_IN_CHINESE)
    if not closely:
        return f"({tidy} is null)"
    zeros = f" or regexp_full_match({tidy}, '0+')" if column.zeros and column.null else ""
    listed = f"lower({tidy}) in ({sql.texts(words)}) or {tidy} in ({sql.texts(PYTHONS)})"
    said = f"case when {ROW_IS_ODD} then {listed}{zeros} else false end"
    return f"({tidy} is null or {said})"


def code_of(column: Column, type_: str, closely: bool) -> str:
    """SQL of a code: null where it says nothing, and where it cannot be read for what it was."""
    tidy = tidy_of(column)
    if not closely:
        return tidy
    whole = {"FLOAT": WHOLE_SINGLE, "DOUBLE": WHOLE_FLOAT, "VARCHAR": WHOLE_FLOAT}.get(type_, ANY_WHOLE)
    # Whole numbers and decimals are exact, however long. A dot and zeros may belong to the code of a diagnosis.
    kept = column.dotted and type_ == "VARCHAR"
    number = tidy if kept else f"regexp_replace({tidy}, '[.]0*$', '')"
    written = f"regexp_full_match({tidy}, {sql.text(WRITTEN_IN)})"
    odd = (
        f"case when {nothing_in(column, closely)} then null"
        f" when not {written} or regexp_full_match({tidy}, '{SCIENTIFIC}') then null"
        f" when not regexp_full_match({tidy}, '{ANY_WHOLE}') then {tidy}"
        f" when {str(kept).lower()} or regexp_full_match({tidy}, '{whole}') then {number} end"
    )
    return f"case when {ROW_IS_ODD} then {odd} else {tidy} end"


def tidy_of(column: Column) -> str:
    """The column of ``looked_at``."""
    return sql.name("tidy_" + column.name)


def words_of(raw: str) -> str:
    """SQL of words for people: as they are; nothing is no value, and what makes a formula text is no part of it."""
    raw = f"case when starts_with({raw}, {sql.text(APOSTROPHE)}) then regexp_replace({raw}, {MARKED}) else {raw} end"
    words = (*NOTHING, NONE_IN_CHINESE)
    short = f"case when lower({raw}) in ({sql.texts(words)}) then null else {raw} end"
    return f"case when length({raw}) <= {max(map(len, words))} then {short} else {raw} end"
