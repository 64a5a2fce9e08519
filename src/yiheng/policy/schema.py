"""What a policy file may say: strict models, unknown keys refused."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field, model_validator

from yiheng.basis.evidence import Words
from yiheng.basis.money import Rounding

from .fact_schema import Dates, Fact, FactKind
from .plain_models import Day, Mark, Misplaced, NumberText, Sentence, Strict, WholeNumber

__all__ = [
    "SIGNS",
    "Assumption",
    "AtLeast",
    "Band",
    "Conditions",
    "Dates",
    "Day",
    "Entry",
    "Fact",
    "FactKind",
    "FactsFile",
    "InForce",
    "Issued",
    "Mark",
    "Misplaced",
    "NumberText",
    "Policy",
    "Pool",
    "Risk",
    "RoundingRule",
    "Sentence",
    "Step",
    "Strict",
    "Unit",
    "Value",
    "WholeNumber",
]

Unit = Literal[
    "percent", "per_mille", "per_ten_thousand", "percent_by", "yuan", "yuan_by_party", "yuan_by",
    "count", "shares", "bands",
]  # fmt: skip


class InForce(Strict):
    """Days of validity, both included."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="until")

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> InForce:
        if self.last < self.first:
            raise ValueError(f"ends on {self.last}, before it starts on {self.first}")
        return self


class Issued(Strict):
    """Who issued the document, under which number, when."""

    by: str
    number: str
    on: Day


class Band(Strict):
    """A rate that holds up to an edge, both included; ``to`` is the rate at that edge where it changes evenly.

    ``from`` is the first edge of a band that changes evenly; else a band begins behind the one before.
    """

    first: str | None = Field(default=None, alias="from")
    until: str | None = None
    rate: str
    to: str | None = None

    @model_validator(mode="after")
    def _changes_between_two_edges(self) -> Band:
        if self.to is not None and (self.first is None or self.until is None):
            raise ValueError("a rate that changes evenly needs 'from' and 'until'")
        return self


class Entry(Strict):
    """One dated value. ``known_on`` is set where it was announced after it came into force."""

    first: Day = Field(alias="from")
    value: str | dict[str, str] | list[Band]
    article: str
    known_on: Day | None = None

    @property
    def single(self) -> object:
        """The figure that stands alone, of a value for all or for one class; several are no single figure."""
        if isinstance(self.value, dict) and len(self.value) == 1:
            return next(iter(self.value.values()))
        return self.value

    @property
    def single_text(self) -> str:
        """The value as an assumption names it: the figure that stands alone, or all in one line."""
        return self.single if isinstance(self.single, str) else self.text

    @property
    def text(self) -> str:
        """The value in one line, as people read it."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, dict):
            return "，".join(f"{name} {part}" for name, part in self.value.items())
        return "；".join(
            f"{f'{b.first}–' if b.first else '≤ '}{b.until or '…'}：{b.rate}{f' → {b.to}' if b.to else ''} %"
            for b in self.value
        )


class Value(Strict):
    """A figure of the policy with its unit and its history."""

    says: Sentence = Field(alias="is")
    unit: Unit
    mark: Mark
    least: NumberText | None = Field(default=None, description="the least it may be; 0 where nothing is said")
    most: NumberText | None = Field(default=None, description="the most it may be; 100 of a percentage")
    edges: Literal["percent", "count"] = Field(default="percent", description="what the edges of bands are")
    history: list[Entry] = Field(min_length=1)

    @model_validator(mode="after")
    def _dates_rise(self) -> Value:
        starts = [(e.first, e.known_on or dt.date.min) for e in self.history]
        if starts != sorted(set(starts)):
            raise ValueError("the history must stand in rising order of dates, one entry a date")
        return self


class Pool(Strict):
    """A figure of each party that needs all parties: a part of one pot, the mean of all, its rank, or what others lose.

    A part: ``pot`` (a value in yuan, with ``each`` so much for each of that number fact) is shared by number facts,
    each with its percent of the pot; a fact named in ``sized`` is a share and weighs with the size of the party. A
    mean: the sum of the fact ``mean_of`` over all parties, by the sum of ``over``. A rank: the place of the party by
    the number fact ``rank_of``, the highest first, as a fraction of all parties; equals alike, or as the assumption
    ``ties`` chooses. What others lose: the bands ``grades`` change the amount fact ``gain_of`` by the number fact
    ``graded_by``; where the assumption ``adds_up`` chooses ``zero_sum``, what is taken from some is shared by what the
    others would gain.

    One party alone is shared with or compared to nobody: its reason tells so, or with ``alone: refused`` it is refused.
    """

    says: Sentence = Field(alias="is")
    pot: str | None = None
    each: str | None = None
    by: dict[str, NumberText] = Field(default_factory=dict)
    sized: dict[str, str] = Field(default_factory=dict)
    mean_of: str | None = None
    over: str | None = None
    rank_of: str | None = None
    ties: str | None = None
    gain_of: str | None = None
    graded_by: str | None = None
    grades: str | None = None
    adds_up: str | None = None
    alone: Literal["told", "refused"] = "told"

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> Pool:
        part, mean = self.pot is not None and bool(self.by), self.mean_of is not None and self.over is not None
        halves = (self.pot is None) != (not self.by) or (self.mean_of is None) != (self.over is None)
        gains = [one is not None for one in (self.gain_of, self.graded_by, self.grades, self.adds_up)]
        if [part, mean, self.rank_of is not None, all(gains)].count(True) != 1 or halves or any(gains) != all(gains):
            raise ValueError(
                "needs one of 'pot' and 'by', 'mean_of' and 'over', 'rank_of', or 'gain_of' with 'graded_by', 'grades'"
                " and 'adds_up'"
            )
        if self.ties and self.rank_of is None:
            raise ValueError("'ties' belong to a rank")
        if (self.each or self.sized) and not part:
            raise ValueError("'each' and 'sized' belong to a pot")
        if not set(self.sized) <= set(self.by):
            raise ValueError("'sized' names facts that are not in 'by'")
        return self

    @property
    def kind(self) -> FactKind:
        return "amount" if self.pot is not None or self.gain_of is not None else "number"


class Risk(Strict):
    """A norm of each party: all parties' mean money of the base years, shared by the risk of the people covered now.

    ``base`` and ``now`` name facts of kind ``cells``; ``minimum`` and ``shrinkage`` are counts of person-years,
    ``coding_cap`` is a rate.
    """

    says: Sentence = Field(alias="is")
    base: list[str] = Field(min_length=1)
    now: str
    minimum: str
    shrinkage: str
    coding_cap: str

    @property
    def units(self) -> tuple[tuple[str, str], ...]:
        """The values it takes, each with the unit it must have."""
        return (self.minimum, "count"), (self.shrinkage, "count"), (self.coding_cap, "percent")


class Assumption(Strict):
    """A point that the source leaves open, what was chosen, what else could be; ``called`` names choices in words."""

    says: Sentence = Field(alias="is")
    chosen: str
    alternatives: list[str] = Field(min_length=1)
    sets: str | None = Field(default=None, description="the value that this assumption decides, if any")
    called: dict[str, Sentence] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_its_choices(self) -> Assumption:
        if unknown := set(self.called) - {self.chosen, *self.alternatives}:
            raise ValueError(f"'called' names '{min(unknown)}', which is neither chosen nor an alternative")
        return self


class AtLeast(Strict):
    """A number fact is this much or more."""

    at_least: NumberText


Conditions = dict[str, list[str] | AtLeast]


class Step(Strict):
    """One step of the settlement, with the values, facts and assumptions it takes.

    ``when`` names facts: a word fact with the words, a number fact with the least number for which the step is
    taken; all must hold. Where all of ``unless`` hold, the step is left out.
    """

    step: str
    when: Conditions = Field(default_factory=dict)
    unless: Conditions = Field(default_factory=dict)
    takes: dict[str, str | list[str]] = Field(default_factory=dict)


class AskedOfData(Strict):
    """A limit of completeness that this policy sets otherwise than the package, with its source."""

    says: Sentence = Field(alias="is")
    value: WholeNumber = Field(ge=0)
    mark: Mark
    source: str = Field(min_length=1)


class FactsFile(Strict):
    """How a facts file names the party and the year of a row."""

    party: str = "party"
    year: str = "year"


class RoundingRule(Strict):
    """How an exact amount becomes whole fen; leftover fen of a shared pool go to the largest fractions."""

    mode: Rounding
    leftover: Literal["largest_fraction_first"] = "largest_fraction_first"


# How a figure of a unit is written.
SIGNS: dict[str, Words] = {
    "percent": Words(" %", " %"), "per_mille": Words(" ‰", " ‰"), "per_ten_thousand": Words(" ‱", " ‱"),
    "yuan": Words(" 元", " yuan"), "yuan_by": Words(" 元", " yuan"), "percent_by": Words(" %", " %"),
}  # fmt: skip
NO_SIGN = Words("", "")


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
    pools: dict[str, Pool] = Field(default_factory=dict)
    risk: dict[str, Risk] = Field(default_factory=dict)
    values: dict[str, Value]
    assumptions: dict[str, Assumption] = Field(default_factory=dict)
    completeness: dict[str, AskedOfData] = Field(default_factory=dict)
    rounding: RoundingRule
    steps: list[Step] = Field(min_length=1)

    @model_validator(mode="after")
    def _assumptions_say_what_the_values_are(self) -> Policy:
        for name, assumption in self.assumptions.items():
            if assumption.sets is None:
                continue
            if assumption.sets not in self.values:
                what = f"assumption '{name}' sets '{assumption.sets}', which is not among the values"
                raise Misplaced(what, "assumptions", name)
            history = self.values[assumption.sets].history
            other = [e.text for e in history if e.single_text != assumption.chosen]
            # An assumption decides the entries that hold its choice; what is known for other years stays.
            if len(other) == len(history):
                raise Misplaced(
                    f"assumption '{name}' says that '{assumption.chosen}' was chosen, but the value "
                    f"'{assumption.sets}' is '{other[0]}'",
                    "assumptions",
                    name,
                )
        return self

    def choice_words(self, assumption: str, choice: str) -> Words:
        """A choice for an assumption as people read it: its name, or the figure with its unit."""
        stated = self.assumptions[assumption]
        if choice in stated.called:
            return stated.called[choice].words
        sign = SIGNS.get(self.values[stated.sets].unit, NO_SIGN) if stated.sets else NO_SIGN
        return Words(f"{choice}{sign.zh}", f"{choice}{sign.en}")

    def class_words(self, name: str) -> Words:
        """A class as people read it: what the fact of that name is, or a word in its first Chinese spelling."""
        if name in self.facts:
            return self.facts[name].says.words
        spelled = [other for fact in self.facts.values() for other in fact.spellings.get(name, [])]
        zh = next((other for other in spelled if not other.isascii() and other.isalpha()), name)
        return Words(zh, name)

    @model_validator(mode="after")
    def _risk_takes_cells_and_values(self) -> Policy:
        for name, risk in self.risk.items():
            for fact in (*risk.base, risk.now):
                if fact not in self.facts or self.facts[fact].kind != "cells":
                    raise Misplaced(f"risk '{name}' takes '{fact}', which is not a fact of kind cells", "risk", name)
            for value, unit in risk.units:
                if value not in self.values or self.values[value].unit != unit:
                    raise Misplaced(f"risk '{name}' takes '{value}', which is not a value in {unit}", "risk", name)
        return self
