"""Whether the steps of a policy together move each amount once, none twice, and in an order in which all is there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise, product
from math import prod

from yiheng.basis.numbers import exact_number
from yiheng.basis.refusals import Refusal
from yiheng.policy import PolicyFile
from yiheng.policy.schema import AtLeast, Conditions, Step

from .declare import STEPS

# More cases than these cannot be gone through while somebody waits; no policy of a place comes near.
MOST_CASES = 100_000
# A word that a fact without declared words may say beside those that the conditions name.
ANOTHER = "\0"
# How many steps a refusal names.
SHOWN_NAMES = 3

# One case of the conditions: what each fact that they name says, a word or a number.
Said = Mapping[str, str | Fraction]
Written = tuple[int, Step]


def _stage(*stages: str) -> frozenset[str]:
    return frozenset(name for name, one in STEPS.items() if one.stage in stages)


def _clears(side: str) -> frozenset[str]:
    return frozenset(name for name, one in STEPS.items() if one.clears == side)


@dataclass(frozen=True)
class Once:
    """Steps of which one is taken where any of ``needed_by`` is: what they do must be done.

    Attributes:
        most: whether a second one is refused: what it does is done once.
    """

    what: str
    names: frozenset[str]
    needed_by: frozenset[str]
    most: bool = True


PAYERS = ("deductible_to_person", "basic_pays", "supplementary_pays", "aid_pays")
LAYERS = ("cost_to_bear", "uncovered_to_person", *PAYERS, "insurer_pays", "person_pays")


def _once_each() -> Iterator[Once]:
    def one(what: str, *names: str, by: Collection[str] = ()) -> Once:
        return Once(what, frozenset(names), frozenset(by or names))

    care, ahead = _stage("care"), ("prepay_monthly", "prepay_at_start")
    yield one("the year's care is charged", "pay_for_care", by=_stage("budget", "care", "clearing"))
    yield Once("a budget is granted", _stage("budget"), care, most=False)
    yield one("a surplus is cleared", "keep_surplus", "keep_in_bands", "surplus_due", by=care)
    yield one("an overrun is cleared", "share_overrun", "bear_in_bands", "overrun_owed", by=care)
    yield one("a surplus becomes due", "surplus_due", by=_clears("due"))
    yield one("what is due is paid", "pay_due", by=["surplus_due"])
    yield one("an overrun becomes owed", "overrun_owed", by=_clears("owed"))
    yield one("what is owed is charged", "charge_owed", by=["overrun_owed"])
    yield one("the budget is paid in advance", *ahead)
    yield one("the advance is counted", "settle_prepaid", by=ahead)
    yield one("a deposit is withheld", "withhold_deposit", by=["release_deposit"])
    yield one("the deposit is released", "release_deposit", by=["withhold_deposit"])
    yield one("the cost of the visit is to be borne", "cost_to_bear", by=LAYERS)
    yield one("the person bears what is left", "person_pays", by=LAYERS)
    # A payer or a deduction that comes a second time takes from what the first has left.
    for name in ("uncovered_to_person", *PAYERS, "distribute_kept"):
        yield one(f"'{name}' is taken", name)


# What comes before what: money is cleared when all of it has moved, and counted or shared when it is cleared.
TURNS = {"budget": 0, "care": 0, "clearing": 1, "distribution": 2}
AFTER_ALL = {"settle_prepaid": 2}


def sequence(source: PolicyFile) -> Iterator[Refusal]:
    """What the steps together leave undone, do twice, or do too early; each step alone is right.

    Raises:
        Refusal: the conditions make too many cases.
    """
    single: set[str] = set()
    for once in _once_each():
        yield from _once(source, once)
        single |= once.names if once.most else set()
    yield from _same_again(source, single)
    yield from _named_twice(source)
    yield from _charged_twice(source)
    yield from _too_early(source)


def _once(source: PolicyFile, once: Once) -> Iterator[Refusal]:
    steps = list(enumerate(source.policy.steps))
    doing = [one for one in steps if one[1].step in once.names]
    needing = [one for one in steps if one[1].step in once.needed_by]
    # One that is always taken needs it in every case, whatever the others say.
    needing = [one for one in needing if not (one[1].when or one[1].unless)][:1] or needing
    for said in _cases(source, [*doing, *needing]):
        taken = [one for one in doing if _taken(one[1], said)]
        needs = [one for one in needing if _taken(one[1], said)]
        if needs and (not taken or (len(taken) > 1 and once.most)):
            yield _refused(source, once, taken, needs[0], said)
            return


def _refused(source: PolicyFile, once: Once, taken: list[Written], needs: Written, said: Said) -> Refusal:
    few = len(once.names) <= SHOWN_NAMES
    expected = " or ".join(sorted(once.names)) if few else "a step that does it"
    lines = ", ".join(str(source.document.line_of(("steps", i, "step"))) for i, _ in taken)
    how = f"{len(taken)} times (lines {lines})" if taken else "by no step"
    return Refusal(
        f"{once.what} {how}{_where(said)}",
        where=source.document.place(("steps", (taken[-1] if taken else needs)[0], "step")),
        expected=f"{expected}{', once' if once.most else ''}",
        cure="keep one of them, or say under 'when' for whom each is" if taken else f"add {expected}",
    )  # fmt: skip


def _cases(source: PolicyFile, steps: Sequence[Written]) -> Iterator[Said]:
    """Every case that the conditions of some steps tell apart.

    Raises:
        Refusal: there are too many.
    """
    conditions = [one for _, written in steps for one in (written.when, written.unless)]
    names = sorted({name for one in conditions for name in one})
    says = {name: _may_say(source, name, [one[name] for one in conditions if name in one]) for name in names}
    if prod(map(len, says.values())) > MOST_CASES:
        raise Refusal(
            f"the conditions on {', '.join(names[:5])} … make too many cases to check",
            where=source.document.place(("steps", steps[0][0])), expected=f"at most {MOST_CASES:,}",
            cure="tell fewer facts apart in one policy",
        )  # fmt: skip
    yield from (dict(zip(names, one, strict=True)) for one in product(*says.values()))


def _may_say(source: PolicyFile, name: str, conditions: Sequence[list[str] | AtLeast]) -> Sequence[str | Fraction]:
    words = [word for one in conditions if isinstance(one, list) for word in one]
    if words:
        fact = source.policy.facts.get(name)
        return list(fact.words) if fact is not None and fact.words else sorted({*words, ANOTHER})
    edges = sorted({_edge(one) for one in conditions if not isinstance(one, list)})
    return [edges[0] - 1, *edges]


def _taken(written: Step, said: Said) -> bool:
    return _holds(written.when, said) and not (written.unless and _holds(written.unless, said))


def _holds(conditions: Conditions, said: Said) -> bool:
    return all(_meets(said[name], one) for name, one in conditions.items())


def _meets(said: str | Fraction, condition: list[str] | AtLeast) -> bool:
    if isinstance(condition, list):
        return said in condition
    return not isinstance(said, str) and said >= _edge(condition)


def _edge(condition: AtLeast) -> Fraction:
    return exact_number(condition.at_least)


def _where(said: Said) -> str:
    told = [f"{name} is {'another word' if one == ANOTHER else one}" for name, one in said.items()]
    return f" where {' and '.join(told)}" if told else ""


def _together(source: PolicyFile, first: Written, second: Written) -> Said | None:
    """A case in which both steps are taken."""
    cases = _cases(source, [first, second])
    return next((said for said in cases if _taken(first[1], said) and _taken(second[1], said)), None)


def _same_again(source: PolicyFile, single: Collection[str]) -> Iterator[Refusal]:
    """A step that takes the same as one before it, for the same parties, moves the same money again."""
    steps = [one for one in enumerate(source.policy.steps) if one[1].step not in single]
    for first, second in combinations(steps, 2):
        if (first[1].step, first[1].takes) != (second[1].step, second[1].takes):
            continue
        if not second[1].takes and STEPS[second[1].step].clears:
            continue  # What clears all that there is finds nothing the second time.
        if (said := _together(source, first, second)) is not None:
            line = source.document.line_of(("steps", first[0], "step"))
            yield Refusal(
                f"step '{second[1].step}' takes the same as in line {line}{_where(said)}",
                where=source.document.place(("steps", second[0], "step")),
                expected="each step once, or with other facts or values", cure="remove one of them",
            )  # fmt: skip


def _named_twice(source: PolicyFile) -> Iterator[Refusal]:
    """A fact that a list names twice would be counted twice."""
    for i, written in enumerate(source.policy.steps):
        for argument, given in written.takes.items():
            for name, times in Counter(given if isinstance(given, list) else []).items():
                if times > 1:
                    where = source.document.place(("steps", i, "takes", argument))
                    yield Refusal(f"'{argument}' names '{name}' {times} times", where=where, cure="name it once")


def _charged_twice(source: PolicyFile) -> Iterator[Refusal]:
    """A fact that two places charge as care, or charge and leave out again."""
    charged = [
        ((i, written), name)
        for i, written in enumerate(source.policy.steps)
        if STEPS[written.step].stage == "care"
        for argument, given in written.takes.items()
        if STEPS[written.step].takes[argument] in ("fact", "facts")
        for name in dict.fromkeys(given if isinstance(given, list) else [given])
    ]
    for (first, name), (second, other) in combinations(charged, 2):
        # The same step twice with the same facts is told as that.
        same = name == other and (first == second or first[1].step != second[1].step)
        if same and (said := _together(source, first, second)) is not None:
            yield Refusal(
                f"'{name}' is charged as care twice{_where(said)}",
                where=source.document.place(("steps", second[0], "step")),
                expected="each amount of care in one place", cure="remove one of them",
            )  # fmt: skip


def _too_early(source: PolicyFile) -> Iterator[Refusal]:
    """A step whose money has not all moved when it comes finds nothing, or too much."""
    turns = [
        (i, written, turn)
        for i, written in enumerate(source.policy.steps)
        if (turn := AFTER_ALL.get(written.step, TURNS.get(STEPS[written.step].stage))) is not None
    ]
    for (_, before, earlier), (i, written, turn) in pairwise(turns):
        if turn < earlier:
            yield Refusal(
                f"step '{written.step}' comes after '{before.step}'",
                where=source.document.place(("steps", i, "step")),
                expected="budget and care, then clearing, then what is counted or shared of it",
                cure=f"move it before '{before.step}'",
            )
