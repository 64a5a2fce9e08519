"""Steps that share the kept surplus inside the consortium: by shares, by points with floors, by needs, pool by pool."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from yiheng.basis.evidence import Because, Words
from yiheng.basis.money import NOTHING, Fen, ratio, smaller, total
from yiheng.basis.refusals import Refusal

from ..book import Account, Transfer
from ..declare import Case, formula, percent, step
from ..leftovers import leftovers

AT_FLOOR = Words("按保底额", "at the floor")


@step(zh="留用的结余按约定比例在医共体内部分配，精确到分。", stage="distribution", shares="shares")
def distribute_kept(case: Case, shares: str) -> Iterator[Transfer]:
    """The kept surplus is shared inside the consortium; the parts add up to the fen."""
    pool = _pool(case, None)
    if pool[1] <= NOTHING:
        return
    agreed = case.terms.shares(shares)
    parts = case.terms.shared(pool[1], agreed.value)
    rests = leftovers(pool[1], agreed.value, parts)
    for purpose, part in sorted(parts.items()):
        rate, rest = percent(agreed.value[purpose]), rests[purpose]
        why = formula(
            f"留用结余 × {rate}，{rest.zh}",
            f"kept surplus × {rate}; {rest.en}",
            formula("留用结余", "kept surplus").worth(pool[1]),
            agreed.because,
        )
        yield _part(case, "distribute_kept", pool, purpose, part, why)


@step(
    zh="留用的结余（或其中一个资金池）按工分乘以权重分配，各成员不低于保底额。",
    stage="distribution",
    points="numbers",
    weights="rates",
    floors="amounts",
    out_of="name",
)
def distribute_by_points(
    case: Case, points: list[str], weights: str | None = None, floors: str | None = None, out_of: str | None = None
) -> Iterator[Transfer]:
    """What is kept, or a pool of it, is shared by work points times weight; no member gets less than its floor.

    Members are called like the facts that count their points; weights and floors name them as classes. Where the
    floors are more than the pool, the pool is shared by the floors.
    """
    pool = _pool(case, out_of)
    if pool[1] <= NOTHING:
        return
    counted = {name: case.facts.number(name) for name in points}
    by, why = {name: number for name, (number, _) in counted.items()}, {n: [w] for n, (_, w) in counted.items()}
    least = dict.fromkeys(points, NOTHING)
    for name in case.terms.classes(weights) if weights else ():
        rate = case.terms.rate_for(weights or "", name)
        by[name] *= rate.value
        why[name].append(rate.because)
    for name in case.terms.classes(floors) if floors else ():
        floor = case.terms.amount_for(floors or "", name)
        least[name] = floor.value
        why[name].append(floor.because.worth(floor.value))
    if min(by.values()) < 0 or max(by.values()) == 0:
        raise Refusal(
            f"the points of '{case.party}' are below zero, or nothing for all", expected="points of the members"
        )
    for member, (part, rest) in _above_floors(case, pool[1], by, least).items():
        says = formula(
            f"工分 × 权重，保底 {least[member]} 元，{rest.zh}",
            f"points × weight, at least {least[member]} yuan; {rest.en}",
            *why[member],
        )  # fmt: skip
        yield _part(case, "distribute_by_points", pool, member, part, says)


@step(
    zh="留用的结余（或其中一个资金池）先保各成员的需要，不足时按需要的比例分配。",
    stage="distribution",
    needs="facts",
    out_of="name",
)
def distribute_by_needs(case: Case, needs: list[str], out_of: str | None = None) -> Iterator[Transfer]:
    """What is kept, or a pool of it, meets the members' needs, in proportion where it is too little; the rest stays."""
    pool = _pool(case, out_of)
    known = {name: case.facts.known(name) for name in needs}
    asked = total(amount for amount, _ in known.values())
    spent = smaller(pool[1], asked)
    if spent <= NOTHING:
        return
    weights = {name: ratio(amount.n) for name, (amount, _) in known.items()}
    parts = case.terms.shared(spent, weights)
    rests = leftovers(spent, weights, parts)
    for member, part in parts.items():
        (amount, because), rest = known[member], rests[member]
        says = formula(
            f"需要合计 {asked} 元，可分 {spent} 元，{rest.zh}", f"needs of {asked}, {spent} to share; {rest.en}",
            because.worth(amount),
        )  # fmt: skip
        yield _part(case, "distribute_by_needs", pool, member, part, says)


def _above_floors(
    case: Case, pool: Fen, by: dict[str, Fraction], least: dict[str, Fen]
) -> dict[str, tuple[Fen, Words]]:
    """Shares by weight; whoever would get less than the floor gets the floor, and the others share what is left."""
    if total(least.values()) >= pool:
        return _with_rests(case, pool, {name: ratio(floor.n) for name, floor in least.items()})
    held: dict[str, Fen] = {}
    while True:
        free = {name: weight for name, weight in by.items() if name not in held}
        parts = _with_rests(case, pool - total(held.values()), free)
        short = {name: least[name] for name, (part, _) in parts.items() if part < least[name]}
        if not short:
            return {**{name: (floor, AT_FLOOR) for name, floor in held.items()}, **parts}
        held |= short


def _with_rests(case: Case, pool: Fen, weights: dict[str, Fraction]) -> dict[str, tuple[Fen, Words]]:
    parts = case.terms.shared(pool, weights)
    rests = leftovers(pool, weights, parts)
    return {name: (part, rests[name]) for name, part in parts.items()}


def _pool(case: Case, out_of: str | None) -> tuple[Account, Fen]:
    """The kept surplus, or the part of it that an earlier step set apart, and what is on it."""
    account = Account("use", case.party, out_of) if out_of else Account("kept", case.party)
    return account, case.book.balance(account)


def _part(case: Case, name: str, pool: tuple[Account, Fen], to: str, part: Fen, why: Because) -> Transfer:
    purpose = f"{pool[0].purpose}/{to}" if pool[0].purpose else to
    taker = case.book.open(Account("use", case.party, purpose))
    return Transfer(pool[0], taker, part, name, why.worth(part))
