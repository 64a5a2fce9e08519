"""A rule judged by labelled data: what it caught and missed of what is known, in findings and in money."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from yiheng.basis.numbers import is_whole
from yiheng.basis.refusals import Refusal, Refusals
from yiheng.documents import read_delimited

# A label names as many of these as make its finding clear; ``line`` also is the ordinal that a finding is about.
NAMED = ("person", "institution", "visit", "line", "about")
WANTED = ("rule", "expect", "visit", "at_stake_fen")
CATCH, SPARE = "catch", "spare"
PER_MILLE = 1000
# Two sides, 95 %, and one side, 95 %.
TWO_SIDES, ONE_SIDE = Fraction("1.959964"), Fraction("1.645")
FINE = 10**9

Named = tuple[tuple[str, str], ...]


def wilson(hits: int, of: int, z: Fraction = TWO_SIDES) -> tuple[Fraction, Fraction] | None:
    """Wilson's interval of a share, to the thousandth and never narrower than it is; unknown of nothing."""
    if not of:
        return None
    squared = z * z
    # (2 hits + z² ± z √(z² + 4 hits (of - hits) ÷ of)) ÷ 2 (of + z²); the root is taken from above.
    under = squared * (squared + Fraction(4 * hits * (of - hits), of))
    root = Fraction(math.isqrt(math.floor(under * FINE * FINE)) + 1, FINE)
    low, high = (Fraction(2 * hits + squared + side * root, 2 * (of + squared)) for side in (-1, 1))
    return (
        Fraction(math.floor(max(Fraction(0), low) * PER_MILLE), PER_MILLE),
        Fraction(math.ceil(min(Fraction(1), high) * PER_MILLE), PER_MILLE),
    )


def per_cent(share: Fraction) -> str:
    """A share in per cent with one decimal, cut down: 100.0 is said only of all."""
    whole, tenths = divmod(math.floor(share * PER_MILLE), 10)
    return f"{whole}.{tenths}"


@dataclass(frozen=True)
class Label:
    """What somebody knows: a rule must catch this, or must spare it.

    Attributes:
        named: the columns by which its finding is known.
        at_stake_fen: what must be at stake; unknown when the label does not say.
    """

    rule: str
    expect: str
    named: Named
    at_stake_fen: int | None
    place: str


def read_labels(file: Path) -> list[Label]:
    """The labels of a CSV file: ``rule, expect`` (catch or spare), what is named, ``at_stake_fen``.

    Raises:
        Refusals: a column that is missing, an unknown ``expect``, an amount that is none, a label that names nothing.
    """
    if not file.is_file():
        raise Refusal("there are no labels", where=str(file), expected=",".join(WANTED), cure="name them with --labels")
    labels = read_delimited(file, WANTED)
    read = [(labels.place(row), row.cells) for row in labels]
    if faults := [fault for place, row in read for fault in _faults(place, row)]:
        raise Refusals(faults)
    return [
        Label(row["rule"], row["expect"], _named(row), int(row["at_stake_fen"]) if row["at_stake_fen"] else None, place)
        for place, row in read
    ]


@dataclass(frozen=True)
class Judged:
    """How a rule does on labelled data; every share is unknown where there is nothing to take it of.

    Attributes:
        caught, missed: labels to catch that a finding fits, and that none does.
        spared: labels to spare that no finding fits.
        right, wrong: findings that fit a label to catch; findings that fit one to spare.
        unlabelled: findings that no label speaks of; wrong as well where the labels are complete.
        other_amount: labels caught with another amount at stake.
        …_fen: the same in what is at stake; of labels it is unknown when one of them does not say.
    """

    rule: str
    complete: bool
    caught: int = 0
    missed: int = 0
    spared: int = 0
    right: int = 0
    wrong: int = 0
    unlabelled: int = 0
    other_amount: int = 0
    caught_fen: int | None = 0
    missed_fen: int | None = 0
    right_fen: int = 0
    wrong_fen: int = 0
    unlabelled_fen: int = 0

    @property
    def known(self) -> bool:
        """Whether any label speaks of the rule; else nothing can be said of it."""
        return bool(self.caught + self.missed + self.spared + self.wrong)

    @property
    def counted(self) -> int:
        """The findings that precision is taken of."""
        return self.right + self.wrong + (self.unlabelled if self.complete and self.known else 0)

    @property
    def recall(self) -> Fraction | None:
        """Caught of all that must be caught."""
        return _share(self.caught, self.caught + self.missed)

    @property
    def precision(self) -> Fraction | None:
        """Right of all findings that count."""
        return _share(self.right, self.counted)

    @property
    def recall_between(self) -> tuple[Fraction, Fraction] | None:
        """Wilson's interval of the recall, 95 %."""
        return wilson(self.caught, self.caught + self.missed)

    @property
    def precision_between(self) -> tuple[Fraction, Fraction] | None:
        """Wilson's interval of the precision, 95 %."""
        return wilson(self.right, self.counted)

    @property
    def recall_of_money(self) -> Fraction | None:
        """Caught of all that must be caught, weighted by what is at stake."""
        if self.caught_fen is None or self.missed_fen is None:
            return None
        return _share(self.caught_fen, self.caught_fen + self.missed_fen)

    @property
    def precision_of_money(self) -> Fraction | None:
        """Right of all findings that count, weighted by what is at stake."""
        others = self.wrong_fen + (self.unlabelled_fen if self.complete else 0)
        return _share(self.right_fen, self.right_fen + others) if self.known else None


def judge_rule(
    rule: str, findings: Iterable[Mapping[str, Any]], labels: Iterable[Label], *, complete: bool = True
) -> Judged:
    """Compare what a rule found with what is known.

    Args:
        complete: whether whatever no label names is innocent, as in the synthetic county; else a finding without a
            label counts neither way.
    """
    known: dict[Named, list[Label]] = defaultdict(list)
    for label in (one for one in labels if one.rule == rule):
        known[label.named].append(label)
    named = sorted({tuple(name for name, _ in one) for one in known})
    told, met = Judged(rule, complete), defaultdict(list)
    for finding in (one for one in findings if one["rule"] == rule):
        fits = [fit for names in named if (fit := _told(finding, names)) in known]
        told = _with_finding(told, [label for fit in fits for label in known[fit]], finding["at_stake_fen"])
        for fit in fits:
            met[fit].append(finding["at_stake_fen"])
    for one, same in known.items():
        for label, fens in _shared_out(same, met[one]):
            told = _with_label(told, label, fens)
    return told


def _shared_out(labels: list[Label], fens: list[int]) -> list[tuple[Label, list[int]]]:
    """Which findings each label got; where several name the same, one each, the smallest to the smallest."""
    if len(labels) == 1:
        return [(labels[0], fens)]
    ranked = sorted(labels, key=lambda one: (one.expect, one.at_stake_fen or 0))
    each = [[fen] for fen in sorted(fens)]
    return list(zip(ranked, [*each, *([] for _ in labels)], strict=False))


def _with_finding(told: Judged, fits: list[Label], fen: int) -> Judged:
    if any(one.expect == CATCH for one in fits):
        return replace(told, right=told.right + 1, right_fen=told.right_fen + fen)
    if fits:
        return replace(told, wrong=told.wrong + 1, wrong_fen=told.wrong_fen + fen)
    return replace(told, unlabelled=told.unlabelled + 1, unlabelled_fen=told.unlabelled_fen + fen)


def _with_label(told: Judged, label: Label, met: list[int]) -> Judged:
    if label.expect == SPARE:
        return told if met else replace(told, spared=told.spared + 1)
    if not met:
        return replace(told, missed=told.missed + 1, missed_fen=_sum(told.missed_fen, label.at_stake_fen))
    other = label.at_stake_fen is not None and sum(met) != label.at_stake_fen
    return replace(
        told,
        caught=told.caught + 1,
        other_amount=told.other_amount + other,
        caught_fen=_sum(told.caught_fen, label.at_stake_fen),
    )


def _sum(one: int | None, other: int | None) -> int | None:
    return None if one is None or other is None else one + other


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def _told(finding: Mapping[str, Any], names: tuple[str, ...]) -> Named:
    return tuple((name, str(_of(finding, name) or "")) for name in names)


def _of(finding: Mapping[str, Any], name: str) -> Any:
    return finding["line"] or finding["about"] if name == "line" else finding[name]


def _named(row: Mapping[str, str]) -> Named:
    """A visit or a line says all; else person, institution and what it is about."""
    names = ("visit", "line", "about") if row["visit"] else NAMED
    return tuple((name, text) for name in names if (text := row.get(name) or ""))


def _faults(place: str, row: Mapping[str, str]) -> Iterable[Refusal]:
    if row["expect"] not in (CATCH, SPARE):
        yield Refusal(f"'{row['expect']}' is neither catch nor spare", where=place, expected=f"{CATCH} or {SPARE}")
    if row["at_stake_fen"] and not is_whole(row["at_stake_fen"]):
        yield Refusal(f"'{row['at_stake_fen']}' is no amount", where=place, expected="whole fen, or nothing")
    if not _named(row):
        yield Refusal("the label names nothing", where=place, expected=f"one of {', '.join(NAMED)}")
