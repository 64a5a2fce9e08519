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

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Finding = Mapping[str, Any]

# Evidence that names all visits a finding stakes whole, where these are several; and how the names are parted.
VISITS_STAKED, BETWEEN = "visits_staked", "、"


@dataclass(frozen=True)
class Covered:
    """What was covered, in fen: of each visit in all, and of each item of a visit; what is not there is unknown."""

    visits: Mapping[str, int] = field(default_factory=dict)
    items: Mapping[tuple[str, str], int] = field(default_factory=dict)


def visits_of(finding: Finding) -> tuple[str, ...]:
    """The visits that a finding stakes."""
    if several := finding["evidence"].get(VISITS_STAKED):
        return tuple(several.split(BETWEEN))
    return (finding["visit"],) if finding["visit"] else ()


def subject_of(finding: Finding) -> dict[str, str | None]:
    """What a finding is bundled by: its visit, else its person at the institution, else the institution."""
    visit = finding["visit"]
    return {"visit": visit, "person": finding["person"], "institution": finding["institution"]}


def bundled(findings: Iterable[Finding], covered: Covered) -> list[dict[str, Any]]:
    """The bundles of findings, the most at stake first."""
    together: dict[tuple[str, ...], list[Finding]] = {}
    for one in findings:
        subject = subject_of(one)
        key = (subject["visit"],) if subject["visit"] else (subject["person"] or "", subject["institution"] or "")
        together.setdefault(tuple(part or "" for part in key), []).append(one)
    made = [
        {
            **subject_of(some[0]),
            "findings": [one["id"] for one in some],
            "rules": sorted({one["rule"] for one in some}),
            "at_stake_fen": sum(one["at_stake_fen"] for one in some),
            "at_stake_once_fen": at_stake_once(some, covered),
        }
        for some in together.values()
    ]
    return sorted(made, key=lambda one: (-one["at_stake_once_fen"], one["visit"] or "", one["findings"]))


def at_stake_once(findings: Sequence[Finding], covered: Covered) -> int:
    """What findings stake together, each fen once."""
    whole: dict[str, int] = {}
    lines: dict[str, dict[str, dict[str, int]]] = {}
    elsewhere: dict[tuple[str | None, str | None, str | None], int] = {}
    for one in findings:
        fen, visits = max(one["at_stake_fen"], 0), visits_of(one)
        if len(visits) > 1:
            whole |= {visit: max(whole.get(visit, 0), covered.visits.get(visit, 0)) for visit in visits}
        elif not visits:
            subject = (one["person"], one["institution"], one["about"])
            elsewhere[subject] = max(elsewhere.get(subject, 0), fen)
        elif one["line"] is None:
            whole[visits[0]] = max(whole.get(visits[0], 0), fen)
        else:
            item = one["evidence"].get("item_code") or one["line"]
            of_item = lines.setdefault(visits[0], {}).setdefault(item, {})
            of_item[one["line"]] = max(of_item.get(one["line"], 0), fen)
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
