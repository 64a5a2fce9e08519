"""The domain of a fact: its unit, its range, whether it is whole, and how a number on another scale is known."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Literal, get_args

from yiheng.basis.evidence import Words

FactUnit = Literal[
    "yuan", "people", "person_years", "visits", "cases", "times", "days", "years", "percent", "share", "score",
    "points", "factor",
]  # fmt: skip


@dataclass(frozen=True)
class UnitOfFact:
    """What a unit says of every figure in it.

    Attributes:
        least, most: the range where the fact does not say another, both included.
        whole: whether there are no parts, as of people.
        parts: how many make one: a percentage and a score of a hundred count as fractions of one.
    """

    words: Words
    least: int = 0
    most: int = 10**12
    whole: bool = False
    parts: int = 1


UNITS: dict[FactUnit, UnitOfFact] = {
    "yuan": UnitOfFact(Words("元", "yuan"), most=10**13),
    "people": UnitOfFact(Words("人", "people"), most=2 * 10**9, whole=True),
    "person_years": UnitOfFact(Words("人年", "person-years"), most=2 * 10**9),
    "visits": UnitOfFact(Words("人次", "visits"), whole=True),
    "cases": UnitOfFact(Words("例", "cases"), most=2 * 10**9, whole=True),
    "times": UnitOfFact(Words("次", "times"), whole=True),
    "days": UnitOfFact(Words("天", "days"), whole=True),
    "years": UnitOfFact(Words("年", "years"), most=200),
    "percent": UnitOfFact(Words("百分数", "per cent"), most=100, parts=100),
    "share": UnitOfFact(Words("比例（0 至 1）", "share of one"), most=1),
    "score": UnitOfFact(Words("分（百分制）", "score of 100"), most=100, parts=100),
    "points": UnitOfFact(Words("点（分）", "points")),
    "factor": UnitOfFact(Words("系数", "factor"), most=10),
}
if set(UNITS) != set(get_args(FactUnit)):
    raise TypeError("every unit of a fact needs its words and range")

# Units written from 0 to 100 whose figures others write from 0 to 1: below one, but not zero, is that other scale.
OF_A_HUNDRED: tuple[FactUnit, ...] = ("percent", "score")
# What leaves no doubt that a figure below one is meant as it stands.
OWN_SIGN: dict[FactUnit, str] = {"percent": "%", "score": "分"}
OF_ONE: tuple[FactUnit, ...] = ("share", "factor")


class OutOfDomain(ValueError):
    """A figure that its fact cannot have.

    Args:
        what: the fault, naming the figure.
        expected: the domain in words.
        cure: what to write, where that is known.
    """

    def __init__(self, what: str, expected: str, cure: str = "") -> None:
        self.expected, self.cure = expected, cure
        super().__init__(what)


@dataclass(frozen=True)
class Domain:
    """What a figure may be, both ends included, in its unit."""

    unit: FactUnit
    least: Fraction
    most: Fraction
    whole: bool

    @property
    def words(self) -> Words:
        """The domain as people read it."""
        unit = UNITS[self.unit]
        low, high = (f"{one.numerator:,}" if one.denominator == 1 else shown(one) for one in (self.least, self.most))
        zh, en = ("，整数", "whole, ") if self.whole else ("", "")
        return Words(f"{unit.words.zh}，{low} 至 {high}{zh}", f"{unit.words.en}, {en}from {low} to {high}")

    def other_scale(self, number: Fraction, text: str) -> OutOfDomain:
        """The refusal of a figure of a hundred that is written as one of one."""
        below = "below 1 only 0" if number < 1 else "no other figure of the column is above 1"
        return OutOfDomain(
            f"{text} is on the scale from 0 to 1", f"{self.words.en}; {below}",
            f"write {shown(number * 100)}, or {text}{OWN_SIGN[self.unit]} if that is meant",
        )  # fmt: skip

    def judge(self, number: Fraction, text: str, *, marked: bool = False) -> None:
        """Refuse a figure outside the domain.

        Args:
            number: the figure in the unit.
            text: as it was written.
            marked: written with its own sign (``OWN_SIGN``), which leaves no doubt of the scale.

        Raises:
            OutOfDomain: when it is out of range, not whole, or on the other scale.
        """
        if self.unit in OF_A_HUNDRED and 0 < abs(number) < 1 and not marked:
            raise self.other_scale(number, text)
        if not self.least <= number <= self.most:
            hundredth = self.unit == "share" and 1 < number <= 100
            cure = f"write {shown(number / 100)}, or {text}% if it is a percentage" if hundredth else ""
            raise OutOfDomain(f"{text} is out of range", self.words.en, cure)
        if self.whole and number.denominator != 1:
            raise OutOfDomain(f"{text} is not a whole number", self.words.en)


def shown(number: Fraction) -> str:
    """A number as people write it, where its digits end soon."""
    with localcontext(prec=10):
        return f"{(Decimal(number.numerator) / number.denominator).normalize():f}"
