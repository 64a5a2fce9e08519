"""Numbers of persons in any text: certificates, mobile telephones, bank cards. What is printed or kept hides them."""

from __future__ import annotations

import re

# Division, day of birth, number, check sign: eighteen signs (GB 11643-1999), fifteen before 1999.
BORN = "(19|20)[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
# People who are in data of today were born before; a later day in a number is that of the visit or the bill.
SURELY_BORN = "(19[0-9]{2}|200[0-9])(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])"
CERTIFICATE = rf"[1-9][0-9]{{5}}{BORN}[0-9]{{3}}[0-9Xx]"
OLD = "[1-9][0-9]{5}[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])[0-9]{3}"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_SIGNS = "10X98765432"
# Cards of Chinese banks and of the international schemes begin so, have so many digits, and their last one checks.
CARD = "(6[0289]|4|5[1-5]|35|955[89])[0-9]{12,17}"
CARD_LENGTHS = (16, 17, 18, 19)
MASK = "***"
# A Chinese name in Latin letters: one of the usual names of families and one to three syllables, or the other way.
_FAMILY = (
    "ai|an|bai|bao|bi|cai|cao|cen|chang|che|chen|cheng|chu|cui|dai|deng|ding|dong|du|duan|fan|fang|fei|feng|fu|gan|gao"
    "|ge|geng|gong|gu|guan|gui|guo|han|hao|he|hong|hou|hu|hua|huang|huo|ji|jia|jian|jiang|jiao|jin|kang|ke|kong|lai|lan"
    "|lei|li|lian|liang|liao|lin|ling|liu|long|lou|lu|luo|lv|ma|mao|mei|meng|mi|miao|mo|mu|ni|nie|niu|ou|ouyang|pan|pang"
    "|pei|peng|pu|qi|qian|qiao|qin|qiu|qu|ren|rong|ruan|shangguan|shao|shen|sheng|shi|shu|situ|song|su|sun|tan|tang|tao"
    "|teng|tian|tong|tu|wan|wang|wei|wen|weng|wu|xi|xia|xiang|xiao|xie|xin|xing|xiong|xu|xue|yan|yang|yao|ye|yi|yin|ying"
    "|you|yu|yuan|yue|zang|zeng|zha|zhai|zhan|zhang|zhao|zhen|zheng|zhong|zhou|zhu|zhuang|zhuge|zong|zou|zuo"
)
_SYLLABLE = (
    "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    "(?:i?ang|uang|i?ong|eng|ing|i?an|uan|i?ao|u?ai|ei|en|er|ia|ie|in|iu|ou|ua|ue|ui|un|uo|ve|a|e|i|o|u|v)"
)
_MARK = "[ .,_-]?"
IN_LATIN = (
    f"(?i)(?:(?:{_FAMILY}){_MARK}{_SYLLABLE}(?:{_MARK}{_SYLLABLE}){{0,2}}"
    f"|{_SYLLABLE}{_MARK}(?:{_SYLLABLE}{_MARK})?(?:{_FAMILY}))"
)
# Words in a row are no code, date or amount: a name or an address.
SEVERAL_WORDS = "[A-Za-z]{2,}[.,]? +[A-Za-z]{2,}"
SHORTEST = 11
MOST_OF_A_DIGIT = 9

# What people and programs put between the digits of one number, seen or unseen.
_GAP = r"[\s._/\u00ad\u00b7\u200b-\u200f\u2010-\u2015\u2060\u2212\ufeff\uff0d-\uff0f-]"
# Fifteen digits in groups are a certificate only where they begin as a division of the country does.
_PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])"
_GROUPS = rf"{_PROVINCE}[0-9]{{4}}{_GAP}{{1,4}}{SURELY_BORN}{_GAP}{{1,4}}[0-9]{{3}}[0-9Xx]"
_SPACED = rf"[0-9](?:{_GAP}[0-9])"
_NUMBER = re.compile(
    rf"(?<![0-9])(?:(?:00)?86{_GAP}?)?(?:"
    rf"(?P<mobile>1[3-9][0-9]{_GAP}{{0,2}}[0-9]{{4}}{_GAP}{{0,2}}[0-9]{{4}}|1{_GAP}[3-9](?:{_GAP}[0-9]){{9}})"
    rf"|(?P<certificate>[1-9](?:{_GAP}{{0,4}}[0-9]){{16}}{_GAP}{{0,4}}[0-9Xx])"
    rf"|(?P<card>[3-9](?:{_GAP}?[0-9]){{15,18}})"
    r"|(?P<old>[1-9][0-9]{14})"
    rf"|(?P<grouped>{_PROVINCE}[0-9]{{4}}{_GAP}{{1,2}}[0-9]{{6}}{_GAP}{{1,2}}[0-9]{{3}}|{_SPACED}{{14}})"
    r")(?![0-9])"
)
# Hashes and the ids of runs hold digits by chance; they are no person's.
_HASH = re.compile(
    "(?<![0-9A-Za-z])(?=[0-9]*[a-f])(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|(?<=-)[0-9a-f]{16})(?![0-9A-Za-z])"
)


def masked(text: str) -> str:
    """A text without the numbers of persons in it, however they are written.

    Between two numbers of a name a day is usual: what is not written in one piece is hidden only where its check sign
    is right, or where it stands in the groups of a certificate.
    """
    if sum(map(str.isdecimal, text)) < SHORTEST:
        return text
    plain = _narrow(text)
    hashes = [found.span() for found in _HASH.finditer(plain)]
    kept, done, at = "", 0, 0
    while found := _NUMBER.search(plain, at):
        kind = found.lastgroup or ""
        first, last = found.span(kind)
        inside = any(begins <= first and last <= ends for begins, ends in hashes)
        if inside or not _is_one(kind, plain[first:last]):
            at = _next_number(plain, found.start())
            continue
        kept, done, at = kept + text[done:first] + MASK, last, last
    return kept + text[done:]


def holds_number(text: str) -> bool:
    """Whether a text holds the number of a person."""
    return masked(text) != text


def _next_number(text: str, at: int) -> int:
    """Where the next run of digits begins."""
    while at < len(text) and text[at].isdecimal():
        at += 1
    return at


def _narrow(text: str) -> str:
    """Digits of every script, and the X of a check sign, as ASCII; each sign stays where it was."""
    if text.isascii():
        return text
    narrow = (str(int(sign)) if sign.isdecimal() else "X" if sign in "ＸｘХх" else sign for sign in text)
    return "".join(narrow)


def _is_one(kind: str, written: str) -> bool:
    digits = re.sub("[^0-9X]", "", written.upper())
    whole = len(digits) == len(written)
    if kind == "certificate":
        grouped = re.fullmatch(_GROUPS, written) is not None
        one = re.fullmatch(CERTIFICATE, digits) is not None and (whole or grouped or is_checked(digits))
        return one or is_card(digits)
    if kind == "card":
        return is_card(digits)
    if kind == "grouped":
        return re.fullmatch(OLD, digits) is not None and re.match(_PROVINCE, digits) is not None
    return kind == "mobile" or re.fullmatch(OLD, digits) is not None


def is_checked(digits: str) -> bool:
    """Whether eighteen signs end with the check sign of a certificate."""
    told = sum(int(sign) * weight for sign, weight in zip(digits[:-1], WEIGHTS, strict=True))
    return CHECK_SIGNS[told % len(CHECK_SIGNS)] == digits[-1]


def is_card(digits: str) -> bool:
    """Whether digits are the number of a bank card: its beginning, its length, its check digit (Luhn)."""
    if len(digits) not in CARD_LENGTHS or not re.fullmatch(CARD, digits):
        return False
    doubled = (int(sign) * 2 for sign in digits[-2::-2])
    told = sum(n - MOST_OF_A_DIGIT if n > MOST_OF_A_DIGIT else n for n in doubled)
    return (told + sum(int(sign) for sign in digits[-1::-2])) % 10 == 0
