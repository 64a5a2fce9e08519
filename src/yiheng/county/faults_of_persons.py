"""Planted visits that a person cannot or should not have made, and their near misses."""

from __future__ import annotations

from .faults_of_stays import REASONS
from .outpatient import AT_PHARMACY, CHRONIC_CARE
from .places import HOSPITAL, OUTSIDE, PHARMACY, TOWNSHIP, VILLAGE
from .script import Script
from .stays import DIED

_MOST_VISITS, _MOST_PURCHASES = 25, 10
_MOST_FEN = 500_000
_PACKS = 12
# The fourth supply of so many packs in a quarter is more than the county allows to keep.
_SUPPLIES = 3


def visits_after_death(script: Script, faults: int, spares: int) -> None:
    rule = "visit_after_death"
    for n in range(faults + 2 * spares):
        caught = n < faults
        person, day, nights = script.loner(), script.some_day(60), 4
        stay = script.scene(person, day, "I50.9", nights=nights, where=HOSPITAL)
        script.visits[stay]["way"][0] = DIED
        after = nights + 1 + n % 40 if caught else (nights, -1)[n % 2]
        pharmacy = n % 2 and caught
        where, kind = (PHARMACY, AT_PHARMACY) if pharmacy else (TOWNSHIP, CHRONIC_CARE)
        visit = script.scene(person, day + after, "I10", where=where, kind=kind)
        script.charge(visit, "amlodipine", 2)
        why = f"{after - nights} days after the person died" if caught else "no later than the day of death"
        script.claim(rule, caught, visit, why)


def visits_during_stay(script: Script, faults: int, spares: int) -> None:
    rule = "visit_during_stay"
    for n in range(faults + 2 * spares):
        caught, nights = n < faults, 6
        found = script.sure_extra(nights)
        script.scene(*found, REASONS[n % len(REASONS)], nights=nights, where=HOSPITAL)
        after = 1 + n % (nights - 1) if caught else (0, nights)[n % 2]
        where, kind = ((PHARMACY, AT_PHARMACY), (TOWNSHIP, CHRONIC_CARE))[n % 2]
        visit = script.scene(found[0], found[1] + after, "I10", where=where, kind=kind)
        script.charge(visit, "amlodipine", 2)
        script.claim(rule, caught, visit, "within a stay elsewhere" if caught else "on the first or last day of a stay")


def two_places(script: Script, faults: int, spares: int) -> None:
    rule = "far_places_same_day"
    for n in range(faults + 2 * spares):
        caught, together = n < faults, n % 2
        person, day = script.sure_extra(1)
        script.scene(person, day, where=(TOWNSHIP, VILLAGE)[together])
        later, where = (0, OUTSIDE) if caught else ((0, HOSPITAL) if together else (1, OUTSIDE))
        visit = script.scene(person, day + later, where=where)
        script.charge(visit, "amoxicillin", 1)
        why = "treated in the county and outside on one day" if caught else "on another day or in the county both times"
        script.claim(rule, caught, visit, why)


def too_frequent(script: Script, faults: int, spares: int) -> None:
    """So many visits from the first of January on, each on another day; some more in February do not count."""
    for rule, most, where, kind in (
        ("frequent_visits", _MOST_VISITS, TOWNSHIP, 0),
        ("frequent_purchases", _MOST_PURCHASES, PHARMACY, AT_PHARMACY),
    ):
        for n in range(faults + 2 * spares):
            caught = n < faults
            person, first = script.loner(), script.new_years_day()
            days = [first + after for after in range(most + 1 + n % 3)]
            if not caught:
                days = days[:most] + [first + 31 + after for after in range(2)]
            visits = [script.scene(person, day, where=where, kind=kind) for day in days]
            for visit in visits:
                script.charge(visit, "vitamins", 1)
                script.charge(visit, "cold_granules", 1)
            why = f"{len(visits)} in one month" if caught else f"{most} in one month, the rest in the next"
            also = tuple(visits[most + 1 :]) if caught else ()
            script.claim(rule, caught, visits[most] if caught else visits[-1], why, also=also)


def large_purchases(script: Script, faults: int, spares: int) -> None:
    rule = "large_purchase"
    for n in range(faults + 2 * spares):
        caught = n < faults
        visit = script.sure_part(where=PHARMACY, kind=AT_PHARMACY)
        script.charge(visit, "albumin", 10, price=_MOST_FEN // 10)
        if caught:
            script.charge(visit, "vitamins", 1 + n % 3)
        script.claim(rule, caught, visit, "more than 5,000 yuan at once" if caught else "5,000 yuan and no fen more")


def chronic_without_registration(script: Script, faults: int, spares: int) -> None:
    rule = "chronic_without_registration"
    for n in range(faults + 2 * spares):
        caught = n < faults
        person, day = script.loner(), script.some_day(0)
        script.people["chronic"][person] = False
        visit = script.scene(person, day, ("I10", "E11.9")[n % 2], kind=CHRONIC_CARE)
        script.charge(visit, "amlodipine", 2)
        if caught:
            script.unregistered.add(visit)
        why = "chronic care without a registration" if caught else "registered before the first visit"
        script.claim(rule, caught, visit, why)


def hoarded_drugs(script: Script, faults: int, spares: int) -> None:
    rule, item = "hoarded_drug", "metformin"
    places = (TOWNSHIP, HOSPITAL, VILLAGE, HOSPITAL, TOWNSHIP)
    for n in range(faults + 2 * spares):
        caught = n < faults
        person, first = script.loner(), script.new_years_day()
        wanted = _SUPPLIES + 1 + n % 2 if caught else _SUPPLIES
        visits = []
        for turn, where in enumerate(places[:wanted]):
            visit = script.scene(person, first + 5 + 6 * turn, "E11.9", where=where, kind=CHRONIC_CARE)
            script.charge(visit, item, _PACKS)
            visits.append(visit)
        for visit in visits[_SUPPLIES:] if caught else visits[-1:]:
            why = f"supply number {visits.index(visit) + 1} of twelve weeks in one quarter"
            script.claim(rule, caught, visit, why, item)


ALL = (
    visits_after_death,
    visits_during_stay,
    two_places,
    too_frequent,
    large_purchases,
    chronic_without_registration,
    hoarded_drugs,
)
