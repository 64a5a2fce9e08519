"""Settlements drawn at random: every shipped policy and policies made of the declared steps, with plausible facts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from itertools import pairwise
from random import Random

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

# Policies of a package; payments for results and benefits of a person have properties of their own.
SHIPPED = [
    source
    for source in map(shipped, POLICIES)
    if any(STEPS[written.step].stage == "care" for written in source.policy.steps)
]
FACT = Place("facts.csv", "2")
# Numbers that are a part of one; all others count people, days or points.
PARTS_OF_ONE = ("score", "rate", "gate", "share", "quality", "performance")
CLASSES = ("甲", "乙", "丙")
# Steps that made policies are made of: each makes sense behind any other of its stage.
CUTS = {
    "_due": ["gate_due", "gate_due_by_size", "score_due", "share_due", "cap_due"],
    "_owed": ["gate_owed", "score_owed", "share_owed", "cap_owed", "relieve_owed"],
}
ENDS = {"_due": ("surplus_due", "pay_due"), "_owed": ("overrun_owed", "charge_owed")}
BUDGETS = ["budget_from_history", "budget_given", "budget_stated", "public_health_added"]
# The allowed words of an open choice stand in the policies that take it.
CHOICES = {
    (written.step, argument): [source.policy.assumptions[name].chosen, *source.policy.assumptions[name].alternatives]
    for source in SHIPPED
    for written in source.policy.steps
    for argument, name in written.takes.items()
    if STEPS[written.step].takes[argument] == "choice"
}

MOST, PEOPLE = 10**13, (1, 10**6)
# Made once each: six properties look at the same ones.
MADE = 400


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
    """The facts that are charged as care; a part of a pot is not the party's own."""
    care = [written.takes["spend"] for written in source.policy.steps if STEPS[written.step].stage == "care"]
    return [name for name in care if isinstance(name, str) and name in source.policy.facts]


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


def _facts(rng: Random, source: PolicyFile, party: str, scale: int) -> PartyFacts:
    made = {}
    for name, declared in source.policy.facts.items():
        because = Because(declared.says.words, source=FACT)
        if declared.kind == "amount" and "causes" in _arguments_of(source, name):
            # No more of an overrun has a cause than there is; what is drawn spends up to 140 for 60.
            made[name] = Fact(Fen(scale * rng.randint(0, 2) // 100), because)
        elif declared.kind == "amount":
            made[name] = Fact(Fen(scale * rng.randint(60, 140) // 100 + rng.randint(0, 99)), because)
        elif declared.kind == "word":
            made[name] = Fact(None, because, word=rng.choice(_words(source, name)))
        elif declared.kind == "cells":
            sums = {
                c: CellSum(rng.randint(*PEOPLE), Fen(rng.randint(1, scale + 1))) for c in CLASSES[: rng.randint(1, 3)]
            }
            made[name] = Fact(None, because, cells=sums)
        elif declared.kind == "year":
            first = source.policy.in_force.first.year
            made[name] = Fact(None, because, number=Fraction(rng.randint(first - 4, first)))
        else:
            names = (name, *_arguments_of(source, name))
            part = any(word in one for word in PARTS_OF_ONE for one in names)
            number = (
                Fraction(rng.randint(0, 100), 100)
                if part
                else max(Fraction(rng.randint(*PEOPLE)), declared.domain.least if declared.domain else 0)
            )
            made[name] = Fact(None, because, number=number)
    return PartyFacts(party, made)


class _Making:
    """A policy being made: what its steps take is named and given a random value as it is asked for."""

    def __init__(self, rng: Random) -> None:
        self.rng, self.facts, self.values, self.assumptions, self.steps = rng, {}, {}, {}, []

    def take(self, step: str) -> None:
        """Add a step with all that it takes."""
        takes = {}
        for argument, kind in STEPS[step].takes.items():
            if argument in STEPS[step].optional and self.rng.choice((True, False)):
                continue
            name = f"{len(self.steps)}_{argument}"
            several = [f"{name}_{i}" for i in range(self.rng.randint(1, 3))]
            takes[argument] = several if kind in ("facts", "numbers") else name
            for one in several if kind in ("facts", "numbers") else [name]:
                self._give(one, kind, (step, argument))
        when = {}
        if STEPS[step].stage == "clearing" and step.endswith(tuple(CUTS)) and self.rng.choice((True, False)):
            inner = step not in (*ENDS["_due"], *ENDS["_owed"])
            when = {"track": [self.rng.choice(CLASSES)]} if inner else {}
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
            chosen, *others = self.rng.sample(CHOICES[asked_by], len(CHOICES[asked_by]))
            self.assumptions[name] = {"is": _sentence(name), "chosen": chosen, "alternatives": others}
        else:
            unit, value = self._value(kind)
            entry = {"from": "2025-01-01", "value": value, "article": "第一条"}
            self.values[name] = {"is": _sentence(name), "unit": unit, "mark": "example", "history": [entry]}

    def _value(self, kind: str) -> tuple[str, object]:
        rng = self.rng
        if kind == "rate":
            return "percent", _percent(rng)
        if kind == "amount":
            return "yuan", Fen(rng.randint(0, MOST)).yuan
        if kind == "rates":
            return "percent_by", {word: _percent(rng) for word in CLASSES}
        if kind == "amounts":
            return "yuan_by", {word: Fen(rng.randint(0, MOST)).yuan for word in CLASSES}
        if kind == "count":
            return "count", str(rng.randint(*PEOPLE))
        if kind == "shares":
            cuts = [0, *sorted(rng.randint(0, 100) for _ in range(rng.randint(0, 3))), 100]
            return "shares", {f"用途{i}": str(b - a) for i, (a, b) in enumerate(pairwise(cuts))}
        edges = sorted({rng.randint(*PEOPLE) for _ in range(rng.randint(1, 3))})
        bands = [{"until": str(edge), "rate": _percent(rng)} for edge in edges]
        return "bands", [*bands, {"rate": _percent(rng)}]


def _percent(rng: Random) -> str:
    return rng.choice((str(rng.randint(0, 100)), f"{rng.randint(0, 99)}.{rng.randint(0, 99):02d}"))


def _sentence(name: str) -> dict[str, str]:
    return {"zh": f"例 {name}", "en": f"example {name}"}


@cache
def made_policy(number: int) -> PolicyFile:
    """A valid combination of declared steps, with every value drawn."""
    rng = Random(number)
    made = _Making(rng)
    for step in rng.choices(BUDGETS, k=rng.randint(1, 2)):
        made.take(step)
    made.take("pay_for_care")
    if rng.choice((True, False)):
        made.take("keep_surplus")
        made.take("share_overrun")
    else:
        for side, (first, last) in ENDS.items():
            made.take(first)
            for step in rng.choices(CUTS[side], k=rng.randint(0, 3)):
                made.take(step)
            made.take(last)
    if rng.choice((True, False)):
        made.take("distribute_kept")
    pools = {}
    amounts = [name for name, fact in made.facts.items() if fact["kind"] == "amount" and not name.endswith("_spend")]
    if amounts and rng.choice((True, False)):
        # One of the amounts becomes a part of a pot, shared by heads and by points.
        name, by_heads = rng.choice(sorted(amounts)), rng.randint(0, 100)
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
        "rounding": {"mode": rng.choice(["half_up", "half_even", "down"])}, "steps": made.steps,
    }  # fmt: skip
    return PolicyFile(Policy.model_validate(content), Document(f"made/{number}.yaml", content, {}), "")


SOURCES = st.sampled_from(SHIPPED) | st.integers(0, MADE - 1).map(made_policy)
# Those whose parties share something; elsewhere parties never meet.
SHARING = SOURCES.filter(lambda source: bool(source.policy.pools or source.policy.risk))


def cases(sources: st.SearchStrategy[PolicyFile] = SOURCES) -> st.SearchStrategy[Drawn]:
    """A shipped policy as often as a made one, with a seed for its facts: drawing each figure would take a minute."""
    return st.builds(_case, sources, st.integers(0, 2**32))


def _case(source: PolicyFile, seed: int) -> Drawn:
    """Amounts of a case lie near each other, as budgets and spending do."""
    rng = Random(seed)
    force = source.policy.in_force
    years = [y for y in range(force.first.year, force.last.year + 1) if force.first <= dt.date(y, 12, 31) <= force.last]
    own = [e.value for v in source.policy.values.values() for e in v.history if v.unit == "yuan_by_party"]
    named = sorted(set.intersection(*(set(one) for one in own))) if own else [f"p{i}" for i in range(3)]
    several = bool(source.policy.pools or source.policy.risk)
    parties = named[: rng.randint(2, 3) if several else 1]
    scale = rng.choice((0, 1, rng.randint(0, 1000), rng.randint(0, MOST), rng.randint(0, MOST)))
    return Drawn(source, rng.choice(years), tuple(_facts(rng, source, party, scale) for party in parties))


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


# Those with a fact that is charged as care.
SPENDING = SOURCES.filter(lambda source: bool(spend_facts(source)))
