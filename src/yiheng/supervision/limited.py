"""How a rule about limited items is declared: its class in the national list and what is measured."""

from __future__ import annotations

from collections.abc import Callable

import ibis

from yiheng.basis.evidence import Words
from yiheng.policy import Limits

from .declare import Rule, Stage, Tables, Weight

RULE_BASE = "国家医保智能监管规则库（2025 年版）"
LISTS = ("knowledge_point", "item_limit")
READS = ("visit", "person", "institution", "settlement", "fee_line")

# From the tables and the limits of one class and measure to what goes beyond them.
Beyond = Callable[[Tables, ibis.Table], ibis.Table]


def limited(
    name: str,
    zh: str,
    official_code: str | None,
    sentence: str,
    measures: dict[str, tuple[Beyond, Words]],
    *,
    weight: Weight = "suspicion",
    reads: tuple[str, ...] = READS,
    source: str = RULE_BASE,
    not_for: str = "已全额退费的项目；年龄、性别、诊断等未知的就诊",
    stages: tuple[Stage, ...] = ("before", "during", "after"),
) -> Rule:
    """Declare a rule about the items whose limits stand under a class of the code lists.

    Args:
        zh: the class in the national list; the limits of the class drive the rule.
        measures: what is judged, each with its sentence about a row; a class may have several.
    """

    def find(t: Tables, limits: Limits) -> ibis.Table:
        found = []
        for measure, (beyond, _) in measures.items():
            of_class = t["limit_of_item"].filter(
                t["limit_of_item"].rule_class == zh, t["limit_of_item"].measure == measure
            )
            wrong = beyond(t, of_class.select("item_code", "item_name", "value").distinct())
            found.append(wrong.mutate(measure=ibis.literal(measure, "string")))
        return found[0] if len(found) == 1 else _together(found)

    ((_, first), *_others) = measures.values()
    return Rule(
        name,
        zh,
        sentence,
        official_code,
        weight,
        stages,
        first,
        reads,
        LISTS,
        f"{source} {zh}；国家公布的知识点与本地项目限定",
        not_for,
        find,
        limits_of=zh,
        any_list=True,
        says_of={measure: says for measure, (_, says) in measures.items()},
    )


def _together(found: list[ibis.Table]) -> ibis.Table:
    columns = sorted(found[0].columns)
    return ibis.union(*(one.select(*columns) for one in found))
