"""Planted charges that are too many, too long, too dear or too soon, and their near misses."""

from __future__ import annotations

from typing import NamedTuple

from .catalogue import PRICE_STEP
from .outpatient import CHRONIC_CARE
from .places import HOSPITAL, TOWNSHIP
from .script import Script
from .stakes import Stake, after_days, beyond, dearer_than, more_than


class Amount(NamedTuple):
    """A limit of amount, as it stands in the shipped list of item limits."""

    rule: str
    rule_class: str
    item: str
    measure: str
    values: tuple[str, ...]

    @property
    def most(self) -> int:
        return int(self.values[0])


_DOSE = Amount("drug_over_label_dose", "超说明书用量开药", "heart_tablet", "most_units", ("6",))
_PIECES = Amount("consumable_over_quantity", "医用耗材数量超标", "guide_wire", "most_units", ("2",))
_GRAMS = Amount("herb_over_quantity", "中药饮片超量上传", "aconite", "most_units", ("15",))
_RECIPE = Amount("herb_oversized", "中药饮片超大处方", "astragalus", "most_grams_a_day", ("800",))
_RECIPES = tuple(_RECIPE._replace(item=herb) for herb in ("angelica", "liquorice", "poria"))
_SUPPLY = Amount("drug_over_days", "药品限最大开药天数/开药量", "long_drug", "most_days_supplied", ("84",))
_COURSE = Amount("drug_course_too_long", "药品限支付疗程", "course_drug", "most_days", ("14",))
_TRAINING = Amount("service_course_too_long", "医疗服务项目限支付疗程", "balance_training", "most_days", ("30",))
_TOTAL = Amount("service_over_total", "医疗服务项目超限定报销总额", "capped_therapy", "most_fen", ("200000",))
_PLATE = Amount("consumable_over_total", "耗材超限定报销总额", "capped_plate", "most_fen", ("500000",))
_PRICE = Amount("service_over_price", "医疗服务项目超限定单价收费", "set_test", "most_price_fen", ("15000",))
_AGAIN = Amount("service_too_soon", "医疗服务项目周期超频次", "sugar_average", "least_gap_days", ("90",))
_CUT = Amount("second_operation_full_price", "手术项目未按规定折价收费", "bowel_cut", "group", ("胃肠手术组",))
_OTHER_CUT = _CUT._replace(item="stomach_cut")
_FULL = _CUT._replace(measure="full_price_fen", values=("180000",))
_OTHER_FULL = _OTHER_CUT._replace(measure="full_price_fen", values=("260000",))
_ALONE = Amount("herb_alone", "中药饮片单方使用不予支付", "tonic_root", "not_alone", ("1",))
_ALSO_ALONE = _ALONE._replace(item="tonic_berry")
AMOUNTS = (
    *(_DOSE, _PIECES, _GRAMS, _RECIPE, _SUPPLY, _COURSE, _TRAINING, _TOTAL, _PLATE, _PRICE, _AGAIN),
    *(*_RECIPES, _CUT, _OTHER_CUT, _FULL, _OTHER_FULL, _ALONE, _ALSO_ALONE),
)
# Packs of a chronic patient's drug that last as long as the limit allows.
_PACKS = _SUPPLY.most // 7
_AFTERNOON = 15 * 3600


def too_many_units(script: Script, faults: int, spares: int) -> None:
    for limit, step in ((_DOSE, 1), (_PIECES, 1), (_GRAMS, 5), (_RECIPE, 50)):
        for n in range(faults):
            visit = script.sure_part(where=HOSPITAL)
            script.charge(visit, limit.item, limit.most)
            script.charge(visit, limit.item, step * (1 + n % 4), 0, _AFTERNOON)
            script.claim(
                limit.rule, True, visit, f"more {limit.item} than the limit", limit.item, stake=beyond(limit.most)
            )
        for _ in range(spares):
            visit = script.sure_part(where=HOSPITAL)
            script.charge(visit, limit.item, limit.most)
            script.claim(limit.rule, False, visit, f"{limit.item} exactly at the limit")
            visit = script.sure_part(where=HOSPITAL)
            script.charge(visit, limit.item, limit.most + step)
            script.charge(visit, limit.item, -step, 0, _AFTERNOON)
            script.claim(limit.rule, False, visit, f"{limit.item} over the limit until the rest was taken back")


def supplies_too_long(script: Script, faults: int, spares: int) -> None:
    rule, item, stake = _SUPPLY.rule, _SUPPLY.item, beyond(_PACKS)
    for n in range(faults + 2 * spares):
        caught = n < faults
        visit = script.scene(script.actor(), script.some_day(0), "I10", kind=CHRONIC_CARE)
        script.charge(visit, item, _PACKS + 1 + n % 3 if caught else _PACKS)
        why = "more days than may be supplied at once" if caught else "as many days as may be supplied at once"
        script.claim(rule, caught, visit, why, item, stake=stake)


def courses_too_long(script: Script, faults: int, spares: int) -> None:
    for limit in (_COURSE, _TRAINING):
        for n in range(faults + 2 * spares):
            caught = n < faults
            days = limit.most + (1 + n % 3 if caught else 0)
            visit = script.sure_part("I63.9", nights=limit.most + 4, where=HOSPITAL)
            for day in range(days):
                script.charge(visit, limit.item, 1 + (not caught), day)
            why = f"{limit.item} on {days} days"
            script.claim(limit.rule, caught, visit, why, limit.item, stake=after_days(limit.most))


def _dear(
    script: Script, limit: Amount, price: int, units: tuple[int, int], stake: Stake, count: tuple[int, int]
) -> None:
    """Units over and at the limit, at a price of so many fen."""
    for n in range(sum(count)):
        caught = n < count[0]
        visit = script.sure_part(where=HOSPITAL)
        script.charge(visit, limit.item, units[0] + n % 3 if caught else units[1], price=price)
        why = f"{limit.item} costs more than is covered" if caught else f"{limit.item} costs what is covered at most"
        script.claim(limit.rule, caught, visit, why, limit.item, stake=stake)


def totals_too_high(script: Script, faults: int, spares: int) -> None:
    _dear(script, _TOTAL, 20_000, (11, 10), more_than(_TOTAL.most), (faults, 2 * spares))
    # Nine tenths of a plate are covered.
    _dear(script, _PLATE, 100_000, (6, 5), more_than(_PLATE.most), (faults, 2 * spares))


def prices_too_high(script: Script, faults: int, spares: int) -> None:
    stake = dearer_than(_PRICE.most * PRICE_STEP)
    for n in range(faults + 2 * spares):
        caught = n < faults
        visit = script.sure_part(where=(HOSPITAL, TOWNSHIP)[n % 2])
        script.charge(visit, _PRICE.item, 1 + n % 2, price=_PRICE.most + (100 * (1 + n % 9) if caught else 0))
        why = "dearer than the limit price" if caught else "at the limit price"
        script.claim(_PRICE.rule, caught, visit, why, _PRICE.item, stake=stake)


def tests_too_soon(script: Script, faults: int, spares: int) -> None:
    for n in range(faults + 2 * spares):
        caught = n < faults
        person, day = script.actor(), script.some_day(_AGAIN.most + 10)
        gap = _AGAIN.most - 1 - n % 60 if caught else _AGAIN.most
        visits = [script.scene(person, day + after, "E11.9") for after in (0, gap)]
        for visit in visits:
            script.charge(visit, _AGAIN.item, 1)
        script.claim(_AGAIN.rule, caught, visits[1], f"again after {gap} days", _AGAIN.item)


def second_operations(script: Script, faults: int, spares: int) -> None:
    rule, full, other = _CUT.rule, _FULL.most, _OTHER_FULL.most
    stake = dearer_than(full // 2 * PRICE_STEP)
    for n in range(faults + 2 * spares):
        caught = n < faults
        visit = script.sure_part("K29.5", nights=7, where=HOSPITAL)
        script.charge(visit, _OTHER_CUT.item, 1, 1, price=other)
        script.charge(visit, "anaesthesia", 1, 1)
        script.charge(visit, _CUT.item, 1, 1, price=full if caught else full // 2)
        why = "a second operation at the full price" if caught else "a second operation at half the price"
        script.claim(rule, caught, visit, why, _CUT.item, stake=stake)


def herbs_alone(script: Script, faults: int, spares: int) -> None:
    for n in range(faults + 2 * spares):
        caught = n < faults
        herbs = [_ALONE.item, _ALSO_ALONE.item][: 1 + n % 2]
        visit = script.sure_part()
        for herb in [*herbs] if caught else [*herbs, "liquorice"]:
            script.charge(visit, herb, 10 + 5 * (n % 4))
        for herb in herbs if caught else herbs[:1]:
            why = "a prescription of nothing but herbs that are not covered alone"
            script.claim(_ALONE.rule, caught, visit, why if caught else "together with another herb", herb)


ALL = (
    too_many_units,
    supplies_too_long,
    courses_too_long,
    totals_too_high,
    prices_too_high,
    tests_too_soon,
    second_operations,
    herbs_alone,
)
