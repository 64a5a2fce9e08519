"""Planted stays that last longer than their illness needs, or need no bed at all, and their near misses."""

from __future__ import annotations

from fractions import Fraction

from .places import HOSPITAL
from .script import Script
from .stays import AGAINST_ADVICE

_LONG, _MOST = "K35.8", 10
_LIGHT, _FEW = "L30.9", 2


def too_long(script: Script, faults: int, spares: int) -> None:
    rule = "stay_beyond_illness_days"
    for n in range(faults + 2 * spares):
        caught = n < faults
        nights = _MOST + 1 + n % 7 if caught else _MOST
        visit = script.sure_part(_LONG, nights=nights, where=HOSPITAL)
        why = "longer than the illness needs" if caught else "just as long as the illness needs"
        script.claim(rule, caught, visit, why, part=Fraction(nights - _MOST, nights))


def no_bed_needed(script: Script, faults: int, spares: int) -> None:
    rule = "bed_for_outpatient"
    for n in range(faults + 3 * spares):
        caught, near = n < faults, n % 3
        nights = _FEW + 1 if not caught and near == 0 else 1 + n % _FEW
        visit = script.sure_part(_LIGHT, nights=nights, where=HOSPITAL)
        why = "a night or two for what is treated without a bed"
        if not caught:
            script.visits[visit]["emergency"][0] = near == 1
            if near == 2:
                script.visits[visit]["way"][0] = AGAINST_ADVICE
            why = ("three nights", "an emergency", "left against advice")[near]
        script.claim(rule, caught, visit, why)


ALL = (too_long, no_bed_needed)
