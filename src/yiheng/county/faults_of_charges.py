"""Planted charges and diagnoses: doubled, too many, out of time, for the other sex, and their near misses."""

from __future__ import annotations

from .catalogue import ITEMS, PAIRS, UNITS_PER_DAY
from .faults_of_stays import REASONS
from .script import Script
from .stakes import beyond

_OTHER = {"male": "female", "female": "male"}
_LAST_MINUTE = 23 * 3600 + 59 * 60
_AFTERNOON = 15 * 3600
# The ward charges these on every day already.
_ON_EVERY_DAY = ("bed", "nurse_two")
_TEST_PAIRS = tuple(pair for pair in PAIRS if pair[1] not in _ON_EVERY_DAY)
_SEXED = {sex: [item.key for item in ITEMS if item.sex == sex] for sex in _OTHER}
# Units charged beyond what the ward already charges on a stay of so many nights.
_TOO_MANY = (("bed", 3), ("monitor", 5), ("nurse_two", 2), ("oxygen", 12), ("round", 4))
_FOR_WOMEN, _FOR_MEN = ("N83.2", "D25.9", "O80.0", "N76.0"), ("N40", "C61", "N41.1")


def _one_stay(script: Script, n: int, sex: str = "") -> tuple[int, int]:
    """A plain stay and its nights."""
    person = script.actor(sex)
    nights = int(script.rng.integers(4, 9))
    code = REASONS[n % len(REASONS)]
    return script.stay(person, script.hospital(person), script.some_day(40), nights, code), nights


def duplicate_charges(script: Script, faults: int, spares: int) -> None:
    rule = "duplicate_charge"
    for n in range(faults):
        visit, _ = _one_stay(script, n)
        wider, narrower = PAIRS[n % len(PAIRS)]
        day = script.charge(visit, wider, 1, 2)
        if narrower not in _ON_EVERY_DAY:
            for second in (_AFTERNOON, _AFTERNOON + 60)[: 1 + n % 2]:
                script.charge(visit, narrower, 1, 2, second)
        script.claim(rule, True, visit, f"{narrower} is part of {wider}", narrower, day=day)
    for n in range(spares):
        wider, narrower = _TEST_PAIRS[n % len(_TEST_PAIRS)]
        visit, _ = _one_stay(script, n)
        script.charge(visit, wider, 1, 2)
        script.charge(visit, narrower, 1, 3)
        script.claim(rule, False, visit, f"{narrower} on the day after {wider}")
        visit, _ = _one_stay(script, n)
        script.charge(visit, wider, 1, 2)
        script.charge(visit, narrower, 1, 2)
        script.charge(visit, narrower, -1, 2, _AFTERNOON)
        script.claim(rule, False, visit, f"{narrower} was taken back on the same day")


def drugs_for_other_sex(script: Script, faults: int, spares: int) -> None:
    rule = "drug_for_other_sex"
    for n in range(faults):
        sex = ("male", "female")[n % 2]
        drug = _SEXED[_OTHER[sex]][n // 2 % len(_SEXED[sex])]
        if n % 3 == 0:
            visit, _ = _one_stay(script, n, sex)
            script.charge(visit, drug, 1, 1)
        else:
            visit = script.call(script.actor(sex), script.some_day(0), "J20.9")
        script.charge(visit, drug, 2)
        script.claim(rule, True, visit, f"{drug} for a person who is {sex}", drug)
    for n in range(spares):
        sex = ("male", "female")[n % 2]
        drug = _SEXED[sex][n % len(_SEXED[sex])]
        visit = script.call(script.actor(sex), script.some_day(0), "J20.9")
        script.charge(visit, drug, 2)
        script.claim(rule, False, visit, f"{drug} for the sex it is meant for")
        visit = script.call(script.actor_of_unknown_sex(), script.some_day(0), "J20.9")
        script.charge(visit, drug, 2)
        script.claim(rule, False, visit, f"{drug} for a person whose sex is unknown")
        visit, _ = _one_stay(script, n, _OTHER[sex])
        script.charge(visit, drug, 2, 1)
        script.charge(visit, drug, -2, 2)
        script.claim(rule, False, visit, f"{drug} was taken back whole")


def over_frequencies(script: Script, faults: int, spares: int) -> None:
    rule = "over_frequency"
    for n in range(faults):
        item, over = _TOO_MANY[n % len(_TOO_MANY)]
        visit, nights = _one_stay(script, n)
        allowed = UNITS_PER_DAY[item] * (nights + 1)
        script.charge(visit, item, over if UNITS_PER_DAY[item] == 1 else allowed + over, 2)
        why = f"more {item} than the days of the stay hold"
        script.claim(rule, True, visit, why, item, stake=beyond(allowed))
    for n in range(spares):
        visit, nights = _one_stay(script, n)
        item, units = ("bed", 1) if n % 2 else ("monitor", 24 * (nights + 1))
        script.charge(visit, item, units, 1, _AFTERNOON)
        script.claim(rule, False, visit, f"{item} exactly at the limit, charged on one day")
        visit, nights = _one_stay(script, n)
        script.charge(visit, "oxygen", 24 * (nights + 1) + 10, 1)
        script.charge(visit, "oxygen", -10, nights)
        script.claim(rule, False, visit, "over the limit until the rest was taken back")


def charges_outside_stay(script: Script, faults: int, spares: int) -> None:
    rule = "charged_outside_stay"
    for n in range(faults):
        visit, nights = _one_stay(script, n)
        offset = -1 - n % 3 if n % 2 else nights + 1 + n % 4
        item = ("crp", "ct", "saline")[n % 3]
        day = script.charge(visit, item, 1 + n % 2, offset)
        why = "charged before admission" if offset < 0 else "charged after discharge"
        script.claim(rule, True, visit, why, item, day=day)
    for n in range(spares):
        visit, nights = _one_stay(script, n)
        script.charge(visit, "crp", 1, nights, _LAST_MINUTE)
        script.claim(rule, False, visit, "charged in the last minute of the day of discharge")
        visit, nights = _one_stay(script, n)
        script.charge(visit, "saline", 3, 1)
        script.charge(visit, "saline", -2, nights + 2)
        script.claim(rule, False, visit, "taken back after discharge")


def diagnoses_for_other_sex(script: Script, faults: int, spares: int) -> None:
    rule = "diagnosis_for_other_sex"
    for n in range(faults):
        sex = ("male", "female")[n % 2]
        codes = _FOR_WOMEN if sex == "male" else _FOR_MEN
        code = codes[n // 2 % len(codes)]
        person, day, second = script.actor(sex), script.some_day(30), n % 3 == 0
        main, other = ("J20.9", code) if second else (code, "")
        if n % 2:
            visit = script.stay(person, script.hospital(person), day, 5, main, second=other)
        else:
            visit = script.call(person, day, main, other)
        script.claim(rule, True, visit, f"{code} in a person who is {sex}", ordinal=2 if second else 1)
    for n in range(spares):
        visit = script.call(script.actor_of_unknown_sex(), script.some_day(0), ("D25.9", "C61")[n % 2])
        script.claim(rule, False, visit, "the sex is unknown")
        sex, code = (("female", "C64.9"), ("male", "C50.9"))[n % 2]
        visit = script.call(script.actor(sex), script.some_day(0), code)
        script.claim(rule, False, visit, "shares only part of a forbidden code")


ALL = (
    duplicate_charges,
    drugs_for_other_sex,
    over_frequencies,
    charges_outside_stay,
    diagnoses_for_other_sex,
)
