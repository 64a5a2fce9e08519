"""How figures are written for people: money, indicators, changes, person numbers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from yiheng.basis.catalogue import refusal_in
from yiheng.basis.money import FEN_PER_YUAN, Fen
from yiheng.basis.refusals import Refusal
from yiheng.measures import Indicator
from yiheng.records import TABLES
from yiheng.statements import exact, rounded

from .results import Value

HUNDRED = 100
YUAN_SHORTENED_ABOVE = 10_000_000
YUAN_PER_WAN, YUAN_PER_MILLION = 10_000, 1_000_000
# Digits behind the point of a change against the year before.
CHANGE_DIGITS = 1
UNITS = {"share": "%", "fen": _("元"), "days": _("天"), "per_person_year": _("人次/人年")}
KEPT_SIGNS = 2
MASK = "****"

Judged = Literal["better", "worse", "neutral"]


@dataclass(frozen=True)
class Change:
    """How a figure moved against the year before."""

    arrow: str
    text: str
    judged: Judged

    @property
    def verdict(self) -> str:
        return {"better": gettext("向好"), "worse": gettext("变差"), "neutral": ""}[self.judged]


def change(indicator: Indicator, now: Value | None, before: Value | None) -> Change | None:
    """The change against the year before: points of a share, else per cent of the figure before."""
    was = exact(before.top, before.bottom, indicator.unit) if before else None
    stands = exact(now.top, now.bottom, indicator.unit) if now else None
    if was is None or stands is None or (was == 0 and indicator.unit != "share"):
        return None
    if indicator.unit == "share":
        moved, unit = rounded(stands - was, CHANGE_DIGITS), gettext("个百分点")
    else:
        moved, unit = rounded((stands - was) / was * HUNDRED, CHANGE_DIGITS), "%"
    if moved == 0:
        return Change("→", gettext("持平"), "neutral")
    arrow = "↑" if moved > 0 else "↓"
    return Change(arrow, f"{abs(moved):,} {unit}", _judged(indicator, moved > 0))


def _judged(indicator: Indicator, rose: bool) -> Judged:
    if indicator.better == "neither":
        return "neutral"
    return "better" if rose == (indicator.better == "higher") else "worse"


def money(yuan: str) -> str:
    """Yuan with thousands separators, as exact as it came."""
    return str(Fen.from_yuan(yuan))


def money_short(yuan: str) -> str:
    """Money on a card: 万元 (in English, millions) above ten million yuan."""
    fen = Fen.from_yuan(yuan)
    whole = Fraction(fen.n, FEN_PER_YUAN)
    if abs(whole) < YUAN_SHORTENED_ABOVE:
        return gettext("%(amount)s 元") % {"amount": fen}
    wan, million = (f"{rounded(whole / size, 2):,}" for size in (YUAN_PER_WAN, YUAN_PER_MILLION))
    return gettext("%(wan)s 万元") % {"wan": wan, "million": million}


def percent(share: Fraction) -> str:
    """A share of one as per cent."""
    return f"{rounded(share * HUNDRED, 1)} %"


def masked(number: str | None) -> str:
    """A person's number with its first and last two signs."""
    if not number:
        return ""
    if len(number) <= 2 * KEPT_SIGNS:
        return MASK
    return f"{number[:KEPT_SIGNS]}{MASK}{number[-KEPT_SIGNS:]}"


def declared(zh: str, name: str) -> str:
    """A declared name in the reader's language; one that nobody translated reads as its code name."""
    if in_chinese():
        return zh
    translated = gettext(zh)
    return name.replace("_", " ") if translated == zh else translated


def coded(table: str, column: str, word: str) -> str:
    """A word of a code list in the reader's language."""
    codes = TABLES[table][column].codes
    return codes.zh.get(word, word) if codes and in_chinese() else word.replace("_", " ")


def refused(refusal: Refusal | str) -> str:
    """A refusal, or its text as a run kept it, in the reader's language."""
    return refusal_in(refusal, "zh" if in_chinese() else "en")


def in_chinese() -> bool:
    """Whether the page is in Chinese."""
    return (get_language() or "zh").startswith("zh")
