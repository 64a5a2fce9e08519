"""The year of one party as a waterfall drawn in SVG: from the budget to who keeps or bears the difference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple
from xml.sax.saxutils import escape

from yiheng.basis.money import Fen
from yiheng.basis.signs import named
from yiheng.payment import FIGURES

from .chosen import name_of

# Sizes in tenths of a point, so that no fraction is written: the same statement draws the same bytes.
WIDTH, LEFT, BAR_WIDTH, ROW, BAR_HEIGHT, TITLE, TEXT_DOWN = 5200, 900, 2900, 260, 160, 300, 122
GAP, THINNEST, LONGEST_NAME = 60, 10, 36
FONTS = "'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei',SimHei,sans-serif"
COLOURS = {"whole": "#3d5a80", "spent": "#98a9bd", "kept": "#4f8a5b", "fund": "#c98a2b", "party": "#b3493f"}


class Bar(NamedTuple):
    """One bar: its name, from where to where in fen, and its colour."""

    name: str
    since: int
    until: int
    colour: str


def bars_of(figures: dict[str, str]) -> tuple[list[Bar], list[Bar]]:
    """The bars of the year and, on a scale of its own, those of its surplus or overrun; none where it is even."""
    fen = {name: Fen.from_yuan(figures[name]).n for name in FIGURES}
    budget, spend, surplus, overrun = fen["budget"], fen["spend"], fen["surplus"], fen["overrun"]
    left = "surplus" if surplus else "overrun"
    above = [Bar(FIGURES["budget"].zh, 0, budget, "whole"), Bar(FIGURES["spend"].zh, 0, spend, "spent")]
    if not surplus and not overrun:
        return above, []
    colour = "kept" if surplus else "party"
    above.append(Bar(FIGURES[left].zh, min(budget, spend), max(budget, spend), colour))
    below, at = [Bar(FIGURES[left].zh, 0, fen[left], colour)], 0
    names = {"kept": "kept"} if surplus else {"fund_bears": "fund", "party_bears": "party"}
    for name, tone in names.items():
        below.append(Bar(FIGURES[name].zh, at, at + fen[name], tone))
        at += fen[name]
    if rest := fen[left] - at:
        words = ("退回基金" if rest > 0 else "基金另付") if surplus else "其余"
        below.append(Bar(words, at, at + rest, "fund"))
    return above, below


def waterfall(statement: dict[str, Any], notes: Sequence[str] = ()) -> str:
    """The chart of one statement as SVG text; every bar carries its amount to the fen.

    Args:
        notes: lines under the chart, such as what else is due and the hash of the statement.
    """
    above, below = bars_of(statement["figures"])
    drawn: list[str] = []
    party = name_of(statement)
    name = party if len(party) <= LONGEST_NAME else f"{party[:LONGEST_NAME]}…"
    down = _panel(drawn, f"{name} {statement['year']} 年度：预算与支出（元）", above, 0)
    if below:
        down = _panel(drawn, f"{below[0].name}的去向（元；与上图比例不同）", below, down + GAP)
    else:
        down = _text(drawn, 0, down + GAP, "没有结余，也没有超支。", "start")
    for note in notes:
        down = _text(drawn, 0, down, note, "start", ' font-size="7"')
    size = f'width="{_pt(WIDTH)}pt" height="{_pt(down)}pt" viewBox="0 0 {_pt(WIDTH)} {_pt(down)}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="{FONTS}" font-size="9">'
    return "\n".join([head, f'<rect width="{_pt(WIDTH)}" height="{_pt(down)}" fill="white"/>', *drawn, "</svg>\n"])


def _panel(drawn: list[str], title: str, bars: list[Bar], top: int) -> int:
    """Draw the bars under a title; gives where the panel ends."""
    low = min(0, *(min(bar.since, bar.until) for bar in bars))
    span = max(1, max(max(bar.since, bar.until) for bar in bars) - low)

    def across(fen: int) -> int:
        return LEFT + (fen - low) * BAR_WIDTH // span

    down = _text(drawn, 0, top, title, "start", ' font-weight="bold"')
    base = f'x1="{_pt(across(0))}" x2="{_pt(across(0))}" y1="{_pt(down)}" y2="{_pt(down + ROW * len(bars))}"'
    drawn.append(f'<line {base} stroke="#666" stroke-width="0.6"/>')
    for at, bar in enumerate(bars):
        start, end = sorted((across(bar.since), across(bar.until)))
        _text(drawn, LEFT - GAP, down, bar.name, "end")
        place = f'x="{_pt(start)}" y="{_pt(down + (ROW - BAR_HEIGHT) // 2)}" width="{_pt(max(end - start, THINNEST))}"'
        drawn.append(f'<rect {place} height="{_pt(BAR_HEIGHT)}" fill="{COLOURS[bar.colour]}"/>')
        _text(drawn, WIDTH, down, str(Fen(abs(bar.until - bar.since))), "end")
        if at + 1 < len(bars):
            edge = _pt(across(bar.until if at else max(bar.until, 0)))
            line = f'x1="{edge}" x2="{edge}" y1="{_pt(down + BAR_HEIGHT)}" y2="{_pt(down + ROW + BAR_HEIGHT // 2)}"'
            drawn.append(f'<line {line} stroke="#999" stroke-width="0.5" stroke-dasharray="2 2"/>')
        down += ROW
    return down


def _text(drawn: list[str], x: int, top: int, text: str, anchor: str, more: str = "") -> int:
    plain = escape(named(text))
    drawn.append(f'<text x="{_pt(x)}" y="{_pt(top + TEXT_DOWN + 50)}" text-anchor="{anchor}"{more}>{plain}</text>')
    return top + TITLE


def _pt(tenths: int) -> str:
    whole, rest = divmod(tenths, 10)
    return f"{whole}.{rest}"
