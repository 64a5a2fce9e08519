"""Which encoding a text is in: UTF-8, with a few damaged characters or none, or GB18030. Others are refused by name."""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from yiheng.basis.refusals import Refusal

Encoding = Literal["utf-8", "gb18030"]
CHUNK = 1 << 22
# With at least so many Chinese characters for each doubtful one a text is UTF-8 with damaged rows. Read as UTF-8,
# Chinese in GB18030 is broken or turns into letters of other scripts: of 某药 become ĳҩ, of 鲁 becomes ³.
CHINESE_FOR_EACH_DOUBTFUL = 2
CHINESE, DOUBTFUL = re.compile("[\u2e80-\ufffc]"), re.compile("[\u0080-\u07ff\ufffd]")
# Letters and signs of Latin-1 and the like beside an ASCII letter: m³, José. Beside a comma or another of their kind
# they are Chinese in GB18030, which is by far more likely in China.
BESIDE_A_LETTER = re.compile("[A-Za-z][\u0080-\u07ff]|[\u0080-\u07ff][A-Za-z]")
MARKS = (
    # UTF-32 begins as UTF-16 does, so it comes first.
    (codecs.BOM_UTF32_LE, "UTF-32"), (codecs.BOM_UTF32_BE, "UTF-32"), (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)  # fmt: skip
# A text of which so large a part is NUL has wide characters.
NUL_IN = 4
CURE = "save the file as UTF-8 and load it again"
# Where each standard keeps its common characters: level 1 and the signs of GB 2312, and of Big5.
GB_COMMON = ("gb2312", range(0xA1, 0xA4), range(0xB0, 0xD8), range(0xA1, 0xFF))
BIG5_COMMON = ("big5", range(0xA1, 0xA2), range(0xA4, 0xC7), (*range(0x40, 0x7F), *range(0xA1, 0xFF)))
# Real Chinese is nearly all common characters; of Big5 that is read as GB18030 many are rare.
NEARLY_ALL, MOST, HUNDRED = 90, 75, 100
# Of a word of Latin letters in Windows-1252, such as Müller, an accent and the letter behind it read as one rare sign.
INSIDE_A_WORD = re.compile("(?<=[a-z])[^\x00-\x7f]|[^\x00-\x7f](?=[a-z])")


@dataclass(frozen=True)
class Scan:
    """One pass over a text file.

    Attributes:
        sha256: of its bytes.
        lines: how many lines it has, by the one kind of line end it uses.
        clean: whether it is UTF-8 beyond doubt.
        mixed: whether it uses more than one kind of line end.
    """

    sha256: str
    lines: int
    clean: bool
    mixed: bool


def scanned(path: Path) -> Scan:
    """Hash, lines, line ends, and whether the text is UTF-8 beyond doubt, in one reading."""
    digest, last = hashlib.sha256(), b""
    feeds = returns = both = nuls = 0
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    clean, chinese, doubtful = True, False, False
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
            nuls += chunk.count(0)
            feeds += chunk.count(b"\n")
            if b"\r" in chunk or last == b"\r":
                returns += chunk.count(b"\r")
                both += chunk.count(b"\r\n") + (last == b"\r" and chunk.startswith(b"\n"))
            last = chunk[-1:]
            if clean:
                try:
                    decoded = decoder.decode(chunk)
                except UnicodeDecodeError:
                    clean = False
                    continue
                if not chinese and not decoded.isascii():
                    chinese = CHINESE.search(decoded) is not None
                    doubtful = doubtful or DOUBTFUL.search(decoded) is not None
    kinds = sum(many > 0 for many in (feeds - both, returns - both, both))
    ends = feeds or returns
    open_end = bool(last) and last not in b"\r\n"
    clean = clean and (chinese or not doubtful) and not (nuls and _is_wide(nuls, path.stat().st_size))
    return Scan(digest.hexdigest(), ends + open_end, clean, kinds > 1)


def encoding_of(path: Path, shown: str) -> Encoding:
    """UTF-8, perhaps with a few damaged characters, or GB18030.

    Raises:
        Refusal: when it is neither: named where it can be, else with the first line that is neither.
    """
    doubtful = characters = beside = nuls = size = 0
    strict = True
    utf8 = codecs.getincrementaldecoder("utf-8")("replace")
    chinese = _Chinese()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            if not size and (mark := next((name for bom, name in MARKS if chunk.startswith(bom)), None)):
                raise _other(mark, shown)
            size += len(chunk)
            nuls += chunk.count(0)
            decoded = utf8.decode(chunk)
            if not decoded.isascii():
                strict = strict and "\ufffd" not in decoded
                doubtful += len(DOUBTFUL.findall(decoded))
                characters += len(CHINESE.findall(decoded))
                beside += len(BESIDE_A_LETTER.findall(decoded))
            chinese.take(chunk)
    if _is_wide(nuls, size):
        raise _other("UTF-16 or UTF-32", shown)
    chinese.end()
    if doubtful * CHINESE_FOR_EACH_DOUBTFUL <= characters or (strict and beside):
        return "utf-8"
    if chinese.broken_line is None:
        if chinese.is_big5:
            raise _other("Big5 (Traditional Chinese)", shown)
        if chinese.is_latin:
            raise _other("Windows-1252 or another Latin encoding", shown)
        return "gb18030"
    if strict:
        return "utf-8"
    raise Refusal(
        "this line holds a byte that is neither UTF-8 nor GB18030", where=f"{shown}:{chinese.broken_line}",
        cure=f"correct the line, or {CURE}",
    )  # fmt: skip


def decoded(raw: bytes, path: Path, shown: str) -> str:
    """A text that is held in memory, without a mark of UTF-8.

    Raises:
        Refusal: when it is neither UTF-8 nor GB18030, with the line where it can be told.
    """
    encoding: str = "utf-8"
    try:
        text = raw.decode()
        if not _is_wide(raw.count(0), len(raw)) and (
            text.isascii() or CHINESE.search(text) or not DOUBTFUL.search(text)
        ):
            return text.removeprefix("\ufeff")
    except UnicodeDecodeError:
        pass
    encoding = encoding_of(path, shown)
    try:
        return raw.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as wrong:
        line = raw.count(b"\n", 0, wrong.start) + 1
        raise Refusal(
            f"this line holds a byte that is not {encoding.upper()}", where=f"{shown}:{line}", cure="correct the line"
        ) from None


def _is_wide(nuls: int, size: int) -> bool:
    return nuls * NUL_IN > size


def _other(name: str, shown: str) -> Refusal:
    return Refusal(f"the text is {name}", where=shown, expected="UTF-8 or GB18030", cure=CURE)


class _Chinese:
    """Whether a text is GB18030 throughout, where it first is not, and whether it looks rather like Big5 or Latin."""

    def __init__(self) -> None:
        self._gb = codecs.getincrementaldecoder("gb18030")("strict")
        self._lines, self._looks_like_big5 = 1, False
        self._weighed, self.is_latin = False, False
        self.broken_line: int | None = None

    def take(self, chunk: bytes) -> None:
        """The next bytes."""
        if self.broken_line is not None:
            return
        waiting = len(self._gb.getstate()[0])
        try:
            text = self._gb.decode(chunk)
        except UnicodeDecodeError as wrong:
            self.broken_line = self._lines + chunk.count(b"\n", 0, max(wrong.start - waiting, 0))
            return
        self._lines += chunk.count(b"\n")
        if not self._weighed and not text.isascii():
            # The first piece with any Chinese tells.
            self._weighed, self._looks_like_big5 = True, _is_big5(chunk, text)
            self.is_latin = _is_latin(text)

    def end(self) -> None:
        """No more bytes: half a character at the end is a broken one."""
        try:
            self._gb.decode(b"", final=True)
        except UnicodeDecodeError:
            self.broken_line = self.broken_line or self._lines

    @property
    def is_big5(self) -> bool:
        """Nearly all characters are common ones of Big5, and a good part of them rare in GB18030."""
        return self._looks_like_big5


def _is_big5(chunk: bytes, as_gb: str) -> bool:
    try:
        as_big5 = codecs.getincrementaldecoder("big5hkscs")("strict").decode(chunk)
    except UnicodeDecodeError:
        return False
    return _common(as_big5, *BIG5_COMMON) >= NEARLY_ALL and _common(as_gb, *GB_COMMON) < MOST


def _is_latin(as_gb: str) -> bool:
    """All signs beyond ASCII are rare ones, each inside a word of Latin letters."""
    signs = [sign for sign in as_gb if not sign.isascii()]
    return len(INSIDE_A_WORD.findall(as_gb)) == len(signs) and _common(as_gb, *GB_COMMON) == 0


def _common(text: str, encoding: str, *zones: Iterable[int]) -> int:
    """How many in a hundred of the characters beyond ASCII are common ones of a standard."""
    *leads, trails = zones
    common = _characters(encoding, tuple(lead for zone in leads for lead in zone), tuple(trails))
    signs = [sign for sign in text if not sign.isascii()]
    return HUNDRED * sum(sign in common for sign in signs) // len(signs) if signs else 0


@cache
def _characters(encoding: str, leads: tuple[int, ...], trails: tuple[int, ...]) -> frozenset[str]:
    return frozenset(bytes((lead, trail)).decode(encoding, "ignore") for lead in leads for trail in trails) - {""}
