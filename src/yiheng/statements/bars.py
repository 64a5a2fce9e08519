"""A comparison of policies as bars: what each party gets under each policy, as SVG."""

from __future__ import annotations

from html import escape
from typing import Any

from yiheng.basis.evidence import Words
from yiheng.basis.money import Fen
from yiheng.basis.signs import visible

# Told apart with every common colour blindness; the name of the policy stands beside each bar all the same.
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#7d8f96", "#b8a900")
INK, QUIET, LINE, PAPER = "#17262b", "#55656b", "#87979d", "#ffffff"
FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
# Pixels: the whole, the names at the left, room for an amount at the end of a bar, heights of lines.
WIDTH, NAMES, AMOUNT, GAP, BAR, STEP, PARTY, TOP = 1080, 190, 140, 12, 16, 22, 34, 64
# Beyond so many parties nobody reads the bars; the workbook has them all.
MOST = 20
TITLE = Words(
    "净结算额（元）＝结余留用－医共体承担", "Net to the consortium (yuan) = kept surplus − borne by the consortium"
)
UNSETTLED = Words("未能清算", "not settled")
LEFT = Words(
    "另有 {} 家未画出（画出的是各政策下相差最大的）", "{} more are not drawn; drawn are those that differ most"
)


def comparison_svg(result: dict[str, Any], language: str = "zh") -> str:
    """Bars of ``net`` in yuan by party and policy, with a line at zero.

    Of many parties those are drawn whose figures lie farthest apart.

    Args:
        result: what the run kept in ``comparison.json``.
        language: ``zh`` or ``en``.
    """
    groups: dict[tuple[str, int], list[dict[str, Any]]] = {}
    for cell in result["figures"]:
        groups.setdefault((cell["party"], cell["year"]), []).append(cell)
    drawn = sorted(sorted(groups, key=lambda key: (-_spread(groups[key]), key))[:MOST])
    nets = [net for key in drawn for cell in groups[key] if (net := _net(cell)) is not None]
    high, low = max([0, *nets]), min([0, *nets])
    first = NAMES + (AMOUNT if low < 0 else GAP)
    room, reach = WIDTH - AMOUNT - first, max(high - low, 1)
    zero = first + room * -low // reach
    colours = {one["policy"]: COLOURS[i % len(COLOURS)] for i, one in enumerate(result["policies"])}
    parts: list[str] = []
    y = TOP
    for key in drawn:
        parts.append(_text(16, y + BAR, f"{key[0]} {key[1]}", weight="bold"))
        y += PARTY - BAR // 2
        for cell in groups[key]:
            parts += _bar(cell, y, zero, room, reach, colours[cell["policy"]], UNSETTLED.in_language(language))
            y += STEP
        y += STEP // 2
    left = len(groups) - len(drawn)
    note = LEFT.in_language(language).format(f"{left:,}") if left else ""
    says = TITLE.in_language(language)
    height = y + STEP
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" aria-label="{says}" font-family="{FONT}" font-size="14">'
        f'<rect width="{WIDTH}" height="{height}" fill="{PAPER}"/>'
    )
    title = _text(16, 26, says, weight="bold", size=16)
    line = f'<line x1="{zero}" y1="{TOP}" x2="{zero}" y2="{y}" stroke="{INK}" stroke-width="1.5"/>'
    at_zero = _text(zero, TOP - 8, "0", anchor="middle", colour=QUIET)
    return "\n".join([head, title, *parts, line, at_zero, _text(16, y + BAR, note, colour=QUIET), "</svg>\n"])


def _bar(cell: dict[str, Any], y: int, zero: int, room: int, reach: int, colour: str, unsettled: str) -> list[str]:
    net = _net(cell)
    name = _text(NAMES, y + BAR - 3, cell["policy"], anchor="end", colour=QUIET, size=13)
    if net is None:
        return [name, _text(zero + 6, y + BAR - 3, unsettled, colour=QUIET)]
    long = room * abs(net) // reach
    x = zero - long if net < 0 else zero
    bar = f'<rect x="{x}" y="{y}" width="{max(long, 1)}" height="{BAR}" fill="{colour}"/>'
    end = (x - 6, "end") if net < 0 else (zero + long + 6, "start")
    return [name, bar, _text(end[0], y + BAR - 3, str(Fen(net)), anchor=end[1])]


def _text(
    x: int, y: int, text: str, *, anchor: str = "start", colour: str = INK, weight: str = "normal", size: int = 14
) -> str:
    said = escape(visible(text))
    look = f'text-anchor="{anchor}" fill="{colour}" font-weight="{weight}" font-size="{size}"'
    return f'<text x="{x}" y="{y}" {look}>{said}</text>' if said else ""


def _net(cell: dict[str, Any]) -> int | None:
    return None if cell["net"] is None else Fen.from_yuan(cell["net"]).n


def _spread(cells: list[dict[str, Any]]) -> int:
    nets = [net for cell in cells if (net := _net(cell)) is not None]
    return max(nets) - min(nets) if nets else 0
