"""Signs that steer what shows a text, as a terminal or a spreadsheet: they are shown, not obeyed."""

from __future__ import annotations

import re
import unicodedata

# Control signs but line feed and tab; marks that turn the direction of what follows or are seen by nobody; the
# separators of lines that only some programs know; what is no sign; halves of signs, as a name in no encoding brings.
_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)
# Signs without a look of their own that are counted as letters or marks.
_NO_LOOK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_PICTURES, _DELETE, _PICTURE_OF_DELETE, _ASCII = 0x2400, 0x7F, "\u2421", 0x20
# A byte of a name that is in no encoding stands as the half of a sign from here on.
_BYTES = range(0xDC80, 0xDD00)
# A spreadsheet takes a cell that begins with one of these for a formula, and an apostrophe before it for text.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
APOSTROPHE, FORMULA, AMOUNT = "'", r"^[=+\-@\t\r]", r"-?[0-9]+([.][0-9]+)?"


def visible(text: str) -> str:
    """A text in which signs that steer are seen as signs; line ends stay."""
    return _STEERING.sub(_picture, text)


def named(text: str) -> str:
    """The same for paper: fonts for Chinese lack the pictures of control signs, so each is told by its number.

    What parts lines or paragraphs in some programs is a space: in a title it is a word's end, no attack.
    """
    return re.sub("[\u2400-\u2421]", _number, visible(re.sub("[\u2028\u2029]", " ", text)))


def on_one_line(text: str) -> str:
    """The same, line ends and tabs seen as signs too: for names and ids."""
    return re.sub("[\n\t]", _picture, visible(text))


def no_formula(cell: str) -> str:
    """A cell of a text file, with an apostrophe where a spreadsheet would take it for a formula; amounts stay."""
    return f"{APOSTROPHE}{cell}" if cell.startswith(FORMULA_SIGNS) and not re.fullmatch(AMOUNT, cell) else cell


def _picture(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < _ASCII:
        return chr(_PICTURES + code)
    if code in _BYTES:
        return f"\\x{code - _BYTES.start + 0x80:02x}"
    return _PICTURE_OF_DELETE if code == _DELETE else f"<U+{code:04X}>"


def _number(found: re.Match[str]) -> str:
    code = ord(found[0]) - _PICTURES
    return f"<U+{code if code <= _ASCII else _DELETE:04X}>"


def plain(text: str) -> str:
    """A text as it is compared with another: of one width and case, without what is not seen; blanks inside stay."""
    folded = _NO_LOOK.sub("", unicodedata.normalize("NFKC", text)).casefold()
    return "".join(sign for sign in folded if sign.isspace() or unicodedata.category(sign) not in ("Cc", "Cf")).strip()
