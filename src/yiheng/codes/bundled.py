"""The list of bundled charges: pairs of the official violation lists, named by words and not by codes."""

from __future__ import annotations

import ibis

from yiheng.basis.refusals import Refusal, nearest

from .declare import CodeList, Row

# How far from the trigger an item is wrongly charged.
SCOPES = ("same_day", "same_visit")
# What spares a pair: a planned course, an emergency, a rescue charged on the day.
SPARES = ("planned_course", "emergency", "rescue")
MARKS = ("verified", "said_by_source", "example")
# Words of the trigger, of the item that it holds already, and words that neither may have in its name.
SIDES = ("trigger", "trigger_without", "charged", "charged_without")
COLUMNS = ("bundle", "number", "domain", "fault_type", *SIDES, "scope", "spares", "mark", "source")
TOLD = ("bundle", "domain", "fault_type", "scope", "spares")


def _read(published: dict[str, str]) -> list[Row] | str:
    for name in ("bundle", "domain", "fault_type", "trigger", "charged", "source"):
        if not published[name]:
            return f"{name} is empty"
    for name, known in (("scope", SCOPES), ("mark", MARKS)):
        if published[name] not in known:
            return f"{name} '{published[name]}' is not known; {nearest(published[name], known)}"
    for spared in _parts(published["spares"], "|"):
        if spared not in SPARES:
            return f"'{spared}' spares nothing; {nearest(spared, SPARES)}"
    told = {name: published[name] for name in TOLD}
    return [
        {**told, "side": side, "alternative": place, "word": word, "words": len(words)}
        for side in SIDES
        for place, alternative in enumerate(_parts(published[side], "|"), 1)
        for words in [sorted(set(_parts(alternative, "&")))]
        for word in words
    ]


def _parts(text: str, sign: str) -> list[str]:
    return [part.strip() for part in text.split(sign) if part.strip()]


def _check(rows: list[Row], file: str) -> list[Refusal]:
    """A bundle that stands in two lines would ask for the words of both."""
    first: dict[str, int] = {}
    faults = []
    for bundle, line in sorted({(row["bundle"], row["line"]) for row in rows}, key=lambda one: one[1]):
        if first.setdefault(bundle, line) != line:
            what = f"{bundle} stands already in line {first[bundle]}"
            faults.append(Refusal(what, where=f"{file}:{line}", cure="give it a name of its own"))
    return faults


BUNDLED_CHARGE = CodeList(
    name="bundled_charge",
    zh="典型问题清单收费组合",
    en="pairs of the official lists of typical violations: where the first is charged, the second is wrongly charged",
    needs=COLUMNS,
    schema=ibis.schema(
        {
            **dict.fromkeys(TOLD, "string"),
            "side": "string",
            "alternative": "int64",
            "word": "string",
            "words": "int64",
        }
    ),
    read=_read,
    check=_check,
    strict=True,
)
