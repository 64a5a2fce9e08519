"""What of a policy can be said before a year is over: its budget, and what of it is paid in advance."""

from __future__ import annotations

from dataclasses import replace

from yiheng.basis.refusals import Refusal
from yiheng.policy import PolicyFile
from yiheng.policy.schema import Policy, Step

from .declare import STEPS


def budget_part(source: PolicyFile) -> PolicyFile:
    """The policy with the steps alone that set the budget and pay it in advance, and with what these need.

    They stand before the care of the year is charged; what is released after the last payment in advance is not known
    yet either.

    Raises:
        Refusal: the policy sets no budget before the year's care.
    """
    policy = source.policy
    stages = [STEPS[written.step].stage for written in policy.steps]
    before = stages.index("care") if "care" in stages else len(stages)
    ahead = [at for at in range(before) if stages[at] == "prepayment"]
    last = ahead[-1] + 1 if ahead else before
    steps = [policy.steps[at] for at in range(last) if stages[at] in ("budget", "prepayment")]
    if not steps:
        raise Refusal(
            "the policy sets no budget before the year's care is charged", where=source.file,
            expected="a step such as budget_from_history before pay_for_care",
        )  # fmt: skip
    return replace(source, policy=_with_what_they_need(policy, steps))


def _with_what_they_need(policy: Policy, steps: list[Step]) -> Policy:
    named = {name for written in steps for name in _named(written)}
    pools = {name: pool for name, pool in policy.pools.items() if name in named}
    risk = {name: norm for name, norm in policy.risk.items() if name in named}
    for pool in pools.values():
        named |= {*pool.by, *pool.sized.values()} | {n for n in (pool.each, pool.mean_of, pool.over, pool.rank_of) if n}
    for norm in risk.values():
        named |= {*norm.base, norm.now}
    # The weights of past years name facts.
    weights = {name for value in named & set(policy.values) for entry in policy.values[value].history
               if isinstance(entry.value, dict) for name in entry.value}  # fmt: skip
    facts = {name: fact for name, fact in policy.facts.items() if name in named | weights}
    open_points = {n: one for n, one in policy.assumptions.items() if n in named or one.sets in named}
    return policy.model_copy(
        update={"assumptions": open_points, "steps": steps, "facts": facts, "pools": pools, "risk": risk}
    )


def _named(written: Step) -> set[str]:
    taken = {name for given in written.takes.values() for name in (given if isinstance(given, list) else [given])}
    return taken | set(written.when) | set(written.unless)
