"""What each visit is charged: fee lines in whole fen, priced by place, year and severity."""

from __future__ import annotations

import numpy as np

from .catalogue import (
    CHRONIC_DRUGS,
    COVERED_PERCENT,
    FREE_TESTS,
    HERB_GRAMS_STEP,
    HERBS,
    IS_SERVICE,
    ITEM_SEX,
    NARROWER_TESTS,
    NUMBER,
    ONE,
    PRICE,
    STAY_DRUGS,
    STAY_TESTS,
    STEP,
    TREATMENTS,
    VISIT_DRUGS,
    VISIT_TESTS,
    WIDER_TESTS,
    numbers,
)
from .columns import Columns, between, month_number, rows_in, skewed, spread, stack, take
from .illnesses import DEAREST, GIVEN, SURGERY, WITH_IMPLANT
from .outpatient import AT_PHARMACY, CHRONIC_CARE
from .places import PHARMACY, TOWNSHIP, VILLAGE
from .stays import INPATIENT

FEN_IN_PRODUCT = 100_000_000
# A stay of a resident cost 8,129 yuan in 2022 and 7,339 in 2025 ([series], [insurance] of figures.yaml): prices did not
# grow. The county keeps a little growth, so that what a policy says of growth is seen at work.
GROWTH_PER_THOUSAND = 1010
# Thousandths of the listed price by kind of place: hospital, township, village, pharmacy, outside.
_SERVICE_LEVEL = np.array([1060, 950, 550, 500, 1950])
_STAY_GOODS_LEVEL = np.array([1350, 1200, 500, 500, 3000])
_VISIT_GOODS_LEVEL = np.array([2700, 1200, 750, 1100, 4800])

# What a bare visit is charged.
_LEAST = numbers("bed", "nurse_two", "round", "consult")

_OPENS, _CLOSES = 8 * 3600, 17 * 3600
_MINUTE = 60


def _lines(
    visit: np.ndarray,
    item: np.ndarray | int,
    units: np.ndarray | int,
    day: np.ndarray,
    second: np.ndarray | int,
) -> Columns:
    """Lines of whole units; herbs bring their own quantity."""
    size = len(visit)
    return {
        "visit": visit.astype(np.int64),
        "item": np.broadcast_to(np.asarray(item, np.int16), size),
        "quantity": np.broadcast_to(np.asarray(units, np.int64) * ONE, size),
        "day": np.broadcast_to(np.asarray(day, np.int32), size),
        "second": np.broadcast_to(np.asarray(second, np.int32), size),
    }


def _some_second(rng: np.random.Generator, size: int) -> np.ndarray:
    return rng.integers(_OPENS, _CLOSES, size)


def _daily(stays: Columns, item: np.ndarray | int, from_day: np.ndarray, second: int) -> Columns:
    """One unit on each day that ends in a night, starting ``from_day`` days after admission."""
    nights = stays["ended"] - stays["began"]
    owner, turn = spread(nights - from_day)
    chosen = np.broadcast_to(np.asarray(item), len(nights))[owner]
    return _lines(owner, chosen, 1, (stays["began"] + from_day)[owner] + turn, second)


def _bed_and_care(rng: np.random.Generator, stays: Columns) -> list[Columns]:
    scripted = stays["script"] >= 0
    intensive = stays["intensive"].astype(np.int64)
    grades = np.array([NUMBER["nurse_one"], NUMBER["nurse_two"], NUMBER["nurse_three"]])
    grade = grades[rng.integers(0, len(grades), len(intensive))]
    # Intensive care holds bed and nursing in itself, so the ordinary ward begins a day later.
    night = np.flatnonzero(intensive)
    rounds = np.arange(len(intensive))
    return [
        _daily(stays, NUMBER["bed"], intensive, _OPENS),
        _daily(stays, np.where(scripted, NUMBER["nurse_two"], grade), intensive, _OPENS + _MINUTE),
        _lines(night, NUMBER["icu"], 1, stays["began"][night], _OPENS),
        _lines(night, NUMBER["nurse_special"], 1, stays["began"][night], _OPENS + _MINUTE),
        _lines(rounds, NUMBER["round"], stays["ended"] - stays["began"], stays["ended"], _OPENS),
    ]


def _stay_tests(rng: np.random.Generator, stays: Columns) -> Columns:
    owner, _ = spread(between(rng, 2, 4, rows_in(stays)))
    scripted = stays["script"][owner] >= 0
    test = STAY_TESTS[rng.integers(0, np.where(scripted, len(FREE_TESTS), len(STAY_TESTS)))]
    nights = (stays["ended"] - stays["began"])[owner]
    offset = between(rng, 0, nights, len(owner))
    offset = np.where(np.isin(test, WIDER_TESTS), 1, offset)
    offset = np.where(np.isin(test, NARROWER_TESTS), 0, offset)
    return _lines(owner, test, 1, stays["began"][owner] + offset, _some_second(rng, len(owner)))


def _stay_drugs(rng: np.random.Generator, stays: Columns) -> list[Columns]:
    """Drugs of the ward; a few are brought back on the day of discharge."""
    owner, _ = spread(between(rng, 2, 4, rows_in(stays)))
    size = len(owner)
    nights = (stays["ended"] - stays["began"])[owner]
    drug = STAY_DRUGS[rng.integers(0, len(STAY_DRUGS), size)]
    units = between(rng, 1, nights, size)
    units = np.where(drug == NUMBER["albumin"], 1 + units // 6, units)
    given = _lines(owner, drug, units, stays["began"][owner] + between(rng, 0, nights, size), _some_second(rng, size))
    ended = stays["ended"][owner]
    back = (rng.integers(0, 1000, size) < 6) & (stays["script"][owner] < 0)
    # A batch lasts a month, and what is brought back belongs to the batch that was sold.
    back &= month_number(given["day"]) == month_number(ended)
    taken_back = take(given, back)
    taken_back["quantity"] = -taken_back["quantity"]
    taken_back["day"] = ended[back]
    taken_back["second"] = np.full(int(back.sum()), _CLOSES)
    return [given, taken_back, _herbs(rng, np.flatnonzero(rng.integers(0, 100, rows_in(stays)) < 12), stays)]


def _herbs(rng: np.random.Generator, rows: np.ndarray, visits: Columns) -> Columns:
    owner, turn = spread(between(rng, 2, 4, len(rows)))
    lines = _lines(rows[owner], HERBS[turn], 1, visits["began"][rows[owner]], 9 * 3600)
    lines["quantity"] = between(rng, 12, 60, len(owner)) * HERB_GRAMS_STEP
    return lines


def _stay_care(rng: np.random.Generator, stays: Columns) -> list[Columns]:
    """Treatments by course and by the hour, and what the illness itself asks for."""
    owner, _ = spread(between(rng, 1, 2, rows_in(stays)))
    nights = stays["ended"] - stays["began"]
    treatment = TREATMENTS[rng.integers(0, len(TREATMENTS), len(owner))]
    units = between(rng, 1, nights[owner], len(owner))
    unscripted = np.flatnonzero(stays["script"] < 0)
    monitored, breathing = (unscripted[rng.integers(0, 100, len(unscripted)) < percent] for percent in (30, 25))
    days = np.minimum(nights, 3)
    return [
        _lines(owner, treatment, units, stays["began"][owner], _some_second(rng, len(owner))),
        _lines(monitored, NUMBER["monitor"], days[monitored] * 20, stays["began"][monitored], _CLOSES),
        _lines(breathing, NUMBER["oxygen"], nights[breathing] * 9, stays["ended"][breathing], _OPENS),
    ]


def _surgery(rng: np.random.Generator, stays: Columns) -> list[Columns]:
    rows = np.flatnonzero(stays["operation"] >= 0)
    operation = stays["operation"][rows]
    day = operated_on(stays)[rows]
    implanted = WITH_IMPLANT[operation]
    return [
        _lines(rows, SURGERY[operation], 1, day, 10 * 3600),
        _lines(rows, NUMBER["anaesthesia"], 1, day, 10 * 3600),
        _lines(rows, NUMBER["suture"], between(rng, 1, 3, len(rows)), day, 11 * 3600),
        _lines(rows[implanted], NUMBER["implant"], 1, day[implanted], 11 * 3600),
    ]


def operated_on(stays: Columns) -> np.ndarray:
    """The day of an operation: the second day of the stay."""
    return stays["began"] + 1


def _given_for_illness(people: Columns, visits: Columns) -> Columns:
    """The drug or treatment that belongs to the main diagnosis, where it befits the person's sex."""
    item = GIVEN[visits["illness"]]
    sex = people["sex"][visits["person"]]
    rows = np.flatnonzero((item >= 0) & ((ITEM_SEX[item] < 0) | (ITEM_SEX[item] == sex)))
    return _lines(rows, item[rows], 1, visits["began"][rows], 10 * 3600)


def stay_lines(rng: np.random.Generator, stays: Columns) -> Columns:
    lines = _bed_and_care(rng, stays)
    lines += [_stay_tests(rng, stays), *_stay_drugs(rng, stays)]
    lines += [*_stay_care(rng, stays), *_surgery(rng, stays)]
    return stack(lines)


def visit_lines(rng: np.random.Generator, visits: Columns, place_kind: np.ndarray) -> Columns:
    """One to three lines of a visit without a bed."""
    size = rows_in(visits)
    where = place_kind[visits["place"]]
    second = _some_second(rng, size)
    seen = np.flatnonzero(where != PHARMACY)
    chance = np.where(where == TOWNSHIP, 35, 55)
    tested = np.flatnonzero((where != PHARMACY) & (where != VILLAGE) & (rng.integers(0, 100, size) < chance))
    test = VISIT_TESTS[rng.integers(0, len(VISIT_TESTS), len(tested))]
    wanted = np.where(visits["kind"] == AT_PHARMACY, 150, np.where(visits["kind"] == CHRONIC_CARE, 180, 75))
    owner, _ = spread((wanted + rng.integers(0, 100, size)) // 100)
    chronic = visits["kind"][owner] == CHRONIC_CARE
    drawn = rng.integers(0, 1 << 20, len(owner))
    drug = np.where(chronic, CHRONIC_DRUGS[drawn % len(CHRONIC_DRUGS)], VISIT_DRUGS[drawn % len(VISIT_DRUGS)])
    units = np.where(chronic, between(rng, 2, 4, len(owner)), between(rng, 1, 3, len(owner)))
    return stack(
        [
            _lines(seen, NUMBER["consult"], 1, visits["began"][seen], second[seen]),
            _lines(tested, test, 1, visits["began"][tested], second[tested] + _MINUTE),
            _lines(owner, drug, units, visits["began"][owner], second[owner] + 2 * _MINUTE),
        ]
    )


def charge(
    rng: np.random.Generator,
    visits: Columns,
    people: Columns,
    place_kind: np.ndarray,
    since: int,
    written: Columns,
) -> Columns:
    """All lines of a year's visits, in order of visit and time, with price, amount and covered part.

    ``written`` are lines that the script of planted faults adds, already in the same columns.
    """
    stays = np.flatnonzero(visits["kind"] == INPATIENT)
    others = np.flatnonzero(visits["kind"] != INPATIENT)
    parts = []
    for rows, lines in (
        (stays, stay_lines(rng, take(visits, stays))),
        (others, visit_lines(rng, take(visits, others), place_kind)),
    ):
        lines["visit"] = rows[lines["visit"]]
        parts.append(lines)
    ordinary = stack([*parts, _given_for_illness(people, visits)])
    spare = visits["bare"][ordinary["visit"]]
    spare |= visits["skimped"][ordinary["visit"]] & IS_SERVICE[ordinary["item"]]
    spare[spare] = ~np.isin(ordinary["item"][spare], _LEAST)
    ordinary = take(ordinary, ~spare)
    nothing = np.zeros(rows_in(ordinary), np.int32)
    lines = stack([ordinary | {"set_price": nothing, "trace": nothing}, written])
    days_after = lines["day"].astype(np.int64) - int(visits["began"].min()) + 512
    order = np.argsort((lines["visit"] << 33) + (days_after << 17) + lines["second"], kind="stable")
    lines = take(lines, order)
    size, bedded = rows_in(visits), visits["kind"] == INPATIENT
    severity = np.where(bedded, skewed(rng, size, 0.9), skewed(rng, size, 0.55))
    severity = np.minimum(severity, DEAREST[visits["illness"]])
    return _priced(lines, visits, place_kind, severity, since)


def _priced(lines: Columns, visits: Columns, place_kind: np.ndarray, severity: np.ndarray, since: int) -> Columns:
    visit, item = lines["visit"], lines["item"]
    where = place_kind[visits["place"][visit]]
    bedded = visits["kind"][visit] == INPATIENT
    goods = np.where(bedded, _STAY_GOODS_LEVEL[where], _VISIT_GOODS_LEVEL[where]) * severity[visit] // 1000
    level = np.where(IS_SERVICE[item], _SERVICE_LEVEL[where], goods)
    growth = GROWTH_PER_THOUSAND**since * 1000 // 1000**since
    steps = np.maximum(PRICE[item] * level // 1000 * growth // 1000, 1)
    steps = np.where(lines["set_price"] > 0, lines["set_price"], steps)
    lines["price"] = steps * STEP[item]
    lines["amount"] = lines["quantity"] * lines["price"] // FEN_IN_PRODUCT
    covered = np.abs(lines["amount"]) * COVERED_PERCENT[item] // 100
    lines["scope"] = np.sign(lines["amount"]) * covered
    return lines
