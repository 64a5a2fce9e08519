"""Care that has not ended, or is not settled in full, when the data end."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .events import Said, Scene
from .kept import numbers_of, whole
from .places import OUTSIDE

# At any midnight 20 stays a year of 8.4 nights for 100 insured fill 46 beds for 10,000 (figures of this county).
_IN_BED = 46
# Visits outside the county of the last days of which the settlement has not come, or has come without the funds'
# part: of 10,000 insured. Assumptions.
_UNSETTLED, _WITHOUT_FUND = 10, 5
_QUIET_DAYS, _LAST_DAYS, _SINCE_DAYS = 32, 10, 200
_DAY = 86_400_000_000


def _moved_to(rows: pa.Table, name: str, by: np.ndarray) -> pa.Array:
    """Days or instants of rows, each moved by so many days."""
    column = rows[name].combine_chunks()
    if pa.types.is_date(column.type):
        return pa.array((whole(rows, name)[name] + by).astype(np.int32)).cast(pa.date32())
    return pa.array(whole(rows, name)[name] + by * _DAY).cast(column.type)


def _lately_quiet(scene: Scene) -> np.ndarray:
    """Persons who are enrolled to the last day, were not seen in the last weeks, and are not needed by the script."""
    visits = scene.visits
    seen = np.zeros(scene.kept.size("person"), np.int64)
    np.maximum.at(seen, visits["person"], visits["ended_on"])
    enrolled = scene.kept.columns("enrolment", "person_id", "enrolled_until")
    until = whole(enrolled, "enrolled_until")["enrolled_until"]
    stays = np.isin(np.arange(len(seen)), numbers_of(enrolled["person_id"])[until == scene.last])
    stays &= seen <= scene.last - _QUIET_DAYS
    stays[scene.busy] = False
    return stays


def _copies(scene: Scene, chosen: np.ndarray, began: np.ndarray, open_end: bool, settled: pa.Array) -> pa.Table:
    """Visits like those chosen, that begin on other days, with their diagnoses and lines until the data end."""
    visits = scene.kept.rows("visit", chosen)
    by = began - scene.visits["began_on"][chosen]
    ids = scene.kept.ids("visit", len(chosen))
    ended = pa.nulls(len(chosen), pa.date32()) if open_end else _moved_to(visits, "ended_on", by)
    way = {"discharge_way": pa.nulls(len(chosen), pa.string())} if open_end else {}
    new = scene.kept.add(
        "visit", visits, visit_id=ids, began_on=_moved_to(visits, "began_on", by), ended_on=ended, **way
    )
    for table in ("diagnosis", "fee_line"):
        rows = scene.kept.where(table, "visit_id", visits["visit_id"].combine_chunks())
        place = pc.index_in(rows["visit_id"].combine_chunks(), visits["visit_id"].combine_chunks())
        changed = {"visit_id": ids.take(place)}
        if table == "fee_line":
            at = _moved_to(rows, "occurred_at", by[place.to_numpy()])
            inside = pa.array(at.cast(pa.int64()).to_numpy() // _DAY <= scene.last)
            rows, at, place = rows.filter(inside), at.filter(inside), place.filter(inside)
            changed = {
                "line_id": scene.kept.ids(table, len(rows)),
                "visit_id": ids.take(place),
                "settlement_id": settled.take(place),
                "occurred_at": at,
            }
        scene.kept.add(table, rows, **changed)
    return new


def open_stays(scene: Scene) -> None:
    """People who are still in hospital on the last day: admitted, charged, not discharged, not settled."""
    rng, visits = scene.stream("open_stay"), scene.visits
    quiet = _lately_quiet(scene)
    nights = visits["ended_on"] - visits["began_on"]
    lately = np.zeros(len(quiet), bool)
    lately[visits["person"][visits["stay"] & (visits["ended_on"] > scene.last - _SINCE_DAYS)]] = True
    fits = visits["stay"] & (nights > 2) & quiet[visits["person"]] & ~lately[visits["person"]] & ~scene.used
    fits &= ~np.isin(np.arange(len(nights)), _special_stays(scene))
    # The last stay of each person is the one that is alike.
    rows = np.flatnonzero(fits)
    _, last_of = np.unique(visits["person"][rows][::-1], return_index=True)
    rows = rows[len(rows) - 1 - last_of]
    many = min(len(rows), scene.many(scene.kept.size("person"), _IN_BED))
    chosen = np.sort(rng.choice(rows, many, replace=False))
    began = scene.last - rng.integers(0, nights[chosen])
    new = _copies(scene, chosen, began, True, pa.nulls(len(chosen), pa.string()))
    scene.busy = np.union1d(scene.busy, visits["person"][chosen])
    who: Said = {"person": new["person_id"].to_pylist(), "visit": new["visit_id"].to_pylist()}
    scene.tell("open_stay", "visit", new, began, "admitted and not discharged when the data end", who)


def _special_stays(scene: Scene) -> np.ndarray:
    """Stays that did not end at home, or were planned."""
    rows = scene.kept.columns("visit", "discharge_way", "planned_course")
    special = pc.or_(pc.not_equal(pc.fill_null(rows["discharge_way"], ""), "home"), rows["planned_course"])
    return np.flatnonzero(special.to_numpy())


def _calls(scene: Scene, kind: str, per_ten_thousand: int) -> tuple[np.ndarray, np.ndarray]:
    """Visits outside the county of people who were not seen lately, and a day for another one among the last."""
    rng, visits = scene.stream(kind), scene.visits
    fits = visits["call"] & (visits["kind_of_place"] == OUTSIDE) & _lately_quiet(scene)[visits["person"]] & ~scene.used
    rows = np.flatnonzero(fits)
    _, first_of = np.unique(visits["person"][rows], return_index=True)
    rows = rows[first_of]
    many = min(len(rows), scene.many(scene.kept.size("person"), per_ten_thousand))
    chosen = np.sort(rng.choice(rows, many, replace=False))
    scene.busy = np.union1d(scene.busy, visits["person"][chosen])
    return chosen, scene.last - rng.integers(0, _LAST_DAYS, len(chosen))


def unsettled_visits(scene: Scene) -> None:
    """Visits of the last days that were charged and not settled: nobody knows yet what the funds will pay."""
    chosen, day = _calls(scene, "unsettled", _UNSETTLED)
    new = _copies(scene, chosen, day, False, pa.nulls(len(chosen), pa.string()))
    who: Said = {"person": new["person_id"].to_pylist(), "visit": new["visit_id"].to_pylist()}
    scene.tell("unsettled", "visit", new, day, "charged, and not settled when the data end", who)


def settled_without_fund(scene: Scene) -> None:
    """Settlements that came with their total and without the funds' part."""
    chosen, day = _calls(scene, "unknown_fund", _WITHOUT_FUND)
    new = _copies(scene, chosen, day, False, pa.nulls(len(chosen), pa.string()))
    paid = scene.kept.rows("settlement", chosen)
    money = [name for name in paid.column_names if name.endswith("_fen") and name not in ("total_fen", "scope_fen")]
    rows = scene.kept.add(
        "settlement",
        paid,
        settlement_id=scene.kept.ids("settlement", len(paid)),
        visit_id=new["visit_id"].combine_chunks(),
        settled_at=_moved_to(paid, "settled_at", day - scene.visits["began_on"][chosen]),
        **{name: pa.nulls(len(paid), pa.int64()) for name in money},
    )
    who: Said = {"person": new["person_id"].to_pylist(), "visit": new["visit_id"].to_pylist()}
    fen, why = whole(paid, "total_fen")["total_fen"], "the funds' part has not come"
    scene.tell("unknown_fund", "settlement", rows, day, why, {**who, "fen": fen})


ALL = (open_stays, unsettled_visits, settled_without_fund)
