"""Planted stays: split, frequent and overlapping ones, and those that only look like it."""

from __future__ import annotations

import datetime as dt

from .columns import day_number
from .script import Script

# Ordinary reasons of either sex, each of another group of three characters.
REASONS = ("J18.9", "I63.9", "M51.2", "K52.9", "I25.1", "J44.9", "E11.9", "K80.2")
_LIMIT_DAYS = 15
_GAPS = (15, 0, 7, 1, 14, 3, 11, 5, 2, 9, 13, 4, 10, 6, 12, 8)
_STEP = 42


def _nights(script: Script, low: int = 3, high: int = 9) -> int:
    return int(script.rng.integers(low, high + 1))


def _two_stays(
    script: Script,
    gap: int,
    code: str,
    *,
    first_code: str = "",
    elsewhere: bool = False,
    planned: bool = False,
    emergency: bool = False,
) -> int:
    """Two stays with a gap; the second differs from the first as told."""
    person = script.actor()
    place = script.hospital(person)
    nights, began = _nights(script), script.some_day(60)
    second = "C18.9" if planned else ""
    script.stay(person, place, began, nights, first_code or code, second=second, planned=planned)
    where = script.another(place) if elsewhere else place
    again = began + nights + gap
    return script.stay(person, where, again, _nights(script), code, second=second, planned=planned, emergency=emergency)


def split_stays(script: Script, faults: int, spares: int) -> None:
    rule = "split_stay"
    for n in range(faults):
        gap = _GAPS[n % len(_GAPS)]
        visit = _two_stays(script, gap, REASONS[n % len(REASONS)])
        script.claim(rule, True, visit, f"back after {gap} days with the same illness at the same hospital")
    for n in range(spares):
        code = REASONS[n % len(REASONS)]
        visit = _two_stays(script, _LIMIT_DAYS + 1, code)
        script.claim(rule, False, visit, "back one day after the limit")
        visit = _two_stays(script, 10, "Z51.1", planned=True)
        script.claim(rule, False, visit, "a planned course")
        visit = _two_stays(script, 5, code, emergency=True)
        script.claim(rule, False, visit, "back as an emergency")
        visit = _two_stays(script, 3, code, elsewhere=True)
        script.claim(rule, False, visit, "at another hospital")
        visit = _two_stays(script, 3, "I21.9", first_code="I20.0")
        script.claim(rule, False, visit, "another group of illnesses")


def _many_stays(script: Script, stays: int, planned: tuple[int, ...] = (), first: int | None = None) -> list[int]:
    """So many short stays in one year, six weeks apart, each for another reason."""
    person = script.actor()
    place = script.hospital(person)
    began = script.new_years_day() + int(script.rng.integers(2, 12)) if first is None else first
    numbers = []
    for n in range(stays):
        course = n in planned
        code, second = ("Z51.1", "C18.9") if course else (REASONS[n % len(REASONS)], "")
        day = began + n * _STEP
        numbers.append(script.stay(person, place, day, _nights(script, 2, 5), code, second=second, planned=course))
    return numbers


def frequent_stays(script: Script, faults: int, spares: int) -> None:
    rule = "frequent_stays"
    for n in range(faults):
        stays = _many_stays(script, 7 + n % 2)
        script.claim(rule, True, stays[6], f"{len(stays)} stays in one year", also=tuple(stays[7:]))
    for _ in range(spares):
        stays = _many_stays(script, 6)
        script.claim(rule, False, stays[-1], "six stays and no more")
        stays = _many_stays(script, 8, planned=(1, 3, 5))
        script.claim(rule, False, stays[-1], "eight stays, three of them of a planned course")
        if len(script.years) > 1:
            _seventh_in_next_year(script)


def _seventh_in_next_year(script: Script) -> None:
    year = int(script.rng.choice(script.years[:-1]))
    stays = _many_stays(script, 6, first=day_number(dt.date(year, 1, 20)))
    last = script.visits[stays[-1]]
    person, place = int(last["person"][0]), int(last["place"][0])
    # Spread over the month: a large county has so many of them that on one day they would look like a group.
    january = day_number(dt.date(year + 1, 1, 1)) + int(script.rng.integers(0, 28))
    visit = script.stay(person, place, january, 3, REASONS[6])
    script.claim("frequent_stays", False, visit, "the seventh stay begins in the next year")


def _covering_stays(script: Script) -> list[int]:
    """A long stay and two within it that do not meet each other."""
    person = script.actor()
    place, day = script.hospital(person), script.some_day(60)
    elsewhere = script.another(place)
    script.stay(person, place, day, 24, "I63.9")
    return [
        script.stay(person, elsewhere, day + 3, 5, "J18.9"),
        script.stay(person, elsewhere, day + 14, 16, "K80.2"),
    ]


def overlapping_stays(script: Script, faults: int, spares: int) -> None:
    rule = "overlapping_stays"
    planted = 0
    while planted < faults:
        if planted % 3 == 1 and planted + 2 <= faults:
            for visit in _covering_stays(script):
                script.claim(rule, True, visit, "begins within a longer stay elsewhere")
            planted += 2
            continue
        person = script.actor()
        place, day, nights = script.hospital(person), script.some_day(60), _nights(script, 4, 9)
        script.stay(person, place, day, nights, REASONS[planted % len(REASONS)])
        days = int(script.rng.integers(2, 4))
        visit = script.stay(person, script.another(place), day + nights - days, 6, REASONS[planted % 5])
        script.claim(rule, True, visit, f"begins {days} days before the discharge elsewhere")
        planted += 1
    for n in range(2 * spares):
        person = script.actor()
        day, nights, code = script.some_day(60), _nights(script), REASONS[n % len(REASONS)]
        places = [script.hospital(person)]
        places.append(script.another(places[0]))
        starts = [day, day + nights]
        for place, began, after in zip(places, starts, (True, False), strict=True):
            visit = script.stay(person, place, began, nights, code, transferred=after)
        script.claim(rule, False, visit, "transferred to another hospital on the day of discharge")


ALL = (split_stays, frequent_stays, overlapping_stays)
