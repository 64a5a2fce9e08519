"""How a step of a settlement is declared, and how a policy's steps are bound to them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction
from typing import Literal, get_args

from yiheng.basis.evidence import Because, Words
from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.policy import PolicyFile, Terms

from .book import Book, Transfer
from .facts import PartyFacts

Stage = Literal["budget", "care", "clearing", "distribution"]

# What a step may take: a fact, several facts, a rate, an amount, shares by name, or an open choice.
Taken = Literal["fact", "facts", "rate", "amount", "shares", "choice"]

STEPS: dict[str, Step] = {}

# More digits than any rate a policy writes; a rate that needs more is shown as a fraction.
DIGITS = 12


@dataclass(frozen=True)
class Case:
    """What a step sees: one party, its facts, the terms, and the book so far."""

    party: str
    facts: PartyFacts
    terms: Terms
    book: Book


@dataclass(frozen=True)
class Step:
    """A declared step: its first sentence is what officials read."""

    name: str
    zh: str
    en: str
    stage: Stage
    takes: dict[str, Taken]
    optional: frozenset[str]
    move: Callable[..., Iterator[Transfer]]


def step(*, zh: str, stage: Stage, **takes: Taken) -> Callable[[Callable[..., Iterator[Transfer]]], Step]:
    """Declare a step: ``zh`` is its Chinese sentence, ``takes`` says what each argument is.

    The decorated function takes a :class:`Case` and the names written in the policy file. An
    argument with a default may be left out of the file.
    """

    def declare(move: Callable[..., Iterator[Transfer]]) -> Step:
        name = move.__name__
        parameters = inspect.signature(move).parameters
        if set(takes) != set(list(parameters)[1:]) or not set(takes.values()) <= set(get_args(Taken)):
            raise TypeError(f"step {name} declares {sorted(takes)} but takes {list(parameters)[1:]}")
        if name in STEPS:
            raise TypeError(f"step {name} is declared twice")
        en = (inspect.getdoc(move) or "").split("\n")[0]
        optional = frozenset(n for n, p in parameters.items() if p.default is not inspect.Parameter.empty)
        STEPS[name] = Step(name, zh, en, stage, takes, optional, move)
        return STEPS[name]

    return declare


def formula(zh: str, en: str, *rests_on: Because) -> Because:
    """A reason that is a formula in words over what it rests on."""
    return Because(Words(zh, en), rests_on=rests_on)


def percent(rate: Fraction) -> str:
    """A rate as people write it: in percent where that ends, else as a fraction of a hundred."""
    hundredfold = rate * 100
    with localcontext(prec=DIGITS) as exact:
        exact.traps[Inexact] = True
        try:
            text = f"{Decimal(hundredfold.numerator) / hundredfold.denominator:f}"
        except Inexact:
            text = str(hundredfold)
    return f"{text} %"


def check_steps(source: PolicyFile) -> None:
    """Check that each step of a policy exists and takes what the file gives it.

    Raises:
        Refusals: all faults together, with line and nearest known name.
    """
    found = [fault for i in range(len(source.policy.steps)) for fault in _faults_of_step(source, i)]
    if found:
        raise Refusals(found)


def _faults_of_step(source: PolicyFile, i: int) -> Iterator[Refusal]:
    policy, written = source.policy, source.policy.steps[i]
    where = source.document.place(("steps", i, "step"))
    declared = STEPS.get(written.step)
    if declared is None:
        yield Refusal(
            f"there is no step '{written.step}'",
            where=where,
            expected="a known step",
            cure=nearest(written.step, STEPS),
        )
        return
    for name in declared.takes:
        if name not in written.takes and name not in declared.optional:
            yield Refusal(
                f"step '{written.step}' needs '{name}'",
                where=where,
                expected=f"takes: {', '.join(declared.takes)}",
                cure=f"add '{name}' under 'takes'",
            )
    known: dict[Taken, Collection[str]] = {
        "fact": policy.facts,
        "facts": policy.facts,
        "choice": policy.assumptions,
    }
    for name, given in written.takes.items():
        where = source.document.place(("steps", i, "takes", name))
        kind = declared.takes.get(name)
        if kind is None:
            yield Refusal(
                f"step '{written.step}' takes no '{name}'",
                where=where,
                expected=f"takes: {', '.join(declared.takes)}",
                cure=nearest(name, declared.takes),
            )
            continue
        if (kind == "facts") != isinstance(given, list):
            yield Refusal(f"'{name}' takes {'a list of facts' if kind == 'facts' else 'one name'}", where=where)
            continue
        among = known.get(kind, policy.values)
        for one in given if isinstance(given, list) else [given]:
            if one not in among:
                yield Refusal(f"'{one}' is not a {_what(kind)} of this file", where=where, cure=nearest(one, among))


def _what(kind: Taken) -> str:
    return {"fact": "fact", "facts": "fact", "choice": "assumption"}.get(kind, "value")
