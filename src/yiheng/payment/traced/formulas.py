"""Cells of a workbook and numbers that remember the formula by which they came.

A step compares, adds and rounds; done on :class:`Number` it leaves the formula behind. Where a step asks whether
something holds, both answers are followed, and what it moves becomes ``IF(…)``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

from yiheng.basis.evidence import Words
from yiheng.basis.money import Fen, Formula, round_fen
from yiheng.basis.refusals import Refusal

Kind = Literal["money", "percent", "number", "word"]
Section = Literal["value", "choice", "fact", "step", "figure"]

NEGATED = re.compile(r"\(-(#\d+#)\)")

# A formula longer than this gets a cell of its own; beyond so many answers a step is not followed.
LONG, MOST_PATHS = 90, 600
REF = re.compile(r"#(\d+)#")
# A spreadsheet counts in binary fractions: their noise is cut off before whole fen are made of it.
NOISE = 5
ROUNDED: dict[str, Callable[[str], str]] = {
    "half_up": lambda x: f"ROUND(ROUND({x},{NOISE}),0)",
    "down": lambda x: f"TRUNC(ROUND({x},{NOISE}))",
    "half_even": lambda x: f"IF(MOD(ROUND(ABS({x}),{NOISE}),2)=0.5,TRUNC({x}),ROUND(ROUND({x},{NOISE}),0))",
}
REFUSED = "NA()"


@dataclass(slots=True)
class Cell:
    """One line of the sheet: an input, or a formula over other lines.

    Attributes:
        formula: over cells written ``#12#``; None for an input.
        value: what it comes to now; money in fen.
        place: where an input is written.
    """

    section: Section
    says: Words
    kind: Kind
    formula: str | None
    value: Fraction | str | None
    place: str = ""
    party: str = ""


class TooManyAnswers(Exception):
    """A step asks so much that its formula would not be read by anybody."""


@dataclass
class Formulas:
    """The cells of a workbook, in the order in which they were made."""

    cells: list[Cell] = field(default_factory=list)
    known: dict[tuple[str, ...], int] = field(default_factory=dict)
    party: str = ""
    doing: Words = field(default_factory=lambda: Words("", ""))
    asked: list[tuple[str, bool]] = field(default_factory=list)
    answers: list[bool] = field(default_factory=list)

    def input(self, key: tuple[str, ...], cell: Cell) -> str:
        """The reference of an input, made once."""
        if key not in self.known:
            self.known[key] = len(self.cells)
            self.cells.append(cell)
        return f"#{self.known[key]}#"

    def named(self, section: Section, says: Words, kind: Kind, formula: str, value: Fraction) -> Number:
        """A formula in a cell of its own; the same formula is one cell."""
        key = ("formula", self.party, section, says.zh if section != "step" else "", formula)
        ref = self.input(key, Cell(section, says, kind, formula, value, party=self.party))
        return Number(self, ref, value)

    def holds(self, condition: str, now: bool) -> bool:
        """Which answer is followed on this path."""
        if not REF.search(condition):
            return now
        for before, answer in self.asked:
            if before == condition:
                return answer
        answer = self.answers[len(self.asked)] if len(self.asked) < len(self.answers) else now
        self.asked.append((condition, answer))
        return answer

    def paths(self, move: Callable[[], Any]) -> Iterator[tuple[list[tuple[str, bool]], Any]]:
        """Every path through something that asks: the answers with what came, None where it refused."""
        waiting: list[list[bool]] = [[]]
        found = 0
        while waiting:
            prefix = waiting.pop()
            self.asked, self.answers = [], prefix
            try:
                came = move()
            except (Refusal, ArithmeticError, ValueError):
                came = None
            taken = [answer for _, answer in self.asked]
            waiting += [[*taken[:at], not taken[at]] for at in range(len(prefix), len(taken))]
            found += 1
            if found > MOST_PATHS:
                raise TooManyAnswers
            yield list(self.asked), came
        self.asked, self.answers = [], []

    def either(self, paths: list[tuple[list[tuple[str, bool]], str]], at: int = 0) -> str:
        """One formula for the formulas at the ends of paths; equal ends need no question."""
        ends = {end for _, end in paths}
        if len(ends) == 1:
            return ends.pop()
        condition = paths[0][0][at][0]
        yes = self.either([p for p in paths if p[0][at][1]], at + 1)
        no = self.either([p for p in paths if not p[0][at][1]], at + 1)
        return yes if yes == no else f"IF({condition},{yes},{no})"


class Number(Formula):
    """An exact number with the formula by which it came. Money is in fen."""

    __slots__ = ("formula", "owner", "value")

    def __init__(self, owner: Formulas, formula: str, value: Fraction) -> None:
        self.owner, self.value = owner, Fraction(value)
        self.formula = formula if REF.search(formula) else constant(self.value)

    def made(self, formula: str, value: Fraction) -> Number:
        if len(formula) > LONG and REF.search(formula):
            return self.owner.named("step", self.owner.doing, "number", formula, value)
        return Number(self.owner, formula, value)

    def _with(self, other: Any, sign: str, result: Callable[[Fraction, Fraction], Fraction], back: bool) -> Number:
        mine, its = (self.formula, written(other)) if not back else (written(other), self.formula)
        first, second = (self.value, value_of(other)) if not back else (value_of(other), self.value)
        return self.made(f"({mine}{sign}{its})", result(first, second))

    def __add__(self, other: Any) -> Number:
        return self if not traced(other) and other == 0 else self._with(other, "+", lambda a, b: a + b, False)

    def __radd__(self, other: Any) -> Number:
        return self if other == 0 else self._with(other, "+", lambda a, b: a + b, True)

    def __sub__(self, other: Any) -> Number:
        return self if not traced(other) and other == 0 else self._with(other, "-", lambda a, b: a - b, False)

    def __rsub__(self, other: Any) -> Number:
        return -self if other == 0 else self._with(other, "-", lambda a, b: a - b, True)

    def __mul__(self, other: Any) -> Number:
        return self if not traced(other) and other == 1 else self._with(other, "*", lambda a, b: a * b, False)

    def __rmul__(self, other: Any) -> Number:
        return self if other == 1 else self._with(other, "*", lambda a, b: a * b, True)

    def __truediv__(self, other: Any) -> Number:
        return self if not traced(other) and other == 1 else self._with(other, "/", lambda a, b: a / b, False)

    def __rtruediv__(self, other: Any) -> Number:
        return self._with(other, "/", lambda a, b: a / b, True)

    def __floordiv__(self, other: Any) -> Number:
        return self.made(f"INT({self.formula}/{written(other)})", Fraction(self.value // value_of(other)))

    def __neg__(self) -> Number:
        if (inner := NEGATED.fullmatch(self.formula)) is not None:
            return self.made(inner[1], -self.value)
        return self.made(f"(-{self.formula})", -self.value)

    def __abs__(self) -> Number:
        return self.made(f"ABS({self.formula})", abs(self.value))

    def _is(self, other: Any, sign: str, now: bool) -> bool:
        return self.owner.holds(f"{self.formula}{sign}{written(other)}", now)

    def __lt__(self, other: Any) -> bool:
        return self._is(other, "<", self.value < value_of(other))

    def __le__(self, other: Any) -> bool:
        return self._is(other, "<=", self.value <= value_of(other))

    def __gt__(self, other: Any) -> bool:
        return self._is(other, ">", self.value > value_of(other))

    def __ge__(self, other: Any) -> bool:
        return self._is(other, ">=", self.value >= value_of(other))

    def __eq__(self, other: object) -> bool:
        if not traced(other) and not isinstance(other, int | Fraction):
            return NotImplemented
        return self._is(other, "=", self.value == value_of(other))

    def __hash__(self) -> int:
        return id(self)

    def __bool__(self) -> bool:
        # A step asks so whether to write a transfer; one of nothing moves nothing, and asks no question.
        return True

    def __int__(self) -> int:
        return int(self.value)

    def __str__(self) -> str:
        return str(self.value)

    @property
    def numerator(self) -> int:
        return self.value.numerator

    @property
    def denominator(self) -> int:
        return self.value.denominator

    def rounded(self, mode: Any) -> Fen:
        """Whole fen, by the rounding of the policy."""
        value = Fraction(round_fen(self.value, mode).n)
        return Fen(self.made(ROUNDED[mode](self.formula), value))  # type: ignore[arg-type]

    def exceeds(self, other: Any) -> Number:
        """1 where it is larger, else 0."""
        return self.made(f"IF({self.formula}>{written(other)},1,0)", Fraction(self.value > value_of(other)))

    def least(self, other: Any) -> Number:
        """The smaller of two, as MIN."""
        return self.made(f"MIN({self.formula},{written(other)})", min(self.value, value_of(other)))

    def most(self, other: Any) -> Number:
        """The larger of two, as MAX."""
        return self.made(f"MAX({self.formula},{written(other)})", max(self.value, value_of(other)))


def traced(one: object) -> bool:
    return isinstance(one, Number)


def value_of(one: Any) -> Fraction:
    return one.value if isinstance(one, Number) else Fraction(one)


def written(one: Any) -> str:
    return one.formula if isinstance(one, Number) else constant(Fraction(one))


def constant(exact: Fraction) -> str:
    """A number as a spreadsheet reads it."""
    text = str(exact.numerator) if exact.denominator == 1 else f"{exact.numerator}/{exact.denominator}"
    return f"({text})" if exact < 0 or exact.denominator != 1 else text
