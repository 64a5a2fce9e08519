"""Drugs bought and sold by pharmacies and county hospitals: no pack is sold that was not bought."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .catalogue import IS_DRUG, ITEMS, NUMBER, ONE, PRICE, STEP
from .columns import Columns, between, month_number, month_start, take
from .places import HOSPITAL, PHARMACY, Places
from .tables import person_ids, settlement_ids
from .write import ArrowColumns, days, decimals, instants, numbered, words

_MOVES = ("purchase", "sale", "sale_return")
_PURCHASE, _SALE, _RETURN = range(3)
# What the script says of a sale instead of the number of its trace code.
NO_TRACE, NOT_BOUGHT, NO_PRESCRIPTION, ELSEWHERE = -1, -2, -3, -4
_SCRIPTED_TRACES = 9 * 10**18
_OVER_THE_COUNTER = ("cold_granules", "pain", "vitamins", "stomach")
_NEEDS_PRESCRIPTION = IS_DRUG & ~np.isin(np.arange(len(ITEMS)), [NUMBER[key] for key in _OVER_THE_COUNTER])
# Of one consumable the goods are kept like those of drugs.
_KEPT = IS_DRUG | (np.arange(len(ITEMS)) == NUMBER["short_kit"])
_MARGIN_PERCENT = 90
_DELIVERED = 6 * 3600
_MONTHS_A_YEAR = 12


@dataclass
class Stock:
    """What each keeper sold and took back of each drug in each month, in whole packs.

    Attributes:
        base: first month, counted from January 1970.
        sold: packs by place, item and month.
        returned: packs that came back, likewise.
        short: packs that were sold but never bought, likewise.
    """

    places: Places
    base: int
    sold: np.ndarray
    returned: np.ndarray
    short: np.ndarray

    @classmethod
    def of(cls, places: Places, first_year: int, years: int) -> Stock:
        shape = (len(places.kind), len(ITEMS), years * _MONTHS_A_YEAR)
        base = (first_year - 1970) * _MONTHS_A_YEAR
        return cls(places, base, *(np.zeros(shape, np.int64) for _ in range(3)))

    def sell(self, visits: Columns, seen: np.ndarray, first: int, lines: Columns, already: int) -> ArrowColumns:
        """The sales and returns of a year's lines; each sale carries the trace code of its pack.

        ``seen`` tells which visits follow another one closely enough for its prescription to be filled.
        """
        place = visits["place"][lines["visit"]]
        kept = _KEPT[lines["item"]] & np.isin(self.places.kind[place], (PHARMACY, HOSPITAL))
        mine, place = take(lines, kept), place[kept]
        item, back = mine["item"].astype(np.int64), mine["quantity"] < 0
        month = month_number(mine["day"]) - self.base
        trace = mine["trace"].astype(np.int64)
        for packs, rows in ((self.sold, ~back), (self.returned, back), (self.short, trace == NOT_BOUGHT)):
            at = np.ravel_multi_index((place[rows], item[rows], month[rows]), packs.shape)
            units = np.abs(mine["quantity"][rows]) // ONE
            packs += np.bincount(at, units, packs.size).astype(np.int64).reshape(packs.shape)
        numbers = already + np.arange(len(item))
        codes = numbered("8", np.where(trace > 0, _SCRIPTED_TRACES + trace, numbers), 19)
        moves = self._moves(numbers, place, item, month, np.where(back, _RETURN, _SALE))
        elsewhere = (seen[mine["visit"]] & (self.places.kind[place] == PHARMACY)) | (trace == ELSEWHERE)
        prescribed = _NEEDS_PRESCRIPTION[item] & (trace != NO_PRESCRIPTION)
        numbers_of = numbered("R", first + mine["visit"] + 1, 9)
        return moves | {
            "prescription_no": pc.if_else(pa.array(prescribed), numbers_of, None),
            "prescribed_elsewhere": pa.array(prescribed & elsewhere),
            "quantity": decimals(-mine["quantity"], "quantity"),
            "unit_price": decimals(mine["price"], "price"),
            "moved_at": instants(mine["day"], mine["second"]),
            "trace_code": pc.if_else(pa.array((~back & (trace != NO_TRACE)) | (trace > 0)), codes, None),
            "settlement_id": settlement_ids(first + mine["visit"]),
            "person_id": person_ids(visits["person"][mine["visit"]]),
        }

    def _moves(
        self, numbers: np.ndarray, place: np.ndarray, item: np.ndarray, month: np.ndarray, kind: np.ndarray
    ) -> ArrowColumns:
        """One batch comes each month, so batch and lot follow from the month."""
        batch = (place.astype(np.int64) * 1000 + item) * 10_000 + self.base + month
        return {
            "move_id": numbered("K", numbers + 1, 10),
            "institution_id": words(self.places.ids, place),
            "item_code": words([i.code for i in ITEMS], item),
            "batch": numbered("B", batch, 12),
            "lot": numbered("M", item * 10_000 + self.base + month, 7),
            "kind": words(_MOVES, kind),
            "prescription": pa.array(_NEEDS_PRESCRIPTION[item]),
        }

    def settle(self, rng: np.random.Generator, already: int) -> dict[str, ArrowColumns]:
        """What was bought at the start of each month to cover its sales, and what was left at its end.

        Only what the script says is short was not bought.
        """
        covered = self.sold - self.short
        place, item, month = np.nonzero(covered)
        sold = covered[place, item, month]
        extra = np.where(rng.integers(0, 3, len(sold)) == 0, 1 + sold * between(rng, 0, 5, len(sold)) // 100, 0)
        bought = np.zeros_like(self.sold)
        bought[place, item, month] = sold + extra
        purchases = self._moves(already + np.arange(len(sold)), place, item, month, np.full(len(sold), _PURCHASE))
        purchases |= {
            "quantity": decimals((sold + extra) * ONE, "quantity"),
            "unit_price": decimals((PRICE * STEP * _MARGIN_PERCENT // 100)[item], "price"),
            "moved_at": instants(month_start(self.base + month), _DELIVERED),
        }
        left = np.cumsum(bought - self.sold + self.returned, axis=2)
        place, item, month = np.nonzero(np.cumsum(bought + self.sold, axis=2))
        used = (self.sold - self.returned)[place, item, month]
        levels = {
            "institution_id": words(self.places.ids, place),
            "item_code": words([i.code for i in ITEMS], item),
            "month_from": days(month_start(self.base + month)),
            "in_stock": decimals(left[place, item, month] * ONE, "quantity"),
            "used": decimals(used * ONE, "quantity"),
        }
        return {"stock_move": purchases, "stock_level": levels}
