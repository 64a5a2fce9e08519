"""Printed sums that must hold, such as the fund figures that bureaus publish."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

from yiheng.basis.refusals import Refusal

HALF = Decimal("0.5")

# Exact; off by no more than printing can explain; off by more.
Verdict = Literal["exact", "rounded", "broken"]


@dataclass(frozen=True)
class Identity:
    """A judged sum: what the terms come to, what was printed, and how far the two are apart."""

    computed: Decimal
    stated: Decimal
    difference: Decimal
    verdict: Verdict


def judge_identity(terms: str, stated: str, *, where: str = "") -> Identity:
    """Judge a printed sum.

    Each printed number may be off by half a unit of its last digit; together they may be off by the
    sum of these halves. A difference within that is ``rounded``: worth a look, but no contradiction.

    Args:
        terms: signed numbers separated by blanks, such as ``+4563 -3551``.
        stated: the printed sum.

    Raises:
        Refusal: when a term is no number.
    """
    try:
        numbers = [Decimal(term) for term in terms.split()]
        printed = Decimal(stated)
    except InvalidOperation:
        raise Refusal(
            f"'{terms}' = '{stated}' is no sum of numbers", where=where, expected="such as +4563 -3551 and 1012"
        ) from None
    computed = sum(numbers, start=Decimal(0))
    difference = computed - printed
    halves = sum((_half_a_unit(n) for n in (*numbers, printed)), start=Decimal(0))
    verdict: Verdict = "exact" if difference == 0 else "rounded" if abs(difference) <= halves else "broken"
    return Identity(computed, printed, difference, verdict)


def _half_a_unit(number: Decimal) -> Decimal:
    exponent = number.as_tuple().exponent
    return HALF.scaleb(int(exponent))
