"""The double-random draw: institutions and inspectors in the order of hashes that anybody can compute afterwards."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from statistics import median_low

from yiheng.basis.refusals import Refusal
from yiheng.policy import Limits, read_limits

LIMITS = read_limits(Path(__file__).parent / "limits.yaml")
BAR = "|"
WHOLE_PERCENT = 100


@dataclass(frozen=True)
class Inspector:
    """One inspector, with the institutions where the inspector works or has relatives."""

    name: str
    kept_from: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Drawn:
    """One institution of the draw, with the hash that put it in its place.

    Attributes:
        tickets: how many tickets the institution held.
        team: the inspectors sent; fewer than wanted where too few are free of ties.
        kept_from: the inspectors with ties to it.
    """

    institution: str
    stratum: str
    place: int
    ticket: str
    tickets: int
    team: tuple[str, ...] = ()
    kept_from: tuple[str, ...] = ()


def ticket(*parts: str) -> str:
    """SHA-256 of the parts with a bar between them, as hexadecimal text.

    Raises:
        Refusal: when a part is empty or holds a bar: two draws could share a hash.
    """
    for part in parts:
        if not part or BAR in part:
            raise Refusal(f"'{part}' cannot be drawn", expected=f"a text without '{BAR}'")
    return hashlib.sha256(BAR.join(parts).encode()).hexdigest()


def how_many(institutions: int, percent: int) -> int:
    """A share of a stratum, rounded up: a stratum that is there is never left out."""
    return math.ceil(Fraction(institutions * percent, WHOLE_PERCENT))


def draw(
    seed: str,
    strata: Mapping[str, Iterable[str]],
    limits: Limits = LIMITS,
    *,
    tickets: Mapping[str, int] | None = None,
) -> list[Drawn]:
    """Draw institutions of each stratum: those whose smallest ticket comes first.

    Args:
        seed: a text published before the draw, such as the numbers of a lottery of that day.
        strata: institutions by stratum.
        tickets: how many tickets each institution holds; one by default. More tickets, more chance, in proportion.
    """
    drawn = []
    for stratum, institutions in sorted(strata.items()):
        known = sorted(set(institutions))
        smallest = sorted((_smallest(seed, stratum, one, (tickets or {}).get(one)), one) for one in known)
        wanted = how_many(len(known), limits["inspected_percent"].value)
        for place, (drawn_ticket, one) in enumerate(smallest[:wanted], start=1):
            drawn.append(Drawn(one, stratum, place, drawn_ticket, (tickets or {}).get(one, 1)))
    return drawn


def _smallest(seed: str, stratum: str, institution: str, tickets: int | None) -> str:
    if tickets is None:
        return ticket(seed, stratum, institution)
    return min(ticket(seed, stratum, institution, str(number)) for number in range(1, tickets + 1))


def assign(seed: str, drawn: Sequence[Drawn], inspectors: Sequence[Inspector], limits: Limits = LIMITS) -> list[Drawn]:
    """Draw the inspectors of each drawn institution: of those without ties to it, who were sent least, by hash."""
    sent = {one.name: 0 for one in inspectors}
    found = []
    for one in drawn:
        free = [inspector.name for inspector in inspectors if one.institution not in inspector.kept_from]
        order = sorted((sent[name], ticket(seed, one.institution, name), name) for name in free)
        team = tuple(name for _, _, name in order[: limits["inspectors_each"].value])
        for name in team:
            sent[name] += 1
        tied = tuple(sorted(set(sent) - set(free)))
        found.append(replace(one, team=team, kept_from=tied))
    return found


def tickets_by_score(scores: Mapping[str, float | None], limits: Limits = LIMITS) -> dict[str, int]:
    """Tickets of a risk draw: some for everybody and more for each point; an unknown score counts as the middle one."""
    each, per_point = limits["tickets_each"].value, limits["tickets_per_point"].value
    known = {name: each + int(points * per_point) for name, points in scores.items() if points is not None}
    middle = median_low(known.values()) if known else each
    return {name: known.get(name, middle) for name in scores}
