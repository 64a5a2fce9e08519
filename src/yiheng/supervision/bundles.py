"""Findings about one subject as one bundle, in which each fen at stake counts once.

Of a visit:

1. Findings about one line: the largest stake counts, for a line cannot be paid back twice.
2. Lines of one item add up, but not beyond what the visit covered of the item; a finding about all lines of the item
   names one of them, so two such findings would else count the item twice.
3. Items add up; a finding about the whole visit covers them, so the larger of the two counts.
4. Never more than the visit covered in all, where that is known.

A finding about several visits stakes each of them whole. Of what names no visit the largest stake of a person at an
institution counts, for each row or year it is about: the share of watched drugs by money and by quantity is one excess.
Which lines such a stake is of cannot be told, so it counts beside those of the visits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# Evidence that names all visits a finding stakes whole, where these are several; and how the names are parted.
VISITS_STAKED, BETWEEN = "visits_staked", "、"


class Stake(NamedTuple):
    """What a finding stakes and of whom: all that is asked of it when findings are put together.

    Attributes:
        several: the visits that are staked whole, where these are several.
        item: what the line was charged for, where the finding says so.
    """

    finding: str
    rule: str
    person: str | None
    institution: str | None
    visit: str | None
    line: str | None
    about: str | None
    item: str | None
    several: str | None
    fen: int

    @property
    def visits(self) -> tuple[str, ...]:
        """The visits that are staked."""
        if self.several:
            return tuple(self.several.split(BETWEEN))
        return (self.visit,) if self.visit else ()

    @property
    def subject(self) -> tuple[str, ...]:
        """What findings are bundled by: the visit, else the person at the institution, else the institution."""
        return (self.visit,) if self.visit else (self.person or "", self.institution or "")


def stake_of(finding: Mapping[str, Any]) -> Stake:
    """What a finding stakes."""
    evidence = finding["evidence"]
    return Stake(
        finding["id"],
        finding["rule"],
        finding["person"],
        finding["institution"],
        finding["visit"],
        finding["line"],
        finding["about"],
        evidence.get("item_code"),
        evidence.get(VISITS_STAKED),
        finding["at_stake_fen"],
    )


@dataclass(frozen=True)
class Covered:
    """What was covered, in fen: of each visit in all, and of each item of a visit; what is not there is unknown."""

    visits: Mapping[str, int] = field(default_factory=dict)
    items: Mapping[tuple[str, str], int] = field(default_factory=dict)


def bundled(stakes: Iterable[Stake], covered: Covered) -> Iterator[dict[str, Any]]:
    """The bundles of findings, the most at stake first."""
    together: dict[tuple[str, ...], list[Stake]] = {}
    for one in stakes:
        together.setdefault(one.subject, []).append(one)
    counted = [(at_stake_once(some, covered), some) for some in together.values()]
    counted.sort(key=lambda pair: (-pair[0], pair[1][0].visit or "", [one.finding for one in pair[1]]))
    for once, some in counted:
        first = some[0]
        yield {
            "visit": first.visit,
            "person": first.person,
            "institution": first.institution,
            "findings": [one.finding for one in some],
            "rules": sorted({one.rule for one in some}),
            "at_stake_fen": sum(one.fen for one in some),
            "at_stake_once_fen": once,
        }


def at_stake_once(stakes: Sequence[Stake], covered: Covered) -> int:
    """What findings stake together, each fen once."""
    whole: dict[str, int] = {}
    lines: dict[str, dict[str, dict[str, int]]] = {}
    elsewhere: dict[tuple[str | None, str | None, str | None], int] = {}
    for one in stakes:
        fen, visits = max(one.fen, 0), one.visits
        if len(visits) > 1:
            whole |= {visit: max(whole.get(visit, 0), covered.visits.get(visit, 0)) for visit in visits}
        elif not visits:
            subject = (one.person, one.institution, one.about)
            elsewhere[subject] = max(elsewhere.get(subject, 0), fen)
        elif one.line is None:
            whole[visits[0]] = max(whole.get(visits[0], 0), fen)
        else:
            of_item = lines.setdefault(visits[0], {}).setdefault(one.item or one.line, {})
            of_item[one.line] = max(of_item.get(one.line, 0), fen)
    staked = sum(_of_visit(visit, whole.get(visit, 0), lines.get(visit, {}), covered) for visit in {*whole, *lines})
    return staked + sum(elsewhere.values())


def _of_visit(visit: str, whole: int, items: Mapping[str, Mapping[str, int]], covered: Covered) -> int:
    parts = sum(_of_item(lines, covered.items.get((visit, item))) for item, lines in items.items())
    staked = max(whole, parts)
    most = covered.visits.get(visit)
    return staked if most is None else min(staked, most)


def _of_item(lines: Mapping[str, int], most: int | None) -> int:
    """A class of items weighed together names one of them, so a single stake may be more than its item covered."""
    return sum(lines.values()) if most is None else min(sum(lines.values()), max(most, *lines.values()))
