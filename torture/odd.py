"""Odd texts, numbers, days, names and spoiled bytes, from which hostile inputs are made."""

from __future__ import annotations

from hypothesis import strategies as st

# No amount, no day, no number of anything, whoever reads it.
NO_NUMBER = (
    "1/3", "1_000", "inf", "-inf", "Infinity", "NaN", "nan", "0x10", "1e400", "1e-400", "9" * 5000, "--5", "5-", "1..5",
    "1,00,0", "²", "½", "٣", "１/３", "一百", "None", "true", "[1]", "{}", "1;2", "=1+1", "$5", "5 %%", "NULL0", "\x00",
)  # fmt: skip
NO_DAY = (
    "2025-02-30", "2025-13-01", "0000-00-00", "10000-01-01", "-2025-01-01", "2025-1-1-1", "inf", "1e9", "2025/02/30",
    "20250230", "yesterday", "２０２５年十三月", "2025-01-01T25:00:00", "=TODAY()", "1/3", "9" * 400,
)  # fmt: skip
ODD = (
    "", " ", "\t", "\x00", "\x1b[2J\x1b[H", "\u202e abc", "[/x]", "[bold]", "#set page()", "<script>alert(1)</script>",
    "=HYPERLINK(\"http://x\")", "'; drop table settlement; --", '"', "'", "../../etc/passwd", "{{7*7}}", "%s%n",
    "$(id)", "\ufeff", "\u2028", "a" * 70_000, "𝕏" * 500, "null", "~", "- x", "? y",
    "!!python/object:os.system x", "*a", "&a",
)  # fmt: skip
NUMBERS = ("total_fen", "scope_fen", "fund_fen", "person_fen", "amount_fen", "quantity", "unit_price", "ordinal")
DAYS = (
    "born_on",
    "enrolled_from",
    "enrolled_until",
    "began_on",
    "ended_on",
    "operated_on",
    "settled_at",
    "occurred_at",
)
NAME = st.text(st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",)), min_size=1, max_size=30)
ODD_NAMES = ("person[1]", "person*", "pers?n", "'person'", '"person"', "person{a,b}", "-w", "~", "person\n", "%41",
             "person#1", "[/x]", "西海[1]", "a;b", "$(id)", "person ", " person", "`id`", "person\\",
             "..person")  # fmt: skip


def texts() -> st.SearchStrategy[str]:
    """Texts that somebody would choose, and any other."""
    return st.one_of(st.sampled_from(ODD), st.text(max_size=60))


def spoiled(whole: bytes) -> st.SearchStrategy[bytes]:
    """A file with a few of its bytes turned, gone, doubled or put in, or cut short."""
    at = st.integers(0, len(whole) - 1)
    one = st.tuples(st.sampled_from(("turn", "drop", "double", "put", "cut")), at, st.binary(min_size=1, max_size=9))
    return st.lists(one, min_size=1, max_size=4).map(lambda blows: _spoil(whole, blows))


def _spoil(whole: bytes, blows: list[tuple[str, int, bytes]]) -> bytes:
    for how, at, put in blows:
        end = at + len(put)
        middle = {"turn": put, "drop": b"", "double": whole[at:end] * 2, "put": put + whole[at:end], "cut": b""}[how]
        whole = whole[:at] + middle + (b"" if how == "cut" else whole[end:])
    return whole
