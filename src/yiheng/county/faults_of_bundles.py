"""Planted charges that their names give away: one item beside the one that holds it, more hours than a stay has."""

from __future__ import annotations

from .places import HOSPITAL, TOWNSHIP
from .script import Script
from .stakes import beyond

# Trigger and wrongly charged item, as words of the shipped list of bundled charges name them.
BUNDLES = (("gastric_lavage", "gastric_tube"), ("contrast_scan", "ct"), ("perfusion", "dialysis"))
HOURLY = "ventilator"
HOURS_A_DAY = 24
_NIGHTS = 4
# Fen of one implant.
_DEAR = 420_000
_AFTERNOON = 15 * 3600
_MORNING = 9 * 3600


def bundled_charges(script: Script, faults: int, spares: int) -> None:
    rule = "bundled_charge"
    for n in range(faults):
        wider, narrower = BUNDLES[n % len(BUNDLES)]
        visit = script.sure_part(nights=_NIGHTS, where=HOSPITAL)
        script.charge(visit, wider, 1, 1)
        day = script.charge(visit, narrower, 1 + n % 2, 1, _AFTERNOON)
        script.claim(rule, True, visit, f"{narrower} on the day of {wider}", narrower, day=day)
    for n in range(spares):
        wider, narrower = BUNDLES[n % len(BUNDLES)]
        visit = script.sure_part(nights=_NIGHTS, where=HOSPITAL)
        script.charge(visit, wider, 1, 1)
        script.charge(visit, narrower, 1, 2)
        script.claim(rule, False, visit, f"{narrower} on the day after {wider}")
        visit = script.sure_part(nights=_NIGHTS, where=HOSPITAL)
        script.charge(visit, wider, 1, 1)
        script.charge(visit, narrower, 1, 1, _AFTERNOON)
        script.charge(visit, narrower, -1, 3)
        script.claim(rule, False, visit, f"{narrower} was taken back later")
        visit = script.sure_part(nights=_NIGHTS, where=HOSPITAL)
        script.charge(visit, "rescue", 1, 1, _MORNING)
        script.charge(visit, wider, 1, 1)
        script.charge(visit, narrower, 1, 1, _AFTERNOON)
        script.claim(rule, False, visit, f"{narrower} and {wider} on the day of a rescue")


def hours_beyond_stays(script: Script, faults: int, spares: int) -> None:
    rule, most = "hours_beyond_stay", HOURS_A_DAY * (_NIGHTS + 1)
    for n in range(faults):
        visit = script.sure_part(nights=_NIGHTS, where=TOWNSHIP)
        script.charge(visit, HOURLY, most - n % 3, 1)
        script.charge(visit, HOURLY, 6 + n % 5, 2)
        script.claim(rule, True, visit, "more hours than the days have", HOURLY, stake=beyond(most))
    for _ in range(spares):
        visit = script.sure_part(nights=_NIGHTS, where=TOWNSHIP)
        script.charge(visit, HOURLY, most, 1)
        script.claim(rule, False, visit, "as many hours as the days have")
        visit = script.sure_part(nights=_NIGHTS, where=TOWNSHIP)
        script.charge(visit, HOURLY, most + 10, 1)
        script.charge(visit, HOURLY, -10, 2)
        script.claim(rule, False, visit, "more hours until the rest was taken back")


def single_uses_twice(script: Script, faults: int, spares: int) -> None:
    rule, piece = "single_use_twice", "implant"
    for n in range(faults):
        visit = script.sure_part(nights=_NIGHTS, where=HOSPITAL)
        script.charge(visit, piece, 1, 1, price=_DEAR)
        script.charge(visit, piece, 1, 1 + n % 3, _AFTERNOON, price=_DEAR)
        script.claim(rule, True, visit, "one implant charged twice", piece, stake=beyond(1))
    for _ in range(spares):
        visit = script.sure_part(nights=_NIGHTS, where=HOSPITAL)
        script.charge(visit, piece, 1, 1, price=_DEAR)
        script.charge(visit, piece, 1, 2, price=_DEAR)
        script.charge(visit, piece, -1, 3, price=_DEAR)
        script.claim(rule, False, visit, "the second charge was taken back")
        visit = script.sure_part(nights=_NIGHTS, where=HOSPITAL)
        script.charge(visit, piece, 2, 1, price=_DEAR)
        script.claim(rule, False, visit, "two pieces in one line")


ALL = (bundled_charges, hours_beyond_stays, single_uses_twice)
