"""How a feature of a score is declared: one sentence, two sums over a subject's rows, and the conspicuous side."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import ibis
from ibis.expr.types import IntegerScalar

from yiheng.basis.evidence import Words
from yiheng.policy import read_limits

FEATURES: dict[str, Feature] = {}
LIMITS = read_limits(Path(__file__).parent / "limits.yaml")

Subject = Literal["institution", "department", "doctor", "person"]
SUBJECTS: dict[Subject, Words] = {
    "institution": Words("机构", "institution"),
    "department": Words("科室", "department"),
    "doctor": Words("医师", "doctor"),
    "person": Words("参保人", "person"),
}
CARERS: tuple[Subject, ...] = ("institution", "department", "doctor")
EVERYBODY: tuple[Subject, ...] = (*CARERS, "person")

# Visits of the year, or the people signed with an institution.
Rows = Literal["visits", "signed"]
Far = Literal["higher", "lower", "either"]
Unit = Literal["share", "fen", "days", "number"]
Tables = Mapping[str, ibis.Table]


class Sums(NamedTuple):
    """Top and bottom of a feature's value, and how many events stand behind the bottom."""

    top: IntegerScalar
    bottom: IntegerScalar
    events: IntegerScalar


@dataclass(frozen=True)
class Feature:
    """A declared feature.

    Attributes:
        far: the side on which a deviation is conspicuous.
        least: the limit that says from how many events on a value is known; a person's own events are all there are.
    """

    name: str
    zh: str
    sentence: str
    subjects: tuple[Subject, ...]
    rows: Rows
    far: Far
    unit: Unit
    least: str
    define: Callable[[ibis.Table], Sums]

    @property
    def columns(self) -> tuple[str, str, str]:
        """The names of its sums in a table of records."""
        return f"{self.name}_top", f"{self.name}_bottom", f"{self.name}_events"


def feature(
    *,
    zh: str,
    far: Far,
    unit: Unit,
    subjects: tuple[Subject, ...] = CARERS,
    rows: Rows = "visits",
    least: str = "score_least_visits",
) -> Callable[[Callable[[ibis.Table], Sums]], Feature]:
    """Declare a feature: a function of rows whose docstring is its English sentence."""

    def declare(define: Callable[[ibis.Table], Sums]) -> Feature:
        name = define.__name__
        if name in FEATURES:
            raise TypeError(f"feature {name} is declared twice")
        sentence = (inspect.getdoc(define) or "").split("\n\n")[0].replace("\n", " ")
        FEATURES[name] = Feature(name, zh, sentence, subjects, rows, far, unit, least, define)
        return FEATURES[name]

    return declare


def features_of(subject: Subject, rows: Rows | None = None) -> list[Feature]:
    """The features of a subject, by name."""
    fitting = (one for one in FEATURES.values() if subject in one.subjects and rows in (None, one.rows))
    return sorted(fitting, key=_name)


def _name(feature: Feature) -> str:
    return feature.name
