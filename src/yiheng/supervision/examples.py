"""Examples of a rule, as people read and write them: the rows given, what must be caught, else all spared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import RootModel

from yiheng.basis.refusals import Refusal, Refusals
from yiheng.policy.plain_yaml import read_document
from yiheng.policy.read import validated
from yiheng.policy.schema import Strict

from .declare import Rule

# In the examples of a measure this stands for the class of whatever rule is tried.
CLASS = "CLASS"
MEASURES = "measures"
ENDING = ".yaml"

Given = dict[str, list[dict[str, str]]]


class _Example(Strict):
    name: str
    given: Given
    catches: list[dict[str, str]]


class _Examples(RootModel[list[_Example]]):
    pass


@dataclass(frozen=True)
class RuleExample:
    """One situation and what of it a rule must catch; what it does not catch it spares.

    Attributes:
        given: rows by table; a column that is left out is unknown.
        catches: columns of each finding that must come, in the order of visit, line and ``about``.
        place: file and line.
    """

    name: str
    given: Given
    catches: tuple[dict[str, str], ...]
    place: str


def example_files(rule: Rule, folder: Path) -> list[Path]:
    """Where a rule's examples stand: its own file, else of a rule about limited items one for each measure.

    In the folder of its package a file needs no name of the package.
    """
    at_home = rule.package is not None and folder == rule.package.examples
    own = folder.joinpath(f"{rule.name.rpartition('.')[2] if at_home else rule.name}{ENDING}")
    if own.is_file() or not rule.limits_of:
        return [own]
    return [folder.joinpath(MEASURES, f"{measure}{ENDING}") for measure in rule.measures]


def examples_of(rule: Rule, folder: Path) -> list[RuleExample]:
    """The examples of a rule in a folder.

    Raises:
        Refusal: when a file is missing.
        Refusals: all faults of a file together, each with ``file:line``.
    """
    return [one for file in example_files(rule, folder) for one in _read(rule, file)]


def examples_missing(rules: Iterable[Rule], folder: Path) -> list[Refusal]:
    """A refusal for each rule that has no file of examples."""
    return [_no_file(rule, file) for rule in rules for file in example_files(rule, folder) if not file.is_file()]


def _read(rule: Rule, file: Path) -> list[RuleExample]:
    if not file.is_file():
        raise Refusals([_no_file(rule, file)])
    document = read_document(file, shown_as=file.name)
    return [
        RuleExample(one.name, _under(rule.limits_of, one.given), tuple(one.catches), document.place((n,)))
        for n, one in enumerate(validated(_Examples, document).root)
    ]


def _under(limits_of: str | None, given: Given) -> Given:
    """The rows with the class of the rule where they leave it open."""
    return {
        table: [{name: (limits_of or text) if text == CLASS else text for name, text in row.items()} for row in rows]
        for table, rows in given.items()
    }


def _no_file(rule: Rule, file: Path) -> Refusal:
    return Refusal(
        f"rule '{rule.name}' has no examples",
        where=f"{file.parent.name}/{file.name}",
        expected="rows that it must catch and rows that it must spare",
        cure=f"write {file.name}",
    )
