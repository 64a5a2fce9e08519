"""Planted conduct of doctors and wards: suspended, at two places, idle, moved on, coded against sex or age."""

from __future__ import annotations

from .faults_of_stays import REASONS
from .illnesses import OPERATIONS
from .places import HOSPITAL, TOWNSHIP
from .script import Script
from .staff import FORMERLY_SUSPENDED, SUSPENDED, VISITING, doctor_code

_OPERATION = {operation.code[:5]: number for number, operation in enumerate(OPERATIONS)}
# A person, a diagnosis and an operation: what contradicts the sex, and what does not.
_WRONG_SEX = (("male", "65.25"), ("female", "60.29"), ("male", "68.49"))
_RIGHT_SEX = (("female", "65.25"), ("male", "60.29"))
_WRONG_REASON = (("J18.9", "47.01"), ("K52.9", "13.41"), ("I10", "81.51"))
_RIGHT_REASON = (("K35.8", "47.01"), ("M17.9", "81.51"))
_WRONG_AGE = (("young", "H25.9"), ("child", "I25.1"), ("child", "M17.9"))
_RIGHT_AGE = (("old", "H25.9"), ("young", "I25.1"))


def suspended_doctors(script: Script, faults: int, spares: int) -> None:
    rule = "suspended_doctor"
    lead = int(script.places.of(HOSPITAL)[0])
    for n in range(faults + 2 * spares):
        caught = n < faults
        person, day = script.sure_extra(0)
        visit = script.scene(person, day, place=lead)
        script.visits[visit]["doctor"][0] = doctor_code(lead, SUSPENDED if caught else FORMERLY_SUSPENDED)
        script.charge(visit, "amoxicillin", 1)
        why = "by a suspended doctor" if caught else "by a doctor whose suspension ended before"
        script.claim(rule, caught, visit, why)


def doctors_at_two_places(script: Script, faults: int, spares: int) -> None:
    """One doctor of the lead hospital also works at a township; nobody else is treated by that doctor."""
    rule = "doctor_at_two_places"
    lead = int(script.places.of(HOSPITAL)[0])
    code = doctor_code(lead, VISITING)
    used: set[int] = set()
    for n in range(faults + 2 * spares):
        caught = n < faults
        first = script.sure_extra(1)
        while {first[1], first[1] + 1} & used:
            first = script.sure_extra(1)
        later = first[1] if caught else first[1] + 1
        used |= {first[1], first[1] + 1}
        other = script.actor()
        at = script.near(other, TOWNSHIP)
        script.guests.add((at, code))
        visits = [script.scene(first[0], first[1], place=lead), script.scene(other, later, place=at)]
        for visit in visits:
            script.visits[visit]["doctor"][0] = code
            script.charge(visit, "amoxicillin", 1)
        why = "the doctor worked elsewhere on that day" if caught else "the doctor worked elsewhere the day before"
        script.claim(rule, caught, visits[1], why)
    script.guests.add((lead, code))


def idle_stays(script: Script, faults: int, spares: int) -> None:
    rule = "low_standard_stay"
    for n in range(faults + 2 * spares):
        caught, nights = n < faults, 2 + n % 3
        found = script.sure_extra(nights)
        visit = script.scene(*found, REASONS[n % len(REASONS)], nights=nights, where=HOSPITAL, idle=True)
        if not caught:
            script.charge(visit, ("injection", "blood_count")[n % 2], 1, 1)
        why = "nothing but bed, nursing and rounds" if caught else "one treatment or one test"
        script.claim(rule, caught, visit, why)


def moved_on(script: Script, faults: int, spares: int) -> None:
    rule = "readmitted_elsewhere"
    for n in range(faults + 2 * spares):
        caught, nights = n < faults, 4
        person, day = script.sure_extra(2 * nights + 1)
        code, later = REASONS[n % len(REASONS)], nights + (not caught)
        place = script.near(person, HOSPITAL)
        script.scene(person, day, code, nights=nights, place=place)
        visit = script.scene(person, day + later, code, nights=nights, place=script.another(place))
        why = "discharged home and admitted elsewhere on the same day" if caught else "admitted elsewhere the day after"
        script.claim(rule, caught, visit, why)


def contradicting_codes(script: Script, faults: int, spares: int) -> None:
    for n in range(faults + 2 * spares):
        caught, turn = n < faults, n // 2 if n >= faults else n
        for rule, wrong, right in (
            ("operation_for_other_sex", _WRONG_SEX, _RIGHT_SEX),
            ("operation_without_diagnosis", _WRONG_REASON, _RIGHT_REASON),
            ("diagnosis_for_other_age", _WRONG_AGE, _RIGHT_AGE),
        ):
            one, other = (wrong if caught else right)[turn % len(wrong if caught else right)]
            _contradiction(script, rule, caught, one, other)


def _contradiction(script: Script, rule: str, caught: bool, one: str, other: str) -> None:
    says = "contradicts" if caught else "befits"
    if rule == "diagnosis_for_other_age":
        visit = script.part(other, who=one)
        if visit is not None:
            script.claim(rule, caught, visit, f"{other} {says} the age", ordinal=1)
        return
    who, code = ("", one) if rule == "operation_without_diagnosis" else (one, "K80.2" if caught else _reason(other))
    visit = script.part(code, who=who, nights=5, where=HOSPITAL)
    if visit is None:
        return
    script.visits[visit]["operation"][0] = _OPERATION[other]
    script.charge(visit, OPERATIONS[_OPERATION[other]].item, 1, 1)
    script.claim(rule, caught, visit, f"{other} {says} sex or diagnosis", ordinal=1)


def _reason(operation: str) -> str:
    return {"65.25": "N83.2", "60.29": "N40"}[operation]


ALL = (suspended_doctors, doctors_at_two_places, idle_stays, moved_on, contradicting_codes)
