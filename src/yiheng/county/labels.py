"""The answer sheet: each planted fault and near miss, with what a rule must say, apart from the data."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .catalogue import ITEMS, ONE, UNITS_PER_DAY
from .columns import Columns, take
from .script import Claim
from .write import numbered

HEAD = ("rule", "expect", "person", "visit", "line", "at_stake_fen", "why")
VISIT_DIGITS, LINE_DIGITS, PERSON_DIGITS = 9, 10, 7


@dataclass
class Charged:
    """What a planted visit came to: its number, days, covered part and lines."""

    person: int
    visit: int
    days: int
    scope: int
    lines: list[tuple[int, int, int, int, int]]

    def of(self, item: int, day: int = -1) -> list[tuple[int, int, int, int, int]]:
        """The lines of an item, on one day or on all."""
        return [line for line in self.lines if line[1] == item and day in (-1, line[2])]


@dataclass
class AnswerSheet:
    """Follows the planted visits through the years, then writes the labels."""

    claims: list[Claim]
    charged: dict[int, Charged] = field(default_factory=dict)

    def follow(self, visits: Columns, first_visit: int, lines: Columns, first_line: int, scope: np.ndarray) -> None:
        """Keep what the planted visits of one year came to."""
        planted = visits["script"] >= 0
        rows = np.flatnonzero(planted[lines["visit"]])
        kept = take(lines, rows)
        for row in np.flatnonzero(planted):
            days = int(visits["ended"][row] - visits["began"][row]) + 1
            mine = kept["visit"] == row
            columns = (rows + first_line, kept["item"], kept["day"], kept["quantity"], kept["scope"])
            self.charged[int(visits["script"][row])] = Charged(
                int(visits["person"][row]),
                first_visit + int(row),
                days,
                int(scope[row]),
                list(zip(*(column[mine].tolist() for column in columns), strict=True)),
            )

    def write(self, path: Path) -> int:
        """Write the labels and return how many faults there are."""
        rows = sorted(self._row(claim) for claim in self.claims)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEAD)
            writer.writerows(rows)
        return sum(claim.caught for claim in self.claims)

    def _row(self, claim: Claim) -> tuple[str, ...]:
        charged = self.charged[claim.visit]
        line, at_stake = self._finding(claim, charged) if claim.caught else ("", "")
        return (
            claim.rule,
            "catch" if claim.caught else "spare",
            as_text("P", charged.person, PERSON_DIGITS),
            as_text("V", charged.visit, VISIT_DIGITS),
            line,
            at_stake,
            claim.why,
        )

    def _finding(self, claim: Claim, charged: Charged) -> tuple[str, str]:
        if claim.ordinal:
            return str(claim.ordinal), "0"
        if claim.item < 0:
            also = sum(self.charged[visit].scope for visit in claim.also)
            return "", str(charged.scope + also)
        lines = charged.of(claim.item, claim.day)
        numbers_, scope = [line[0] for line in lines], sum(line[4] for line in lines)
        if claim.rule != "over_frequency":
            return as_text("F", min(numbers_), LINE_DIGITS), str(scope)
        quantity = sum(line[3] for line in lines)
        beyond = quantity - UNITS_PER_DAY[ITEMS[claim.item].key] * charged.days * ONE
        return as_text("F", max(numbers_), LINE_DIGITS), str(scope * beyond // quantity)


def as_text(prefix: str, position: int, digits: int) -> str:
    return str(numbered(prefix, np.array([position + 1]), digits)[0])
