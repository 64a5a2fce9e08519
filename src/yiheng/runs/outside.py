"""What a run pins of installed packages whose rules it uses, and the refusal where they are others at a replay."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from yiheng.basis.refusals import Refusal, Refusals, nearest
from yiheng.policy import Limits
from yiheng.supervision import PACKAGES, RULES, Rule


def packages_of(rules: Iterable[Rule]) -> dict[str, Any]:
    """The pins of a run that uses rules of packages; a run of our own rules pins nothing more."""
    used = {one.package.name: one.package for one in rules if one.package}
    if not used:
        return {}
    return {
        "packages": {
            name: {
                "distribution": package.distribution,
                "version": package.version,
                "limits": {limit: one.value for limit, one in package.limits.items()},
            }
            for name, package in sorted(used.items())
        }
    }


def pinned_rules(run: str, names: Iterable[str], pins: Mapping[str, Any]) -> list[Rule]:
    """The rules of a run, by the packages that it pins.

    Raises:
        Refusals: a package that is not in use or has another version, a rule that is no longer there.
    """
    faults = [fault for name, pin in pins.get("packages", {}).items() if (fault := _other(run, name, pin))]
    if not faults:
        gone = [name for name in names if name not in RULES]
        faults = [
            Refusal(f"the rule '{name}' is no longer there", where=run, cure=nearest(name, RULES)) for name in gone
        ]
    if faults:
        raise Refusals(faults)
    return [RULES[name] for name in names]


def limits_pinned(rule: Rule, pins: Mapping[str, Any]) -> Limits:
    """A rule's limits with the values that a run pins."""
    pinned = pins["packages"][rule.package.name]["limits"] if rule.package else pins["limits"]
    return rule.limits.with_values(pinned)


def _other(run: str, name: str, pin: Mapping[str, Any]) -> Refusal | None:
    wanted, now = f"{pin['distribution']} {pin['version']}", PACKAGES.get(name)
    if now is not None and str(now) == wanted:
        return None
    there = f"{now} is installed" if now else "none is in use: it is not installed, or was refused at the start"
    return Refusal(
        f"the rules '{name}.…' of this run come from a package, and {there}",
        where=run,
        expected=wanted,
        cure=f"pip install {pin['distribution']}=={pin['version']}, or run the audit again with what is installed",
    )
