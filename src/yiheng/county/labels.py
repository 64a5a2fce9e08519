"""The answer sheet: each planted fault and near miss, with what a rule must say, apart from the data."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from .columns import Columns, take
from .script import Claim, Note
from .stakes import Line
from .write import numbered

HEAD = ("rule", "expect", "person", "visit", "line", "at_stake_fen", "why", "institution", "about")
VISIT_DIGITS, LINE_DIGITS, PERSON_DIGITS = 9, 10, 7


@dataclass
class Charged:
    """What a planted visit came to: its number, place, covered part and lines."""

    person: int
    place: int
    visit: int
    scope: int
    lines: list[Line]

    def of(self, item: int, day: int = -1) -> list[Line]:
        """The lines of an item, on one day or on all."""
        return [line for line in self.lines if line.item == item and day in (-1, line.day)]


@dataclass
class AnswerSheet:
    """Follows the planted visits through the years, then writes the labels.

    Attributes:
        ids: the institutions by position.
        notes: what is to be said about rows that are no visits.
    """

    claims: list[Claim]
    notes: list[Note]
    ids: list[str]
    charged: dict[int, Charged] = field(default_factory=dict)

    def follow(self, visits: Columns, first_visit: int, lines: Columns, first_line: int, scope: np.ndarray) -> None:
        """Keep what the planted visits of one year came to."""
        planted = visits["script"] >= 0
        rows = np.flatnonzero(planted[lines["visit"]])
        kept = take(lines, rows)
        for row in np.flatnonzero(planted):
            mine = slice(*np.searchsorted(kept["visit"], (row, row + 1)))
            columns = (rows + first_line, *(kept[name] for name in ("item", "day", "quantity", "scope", "price")))
            self.charged[int(visits["script"][row])] = Charged(
                int(visits["person"][row]),
                int(visits["place"][row]),
                first_visit + int(row),
                int(scope[row]),
                [Line(*line) for line in zip(*(column[mine].tolist() for column in columns), strict=True)],
            )

    def write(self, path: Path) -> int:
        """Write the labels and return how many faults there are."""
        rows = sorted([self._row(claim) for claim in self.claims] + [self._noted(note) for note in self.notes])
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(HEAD)
            writer.writerows(rows)
        return sum(row[1] == "catch" for row in rows)

    def _noted(self, note: Note) -> tuple[str, ...]:
        person = as_text("P", note.person, PERSON_DIGITS) if note.person >= 0 else ""
        at_stake = str(note.fen) if note.caught else ""
        place = self.ids[note.place] if note.place >= 0 else ""
        return (note.rule, _expect(note.caught), person, "", "", at_stake, note.why, place, note.about)

    def _row(self, claim: Claim) -> tuple[str, ...]:
        charged = self.charged[claim.visit]
        line, at_stake = self._finding(claim, charged) if claim.caught else ("", "")
        return (
            claim.rule,
            _expect(claim.caught),
            as_text("P", charged.person, PERSON_DIGITS),
            as_text("V", charged.visit, VISIT_DIGITS),
            line,
            at_stake,
            claim.why,
            self.ids[charged.place],
            "",
        )

    def _finding(self, claim: Claim, charged: Charged) -> tuple[str, str]:
        if claim.ordinal:
            return str(claim.ordinal), "0"
        if claim.item < 0:
            also = sum(self.charged[visit].scope for visit in claim.also)
            return "", str(int((charged.scope + also) * claim.part))
        number, fen = claim.stake(charged.of(claim.item, claim.day))
        return as_text("F", number, LINE_DIGITS), str(fen)


def _expect(caught: bool) -> str:
    return "catch" if caught else "spare"


def as_text(prefix: str, position: int, digits: int) -> str:
    return str(numbered(prefix, np.array([position + 1]), digits)[0])
