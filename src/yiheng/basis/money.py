"""Exact money: whole fen in, whole fen out, exact fractions only in between."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal, TypeVar, cast

FEN_PER_YUAN = 100
# How much of a wrong text a message shows.
SHOWN = 40

Rounding = Literal["half_up", "half_even", "down"]

# A comma groups thousands or is refused: 1000,50 may mean 1,000.50. More than 18 digits are no money of a fund.
# A zero at the start of a longer number is the end of one that was cut in two at its comma.
_YUAN = re.compile(r"[+-]?([1-9]\d{0,2}(,\d{3}){1,5}|0|[1-9]\d{0,17})(\.\d{1,2})?", re.ASCII)


class Formula(ABC):
    """A number that keeps the formula by which it came, so that a workbook can compute it again."""

    __slots__ = ()

    @abstractmethod
    def rounded(self, mode: Rounding) -> Fen:
        """Whole fen."""

    @abstractmethod
    def least(self, other: Any) -> Any:
        """The smaller of two."""

    @abstractmethod
    def most(self, other: Any) -> Any:
        """The larger of two."""


@dataclass(frozen=True, slots=True)
class Fen:
    """An amount of money as a whole number of fen (1 yuan = 100 fen).

    Other currencies count their own hundredth: a fen of a dollar is a cent.

    Raises:
        TypeError: when made from anything but an int, or a number that keeps its formula (``Formula``). A bool or a
            float is refused.
    """

    n: int

    def __post_init__(self) -> None:
        if type(self.n) is not int and not isinstance(self.n, Formula):
            raise TypeError(f"fen are whole numbers, got {self.n!r}")

    @classmethod
    def from_yuan(cls, text: str) -> Fen:
        """Read yuan written with at most two decimals, such as ``"1234.50"`` or ``"1,234.50"``.

        Raises:
            ValueError: when the text is no amount, finer than one fen, or has more than 18 digits before the point.
        """
        plain = text.strip()
        if not _YUAN.fullmatch(plain):
            told = plain if len(plain) <= SHOWN else f"{plain[:SHOWN]}…"
            raise ValueError(f"{told!r} is not an amount in yuan with at most two decimals, such as 1234.50")
        return cls(int(Fraction(plain.replace(",", "")) * FEN_PER_YUAN))

    @property
    def yuan(self) -> str:
        """Yuan with two decimals and no separators, for files: ``-1234.50``."""
        n = int(self.n)
        whole, rest = divmod(abs(n), FEN_PER_YUAN)
        return f"{'-' if n < 0 else ''}{whole}.{rest:02d}"

    def __add__(self, other: Fen) -> Fen:
        return Fen(self.n + other.n)

    def __sub__(self, other: Fen) -> Fen:
        return Fen(self.n - other.n)

    def __neg__(self) -> Fen:
        return Fen(-self.n)

    def __bool__(self) -> bool:
        return bool(self.n)

    def __str__(self) -> str:
        n = int(self.n)
        whole, rest = divmod(abs(n), FEN_PER_YUAN)
        return f"{'-' if n < 0 else ''}{whole:,}.{rest:02d}"

    def __lt__(self, other: Fen) -> bool:
        return self.n < other.n

    def __le__(self, other: Fen) -> bool:
        return self.n <= other.n

    def __gt__(self, other: Fen) -> bool:
        return self.n > other.n

    def __ge__(self, other: Fen) -> bool:
        return self.n >= other.n


NOTHING = Fen(0)


def total(amounts: Iterable[Fen]) -> Fen:
    """The sum of amounts; nothing for none."""
    return Fen(sum(a.n for a in amounts))


def round_fen(exact: Fraction, mode: Rounding) -> Fen:
    """An exact number of fen, rounded to whole fen the way the policy names.

    ``half_up`` sends a tie away from zero, as ledgers do; ``half_even`` to the even fen;
    ``down`` towards zero.
    """
    if isinstance(exact, Formula):
        return exact.rounded(mode)
    if mode == "half_even":
        return Fen(round(exact))
    size = abs(exact)
    if mode == "half_up":
        size += Fraction(1, 2)
    whole = size.numerator // size.denominator
    return Fen(-whole if exact < 0 else whole)


A = TypeVar("A", Fen, Fraction)


def smaller(one: A, other: A) -> A:
    """The smaller of two amounts or of two rates; a workbook writes MIN."""
    if isinstance(one, Fen) and isinstance(other, Fen):
        return Fen(_kept("least", one.n, other.n)) if _formulas(one.n, other.n) else min(one, other)
    return cast("A", _kept("least", one, other)) if _formulas(one, other) else min(one, other)


def larger(one: A, other: A) -> A:
    """The larger of two amounts or of two rates; a workbook writes MAX."""
    if isinstance(one, Fen) and isinstance(other, Fen):
        return Fen(_kept("most", one.n, other.n)) if _formulas(one.n, other.n) else max(one, other)
    return cast("A", _kept("most", one, other)) if _formulas(one, other) else max(one, other)


def ratio(top: int, bottom: int = 1) -> Fraction:
    """A whole number by another as an exact fraction; what keeps its formula goes on keeping it."""
    return cast("Any", top) / bottom if _formulas(top, bottom) else Fraction(top, bottom)


def exceeds(one: Fraction, other: Fraction) -> int:
    """1 where the first is larger, else 0; a workbook writes IF."""
    if _formulas(one, other):
        first, second = (one, other) if isinstance(one, Formula) else (-other, -one)
        return cast("Any", first).exceeds(second)  # type: ignore[no-any-return]
    return int(one > other)


def _formulas(*numbers: object) -> bool:
    return any(isinstance(one, Formula) for one in numbers)


def _kept(which: Literal["least", "most"], one: Any, other: Any) -> Any:
    first, second = (one, other) if isinstance(one, Formula) else (other, one)
    return getattr(first, which)(second)


def share_out(pool: Fen, weights: Mapping[str, Fraction | int]) -> dict[str, Fen]:
    """Share a pool by weight so that the parts add up to the pool exactly.

    Each part is cut down to whole fen; the leftover fen go one each to the largest cut-off
    fractions, ties by name, so that the same input always pays the same.

    Args:
        pool: what is shared; may be negative (a shared loss).
        weights: weight by name, none negative, not all zero. A weight of zero gets nothing.

    Raises:
        ValueError: when a weight is negative or all are zero.
    """
    whole = sum(weights.values(), start=Fraction(0))
    if whole <= 0 or any(w < 0 for w in weights.values()):
        raise ValueError("a pool is shared over weights that are not negative and not all zero")
    sign = -1 if pool.n < 0 else 1
    exact = {name: Fraction(abs(pool.n) * w) / whole for name, w in weights.items()}
    parts = {name: e.numerator // e.denominator for name, e in exact.items()}
    leftover = abs(pool.n) - sum(parts.values())
    by_what_was_cut = sorted(exact, key=lambda name: (parts[name] - exact[name], name))
    for name in by_what_was_cut[:leftover]:
        parts[name] += 1
    return {name: Fen(sign * part) for name, part in parts.items()}
