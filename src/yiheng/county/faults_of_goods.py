"""Planted sales: before a dark camera, without a trace code, with one sold before, of what was never bought."""

from __future__ import annotations

from .goods import NO_TRACE, NOT_BOUGHT
from .outpatient import AT_PHARMACY
from .places import PHARMACY
from .script import Script

_EVENING = 20 * 3600
_BEFORE_DARK = 18 * 3600
_UNTIL_SETTLED = 300
_MORE_THAN_A_MONTH = 40
_AFTERNOON = 15 * 3600


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
    rule, item = "sold_more_than_bought", "short_drug"
    used: set[tuple[int, int]] = set()
    for n in range(faults + 2 * spares):
        caught = n < faults
        person, day, place = _free_batch(script, used)
        visit = script.scene(person, day, place=place, kind=AT_PHARMACY)
        script.charge(visit, item, 2 + n % 3, trace=NOT_BOUGHT if caught else 0)
        script.claim(
            rule, caught, visit, "sold though none was bought" if caught else "sold as many as were bought", item
        )


def _free_batch(script: Script, used: set[tuple[int, int]]) -> tuple[int, int, int]:
    while True:
        person, day = script.sure_extra(0)
        place, month = script.near(person, PHARMACY), day // _MORE_THAN_A_MONTH
        if (place, month) not in used:
            used |= {(place, month + step) for step in (-1, 0, 1)}
            return person, day, place


ALL = (sales_in_the_dark, codes_sold_twice, missing_codes, never_bought)
