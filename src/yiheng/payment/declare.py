"""How a step of a settlement is declared, and how a policy's steps are bound to them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, Inexact, localcontext
from fractions import Fraction
from functools import lru_cache
from typing import Literal, get_args

from yiheng.basis.evidence import Because, Words
from yiheng.basis.money import Fen, ratio, total
from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.policy import PolicyFile, Terms
from yiheng.policy.domains import shown
from yiheng.policy.schema import FactKind, Unit
from yiheng.policy.terms import Tier

from .book import Account, Book, Transfer
from .facts import PartyFacts

# What a step of clearing cuts, takes over or pays: where there is none of it, the step is not taken.
Clears = Literal["due", "owed"]
Stage = Literal["budget", "prepayment", "care", "clearing", "distribution", "after", "special"]

# What a step may take: facts (amounts, numbers, years, words), values (a rate, an amount, a count; rates or amounts by
# class, shares by name, bands), an open choice, or a name of its own, such as of a pool.
Taken = Literal[
    "fact", "facts", "number", "numbers", "year", "word",
    "rate", "rates", "amount", "amounts", "count", "shares", "bands", "choice", "name",
]  # fmt: skip
FACTS: dict[Taken, tuple[FactKind, ...]] = {
    "fact": ("amount",), "facts": ("amount",), "number": ("number",), "numbers": ("number",), "year": ("year",),
    "word": ("word",),
}  # fmt: skip
UNITS: dict[Taken, tuple[Unit, ...]] = {
    "rate": ("percent", "per_mille", "per_ten_thousand"),
    "rates": ("percent_by",),
    "amount": ("yuan", "yuan_by_party"),
    "amounts": ("yuan_by",),
    "count": ("count",),
    "shares": ("shares",),
    "bands": ("bands",),
}
SEVERAL: tuple[Taken, ...] = ("facts", "numbers")

STEPS: dict[str, Step] = {}

# More digits than any rate a policy writes; a rate that needs more is shown as about so much.
DIGITS = 12


@dataclass(frozen=True)
class Case:
    """What a step sees: one party, its facts, the terms, and the book so far."""

    party: str
    facts: PartyFacts
    terms: Terms
    book: Book

    def granted(self) -> Fen:
        """The budget as it was granted, less what was taken back before care was paid."""
        budget = Account("budget", self.party)
        moved = [t for t in self.book.journal if STEPS[t.step].stage == "budget"]
        return total(t.amount for t in moved if t.taker == budget) - total(t.amount for t in moved if t.giver == budget)

    def owed(self) -> Fen:
        """What of an overrun is on its way to be borne."""
        return -self.book.balance(Account("owed", self.party))

    def rate_at(self, bands: str, at: Fraction, called: str = "", *, from_edge: bool = False) -> Fraction:
        """The rate of the band that holds a number.

        Args:
            called: what the number is, for the refusal.
            from_edge: a band begins at its lower edge; else an edge belongs to the band below it.

        Raises:
            Refusal: no band holds it: the policy says nothing of it, and no rate is made up.
        """
        known = self.terms.bands(bands)
        first, last = known.value.tiers[0].low, known.value.tiers[-1].high
        if not from_edge:
            rate = known.value.at(at)
        else:
            rate = None if at < first or (last is not None and at > last) else known.value.reached(at)
        if rate is None:
            raise Refusal(
                f"no band of '{bands}' holds {called}{shown(_plain(at))}",
                where=str(known.because.source or self.terms.source.file),
                expected=" | ".join(_band(tier) for tier in known.value.tiers),
                cure=f"check the facts of '{self.party}', or add the band with its article",
            )  # fmt: skip
        return rate


@dataclass(frozen=True)
class Step:
    """A declared step: its first sentence is what officials read.

    Attributes:
        clears: the pending surplus or overrun that it works on; without any, the facts it takes may be unknown.
    """

    name: str
    zh: str
    en: str
    stage: Stage
    clears: Clears | None
    takes: dict[str, Taken]
    optional: frozenset[str]
    move: Callable[..., Iterator[Transfer]]


def step(
    *, zh: str, stage: Stage, clears: Clears | None = None, **takes: Taken
) -> Callable[[Callable[..., Iterator[Transfer]]], Step]:
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
        STEPS[name] = Step(name, zh, en, stage, clears, takes, optional, move)
        return STEPS[name]

    return declare


def formula(zh: str, en: str, *rests_on: Because) -> Because:
    """A reason that is a formula in words over what it rests on."""
    return Because(Words(zh, en), rests_on=rests_on)


@lru_cache
def percent(rate: Fraction) -> str:
    """A rate as people write it: in percent where that ends; else about, with the two numbers that are exact."""
    exact = _plain(rate)
    return in_percent(exact) or f"{about(exact)}（＝{exact.numerator} ÷ {exact.denominator}）"


def percent_of(part: Fraction | Fen, whole: Fraction | Fen) -> str:
    """What one amount is of another in percent; where that does not end, about, with both amounts in yuan."""
    of, by = (_plain(ratio(one.n)) if isinstance(one, Fen) else _plain(one) for one in (part, whole))
    return in_percent(of / by) or f"{about(of / by)}（＝{_yuan(of)} ÷ {_yuan(by)}）"


def _plain(number: Fraction) -> Fraction:
    """A number without its formula: words are no cells."""
    return Fraction(number.numerator, number.denominator)


def about(rate: Fraction) -> str:
    """A rate in percent, marked as rounded to two decimals."""
    return f"≈{Decimal(round(rate * 10_000)) / 100:.2f} %"


def _yuan(fen: Fraction) -> str:
    return str(Fen(int(fen))) if fen.denominator == 1 else f"{fen.numerator}/{100 * fen.denominator}"


def in_percent(rate: Fraction) -> str | None:
    """A rate in percent where that ends."""
    hundredfold = rate * 100
    with localcontext(prec=DIGITS) as exact:
        exact.traps[Inexact] = True
        try:
            text = f"{Decimal(hundredfold.numerator) / hundredfold.denominator:f}"
        except Inexact:
            return None
    return f"{text} %"


def _band(tier: Tier) -> str:
    return f"from {tier.low}" + (f" to {tier.high}" if tier.high is not None else "")


def decided(source: PolicyFile) -> list[str]:
    """The assumptions whose alternatives can be computed: they set a value, or a step or pool takes them."""
    takes = [
        name
        for written in source.policy.steps
        for argument, name in written.takes.items()
        if STEPS[written.step].takes.get(argument) == "choice"
    ]
    takes += [one for pool in source.policy.pools.values() for one in (pool.ties, pool.adds_up) if one]
    return [name for name, stated in source.policy.assumptions.items() if stated.sets or name in takes]


def refuse_choices(source: PolicyFile, assume: Mapping[str, str]) -> None:
    """Refuse another choice for an assumption that nothing in the file computes.

    Raises:
        Refusal: there is no such assumption, or no value and no step depends on it.
    """
    for name in assume:
        if name not in source.policy.assumptions:
            cure = nearest(name, source.policy.assumptions)
            raise Refusal(f"there is no assumption '{name}'", where=source.file, cure=cure)
        if name not in decided(source):
            raise Refusal(
                f"nothing in the policy is computed from the assumption '{name}'",
                where=source.document.place(("assumptions", name)),
                expected="an assumption that sets a value, or that a step takes",
                cure="leave it as chosen: the figures that the other reading needs are not among the facts",
            )


def check_steps(source: PolicyFile) -> None:
    """Check that each step of a policy exists and takes what the file gives it.

    Raises:
        Refusals: all faults together, with line and nearest known name.
    """
    found = [fault for i in range(len(source.policy.steps)) for fault in _faults_of_step(source, i)]
    if found:
        raise Refusals(found)


def _faults_of_step(source: PolicyFile, i: int) -> Iterator[Refusal]:
    written = source.policy.steps[i]
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
    yield from _faults_of_conditions(source, i)
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
        elif (kind in SEVERAL) != isinstance(given, list):
            yield Refusal(f"'{name}' takes {'a list of facts' if kind in SEVERAL else 'one name'}", where=where)
        else:
            for one in given if isinstance(given, list) else [given]:
                yield from _faults_of_name(source, kind, one, where)


def _faults_of_name(source: PolicyFile, kind: Taken, name: str, where: str) -> Iterator[Refusal]:
    """What is wrong with a name that a step takes: the file does not have it, or it is of another kind."""
    policy = source.policy
    if kind == "name":
        return
    if kind == "choice":
        if name not in policy.assumptions:
            cure = nearest(name, policy.assumptions)
            yield Refusal(f"'{name}' is not an assumption of this file", where=where, cure=cure)
    elif kind in FACTS:
        yield from _faults_of_fact(source, name, FACTS[kind], where)
    elif name not in policy.values:
        yield Refusal(f"'{name}' is not a value of this file", where=where, cure=nearest(name, policy.values))
    elif policy.values[name].unit not in UNITS[kind]:
        unit = policy.values[name].unit
        yield Refusal(f"'{name}' is in {unit}", where=where, expected=f"unit {' or '.join(UNITS[kind])}")


def _faults_of_fact(source: PolicyFile, name: str, expected: tuple[FactKind, ...], where: str) -> Iterator[Refusal]:
    policy = source.policy
    kinds = {n: f.kind for n, f in policy.facts.items()} | {n: p.kind for n, p in policy.pools.items()}
    kinds |= dict.fromkeys(policy.risk, "amount")
    if name not in kinds:
        yield Refusal(f"'{name}' is not a fact of this file", where=where, cure=nearest(name, kinds))
    elif kinds[name] not in expected:
        yield Refusal(f"the fact '{name}' is of kind {kinds[name]}", where=where, expected=" or ".join(expected))


def _faults_of_conditions(source: PolicyFile, i: int) -> Iterator[Refusal]:
    """Words need a word fact, a least number a number or year."""
    written = source.policy.steps[i]
    for key, conditions in (("when", written.when), ("unless", written.unless)):
        for name, condition in conditions.items():
            kinds: tuple[FactKind, ...] = ("word",) if isinstance(condition, list) else ("number", "year")
            yield from _faults_of_fact(source, name, kinds, source.document.place(("steps", i, key, name)))
