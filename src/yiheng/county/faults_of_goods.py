"""Planted sales: before a dark camera, without a trace code, with one sold before, of what was never bought."""

from __future__ import annotations

import numpy as np

from .goods import ELSEWHERE, NO_PRESCRIPTION, NO_TRACE, NOT_BOUGHT
from .outpatient import AT_PHARMACY, FILLED_WITHIN
from .places import HOSPITAL, PHARMACY
from .script import Note, Script
from .upkeep import EVENING

_EVENING = 20 * 3600
_BEFORE_DARK = 18 * 3600
_UNTIL_SETTLED = 300
_MORE_THAN_A_MONTH = 40
_AFTERNOON = 15 * 3600
_A_DAY = 24 * 3600
_NIGHTS = 5
_MANY_PERSONS = 4


def _sale(script: Script, place: int = -1, room: int = 0) -> tuple[int, int, int]:
    """A purchase of an extra: its visit, the person, the day."""
    person, day = script.sure_extra(room)
    at = script.near(person, PHARMACY) if place < 0 else place
    return script.scene(person, day, place=at, kind=AT_PHARMACY), person, day


def sales_in_the_dark(script: Script, faults: int, spares: int) -> None:
    rule = "camera_off_at_sale"
    for n in range(faults + 2 * spares):
        caught = n < faults
        visit, _, day = _sale(script)
        place = int(script.visits[visit]["place"][0])
        second = (_EVENING if caught else _BEFORE_DARK) + 60 * (n % 5)
        script.charge(visit, "cold_granules", 1 + n % 3, 0, second)
        script.visits[visit]["settled"][0] = second + _UNTIL_SETTLED
        script.dark.add((place, day))
        why = (
            "sold in the evening while the camera was off" if caught else "sold before the camera went off that evening"
        )
        script.claim(rule, caught, visit, why)


def codes_sold_twice(script: Script, faults: int, spares: int) -> None:
    """A pack is sold again elsewhere; it is no fault when it was brought back in between."""
    rule, item = "trace_code_twice", "traced_drug"
    for n in range(faults + 2 * spares):
        caught, trace = n < faults, n + 1
        first, person, day = _sale(script, room=3)
        script.charge(first, item, 1, trace=trace)
        place = int(script.visits[first]["place"][0])
        if not caught:
            script.charge(first, item, 1, 0, _AFTERNOON)
            script.charge(first, item, -1, 0, _AFTERNOON + 60, trace=trace)
        shops = script.places.of(PHARMACY)
        elsewhere = int(shops[(list(shops).index(place) + 1) % len(shops)]) if caught else place
        again = script.scene(person, day + 2, place=elsewhere, kind=AT_PHARMACY)
        script.charge(again, item, 1, trace=trace)
        why = "a pack that was sold before" if caught else "a pack that was brought back before it was sold again"
        script.claim(rule, caught, again, why, item)


def missing_codes(script: Script, faults: int, spares: int) -> None:
    rule, item = "trace_code_missing", "traced_drug"
    for n in range(faults + 2 * spares):
        caught = n < faults
        visit, *_ = _sale(script)
        script.charge(visit, item, 1 + n % 2, trace=NO_TRACE if caught else 0)
        script.claim(rule, caught, visit, "sold without a trace code" if caught else "sold with a trace code", item)


def never_bought(script: Script, faults: int, spares: int) -> None:
    """Each in a month and at a place of its own, since goods are counted by batch."""
    for rule, item in (("sold_more_than_bought", "short_drug"), ("consumable_more_than_bought", "short_kit")):
        used: set[tuple[int, int]] = set()
        for n in range(faults + 2 * spares):
            caught = n < faults
            person, day, place = _free_batch(script, used)
            visit = script.scene(person, day, place=place, kind=AT_PHARMACY)
            script.charge(visit, item, 2 + n % 3, trace=NOT_BOUGHT if caught else 0)
            why = "sold though none was bought" if caught else "sold as many as were bought"
            script.claim(rule, caught, visit, why, item)


def _free_batch(script: Script, used: set[tuple[int, int]]) -> tuple[int, int, int]:
    while True:
        person, day = script.sure_extra(0)
        place, month = script.near(person, PHARMACY), day // _MORE_THAN_A_MONTH
        if (place, month) not in used:
            used |= {(place, month + step) for step in (-1, 0, 1)}
            return person, day, place


def without_prescription(script: Script, faults: int, spares: int) -> None:
    rule = "sold_without_prescription"
    for n in range(faults + 2 * spares):
        caught = n < faults
        item = "traced_drug" if caught or n % 2 else "cold_granules"
        visit, *_ = _sale(script)
        script.charge(visit, item, 1 + n % 2, trace=NO_PRESCRIPTION if caught or item == "cold_granules" else 0)
        why = "sold without the number of a prescription"
        near = "sold on a prescription" if item == "traced_drug" else "needs no prescription"
        script.claim(rule, caught, visit, why if caught else near, item)


def prescriptions_of_nobody(script: Script, faults: int, spares: int) -> None:
    """Bought by people whom nobody sees but as the script says."""
    rule, item = "prescription_without_visit", "traced_drug"
    for n in range(faults + 2 * spares):
        caught, person, day = n < faults, script.loner(), script.some_day(FILLED_WITHIN + 2)
        bought = day + FILLED_WITHIN + caught
        if caught and n % 2:
            bought = day
            script.scene(person, bought + 1)
        elif n % 3:
            script.scene(person, day)
        else:
            script.scene(person, day - _NIGHTS, nights=_NIGHTS, where=HOSPITAL)
        visit = script.scene(person, bought, place=script.near(person, PHARMACY), kind=AT_PHARMACY)
        script.charge(visit, item, 1, trace=ELSEWHERE)
        why = "nobody had seen the person for so long" if caught else "seen, or home from hospital, just lately enough"
        script.claim(rule, caught, visit, why, item)


def dark_days(script: Script, faults: int, spares: int) -> None:
    """Planted last: at places and on days on which the script sells nothing."""
    rule = "camera_dark"
    busy = {(int(visit["place"][0]), int(visit["began"][0])) for visit in script.visits}
    shops = script.places.of(PHARMACY)
    for n in range(faults + 2 * spares):
        caught = n < faults
        while True:
            place, day = int(script.rng.choice(shops)), script.some_day(10)
            near = {(place, day + step) for step in range(-2, 4)}
            if not near & busy and not near & script.outages.keys() and not near & script.dark:
                break
        script.outages[place, day] = _A_DAY + (1 + n % 3600 if caught else 0)
        why = "off for more than a day" if caught else "off for a day and no second more"
        about = f"{np.datetime64(day, 'D')} {np.datetime64(EVENING, 's').item():%H:%M:%S}"
        script.notes.append(Note(rule, caught, why, about, place=place))


def proxies(script: Script, faults: int, spares: int) -> None:
    """Four people at one shop on one day: one buyer for all of them, or another one for the fourth."""
    rule = "proxy_for_many"
    for n in range(faults + 2 * spares):
        caught = n < faults
        members, day = script.troupe(_MANY_PERSONS, 0)
        place = script.near(members[0], PHARMACY)
        for turn, person in enumerate(members):
            visit = script.scene(person, day, place=place, kind=AT_PHARMACY)
            script.charge(visit, "cold_granules", 1 + turn)
            alone = not caught and turn == _MANY_PERSONS - 1
            script.proxies[visit] = 2 * n + alone
            why = "one of four for whom one proxy bought" if caught else "one proxy for three, another for the fourth"
            script.claim(rule, caught, visit, why)


ALL = (
    *(sales_in_the_dark, codes_sold_twice, missing_codes, never_bought),
    *(without_prescription, prescriptions_of_nobody, proxies),
)
