"""What a policy file may say: strict models, unknown keys refused."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from yiheng.basis.evidence import Words
from yiheng.basis.money import Rounding

Unit = Literal["percent", "per_mille", "per_ten_thousand", "yuan", "yuan_by_party", "count", "shares"]

# What a mark says of a figure's standing: read in an official text; said by a source document;
# our own example. Only the first may be a default.
Mark = Literal["verified", "said_by_source", "example"]


def _whole(text: object) -> object:
    if isinstance(text, str) and text.lstrip("+-").isdecimal():
        return int(text)
    return text


WholeNumber = Annotated[int, BeforeValidator(_whole)]


class Strict(BaseModel):
    """No unknown key, no change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Sentence(Strict):
    """The same sentence in Chinese and in English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @property
    def words(self) -> Words:
        return Words(self.zh, self.en)


class InForce(Strict):
    """Days of validity, both included."""

    first: dt.date = Field(alias="from")
    last: dt.date = Field(alias="until")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> InForce:
        if self.last < self.first:
            raise ValueError(f"ends on {self.last}, before it starts on {self.first}")
        return self


class Issued(Strict):
    """Who issued the document, under which number, when."""

    by: str
    number: str
    on: dt.date


class Entry(Strict):
    """One dated value. ``known_on`` is set where it was announced after it came into force."""

    first: dt.date = Field(alias="from")
    value: str | dict[str, str]
    article: str
    known_on: dt.date | None = None


class Value(Strict):
    """A figure of the policy with its unit and its history."""

    says: Sentence = Field(alias="is")
    unit: Unit
    mark: Mark
    history: list[Entry] = Field(min_length=1)

    @model_validator(mode="after")
    def _dates_rise(self) -> Value:
        starts = [(e.first, e.known_on or dt.date.min) for e in self.history]
        if starts != sorted(set(starts)):
            raise ValueError("the history must stand in rising order of dates, one entry a date")
        return self


class Fact(Strict):
    """An amount that comes from the lake (``total``) or from a column of a facts file, in yuan.

    ``year`` counts from the year that is settled: -1 is the year before.
    """

    says: Sentence = Field(alias="is")
    total: str | None = None
    year: WholeNumber = 0
    column: str | None = None

    @model_validator(mode="after")
    def _comes_from_somewhere(self) -> Fact:
        if self.total is None and self.column is None:
            raise ValueError("needs 'total' (from the lake) or 'column' (from a facts file)")
        return self


class Assumption(Strict):
    """A point that the source leaves open, what was chosen, and what else could be."""

    says: Sentence = Field(alias="is")
    chosen: str
    alternatives: list[str] = Field(min_length=1)
    sets: str | None = Field(default=None, description="the value that this assumption decides, if any")


class Step(Strict):
    """One step of the settlement, with the values, facts and assumptions it takes."""

    step: str
    takes: dict[str, str | list[str]] = Field(default_factory=dict)


class FactsFile(Strict):
    """How a facts file names the party and the year of a row."""

    party: str = "party"
    year: str = "year"


class RoundingRule(Strict):
    """How an exact amount becomes whole fen; leftover fen of a shared pool go to the largest fractions."""

    mode: Rounding
    leftover: Literal["largest_fraction_first"] = "largest_fraction_first"


class Policy(Strict):
    """One place, one period, one file."""

    policy: str = Field(pattern=r"^[a-z0-9-]+$")
    title: Sentence
    place: Sentence
    in_force: InForce
    issued: Issued
    says: Sentence = Field(alias="is")
    facts_file: FactsFile = FactsFile()
    facts: dict[str, Fact]
    values: dict[str, Value]
    assumptions: dict[str, Assumption] = Field(default_factory=dict)
    rounding: RoundingRule
    steps: list[Step] = Field(min_length=1)

    @model_validator(mode="after")
    def _assumptions_say_what_the_values_are(self) -> Policy:
        for name, assumption in self.assumptions.items():
            if assumption.sets is None:
                continue
            if assumption.sets not in self.values:
                raise ValueError(f"assumption '{name}' sets '{assumption.sets}', which is not among the values")
            other = [e.value for e in self.values[assumption.sets].history if e.value != assumption.chosen]
            if other:
                raise ValueError(
                    f"assumption '{name}' says that '{assumption.chosen}' was chosen, but the value "
                    f"'{assumption.sets}' is '{other[0]}'"
                )
        return self
