"""Amounts in Chinese capital numerals, as documents about money write them beside the figures."""

from __future__ import annotations

from yiheng.basis.money import FEN_PER_YUAN, Fen

DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = ("", "拾", "佰", "仟")
# Every four digits have a name of their own.
GROUPS = ("", "万", "亿", "万亿")
TENTH = 10


def in_words(amount: Fen) -> str:
    """An amount in capital numerals: 壹仟零伍元叁角整; below zero it begins with 负.

    Raises:
        ValueError: beyond the names of places (ten thousand billion yuan).
    """
    yuan, fen = divmod(abs(amount.n), FEN_PER_YUAN)
    sign = "负" if amount.n < 0 else ""
    whole = f"{_whole(yuan)}元" if yuan else ""
    tens, ones = divmod(fen, TENTH)
    if not fen:
        return f"{sign}{whole or '零元'}整"
    # A zero is told where a place between yuan and the first written digit is empty.
    dimes = f"{DIGITS[tens]}角" if tens else ("零" if yuan else "")
    return f"{sign}{whole}{dimes}{f'{DIGITS[ones]}分' if ones else '整'}"


def _whole(yuan: int) -> str:
    size = TENTH ** len(PLACES)
    groups = []
    while yuan:
        yuan, group = divmod(yuan, size)
        groups.append(group)
    if len(groups) > len(GROUPS):
        raise ValueError("the amount has more places than have names")
    told = ""
    for name, group in reversed(list(zip(GROUPS, groups, strict=False))):
        if group:
            # An empty place before a group is told once.
            gap = told and (group < size // TENTH or told.endswith("零"))
            told = told.rstrip("零") + ("零" if gap else "") + _group(group) + name
        elif told and not told.endswith("零"):
            told += "零"
    return told.rstrip("零")


def _group(group: int) -> str:
    told = ""
    for place in reversed(range(len(PLACES))):
        digit = group // TENTH**place % TENTH
        if digit:
            told += DIGITS[digit] + PLACES[place]
        elif told and not told.endswith("零"):
            told += "零"
    return told.rstrip("零")
