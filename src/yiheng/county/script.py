"""The script of the planted visits: who acts, what is charged, and what an audit must say about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import numpy as np

from .catalogue import NUMBER, SEXES
from .columns import Columns, day_number, stack
from .illnesses import ILL
from .outpatient import OUTPATIENT
from .places import HOSPITAL, TOWNSHIP, Places
from .stays import TRANSFERRED, blank_stays

_YOUNGEST, _OLDEST = 25, 76
_DAYS_IN_REACH = 355
_TEN = 10 * 3600


@dataclass(frozen=True)
class Claim:
    """What an audit must report, or must not, about one planted visit.

    Attributes:
        caught: whether the rule must find it; otherwise the rule must spare it.
        visit: number of the visit in the script.
        item: the charged item that the finding is about.
        day: the day of the charge.
        ordinal: place of the diagnosis that the finding is about.
        also: further visits whose money is at stake.
    """

    rule: str
    caught: bool
    visit: int
    why: str
    item: int = -1
    day: int = -1
    ordinal: int = 0
    also: tuple[int, ...] = ()


@dataclass
class Script:
    """Planted visits, lines and claims, written before anything is numbered or priced."""

    rng: np.random.Generator
    people: Columns
    places: Places
    years: tuple[int, ...]
    visits: list[Columns] = field(default_factory=list)
    lines: list[tuple[int, int, int, int, int]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    actors: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        age = self.people["age"]
        grown = (age >= _YOUNGEST) & (age < _OLDEST) & (self.people["sex"] != SEXES.index("unknown"))
        self._waiting = list(self.rng.permutation(np.flatnonzero(grown)))

    def actor(self, sex: str = "") -> int:
        """A grown person who has no part yet, and no stays but those of the script."""
        wanted = SEXES.index(sex) if sex else -1
        at = next(n for n, p in enumerate(self._waiting) if wanted in (-1, self.people["sex"][p]))
        person = int(self._waiting.pop(at))
        self.people["here_from"][person] = day_number(dt.date(self.years[0], 1, 1))
        self.people["here_until"][person] = day_number(dt.date(self.years[-1], 12, 31))
        self.actors.append(person)
        return person

    def actor_of_unknown_sex(self) -> int:
        person = self.actor()
        self.people["sex"][person] = SEXES.index("unknown")
        return person

    def new_years_day(self) -> int:
        """The first of January of any of the years."""
        return day_number(dt.date(self.years[self.rng.integers(0, len(self.years))], 1, 1))

    def some_day(self, room: int) -> int:
        """A day that leaves so many days before the end of its year, and some after its beginning."""
        return self.new_years_day() + int(self.rng.integers(6, _DAYS_IN_REACH - room))

    def hospital(self, person: int) -> int:
        """A place of this county where the person may lie."""
        near = self.places.of(TOWNSHIP)[self.people["town"][person]]
        return int(self.rng.choice([*self.places.of(HOSPITAL), near]))

    def another(self, place: int) -> int:
        lead, other = self.places.of(HOSPITAL)
        return int(other if place == lead else lead)

    def stay(
        self,
        person: int,
        place: int,
        began: int,
        nights: int,
        code: str,
        *,
        second: str = "",
        planned: bool = False,
        emergency: bool = False,
        transferred: bool = False,
    ) -> int:
        """Write one stay and return its number in the script."""
        row = blank_stays(*(np.array([value]) for value in (person, place, began, began + nights)))
        row["illness"][0] = ILL[code]
        row["second"][0] = ILL[second] if second else -1
        row["planned"][0], row["emergency"][0] = planned, emergency
        row["script"][0] = len(self.visits)
        if transferred:
            row["way"][0] = TRANSFERRED
        self.visits.append(row)
        return len(self.visits) - 1

    def call(self, person: int, day: int, code: str, second: str = "") -> int:
        """Write one out-patient visit at the person's own township."""
        place = int(self.places.of(TOWNSHIP)[self.people["town"][person]])
        number = self.stay(person, place, day, 0, code, second=second)
        self.visits[number]["kind"][0] = OUTPATIENT
        return number

    def charge(self, visit: int, item: str, units: int, offset: int = 0, second: int = _TEN) -> int:
        """Write one line so many days after the visit began and return the day."""
        day = int(self.visits[visit]["began"][0]) + offset
        self.lines.append((visit, NUMBER[item], units, day, second))
        return day

    def claim(
        self,
        rule: str,
        caught: bool,
        visit: int,
        why: str,
        item: str = "",
        *,
        day: int = -1,
        ordinal: int = 0,
        also: tuple[int, ...] = (),
    ) -> None:
        number = NUMBER[item] if item else -1
        self.claims.append(Claim(rule, caught, visit, why, number, day, ordinal, also))

    def all_visits(self) -> Columns:
        return stack(self.visits)
