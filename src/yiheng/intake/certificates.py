"""Certificate numbers in any writing: told from other numbers, written the same before they are hashed, never shown."""

from __future__ import annotations

from yiheng.basis.evidence import Words
from yiheng.basis.hidden import CARD, CARD_LENGTHS, CERTIFICATE, CHECK_SIGNS, MOST_OF_A_DIGIT, OLD, SURELY_BORN, WEIGHTS
from yiheng.records import Column, Table

# With apostrophe, blanks, dashes or a word before it: digits that nothing but marks stands between.
LOOSE = "^[^0-9]{0,12}[1-9]([^0-9A-Za-z]*[0-9]){13,16}[^0-9A-Za-z]*[0-9Xx][^0-9A-Za-z]*$"
# Words that people put before it. Another letter makes it the number of something else, unless its check sign is right.
CALLED = "^[^0-9A-Za-z]*(?i:id|idcard|sfz|sfzh|cert|certno|no)?[^0-9A-Za-z]*"
SHORTEST = 15
# The same inside a text for people, and the number of a mobile telephone: in one piece, in groups, sign by sign.
_GAP = r"[\s\x{2010}-\x{2015}\x{2212}\x{b7}-]"
_BORN_IN = (
    f"(1{_GAP}*9|2{_GAP}*0)({_GAP}*[0-9]){{2}}{_GAP}*(0{_GAP}*[1-9]|1{_GAP}*[0-2])"
    f"{_GAP}*(0{_GAP}*[1-9]|[12]{_GAP}*[0-9]|3{_GAP}*[01])"
)
_MOBILE = f"1[3-9][0-9]{_GAP}{{0,2}}[0-9]{{4}}{_GAP}{{0,2}}[0-9]{{4}}|1{_GAP}[3-9]({_GAP}[0-9]){{9}}"
WITHIN = (
    rf"(^|[^0-9])((00)?86)?({_MOBILE}|[1-9]({_GAP}*[0-9]){{5}}{_GAP}*{_BORN_IN}({_GAP}*[0-9]){{3}}{_GAP}*[0-9Xx]|{OLD})"
    r"($|[^0-9])"
)
SHORTEST_WITHIN, ENOUGH_DIGITS = 11, r"([0-9\x{ff10}-\x{ff19}][^0-9\x{ff10}-\x{ff19}A-Za-z\p{Han}]*){11}"
# A part of a code that no more digits stand around; a mobile telephone the same.
LENGTH = 18
PART = f"(^|[^0-9])[1-9][0-9]{{5}}{SURELY_BORN}[0-9]{{3}}[0-9Xx]($|[^0-9])"
MOBILE = f"(^|[^0-9])((00)?86{_GAP}?)?({_MOBILE})($|[^0-9])"
# Eleven digits alone that begin as a city of Hebei, Shanxi or Inner Mongolia are as well a code that is made of it.
OF_A_PLACE = "1(3(0[1-9]|1[01])|4(0[1-9]|1[01])|5(0[1-9]|2[259]))[0-9]{7}"
# A macro writes its argument wherever it names it; bound by a function over one element it is planned only once.
MACROS = f"""
create or replace temp macro check_sign(seventeen) as substr('{CHECK_SIGNS}',
  cast(list_dot_product({list(WEIGHTS)}::FLOAT[], cast(string_split(seventeen, '') as FLOAT[])) as INTEGER)
  % {len(CHECK_SIGNS)} + 1, 1);
create or replace temp macro bare(given) as
  upper(regexp_replace(regexp_replace(given, '^[^0-9]+', ''), '[^0-9A-Za-z]', '', 'g'));
create or replace temp macro is_checked(given) as case
  when regexp_full_match(given, '{CERTIFICATE}') then right(given, 1) = check_sign(left(given, 17)) else false end;
create or replace temp macro is_certificate(given) as case when length(given) < {SHORTEST} then false
  else regexp_matches(given, '{LOOSE}') and regexp_full_match(bare(given), '{CERTIFICATE}')
  and (regexp_matches(given, '{CALLED}[1-9]') or is_checked(bare(given))) end;
create or replace temp macro is_old_certificate(given) as case when length(given) < {SHORTEST} then false
  else regexp_matches(given, '{LOOSE}') and regexp_full_match(bare(given), '{OLD}')
  and regexp_matches(given, '{CALLED}[1-9]') end;
create or replace temp macro holds_a_number(given) as case when length(given) < {SHORTEST_WITHIN} then false
  when not regexp_matches(given, '{ENOUGH_DIGITS}') then false
  else regexp_matches(tidied(given), '{WITHIN}') end;
create or replace temp macro holds_certificate(given) as case when length(given) < {LENGTH} then false
  when not regexp_matches(given, '{PART}') then false
  else len(list_filter(regexp_split_to_array(upper(given), '[^0-9X]+'), lambda part:
    is_checked(regexp_extract(part, '^X*([1-9][0-9]{{5}}{SURELY_BORN}[0-9]{{3}}[0-9X])X*$', 1)))) > 0 end;
create or replace temp macro holds_mobile(given) as case when length(given) < {SHORTEST_WITHIN} then false
  else regexp_matches(given, '{MOBILE}') and not regexp_full_match(given, '{OF_A_PLACE}') end;
create or replace temp macro is_card(given) as case
  when length(given) not between {min(CARD_LENGTHS)} and {max(CARD_LENGTHS)} then false
  when not regexp_full_match(given, '{CARD}') then false
  else list_sum(list_transform(string_split(reverse(given), ''), lambda sign, nth:
    case when nth % 2 = 1 then cast(sign as INTEGER)
    else cast(sign as INTEGER) * 2 - case when sign > '4' then {MOST_OF_A_DIGIT} else 0 end end)) % 10 = 0 end;
create or replace temp macro upgraded(fifteen) as left(fifteen, 6) || '19' || substr(fifteen, 7);
create or replace temp macro completed(seventeen) as seventeen || check_sign(seventeen);
create or replace temp macro in_full(given) as list_transform([given], lambda one: case
  when length(one) < {SHORTEST} or not regexp_matches(one, '{LOOSE}') then one
  else list_transform([bare(one)], lambda digits: case
    when regexp_full_match(digits, '{CERTIFICATE}')
      and (regexp_matches(one, '{CALLED}[1-9]') or is_checked(digits)) then digits
    when regexp_full_match(digits, '{OLD}') and regexp_matches(one, '{CALLED}[1-9]') then completed(upgraded(digits))
    else one end)[1] end)[1]
"""
# The same, written loosely between two signs that stand between the codes of a row.
_S = "[^0-9A-Za-z\x1f]*"
_DAY = f"{_S}(0{_S}[1-9]|1{_S}[0-2]){_S}(0{_S}[1-9]|[12]{_S}[0-9]|3{_S}[01])({_S}[0-9]){{3}}"
EVER = f"((1{_S}9|2{_S}0)({_S}[0-9]){{2}}{_DAY}{_S}[0-9Xx]|[0-9]{_S}[0-9]{_DAY})"
LONG_AGO = f"(1{_S}9({_S}[0-9]){{2}}|2{_S}0{_S}0{_S}[0-9]){_DAY}{_S}[0-9Xx]"


def in_row(born: str) -> str:
    """The pattern of what may be a certificate number among the codes of a row, from its day of birth on."""
    return f"(^|\x1f)[^0-9\x1f]*[1-9]({_S}[0-9]){{5}}{_S}{born}[^0-9A-Za-z\x1f]*(\x1f|$)|{PART}"


# By whether it is the number of a person. Where people write words, a mobile telephone is none of them either.
WORDS_INSTEAD = Words("编号或名称，不含证件号码和手机号码", "a code or a name, without certificate or telephone number")
INSTEAD = {
    True: Words(
        "医保人员编号；本地以证件号码为人员编号的，新建工作区时用 --hash-person-id",
        "the fund's own number; where that is the certificate, a workspace made with --hash-person-id",
    ),
    False: Words("业务编号，不含证件号码", "the number of the thing, which holds no certificate number"),
}
# Codes of goods, diseases and places: never a person's.
OF_THINGS = frozenset(
    {"item_code", "disease_code", "trace_code", "batch", "lot", "division", "specialty", "payment_way"}
)
OF_STAFF = frozenset({"doctor", "surgeon", "family_doctor", "carer"})
# Local codes or names, as people write them; a day of a visit is in none of them.
OF_WORDS = frozenset({"department", "place"})


def may_be_one(table: Table, column: Column) -> bool:
    """Whether a certificate number may come in this column, and is told from what belongs there."""
    code = column.kind == "text" and column.codes is None and not column.free and not column.dotted
    return code and column.personal in (None, "person") and column.name not in OF_THINGS


def of_a_person(column: Column) -> bool:
    """Whether any certificate number in the column is one: it names a person, or nothing that is numbered by days."""
    return column.personal == "person" or in_words(column)


def in_words(column: Column) -> bool:
    """Whether people write the column, so that the number of a mobile telephone is told in it as well."""
    return column.name in OF_STAFF or column.name in OF_WORDS


def one_in(table: Table, column: Column) -> str:
    """SQL over the typed columns that is true when this one holds a certificate number.

    Numbers of visits and bills may hold a day as well: there only what cannot be one of them is a certificate, with
    a day of birth long ago and the right check sign. The same holds for a part of a code, in every column.
    """
    value = f'"{column.name}"'
    if column.personal == "person" and "born_on" in table.schema:
        old = f"is_old_certificate({value}) and substr(bare({value}), 7, 6) = strftime(born_on, '%y%m%d')"
        return f"coalesce(is_certificate({value}) or holds_certificate({value}) or ({old}), false)"
    if of_a_person(column):
        more = f" or holds_mobile({value})" if in_words(column) else ""
        return f"coalesce(is_certificate({value}) or holds_certificate({value}){more}, false)"
    sure = f"regexp_full_match(substr(bare({value}), 7, 8), '{SURELY_BORN}') and is_checked(bare({value}))"
    return f"coalesce(case when is_certificate({value}) then {sure} else holds_certificate({value}) end, false)"
