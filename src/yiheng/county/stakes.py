"""How much is at stake in the planted lines of one visit, and which of them a finding names."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .catalogue import ONE


class Line(NamedTuple):
    """A charged line; the quantity in ten-thousandths, the price in millionths of a yuan."""

    number: int
    item: int
    day: int
    quantity: int
    scope: int
    price: int


# From the lines of a claim to the number of the named line and the fen.
Stake = Callable[[list[Line]], tuple[int, int]]


def whole(lines: list[Line]) -> tuple[int, int]:
    """All of them; the first is named."""
    return min(line.number for line in lines), sum(line.scope for line in lines)


def beyond(most: int) -> Stake:
    """The share of the quantity that exceeds so many units; the last line is named."""

    def stake(lines: list[Line]) -> tuple[int, int]:
        quantity = sum(line.quantity for line in lines)
        return max(line.number for line in lines), _share(lines, quantity - most * ONE, quantity)

    return stake


def dearer_than(price: int) -> Stake:
    """The share of the price that exceeds the limit, in millionths of a yuan."""

    def stake(lines: list[Line]) -> tuple[int, int]:
        paid = lines[0].price
        return lines[0].number, _share(lines, paid - price, paid)

    return stake


def more_than(fen: int) -> Stake:
    """What the policy covered beyond so many fen."""

    def stake(lines: list[Line]) -> tuple[int, int]:
        return max(line.number for line in lines), sum(line.scope for line in lines) - fen

    return stake


def after_days(most: int) -> Stake:
    """The lines of all days but the first so many; the first of them is named."""

    def stake(lines: list[Line]) -> tuple[int, int]:
        allowed = sorted({line.day for line in lines})[:most]
        return whole([line for line in lines if line.day not in allowed])

    return stake


def _share(lines: list[Line], part: int, of: int) -> int:
    return sum(line.scope for line in lines) * part // of
