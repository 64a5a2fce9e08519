"""What happens to rows after they were written, as in every real fund: refunds, late claims, moves, counts.

The rest of the county stays as it is: events add rows, and change named columns of the rows that their labels name.
Whom the script needs for its faults no event touches, but for visits that were entered twice: those are copies of
faults as well, taken back in full.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .columns import Columns, day_number, stream
from .kept import Kept, numbers_of, whole
from .places import KINDS as PLACE_KINDS

HEAD = (
    *("kind", "treatment", "table", "row", "of", "person", "visit"),
    *("happened_on", "fen", "fund_fen", "effect_fen", "why"),
)
# What a system has to do with the rows of each kind.
TREATMENTS = {
    "full_refund": "counts_nowhere",
    "entered_twice": "counts_nowhere",
    "partial_refund": "net_of_refund",
    "reversal": "counts_nowhere",
    "settled_again": "stands",
    "late_claim": "year_of_care",
    "open_stay": "still_in_hospital",
    "unsettled": "not_yet_spent",
    "unknown_total": "fund_counts_total_unknown",
    "unknown_fund": "quarantined",
    "moved_enrolment": "each_for_its_days",
    "overlapping_enrolment": "later_answers",
    "newborn": "enrolled_from_its_own_day",
    "newborn_with_mother": "mother_answers",
    "relatives_account": "part_of_the_person",
    "stocktaking": "no_movement",
}
# Fields of labels, with a value for each row.
Said = Mapping[str, Sequence[Any] | np.ndarray]
# At least so many of each kind, where the county has them.
FEWEST = 2


@dataclass(frozen=True)
class Label:
    """One row that an event made or changed.

    Attributes:
        row: the key of the row, with a bar between its columns.
        of: the row that it takes back, copies or cuts.
        happened_on: the day of the event, counted from the first of January 1970.
        fen: the amount that the kind is about; None where it is unknown or there is none.
        fund_fen: the funds' part in the row; None where it has none or nobody knows it.
        effect_fen: what the row adds to what the funds spent, in the year in which its visit ended.
    """

    kind: str
    table: str
    row: str
    happened_on: int
    why: str
    person: str = ""
    visit: str = ""
    of: str = ""
    fen: int | None = None
    fund_fen: int | None = None
    effect_fen: int = 0

    def as_row(self) -> tuple[str, ...]:
        """As the file of labels tells it."""
        day = str(np.datetime64(self.happened_on, "D"))
        money = ("" if one is None else str(one) for one in (self.fen, self.fund_fen))
        own = (self.kind, TREATMENTS[self.kind], self.table, self.row, self.of, self.person, self.visit)
        return (*own, day, *money, str(self.effect_fen), self.why)


@dataclass
class Scene:
    """What events are drawn from, and what they have made so far.

    Attributes:
        visits: of every visit on disk the position of its person, its place, kind of place, first and last day, and
            whether it is a stay; likewise the whole cost, the covered part, the funds' and the cash.
        years: those of the data.
        busy: persons that the script needs; nothing happens to them.
        used: visits to which something happened.
        spent: what a fund spent more in a month, counted from January 1970.
    """

    seed: int
    kept: Kept
    visits: Columns
    years: tuple[int, ...]
    busy: np.ndarray
    faulty: np.ndarray
    used: np.ndarray
    labels: list[Label] = field(default_factory=list)
    spent: dict[tuple[str, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, seed: int, data: Path, years: tuple[int, ...], actors: np.ndarray, faults: Path) -> Scene:
        kept = Kept(data)
        rows = kept.columns("visit", "visit_id", "person_id", "institution_id", "kind", "began_on", "ended_on")
        places = kept.columns("institution", "institution_id", "kind")
        place = pc.index_in(rows["institution_id"], places["institution_id"]).to_numpy()
        kind_of_place = pc.index_in(places["kind"], pa.array(PLACE_KINDS)).to_numpy()
        paid = whole(kept.columns("settlement", *_PAID), *_PAID)
        visits = {
            "person": numbers_of(rows["person_id"]),
            "place": place,
            "kind_of_place": kind_of_place[place],
            "stay": pc.equal(rows["kind"], "inpatient").to_numpy(),
            "call": pc.is_in(rows["kind"], pa.array(["outpatient", "emergency"])).to_numpy(),
            **whole(rows, "began_on", "ended_on"),
            **paid,
        }
        with faults.open(encoding="utf-8", newline="") as file:
            named = [(row["person"], row["visit"], row["expect"]) for row in csv.DictReader(file)]
        persons = pa.array([person for person, _, _ in named if person], pa.string())
        caught = pa.array([visit for _, visit, expect in named if visit and expect == "catch"], pa.string())
        lines = kept.columns("fee_line", "visit_id", "amount_fen")
        # A line that takes another one back is taken back by nothing: its visit stays as it is.
        less = numbers_of(lines.filter(pc.less(lines["amount_fen"], 0))["visit_id"])
        used = np.isin(np.arange(len(place)), less)
        caught = numbers_of(caught)
        return cls(
            seed,
            kept,
            visits,
            years,
            np.union1d(actors, numbers_of(persons)),
            np.unique(caught[~used[caught]]),
            used,
        )

    @property
    def last(self) -> int:
        """The last day of the data."""
        return day_number(dt.date(self.years[-1], 12, 31))

    def stream(self, kind: str) -> np.random.Generator:
        """The draws of one kind of event alone."""
        return stream(self.seed, f"event {kind}")

    def free(self, which: np.ndarray) -> np.ndarray:
        """Those of these visits to which nothing happened yet, of persons that the script does not need."""
        return np.flatnonzero(which & ~self.used & ~np.isin(self.visits["person"], self.busy))

    def some(self, kind: str, which: np.ndarray, per_ten_thousand: int, spare: int = 1) -> np.ndarray:
        """So many of these visits in ten thousand, drawn; ``spare`` times as many where not every one will do."""
        free = self.free(which)
        many = min(len(free), spare * self.many(len(free), per_ten_thousand))
        return np.sort(self.stream(kind).choice(free, many, replace=False))

    @staticmethod
    def many(of: int, per_ten_thousand: int) -> int:
        """So many in ten thousand, and never fewer than a few."""
        return max(FEWEST, of * per_ten_thousand // 10_000)

    def spend(self, insurance: pa.ChunkedArray, at: np.ndarray, fund: np.ndarray) -> None:
        """Enter what the funds paid at these instants."""
        months = at.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
        for name, month, fen in zip(insurance.to_pylist(), months.tolist(), fund.tolist(), strict=True):
            self.spent[name, month] = self.spent.get((name, month), 0) + fen

    def tell(self, kind: str, table: str, rows: pa.Table, happened: np.ndarray, why: str, said: Said) -> None:
        """Label rows of a table; ``said`` gives the values of further fields of their labels."""
        names = ("person_id", "consortium", "enrolled_from") if table == "enrolment" else (rows.column_names[0],)
        keys = zip(*(rows[name].to_pylist() for name in names), strict=True)
        lists = {name: values.tolist() if isinstance(values, np.ndarray) else values for name, values in said.items()}
        for n, key in enumerate(keys):
            more = {name: values[n] for name, values in lists.items()}
            self.labels.append(Label(kind, table, "|".join(map(str, key)), int(happened[n]), why, **more))

    def write(self, labels: Path) -> dict[str, int]:
        """Write the tables with what happened, the books of the funds, and the labels."""
        _enter_spending(self)
        sizes = self.kept.write()
        labels.parent.mkdir(parents=True, exist_ok=True)
        with labels.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEAD)
            writer.writerows(sorted(label.as_row() for label in self.labels))
        return sizes


_PAID = ("total_fen", "scope_fen", "fund_fen", "cash_fen", "person_fen")


def _enter_spending(scene: Scene) -> None:
    """What was paid or came back by the month: in the funds' spending, and in every balance from then on."""
    flow = scene.kept.columns("fund_flow", "fund", "month_from", "kind", "flow_fen").to_pylist()
    months = [np.datetime64(row["month_from"], "M").astype(np.int64).item() for row in flow]
    for kind, sign in (("spending", 1), ("balance", -1)):
        at = [n for n, row in enumerate(flow) if row["kind"] == kind]
        new = [
            flow[n]["flow_fen"]
            + sign
            * sum(
                fen
                for (fund, month), fen in scene.spent.items()
                if fund == flow[n]["fund"] and (month == months[n] if kind == "spending" else month <= months[n])
            )
            for n in at
        ]
        scene.kept.change("fund_flow", "flow_fen", np.array(at), pa.array(new, pa.int64()))
