"""Service withheld in the last year: whole institutions that treat, transfer, discharge or code otherwise."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from .catalogue import NUMBER
from .columns import Columns, day_number, rows_in, stack, take
from .illnesses import ILL, LEAST_NIGHTS
from .outpatient import AT_PHARMACY, in_hospital
from .places import HOSPITAL, OUTSIDE, PHARMACY, TOWNSHIP, VILLAGE, Places
from .script import Note
from .stays import DIED, INPATIENT, TRANSFERRED, blank_stays

_CLINICS_PER_FAULT = 20
_OF_TEN_DROPPED = 6
_DRAINED, _REFUSED, _RECODED, _SENT_ON = 60, 60, 95, 50
_MILD = 5
_SEVERE = np.array([ILL[code] for code in ("I63.9", "I21.9", "I50.9", "C34.9", "C18.9", "C16.9")])
# Each light illness and the costlier one that is written instead.
_UPCODED = {"J20.9": "J18.9", "J06.9": "J18.9", "I10": "I63.9", "I25.1": "I21.9"}
_WRITTEN = np.arange(len(ILL))
_WRITTEN[[ILL[code] for code in _UPCODED]] = [ILL[code] for code in _UPCODED.values()]
_SELF_PAID_PACKS = 12
_BACK_AFTER = 3
_MORNING = 10 * 3600
# Of ten persons so many get hardly any service, are sent to a pharmacy, or are dissatisfied; of near misses one.
_SKIMPED, _SENT_TO_BUY, _ANNOYED = 7, 6, 6
_ONE_ANNOYED_OF = 25
_LOW_SCORE = 30


@dataclass(frozen=True)
class Neglect:
    """Which institutions withhold what in the last year; the towns are those whose people drift or whose centre acts.

    Attributes:
        closed: village clinics that see nobody.
        slow: village clinics that see few.
        towns: positions of the towns: drained, paying themselves, sent home early, recoded; then the near misses, which
            do something else.
    """

    places: Places
    first: int
    last: int
    closed: np.ndarray
    slow: np.ndarray
    towns: np.ndarray

    @classmethod
    def of(cls, rng: np.random.Generator, places: Places, year: int) -> Neglect:
        clinics = rng.permutation(places.of(VILLAGE))
        many = max(1, len(clinics) // _CLINICS_PER_FAULT)
        days = (day_number(dt.date(year, 1, 1)), day_number(dt.date(year, 12, 31)))
        towns = rng.permutation(len(places.of(TOWNSHIP)))
        return cls(places, *days, clinics[:many], clinics[many : 2 * many], towns)

    def centre(self, turn: int) -> int:
        return int(self.places.of(TOWNSHIP)[self.towns[turn]])

    def of_stays(self, rng: np.random.Generator, stays: Columns, people: Columns) -> Columns:
        """The stays of a year as they were after drift, early discharge and recoding."""
        now = (stays["began"] >= self.first) & (stays["began"] <= self.last)
        chance = rng.integers(0, 100, rows_in(stays))
        town, january = people["town"][stays["person"]], stays["began"] < self.first + 31
        near = now & np.isin(stays["place"], self.places.of(HOSPITAL)) & (chance < _DRAINED)
        drained = near & ((town == self.towns[0]) | ((town == self.towns[4]) & january))
        outside = self.places.of(OUTSIDE)
        stays["place"][drained] = outside[chance[drained] % len(outside)]
        recoded = (stays["place"] == self.centre(3)) & (chance < _RECODED)
        recoded |= (stays["place"] == self.centre(5)) & (chance < _MILD)
        recoded &= now
        stays["illness"][recoded] = _WRITTEN[stays["illness"][recoded]]
        return self._sent_home(stays, now, chance)

    def _sent_home(self, stays: Columns, now: np.ndarray, chance: np.ndarray) -> Columns:
        """Half the nights at two centres; from one of them every second person is soon in hospital elsewhere."""
        early = now & np.isin(stays["place"], (self.centre(2), self.centre(6)))
        nights = stays["ended"] - stays["began"]
        stays["ended"][early] = (stays["began"] + np.maximum(nights // 2, LEAST_NIGHTS[stays["illness"]]))[early]
        again = take(stays, early & (stays["place"] == self.centre(2)) & (chance < _SENT_ON))
        again["place"][:] = self.places.of(HOSPITAL)[0]
        again["began"] = again["ended"] + _BACK_AFTER
        again["ended"] = again["began"] + 6
        inside = again["ended"] <= self.last
        return stack([stays, take(again, inside)])

    def transfer(self, rng: np.random.Generator, stays: Columns) -> None:
        """The second hospital transfers most of the severely ill, the first one a few more than usual."""
        severe = (stays["began"] >= self.first) & np.isin(stays["illness"], _SEVERE)
        chance = rng.integers(0, 100, rows_in(stays))
        lead, second = self.places.of(HOSPITAL)
        away = (stays["place"] == second) & (chance < _REFUSED) | (stays["place"] == lead) & (chance < _MILD)
        away &= severe & (stays["way"] == 0) & ~stays["planned"]
        stays["way"][away] = TRANSFERRED

    def _acts(self, stays: Columns, bad: int, mild: int, of_ten: int) -> np.ndarray:
        """The ordinary stays of the last year at one centre for so many of ten persons, at another for one of ten."""
        now = (stays["kind"] == INPATIENT) & (stays["began"] >= self.first) & (stays["began"] <= self.last)
        now &= (stays["script"] < 0) & ~stays["planned"]
        digit = stays["person"] % 10
        chosen = (stays["place"] == self.centre(bad)) & (digit < of_ten) | (stays["place"] == self.centre(mild)) & (
            digit == 0
        )
        return np.asarray(now & chosen)

    def skimp(self, stays: Columns) -> None:
        """Most stays of one centre get bed, nursing and drugs only."""
        stays["skimped"] |= self._acts(stays, 4, 0, _SKIMPED) & (stays["operation"] < 0) & ~stays["intensive"]

    def purchases(self, stays: Columns, others: Columns, people: Columns) -> Columns:
        """Those discharged buy at a pharmacy on the next day what the ward should have given."""
        sent = take(stays, self._acts(stays, 5, 6, _SENT_TO_BUY) & (stays["way"] != DIED))
        # The first shops stand in the order of their towns; the smallest county has fewer shops than towns.
        shops = self.places.of(PHARMACY)
        day = sent["ended"] + 1
        bought = blank_stays(sent["person"], shops[people["town"][sent["person"]] % len(shops)], day, day)
        bought["kind"][:] = AT_PHARMACY
        bought["illness"][:] = ILL["J06.9"]
        day_of = [(rows["person"].astype(np.int64) << 20) + rows["began"] for rows in (bought, others)]
        seen = np.isin(day_of[0], day_of[1])
        return take(bought, ~in_hospital(bought, stays) & ~seen & (day <= self.last))

    def opinions(self, visits: Columns, scores: np.ndarray) -> np.ndarray:
        """The scores of these visits: most patients of one centre are dissatisfied, very few of another."""
        now = (visits["began"] >= self.first) & (visits["began"] <= self.last)
        low = (visits["place"] == self.centre(6)) & (visits["person"] % 10 < _ANNOYED)
        low |= (visits["place"] == self.centre(3)) & (visits["person"] % _ONE_ANNOYED_OF == 0)
        return np.where(now & low, _LOW_SCORE, scores)

    def unseen(self, visits: Columns) -> np.ndarray:
        """Visits to village clinics that did not take place."""
        now = (visits["began"] >= self.first) & (visits["began"] <= self.last)
        few = np.isin(visits["place"], self.slow) & (visits["person"] % 10 < _OF_TEN_DROPPED)
        return np.asarray(now & (np.isin(visits["place"], self.closed) | few))

    def self_paid(self, visits: Columns) -> Columns:
        """What is charged beside the covered: in every stay of one centre, in one of ten of another."""
        now = (visits["kind"] == INPATIENT) & (visits["began"] >= self.first) & (visits["script"] < 0)
        some = (visits["place"] == self.centre(5)) & (visits["person"] % 10 == 0)
        rows = np.flatnonzero(now & ((visits["place"] == self.centre(1)) | some))
        return {
            "visit": rows,
            "item": np.full(len(rows), NUMBER["vitamins"]),
            "quantity": np.full(len(rows), _SELF_PAID_PACKS * 10_000),
            "day": visits["began"][rows],
            "second": np.full(len(rows), _MORNING),
            "set_price": np.zeros(len(rows), np.int32),
            "trace": np.zeros(len(rows), np.int32),
        }

    def notes(self, year: int) -> list[Note]:
        """What is to be found, by institution and year; no single visit proves it."""
        lead, second = (int(place) for place in self.places.of(HOSPITAL))
        says = (
            (
                "outflow_of_people",
                self.centre(0),
                self.centre(4),
                "stays of its people move outside",
                "in January only",
            ),
            ("self_pay_shift", self.centre(1), self.centre(5), "each stay pays for uncovered goods", "one stay of ten"),
            (
                "early_discharge",
                self.centre(2),
                self.centre(6),
                "short stays, soon in hospital elsewhere",
                "short stays only",
            ),
            (
                "upcoded_illness",
                self.centre(3),
                self.centre(5),
                "light illnesses are coded as costly ones",
                "very few are",
            ),
            ("few_services", self.centre(4), self.centre(0), "drugs and no service", "one stay of ten"),
            (
                "shifted_around_stay",
                self.centre(5),
                self.centre(6),
                "sent to the pharmacy on the day after",
                "one stay of ten",
            ),
            ("dissatisfied_patients", self.centre(6), self.centre(3), "low scores", "very few low scores"),
            ("severe_sent_away", second, lead, "most of the severely ill are transferred", "a few more than usual"),
        )
        found = []
        for rule, bad, mild, why, spared in says:
            found += [Note(rule, True, why, str(year), place=bad), Note(rule, False, spared, str(year), place=mild)]
        for caught, places, why in ((True, self.closed, "saw nobody"), (False, self.slow, "saw fewer than before")):
            found += [Note("clinic_without_service", caught, why, str(year), place=int(place)) for place in places]
        return found
