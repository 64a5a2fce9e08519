"""Planted faults of front pages and settlement lists, with their own answer sheet; only where asked for."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .catalogue import SEXES
from .columns import Columns, between, rows_in, stream, take
from .illnesses import ILLNESSES
from .labels import PERSON_DIGITS, VISIT_DIGITS, as_text
from .stays import AGAINST_ADVICE, INPATIENT, TRANSFERRED
from .write import ArrowColumns, instants

HEAD = ("rule", "expect", "person", "visit", "why")
MAIN_FIELDS = ("admitted_at", "discharged_at", "stay_days", "discharge_way", "diagnosis_count")
_PAGES_PER_FAULT, _FAULTS_PER_SPARE = 400, 4
_FEWEST = 2
_NINE = 9 * 3600
# Codes that only one sex can have; the sex of any other illness is empty.
_SEX_OF = np.array([SEXES.index(i.sex) if i.sex else -1 for i in ILLNESSES])
_CODES = {"male": ("N40", "C61"), "female": ("D25.9", "N83.2")}


@dataclass
class PageFaults:
    """Writes faults into the pages of each year and remembers them.

    Attributes:
        claims: rule, whether it must find the page, person, visit, and why.
    """

    seed: int
    claims: list[tuple[str, bool, int, int, str]] = field(default_factory=list)

    def plant(self, year: int, page: ArrowColumns, visits: Columns, first: int, people: Columns) -> ArrowColumns:
        """The page with its faults; no page has two of them."""
        at = np.flatnonzero(visits["kind"] == INPATIENT)
        rng = stream(self.seed, "page faults", year)
        year_of = _PagesOfYear(rng, dict(page), take(visits, at), first + at, people, self.claims)
        year_of.wrong_dates_and_counts()
        year_of.missing_fields()
        year_of.wrong_sex()
        return year_of.page

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        rows = [
            (
                rule,
                "catch" if caught else "spare",
                as_text("P", person, PERSON_DIGITS),
                as_text("V", visit, VISIT_DIGITS),
                why,
            )
            for rule, caught, person, visit, why in self.claims
        ]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEAD)
            writer.writerows(sorted(rows))


@dataclass
class _PagesOfYear:
    """The pages of one year while faults are written into them, one row for each stay."""

    rng: np.random.Generator
    page: ArrowColumns
    stays: Columns
    numbers: np.ndarray
    people: Columns
    claims: list[tuple[str, bool, int, int, str]]

    def __post_init__(self) -> None:
        # The stays of the other answer sheet keep their pages as they are.
        self._free = self.rng.permutation(np.flatnonzero(self.stays["script"] < 0))
        self._faults = max(_FEWEST, len(self._free) // _PAGES_PER_FAULT)
        self._spares = max(_FEWEST, self._faults // _FAULTS_PER_SPARE)
        self._sex = self.people["sex"][self.stays["person"]]

    def _claim(self, rule: str, caught: bool, fits: np.ndarray, why: str) -> np.ndarray:
        """Pages that fit and hold no fault yet, with a claim about each."""
        wanted = self._faults if caught else self._spares
        chosen = np.asarray(self._free[fits[self._free]][:wanted])
        self._free = self._free[~np.isin(self._free, chosen)]
        self._note(rule, caught, chosen, why)
        return chosen

    def _note(self, rule: str, caught: bool, rows: np.ndarray, why: str) -> None:
        for row in rows:
            self.claims.append((rule, caught, int(self.stays["person"][row]), int(self.numbers[row]), why))

    def _put(self, name: str, rows: np.ndarray, values: pa.Array | None) -> None:
        mask = np.zeros(rows_in(self.stays), bool)
        mask[rows] = True
        self.page[name] = pc.if_else(pa.array(mask), values, self.page[name])

    def wrong_dates_and_counts(self) -> None:
        size, began = rows_in(self.stays), self.stays["began"].astype(np.int64)
        nights = self.stays["ended"] - began
        every, once = np.ones(size, bool), nights == 1
        rule = "discharged_before_admitted"
        rows = self._claim(rule, True, every, "the page ends before it begins; the visit does not")
        self._put("discharged_at", rows, instants(began - between(self.rng, 1, 5, size), _NINE))
        self._claim(rule, False, once, "one night only")
        rows = self._claim("stay_days_differ", True, every, "more days than the visit has")
        self._put("stay_days", rows, pa.array(np.maximum(nights, 1) + between(self.rng, 1, 9, size)))
        self._claim("stay_days_differ", False, once, "one night counts as one day")
        rows = self._claim("diagnosis_count_differs", True, every, "one diagnosis more than the visit has")
        counts = self.page["diagnosis_count"].to_numpy()
        self._put("diagnosis_count", rows, pa.array(counts + 1))
        self._claim("diagnosis_count_differs", False, counts == 4, "as many diagnoses as a visit can have here")

    def missing_fields(self) -> None:
        rows = self._claim("main_field_missing", True, np.ones(rows_in(self.stays), bool), "a main field is empty")
        for turn, name in enumerate(MAIN_FIELDS):
            self._put(name, rows[turn :: len(MAIN_FIELDS)], None)
        empty = self.page["occupation"].is_null().to_numpy(zero_copy_only=False)
        self._claim("main_field_missing", False, empty, "the occupation may be empty")
        rule = "receiving_institution_missing"
        moved = self.stays["way"] == TRANSFERRED
        rows = self._claim(rule, True, moved, "transferred, but nobody took over")
        self._put("receiving_institution", rows, None)
        self._claim(rule, False, moved, "transferred to the institution that is named")
        self._claim(rule, False, self.stays["way"] == AGAINST_ADVICE, "left against advice to nobody")

    def wrong_sex(self) -> None:
        rule, own = "list_diagnosis_for_other_sex", _SEX_OF[self.stays["illness"]]
        known = self.page["outpatient_diagnosis"].is_valid().to_numpy(zero_copy_only=False)
        wrong = (own >= 0) & (self._sex < len(_CODES)) & (own != self._sex) & known
        self._note(rule, True, np.flatnonzero(wrong), "the wrong diagnosis of the stay stands on its list too")
        for sex, other in (("male", "female"), ("female", "male")):
            mine = (self._sex == SEXES.index(sex)) & (own < 0)
            for code in _CODES[other]:
                rows = self._claim(rule, True, mine, f"{code} on the list of a person who is {sex}")
                self._put("outpatient_diagnosis", rows, pa.array([code] * rows_in(self.stays)))
            self._claim(rule, False, known & (own == self._sex) & (own == SEXES.index(sex)), "for the person's own sex")
