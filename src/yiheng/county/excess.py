"""Too much in the last year: scans that find nothing, drugs for one illness, watched drugs, buyers at one pharmacy."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from .catalogue import IS_DRUG, NUMBER, ONE
from .columns import Columns
from .illnesses import ILL
from .neglect import Neglect
from .outpatient import AT_PHARMACY
from .places import HOSPITAL, PHARMACY
from .script import Note
from .stays import INPATIENT

# Percent of CT that find anything at the second hospital and, a near miss, at the first.
_FEW_POSITIVE, _ENOUGH_POSITIVE = 35, 58
_CT = 0
_FED = ILL["K52.9"]
# Packs a stay where it is too much, and where it is a near miss.
_DRUG, _MANY_PACKS, _SOME_PACKS = NUMBER["cephalosporin"], 60, 5
_WATCHED, _MANY_WATCHED, _SOME_WATCHED = NUMBER["blood_flow"], 20, 2
# What the limits allow, per mille.
_MOST_MONEY, _MOST_PACKS = 350, 120
# For each purchase that a pharmacy has, so many come from elsewhere.
_MANY_DRAWN, _FEW_DRAWN = 1.5, 0.15
_NOON = 12 * 3600


@dataclass
class Excess:
    """Which institutions overdo what in the last year: the two hospitals, the centres of two towns, pharmacies.

    Attributes:
        used: what the centre that gives watched drugs came to: fen and units of drugs, of watched ones, and what is
            covered of these.
    """

    neglect: Neglect
    used: dict[str, int] = field(default_factory=dict)

    @property
    def hospitals(self) -> tuple[int, int]:
        first, second = self.neglect.places.of(HOSPITAL)
        return int(first), int(second)

    @property
    def centres(self) -> tuple[int, int]:
        """The centre that gives too many watched drugs, and one that gives some."""
        return self.neglect.centre(0), self.neglect.centre(2)

    @property
    def shops(self) -> tuple[int, int]:
        """The pharmacy that many come to, and one that some do: the last two, to which no town sends its people."""
        *_, mild, bad = self.neglect.places.of(PHARMACY)
        return int(bad), int(mild)

    def draw_buyers(self, rng: np.random.Generator, visits: Columns) -> None:
        """In the last year some of the purchases everywhere move to one pharmacy, and very few to another."""
        bought = (visits["kind"] == AT_PHARMACY) & (visits["began"] >= self.neglect.first) & (visits["script"] < 0)
        chance = rng.random(len(bought)) * len(self.neglect.places.of(PHARMACY))
        for shop, low, high in zip(self.shops, (0, _MANY_DRAWN), (_MANY_DRAWN, _MANY_DRAWN + _FEW_DRAWN), strict=True):
            visits["place"][bought & (chance >= low) & (chance < high)] = shop

    def chances(self, usual: np.ndarray, kind: np.ndarray, place: np.ndarray, day: np.ndarray) -> np.ndarray:
        """Percent of examinations that find anything."""
        scans = (kind == _CT) & (day >= self.neglect.first)
        first, second = self.hospitals
        return np.select(
            [scans & (place == second), scans & (place == first)], [_FEW_POSITIVE, _ENOUGH_POSITIVE], usual
        )

    def given(self, visits: Columns) -> Columns:
        """The drugs that the stays of a year are given beside the usual ones."""
        now = (visits["kind"] == INPATIENT) & (visits["began"] >= self.neglect.first)
        now &= (visits["script"] < 0) & ~visits["planned"]
        ill = now & (visits["illness"] == _FED)
        rows, item, packs = [], [], []
        for who, places, drug, amounts in (
            (ill, self.hospitals, _DRUG, (_MANY_PACKS, _SOME_PACKS)),
            (now, self.centres, _WATCHED, (_MANY_WATCHED, _SOME_WATCHED)),
        ):
            for place, amount in zip(places, amounts, strict=True):
                at = np.flatnonzero(who & (visits["place"] == place))
                rows.append(at)
                item.append(np.full(len(at), drug))
                packs.append(np.full(len(at), amount * ONE))
        row = np.concatenate(rows)
        nothing = np.zeros(len(row), np.int32)
        return {
            "visit": row,
            "item": np.concatenate(item),
            "quantity": np.concatenate(packs),
            "day": visits["began"][row],
            "second": np.full(len(row), _NOON),
            "set_price": nothing,
            "trace": nothing,
        }

    def watch(self, visits: Columns, lines: Columns) -> None:
        """Add up what the centre of watched drugs charged for drugs in the last year, whoever wrote it."""
        row = lines["visit"]
        here = (visits["place"][row] == self.centres[0]) & (visits["began"][row] >= self.neglect.first)
        drugs = here & IS_DRUG[lines["item"]] & (visits["kind"][row] != AT_PHARMACY)
        watched = drugs & (lines["item"] == _WATCHED)
        for name, column, which in (
            ("drug_fen", "amount", drugs),
            ("key_fen", "amount", watched),
            ("drug_units", "quantity", drugs),
            ("key_units", "quantity", watched),
            ("scope", "scope", watched),
        ):
            self.used[name] = self.used.get(name, 0) + int(lines[column][which].sum())

    def notes(self, year: int) -> list[Note]:
        """What is to be found, by institution and year, once all lines are written."""
        (first, second), (bad, mild) = self.hospitals, self.centres
        found = [
            Note("low_positive_rate", True, "two of three scans find nothing", f"{year} CT", place=second),
            Note("low_positive_rate", False, "more than half of the scans find something", f"{year} CT", place=first),
            Note("disease_drug_share", True, "stays for one illness are full of drugs", f"{year} K52", place=first),
            Note("disease_drug_share", False, "a few packs more than usual", f"{year} K52", place=second),
        ]
        crowded, busier = self.shops
        found += [
            Note("pharmacy_growth", True, "two and a half times the purchases", str(year), place=crowded),
            Note("pharmacy_growth", False, "a few more purchases", str(year), place=busier),
        ]
        for rule, part, whole, most in (
            ("key_drug_money", "key_fen", "drug_fen", _MOST_MONEY),
            ("key_drug_quantity", "key_units", "drug_units", _MOST_PACKS),
        ):
            fen = self._beyond(part, whole, most)
            found.append(Note(rule, True, "watched drugs in every stay", str(year), place=bad, fen=fen))
            found.append(Note(rule, False, "two packs of them in every stay", str(year), place=mild))
        return found

    def _beyond(self, part: str, whole: str, most: int) -> int:
        """What is covered of the part beyond the limit, cut down to whole fen."""
        had, of = self.used[part] * 1000, self.used[whole]
        over = had - of * most
        return self.used["scope"] * over // had if over > 0 else 0
