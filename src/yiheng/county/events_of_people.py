"""Who belongs where: people who move to another consortium, are enrolled in two at once, or some weeks after birth."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .catalogue import ONE
from .columns import day_number
from .events import Scene
from .kept import numbers_of, whole
from .people import INSURANCES
from .places import CONSORTIA, TOWN_CONSORTIUM
from .settle import settle
from .stays import INPATIENT
from .write import decimals

# Of ten thousand enrolments of a year; and of ten thousand births, those of which the child was treated under the
# number of the mother before it was enrolled. Assumptions: nobody publishes them.
_MOVED, _OVERLAPPING, _UNDER_MOTHER = 50, 20, 3500
_SETTLED_IN, _ENROLLED_AFTER = (60, 300), (10, 61)
_NIGHTS = 3
_MORNING, _EVENING, _DAY = 10 * 3600, 17 * 3600, 86_400
# What a newborn gets of what the mother got: ward care, and some treatment or test beyond it.
_WARD = ("YHS110001", "YHS110005", "YHS110007")
_BEYOND = ("YHS120002", "YHS120003", "YHS120004", "YHS220001", "YHS220002", "YHS220003", "YHS220004")
_JAUNDICE = ("P59.9", "新生儿黄疸")
_BIRTH = "O8"


def _days(numbers: np.ndarray) -> pa.Array:
    return pa.array(numbers.astype(np.int32)).cast(pa.date32())


def _instants(day: np.ndarray, second: int) -> pa.Array:
    return pa.array((day * _DAY + second) * 1_000_000).cast(pa.timestamp("us"))


def _same(value: object, size: int) -> pa.Array:
    return pa.array([value] * size)


def _to_another(scene: Scene, kind: str, per_ten_thousand: int, why: str) -> None:
    """Enrolments of whole years with one in the other consortium from a day within the year on."""
    rng = scene.stream(kind)
    spans = scene.kept.columns("enrolment", "person_id", "consortium", "enrolled_from", "enrolled_until")
    person, days = numbers_of(spans["person_id"]), whole(spans, "enrolled_from", "enrolled_until")
    full = days["enrolled_until"] - days["enrolled_from"] >= 364
    rows = np.flatnonzero(full & ~np.isin(person, scene.busy))
    many = min(len(rows), scene.many(len(rows), per_ten_thousand))
    chosen = np.sort(rng.choice(rows, many, replace=False))
    scene.busy = np.union1d(scene.busy, person[chosen])
    old = scene.kept.rows("enrolment", chosen)
    since = days["enrolled_from"][chosen] + rng.integers(*_SETTLED_IN, many)
    other = 1 - pc.index_in(old["consortium"].combine_chunks(), pa.array(CONSORTIA)).to_numpy()
    new = scene.kept.add(
        "enrolment",
        old,
        consortium=pa.array(CONSORTIA).take(pa.array(other)),
        institution_id=_townships(scene).take(pa.array(np.array(_FIRST_TOWN)[other])),
        family_doctor=pa.nulls(many, pa.string()),
        enrolled_from=_days(since),
    )
    if kind == "moved_enrolment":
        scene.kept.change("enrolment", "enrolled_until", chosen, _days(since - 1))
    keys = zip(*(old[name].to_pylist() for name in ("person_id", "consortium", "enrolled_from")), strict=True)
    of = ["|".join(map(str, key)) for key in keys]
    scene.tell(kind, "enrolment", new, since, why, {"of": of, "person": old["person_id"].to_pylist()})


_FIRST_TOWN = tuple(int(np.flatnonzero(number == TOWN_CONSORTIUM)[0]) for number in range(len(CONSORTIA)))


def _townships(scene: Scene) -> pa.Array:
    """The township centres in the order of their towns."""
    places = scene.kept.columns("institution", "institution_id", "kind")
    return places.filter(pc.equal(places["kind"], "township"))["institution_id"].combine_chunks()


def moved_enrolments(scene: Scene) -> None:
    """People who move to the other consortium within the year: the old enrolment ends on the day before."""
    _to_another(scene, "moved_enrolment", _MOVED, "moved to the other consortium within the year")


def overlapping_enrolments(scene: Scene) -> None:
    """People whom the other consortium enrolled while the old enrolment was left open."""
    _to_another(scene, "overlapping_enrolment", _OVERLAPPING, "enrolled elsewhere, and the old enrolment was not ended")


def newborns(scene: Scene) -> None:
    """Children who are enrolled some weeks after birth, and were treated under their mother's number until then."""
    rng, visits = scene.stream("newborn"), scene.visits
    told = scene.kept.columns("diagnosis", "visit_id", "code", "is_main")
    births = told.filter(pc.and_(told["is_main"], pc.starts_with(told["code"], _BIRTH)))
    birth = np.isin(np.arange(len(visits["stay"])), numbers_of(births["visit_id"])) & visits["stay"]
    birth &= visits["ended_on"] - visits["began_on"] > _NIGHTS
    birth &= visits["began_on"] < scene.last - _ENROLLED_AFTER[1]
    treated = scene.kept.where("fee_line", "visit_id", births["visit_id"].combine_chunks())
    treated = treated.filter(pc.is_in(treated["item_code"], pa.array(_BEYOND)))
    birth &= np.isin(np.arange(len(birth)), numbers_of(treated["visit_id"]))
    chosen = scene.some("newborn", birth, _UNDER_MOTHER)
    scene.used[chosen] = True
    mothers, born = scene.kept.rows("visit", chosen), visits["began_on"][chosen] + 1
    _enrol(scene, _children(scene, rng, mothers, born), mothers, born + rng.integers(*_ENROLLED_AFTER, len(chosen)))
    _treat(scene, mothers, chosen, born)


def _children(scene: Scene, rng: np.random.Generator, mothers: pa.Table, born: np.ndarray) -> pa.Table:
    size = len(mothers)
    return scene.kept.add(
        "person",
        scene.kept.rows("person", numbers_of(mothers["person_id"])),
        person_id=scene.kept.ids("person", size),
        sex=pa.array(["male", "female"]).take(pa.array(rng.integers(0, 2, size))),
        born_on=_days(born),
        insurance=_same("resident", size),
        person_kind=_same("14", size),
        low_income=_same(False, size),
    )


def _enrol(scene: Scene, children: pa.Table, mothers: pa.Table, since: np.ndarray) -> None:
    """One span a year from the day of enrolment on, where the mother is enrolled."""
    home = scene.kept.where("enrolment", "person_id", mothers["person_id"].combine_chunks())
    home = home.take(pc.index_in(mothers["person_id"].combine_chunks(), home["person_id"].combine_chunks()))
    for year in scene.years:
        first, last = (day_number(dt.date(year, *day)) for day in ((1, 1), (12, 31)))
        here = pa.array(since <= last)
        begins = since[since <= last]
        new = scene.kept.add(
            "enrolment",
            home.filter(here),
            person_id=children["person_id"].combine_chunks().filter(here),
            enrolled_from=_days(np.maximum(begins, first)),
            enrolled_until=_days(np.full(len(begins), last)),
        )
        fresh = new.filter(pa.array(begins >= first))
        why, who = "born in the county, enrolled some weeks later", fresh["person_id"].to_pylist()
        scene.tell("newborn", "enrolment", fresh, begins[begins >= first], why, {"person": who})


def _treat(scene: Scene, mothers: pa.Table, chosen: np.ndarray, born: np.ndarray) -> None:
    """A stay for jaundice under the mother's number, within her own stay."""
    size, ended = len(mothers), born + _NIGHTS - 1
    ids, paid_ids = scene.kept.ids("visit", size), scene.kept.ids("settlement", size)
    new = scene.kept.add(
        "visit", mothers, visit_id=ids, began_on=_days(born), ended_on=_days(ended),
        emergency=_same(False, size), discharge_way=_same("home", size),
    )  # fmt: skip
    scene.kept.add(
        "diagnosis",
        pa.table({"visit_id": ids}),
        kind=_same("western", size),
        ordinal=_same(1, size),
        code=_same(_JAUNDICE[0], size),
        name=_same(_JAUNDICE[1], size),
        is_main=_same(True, size),
        admission_condition=_same("present", size),
    )
    total = _charge(scene, mothers, ids, paid_ids, born)
    hers = scene.kept.rows("settlement", chosen)
    insurance = pc.index_in(hers["insurance"].combine_chunks(), pa.array(INSURANCES)).to_numpy()
    kinds = np.full(size, INPATIENT)
    parts = settle(total, total, kinds, insurance, scene.visits["kind_of_place"][chosen])
    at = _instants(ended, _EVENING)
    paid = scene.kept.add(
        "settlement", hers, settlement_id=paid_ids, visit_id=ids, settled_at=at, total_fen=pa.array(total),
        scope_fen=pa.array(total), **{name: pa.array(part) for name, part in parts.items()},
    )  # fmt: skip
    fund = parts["fund_fen"]
    scene.spend(paid["insurance"], at.cast(pa.int64()).to_numpy(), fund)
    who = {"person": new["person_id"].to_pylist(), "visit": new["visit_id"].to_pylist()}
    why = "a newborn treated under the mother's number during her own stay"
    scene.tell(
        *("newborn_with_mother", "settlement", paid, born, why),
        {**who, "fen": total, "fund_fen": fund, "effect_fen": fund},
    )


def _charge(scene: Scene, mothers: pa.Table, ids: pa.Array, paid_ids: pa.Array, born: np.ndarray) -> np.ndarray:
    """One unit of what mother and child both get, on the first day; gives the totals."""
    lines = scene.kept.where("fee_line", "visit_id", mothers["visit_id"].combine_chunks())
    lines = lines.filter(pc.is_in(lines["item_code"], pa.array(_WARD + _BEYOND)))
    keys = [
        f"{visit} {item}"
        for visit, item in zip(lines["visit_id"].to_pylist(), lines["item_code"].to_pylist(), strict=True)
    ]
    _, first = np.unique(np.array(keys), return_index=True)
    lines = lines.take(pa.array(first))
    place = pc.index_in(lines["visit_id"].combine_chunks(), mothers["visit_id"].combine_chunks())
    fen = np.array([int(price * 100) for price in lines["unit_price"].to_pylist()], np.int64)
    scene.kept.add(
        "fee_line",
        lines,
        line_id=scene.kept.ids("fee_line", len(lines)),
        visit_id=ids.take(place),
        settlement_id=paid_ids.take(place),
        quantity=decimals(np.full(len(lines), ONE, np.int64), "quantity"),
        amount_fen=pa.array(fen),
        scope_fen=pa.array(fen),
        occurred_at=_instants(born, _MORNING).take(place),
    )
    total = np.zeros(len(mothers), np.int64)
    np.add.at(total, place.to_numpy(), fen)
    return total


ALL = (moved_enrolments, overlapping_enrolments, newborns)
