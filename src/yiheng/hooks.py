"""The extension points: what an installed package outside this repository offers is found here.

A package names a module under the entry-point group ``yiheng``; its name goes before the names of the rules:

    [project.entry-points.yiheng]
    lixian = "lixian_rules"          # its rule night_sales is lixian.night_sales

The module holds rules, declared with the same ``rule`` and ``limited`` as ours. Beside it stand ``limits.yaml``, if its
rules have limits, and the folder ``examples``. A package that is broken is refused whole, and everything else works on.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import EntryPoint
from pathlib import Path
from types import ModuleType

from yiheng.basis.evidence import Words
from yiheng.basis.outside import offered
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.policy import Limits, read_limits
from yiheng.supervision.declare import RULES, Rule, Tables, enter, rule, rules_of
from yiheng.supervision.examples import examples_missing
from yiheng.supervision.limited import limited
from yiheng.supervision.packages import PACKAGES, Package
from yiheng.supervision.rules.measured import MEASURED
from yiheng.supervision.shape import shape_faults

__all__ = ["MEASURED", "Limits", "Loaded", "Tables", "Words", "limited", "load_rules", "rule"]

LIMITS, EXAMPLES = "limits.yaml", "examples"
NAME = re.compile("[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Loaded:
    """The packages in use, and a refusal for each that is not."""

    packages: tuple[Package, ...]
    refused: tuple[Refusal, ...]


@functools.cache
def load_rules() -> Loaded:
    """Let the rules of installed packages be used; every door does so first, once in a process."""
    packages, refused = [], []
    for offer in _offers():
        try:
            package, rules = offer()
        except Refusal as refusal:
            refused.append(refusal)
            continue
        PACKAGES[package.name] = package
        enter(rules)
        packages.append(package)
    return Loaded(tuple(packages), tuple(refused))


def _offers() -> Iterator[Callable[[], tuple[Package, list[Rule]]]]:
    """What each installed package offers, by name; asking imports it, and raises all that is wrong with it."""
    points = sorted(offered(), key=lambda one: (one.name, _distribution(one)))
    names = Counter(one.name for one in points)
    for point in points:
        yield functools.partial(_offered, point, names[point.name])


def _offered(point: EntryPoint, claimants: int) -> tuple[Package, list[Rule]]:
    where = f"{_distribution(point)}: {point.name} = {point.value}"
    if not NAME.fullmatch(point.name):
        raise Refusal(
            f"'{point.name}' is no name for rules",
            where=where,
            expected="small letters, digits and _",
            cure="name the entry point otherwise",
        )
    if claimants > 1:
        raise Refusal(
            f"{claimants} installed packages call their rules '{point.name}'",
            where=where,
            expected="one",
            cure="uninstall all but one, or name the entry point of one otherwise",
        )
    module = _imported(point, where)
    rules = rules_of(module)
    if not rules:
        raise Refusal(
            "the module holds no rule",
            where=where,
            expected="functions under @rule from yiheng.hooks, or rules that limited gives",
            cure="import them into the module that the entry point names",
        )
    package = _package(point, module, where)
    faults = [*_ours(rules), *_twice(rules), *examples_missing(rules, package.examples)]
    named = [replace(one, name=f"{package.name}.{one.name}", package=package) for one in rules]
    for one in named:
        faults += [Refusal(f"rule '{one.name}': {what}", cure="mend the rule") for what in shape_faults(one)]
    if faults:
        raise Refusals(_at(where, one) for one in faults)
    return package, named


def _imported(point: EntryPoint, where: str) -> ModuleType:
    try:
        loaded = point.load()
    except (Exception, SystemExit) as wrong:  # whatever a module of others does at its import
        raise Refusal(
            f"its rules cannot be imported: {type(wrong).__name__}: {wrong}",
            where=where,
            cure="mend or upgrade the package, or uninstall it",
        ) from wrong
    if not isinstance(loaded, ModuleType) or not loaded.__file__:
        raise Refusal(
            f"the entry point names a {type(loaded).__name__}",
            where=where,
            expected="a module with rules, limits.yaml and examples beside it",
            cure="name the module alone, without ':'",
        )
    return loaded


def _package(point: EntryPoint, module: ModuleType, where: str) -> Package:
    beside = Path(module.__file__ or "").parent
    limits = beside / LIMITS
    try:
        read = read_limits(limits) if limits.is_file() else Limits({}, LIMITS)
    except Refusals as refused:
        raise Refusals(_at(where, one) for one in refused.found) from None
    distribution = point.dist
    name, version = (distribution.name, distribution.version) if distribution else ("", "")
    return Package(point.name, name, version, read, beside / EXAMPLES)


def _ours(rules: list[Rule]) -> list[Refusal]:
    return [
        Refusal(f"rule '{one.name}' is not of this package", cure="do not import it into the module")
        for one in rules
        if RULES.get(one.name) is one
    ]


def _twice(rules: list[Rule]) -> list[Refusal]:
    counted = Counter(one.name for one in rules)
    return [
        Refusal(f"the name '{name}' is given to {n} rules", cure="name one otherwise")
        for name, n in counted.items()
        if n > 1
    ]


def _at(where: str, fault: Refusal) -> Refusal:
    """The same fault with the package that it is of."""
    inside = f"{where}: {fault.where}" if fault.where else where
    return Refusal(fault.what, where=inside, expected=fault.expected, cure=fault.cure)


def _distribution(point: EntryPoint) -> str:
    return f"{point.dist.name} {point.dist.version}" if point.dist else ""
