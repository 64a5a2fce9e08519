"""Settlements drawn at random: every shipped policy and policies made of the declared steps, with plausible facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume
from hypothesis import strategies as st

from tests.payment.test_examples import POLICIES, shipped
from yiheng.basis.evidence import Because, Place
from yiheng.basis.money import Fen
from yiheng.basis.refusals import Refusal
from yiheng.payment import STEPS, CellSum, Fact, PartyFacts, Statement, settle, share_pools
from yiheng.policy import PolicyFile
from yiheng.policy.plain_yaml import Document
from yiheng.policy.schema import Policy

SHIPPED = [shipped(file) for file in POLICIES]
FACT = Place("facts.csv", "2")
# Numbers that are a part of one; all others count people, days or points.
PARTS_OF_ONE = ("score", "rate", "gate", "share", "quality", "performance")
CLASSES = ("甲", "乙", "丙")
CUTS = {
    side: sorted(n for n, s in STEPS.items() if s.stage == "clearing" and n.endswith(side))
    for side in ("_due", "_owed")
}
ENDS = {"_due": ("surplus_due", "pay_due"), "_owed": ("overrun_owed", "charge_owed")}
BUDGETS = sorted(n for n, s in STEPS.items() if s.stage == "budget")
# The allowed words of an open choice stand in the policies that take it.
CHOICES = {
    (written.step, argument): [source.policy.assumptions[name].chosen, *source.policy.assumptions[name].alternatives]
    for source in SHIPPED
    for written in source.policy.steps
    for argument, name in written.takes.items()
    if STEPS[written.step].takes[argument] == "choice"
}

percents = st.integers(0, 100).map(str) | st.integers(0, 10_000).map(lambda n: f"{n // 100}.{n % 100:02d}")
money = st.integers(0, 10**13)
people = st.integers(1, 10**6)


@dataclass(frozen=True)
class Drawn:
    """One case: a policy, a year it is in force, the parties with their facts."""

    source: PolicyFile
    year: int
    parties: tuple[PartyFacts, ...]

    def statements(self) -> dict[str, Statement]:
        """Every party settled; a case that the policy refuses is no case."""
        try:
            return self.statements_or_refusal()
        except Refusal:
            assume(False)
            raise

    def statements_or_refusal(self) -> dict[str, Statement]:
        """Every party settled, pools first.

        Raises:
            Refusal: as the settlement does.
        """
        shared = share_pools(self.source, self.year, self.parties)
        return {one.party: settle(self.source, self.year, one) for one in shared}

    def with_fact(self, name: str, fact: Fact | None, party: int = 0) -> Drawn:
        """The case with another figure of one party; None takes the fact away."""
        one = self.parties[party]
        facts = {n: f for n, f in one.facts.items() if n != name} | ({name: fact} if fact else {})
        changed = (*self.parties[:party], replace(one, facts=facts), *self.parties[party + 1 :])
        return replace(self, parties=changed)


def spend_facts(source: PolicyFile) -> list[str]:
    """The facts that are charged as care."""
    care = [written for written in source.policy.steps if STEPS[written.step].stage == "care"]
    return [n for w in care for a, n in w.takes.items() if STEPS[w.step].takes[a] == "fact" and isinstance(n, str)]


def _arguments_of(source: PolicyFile, fact: str) -> Iterator[str]:
    for written in source.policy.steps:
        for argument, given in written.takes.items():
            if fact in (given if isinstance(given, list) else [given]):
                yield argument


def _words(source: PolicyFile, fact: str) -> list[str]:
    """The words that a fact may have: those of conditions, and the classes of values in the steps that take it."""
    words = [w for written in source.policy.steps for w in written.when.get(fact, [])]
    for written in source.policy.steps:
        if fact in written.takes.values():
            named = [source.policy.values[n] for n in written.takes.values() if n in source.policy.values]
            by_class = [v.history[-1].value for v in named if v.unit in ("percent_by", "yuan_by")]
            words += [word for value in by_class if isinstance(value, dict) for word in value]
    return sorted(set(words)) or list(CLASSES)


@st.composite
def _facts(draw, source: PolicyFile, party: str, scale: int) -> PartyFacts:
    made = {}
    for name, declared in source.policy.facts.items():
        because = Because(declared.says.words, source=FACT)
        if declared.kind == "amount":
            made[name] = Fact(Fen(scale * draw(st.integers(60, 140)) // 100 + draw(st.integers(0, 99))), because)
        elif declared.kind == "word":
            made[name] = Fact(None, because, word=draw(st.sampled_from(_words(source, name))))
        elif declared.kind == "cells":
            sums = {
                c: CellSum(draw(people), Fen(draw(st.integers(1, scale + 1))))
                for c in CLASSES[: draw(st.integers(1, 3))]
            }
            made[name] = Fact(None, because, cells=sums)
        else:
            names = (name, *_arguments_of(source, name))
            part = any(word in one for word in PARTS_OF_ONE for one in names)
            number = Fraction(draw(st.integers(0, 100)), 100) if part else Fraction(draw(people))
            made[name] = Fact(None, because, number=number)
    return PartyFacts(party, made)


class _Making:
    """A policy being made: what its steps take is named and given a random value as it is asked for."""

    def __init__(self, draw) -> None:
        self.draw, self.facts, self.values, self.assumptions, self.steps = draw, {}, {}, {}, []

    def take(self, step: str) -> None:
        """Add a step with all that it takes."""
        takes = {}
        for argument, kind in STEPS[step].takes.items():
            if argument in STEPS[step].optional and self.draw(st.booleans()):
                continue
            name = f"{len(self.steps)}_{argument}"
            several = [f"{name}_{i}" for i in range(self.draw(st.integers(1, 3)))]
            takes[argument] = several if kind in ("facts", "numbers") else name
            for one in several if kind in ("facts", "numbers") else [name]:
                self._give(one, kind, (step, argument))
        when = {}
        if STEPS[step].stage == "clearing" and step.endswith(tuple(CUTS)) and self.draw(st.booleans()):
            inner = step not in (*ENDS["_due"], *ENDS["_owed"])
            when = {"track": [self.draw(st.sampled_from(CLASSES))]} if inner else {}
            if when:
                self._fact("track", "word")
        self.steps.append({"step": step, "takes": takes, "when": when})

    def _fact(self, name: str, kind: str) -> None:
        self.facts[name] = {"is": _sentence(name), "kind": kind, "column": name}

    def _give(self, name: str, kind: str, asked_by: tuple[str, str]) -> None:
        kinds = {"fact": "amount", "facts": "amount", "number": "number", "numbers": "number", "word": "word"}
        if kind in kinds:
            self._fact(name, kinds[kind])
        elif kind == "choice":
            chosen, *others = self.draw(st.permutations(CHOICES[asked_by]))
            self.assumptions[name] = {"is": _sentence(name), "chosen": chosen, "alternatives": others}
        else:
            unit, value = self._value(kind)
            entry = {"from": "2025-01-01", "value": value, "article": "第一条"}
            self.values[name] = {"is": _sentence(name), "unit": unit, "mark": "example", "history": [entry]}

    def _value(self, kind: str) -> tuple[str, object]:
        draw = self.draw
        if kind == "rate":
            return "percent", draw(percents)
        if kind == "amount":
            return "yuan", Fen(draw(money)).yuan
        if kind == "rates":
            return "percent_by", {word: draw(percents) for word in CLASSES}
        if kind == "amounts":
            return "yuan_by", {word: Fen(draw(money)).yuan for word in CLASSES}
        if kind == "count":
            return "count", str(draw(people))
        if kind == "shares":
            cuts = [0, *sorted(draw(st.lists(st.integers(0, 100), max_size=3))), 100]
            return "shares", {f"用途{i}": str(b - a) for i, (a, b) in enumerate(pairwise(cuts))}
        edges = sorted(draw(st.sets(st.integers(1, 10**6), min_size=1, max_size=3)))
        bands = [{"until": str(edge), "rate": draw(percents)} for edge in edges]
        return "bands", [*bands, {"rate": draw(percents)}]


def _sentence(name: str) -> dict[str, str]:
    return {"zh": f"例 {name}", "en": f"example {name}"}


@st.composite
def policies(draw) -> PolicyFile:
    """A valid combination of declared steps, with every value drawn."""
    made = _Making(draw)
    for step in draw(st.lists(st.sampled_from(BUDGETS), min_size=1, max_size=2)):
        made.take(step)
    made.take("pay_for_care")
    if draw(st.booleans()):
        made.take("keep_surplus")
        made.take("share_overrun")
    else:
        for side, (first, last) in ENDS.items():
            made.take(first)
            cuts = [name for name in CUTS[side] if name not in ENDS[side]]
            for step in draw(st.lists(st.sampled_from(cuts), max_size=3)):
                made.take(step)
            made.take(last)
    if draw(st.booleans()):
        made.take("distribute_kept")
    pools = {}
    amounts = [name for name, fact in made.facts.items() if fact["kind"] == "amount" and not name.endswith("_spend")]
    if amounts and draw(st.booleans()):
        # One of the amounts becomes a part of a pot, shared by heads and by points.
        name, by_heads = draw(st.sampled_from(sorted(amounts))), draw(st.integers(0, 100))
        del made.facts[name]
        made._fact("heads", "number")
        made._fact("points", "number")
        made._give(f"{name}_pot", "amount", ("", ""))
        by = {"heads": str(by_heads), "points": str(100 - by_heads)}
        pools = {name: {"is": _sentence(name), "pot": f"{name}_pot", "by": by}}
    content = {
        "policy": "made", "title": _sentence("title"), "place": _sentence("place"), "is": _sentence("policy"),
        "in_force": {"from": "2025-01-01", "until": "2025-12-31"},
        "issued": {"by": "Yiheng", "number": "1", "on": "2025-01-01"},
        "facts": made.facts, "pools": pools, "values": made.values, "assumptions": made.assumptions,
        "rounding": {"mode": draw(st.sampled_from(["half_up", "half_even", "down"]))}, "steps": made.steps,
    }  # fmt: skip
    return PolicyFile(Policy.model_validate(content), Document("made/2025.yaml", content, {}), "")


SOURCES = st.sampled_from(SHIPPED) | policies()


@st.composite
def cases(draw, sources: st.SearchStrategy[PolicyFile] = SOURCES) -> Drawn:
    """A shipped policy as often as a made one; amounts of a party lie near each other, as budgets and spending do."""
    source = draw(sources)
    force = source.policy.in_force
    year = draw(st.integers(force.first.year, force.last.year))
    assume(force.first <= dt.date(year, 12, 31) <= force.last)
    own = [e.value for v in source.policy.values.values() for e in v.history if v.unit == "yuan_by_party"]
    named = sorted(set.intersection(*(set(one) for one in own))) if own else [f"p{i}" for i in range(3)]
    several = bool(source.policy.pools or source.policy.risk)
    parties = named[: draw(st.integers(2, 3)) if several else 1]
    scale = draw(money)
    return Drawn(source, year, tuple(draw(_facts(source, party, scale)) for party in parties))


def scaled(case: Drawn, k: int) -> Drawn:
    """All money times k: the facts, and the amounts that the policy itself names."""
    parties = tuple(replace(one, facts={n: _scaled(f, k) for n, f in one.facts.items()}) for one in case.parties)
    values = {}
    for name, value in case.source.policy.values.items():
        if value.unit.startswith("yuan"):
            entries = [e.model_copy(update={"value": _times(e.value, k)}) for e in value.history]
            value = value.model_copy(update={"history": entries})
        values[name] = value
    source = replace(case.source, policy=case.source.policy.model_copy(update={"values": values}))
    return replace(case, source=source, parties=parties)


def _scaled(fact: Fact, k: int) -> Fact:
    amount = Fen(fact.amount.n * k) if fact.amount is not None else None
    sums = {c: CellSum(s.person_days, Fen(s.amount.n * k)) for c, s in fact.cells.items()} if fact.cells else fact.cells
    return replace(fact, amount=amount, cells=sums)


def _times(value: object, k: int) -> object:
    if isinstance(value, dict):
        return {name: _times(part, k) for name, part in value.items()}
    return Fen(Fen.from_yuan(str(value)).n * k).yuan
