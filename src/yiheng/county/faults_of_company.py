"""Planted charges that stand beside what excludes them, or without what they need, and their near misses."""

from __future__ import annotations

from typing import NamedTuple

from .catalogue import HERBS, ITEMS
from .places import HOSPITAL
from .script import Script


class Company(NamedTuple):
    """An item that must not stand beside another on one day, or that needs one of others in the visit."""

    rule: str
    rule_class: str
    item: str
    measure: str
    values: tuple[str, ...]
    units: int = 1


_OPERATIONS = tuple(item.key for item in ITEMS if item.code.startswith("YHS3300") and item.key != "anaesthesia")
_OPERATIONS += ("bowel_cut", "stomach_cut")
_HERBS = tuple(ITEMS[number].key for number in HERBS)
COMPANY = (
    Company("drug_interaction", "药品相互作用", "thinner", "not_with", ("antifungal",)),
    Company("herb_incompatible", "中药饮片配伍禁忌", "aconite", "not_with", ("opposed_root",), 10),
    Company("repeated_drug", "重复开药", "statin_one", "not_with", ("statin_two",)),
    Company(
        "service_with_consumable_doubled",
        "医疗服务项目与医用耗材重复收费",
        "needle_set",
        "not_with",
        ("puncture_kit",),
    ),
    Company("drug_without_service", "药品与医疗服务项目不符", "contrast", "needs", ("ct", "mri")),
    Company("consumable_without_service", "医用耗材与医疗服务项目不符", "biopsy_needle", "needs", ("scan_guidance",)),
    Company("anaesthesia_without_operation", "麻醉项目无手术", "anaesthesia", "needs", _OPERATIONS),
    Company("decoction_without_herbs", "煎药项目无饮片", "decoction", "needs", _HERBS),
)
_MOST_DRUGS = 5
_DRUGS = ("amlodipine", "metformin", "statin", "aspirin", "stomach", "pain", "amoxicillin", "cold_granules")
_AFTERNOON = 15 * 3600


def excluded(script: Script, faults: int, spares: int) -> None:
    for rule in (one for one in COMPANY if one.measure == "not_with"):
        other, units = rule.values[0], rule.units
        for _ in range(faults):
            visit = script.sure_part(where=HOSPITAL)
            script.charge(visit, rule.item, units)
            day = script.charge(visit, other, units, 0, _AFTERNOON)
            script.claim(rule.rule, True, visit, f"{other} on the day of {rule.item}", other, day=day)
        for _ in range(spares):
            visit = script.sure_part("J18.9", nights=6, where=HOSPITAL)
            script.charge(visit, rule.item, units, 1)
            script.charge(visit, other, units, 2)
            script.claim(rule.rule, False, visit, f"{other} on the day after {rule.item}")
            visit = script.sure_part(where=HOSPITAL)
            script.charge(visit, rule.item, units)
            script.charge(visit, other, units)
            script.charge(visit, other, -units, 0, _AFTERNOON)
            script.claim(rule.rule, False, visit, f"{other} was taken back on the same day")


def alone(script: Script, faults: int, spares: int) -> None:
    for rule in (one for one in COMPANY if one.measure == "needs"):
        grams = 10 if rule.values == _HERBS else 1
        for n in range(faults):
            visit = script.sure_part("J18.9", nights=6, where=HOSPITAL)
            script.charge(visit, rule.item, 1 + n % 2, 2)
            if n % 2:
                script.charge(visit, rule.values[0], grams, 2)
                script.charge(visit, rule.values[0], -grams, 2, _AFTERNOON)
            script.claim(rule.rule, True, visit, f"{rule.item} without what it belongs to", rule.item)
        for n in range(spares):
            visit = script.sure_part("J18.9", nights=6, where=HOSPITAL)
            script.charge(visit, rule.item, 1, 2)
            script.charge(visit, rule.values[n % len(rule.values)], grams, 3)
            script.claim(rule.rule, False, visit, f"{rule.item} with what it belongs to, a day later")
            visit = script.sure_part("J18.9", nights=6, where=HOSPITAL)
            script.charge(visit, rule.item, 1, 2)
            script.charge(visit, rule.item, -1, 3)
            script.claim(rule.rule, False, visit, f"{rule.item} was taken back whole")


def too_many_drugs(script: Script, faults: int, spares: int) -> None:
    rule = "too_many_drugs"
    for n in range(faults + 2 * spares):
        caught = n < faults
        visit = script.sure_part(where=HOSPITAL)
        drugs = _DRUGS[: _MOST_DRUGS + 1 + n % 2 if caught else _MOST_DRUGS]
        for drug in drugs:
            script.charge(visit, drug, 1)
        script.claim(rule, caught, visit, f"{len(drugs)} different drugs at one visit without a bed")


ALL = (excluded, alone, too_many_drugs)
