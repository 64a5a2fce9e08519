"""How well a ranking finds what is known to be wrong, beyond a ranking by size."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Precision:
    """Precision of the first k of a ranking, and of the first k by size."""

    k: int
    ranked: Fraction
    by_size: Fraction

    @property
    def beyond_size(self) -> Fraction:
        """What the ranking finds that mere size does not."""
        return self.ranked - self.by_size


def precision_at(ranking: Sequence[str], wanted: Collection[str], k: int) -> Fraction:
    """Share of the first k that are wanted; places that a short ranking leaves empty find nothing."""
    return Fraction(sum(one in wanted for one in ranking[:k]), k)


def beyond_size(
    ranking: Sequence[str], by_size: Sequence[str], wanted: Collection[str], k: int | None = None
) -> Precision:
    """Precision at k of a ranking and of one by size; k is the number of those wanted unless named."""
    many = k or len(wanted)
    return Precision(many, precision_at(ranking, wanted, many), precision_at(by_size, wanted, many))
