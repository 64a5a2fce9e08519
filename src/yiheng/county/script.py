"""The script of the planted visits: who acts, what is charged, and what an audit must say about it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from yiheng.basis.refusals import Refusal

from .catalogue import NUMBER, SEXES
from .columns import Columns, day_number, stack
from .illnesses import ILL
from .outpatient import OUTPATIENT
from .people import NEWBORN
from .places import HOSPITAL, TOWNSHIP, VILLAGE, Places
from .stakes import Stake, whole
from .stays import INPATIENT, TRANSFERRED, blank_stays

_YOUNGEST, _OLDEST = 25, 76
_DAYS_IN_REACH = 355
_TEN = 10 * 3600
# Stays of one extra stand so far apart that no rule about stays sees them together; a part may have two of them.
_APART = 20
_STAYS_A_YEAR = 3
_TRIES = 12


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
        part: what part of the money of whole visits is at stake, cut down to whole fen.
        stake: which line of the item is named and how much is at stake.
    """

    rule: str
    caught: bool
    visit: int
    why: str
    item: int = -1
    day: int = -1
    ordinal: int = 0
    also: tuple[int, ...] = ()
    part: Fraction = Fraction(1)
    stake: Stake = whole


class Note(NamedTuple):
    """What an audit must report, or must not, about a row that is no visit.

    Attributes:
        about: key of the row, or the period of an institution.
        fen: what is at stake where it must be found.
    """

    rule: str
    caught: bool
    why: str
    about: str
    person: int = -1
    place: int = -1
    fen: int = 0


class Care(NamedTuple):
    """One visit of a carer at home; a claim is a rule, whether it must find the visit, and why."""

    person: int
    carer: int
    day: int
    begins: int
    ends: int
    signature: str
    claims: tuple[tuple[str, bool, str], ...] = ()


@dataclass
class Script:
    """Planted visits, lines and claims, written before anything is numbered or priced.

    Attributes:
        lines: visit, item, units, day, second, set price in steps (0 is the usual one), trace (0 is the usual one; what
            else is negative says `goods`).
        quiet: actors who do nothing but what the script says.
        unregistered: visits for a chronic disease that nobody registered.
        guests: doctors, by code, who also work at these places.
        dark: pharmacies whose camera fails in the evening of these days.
        outages: for how many seconds the camera of a pharmacy is off from an evening on; nothing is sold the next day.
        proxies: who buys for the person of a visit.
        care: visits at home.
        closed: clinics that nobody visits.
    """

    rng: np.random.Generator
    people: Columns
    places: Places
    years: tuple[int, ...]
    visits: list[Columns] = field(default_factory=list)
    lines: list[tuple[int, int, int, int, int, int, int]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    actors: list[int] = field(default_factory=list)
    quiet: list[int] = field(default_factory=list)
    unregistered: set[int] = field(default_factory=set)
    guests: set[tuple[int, int]] = field(default_factory=set)
    dark: set[tuple[int, int]] = field(default_factory=set)
    outages: dict[tuple[int, int], int] = field(default_factory=dict)
    proxies: dict[int, int] = field(default_factory=dict)
    care: list[Care] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    _fits: dict[str, np.ndarray] = field(default_factory=dict)
    _extras: list[int] = field(default_factory=list)
    _troupes: list[list[int]] = field(default_factory=list)
    _diary: dict[int, list[tuple[int, int]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        age, known = self.people["age"], self.people["sex"] != SEXES.index("unknown")
        grown = (age >= _YOUNGEST) & (age < _OLDEST) & known
        self._waiting = list(self.rng.permutation(np.flatnonzero(grown)))
        self._others = list(self.rng.permutation(np.flatnonzero(~grown & known)))

    def actor(self, sex: str = "") -> int:
        """A grown person who has no part yet, and no stays but those of the script.

        Raises:
            Refusal: when all have one.
        """
        wanted = SEXES.index(sex) if sex else -1
        at = next((n for n, p in enumerate(self._waiting) if wanted in (-1, self.people["sex"][p])), None)
        if at is None:
            size = len(self.people["age"])
            raise Refusal(
                f"a county of {size} people has no room for its planted faults",
                expected="some more people, or more years",
            )
        return self._cast(int(self._waiting.pop(at)))

    def _cast(self, person: int) -> int:
        if self.people["age"][person] > NEWBORN:
            self.people["here_from"][person] = day_number(dt.date(self.years[0], 1, 1))
        self.people["here_until"][person] = day_number(dt.date(self.years[-1], 12, 31))
        self.actors.append(person)
        return person

    def actor_of_unknown_sex(self) -> int:
        person = self.actor()
        self.people["sex"][person] = SEXES.index("unknown")
        return person

    def loner(self) -> int:
        """An actor without any visits but those of the script."""
        person = self.actor()
        self.quiet.append(person)
        return person

    def fits(self, who: str) -> np.ndarray:
        """Who may play a part: any grown person, one of a sex, or one of an age."""
        if not self._fits:
            self._fits.update(self._ways())
        return self._fits[who]

    def _ways(self) -> dict[str, np.ndarray]:
        age, sex = self.people["age"], self.people["sex"]
        grown = (age >= _YOUNGEST) & (age < _OLDEST)
        first, last = (day_number(dt.date(year, 1, 1)) for year in (self.years[0], self.years[-1]))
        return {
            "": grown,
            "male": grown & (sex == SEXES.index("male")),
            "female": grown & (sex == SEXES.index("female")),
            "mother": (sex == SEXES.index("female")) & (age >= 25) & (age < 40),
            "young": grown & (age < 45),
            "old": (age >= 66) & (age < _OLDEST),
            "child": (age >= 1) & (age <= 13 - len(self.years)),
            "newborn": (self.people["born"] > first + 30) & (self.people["born"] < last + 300),
        }

    def extra(self, who: str, nights: int) -> tuple[int, int] | None:
        """A person who plays several small parts, and a first day that is free; none if nobody is like that."""
        fits = self.fits(who)
        usable = [person for person in self._extras if fits[person]]
        for person in self.rng.permutation(usable)[:_TRIES]:
            day = self._day_of(int(person), who, nights)
            if self._is_free(int(person), day, nights):
                return self._book(int(person), day, nights)
        pool = self._others if who in ("child", "newborn") else self._waiting
        at = next((at for at, person in enumerate(pool) if fits[person]), None)
        if at is None:
            return None
        person = self._cast(int(pool.pop(at)))
        self._extras.append(person)
        return self._book(person, self._day_of(person, who, nights), nights)

    def sure_extra(self, nights: int) -> tuple[int, int]:
        """Any grown person, and a first day that is free: one is always found."""
        return self.extra("", nights) or self._book(self.actor(), self.some_day(nights + 2), nights)

    def troupe(self, size: int, nights: int) -> tuple[list[int], int]:
        """People who play several parts together, and a first day that is free for all of them."""
        for members in self._troupes:
            day = self.some_day(nights + 2)
            if len(members) >= size and all(self._is_free(person, day, nights) for person in members[:size]):
                return [self._book(person, day, nights)[0] for person in members[:size]], day
        self._troupes.append([self.actor() for _ in range(size)])
        day = self.some_day(nights + 2)
        return [self._book(person, day, nights)[0] for person in self._troupes[-1]], day

    def _day_of(self, person: int, who: str, nights: int) -> int:
        if who == "newborn":
            return int(self.people["born"][person]) + int(self.rng.integers(2, 20))
        return self.some_day(nights + 2)

    def _is_free(self, person: int, day: int, nights: int) -> bool:
        """Two stays keep apart, all else only falls on different days."""
        taken = self._diary[person]
        if nights and sum(abs(began - day) < 366 for began, ended in taken if ended > began) >= _STAYS_A_YEAR:
            return False
        return all(
            day > ended + room or day + nights < began - room
            for began, ended in taken
            for room in ((_APART,) if nights and ended > began else (1,))
        )

    def _book(self, person: int, day: int, nights: int) -> tuple[int, int]:
        self._diary.setdefault(person, []).append((day, day + nights))
        return person, day

    def part(
        self,
        code: str = "J20.9",
        *,
        nights: int = 0,
        who: str = "",
        where: int = TOWNSHIP,
        kind: int = OUTPATIENT,
        second: str = "",
    ) -> int | None:
        """A bare visit of an extra, or of nobody; a stay is also charged a test and an infusion."""
        found = self.extra(who, nights)
        if found is None:
            return None
        return self.scene(*found, code, nights=nights, where=where, kind=kind, second=second)

    def sure_part(self, code: str = "J20.9", *, nights: int = 0, where: int = TOWNSHIP, kind: int = OUTPATIENT) -> int:
        """A bare visit of any grown person: one is always found."""
        return self.scene(*self.sure_extra(nights), code, nights=nights, where=where, kind=kind)

    def scene(
        self,
        person: int,
        day: int,
        code: str = "J20.9",
        *,
        nights: int = 0,
        where: int = TOWNSHIP,
        kind: int = OUTPATIENT,
        second: str = "",
        place: int = -1,
        idle: bool = False,
    ) -> int:
        """A bare visit of a person on a day, at a place of some kind or at the one that is given.

        A stay is also charged a test and an infusion, unless the ward is idle.
        """
        at = self.near(person, where) if place < 0 else place
        number = self.stay(person, at, day, nights, code, second=second)
        self.visits[number]["kind"][0] = INPATIENT if nights else kind
        self.visits[number]["bare"][0] = True
        if nights and not idle:
            self.charge(number, "blood_count", 1)
            self.charge(number, "injection", 1)
        return number

    def near(self, person: int, where: int) -> int:
        """A place of a kind to which the person may go."""
        clinic = int(self.people["clinic"][person])
        if where == VILLAGE and clinic not in self.closed:
            return clinic
        if where in (TOWNSHIP, VILLAGE):
            return int(self.places.of(TOWNSHIP)[self.people["town"][person]])
        return int(self.rng.choice(self.places.of(where)))

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

    def charge(
        self, visit: int, item: str, units: int, offset: int = 0, second: int = _TEN, price: int = 0, trace: int = 0
    ) -> int:
        """Write one line so many days after the visit began and return the day."""
        day = int(self.visits[visit]["began"][0]) + offset
        self.lines.append((visit, NUMBER[item], units, day, second, price, trace))
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
        part: Fraction = Fraction(1),
        stake: Stake = whole,
    ) -> None:
        number = NUMBER[item] if item else -1
        self.claims.append(Claim(rule, caught, visit, why, number, day, ordinal, also, part, stake))

    def unlit(self, visits: Columns) -> np.ndarray:
        """Which visits would be to a pharmacy on the day after its camera failed for long."""
        dark = [(place << 20) + day + 1 for place, day in self.outages]
        return np.isin((visits["place"].astype(np.int64) << 20) + visits["began"], np.array(dark, np.int64))

    def all_visits(self) -> Columns:
        return stack(self.visits)
