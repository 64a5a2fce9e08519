"""Monthly books: what the departments cost, what the machines did, what the funds took in and spent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from .catalogue import ITEMS
from .columns import Columns, month_number, month_start
from .orders import EXAM_KINDS, machine_ids
from .people import INSURANCES
from .places import HOSPITAL, TOWNSHIP, Places
from .staff import DEPARTMENTS, department_at
from .write import ArrowColumns, days, words

_MONTHS_A_YEAR = 12
_EPOCH_YEAR = 1970
_SERVICES, _DRUGS, _CONSUMABLES = range(3)
_INCOME_OF = np.array([{"drug": _DRUGS, "herb": _DRUGS, "consumable": _CONSUMABLES}.get(i.kind, 0) for i in ITEMS])
# Each kind of cost in percent of the department's charges for services, drugs or consumables.
_COSTS = {
    "staff": (_SERVICES, 58),
    "drugs": (_DRUGS, 95),
    "consumables": (_CONSUMABLES, 93),
    "equipment": (_SERVICES, 11),
    "space": (_SERVICES, 7),
    "other": (_SERVICES, 14),
}
_FLOWS = ("income", "spending", "balance")
# Yuan for one person in the first year, employee and resident, and its growth. Residents' income was 1,098 yuan a head
# in 2023 and 1,180 in 2024 ([insurance] of figures.yaml); employees' is what the county's own funds spend.
_YUAN_A_HEAD, _GROWTH_PER_THOUSAND, _FEN = (1950, 1060), 1025, 100
# Residents pay at the turn of the year and subsidies come twice; employers pay each month.
_RESIDENT_PER_THOUSAND = (380, 0, 310, 0, 0, 0, 0, 0, 310, 0, 0, 0)
_EMPLOYEE_PER_THOUSAND = (84, 83, 83, 84, 83, 83, 84, 83, 83, 84, 83, 83)
_RESERVE_MONTHS = 6


@dataclass
class Ledgers:
    """Sums by month that grow year by year.

    Attributes:
        base: first month, counted from January 1970.
        charged: fen by place, department, month and kind of income.
        uses: examinations by machine and month; ``positives`` likewise.
        spent: fen by insurance and month of settlement.
    """

    places: Places
    base: int
    charged: np.ndarray
    uses: np.ndarray
    positives: np.ndarray
    spent: np.ndarray

    @classmethod
    def of(cls, places: Places, first_year: int, years: int) -> Ledgers:
        months, size = years * _MONTHS_A_YEAR, len(places.kind)
        machines = (size * len(EXAM_KINDS), months)
        return cls(
            places,
            (first_year - _EPOCH_YEAR) * _MONTHS_A_YEAR,
            np.zeros((size, len(DEPARTMENTS), months, 3), np.int64),
            np.zeros(machines, np.int64),
            np.zeros(machines, np.int64),
            np.zeros((len(INSURANCES), months), np.int64),
        )

    def enter(self, visits: Columns, lines: Columns, exams: Columns, insurance: np.ndarray, fund: np.ndarray) -> None:
        """Enter a year's charges, examinations and payments of the funds."""
        month = month_number(lines["day"]) - self.base
        department = department_at(visits, self.places)[lines["visit"]]
        has = department >= 0
        where = (visits["place"][lines["visit"]], department, month, _INCOME_OF[lines["item"]])
        _add(self.charged, tuple(part[has] for part in where), lines["amount"][has])
        known = exams["machine"] >= 0
        used = (exams["machine"][known], month[exams["line"][known]])
        _add(self.uses, used, np.ones(len(used[0])))
        _add(self.positives, used, exams["positive"][known])
        _add(self.spent, (insurance, month_number(visits["ended"]) - self.base), fund)

    def cost_table(self) -> ArrowColumns:
        """Costs of the county's own hospitals and townships."""
        own = np.isin(self.places.kind, (HOSPITAL, TOWNSHIP))
        income = np.stack([self.charged[..., of] * percent // 100 for of, percent in _COSTS.values()], axis=3)
        place, department, month, kind = np.nonzero((income > 0) & own[:, None, None, None])
        return {
            "institution_id": words(self.places.ids, place),
            "department": words(DEPARTMENTS, department),
            "month_from": days(month_start(self.base + month)),
            "kind": words(list(_COSTS), kind),
            "cost_fen": pa.array(income[place, department, month, kind]),
        }

    def equipment_table(self) -> ArrowColumns:
        """One row for each month of each machine of the county, also where it stood still."""
        own = np.flatnonzero(np.isin(self.places.kind, (HOSPITAL, TOWNSHIP)))
        machines = (own[:, None] * len(EXAM_KINDS) + np.arange(len(EXAM_KINDS))).ravel()
        machine = np.repeat(machines, self.uses.shape[1])
        month = np.tile(np.arange(self.uses.shape[1]), len(machines))
        return {
            "equipment_id": machine_ids(machine),
            "month_from": days(month_start(self.base + month)),
            "institution_id": words(self.places.ids, machine // len(EXAM_KINDS)),
            "kind": words(EXAM_KINDS, machine % len(EXAM_KINDS)),
            "uses": pa.array(self.uses[machine, month]),
            "positives": pa.array(self.positives[machine, month]),
        }

    def flow_table(self, people: Columns) -> ArrowColumns:
        """Income by head, spending as settled, and the balance carried from month to month."""
        rows = []
        for fund in range(len(INSURANCES)):
            income = self._income(people, fund)
            balance = int(income[:_MONTHS_A_YEAR].sum()) * _RESERVE_MONTHS // _MONTHS_A_YEAR
            held = balance + np.cumsum(income - self.spent[fund])
            rows.append(np.stack([income, self.spent[fund], held], axis=1))
        amounts = np.stack(rows)
        which, month, kind = np.indices(amounts.shape)
        return {
            "fund": words(INSURANCES, which.ravel()),
            "month_from": days(month_start(self.base + month.ravel())),
            "kind": words(_FLOWS, kind.ravel()),
            "flow_fen": pa.array(amounts.ravel()),
        }

    def _income(self, people: Columns, fund: int) -> np.ndarray:
        mine = people["insurance"] == fund
        parts = (_EMPLOYEE_PER_THOUSAND, _RESIDENT_PER_THOUSAND)[fund]
        income = np.zeros(self.spent.shape[1], np.int64)
        for month in range(len(income)):
            since, of_year = divmod(month, _MONTHS_A_YEAR)
            day = int(month_start(np.array([self.base + month]))[0])
            heads = int(np.count_nonzero(mine & (people["here_from"] <= day) & (people["here_until"] >= day)))
            yuan = _YUAN_A_HEAD[fund] * _GROWTH_PER_THOUSAND**since // 1000**since
            income[month] = heads * yuan * _FEN * parts[of_year] // 1000
        return income


def _add(sums: np.ndarray, at: tuple[np.ndarray, ...], amounts: np.ndarray) -> None:
    """Add amounts at their places; the sums stay far below what a double holds exactly."""
    flat = np.ravel_multi_index(at, sums.shape)
    sums += np.rint(np.bincount(flat, amounts, sums.size)).astype(np.int64).reshape(sums.shape)
