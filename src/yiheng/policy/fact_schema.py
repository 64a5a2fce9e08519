"""What a policy file may say of a fact: where it comes from, and what it may be."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from yiheng.basis.numbers import exact_number

from .dates import pattern
from .domains import UNITS, Domain, FactUnit
from .plain_models import NumberText, Sentence, Strict, WholeNumber

# What a fact is: money in yuan; a number such as people or a score; the year of a date; a word such as a track; the
# money and person-days of each risk cell.
FactKind = Literal["amount", "number", "year", "word", "cells"]


class Dates(Strict):
    """How the dates of a fact are written: forms such as ``M/D/YY``, and the century of years of two digits."""

    forms: list[str] = Field(min_length=1)
    century: WholeNumber | None = None

    @model_validator(mode="after")
    def _are_forms(self) -> Dates:
        for form in self.forms:
            pattern(form)
        if self.century is None and any("YYYY" not in form for form in self.forms):
            raise ValueError("a form with a year of two digits needs 'century', such as 2000")
        return self


class Fact(Strict):
    """A figure of a party: from the lake (``total``), or from a column of a facts file, money in yuan.

    ``year`` counts from the year that is settled: -1 is the year before. ``insurance`` is the one fund whose part of
    the total it is. With ``people: signed`` it is of the people who are signed with the party on the last day of the
    year that is settled, whoever answered for them when it was paid. ``empty`` is what an empty cell means where the
    maker of the file says so; else it is unknown.

    Its domain: ``unit`` with ``least``, ``most`` and ``whole`` where they differ from the unit's own; ``words`` are all
    that a word fact may say, each with other spellings, ``without_step`` those of them that no step is there for;
    ``dates`` how a date is written, ``not_later`` that the year settled is the last that it may be. What is outside
    refuses the party: always, or ``where_used``, only where a step needs it.
    """

    says: Sentence = Field(alias="is")
    kind: FactKind = "amount"
    empty: str | None = None
    total: str | None = None
    year: WholeNumber = 0
    insurance: str | None = None
    people: Literal["answered", "signed"] = "answered"
    column: str | None = None
    unit: FactUnit | None = None
    least: NumberText | None = None
    most: NumberText | None = None
    whole: bool | None = None
    words: list[str] | dict[str, list[str]] = Field(default_factory=dict)
    without_step: list[str] = Field(default_factory=list)
    dates: Dates | None = None
    not_later: bool = False
    judged: Literal["always", "where_used"] = "always"

    @model_validator(mode="after")
    def _comes_from_somewhere(self) -> Fact:
        if self.total is None and self.column is None:
            raise ValueError("needs 'total' (from the lake) or 'column' (from a facts file)")
        if self.total is not None and self.kind not in ("amount", "number", "cells"):
            raise ValueError("a total of the lake is an amount or a number, or cut by risk cells")
        if (self.insurance or self.people == "signed") and (self.total is None or self.kind == "cells"):
            raise ValueError("'insurance' and 'people' belong to a total of the lake that is not cut by risk cells")
        if (self.words or self.without_step) and self.kind != "word":
            raise ValueError("'words' belong to a fact of kind word")
        if (self.dates or self.not_later) and self.kind != "year":
            raise ValueError("'dates' and 'not_later' belong to a fact of kind year")
        if self.unit and self.kind in ("word", "year"):
            raise ValueError(f"a fact of kind {self.kind} has no unit")
        if self.unit and (self.unit == "yuan") != (self.kind in ("amount", "cells")):
            raise ValueError(f"a fact of kind {self.kind} is not in {self.unit}: yuan are an amount, all else a number")
        if strange := set(self.without_step) - set(self.words):
            raise ValueError(f"'without_step' names '{min(strange)}', which is not among the words")
        return self

    @property
    def spellings(self) -> dict[str, list[str]]:
        """The words that it may say, each with its other spellings."""
        return self.words if isinstance(self.words, dict) else {word: [] for word in self.words}

    @property
    def domain(self) -> Domain | None:
        """The range of its figures; of money yuan from zero, of a number nothing before it says its unit."""
        unit = self.unit or ("yuan" if self.kind in ("amount", "cells") else None)
        if unit is None:
            return None
        own = UNITS[unit]
        least = exact_number(self.least) if self.least is not None else Fraction(own.least)
        most = exact_number(self.most) if self.most is not None else Fraction(own.most)
        return Domain(unit, least, most, own.whole if self.whole is None else self.whole)
