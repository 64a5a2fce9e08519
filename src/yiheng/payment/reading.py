"""A policy as an official reads it: what it is, what it needs, what is done in which order, by which figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from yiheng.basis.evidence import Words
from yiheng.policy import PolicyFile, value_text
from yiheng.policy.schema import Conditions, Fact, Policy, Pool, Step

from .declare import FACTS, STEPS, Taken, decided

MARKS = {
    "verified": Words("已读官方文本", "official text read"),
    "said_by_source": Words("来源所述", "as the source says"),
    "example": Words("示例，付费前须替换", "example, to be replaced before anything is paid"),
}
KINDS = {
    "amount": Words("金额", "amount"),
    "number": Words("数", "number"),
    "year": Words("年份", "year"),
    "word": Words("类别", "word"),
    "cells": Words("分风险单元的人天与金额", "person-days and amounts by risk cell"),
}
ROUNDINGS = {
    "half_up": Words("四舍五入到分", "half a fen is rounded up"),
    "half_even": Words("四舍六入五成双到分", "half a fen is rounded to the even fen"),
    "down": Words("舍去不足一分的部分", "parts of a fen are dropped"),
}
CHAPTERS = (
    Words("一、所需数据", "1. Facts needed"),
    Words("二、清算步骤", "2. Steps of the settlement"),
    Words("三、取值", "3. Values"),
    Words("四、假设（文件未写明之处）", "4. Assumptions (what the document leaves open)"),
    Words("五、舍入", "5. Rounding"),
)
NOTHING = Words("无。", "None.")


def read_aloud(source: PolicyFile, language: str = "zh") -> Iterator[str]:
    """The lines of a policy in ``zh`` or ``en``; what it cites stays in the language of the document."""
    reader, policy, issued = _Reader(source, language), source.policy, source.policy.issued
    yield reader.told(f"{policy.title.zh}（{policy.policy}）", f"{policy.title.en} ({policy.policy})")
    yield reader.told(
        f"{policy.place.zh}；{issued.by} {issued.number}，{issued.on} 发布",
        f"{policy.place.en}; {issued.by} {issued.number}, issued {issued.on}",
    )
    first, last = policy.in_force.first, policy.in_force.last
    yield reader.told(f"{first} 至 {last} 施行", f"in force {first} to {last}")
    yield reader.words(policy.says.words)
    chapters = (reader.facts(), reader.steps(), reader.values(), reader.assumptions(), reader.rounding())
    for title, lines in zip(CHAPTERS, chapters, strict=True):
        yield ""
        yield reader.words(title)
        yield from (f"  {line}" for line in (list(lines) or [reader.words(NOTHING)]))


@dataclass(frozen=True)
class _Reader:
    """A policy in one language."""

    source: PolicyFile
    language: str

    @property
    def policy(self) -> Policy:
        return self.source.policy

    def words(self, said: Words) -> str:
        return said.in_language(self.language)

    def told(self, zh: str, en: str) -> str:
        return Words(zh, en).in_language(self.language)

    def facts(self) -> Iterator[str]:
        for fact in self.policy.facts.values():
            says, domain = self.words(fact.says.words), self._domain(fact)
            yield self.told(f"{says}：{domain}，{self._origin(fact)}", f"{says}: {domain}, {self._origin(fact)}")
        for pool in self.policy.pools.values():
            says, how = self.words(pool.says.words), self.words(_pooled(pool))
            yield self.told(
                f"{says}：由全部各方的数据算得（{how}）", f"{says}: computed from the facts of all parties ({how})"
            )
        for risk in self.policy.risk.values():
            says = self.words(risk.says.words)
            yield self.told(
                f"{says}：按风险单元由全部各方的数据算得",
                f"{says}: computed by risk cell from the facts of all parties",
            )

    def _domain(self, fact: Fact) -> str:
        """What a fact may be: its kind with range, words or forms of dates."""
        kind = self.words(KINDS[fact.kind])
        if fact.kind == "word" and fact.words:
            within = self._listed(fact.words)
        elif fact.kind == "year" and fact.dates:
            forms = self._listed(fact.dates.forms)
            within = self.told(f"日期写作 {forms}", f"dates written as {forms}")
        elif fact.domain is None:
            return kind
        else:
            within = self.words(fact.domain.words)
        return self.told(f"{kind}（{within}）", f"{kind} ({within})")

    def _origin(self, fact: Fact) -> str:
        years = abs(fact.year)
        if fact.year == 0:
            when = self.told("当年", "of the year")
        elif fact.year < 0:
            when = self.told(f"前 {years} 年", f"{years} {'year' if years == 1 else 'years'} before")
        else:
            when = self.told(f"后 {years} 年", f"{years} {'year' if years == 1 else 'years'} after")
        lake = self.told(f"取自已入库结算数据（{when}）", f"from the settlements loaded ({when})") if fact.total else ""
        if not fact.column:
            return lake
        either = self.told("或", " or ") if lake else ""
        empty = (
            self.told(f"，空格视为 {fact.empty}", f"; an empty cell is {fact.empty}") if fact.empty is not None else ""
        )
        return lake + either + self.told(f"取自事实文件的列 {fact.column}", f"from column {fact.column}") + empty

    def steps(self) -> Iterator[str]:
        for number, written in enumerate(self.policy.steps, start=1):
            yield f"{number}. {self._condition(written)}{self._step(written.step)}"
            for argument, given in written.takes.items():
                for name in given if isinstance(given, list) else [given]:
                    if told := self._taken(STEPS[written.step].takes[argument], name):
                        yield f"   {told}"

    def _step(self, name: str) -> str:
        return self.told(STEPS[name].zh, STEPS[name].en)

    def _condition(self, written: Step) -> str:
        when, unless = self._conditions(written.when), self._conditions(written.unless)
        return (self.told(f"（{when}）", f"({when}) ") if when else "") + (
            self.told(f"（{unless}的除外）", f"(unless {unless}) ") if unless else ""
        )

    def _conditions(self, conditions: Conditions) -> str:
        says = self._says()
        told = []
        for name, condition in conditions.items():
            called = self.words(says[name]) if name in says else name
            if isinstance(condition, list):
                told.append(self.told(f"{called}为{'或'.join(condition)}", f"{called}: {' or '.join(condition)}"))
            else:
                least = condition.at_least
                told.append(self.told(f"{called}不低于 {least}", f"{called}: at least {least}"))
        return self.told("，", "; ").join(told)

    def _taken(self, kind: Taken, name: str) -> str | None:
        """What a step takes, in words: a value with its figure, a choice, or what a fact is."""
        policy = self.policy
        if kind == "choice":
            chosen = self.words(policy.choice_words(name, policy.assumptions[name].chosen))
            return self.told(f"按假设：{chosen}", f"as assumed: {chosen}")
        if kind not in FACTS:
            known = policy.values.get(name)
            return self._colon(known.says.words, value_text(known, self.language)) if known else None
        return self.words(self._says()[name])

    def _says(self) -> dict[str, Words]:
        """What facts, pools and risk adjustments are, by name."""
        policy = self.policy
        says = {name: fact.says.words for name, fact in policy.facts.items()}
        says |= {name: pool.says.words for name, pool in policy.pools.items()}
        return says | {name: risk.says.words for name, risk in policy.risk.items()}

    def values(self) -> Iterator[str]:
        for value in self.policy.values.values():
            line = self._colon(value.says.words, value_text(value, self.language))
            mark = self.words(MARKS[value.mark])
            yield line + self.told(f"【{mark}】", f" [{mark}]")

    def assumptions(self) -> Iterator[str]:
        computed = decided(self.source)
        for name, stated in self.policy.assumptions.items():
            called = [self.words(self.policy.choice_words(name, one)) for one in (stated.chosen, *stated.alternatives)]
            note = self.told(
                "；所需数据不在其中，其他口径暂无法测算",
                "; the facts lack what the others need, so they are not computed",
            )
            note = "" if name in computed else note
            yield self._colon(
                stated.says.words,
                called[0]
                + self.told(f"（另可：{'；'.join(called[1:])}{note}）", f" (or: {'; '.join(called[1:])}{note})"),
            )

    def rounding(self) -> Iterator[str]:
        mode = self.words(ROUNDINGS[self.policy.rounding.mode])
        yield self.told(
            f"{mode}；分摊的尾差归舍去最多的一份",
            f"{mode}; a fen left over in a division goes to the part that lost most",
        )

    def _listed(self, names: Iterable[str]) -> str:
        return self.told("、", ", ").join(names)

    def _colon(self, says: Words, then: str) -> str:
        return self.told(f"{says.zh}：{then}", f"{says.en}: {then}")


def _pooled(pool: Pool) -> Words:
    """How a pool comes from the facts of all parties."""
    if pool.gain_of:
        return Words("收支相抵时，各方扣减之和的份额", "shares of all deductions where gains and losses cancel out")
    if pool.pot:
        return Words("各方共分一个资金池", "all share one pot")
    return Words("各方合计的平均数", "the mean of all") if pool.mean_of else Words("各方中的名次", "the rank among all")
