"""Everything that can be known to be wrong with a policy before a single fact is there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from yiheng.basis.numbers import exact_number
from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.policy import PolicyFile, Terms
from yiheng.policy.schema import Entry, Pool

from .check_domains import base_years, bounds, domains, words
from .declare import check_steps
from .pools import CREDIT_SUMS, TIES
from .sequence import sequence

WHOLE = 100


def check_policy(source: PolicyFile, *, every_unit: bool = False) -> None:
    """Check the steps, every dated value and its bounds, the domains of facts, pools and conditions of a policy.

    Args:
        every_unit: also ask each amount for its unit; a settlement takes an amount without one for yuan from zero on.

    Raises:
        Refusals: all faults together, with line and nearest known name.
    """
    found: list[Refusal] = []
    try:
        check_steps(source)
        found += sequence(source)
    except Refusals as faults:
        found += faults.found
    except Refusal as fault:
        found.append(fault)
    for check in (_values, bounds, base_years, _pools, words):
        found += check(source)
    found += domains(source, every_unit)
    if found:
        raise Refusals(found)


def _values(source: PolicyFile) -> Iterator[Refusal]:
    """Every entry is read as a step would read it on its first day."""
    for name, value in source.policy.values.items():
        for entry in value.history:
            known = entry.known_on or source.policy.issued.on
            terms = Terms(source, entry.first, max(known, source.policy.issued.on))
            try:
                for read in _readings(terms, name, value.unit, entry):
                    read()
            except Refusal as refusal:
                yield refusal


def _readings(terms: Terms, name: str, unit: str, entry: Entry) -> Iterator[Callable[[], object]]:
    keys = list(entry.value) if isinstance(entry.value, dict) else [""]
    if unit in ("yuan_by_party", "yuan"):
        yield from (lambda key=key: terms.amount(name, key) for key in keys)
    elif unit in ("percent_by", "yuan_by"):
        by = terms.rate_for if unit == "percent_by" else terms.amount_for
        yield from (lambda key=key: by(name, key) for key in keys)
    elif unit == "bands":
        yield lambda: terms.bands(name)
    elif unit == "shares":
        yield lambda: terms.shares(name)
    elif unit == "count":
        yield lambda: terms.count(name)
    else:
        yield lambda: terms.rate(name)


def _pools(source: PolicyFile) -> Iterator[Refusal]:
    policy = source.policy
    for name, pool in policy.pools.items():
        where = source.document.place(("pools", name))
        if name in policy.facts or name in policy.risk:
            yield Refusal(f"the pool '{name}' is called like a fact", where=where, cure="give it another name")
        yield from _names_of_pool(source, pool, where)
        yield from _choices_of_pool(source, pool, where)
        if pool.pot is not None:
            yield from _pot(source, name, pool, where)


def _names_of_pool(source: PolicyFile, pool: Pool, where: str) -> Iterator[Refusal]:
    facts = source.policy.facts
    amounts = (pool.mean_of, pool.gain_of)
    named = [*pool.by, *pool.sized.values(), pool.each, pool.over, pool.rank_of, pool.graded_by, *amounts]
    for fact in (one for one in named if one is not None):
        expected = "amount" if fact in amounts else "number"
        if fact not in facts:
            yield Refusal(f"'{fact}' is not a fact of this file", where=where, cure=nearest(fact, facts))
        elif facts[fact].kind != expected:
            yield Refusal(f"the fact '{fact}' is of kind {facts[fact].kind}", where=where, expected=expected)


def _choices_of_pool(source: PolicyFile, pool: Pool, where: str) -> Iterator[Refusal]:
    """The assumptions that a pool takes, and the bands of what is gained and lost."""
    policy = source.policy
    for name, choices in ((pool.ties, TIES), (pool.adds_up, CREDIT_SUMS)):
        if name is not None and name not in policy.assumptions:
            yield Refusal(
                f"'{name}' is not an assumption of this file", where=where, cure=nearest(name, policy.assumptions)
            )
        elif name is not None:
            stated = policy.assumptions[name]
            for one in (stated.chosen, *stated.alternatives):
                if one not in choices:
                    yield Refusal(f"'{one}' cannot be chosen for '{name}'", where=where, expected=" | ".join(choices))
    if pool.grades is not None and (pool.grades not in policy.values or policy.values[pool.grades].unit != "bands"):
        yield Refusal(f"'{pool.grades}' is not a value in bands", where=where, cure=nearest(pool.grades, policy.values))


def _pot(source: PolicyFile, name: str, pool: Pool, where: str) -> Iterator[Refusal]:
    values = source.policy.values
    if pool.pot not in values:
        yield Refusal(f"'{pool.pot}' is not a value of this file", where=where, cure=nearest(pool.pot or "", values))
    elif values[pool.pot].unit != "yuan":
        yield Refusal(f"'{pool.pot}' is in {values[pool.pot].unit}", where=where, expected="unit yuan")
    shares = [exact_number(text) for text in pool.by.values()]
    if any(share < 0 for share in shares):
        yield Refusal(f"a percent of the pool '{name}' is below zero", where=where, expected="from 0 to 100")
    elif sum(shares) != WHOLE:
        yield Refusal(f"the percents of the pool '{name}' do not add up to 100", where=where, expected="100 in all")
