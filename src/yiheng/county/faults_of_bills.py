"""Planted bills: one visit settled a second time as another visit, and visits that only look like it."""

from __future__ import annotations

from .outpatient import AT_PHARMACY, OUTPATIENT
from .places import HOSPITAL, PHARMACY
from .script import Script

_RULE = "repeated_settlement"
_NIGHTS = 4
_PRICE = 1_000
# What a ward and a doctor charge costs the same at one place in one year, so a repeated visit has the same total.
_TEST, _ANOTHER = "crp", "blood_count"


def settled_again(script: Script, faults: int, spares: int) -> None:
    for n in range(faults):
        nights = _NIGHTS * (n % 2)
        visit = _twice(script, nights=nights)
        script.claim(_RULE, True, visit, "settled again under another number")
        if nights:
            script.claim("overlapping_stays", True, visit, "a stay that was settled again under another number")
    for _ in range(spares):
        visit = _twice(script, later=1)
        script.claim(_RULE, False, visit, "the same on the day after")
        visit = _twice(script, again=(_TEST, _ANOTHER))
        script.claim(_RULE, False, visit, "one more test, so another total")
        visit = _twice(script, code="K52.9")
        script.claim(_RULE, False, visit, "the same total for another main diagnosis")
        visit = _twice(script, planned=True)
        script.claim(_RULE, False, visit, "two sessions of a planned course")
        visit = _twice(script, kind=AT_PHARMACY)
        script.claim(_RULE, False, visit, "the same purchase twice at a pharmacy")


def _twice(
    script: Script,
    *,
    nights: int = 0,
    later: int = 0,
    code: str = "J20.9",
    again: tuple[str, ...] = (_TEST,),
    planned: bool = False,
    kind: int = OUTPATIENT,
) -> int:
    """Two visits of a person at one place; the second differs from the first as told, and its number is returned."""
    person, day = script.sure_extra(nights + later)
    place = script.near(person, PHARMACY if kind == AT_PHARMACY else HOSPITAL)
    bills = (("J20.9", day, (_TEST,)), (code, day + later, again))
    for reason, began, tests in bills:
        visit = script.scene(person, began, reason, nights=nights, place=place, kind=kind)
        script.visits[visit]["planned"][0] = planned
        if kind == AT_PHARMACY:
            script.charge(visit, "cold_granules", 1, price=_PRICE)
        else:
            for test in tests:
                script.charge(visit, test, 1)
    return visit


ALL = (settled_again,)
