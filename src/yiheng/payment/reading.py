"""A policy as an official reads it: what it is, what it needs, what is done in which order, by which figures."""

from __future__ import annotations

from collections.abc import Iterator

from yiheng.policy import PolicyFile, value_text
from yiheng.policy.schema import Conditions, Fact, Step

from .declare import FACTS, STEPS, Taken, decided

MARKS = {"verified": "已读官方文本", "said_by_source": "来源所述", "example": "示例，付费前须替换"}
KINDS = {"amount": "金额", "number": "数", "year": "年份", "word": "类别", "cells": "分风险单元的人天与金额"}
ROUNDINGS = {"half_up": "四舍五入到分", "half_even": "四舍六入五成双到分", "down": "舍去不足一分的部分"}
CHAPTERS = ("所需数据", "清算步骤", "取值", "假设（文件未写明之处）", "舍入")
NUMERALS = "一二三四五"


def read_aloud(source: PolicyFile) -> Iterator[str]:
    """The lines of a policy in Chinese."""
    policy = source.policy
    yield f"{policy.title.zh}（{policy.policy}）"
    yield f"{policy.place.zh}；{policy.issued.by} {policy.issued.number}，{policy.issued.on} 发布"
    yield f"{policy.in_force.first} 至 {policy.in_force.last} 施行"
    yield policy.says.zh
    chapters = (_facts(source), _steps(source), _values(source), _assumptions(source), _rounding(source))
    for numeral, title, lines in zip(NUMERALS, CHAPTERS, chapters, strict=True):
        yield ""
        yield f"{numeral}、{title}"
        yield from (list(lines) or ["  无。"])


def _facts(source: PolicyFile) -> Iterator[str]:
    policy = source.policy
    for fact in policy.facts.values():
        yield f"  {fact.says.zh}：{_domain(fact)}，{_origin(fact)}"
    for pool in policy.pools.values():
        how = "各方共分一个资金池" if pool.pot else "各方合计的平均数" if pool.mean_of else "各方中的名次"
        how = "收支相抵时，各方扣减之和的份额" if pool.gain_of else how
        yield f"  {pool.says.zh}：由全部各方的数据算得（{how}）"
    for risk in policy.risk.values():
        yield f"  {risk.says.zh}：按风险单元由全部各方的数据算得"


def _domain(fact: Fact) -> str:
    """What a fact may be: its kind with range, words or forms of dates."""
    if fact.kind == "word" and fact.words:
        return f"{KINDS['word']}（{'、'.join(fact.words)}）"
    if fact.kind == "year" and fact.dates:
        return f"{KINDS['year']}（日期写作 {'、'.join(fact.dates.forms)}）"
    return KINDS[fact.kind] if fact.domain is None else f"{KINDS[fact.kind]}（{fact.domain.words.zh}）"


def _origin(fact: Fact) -> str:
    empty = f"，空格视为 {fact.empty}" if fact.empty is not None else ""
    when = {0: "当年"}.get(fact.year, f"前 {-fact.year} 年") if fact.year <= 0 else f"后 {fact.year} 年"
    lake = f"取自已入库结算数据（{when}）" if fact.total else ""
    column = f"{'或' if lake else ''}取自事实文件的列 {fact.column}{empty}" if fact.column else ""
    return lake + column


def _steps(source: PolicyFile) -> Iterator[str]:
    for number, written in enumerate(source.policy.steps, start=1):
        yield f"  {number}. {_condition(source, written)}{STEPS[written.step].zh}"
        for argument, given in written.takes.items():
            for name in given if isinstance(given, list) else [given]:
                if told := _taken(source, STEPS[written.step].takes[argument], name):
                    yield f"     {told}"


def _condition(source: PolicyFile, written: Step) -> str:
    when = _conditions(source, written.when)
    unless = _conditions(source, written.unless)
    return (f"（{when}）" if when else "") + (f"（{unless}的除外）" if unless else "")


def _conditions(source: PolicyFile, conditions: Conditions) -> str:
    policy = source.policy
    says = {name: fact.says.zh for name, fact in policy.facts.items()}
    says |= {name: pool.says.zh for name, pool in policy.pools.items()}
    return "，".join(
        f"{says.get(name, name)}为{'或'.join(condition)}"
        if isinstance(condition, list)
        else f"{says.get(name, name)}不低于 {condition.at_least}"
        for name, condition in conditions.items()
    )


def _taken(source: PolicyFile, kind: Taken, name: str) -> str | None:
    """What a step takes, in words: a value with its figure, a choice, or what a fact is."""
    policy = source.policy
    if kind == "choice":
        return f"按假设：{policy.choice_words(name, policy.assumptions[name].chosen).zh}"
    if kind not in FACTS:
        known = policy.values.get(name)
        return f"{known.says.zh}：{value_text(known)}" if known else None
    if name in policy.facts:
        return policy.facts[name].says.zh
    return (policy.pools[name] if name in policy.pools else policy.risk[name]).says.zh


def _values(source: PolicyFile) -> Iterator[str]:
    for value in source.policy.values.values():
        yield f"  {value.says.zh}：{value_text(value)}【{MARKS[value.mark]}】"


def _assumptions(source: PolicyFile) -> Iterator[str]:
    computed = decided(source)
    for name, stated in source.policy.assumptions.items():
        called = [source.policy.choice_words(name, one).zh for one in (stated.chosen, *stated.alternatives)]
        note = "" if name in computed else "；所需数据不在其中，其他口径暂无法测算"
        yield f"  {stated.says.zh}：{called[0]}（另可：{'；'.join(called[1:])}{note}）"


def _rounding(source: PolicyFile) -> Iterator[str]:
    yield f"  {ROUNDINGS[source.policy.rounding.mode]}；分摊的尾差归舍去最多的一份"
