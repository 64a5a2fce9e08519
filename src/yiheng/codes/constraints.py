"""What the words of a knowledge point limit: a measure and its value, where the words say one that can be judged."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from yiheng.documents import read_delimited

SHIPPED = Path(__file__).parent / "shipped"

# A measure with one value; several of one measure are alternatives.
Limit = tuple[str, str]

# What can be limited of an item; the value's meaning stands beside it.
MEASURES: dict[str, str] = {
    "sex": "the sex it is for: male, female",
    "max_age": "largest age in full years",
    "min_age": "least age in full years",
    "max_age_days": "largest age in days",
    "level": "least level of the institution",
    "visit_kind": "kind of visit it is for",
    "department": "specialty code of the department it is for",
    "insurance": "insurance that pays it; none where nobody pays it",
    "diagnosis": "leading signs of a diagnosis it is for",
    "not_diagnosis": "leading signs of a diagnosis that forbids it",
    "most_per_day": "most units for each day of the visit",
    "most_units": "most units in a visit",
    "most_grams_a_day": "most grams of all herbs of the class on a day",
    "most_days": "most days of use in a visit",
    "most_daily_units": "most units of a line for each day of its supply",
    "most_days_supplied": "most days of supply in a line",
    "most_fen": "most fen covered in a visit",
    "most_price_fen": "most fen for one unit",
    "least_gap_days": "least days between two uses by one person",
    "group": "group of operations through one incision",
    "full_price_fen": "full price of an operation in fen",
    "not_alone": "1: not paid where a prescription holds nothing else",
    "not_with": "item code that may not be charged with it on one day",
    "contains": "item code that is contained in it",
    "needs": "item code of which one must be in the same visit",
}


def limits_in(rule_class: str, constraint: str, item_name: str, codes: list[str]) -> list[Limit]:
    """The limits that a published knowledge point states, none where its words cannot be judged by a machine.

    An indication in free text, a first-line drug that failed, an operation whose full price is not told: nothing
    is guessed, the rule stays unknown for such an item.
    """
    reader = READERS.get(rule_class)
    return reader(constraint, item_name, codes) if reader else []


@cache
def _words(kind: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Meanings of a kind with their words, in the order in which they are tried."""
    rows = [row.cells for row in read_delimited(SHIPPED / "words.csv") if row.cells["kind"] == kind]
    return tuple((row["meaning"], tuple(row["words"].split("|"))) for row in rows)


def _meaning(kind: str, *texts: str) -> str | None:
    """The first meaning one of whose words stands in a text; texts are tried in their order."""
    for text in texts:
        for meaning, words in _words(kind):
            if any(word in text for word in words):
                return meaning
    return None


def _sex(constraint: str, item_name: str, codes: list[str]) -> list[Limit]:
    sex = _meaning("sex", constraint, item_name)
    return [("sex", sex)] if sex else []


def _most_per_day(constraint: str, item_name: str, codes: list[str]) -> list[Limit]:
    return [("most_per_day", most) for most, units in _words("most_per_day") if constraint in units]


_UPPER_AGE = re.compile(r"(?:\d+\s*(?:周岁|岁)?\s*[-~至—]\s*)(\d+)\s*(?:周岁|岁)")
_BELOW_AGE = re.compile(r"(\d+)\s*(?:周岁|岁)以下")


def _children(constraint: str, item_name: str, codes: list[str]) -> list[Limit]:
    """The upper age that is told, else what the word for the child means; the widest reading counts."""
    ages = [int(age) for pattern in (_UPPER_AGE, _BELOW_AGE) for age in pattern.findall(constraint)]
    if ages:
        return [("max_age", str(max(ages)))]
    age = _meaning("child_age", constraint, item_name)
    return [("max_age", age)] if age else []


def _newborns(constraint: str, item_name: str, codes: list[str]) -> list[Limit]:
    days = _meaning("newborn_days", constraint, item_name)
    return [("max_age_days", days)] if days else []


def _children_or_newborns(constraint: str, item_name: str, codes: list[str]) -> list[Limit]:
    return _newborns(constraint, "", codes) or _children(constraint, item_name, codes)


def _working_age(constraint: str, item_name: str, codes: list[str]) -> list[Limit]:
    return [(measure, age) for measure, words in _words("working_age") for age in words if "法定就业年龄" in constraint]


_LEVEL = re.compile(r"^限(二级|三级)及?以上医疗机构")


def _level(constraint: str, item_name: str, codes: list[str]) -> list[Limit]:
    found = _LEVEL.match(constraint)
    return [("level", found[1])] if found else []


def _visit_kind(constraint: str, item_name: str, codes: list[str]) -> list[Limit]:
    return [("visit_kind", kind) for kind, words in _words("visit_kind") if any(word in constraint for word in words)]


_MOST_DAYS = re.compile(r"(?:不超过|最多支付)(\d+)天")


def _most_days(constraint: str, item_name: str, codes: list[str]) -> list[Limit]:
    days = _MOST_DAYS.findall(constraint)
    if not days and (told := _meaning("most_days", constraint)):
        days = [told]
    return [("most_days", max(days, key=int))] if days else []


_LEAST_GAP = re.compile(r"间隔时间不短于(\d+)天")


def _least_gap(constraint: str, item_name: str, codes: list[str]) -> list[Limit]:
    told = _LEAST_GAP.search(constraint)
    gap = told[1] if told else _meaning("least_gap_days", constraint)
    return [("least_gap_days", gap)] if gap else []


def _contains(constraint: str, item_name: str, codes: list[str]) -> list[Limit]:
    """The first two codes are the pair: the first contains the second."""
    return [("contains", codes[1])] if len(codes) > 1 else []


def _always(measure: str, value: str) -> Callable[[str, str, list[str]], list[Limit]]:
    return lambda constraint, item_name, codes: [(measure, value)]


READERS: dict[str, Callable[[str, str, list[str]], list[Limit]]] = {
    "药品区分性别使用": _sex,
    "医疗服务项目区分性别使用": _sex,
    "医用耗材与性别不符": _sex,
    "医疗服务项目限定频次": _most_per_day,
    "医疗服务项目重复收费": _contains,
    "药品儿童专用": _children,
    "药品限儿童使用": _children,
    "医疗服务项目限儿童使用": _children,
    "医疗服务项目儿童专用": _children_or_newborns,
    "耗材限儿童使用": _children,
    "药品限新生儿使用": _newborns,
    "医疗服务项目限新生儿使用": _newborns,
    "耗材限新生儿使用": _newborns,
    "医疗服务项目限年龄": _working_age,
    "药品限医疗机构级别": _level,
    "医疗服务项目限医疗机构级别": _level,
    "药品限就医方式": _visit_kind,
    "医疗服务项目限就医方式": _visit_kind,
    "药品限支付疗程": _most_days,
    "医疗服务项目限支付疗程": _most_days,
    "医疗服务项目周期超频次": _least_gap,
    "药品限工伤保险": _always("insurance", "work_injury"),
    "医疗服务项目限工伤保险": _always("insurance", "work_injury"),
    "药品限生育保险": _always("insurance", "maternity"),
    "医疗服务项目限生育保险": _always("insurance", "maternity"),
    "中药饮片单复方均不予支付": _always("insurance", "none"),
    "中药饮片单方使用不予支付": _always("not_alone", "1"),
}
