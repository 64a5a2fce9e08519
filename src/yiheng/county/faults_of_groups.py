"""Planted groups: admitted and discharged together, or together at one place again and again, and near misses."""

from __future__ import annotations

from .places import HOSPITAL, VILLAGE
from .script import Script

# No other planted stay of so many nights has this reason, so none makes a near miss a group.
_REASON = "L30.9"
_MANY_STAYS, _MANY_DAYS, _BAND = 8, 5, 6
_FAMILY = 3
_GROUPS_PER_FAULT = 4


def collective_stays(script: Script, faults: int, spares: int) -> None:
    """One troupe is admitted together; a smaller one, or one that does not leave together, is none."""
    rule = "collective_stays"
    for n in range(_fewer(faults) + 2 * spares):
        caught, nights = n < _fewer(faults), 4
        members, day = script.troupe(_MANY_STAYS, nights + 1)
        together = members if caught else members[: _MANY_STAYS - 1]
        place = script.near(members[0], HOSPITAL)
        for person in together:
            visit = script.scene(person, day, _REASON, nights=nights, place=place)
            why = f"{len(together)} people for the same days with the same illness"
            script.claim(rule, caught, visit, why)
        if not caught:
            script.scene(members[-1], day, _REASON, nights=nights + 1, place=place)


def _fewer(faults: int) -> int:
    """A group takes many people, so there are fewer of them."""
    return max(2, faults // _GROUPS_PER_FAULT)


def together_again(script: Script, faults: int, spares: int) -> None:
    """A band on five days or more; a family of three as often, and a band on one day of check-ups, are spared."""
    rule = "together_again"
    for n in range(_fewer(faults)):
        _meet(script, rule, True, _BAND, _MANY_DAYS + n % 2, "six people together at one place on five days or more")
    for _ in range(spares):
        _meet(script, rule, False, _FAMILY, _MANY_DAYS, "a family of three")
        _meet(script, rule, False, _BAND, 1, "a day of check-ups in the village")


def _meet(script: Script, rule: str, caught: bool, size: int, times: int, why: str) -> None:
    people, first = [script.loner() for _ in range(size)], script.some_day(100)
    place = script.near(people[0], VILLAGE)
    for person in people:
        visits = [script.scene(person, first + 9 * turn, "J06.9", place=place) for turn in range(times)]
        for visit in visits:
            script.charge(visit, "cold_granules", 1)
        script.claim(rule, caught, visits[0], why, also=tuple(visits[1:]))


ALL = (collective_stays, together_again)
