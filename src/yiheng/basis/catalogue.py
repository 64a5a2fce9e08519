"""Chinese for the sentences of refusals, which are written in English where they are raised.

The catalogue has an entry for each sentence as it is written in the source, with ``{1}``, ``{2}`` … for what is put
in. A sentence is found by its shape, so it can also be translated after it was kept in the result of a run.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import cache
from itertools import islice
from pathlib import Path

from .evidence import Words
from .refusals import Refusal, Refusals

CATALOGUE = Path(__file__).with_name("refusals_zh.po")
SLOT = re.compile(r"\{(\d+)\}")
# How many colons a place before a sentence may hold, and how deep a sentence is put into another.
MOST_PLACES = 8
MOST_WITHIN = 3
# A shape with fewer letters of its own, such as "{1} or {2}", is no sentence that is put into another.
FEWEST_LETTERS = 4
# Statements for a database are said as they are typed.
CODE = re.compile("(?:CREATE|DROP|ALTER) [A-Z]+ ")
Shape = tuple[list[str], list[str]]
# How each line after the first begins.
EXPECTED = Words("应为：", "expected: ")
CURE = Words("处理：", "to do: ")


def read_po(text: str) -> dict[str, str]:
    """The entries of a catalogue of ``msgid`` and ``msgstr``; a string may go on over the lines that follow."""
    entries: list[dict[str, str]] = []
    field = ""
    for line in text.splitlines():
        if line.startswith("msgid "):
            entries.append({"msgid": "", "msgstr": ""})
        word, _blank, rest = line.partition(" ")
        if word in ("msgid", "msgstr"):
            field, line = word, rest
        if line.startswith('"'):
            entries[-1][field] += ast.literal_eval(line)
    return {entry["msgid"]: entry["msgstr"] for entry in entries}


def refusal_in(refusal: Refusal | str, language: str) -> str:
    """A refusal, or its text as a run kept it, in ``zh`` or ``en``; a sentence without an entry stays English."""
    if language != "zh":
        return str(refusal)
    if isinstance(refusal, Refusals):
        return "\n".join(refusal_in(one, language) for one in refusal.found)
    if isinstance(refusal, Refusal):
        what, expected, cure = (_chinese(said) for said in refusal.said.values())
        parts = [f"{refusal.where}: {what}" if refusal.where else what]
        return "\n  ".join(
            parts + [f"{words.zh}{said}" for words, said in ((EXPECTED, expected), (CURE, cure)) if said]
        )
    return "\n".join(_line(line) for line in refusal.split("\n"))


def _chinese(said: str | Words) -> str:
    return said.zh if isinstance(said, Words) else sentence(said)


def _line(line: str) -> str:
    bare = line.lstrip()
    indent = line[: len(line) - len(bare)]
    for zh, en in (EXPECTED, CURE):
        if bare.startswith(en):
            return f"{indent}{zh}{sentence(bare.removeprefix(en))}"
    return indent + sentence(bare)


def sentence(text: str) -> str:
    """A sentence in Chinese; one with its place before it keeps the place."""
    if (found := _translated(text)) is not None:
        return found
    for place in islice(re.finditer(": ", text), MOST_PLACES):
        if (found := _translated(text[place.end() :])) is not None:
            return text[: place.end()] + found
    return text


def _translated(text: str, within: int = 0) -> str | None:
    plain, shapes, put_in = _entries()
    if text in plain:
        return plain[text]
    if within > MOST_WITHIN or CODE.match(text):
        return None
    for words, chinese in put_in if within else shapes:
        if (given := _given(words, text)) is not None:
            told = [_translated(part, within + 1) or part for part in given]
            return "".join(told[int(part) - 1] if at % 2 else part for at, part in enumerate(chinese))
    return None


def _given(words: Sequence[str], text: str) -> list[str] | None:
    """What is put in between the words of a shape, each as short as can be; None where the text has another shape.

    Each word is looked for once, so that a long text is answered at once: a pattern would try all ways to part it.
    """
    first, *between, last = words
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return None
    given, at, end = [], len(first), len(text) - len(last)
    for word in between:
        found = text.find(word, at, end)
        if found < 0:
            return None
        given.append(text[at:found])
        at = found + len(word)
    return [*given, text[at:end]]


@cache
def _entries() -> tuple[dict[str, str], list[Shape], list[Shape]]:
    """Sentences without slots, shapes of those with, the most words of their own first, and those that are put in.

    A shape is its words between the slots, with the Chinese parted at its slots, whose numbers stand at odd places.
    """
    entries = {en: zh for en, zh in read_po(CATALOGUE.read_text("utf-8")).items() if en and zh}
    plain = {en: zh for en, zh in entries.items() if not SLOT.search(en)}
    open_ones = sorted((en for en in entries if en not in plain), key=lambda en: -len(SLOT.sub("", en)))
    shapes = [(SLOT.split(en)[::2], SLOT.split(entries[en])) for en in open_ones]
    put_in = [shape for shape in shapes if sum(map(str.isalpha, "".join(shape[0]))) >= FEWEST_LETTERS]
    return plain, shapes, put_in
