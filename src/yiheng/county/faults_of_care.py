"""Planted care at home: a carer at two places, visits too short or too long, copied signatures, and near misses."""

from __future__ import annotations

from .script import Care, Script

# Carers of the script have numbers of their own.
_FIRST_CARER = 50_000
_MORNING, _HOUR, _MINUTE = 9 * 3600, 3600, 60


def care_at_home(script: Script, faults: int, spares: int) -> None:
    other = script.actor()
    plants = (_overlapping, _impossible, _copied)
    for n in range(faults + 2 * spares):
        for turn, plant in enumerate(plants):
            carer = _FIRST_CARER + n * len(plants) + turn
            script.care += plant(script.sure_extra(1), other, carer, n, n < faults)


def _overlapping(found: tuple[int, int], other: int, carer: int, n: int, caught: bool) -> list[Care]:
    rule, (one, day) = "carer_at_two_places", found
    begins = _MORNING + (_HOUR - (10 + n % 40) * _MINUTE if caught else _HOUR)
    why = "begins while the carer is still elsewhere" if caught else "begins when the visit elsewhere has ended"
    return [
        Care(one, carer, day, _MORNING, _MORNING + _HOUR, f"{carer} one"),
        Care(other, carer, day, begins, begins + _HOUR, f"{carer} other", ((rule, caught, why),)),
    ]


def _impossible(found: tuple[int, int], other: int, carer: int, n: int, caught: bool) -> list[Care]:
    rule, (person, day) = "care_impossible_duration", found
    lasts = (n % 5 * _MINUTE, 12 * _HOUR + n * _MINUTE)[n % 2] if caught else (5 * _MINUTE, 12 * _HOUR)[n % 2]
    why = f"lasts {lasts // _MINUTE} minutes"
    return [Care(person, carer, day, _MORNING, _MORNING + lasts, f"{carer} long", ((rule, caught, why),))]


def _copied(found: tuple[int, int], other: int, carer: int, n: int, caught: bool) -> list[Care]:
    rule, (one, day) = "care_signature_copied", found
    second = f"{carer} signed" if caught else f"{carer} signed anew"
    why = "another person's signature" if caught else "a signature of its own"
    return [
        Care(one, carer, day, _MORNING, _MORNING + _HOUR, f"{carer} signed"),
        Care(other, carer, day + 1, _MORNING, _MORNING + _HOUR, second, ((rule, caught, why),)),
    ]


ALL = (care_at_home,)
